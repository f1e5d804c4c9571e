"""What a step computes with while it is lifted: a value that stands for an expression.

Every Python operation on it either builds an expression, forks the path, or is refused with the
line, the reason and the cure. Nothing silently means something else.
"""

from __future__ import annotations

import enum
from typing import Any, NoReturn

from dnsrace.errors import ModelError
from dnsrace.model import expressions as ex
from dnsrace.model import places
from dnsrace.model.domains import BOOL, INT, Domain, Nothing, enum_domain
from dnsrace.model.expressions import Expr
from dnsrace.model.paths import current

MARK_OPEN, MARK_CLOSE = "\x02", "\x03"
"""Around the number of a phrase inside a text that `say` will take apart again."""


def refuse(cause: str, cure: str) -> NoReturn:
    """Raises ModelError at the line of the user's code that called."""
    raise ModelError(cause, place=places.here(), cure=cure)


class Sym:
    """A symbolic value."""

    __slots__ = ("expr",)

    def __init__(self, expr: Expr) -> None:
        object.__setattr__(self, "expr", expr)

    expr: Expr

    # -- comparisons

    def __eq__(self, other: object) -> Sym:  # type: ignore[override]
        return Sym(equal(self, other))

    def __ne__(self, other: object) -> Sym:  # type: ignore[override]
        return Sym(ex.not_(equal(self, other)))

    def __lt__(self, other: object) -> Sym:
        return Sym(ex.lt(number(self, "<"), number(other, "<")))

    def __le__(self, other: object) -> Sym:
        return Sym(ex.le(number(self, "<="), number(other, "<=")))

    def __gt__(self, other: object) -> Sym:
        return Sym(ex.lt(number(other, ">"), number(self, ">")))

    def __ge__(self, other: object) -> Sym:
        return Sym(ex.le(number(other, ">="), number(self, ">=")))

    # -- arithmetic

    def __add__(self, other: object) -> Sym:
        return Sym(ex.add(number(self, "+"), number(other, "+")))

    def __radd__(self, other: object) -> Sym:
        return Sym(ex.add(number(other, "+"), number(self, "+")))

    def __sub__(self, other: object) -> Sym:
        return Sym(ex.sub(number(self, "-"), number(other, "-")))

    def __rsub__(self, other: object) -> Sym:
        return Sym(ex.sub(number(other, "-"), number(self, "-")))

    def __mul__(self, other: object) -> Sym:
        return Sym(ex.mul(number(self, "*"), number(other, "*")))

    __rmul__ = __mul__

    def __neg__(self) -> Sym:
        return Sym(ex.sub(ex.integer(0), number(self, "-")))

    def __floordiv__(self, other: object) -> Sym:
        return Sym(ex.div(number(self, "//"), _divisor(other, "//")))

    def __mod__(self, other: object) -> Sym:
        return Sym(ex.mod(number(self, "%"), _divisor(other, "%")))

    # -- Bools

    def __bool__(self) -> bool:
        run = current()
        if self.expr.sort is not BOOL:
            refuse(
                f"{self.expr} is used as a condition, but it is {_a(self.expr.sort)}, not a Bool",
                "compare it with something, for example "
                + ("`!= 0`" if self.expr.sort is INT else "`==` one of its values"),
            )
        if run is None:
            refuse("a symbolic value outlived its step", "keep nothing between steps")
        return run.decide(self.expr)

    def __and__(self, other: object) -> Sym:
        return Sym(ex.and_(boolean(self, "&"), boolean(other, "&")))

    def __or__(self, other: object) -> Sym:
        return Sym(ex.or_(boolean(self, "|"), boolean(other, "|")))

    __rand__ = __and__
    __ror__ = __or__

    # -- text

    def __format__(self, spec: str) -> str:
        run = current()
        if spec:
            refuse(f"{self.expr} is given the format {spec!r}", "leave the format out")
        if run is None:
            return str(self.expr)
        run.phrases.append(self.expr)
        return f"{MARK_OPEN}{len(run.phrases) - 1}{MARK_CLOSE}"

    def __str__(self) -> str:
        return format(self)

    def __repr__(self) -> str:
        return f"<{self.expr}>"

    # -- refused

    def __hash__(self) -> int:
        refuse(
            f"{self.expr} cannot be put into a set or be a key: its value differs from state to "
            "state",
            "use a tuple, as in `x in (A, B)`, or an array variable indexed by a domain",
        )

    def __index__(self) -> int:
        refuse(
            f"{self.expr} is not one number while a step is lifted: a loop or a list cannot depend "
            "on it",
            "loop over a whole domain and test inside the loop, or use an array variable",
        )

    __int__ = __index__

    def __float__(self) -> float:
        refuse(f"{self.expr} has no floating-point value", "stay with integers")

    def __iter__(self) -> NoReturn:
        refuse(f"{self.expr} cannot be looped over", "loop over a domain class instead")

    def __getitem__(self, index: object) -> NoReturn:
        refuse(f"{self.expr} has no elements", "only array variables can be indexed")

    def __call__(self, *_: object, **__: object) -> NoReturn:
        refuse(f"{self.expr} cannot be called", "only functions can")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        refuse(f"{self.expr} has no attribute {name}", "a value of a domain has no attributes")

    def __setattr__(self, name: str, value: object) -> None:
        refuse(f"{self.expr} has no attribute {name}", "assign to a state variable instead")

    def __invert__(self) -> NoReturn:
        refuse("~ does not mean `not` for a plain bool", "write `not`")


