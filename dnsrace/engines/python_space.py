"""A space in Python's own containers, over a stepper that Python runs: no compiler, no waiting."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Collection, Hashable
from typing import Any

from dnsrace.engines.graphs import Graph, Pause, PythonArrays, portions
from dnsrace.engines.space import DEADLOCK, Counters, Space
from dnsrace.engines.steppers import InterpreterStepper, Stepper
from dnsrace.model.system import Property, State, System

BYTES_AROUND = 70
"""Bytes that a set and a list take for each element, beside the element itself: measured at
100,000 to 500,000 states, as growth of the process."""


class PythonSpace(Space):
    """The queue is a list, the visited set a set."""

    def __init__(
        self, system: System, properties: tuple[Property, ...], symmetric: bool, stepper: Stepper
    ) -> None:
        super().__init__(system, properties, symmetric)
        self.stepper = stepper
        self.engine = stepper.name
        self.queue: list[Any] = []
        self.seen: set[Any] = set()

    @property
    def count(self) -> int:
        return len(self.queue)

    @property
    def memory(self) -> int:
        if not self.queue:
            return 0
        node = self.queue[-1]
        inside = sum(map(sys.getsizeof, node)) if isinstance(node, tuple) else 0
        own = inside if self.engine != InterpreterStepper.name else 0  # small integers are shared
        return len(self.queue) * (BYTES_AROUND + sys.getsizeof(node) + own)

    def start(self) -> None:
        for node in self.stepper.initial():
            self._add(node)

    def _add(self, node: Any) -> None:
        if node in self.seen:
            return
        self.seen.add(node)
        for goal in self.stepper.check(node):
            self.hits.setdefault(goal, len(self.queue))
        self.queue.append(node)
        self.counters.represented_states += self.stepper.orbit(node)

    def expand(self, low: int, high: int, go_on: Callable[[], bool]) -> int:
        stepper, counters = self.stepper, self.counters
        for position in range(low, high):
            if position % 16 == 0 and not go_on():
                return position
            node = self.queue[position]
            after, violated = stepper.expand(node, counters)
            for goal in violated:
                self.hits.setdefault(goal, position)
            for successor in after:
                self._add(successor)
            counters.transitions += len(after)
            counters.represented_transitions += len(after) * stepper.orbit(node)
            if not after:
                if stepper.is_end(node):
                    counters.ends += 1
                else:
                    counters.deadlocks += 1
                    self.hits.setdefault(DEADLOCK, position)
        return high

    def state(self, position: int) -> State:
        return self.stepper.state(self.queue[position])

    def key(self, state: State) -> Hashable:
        node: Hashable = self.stepper.node(state)
        return node

    def select(self, low: int, high: int, goal: str) -> list[int]:
        prop = self.goal(goal)
        spare = Counters(taken=[0] * len(self.counters.taken))
        found = []
        for position in range(low, high):
            node = self.queue[position]
            if prop is None:
                after, _ = self.stepper.expand(node, spare)
                hit = not after and not self.stepper.is_end(node)
            elif prop.kind == "every_step":
                hit = goal in self.stepper.expand(node, spare)[1]
            else:
                hit = goal in self.stepper.check(node)
            if hit:
                found.append(position)
        return found

    def predecessors(self, low: int, high: int, targets: Collection[int]) -> list[int]:
        wanted = frozenset(self.queue[position] for position in targets)
        spare = Counters(taken=[0] * len(self.counters.taken))
        return [
            position
            for position in range(low, high)
            if not wanted.isdisjoint(self.stepper.expand(self.queue[position], spare)[0])
        ]

    def graph(self, expanded: int, room: int, pause: Pause) -> Graph:
        self.seen.clear()
        arrays = PythonArrays(room)
        arrays.take(BYTES_AROUND * self.count)
        index = {node: position for position, node in enumerate(self.queue)}
        spare = Counters(taken=[0] * len(self.counters.taken))
        targets, offsets = array("i"), array("i", [0])
        for low, high in portions(expanded, pause, 1 << 10):
            before = len(targets)
            for position in range(low, high):
                after, _ = self.stepper.expand(self.queue[position], spare)
                targets.extend(map(index.__getitem__, after))
                offsets.append(len(targets))
            arrays.take(4 * (high - low + len(targets) - before))
        arrays.free(BYTES_AROUND * self.count)
        return Graph(arrays, self.count, expanded, offsets, targets)

    def labels(self, graph: Graph, pause: Pause) -> Any:
        graph.arrays.take(4 * len(graph.targets))
        found = array("i")
        for low, high in portions(graph.count, pause, 1 << 10):
            for node in self.queue[low:high]:
                found.extend(self.stepper.labels(node))
        return found

    def values(self, graph: Graph, prop: Property, pause: Pause) -> Any:
        found, which = graph.arrays.flags(self.count), self.which(prop)
        for low, high in portions(self.count, pause, 1 << 10):
            for position in range(low, high):
                found[position] = self.stepper.value(self.queue[position], prop, which)
        return found

    def represented(self, flags: Any, pause: Pause) -> int:
        return sum(
            self.stepper.orbit(node)
            for node, flag in zip(self.queue, flags, strict=True)
            if not flag
        )
