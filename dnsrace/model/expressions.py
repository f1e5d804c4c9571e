"""Typed expressions of the lifted form, and the constructors that simplify as they build.

All values are raw integers (see `domains`). An expression is immutable, compares by structure and
is always evaluated in the state before the step: writes of a step are substituted while lifting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dnsrace.model.domains import BOOL, INT, Domain
from dnsrace.model.notation import expression_text
from dnsrace.model.operators import OPERATORS


@dataclass(frozen=True, eq=False)
class Variable:
    """A state variable: a scalar, or an array over one or more index domains.

    `start` holds the alternatives for the initial value of an element, as expressions over the
    bound variables `i0, i1, ...` that stand for its indices.
    """

    name: str
    domain: Domain
    index: tuple[Domain, ...] = ()
    start: tuple[Expr, ...] = ()
    doc: str = ""


@dataclass(frozen=True)
class Expr:
    """A node. `data` is the value of a const, the name of a leaf, the Variable of a read, or the
    (name, Domain) that a quantifier binds. `domain` is the domain of a choice or bound variable.
    """

    op: str
    args: tuple[Expr, ...]
    sort: Domain
    data: Any = None
    domain: Domain | None = None
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.op, self.args, self.data)))

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return expression_text(self)

    def walk(self) -> Iterator[Expr]:
        """Every node, this one first."""
        yield self
        for arg in self.args:
            yield from arg.walk()


def const(value: int, sort: Domain) -> Expr:
    """A raw value of a sort."""
    return Expr("const", (), sort, int(value))


TRUE = const(1, BOOL)
FALSE = const(0, BOOL)


def integer(value: int) -> Expr:
    """A number."""
    return const(value, INT)


def sort_of(domain: Domain) -> Domain:
    """The sort of the values of a domain: ranges are integers, all others are their own sort."""
    return INT if domain.kind == "range" else domain


def param(name: str, low: int | None) -> Expr:
    """A parameter that is left open; `low` is the least value that it may take."""
    return Expr("param", (), INT, (name, low))


def choice(name: str, domain: Domain) -> Expr:
    """A choice of a step, by its name."""
    return Expr("choice", (), sort_of(domain), name, domain)


def bound(name: str, domain: Domain) -> Expr:
    """A variable that a quantifier binds."""
    return Expr("bound", (), sort_of(domain), name, domain)


def read(variable: Variable, index: tuple[Expr, ...]) -> Expr:
    """An element of a variable, in the state before the step."""
    return Expr("read", index, sort_of(variable.domain), variable, variable.domain)


def not_(a: Expr) -> Expr:
    """Negation."""
    if a.op == "const":
        return FALSE if a.data else TRUE
    return a.args[0] if a.op == "not" else Expr("not", (a,), BOOL)


def and_(a: Expr, b: Expr) -> Expr:
    """Conjunction; the second part counts only where the first holds."""
    if a == TRUE or b in (FALSE, a):
        return b
    if b == TRUE or a == FALSE:
        return a
    return Expr("and", (a, b), BOOL)


def or_(a: Expr, b: Expr) -> Expr:
    """Disjunction; the second part counts only where the first fails."""
    if a == FALSE or b in (TRUE, a):
        return b
    if b == FALSE or a == TRUE:
        return a
    return Expr("or", (a, b), BOOL)


def implies(a: Expr, b: Expr) -> Expr:
    """`b` wherever `a`."""
    return or_(not_(a), b)


def ite(test: Expr, yes: Expr, no: Expr) -> Expr:
    """`yes` where the test holds, else `no`."""
    if test.op == "const":
        return yes if test.data else no
    if yes == no:
        return yes
    if yes == TRUE and no == FALSE:
        return test
    if yes == FALSE and no == TRUE:
        return not_(test)
    if yes.sort is BOOL:
        if no == FALSE:
            return and_(test, yes)
        if yes == TRUE:
            return or_(test, no)
        if yes == FALSE:
            return and_(not_(test), no)
        if no == TRUE:
            return or_(not_(test), yes)
    # a value of an optional domain beside one of the domain inside: either may come out
    return Expr("ite", (test, yes, no), no.sort if no.sort.kind == "maybe" else yes.sort)


def eq(a: Expr, b: Expr) -> Expr:
    """Equality of two values of matching sorts."""
    if a == b:
        return TRUE
    if a.op == b.op == "const":
        return FALSE
    if a.op == "const":
        a, b = b, a
    if b.op == "const" and a.sort is BOOL:
        return a if b.data else not_(a)
    return Expr("eq", (a, b), BOOL)


def _strict(op: str, sort: Domain) -> Callable[[Expr, Expr], Expr]:
    evaluate = OPERATORS[op].evaluate
    assert evaluate is not None

    def build(a: Expr, b: Expr) -> Expr:
        if a.op == b.op == "const":
            return const(evaluate(a.data, b.data), sort)
        if op in ("add", "sub") and b == integer(0):
            return a
        if op == "add" and a == integer(0):
            return b
        if op in ("min", "max", "le") and a == b:
            return TRUE if op == "le" else a
        if op == "lt" and a == b:
            return FALSE
        return Expr(op, (a, b), sort)

    return build


lt = _strict("lt", BOOL)
le = _strict("le", BOOL)
add = _strict("add", INT)
sub = _strict("sub", INT)
mul = _strict("mul", INT)
div = _strict("div", INT)
mod = _strict("mod", INT)
min_ = _strict("min", INT)
max_ = _strict("max", INT)


def exists(variable: Expr, body: Expr) -> Expr:
    """There is a value of the bound variable for which the body holds."""
    return (
        body
        if body.op == "const"
        else Expr("exists", (body,), BOOL, (variable.data, variable.domain))
    )


def forall(variable: Expr, body: Expr) -> Expr:
    """The body holds for every value of the bound variable."""
    return (
        body
        if body.op == "const"
        else Expr("forall", (body,), BOOL, (variable.data, variable.domain))
    )


BUILDERS: dict[str, Callable[..., Expr]] = {
    "not": not_, "and": and_, "or": or_, "ite": ite, "eq": eq, "lt": lt, "le": le, "add": add,
    "sub": sub, "mul": mul, "div": div, "mod": mod, "min": min_, "max": max_,
}  # fmt: skip


def rebuild(expr: Expr, leaf: Callable[[Expr], Expr | None]) -> Expr:
    """The same expression with each node for which `leaf` gives something replaced by that."""
    new = leaf(expr)
    if new is not None:
        return new
    if not expr.args:
        return expr
    args = tuple(rebuild(arg, leaf) for arg in expr.args)
    if args == expr.args:
        return expr
    builder = BUILDERS.get(expr.op)
    if builder is not None:
        return builder(*args)
    if expr.op in ("exists", "forall") and args[0].op == "const":
        return args[0]
    return Expr(expr.op, args, expr.sort, expr.data, expr.domain)


def replaced(expr: Expr, new: dict[Expr, Expr]) -> Expr:
    """The expression with some subexpressions replaced by others. Inside a quantifier that binds a
    variable of the same name again, that name means another variable: nothing is replaced there."""
    names = {e.data for e in new if e.op == "bound"}

    def leaf(e: Expr) -> Expr | None:
        if e.op in ("exists", "forall") and e.data[0] in names:
            return e
        return new.get(e)

    return rebuild(expr, leaf)