def _refusing(symbol: str, cure: str) -> Any:
    def method(self: Sym, *_: object) -> NoReturn:
        refuse(f"{symbol} cannot be lifted, as used on {self.expr}", cure)

    return method


for _names, _symbol, _cure in (
    ("truediv rtruediv", "/", "it gives fractions; use // for whole numbers"),
    ("pow rpow", "**", "write the product out"),
    ("rfloordiv rmod divmod rdivmod", "a division by a state value", "divide by a parameter"),
    ("lshift rlshift rshift rrshift", "a shift", "multiply, or divide by a parameter"),
    ("xor rxor", "^", "compare Bools with !="),
    ("abs", "abs()", "write `x if x >= 0 else -x`"),
    ("round trunc floor ceil", "rounding", "stay with integers"),
    ("len", "len()", "the length of a domain class is fixed, a value has none"),
    ("contains", "in", "write `x in (A, B)` or any(...) over a domain"),
):
    for _name in _names.split():
        setattr(Sym, f"__{_name}__", _refusing(_symbol, _cure))


def _a(sort: Domain) -> str:
    return f"an {sort.name}" if sort.name[0].lower() in "aeiou" else f"a {sort.name}"


def to_expr(value: object, sort: Domain) -> Expr | None:
    """The expression of a value where one of sort `sort` is expected; None when it does not fit.

    A name of an interchangeable domain written as a number is refused: it would single one out.
    """
    if isinstance(value, Sym):
        own = value.expr.sort
        if own is sort:
            return value.expr
        inner = ex.sort_of(sort.of) if sort.kind == "maybe" and sort.of else None
        return value.expr if inner is own else None
    if isinstance(value, bool):
        return ex.const(value, BOOL) if sort is BOOL else None
    if isinstance(value, Nothing):
        return ex.const(sort.lo, sort) if value.domain is sort else None
    if sort.kind == "maybe" and sort.of is not None:
        inside = to_expr(value, ex.sort_of(sort.of))
        if inside is None or sort.of.kind != "range":
            return inside
        return ex.const(inside.data, sort) if sort.of.encode(inside.data) is not None else None
    if isinstance(value, enum.Enum):
        domain = enum_domain(type(value))
        raw = domain.encode(value)
        return ex.const(raw, domain) if domain is sort and raw is not None else None
    if isinstance(value, int) and sort is INT:
        return ex.integer(value)
    if isinstance(value, int) and sort.kind == "names":
        refuse(
            f"{value} singles out one of the interchangeable {sort.name} names",
            f"write it without numbers, or declare {sort.name} as a Range if they differ",
        )
    return None


def matched(a: Sym, other: object) -> tuple[Expr, Expr]:
    """Both sides of a comparison, of the same sort; refused when they can never be equal."""
    left = a.expr
    right = to_expr(other, left.sort)
    if right is None and isinstance(other, Sym):
        swapped = to_expr(a, other.expr.sort)
        if swapped is not None:
            return swapped, other.expr
    if right is None:
        shown = other.expr if isinstance(other, Sym) else repr(other)
        cure = "compare values of the same domain"
        if other is None and left.sort.kind == "maybe":
            cure = f"None is no value of a domain; write {left.sort.name}.none"
        refuse(f"{left} is {_a(left.sort)} and can never equal {shown}", cure)
    return left, right


def equal(a: Sym, other: object) -> Expr:
    """Equality. The none of an optional range has a raw value that a plain integer may have too:
    it must not be taken for that integer."""
    left, right = matched(a, other)
    for side, plain in ((left, right), (right, left)):
        if side.sort.kind == "maybe" and plain.sort is INT:
            none = ex.const(side.sort.lo, side.sort)
            return ex.and_(ex.not_(ex.eq(side, none)), ex.eq(left, right))
    return ex.eq(left, right)


def number(value: object, operator: str) -> Expr:
    """An operand of arithmetic or of an order."""
    if isinstance(value, Sym) and value.expr.sort is INT:
        return value.expr
    if isinstance(value, int) and not isinstance(value, bool):
        return ex.integer(value)
    if isinstance(value, Sym) and value.expr.sort.kind == "names":
        name = value.expr.sort.name
        refuse(
            f"{name} names are interchangeable: {operator} would make them differ",
            f"use only == and !=, or declare {name} as a Range",
        )
    shown = f"{value.expr} ({_a(value.expr.sort)})" if isinstance(value, Sym) else repr(value)
    refuse(f"{operator} needs integers, not {shown}", "only values of a Range can be reckoned with")


def boolean(value: object, operator: str) -> Expr:
    """An operand that must be a Bool."""
    expr = to_expr(value, BOOL)
    if expr is None:
        shown = f"{value.expr}" if isinstance(value, Sym) else repr(value)
        refuse(f"{operator} needs a Bool, not {shown}", "compare it with something first")
    return expr


def _divisor(value: object, operator: str) -> Expr:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return ex.integer(value)
    return refuse(
        f"{operator} needs a positive number that does not change",
        "divide by a parameter or a literal",
    )
