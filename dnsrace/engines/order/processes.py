"""What still matters of a process's variables, by where it is in its work.

A process that rests still has what it worked with in its variables. Where nobody reads a variable
before it is written, its value need not tell states apart (dead variable reduction: Bozga,
Fernandez, Ghirvu, "State space reduction based on live variables analysis", SAS 1999). And where
a process only compares an identifier with others of its own and with common ones, it does not
matter how it compares with those of other processes: it is *private*.

Here a process is the value of a choice, and where it is in its work is an enumeration, its phase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.paths import Ensure, Leaf, Tree
from dnsrace.model.system import Commit, Property, Step, System

Phases = dict[tuple[Variable, Variable], frozenset[int]]
"""For a variable and a phase, both by process: raw values of the phase."""
Reads = Callable[[Expr, Variable, bool], bool]
"""Whether an expression reads a variable; the flag says that it is a value which is written."""


def unread(system: System, properties: tuple[Property, ...]) -> Phases:
    """The phases in which variables are unread, by steps and by these properties."""
    return _phases(system, properties, lambda expr, variable, _: _mentions(expr, variable))


def private(
    system: System, properties: tuple[Property, ...], holds: Callable[[Variable], bool]
) -> Phases:
    """The phases in which variables that hold identifiers are private; `holds` says which do."""
    found = _phases(system, properties, _as_itself)
    return {(v, phase): raws for (v, phase), raws in found.items() if holds(v)}


def _phases(system: System, properties: tuple[Property, ...], reads: Reads) -> Phases:
    found = {}
    looked = [e for p in properties for e in (p.value, p.defined)]
    for variable in system.variables:
        for phase in system.variables:
            if len(phase.index) == 1 and phase.index == variable.index and phase is not variable:
                # an identifier is no process
                if (
                    phase.domain.kind != "enum"
                    or phase.index[0].is_open
                    or any(
                        _mentions(e, v) for e in looked for v in (variable, system.primed[variable])
                    )
                ):
                    continue
                raws = _Analysis(system, variable, phase, reads).without()
                if raws:
                    found[variable, phase] = raws
    return found


def _mentions(expr: Expr, variable: Variable) -> bool:
    return any(e.op == "read" and e.data is variable for e in expr.walk())


def _as_itself(expr: Expr, variable: Variable, written: bool) -> bool:
    """Whether it matters which identifier a variable holds, not only how it compares: something
    stored under it is read, or it is copied."""
    indexes = (i for e in expr.walk() if e.op == "read" for i in e.args)
    return any(_mentions(i, variable) for i in indexes) or (written and _is(expr, variable))


def _is(expr: Expr, variable: Variable) -> bool:
    """Whether the value of an expression may be that of a variable."""
    if expr.op in ("ite", "min", "max"):
        return any(_is(e, variable) for e in expr.args[-2:])
    return expr.op == "read" and expr.data is variable


class _Mixed(Exception):
    """A process touches the variables of another one: nothing is said of these."""


class _Analysis:
    """Of one variable and one phase."""

    def __init__(self, system: System, variable: Variable, phase: Variable, reads: Reads) -> None:
        self.system, self.variable, self.phase, self.reads = system, variable, phase, reads

    def without(self) -> frozenset[int]:
        """The phases after which the variable is not read before it is written: the others are
        found backwards, from the reads, until there is nothing to add."""
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
        kinds = {v.index for v in self.system.variables if v.domain.kind == "enum"}
        own = [c for c in step.choices if (c.domain,) in kinds]
        touching = [
            e for e in _elements(step.tree)
            if e[0] is self.variable or e[0] is self.phase
        ]  # fmt: skip
        if touching:
            if len(own) != 1 or any(index != tuple(own) for _, index in touching):
                raise _Mixed
            yield from self._walk(step.tree, raw)

    def _walk(self, tree: Tree[Commit | None], raw: int) -> Iterator[frozenset[int | None]]:
        if isinstance(tree, Leaf):
            if tree.value is not None:
                yield self._behind(tree.value, raw)
            return
        test = tree.condition if isinstance(tree, Ensure) else tree.test
        if self.reads(test, self.variable, False):
            yield frozenset({None})
        elif isinstance(tree, Ensure):
            yield from self._walk(tree.then, raw)
        else:
            outcome = self._outcome(test, raw)
            if outcome is not False:
                yield from self._walk(tree.yes, raw)
            if outcome is not True:
                yield from self._walk(tree.no, raw)

    def _outcome(self, test: Expr, raw: int) -> bool | None:
        """The outcome of a test where the phase settles it."""
        if test.op == "not":
            inner = self._outcome(test.args[0], raw)
            return None if inner is None else not inner
        if test.op in ("and", "or"):
            both = [self._outcome(e, raw) for e in test.args]
            absorbing = test.op == "or"
            return absorbing if absorbing in both else None if None in both else not absorbing
        if test.op == "eq" and test.args[1].op == "const":
            read = test.args[0]
            if read.op == "read" and read.data is self.phase:
                return bool(test.args[1].data == raw)
        return None

    def _behind(self, commit: Commit, raw: int) -> frozenset[int | None]:
        phases: list[int | None] = [raw]
        written = False
        for write in commit.writes:
            if self.reads(write.value, self.variable, True):
                return frozenset({None})
            if any(self.reads(index, self.variable, False) for index in write.index):
                return frozenset({None})
            written |= write.variable is self.variable
            if write.variable is self.phase:
                known = write.value.op == "const"
                phases = [write.value.data] if known else list(self.phase.domain.raws)
        return frozenset() if written else frozenset(phases)


def _elements(tree: Tree[Commit | None]) -> Iterator[tuple[Variable, tuple[Expr, ...]]]:
    """Every element that a step reads or writes, with its indices."""
    if isinstance(tree, Leaf):
        for write in tree.value.writes if tree.value is not None else ():
            yield write.variable, write.index
            for expr in (*write.index, write.value):
                yield from _reads(expr)
    elif isinstance(tree, Ensure):
        yield from _reads(tree.condition)
        yield from _elements(tree.then)
    else:
        yield from _reads(tree.test)
        yield from _elements(tree.yes)
        yield from _elements(tree.no)


def _reads(expr: Expr) -> Iterator[tuple[Variable, tuple[Expr, ...]]]:
    for e in expr.walk():
        if e.op == "read":
            yield e.data, e.args
