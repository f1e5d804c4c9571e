"""The steps of a system as terms: when each is enabled, when it fails, and what it changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import product

from dnsrace.engines.smt.memory import Large, Port, Ports, Reads, either, rows
from dnsrace.engines.smt.terms import Names, Terms
from dnsrace.engines.smt.values import (
    Bool,
    Number,
    Value,
    and_,
    equal,
    fresh,
    ite,
    not_,
    number,
    or_,
    stored,
)
from dnsrace.model.domains import BOOL
from dnsrace.model.expressions import Variable
from dnsrace.model.paths import Branch, Ensure, Tree
from dnsrace.model.system import Commit, Step, System, count

State = list[Value]
"""A value for each slot; None for the elements of large arrays."""
Effect = tuple[Bool, Bool, dict[int, Value], Ports]
"""When a way through a step is taken, when it fails, and what it changes."""


@dataclass(frozen=True)
class Move:
    """A step with its choices, over the state before it.

    Parameters
    ----------
    enabled: it can be taken, and all values stay in their domains.
    fails: a value leaves its domain.
    after: the values of the slots that it changes.
    writes: what it writes to large arrays.
    """

    step: Step
    choices: tuple[int, ...]
    enabled: Bool
    fails: Bool
    after: dict[int, Value]
    writes: Ports


def variables(system: System, tag: str, large: Collection[Variable] = ()) -> State:
    """Variables for all slots but those of large arrays; `tag` tells states apart."""
    return [
        None
        if v in large
        else fresh(f"{v.name}{list(index)}{tag}", v.domain.lo, v.domain.hi, truth=v.domain is BOOL)
        for v, index in system.slots
    ]


def terms_over(
    system: System, state: State, after: State | None = None, reads: Reads | None = None
) -> Terms:
    """Expressions over a state and, for primed variables, the one after it."""
    slots: dict[Variable, list[Value]] = {}
    for variable in system.variables:
        low = system.offsets[variable]
        if state[low] is None:
            continue
        slots[variable] = state[low : low + count(variable)]
        if after is not None:
            slots[system.primed[variable]] = after[low : low + count(variable)]
    return Terms(slots, reads, of_step=after is not None)


class Moves:
    """All steps of a system with all their choices, in order, as terms over a state."""

    def __init__(self, system: System, state: State, reads: Reads | None = None) -> None:
        self.system = system
        self.state = state
        self.large: Large = {} if reads is None else reads.large
        self.terms = terms_over(system, state, reads=reads)

    def all(self) -> list[Move]:
        """Those that may be enabled somewhere."""
        found = []
        for step in self.system.steps:
            for choices in step.every_choice():
                names = {str(c.data): raw for c, raw in zip(step.choices, choices, strict=True)}
                effect = self._tree(step.tree, names)
                if effect[0] is not False or effect[1] is not False:
                    found.append(Move(step, choices, *effect))
        return found

    def _tree(self, tree: Tree[Commit | None], names: Names) -> Effect:
        if isinstance(tree, Branch):
            test = self.terms.test(tree.test, names)
            if isinstance(test, bool):
                return self._tree(tree.yes if test else tree.no, names)
            yes, no = self._tree(tree.yes, names), self._tree(tree.no, names)
            enabled, fails = ite(test, yes[0], no[0]), ite(test, yes[1], no[1])
            if yes[0] is False or no[0] is False:
                return enabled, fails, *(no if yes[0] is False else yes)[2:]
            after = {}
            for slot in sorted({*yes[2], *no[2]}):
                stays = self.state[slot]
                after[slot] = ite(test, yes[2].get(slot, stays), no[2].get(slot, stays))
            return enabled, fails, after, either(test, yes[3], no[3])
        if isinstance(tree, Ensure):
            right = self.terms.test(tree.condition, names)
            enabled, fails, *changed = self._tree(tree.then, names)
            return and_((right, enabled)), or_((not_(right), fails)), *changed
        if tree.value is None:
            return False, False, {}, {}
        return True, False, *self._effect(tree.value, names)

    def _effect(self, commit: Commit, names: Names) -> tuple[dict[int, Value], Ports]:
        after: dict[int, Value] = {}
        ports: Ports = {}
        for write in commit.writes:
            index = [number(self.terms.of(i, names)) for i in write.index]
            domain = write.variable.domain
            value = stored(
                self.terms.of(write.value, names), domain.lo, domain.hi, truth=domain is BOOL
            )
            first = self.system.offsets[write.variable]
            if self.state[first] is None:
                along = self.large[write.variable]
                for there, row, place in rows(write.variable, along, index):
                    ports.setdefault(row, []).append(Port(there, place, value))
                continue
            for at, raws in enumerate(product(*(d.raws for d in write.variable.index))):
                here = and_(equal(i, Number(raw, raw)) for i, raw in zip(index, raws, strict=True))
                if here is not False:
                    old = after.get(first + at, self.state[first + at])
                    after[first + at] = ite(here, value, old)
        return after, ports
