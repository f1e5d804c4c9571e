"""Loops, branches, calls and arrays, compiled and run by Python: the same in the end."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from native_texts import compile_text, run_by_python

from dnsrace.engines.native.library import Library
from dnsrace.errors import InternalError

NAMES = ["a", "b", "c", "d"]
names = st.sampled_from(NAMES)
pairs = st.permutations(NAMES)
values = st.one_of(names, st.integers(-9, 99).map(str), st.builds("t[{} & 7]".format, names))
sums = st.one_of(
    values,
    st.builds("{} {} {}".format, values, st.sampled_from(["+", "-", "*", "^", "&"]), values),
    st.builds("{} {} {}".format, values, st.sampled_from(["//", "%"]), st.integers(1, 9)),
    st.builds("t[{} & 7] if {} < {} else {}".format, names, values, values, values),
)
tests = st.one_of(
    st.builds("{} < {}".format, values, values),
    st.builds("{} and {} > 3".format, values, names),
    st.builds("not {} or {} == {}".format, names, names, values),
    st.builds("0 <= {} < {}".format, values, values),
)
simple = st.one_of(
    st.builds("{} = ({}) & 0xFFFF".format, names, sums),
    st.builds("{0} {1}= {2}; {0} &= 0xFFFF".format, names, st.sampled_from("+-*|^"), sums),
    st.builds("t[{} & 7] = ({}) & 0xFFFF".format, names, sums),
    st.builds("t[({}) & 7] ^= {}".format, sums, names),
    # two names: Python 3.11.2 gives one that is named twice the first value, not the last
    st.builds("{0[0]}, {0[1]} = ({1}) & 0xFF, ({2}) & 0xFF".format, pairs, sums, sums),
    st.builds("{} = {} = ({}) & 0xFFF".format, names, names, sums),
)


def indented(lines: list[str]) -> list[str]:
    """One level deeper."""
    return [f"    {line}" for line in lines]


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0, loops: int = 0) -> list[str]:
    """Some statements; loops end."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["simple", "simple", "if", "for", "while", "leave"]))
        if kind == "if" and depth < 3:
            lines += [f"if {draw(tests)}:", *indented(draw(blocks(depth + 1, loops)))]
            if draw(st.booleans()):
                lines += ["else:", *indented(draw(blocks(depth + 1, loops)))]
        elif kind == "for" and depth < 3:
            low, high = draw(names), draw(names)
            step = draw(st.sampled_from(["", ", 1", ", 3", ", -1", ", -2"]))
            over = draw(st.sampled_from([f"range({low} & 7, {high} & 7{step})", "range(3)", "t"]))
            over = over.replace(step, "") if over == "range(3)" else over
            lines += [f"for {draw(names)} in {over}:"]
            lines += indented(draw(blocks(depth + 1, loops + 1)))
        elif kind == "while" and depth < 3:
            counter = f"k{depth}"
            lines += [f"{counter} = 0", f"while {counter} < 5 and ({draw(tests)}):"]
            lines += indented([f"{counter} += 1", *draw(blocks(depth + 1, loops + 1))])
        elif kind == "leave" and depth:
            lines.append(draw(st.sampled_from(["break", "continue"])) if loops else "return a")
            break
        else:
            lines.append(draw(simple))
    return lines


