"""Python's operators on integers of 64 bits, which wrap around.

Nothing here traps: what branch-free code computes and does not select may be anything. So a
division by zero is 0, and a shift by less than 0 or more than 63 is one by some of its bits.
"""

from __future__ import annotations

import ast
import operator
import struct
from collections.abc import Callable

from dnsrace.engines.native.lines import Lines
from dnsrace.engines.native.values import Value, boolean, integer

FOLD: dict[type[ast.AST], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
"""The operators that there are, and their meaning where both sides are known."""

PLAIN: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
}
BITS = (ast.BitAnd, ast.BitOr, ast.BitXor)
SHIFTS: dict[type[ast.AST], str] = {ast.LShift: "shl", ast.RShift: "ashr"}
DIVISIONS = (ast.FloorDiv, ast.Mod)
COMPARISONS: dict[type[ast.AST], str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "slt",
    ast.LtE: "sle",
    ast.Gt: "sgt",
    ast.GtE: "sge",
}


def as_integer(lines: Lines, value: Value) -> Value:
    """A Bool is 0 or 1."""
    if value.kind == "int":
        return value
    if value.known is not None:
        return integer(value.known)
    return lines.integer(f"zext i1 {value.text} to i64")


def as_test(lines: Lines, value: Value) -> Value:
    """An integer is true unless it is 0."""
    if value.kind == "bool":
        return value
    if value.known is not None:
        return boolean(value.known != 0)
    return lines.boolean(f"icmp ne i64 {value.text}, 0")


def alike(lines: Lines, a: Value, b: Value) -> tuple[Value, Value]:
    """Both as they are if they are of one kind, or else as integers."""
    return (a, b) if a.kind == b.kind else (as_integer(lines, a), as_integer(lines, b))


def binary(lines: Lines, op: type[ast.AST], a: Value, b: Value) -> Value:
    """The result of one of the operators of FOLD."""
    if op in BITS and a.kind == b.kind == "bool":
        if a.known is not None and b.known is not None:
            return boolean(bool(FOLD[op](a.known, b.known)))
        return lines.boolean(f"{PLAIN[op]} i1 {a.text}, {b.text}")
    a, b = as_integer(lines, a), as_integer(lines, b)
    if a.known is not None and b.known is not None and _can_fold(op, b.known):
        found = FOLD[op](a.known, b.known)
        return boolean(found) if isinstance(found, bool) else integer(found)
    if op in COMPARISONS:
        return lines.boolean(f"icmp {COMPARISONS[op]} i64 {a.text}, {b.text}")
    if op in PLAIN:
        return lines.integer(f"{PLAIN[op]} i64 {a.text}, {b.text}")
    if op in SHIFTS:
        fits = b.known is not None and 0 <= b.known < 64
        by = b.text if fits else lines.new(f"and i64 {b.text}, 63")
        return lines.integer(f"{SHIFTS[op]} i64 {a.text}, {by}")
    return _division(lines, op, a, b)


def _can_fold(op: type[ast.AST], b: int) -> bool:
    return (op not in DIVISIONS or b != 0) and (op not in SHIFTS or 0 <= b < 64)


def _division(lines: Lines, op: type[ast.AST], a: Value, b: Value) -> Value:
    """Rounded down; the machine rounds towards zero, and traps for 0 and for -2**63 // -1."""
    floor = op is ast.FloorDiv
    if b.known is not None and b.known > 0 and b.known & (b.known - 1) == 0:
        text = f"ashr i64 {a.text}, {b.known.bit_length() - 1}"
        return lines.integer(text if floor else f"and i64 {a.text}, {b.known - 1}")
    # b + 1, unsigned, is at most 1 for those two
    above = lines.new(f"add i64 {b.text}, 1")
    plain = lines.new(f"icmp ugt i64 {above}, 1")
    by = lines.new(f"select i1 {plain}, i64 {b.text}, i64 1")
    rest = lines.new(f"srem i64 {a.text}, {by}")
    uneven = lines.new(f"icmp ne i64 {rest}, 0")
    signs = lines.new(f"xor i64 {rest}, {by}")
    differ = lines.new(f"icmp slt i64 {signs}, 0")
    lower = lines.new(f"and i1 {uneven}, {differ}")
    if not floor:
        more = lines.new(f"select i1 {lower}, i64 {by}, i64 0")
        return lines.integer(f"add i64 {rest}, {more}")
    quotient = lines.new(f"sdiv i64 {a.text}, {by}")
    less = lines.new(f"sext i1 {lower} to i64")
    rounded = lines.new(f"add i64 {quotient}, {less}")
    odd = lines.new(f"mul i64 {a.text}, {b.text}")  # -a for -1, 0 for 0
    return lines.integer(f"select i1 {plain}, i64 {rounded}, i64 {odd}")


def inverted(lines: Lines, value: Value) -> Value:
    """`not value`, of a Bool."""
    if value.known is not None:
        return boolean(not value.known)
    return lines.boolean(f"xor i1 {value.text}, true")


def extreme(lines: Lines, name: str, a: Value, b: Value) -> Value:
    """`min` or `max` of two integers."""
    if a.known is not None and b.known is not None:
        return integer(min(a.known, b.known) if name == "min" else max(a.known, b.known))
    # of equals the first, as in Python
    test = lines.new(f"icmp {'slt' if name == 'min' else 'sgt'} i64 {b.text}, {a.text}")
    return lines.integer(f"select i1 {test}, i64 {b.text}, i64 {a.text}")


def quotient(lines: Lines, a: float, b: Value) -> Value:
    """`int(a / b)`, divided as floats are; 0 for a division by 0."""
    number = f"0x{struct.pack('>d', a).hex().upper()}"
    test = lines.new(f"icmp eq i64 {b.text}, 0")
    by = lines.new(f"sitofp i64 {b.text} to double")
    ratio = lines.new(f"fdiv double {number}, {by}")
    rounded = lines.new(f"fptosi double {ratio} to i64")
    return lines.integer(f"select i1 {test}, i64 0, i64 {rounded}")
