"""Which variables nobody will read again before they are written.

A process that rests still has what it worked with in its variables. Whatever is there makes no
difference to anything that follows, so it need not tell states apart (dead variable reduction:
Bozga, Fernandez, Ghirvu, "State space reduction based on live variables analysis", SAS 1999). Here
a process is a choice of a step, and where it is in its work is an enumeration, such as its phase.
"""

from __future__ import annotations

from collections.abc import Iterator

from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree
from dnsrace.model.system import Commit, Property, Step, System

Unread = dict[tuple[Variable, Variable], frozenset[int]]
"""For a variable and a phase, both by process: the raw phases in which the variable is unread."""


def unread(system: System, properties: tuple[Property, ...]) -> Unread:
    """Where variables are unread, by steps and by these properties; pairs for which there is no
    such phase are left out."""
    found = {}
    for variable in system.variables:
        for phase in system.variables:
            if phase.domain.kind == "enum" and phase.index == variable.index != ():
                dead = _Analysis(system, properties, variable, phase).dead()
                if dead and variable is not phase:
                    found[variable, phase] = dead
    return found


class _Mixed(Exception):
    """A process touches the variables of another one: nothing is said of these."""


class _Analysis:
    """Of one variable and one phase, by processes that differ in name only."""

    def __init__(
        self, system: System, properties: tuple[Property, ...], variable: Variable, phase: Variable
    ) -> None:
        self.system, self.variable, self.phase = system, variable, phase
        self.looked = [p.value for p in properties] + [p.defined for p in properties]

    def dead(self) -> frozenset[int]:
        """The phases in which the variable is unread: the rest is found going backwards, from
        reads, until nothing is added."""
        primes = self.system.primed
        if len(self.variable.index) != 1 or any(
            _mentions(e, {self.variable, primes[self.variable]}) for e in self.looked
        ):
            return frozenset()
        raws = frozenset(self.phase.domain.raws)
        try:
            ways = {raw: [w for s in self.system.steps for w in self._ways(s, raw)] for raw in raws}
        except _Mixed:
            return frozenset()
        live: frozenset[int] = frozenset()
        while True:
            more = frozenset(raw for raw in raws if any(w & live or None in w for w in ways[raw]))
            if more <= live:
                return raws - live
            live |= more

    def _ways(self, step: Step, raw: int) -> Iterator[frozenset[int | None]]:
        """What can follow from a phase: for each way through a step, the phases behind it in which
        the old value is still there; None among them means that it is read."""
        own = [c for c in step.choices if c.domain is self.variable.index[0]]
        exprs = list(_expressions(step.tree))
        touched = {self.variable, self.phase}
        if not any(_mentions(e, touched) for e in exprs) and not any(
            w.variable in touched for c in _commits(step.tree) for w in c.writes
        ):
            return
        if len(own) != 1 or not all(self._owned(e, own[0]) for e in exprs):
            raise _Mixed
        yield from self._walk(step.tree, own[0], raw)

    def _owned(self, expr: Expr, own: Expr) -> bool:
        return all(
            e.args == (own,) for e in expr.walk()
            if e.op == "read" and e.data in (self.variable, self.phase)
        )  # fmt: skip

    def _walk(
        self, tree: Tree[Commit | None], own: Expr, raw: int
    ) -> Iterator[frozenset[int | None]]:
        if isinstance(tree, Leaf):
            if tree.value is not None:
                yield self._behind(tree.value, own, raw)
            return
        test = tree.condition if isinstance(tree, Ensure) else tree.test
        if _mentions(test, {self.variable}):
            yield frozenset({None})
        elif isinstance(tree, Ensure):
            yield from self._walk(tree.then, own, raw)
        else:
            outcome = self._outcome(test, own, raw)
            if outcome is not False:
                yield from self._walk(tree.yes, own, raw)
            if outcome is not True:
                yield from self._walk(tree.no, own, raw)

    def _outcome(self, test: Expr, own: Expr, raw: int) -> bool | None:
        """The outcome of a test where the phase settles it."""
        if test.op == "not":
            inner = self._outcome(test.args[0], own, raw)
            return None if inner is None else not inner
        if test.op in ("and", "or"):
            both = [self._outcome(e, own, raw) for e in test.args]
            absorbing = test.op == "or"
            return absorbing if absorbing in both else None if None in both else not absorbing
        if test.op == "eq" and test.args[1].op == "const":
            read = test.args[0]
            if read.op == "read" and read.data is self.phase:
                return bool(test.args[1].data == raw)
        return None

    def _behind(self, commit: Commit, own: Expr, raw: int) -> frozenset[int | None]:
        phases: list[int | None] = [raw]
        written = False
        for write in commit.writes:
            if write.variable in (self.variable, self.phase) and write.index != (own,):
                raise _Mixed
            if any(_mentions(e, {self.variable}) for e in (*write.index, write.value)):
                return frozenset({None})
            written |= write.variable is self.variable
            if write.variable is self.phase:
                known = write.value.op == "const"
                phases = [write.value.data] if known else list(self.phase.domain.raws)
        return frozenset() if written else frozenset(phases)


def _mentions(expr: Expr, variables: set[Variable]) -> bool:
    return any(e.op == "read" and e.data in variables for e in expr.walk())


def _commits(tree: Tree[Commit | None]) -> Iterator[Commit]:
    if isinstance(tree, Leaf):
        if tree.value is not None:
            yield tree.value
    else:
        for below in (tree.then,) if isinstance(tree, Ensure) else (tree.yes, tree.no):
            yield from _commits(below)


def _expressions(tree: Tree[Commit | None]) -> Iterator[Expr]:
    if isinstance(tree, Leaf):
        for write in tree.value.writes if tree.value is not None else ():
            yield from (*write.index, write.value)
    elif isinstance(tree, Ensure):
        yield tree.condition
        yield from _expressions(tree.then)
    else:
        assert isinstance(tree, Branch)
        yield tree.test
        yield from (*_expressions(tree.yes), *_expressions(tree.no))
