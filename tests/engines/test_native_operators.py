"""What our compiler makes of an expression is what Python makes of it, in 64 bits."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from native_texts import compile_text, meaning, run_by_python

from dnsrace.engines.native import intrinsics
from dnsrace.engines.native.machine import Machine, this_machine

SMALL, LARGE = -(1 << 63), (1 << 63) - 1
EDGES = [0, 1, -1, 2, -2, 3, 7, -8, 63, 64, 255, 1 << 31, -(1 << 31), SMALL, SMALL + 1, LARGE]
words = st.one_of(st.sampled_from(EDGES), st.integers(SMALL, LARGE))
OPERATORS = ["+", "-", "*", "//", "%", "&", "|", "^"]
COMPARISONS = ["<", "<=", "==", "!=", ">", ">="]


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of others."""
    compared = st.sampled_from(COMPARISONS)
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(OPERATORS), inner),
        st.builds("({} {} ({} & 63))".format, inner, st.sampled_from(["<<", ">>"]), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["<<", ">>"]), st.integers(0, 63)),
        st.builds("({} {} {})".format, inner, compared, inner),
        st.builds("({} {} {} {} {})".format, inner, compared, inner, compared, inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("({}{})".format, st.sampled_from(["-", "~", "not "]), inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("pick({}, {}, {})".format, inner, inner, inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
        st.builds("int({})".format, inner),
    )


leaves = st.one_of(
    st.sampled_from(["a", "b", "c"] * 3 + ["True", "False"]), st.integers(-9, 99).map(str)
)
expressions = st.recursive(leaves, larger, max_leaves=12)


@given(text=expressions, rows=st.lists(st.tuples(words, words, words), min_size=4, max_size=8))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_expressions_mean_what_they_mean_in_python(
    tmp_path: Path, text: str, rows: list[tuple[int, int, int]]
) -> None:
    code = f"@compiled\ndef f(a: int, b: int, c: int) -> int:\n    return int({text})\n"
    f = compile_text(tmp_path, code)["f"]
    tree = ast.parse(text, mode="eval").body
    for row in rows:
        expected = meaning(tree, dict(zip("abc", row, strict=True)))
        assert f(*row) == expected, (text, row)


@pytest.mark.parametrize("op", [*OPERATORS, *COMPARISONS, "<<", ">>", "and", "or"])
def test_every_operator_at_the_edges(tmp_path: Path, op: str) -> None:
    """With both sides unknown, and with each side known."""
    second = EDGES if op not in ("<<", ">>") else [0, 1, 31, 62, 63]
    code = f"@compiled\ndef f(a: int, b: int) -> int:\n    return int(a {op} b)\n"
    for i, b in enumerate(second):
        code += f"@compiled\ndef right{i}(a: int) -> int:\n    return int(a {op} ({b}))\n"
        code += f"@compiled\ndef both{i}() -> int:\n    return int(({EDGES[i]}) {op} ({b}))\n"
    doors = compile_text(tmp_path, code)
    tree = ast.parse(f"a {op} b", mode="eval").body
    for a, (i, b) in itertools.product(EDGES, enumerate(second)):
        expected = meaning(tree, {"a": a, "b": b})
        assert doors["f"](a, b) == doors[f"right{i}"](a) == expected, (a, b)
        assert doors[f"both{i}"]() == meaning(tree, {"a": EDGES[i], "b": b})


def test_a_float_divides_exactly(tmp_path: Path) -> None:
    """What the number of arrangements is made of: n! divided by what divides it."""
    code = "@compiled\ndef f(a: int) -> int:\n    return int(5040.0 / a)\n"
    f = compile_text(tmp_path, code)["f"]
    divisors = [d for d in range(1, 5041) if 5040 % d == 0]
    assert [f(d) for d in divisors] == [5040 // d for d in divisors]
    assert f(0) == 0
    assert f(-7) == -720


@given(a=words, b=words)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_not_selected_does_no_harm(shifts: Any, a: int, b: int) -> None:
    """Shifts by any number, divisions by 0: branch-free code computes them all."""
    known = 0 <= b < 64
    expected = (
        meaning(ast.parse("a << b", mode="eval").body, {"a": a, "b": b}) if known else -5,
        a >> b if known else -5,
        a // b if b > 0 else -5,
        a % b if b > 0 else -5,
    )
    assert shifts(a, b) == expected


@pytest.fixture(scope="module")
def shifts(tmp_path_factory: pytest.TempPathFactory) -> Any:
    code = (
        "@compiled\n"
        "def f(a: int, b: int) -> tuple[int, int, int, int]:\n"
        "    fits = pick(b >= 0, b < 64, False)\n"
        "    left = pick(fits, a << b, -5)\n"
        "    right = pick(fits, a >> b, -5)\n"
        "    return left, right, pick(b > 0, a // b, -5), pick(b > 0, a % b, -5)\n"
    )
    return compile_text(tmp_path_factory.mktemp("shifts"), code)["f"]


# -- the operations that Python has no words for

OPERATIONS = """
@compiled
def one(array: Ints, i: int, value: int, bits: int) -> tuple[int, int]:
    prefetch(array, i)
    before = get(array, i)
    put(array, i, value)
    return before, lowest(bits)

@compiled
def look(array: Ints, at: int, entry: int, low_bits: int) -> int:
    return find(array, at, entry, low_bits)

@compiled
def gather(array: Ints, at: int, flags: int, count: int, out: Ints, n: int) -> int:
    return squeeze(array, at, flags, count, out, n)
"""


def machines() -> dict[str, Machine]:
    """This one, and one of its kind that can do little."""
    return {"this": this_machine(), "plain": Machine("", "")}


@pytest.fixture(scope="module", params=["this", "plain"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    machine = machines()[request.param]
    folder = tmp_path_factory.mktemp("operations")
    return compile_text(folder, OPERATIONS, machine), run_by_python(OPERATIONS)


@given(
    array=st.lists(words, min_size=8, max_size=8), i=st.integers(0, 7), value=words,
    bits=words.filter(bool),
)  # fmt: skip
def test_elements_and_bits(both: Any, array: list[int], i: int, value: int, bits: int) -> None:
    compiled, python = both
    ours, theirs = np.array(array, np.int64), list(array)
    assert compiled["one"](ours, i, value, bits) == python["one"](theirs, i, value, bits)
    assert ours.tolist() == theirs


entries = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 9).map(lambda n: n << 31 | 5))


@given(
    array=st.lists(entries, min_size=16, max_size=16), at=st.sampled_from([0, 8]),
    entry=st.integers(0, 9), low_bits=st.sampled_from([0, 31]),
)  # fmt: skip
def test_find(both: Any, array: list[int], at: int, entry: int, low_bits: int) -> None:
    compiled, python = both
    ours = np.array(array, np.int64)
    assert compiled["look"](ours, at, entry, low_bits) == python["look"](array, at, entry, low_bits)


@given(
    array=st.lists(words, min_size=24, max_size=24), at=st.integers(0, 16),
    flags=st.integers(0, 16), count=st.integers(1, 20), n=st.integers(0, 4),
)  # fmt: skip
def test_squeeze(both: Any, array: list[int], at: int, flags: int, count: int, n: int) -> None:
    compiled, python = both
    ours, theirs = np.zeros(16, np.int64), [0] * 16
    given_ = np.array(array, np.int64)
    many = compiled["gather"](given_, at, flags, count, ours, n)
    assert many == python["gather"](array, at, flags, count, theirs, n)
    assert ours[: n + many].tolist() == theirs[: n + many]
    assert given_.tolist() == array


def test_every_operation_is_tested_here() -> None:
    from dnsrace.engines.native.source import OPERATIONS as ALL

    assert all(hasattr(intrinsics, name) for name in ALL)
    assert all(f"{name}(" in OPERATIONS for name in ALL if name != "pick")
