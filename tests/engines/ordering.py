"""What tests of order abstraction share: models, and the abstraction said once more, naively."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dnsrace.engines.order.shape import UNKNOWN, Shape
from dnsrace.engines.order.stepper import OrderStepper
from dnsrace.engines.space import Counters
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import State, System

CATCH_UP = """
        if s.at == 0:
            require(s.a < size)
            s.a += 1
            s.at = 1
        else:
            require(s.b < s.a)
            s.b += 1
            s.at = 0
        return
"""
TWICE = """
        if s.at < 2:
            require(s.a < size)
            s.a += 1
            s.at += 1
        else:
            s.b = s.a - 2
            s.a = 1
            s.at = 0
        return
"""
FINE = "s.at == 1 or s.a == s.b"
TOY = """
@model
def toy(size: int = 3, other: int = 2) -> None:
    class Item(Range, low=1, high=size, identifiers=True): ...
    class Place(Range, low=0, high=2): ...
    class All(State):
        a = var(Item, start=1)
        b = var(Item, start=1)
        at = var(Place, start=0)
        flag = var(bool, per=Item, start=False)
    @step
    def work(s: All{choice}) -> None:
        {body}
        s.b = 1
    @always
    def fine(s: All) -> bool:
        return s.a >= 1
"""


def nodes_of(stepper: OrderStepper, most: int = 100_000) -> set[State]:
    """Every node that the abstraction reaches."""
    seen = dict.fromkeys(stepper.initial())
    waiting, counters = list(seen), Counters(taken=[0] * len(stepper.shape.system.paths))
    for node in waiting:
        for after in stepper.expand(node, counters)[0]:
            if after not in seen:
                assert len(seen) < most
                seen[after] = None
                waiting.append(after)
    return set(seen)


def marked_states(system: System, shape: Shape) -> Iterator[tuple[State, int]]:
    """Every reachable state of an instance, with the greatest identifier that was ever held, or
    indexed an element that was written."""
    interpreter = Interpreter(system)
    held = [i for i, (v, _) in enumerate(system.slots) if v.domain.identifiers == shape.family.name]

    def mark(state: State, before: State | None, least: int) -> int:
        found = [state[i] for i in held]
        for i, (variable, index) in enumerate(system.slots):
            if before is not None and before[i] != state[i]:
                found += [
                    raw for d, raw in zip(variable.index, index, strict=True) if shape.holds(d)
                ]
        return max(least, *found)

    seen = {(s, mark(s, None, shape.low)): None for s in interpreter.initial()}
    waiting = list(seen)
    for state, most in waiting:
        yield state, most
        for taken in interpreter.successors(state):
            after = (taken.state, mark(taken.state, state, most))
            if after not in seen:
                seen[after] = None
                waiting.append(after)


class Abstract:
    """What a node's head says, and what it must say for a concrete state: identifiers by their
    place in the order of those that are common, private ones by the gap that they are in."""

    def __init__(self, shape: Shape, stepper: OrderStepper) -> None:
        self.shape, self.numbering = shape, stepper.numbering

    def _said(self, raws: Sequence[Any], mark: float) -> tuple[tuple[Any, ...], list[float]]:
        low, held = self.shape.low, self.shape.identifiers
        ignored = {slot for slot, phase, dead, _ in self.numbering.unread if raws[phase] in dead}
        hidden = {
            slot: who
            for slot, phase, where, who in self.numbering.private
            if raws[phase] in where and slot not in ignored
        }
        common = {raws[i] for i in held if i not in ignored and i not in hidden and raws[i] > low}
        live = sorted(common | {mark, low})
        said = []
        for i, raw in enumerate(raws):
            if i in ignored:
                said.append(None)
            elif i not in held:
                said.append(raw)
            elif raw in live or raw < low:
                said.append(live.index(raw) if raw in live else f"number {raw}")
            else:
                mine = {raws[j] for j in hidden if hidden[j] == hidden[i]}
                at = bisect(live, raw) - 1
                gap = sorted(x for x in mine if bisect(live, x) - 1 == at and x not in live)
                said.append((at, gap.index(raw)))
        return (*said, live.index(mark)), live

    def of_state(self, state: State, system: System, mark: int) -> tuple[Any, list[float]]:
        """Of a concrete state; beside it the common identifiers, in order."""
        where = {(v.name, index): i for i, (v, index) in enumerate(system.slots)}
        return self._said([state[where[v.name, index]] for v, index in self.shape.head], mark)

    def of_node(self, node: State) -> Any:
        """Of a node."""
        return self._said(node[: self.shape.mark], node[self.shape.mark])[0]


def uncovered(
    shape: Shape, stepper: OrderStepper, nodes: Iterable[State], instance: System
) -> list[State]:
    """The reachable states of an instance that no node stands for."""
    abstract, by_head = Abstract(shape, stepper), defaultdict(list)
    for node in nodes:
        by_head[abstract.of_node(node)].append(node)
    where = {(v.name, index): i for i, (v, index) in enumerate(instance.slots)}
    missing = []
    for state, most in marked_states(instance, shape):
        head, live = abstract.of_state(state, instance, most)
        stored = []
        for at, raw in enumerate(live):
            for cell, (variable, index) in enumerate(shape.cells):
                rest = iter(index)
                key = tuple(int(raw) if shape.holds(d) else next(rest) for d in variable.index)
                slot = where[variable.name, key]
                stored.append((shape.block(shape.low + at) + cell, state[slot]))
        if not any(
            all(node[at] in (UNKNOWN, value) for at, value in stored) for node in by_head[head]
        ):
            missing.append(state)
    return missing
