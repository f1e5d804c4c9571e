"""Small generated files, compiled; and what Python makes of them."""

from __future__ import annotations

import ast
import itertools
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dnsrace.engines.native import intrinsics
from dnsrace.engines.native.doors import Door
from dnsrace.engines.native.library import Library
from dnsrace.engines.native.machine import Machine

HEAD = (
    f"from {intrinsics.__name__} import (\n"
    "    compiled, find, get, inner, lowest, merged, pick, prefetch, put, squeeze,\n)\n"
)
FIRST_LINE = HEAD.count("\n") + 1
numbers = itertools.count()


def compile_text(folder: Path, text: str, machine: Machine | None = None) -> dict[str, Door]:
    """The functions of a generated file, as Python calls them."""
    return Library(folder / f"text{next(numbers)}.py", HEAD + text, machine).doors()


def run_by_python(text: str) -> dict[str, Any]:
    """The same functions, as Python runs them."""
    scope: dict[str, Any] = {"Ints": None, "Shorts": None, "Bytes": None}
    exec(HEAD + text, scope)
    return scope


OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def in_64_bits(value: int) -> int:
    """What a register keeps of a number."""
    if isinstance(value, bool):
        return value
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def meaning(node: ast.expr, names: dict[str, int]) -> int:
    """Python's value of an expression, where each result is kept in 64 bits, and 0 is what comes
    of a division by 0."""

    def value(e: ast.expr) -> int:
        return meaning(e, names)

    match node:
        case ast.Constant(value=int(found)):
            return found
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            a, b = value(left), value(right)
            if isinstance(op, ast.FloorDiv | ast.Mod) and b == 0:
                return 0
            return in_64_bits(OPERATORS[type(op)](a, b))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not value(operand)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return in_64_bits(-value(operand))
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            return -1 - value(operand)
        case ast.BoolOp(op=op, values=values):
            for e in values:
                found = value(e)
                if bool(found) != isinstance(op, ast.And):
                    return found
            return found
        case ast.Compare(left=left, ops=ops, comparators=others):
            found = [value(e) for e in (left, *others)]
            pairs = zip(ops, itertools.pairwise(found), strict=True)
            return all(OPERATORS[type(op)](*pair) for op, pair in pairs)
        case ast.IfExp(test=test, body=yes, orelse=no):
            return value(yes if value(test) else no)
        case ast.Call(func=ast.Name(id="pick"), args=[test, yes, no]):
            return value(yes if value(test) else no)
        case ast.Call(func=ast.Name(id=name), args=args):
            known: dict[str, Callable[..., int]] = {"min": min, "max": max, "int": int}
            return known[name](*map(value, args))
    raise AssertionError(ast.unparse(node))
