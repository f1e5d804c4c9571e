"""The shape of a step for targets with a guard and a body: when it is enabled, what follows, and in
which order assignments may be done one after the other.

In the lifted form all values are of the state before the step. A target that assigns one by one
must do so in an order in which nothing is read after it was overwritten, or keep old values aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dnsrace.model.domains import Domain
from dnsrace.model.expressions import (
    FALSE,
    TRUE,
    Expr,
    Variable,
    and_,
    bound,
    eq,
    ite,
    not_,
    or_,
    read,
    rebuild,
    sort_of,
)
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree, Write
from dnsrace.model.system import Commit

BLOCKED: Leaf[Commit | None] = Leaf(None)


def guards(tree: Tree[Commit | None]) -> tuple[list[Expr], Tree[Commit | None]]:
    """The tests that a step begins by requiring, and what comes after them."""
    found: list[Expr] = []
    while isinstance(tree, Branch) and BLOCKED in (tree.yes, tree.no):
        taken = tree.no != BLOCKED
        found.append(not_(tree.test) if taken else tree.test)
        tree = tree.no if taken else tree.yes
    return found, tree


def enabled(tree: Tree[Commit | None]) -> Expr:
    """When a step can be taken; also where a check would fail, so that it does get to fail."""
    if isinstance(tree, Leaf):
        return FALSE if tree.value is None else TRUE
    if isinstance(tree, Ensure):
        return or_(not_(tree.condition), enabled(tree.then))
    return ite(tree.test, enabled(tree.yes), enabled(tree.no))


@dataclass(frozen=True)
class Kept:
    """An old value that is kept aside: its name, and what it is."""

    name: str
    domain: Domain
    value: Expr


def in_order(writes: tuple[Write, ...]) -> tuple[list[Kept], list[Write]]:
    """Assignments in an order in which they can be done one after the other, and the old values to
    keep aside before the first of them."""
    todo = [w for n, w in enumerate(writes) if not _overwritten(w, writes[n + 1 :])]
    ordered: list[Write] = []
    while todo:
        ready = next((w for w in todo if _may_come_next(w, todo)), None)
        if ready is None:
            return _with_kept(todo, ordered)
        todo.remove(ready)
        ordered.append(ready)
    return [], ordered


def _overwritten(write: Write, later: tuple[Write, ...]) -> bool:
    return any(w.variable is write.variable and w.index == write.index for w in later)


def _may_come_next(write: Write, todo: list[Write]) -> bool:
    """Whether no other assignment still reads what this one overwrites, nor must come first."""
    for other in todo:
        if other is write:
            continue
        if write.variable in variables_in(*other.index, other.value):
            return False
        first = todo.index(other) < todo.index(write)
        if first and other.variable is write.variable:
            return False
    return True


def _with_kept(todo: list[Write], ordered: list[Write]) -> tuple[list[Kept], list[Write]]:
    """What cannot be ordered reads only old values that were kept aside."""
    kept: list[Kept] = []
    written = {w.variable for w in todo}

    def keep(expr: Expr, domain: Domain) -> Expr:
        if not written & variables_in(expr):
            return expr
        name = f"old_{len(kept) + 1}"
        kept.append(Kept(name, domain, expr))
        return replace(bound(name, domain), sort=sort_of(domain))

    for w in todo:
        index = tuple(keep(i, d) for i, d in zip(w.index, w.variable.index, strict=True))
        ordered.append(Write(w.variable, index, keep(w.value, w.variable.domain), w.place))
    return kept, ordered


def variables_in(*exprs: Expr) -> set[Variable]:
    """The variables that expressions read."""
    return {e.data for expr in exprs for e in expr.walk() if e.op == "read"}


def after(expr: Expr, commit: Commit, plain: dict[str, Variable]) -> Expr:
    """What an expression over the states before and after a step says of the state before, when
    the step takes this path: an element of the state after is what was last assigned to it, or
    the old one. `plain` has the variables by name."""

    def leaf(e: Expr) -> Expr | None:
        if e.op != "read" or not e.data.name.endswith("'"):
            return None
        index = tuple(rebuild(a, leaf) for a in e.args)
        value = read(plain[e.data.name[:-1]], index)
        for write in commit.writes:
            if write.variable is value.data or write.variable is plain[e.data.name[:-1]]:
                same = TRUE
                for here, there in zip(index, write.index, strict=True):
                    same = and_(same, eq(here, there))
                value = ite(same, write.value, value)
        return value

    return simpler(rebuild(expr, leaf))


def unprimed(expr: Expr, plain: dict[str, Variable]) -> Expr:
    """The same with variables of the state after the step replaced by those of the state before;
    `plain` has these by the names of those."""

    def leaf(e: Expr) -> Expr | None:
        if e.op == "read" and e.data.name in plain:
            return read(plain[e.data.name], tuple(rebuild(a, leaf) for a in e.args))
        return None

    return rebuild(expr, leaf)


def simpler(expr: Expr) -> Expr:
    """`not a or a` is true; what is left of a quantifier over it goes with it."""
    if expr.op == "or" and expr.args[1] == not_(expr.args[0]):
        return TRUE
    if expr.op in ("forall", "exists", "and", "or"):
        args = [simpler(a) for a in expr.args]
        if expr.op == "and":
            return and_(*args)
        if expr.op == "or":
            return or_(*args)
        return args[0] if args[0].op == "const" else replace(expr, args=(args[0],))
    return expr


def conjuncts(expr: Expr) -> Iterator[Expr]:
    """The parts of a conjunction, from left to right."""
    if expr.op == "and":
        for arg in expr.args:
            yield from conjuncts(arg)
    else:
        yield expr
