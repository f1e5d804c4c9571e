"""What is outside of the compiler's part of Python is refused, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from native_texts import FIRST_LINE, compile_text

from dnsrace.engines.native.machine import this_machine
from dnsrace.errors import InternalError

INSIDE = [
    ("a.append(x)", "a.append(x)"),
    ("x = a[0:2]", "0:2"),
    ("x = a[-1]", "an index that is negative"),
    ("x = 1 << 70 if x else 9223372036854775808", "9223372036854775808 does not fit 64 bits"),
    ("x = x / 2", "x / 2"),
    ("x = 1.5", "1.5"),
    ("x = int(1e300 / x)", "is too large"),
    ("x = x ** 2", "x ** 2"),
    ("x **= 2", "x **= 2"),
    ("x = -a", "a has no value here that is a number"),
    ("x = x[0]", "x is no array here"),
    ("x = later + 1\n    later = 2", "later has no value here that is a number"),
    ("x = x in (1, 2)", "x in (1, 2)"),
    ("x = x is None", "x is None"),
    ("x = 'text'", "'text'"),
    ("x = None", "None"),
    ("x: int = 1", "x: int = 1"),
    ("x = (y := 2)", "(y := 2)"),
    ("x = [1, 2][0]", "[1, 2] is no array here"),
    ("x, y = a", "2 names, and 0 values"),
    ("x, y = 1, 2, 3", "2 names, and 3 values"),
    ("x, y = other(x)", "2 names, and 0 values"),
    ("a = 3", "a is given a value and is no variable"),
    ("LIMIT = 3", "LIMIT is given a value and is no variable"),
    ("a.size = 3", "a.size cannot be given a value"),
    ("test = x > 1\n    test = 2", "test, a Bool, is given an integer"),
    ("return 1\n    return x, x", None),
    ("if x:\n        return 1", "f may end without a result"),
    ("if x:\n        return x, x\n    return 1", "another kind of result than before"),
    ("for i in range(1, 5, x):\n        pass", "a range whose steps are not known"),
    ("for i in range(1, 5, 0):\n        pass", "a range whose steps are not known"),
    ("for i in x:\n        pass", "x is no array here"),
    ("for i, j in a:\n        pass", "for i, j in a:"),
    ("for i in a:\n        pass\n    else:\n        pass", "for i in a:"),
    ("while x:\n        pass\n    else:\n        pass", "while x:"),
    ("with x:\n        pass", "with x:"),
    ("try:\n        pass\n    finally:\n        pass", "try:"),
    ("assert x", "assert x"),
    ("raise x", "raise x"),
    ("del x", "del x"),
    ("break", "break"),
    ("def g(): pass", "def g():"),
    ("import os", "import os"),
    ("x = missing(x)", "there is no compiled function missing"),
    ("x = unmarked(x)", "there is no compiled function unmarked"),
    ("x = other(x, x)", "other takes 1 arguments"),
    ("x = other(x=x)", "other(x=x)"),
    ("x = itself(x)", "itself calls itself"),
    ("x = put(a, 0, 1)", "put returns no single value"),
    ("x = get(a)", "get takes other arguments"),
    ("x = find(small, 0, 1, 2)", "small holds no words of 64 bits"),
    ("x = abs(x)", "there is no compiled function abs"),
    ("x = (lambda: 1)()", "(lambda: 1)()"),
    ("x = len(a)", "there is no compiled function len"),
    ("x = a.shape", "a.shape"),
    ("b = pair[2]", "pair[2] is no array here"),
    ("x = pair[0]", "an array needs a name of its own"),
    ("b = pair[0]\n    b = pair[1]", "b is two arrays"),
    ("x = other(pair)", "pair is no array here"),
]
AROUND = """LIMIT = 5

def unmarked(x: int) -> int:
    return x

@inner
def itself(x: int) -> int:
    return itself(x)

@inner
def other(x):
    return x

@compiled
def f(a: Ints, small: Bytes, pair: tuple[Ints, Ints], x: int):
    {}
"""
LINES_BEFORE = AROUND.split("{}")[0].count("\n")


@pytest.mark.parametrize(("text", "cause"), INSIDE, ids=[text for text, _ in INSIDE])
def test_inside_of_functions(tmp_path: Path, text: str, cause: str | None) -> None:
    if cause is None:
        assert set(compile_text(tmp_path, AROUND.format(text))) == {"f"}
        return
    with pytest.raises(InternalError) as error:
        compile_text(tmp_path, AROUND.format(text))
    assert error.value.cause.startswith("the generated code cannot be compiled: ")
    assert cause in error.value.cause
    place = error.value.place
    assert place is not None
    assert place.file.endswith(".py")
    first = FIRST_LINE + LINES_BEFORE
    where = {"itself": AROUND.split("return itself")[0].count("\n") + FIRST_LINE}
    where["may end"] = first - 1
    expected = next((line for name, line in where.items() if name in cause), None)
    if expected is None:
        assert first <= place.line <= first + text.count("\n")
    else:
        assert place.line == expected


OUTSIDE = [
    ("import os", "a Import outside of functions"),
    ("from os import path", "a ImportFrom outside of functions"),
    ("from dnsrace.engines.native.intrinsics import system", "there is no system"),
    ("class A: pass", "a ClassDef outside of functions"),
    ("if True: pass", "a If outside of functions"),
    ("A = 'text'", "a constant that is not made of integers"),
    ("A = 1 << 63", "A is no integer of 64 bits"),
    ("A = 1 // 0", "integer division or modulo by zero"),
    ("A = 1 << -1", "negative shift count"),
    ("A = B", "a constant that is not made of integers"),
    ("A, B = 1, 2, 3", "names and values that do not match"),
    ("A = 1, 2", "A is no integer of 64 bits"),
    ("A = 1\nA = 2", "A is given a value twice"),
    ("A[0] = 1", "constants are integers"),
    ("def f(): pass\ndef f(): pass", "f is defined twice"),
    ("@cache\ndef f(): pass", "a decorator that is unknown"),
    ("@compiled\n@inner\ndef f(): pass", "a decorator that is unknown"),
    ("def f(*a): pass", "parameters that are not plain names"),
    ("def f(a=1): pass", "parameters that are not plain names"),
    ("@compiled\ndef f(a): pass", "what is a, a parameter of f?"),
    ("@compiled\ndef f(a: str): pass", "what is a, a parameter of f?"),
    ("@compiled\ndef f(a: tuple[str, int]): pass", "what is a, a parameter of f?"),
    ("A = 1\n@compiled\ndef f(A: int): pass", "A is a constant too"),
]


@pytest.mark.parametrize(("text", "cause"), OUTSIDE, ids=[text for text, _ in OUTSIDE])
def test_outside_of_functions(tmp_path: Path, text: str, cause: str) -> None:
    with pytest.raises(InternalError) as error:
        compile_text(tmp_path, text + "\n")
    assert cause in error.value.cause
    place = error.value.place
    assert place is not None
    assert FIRST_LINE <= place.line <= FIRST_LINE + text.count("\n")


def test_llvms_own_refusal_is_an_internal_error() -> None:
    with pytest.raises(InternalError, match="LLVM refuses what was generated"):
        this_machine().assemble("define void @f() { ret i64 0 }")
