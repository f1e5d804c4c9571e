"""Values as Z3 terms.

A Bool is a Z3 Bool. A number is a bit-vector that is just wide enough for the values that it can
have; every number keeps these bounds, and arithmetic and comparisons are done in a width in which
nothing can wrap around. What is known while terms are built is a Python value and never becomes a
term.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dnsrace.engines.solver import z3
from dnsrace.model.operators import OPERATORS

Bool = Any
"""True, False, or a Z3 Bool."""


@dataclass(frozen=True)
class Number:
    """A number with its bounds; `term` is None where they are equal. A term with bounds from 0 is
    without a sign, any other in two's complement."""

    low: int
    high: int
    term: Any = None

    @property
    def signed(self) -> bool:
        return self.low < 0

    def wide(self, low: int, high: int) -> Any:
        """The term in the width, and with the sign, of these bounds."""
        size = width(low, high)
        if self.term is None:
            return z3.BitVecVal(self.low, size)
        more = size - self.term.size()
        if more < 0:
            return z3.Extract(size - 1, 0, self.term)
        if more == 0:
            return self.term
        return z3.SignExt(more, self.term) if self.signed else z3.ZeroExt(more, self.term)


Value = Any
"""A Bool or a Number."""
Pair = tuple[Value, Value]
"""A variable, and what takes its place."""
Pairs = list[Pair]


def width(low: int, high: int) -> int:
    """Bits that these bounds and all between them need."""
    if low < 0:
        return 1 + max((-low - 1).bit_length(), high.bit_length() if high > 0 else 0)
    return max(1, high.bit_length())


def number(value: Value) -> Number:
    """A value as a number; a Bool is 0 or 1."""
    if isinstance(value, Number):
        return value
    if isinstance(value, bool):
        return Number(int(value), int(value))
    return Number(0, 1, z3.If(value, z3.BitVecVal(1, 1), z3.BitVecVal(0, 1)))


# -- Bools


def not_(a: Bool) -> Bool:
    """Negation."""
    return (not a) if isinstance(a, bool) else z3.Not(a)


def and_(parts: Iterable[Bool]) -> Bool:
    """Conjunction."""
    left = [p for p in parts if p is not True]
    if any(p is False for p in left):
        return False
    return True if not left else left[0] if len(left) == 1 else z3.And(left)


def or_(parts: Iterable[Bool]) -> Bool:
    """Disjunction."""
    left = [p for p in parts if p is not False]
    if any(p is True for p in left):
        return True
    return False if not left else left[0] if len(left) == 1 else z3.Or(left)


def ite(test: Bool, yes: Value, no: Value) -> Value:
    """`yes` where the test holds, else `no`."""
    if isinstance(test, bool):
        return yes if test else no
    if yes is no:
        return yes
    if isinstance(yes, Number) or isinstance(no, Number):
        a, b = number(yes), number(no)
        if a.term is None and b.term is None and a.low == b.low:
            return a
        low, high = min(a.low, b.low), max(a.high, b.high)
        return Number(low, high, z3.If(test, a.wide(low, high), b.wide(low, high)))
    if isinstance(yes, bool):
        return or_((test, no)) if yes else and_((not_(test), no))
    if isinstance(no, bool):
        return or_((not_(test), yes)) if no else and_((test, yes))
    return z3.If(test, yes, no)


def equal(a: Value, b: Value) -> Bool:
    """Equality of two values."""
    if not isinstance(a, Number) and not isinstance(b, Number):
        if isinstance(a, bool):
            return b if a else not_(b)
        return (a if b else not_(a)) if isinstance(b, bool) else a == b
    x, y = number(a), number(b)
    if x.high < y.low or y.high < x.low:
        return False
    if x.term is None and y.term is None:
        return True
    low, high = min(x.low, y.low), max(x.high, y.high)
    return x.wide(low, high) == y.wide(low, high)


def less(a: Value, b: Value, strictly: bool) -> Bool:
    """Order of two numbers."""
    x, y = number(a), number(b)
    if x.high < y.low or (x.high == y.low and not strictly):
        return True
    if x.low > y.high or (x.low == y.high and strictly):
        return False
    low, high = min(x.low, y.low), max(x.high, y.high)
    left, right = x.wide(low, high), y.wide(low, high)
    if low < 0:
        return left < right if strictly else left <= right
    return z3.ULT(left, right) if strictly else z3.ULE(left, right)


