"""The closed table of operators of the lifted form.

Every engine and every exporter has one rule for each row, or refuses it with a reason; a test
walks the table for each of them. `evaluate` is the meaning: it takes raw integers (a Bool is 0 or
1). The operators without it bind variables or choose what is evaluated, and the interpreter says
what they mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Operator:
    """One row: how many arguments, how it is printed, and what it means on raw integers."""

    name: str
    arity: int
    symbol: str
    evaluate: Callable[..., int] | None = None
    commutes: bool = False


OPERATORS: dict[str, Operator] = {
    row.name: row
    for row in (
        # leaves
        Operator("const", 0, ""),
        Operator("param", 0, ""),
        Operator("choice", 0, ""),
        Operator("bound", 0, ""),
        Operator("read", -1, "[]"),
        # evaluated lazily, left to right: the second argument may be undefined when not needed
        Operator("and", 2, "and", commutes=True),
        Operator("or", 2, "or", commutes=True),
        Operator("ite", 3, "if"),
        # binders
        Operator("exists", 1, "some"),
        Operator("forall", 1, "every"),
        # strict
        Operator("not", 1, "not", lambda a: 1 - a),
        Operator("eq", 2, "=", lambda a, b: int(a == b), commutes=True),
        Operator("lt", 2, "<", lambda a, b: int(a < b)),
        Operator("le", 2, "<=", lambda a, b: int(a <= b)),
        Operator("add", 2, "+", lambda a, b: a + b, commutes=True),
        Operator("sub", 2, "-", lambda a, b: a - b),
        Operator("mul", 2, "*", lambda a, b: a * b, commutes=True),
        Operator("div", 2, "//", lambda a, b: a // b),
        Operator("mod", 2, "%", lambda a, b: a % b),
        Operator("min", 2, "min", min, commutes=True),
        Operator("max", 2, "max", max, commutes=True),
    )
}