@given(
    body=blocks(),
    start=st.lists(st.integers(0, 0xFFFF), min_size=4, max_size=4),
    table=st.lists(st.integers(0, 0xFFFF), min_size=8, max_size=8),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_programs_end_as_in_python(
    tmp_path: Path, body: list[str], start: list[int], table: list[int]
) -> None:
    last = "return a ^ (b << 16) ^ (c << 32) ^ (d << 48)"
    lines = [*body, last.replace("d << 48", "(d & 0x7FFF) << 48")]
    text = "@compiled\ndef f(a: int, b: int, c: int, d: int, t: Ints) -> int:\n"
    text += "\n".join(indented(lines)) + "\n"
    ours, theirs = np.array(table, np.int64), list(table)
    found = compile_text(tmp_path, text)["f"](*start, ours)
    assert found == run_by_python(text)["f"](*start, theirs), text
    assert ours.tolist() == theirs, text


def check(folder: Path, text: str, *args: Any) -> Any:
    """Run `f` both ways, on copies; results and arrays must be equal. Returns the result."""
    ours, theirs = copy.deepcopy(args), copy.deepcopy(args)
    found = compile_text(folder, text)["f"](*ours)
    assert found == run_by_python(text)["f"](*theirs)
    assert repr(ours) == repr(theirs)
    return found


# -- functions


def test_functions_call_one_another(tmp_path: Path) -> None:
    text = """
LOW, HIGH = range(2)
WIDE = (1 << 40) + LOW

@merged
def twice(x: int) -> int:
    return 2 * x

@inner
def split(x, y):
    if x > y:
        return y, x
    return x, y

@inner
def note(array, at, test):
    array[at] += test

@compiled
def f(x: int, y: int, array: Ints) -> tuple[int, int]:
    low, high = split(twice(x), y)
    note(array, LOW, low < high)
    note(array, HIGH, low + WIDE)
    return low, high
"""
    assert check(tmp_path, text, 3, 4, np.zeros(2, np.int64)) == (4, 6)


@pytest.mark.parametrize(
    ("result", "expected"),
    [("", None), ("a > 1", True), ("a", 5), ("(a, 2 * a, a > 7)", (5, 10, 0)), ("not a", False)],
)
def test_results_are_pythons(tmp_path: Path, result: str, expected: object) -> None:
    text = f"@compiled\ndef f(a: int):\n    return {result}\n"
    found = compile_text(tmp_path, text)["f"](5)
    assert found == expected
    assert type(found) is type(expected)


def test_parameters_that_are_tuples(tmp_path: Path) -> None:
    text = """
@compiled
def f(some: tuple[Ints, ...], more: tuple[Ints, Bytes], three: tuple[int, int, bool]) -> int:
    a, b = some
    small = more[1]
    x, y, test = three
    a[0] = b[x] + small[y]
    return a.size if test else more[0].size
"""
    arrays = [np.arange(n, n + 4, dtype=np.int64) for n in (5, 9)]
    some, more = tuple(arrays), (np.zeros(7, np.int64), np.full(3, 200, np.uint8))
    assert check(tmp_path, text, some, more, (2, 1, True)) == 4
    assert check(tmp_path, text, some, more, (2, 1, False)) == 7


def test_what_python_evaluates_not_is_not_evaluated(tmp_path: Path) -> None:
    """An index would be out of bounds, far away."""
    text = """
@compiled
def f(array: Ints, i: int) -> int:
    n = 0
    if i < array.size and array[i] > 0:
        n += 1
    if i >= array.size or array[i] > 0:
        n += 2
    if 0 <= i < array.size != array[i if i < array.size else 0]:
        n += 4
    return n + (array[i] if i < array.size else 8)
"""
    for i in (0, 3, 1 << 50):
        check(tmp_path, text, np.array([1, 0, 2, 4], np.int64), i)


def test_a_loop_keeps_its_rounds_whatever_happens_inside(tmp_path: Path) -> None:
    text = """
@compiled
def f(n: int, array: Ints) -> int:
    total = 0
    for i in range(n):
        total += i
        i += 10
        n = 0
        total += i
    for t in array:
        array[0] = 100
        total += t
    return total * 1000 + i
"""
    check(tmp_path, text, 5, np.arange(4))


@pytest.mark.parametrize("step", [1, 2, 7, -1, -3])
def test_ranges_near_the_ends_of_64_bits(tmp_path: Path, step: int) -> None:
    text = f"""
@compiled
def f(low: int, high: int) -> int:
    n = 0
    for i in range(low, high, {step}):
        n += 1
        if n == 9:
            break
    return n
"""
    top = (1 << 63) - 1
    for pair in ((top - 5, top), (-top - 1, -top + 4), (-top - 1, top), (3, 3), (5, 2)):
        check(tmp_path, text, *pair)
        check(tmp_path, text, *pair[::-1])


# -- arrays


@pytest.mark.parametrize("offsets", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("labels", [np.int32, np.uint8])
def test_arrays_of_other_elements_than_annotated(tmp_path: Path, offsets: Any, labels: Any) -> None:
    text = """
@inner
def change(labels, at, by):
    labels[at] += by

@compiled
def f(offsets: Ints, both: tuple[Bytes, Shorts], n: int) -> int:
    labels, others = both
    total = 0
    for i in range(n):
        change(labels, offsets[i], 3)
        total += labels[offsets[i]] + others[i]
    return total
"""
    path = tmp_path / "other.py"
    arrays = (
        np.array([2, 0, 1, 2], offsets), (np.full(3, 9, labels), np.full(4, -7, np.int32)), 4
    )  # fmt: skip
    expected = run_by_python(text)["f"](*copy.deepcopy(arrays))
    head = "from dnsrace.engines.native.intrinsics import compiled, inner\n"
    for _ in range(2):
        ours = copy.deepcopy(arrays)
        assert Library(path, head + text).doors()["f"](*ours) == expected
        assert ours[1][0].tolist() == [12, 12, 15]
    assert len(list(tmp_path.glob("*.o"))) == (
        1 if (offsets, labels) == (np.int64, np.uint8) else 2
    )


def test_small_elements_wrap_around(tmp_path: Path) -> None:
    text = "@compiled\ndef f(a: Bytes, b: Shorts, x: int):\n    a[0] = x\n    b[0] = x\n"
    a, b = np.zeros(1, np.uint8), np.zeros(1, np.int32)
    compile_text(tmp_path, text)["f"](a, b, (5 << 32) - 2)
    assert (a[0], b[0]) == (254, -2)


def test_one_array_under_two_names_is_no_two_arrays(tmp_path: Path) -> None:
    """Each element depends on the one before it, so no eight may be taken at once."""
    text = """
@inner
def move(source, target, n):
    for i in range(n):
        target[i + 1] = source[i] + 1

@inner
def further(source, target, n):
    move(source, target, n)

@compiled
def f(array: Ints, pair: tuple[Ints, Ints], n: int):
    further(array, array, n)
    first = pair[0]
    further(first, pair[0], n)
    move(first, array, n)
"""
    check(tmp_path, text, np.zeros(99, np.int64), (np.zeros(99, np.int64), np.zeros(9, int)), 98)


def test_arrays_that_share_memory_are_refused(tmp_path: Path) -> None:
    text = "@compiled\ndef f(a: Ints, b: tuple[Ints, Bytes]):\n    a[0] = b[0][0] + b[1][0]\n"
    f = compile_text(tmp_path, text)["f"]
    whole, small = np.arange(10), np.zeros(3, np.uint8)
    f(whole[:5], (whole[5:], small))
    f(whole[5:5], (whole[5:], small))
    with pytest.raises(InternalError, match="two arrays for f share memory"):
        f(whole[:6], (whole[5:], small))
    with pytest.raises(InternalError, match="two arrays for f share memory"):
        f(whole[:6], (np.zeros(1, np.int64), whole[5:6].view(np.uint8)))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(4), np.zeros(4, np.uint64), np.zeros(4, bool), np.zeros((2, 2), np.int64),
        np.zeros(8, np.int64)[::2], np.zeros(4, np.dtype(np.int64).newbyteorder()),
        np.frombuffer(b"12345678", np.int64),
    ],
    ids=["float", "unsigned", "bool", "square", "every other", "turned round", "read only"],
)  # fmt: skip
def test_other_arrays_are_refused(tmp_path: Path, array: Any) -> None:
    f = compile_text(tmp_path, "@compiled\ndef f(a: Ints):\n    a[0] = 1\n")["f"]
    with pytest.raises(InternalError, match="f cannot work on an array"):
        f(array)


def test_a_tuple_with_too_few_arrays_is_refused(tmp_path: Path) -> None:
    f = compile_text(tmp_path, "@compiled\ndef f(a: tuple[Ints, ...]):\n    x, y = a\n")["f"]
    with pytest.raises(InternalError, match="f takes a tuple of 2"):
        f((np.zeros(1, np.int64),))