def ring(op: str, a: Number, b: Number) -> Number:
    """Sum, difference and product, in the width of the result and of what goes in."""
    evaluate = OPERATORS[op].evaluate
    assert evaluate is not None
    ends = [evaluate(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    low, high = min(ends), max(ends)
    if low == high:
        return Number(low, high)
    # to leave out the bits of the parts above the result's is right for +, - and * alone
    left, right = a.wide(low, high), b.wide(low, high)
    term = left + right if op == "add" else left - right if op == "sub" else left * right
    return Number(low, high, term)


def divided(op: str, a: Number, b: Number) -> Number:
    """Quotient rounded down, and its remainder, as in Python. Z3's bvsmod has the divisor's sign,
    as Python's remainder has."""
    evaluate = OPERATORS[op].evaluate
    assert evaluate is not None
    if a.term is None and b.term is None and b.low != 0:
        return Number(evaluate(a.low, b.low), evaluate(a.low, b.low))
    most_, by = max(abs(a.low), abs(a.high)), max(abs(b.low), abs(b.high))
    low, high = (0 if a.low >= 0 and b.low >= 0 else -most_ - by), most_ + by
    left, right = a.wide(low, high), b.wide(low, high)
    if low >= 0:
        term = z3.UDiv(left, right) if op == "div" else z3.URem(left, right)
        return Number(low, high, term)
    rest = left % right
    return Number(low, high, (left - rest) / right if op == "div" else rest)


# -- variables


def fresh(name: str, low: int, high: int, *, truth: bool) -> Value:
    """A variable with these bounds; `truth`: a Bool."""
    if truth:
        return z3.Bool(name)
    if low == high:
        return Number(low, high)
    return Number(low, high, z3.BitVec(name, width(low, high)))


def constant(raw: int, *, truth: bool) -> Value:
    """A raw value; `truth`: as a Bool."""
    return bool(raw) if truth else Number(raw, raw)


def stored(value: Value, low: int, high: int, *, truth: bool) -> Value:
    """A value in the form of a variable with these bounds, in which it is sure to be."""
    if truth:
        return equal(value, Number(1, 1)) if isinstance(value, Number) else value
    found = number(value)
    if found.term is None or low == high:
        return found if low < high else Number(low, low)
    return Number(low, high, found.wide(low, high))


def renamed(values: Iterable[Value], new: Iterable[Pair]) -> list[Value]:
    """Values with some variables replaced by others, in the form of these variables."""
    pairs = []
    for old, value in new:
        if not isinstance(old, Number):
            pairs.append((old, z3.BoolVal(value) if isinstance(value, bool) else value))
        elif old.term is not None:
            pairs.append((old.term, value.wide(old.low, old.high)))
    found: list[Value] = []
    for v in values:
        if isinstance(v, Number) and v.term is not None:
            v = Number(v.low, v.high, z3.substitute(v.term, *pairs))
        elif not isinstance(v, Number | bool):
            v = z3.substitute(v, *pairs)
        found.append(v)
    return found


def simplified(value: Number) -> Number:
    """The same number, in fewer words."""
    if value.term is None:
        return value
    term = z3.simplify(value.term)
    if z3.is_bv_value(term):
        raw = term.as_signed_long() if value.signed else term.as_long()
        return Number(raw, raw)
    return Number(value.low, value.high, term)


def identity(value: Number) -> object:
    """Numbers of which this is equal are written alike. It is worth nothing once the number is
    gone, since Z3 gives its place to another one."""
    return value.low if value.term is None else ("term", value.term.get_id())


def parts_of(value: Number) -> tuple[Bool, Number, Number] | None:
    """Test and both values of an if-then-else."""
    if value.term is None or not z3.is_app_of(value.term, z3.Z3_OP_ITE):
        return None
    test, *both = value.term.children()
    yes, no = (simplified(Number(value.low, value.high, term)) for term in both)
    return test, yes, no


def as_term(value: Value) -> Any:
    """The Z3 term of a value; None, True or False where there is none."""
    return value.term if isinstance(value, Number) else value


def occurs(variable: Value, value: Value) -> bool:
    """Whether a variable is a part of a value."""
    old, term = as_term(variable), as_term(value)
    if isinstance(term, bool) or old is None or term is None:
        return False
    return not z3.substitute(term, (old, z3.FreshConst(old.sort()))).eq(term)
