"""Does every fair behaviour get somewhere, and stay there?

A behaviour that does not is a *lasso*, a way from the start and a loop that is repeated for ever,
or it ends in a state where nothing has to happen. There is a fair loop just where a strongly
connected component is fair (Emerson and Lei; see `kernel/cycles`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dnsrace.engines.graphs import PORTION, Graph, Pause, portions
from dnsrace.engines.lasso import Loop
from dnsrace.engines.recover import Components, components_of
from dnsrace.engines.shortest import trace_through
from dnsrace.engines.space import Space
from dnsrace.findings.lasso import confirm_unfair
from dnsrace.findings.trace import Trace
from dnsrace.model.actions import actions_of, fair_actions
from dnsrace.model.system import Property

GROUP = 62
"""Actions to a mask."""


@dataclass(frozen=True)
class Counterexample:
    """A fair behaviour that breaks a property of kind eventually. `shortest`: it is known that no
    other one has fewer steps."""

    trace: Trace
    shortest: bool


def counterexample(
    space: Space, graph: Graph, levels: list[int], prop: Property, pause: Pause
) -> Counterexample | None:
    """A fair behaviour that breaks the property, confirmed by the interpreter; None when there is
    none among the states that were expanded. The space must not be reduced by symmetry.

    Raises NoRoom, Unfinished, DomainError.
    """
    before = graph.arrays.used
    try:
        return _Search(space, graph, prop, pause).run(levels[1])
    finally:
        graph.arrays.used = before


class _Search:
    """The search for one property. `bad` flags the states where it is false, `alive` those that a
    behaviour which breaks it may go through."""

    def __init__(self, space: Space, graph: Graph, prop: Property, pause: Pause) -> None:
        self.space, self.graph, self.prop, self.pause = space, graph, prop, pause
        arrays, self.kernel = graph.arrays, graph.arrays.kernel
        self.bad = space.values(graph, prop, pause)
        self.kernel.invert(graph.size, self.bad)
        self.alive = arrays.flags(graph.size, 1)
        if not prop.stays:
            self.alive[:] = self.bad
        self.depth = arrays.shorts(graph.size, -1)
        self.actions = len(actions_of(space.system))
        self.fair = fair_actions(space.system, prop)

    def run(self, starts: int) -> Counterexample | None:
        graph, kernel, arrays = self.graph, self.kernel, self.graph.arrays
        self._reach(starts)
        stops, fair = arrays.flags(graph.size), arrays.flags(graph.size)
        waking = self._waking()
        some = sum(
            kernel.ends(graph.offsets, graph.labels, low, high, self.alive, self.bad, waking, stops)
            for low, high in portions(graph.count, self.pause)
        )
        parts, found = self._fair_components(fair)
        if not some and not found:
            return None
        end, loop = (kernel.nearest(graph.count, self.depth, flags) for flags in (stops, fair))
        shortest = end >= 0 and (loop < 0 or end <= loop)
        layers = self._layers(stops if shortest else fair, end if shortest else loop, parts.order)
        trace = trace_through(self.space, layers)
        if not shortest:
            [at] = (v for v in layers[-1] if self.space.state(v) == trace.last)
            trace = Loop(
                self.space, graph, self.prop, self.bad, self._members(fair, parts, at),
                self.depth, self.pause,
            ).close(trace, at)  # fmt: skip
        confirm_unfair(trace, self.prop)
        return Counterexample(trace, shortest)

    def _waking(self) -> Any:
        """A flag for each action: whether a behaviour may not stay where it is possible."""
        flags = self.graph.arrays.flags(self.actions)
        for action in self.fair if self.prop.fairness != "none" else range(self.actions):
            flags[action] = 1
        return flags

    def _reach(self, starts: int) -> None:
        """How far each state is by a way through what is alive; the rest is alive no more."""
        graph, kernel = self.graph, self.kernel
        queue = graph.arrays.shorts(graph.size)
        low = high = 0
        for position in range(starts):
            if self.alive[position]:
                self.depth[position] = 0
                queue[high] = position
                high += 1
        while low < high:
            self.pause()
            low, high = kernel.reach(
                graph.offsets, graph.targets, graph.count, self.alive, self.depth, queue, low,
                high, PORTION,
            )  # fmt: skip
        kernel.keep_reached(graph.size, graph.count, self.depth, self.alive)
        graph.arrays.free(4 * graph.size)

    def _fair_components(self, fair: Any) -> tuple[Components, int]:
        """Flag the states of fair components with a bad state. Returns how many there are."""
        graph, kernel, arrays = self.graph, self.kernel, self.graph.arrays
        groups = -(-len(self.fair) // GROUP)
        masks = arrays.few(max(1, groups * self.actions))
        for number, action in enumerate(self.fair):
            masks[number // GROUP * self.actions + action] = 1 << number % GROUP
        fairness = self.actions, groups, self.prop.fairness == "strong"
        parts: Components | None = None
        found = 0
        while True:
            parts = components_of(graph, self.alive, self.pause, parts)
            at, done = arrays.few(kernel.REMOVED + 1), False
            while not done:
                self.pause()
                done = kernel.judge(
                    graph.offsets, graph.targets, graph.labels, self.alive, self.bad, masks,
                    fairness, parts.component, parts.order, int(parts.at[kernel.DONE_AT]), fair,
                    at, PORTION,
                )  # fmt: skip
            found += int(at[kernel.FAIR])
            if not at[kernel.REMOVED]:
                return parts, found
            kernel.renew(graph.count, self.alive, parts.component)

    def _layers(self, flags: Any, level: int, found: Any) -> list[list[int]]:
        """The positions on shortest ways to the flagged states at a depth."""
        graph, kernel = self.graph, self.kernel
        marks = self.graph.arrays.flags(graph.size)
        marks[:] = flags
        n = kernel.at_depth(graph.count, self.depth, level, marks, found)
        layers = [[int(v) for v in found[:n]]]
        for at in range(level - 1, -1, -1):
            self.pause()
            n = kernel.parents(
                graph.offsets, graph.targets, graph.count, self.depth, at, marks, found
            )
            layers.insert(0, [int(v) for v in found[:n]])
        return layers

    def _members(self, fair: Any, parts: Components, at: int) -> Any:
        """The states of the fair component that a state belongs to."""
        n = self.kernel.of_component(
            parts.order, self.graph.size, self.graph.count, parts.component,
            int(parts.component[at]), fair, self.depth,
        )  # fmt: skip
        return parts.order[:n]
