"""What tests of order abstraction share: models, and the abstraction said once more, naively."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from dnsrace.engines.order.shape import UNKNOWN, Shape
from dnsrace.engines.order.stepper import OrderStepper
from dnsrace.engines.space import Counters
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import State, System


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
    """From a concrete state to the nodes that stand for it, as sets of pairs of names and values:
    identifiers by their place in the order, what is stored under each that is held."""

    def __init__(self, shape: Shape, stepper: OrderStepper) -> None:
        self.shape = shape
        self.unread = {(slot, phase): raws for slot, phase, raws in stepper.unread}

    def head(self, state: State, system: System, most: int) -> tuple[tuple[Any, ...], list[int]]:
        """The head of the node, and the identifiers in order."""
        where = {(v.name, index): i for i, (v, index) in enumerate(system.slots)}
        raws: list[Any] = [state[where[v.name, index]] for v, index in self.shape.head]
        ignored = {slot for (slot, phase), dead in self.unread.items() if raws[phase] in dead}
        held = [raws[i] for i in self.shape.identifiers if i not in ignored]
        live = sorted({most, self.shape.low} | {x for x in held if x > self.shape.low})
        for i in self.shape.identifiers:
            at = live.index(raws[i]) if raws[i] in live else f"number {raws[i]}"
            raws[i] = at
        raws = [None if i in ignored else raw for i, raw in enumerate(raws)]
        return (*raws, live.index(most)), live

    def of_node(self, node: State) -> tuple[Any, ...]:
        """The head of a node, in the same form."""
        shape = self.shape
        raws: list[Any] = list(node[: shape.mark])
        for i in shape.identifiers:
            x = raws[i] - shape.low
            raws[i] = x if x >= 0 else f"number {raws[i]}"
        for (slot, phase), dead in self.unread.items():
            if node[phase] in dead:
                raws[slot] = None
        return (*raws, node[shape.mark] - shape.low)


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
        head, live = abstract.head(state, instance, most)
        stored = []
        for at, raw in enumerate(live):
            for cell, (variable, index) in enumerate(shape.cells):
                rest = iter(index)
                key = tuple(raw if shape.holds(d) else next(rest) for d in variable.index)
                slot = where[variable.name, key]
                stored.append((shape.block(shape.low + at) + cell, state[slot]))
        if not any(
            all(node[at] in (UNKNOWN, value) for at, value in stored) for node in by_head[head]
        ):
            missing.append(state)
    return missing
