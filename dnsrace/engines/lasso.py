"""A short fair loop inside of a fair component.

Fairness needs that the loop has, for each fair action, a step of it or a state where it is not
possible. (Under strong fairness: a step, if it is possible anywhere in the loop.) So the loop is
led from one such thing to the nearest other one, and back. Every choice is the first in the order
of the interpreter, so that every engine shows the same loop.
"""

from __future__ import annotations

from typing import Any

from dnsrace.engines.graphs import Graph, Pause
from dnsrace.engines.space import Space
from dnsrace.errors import InternalError
from dnsrace.findings.lasso import unfairness
from dnsrace.findings.trace import Trace
from dnsrace.model.actions import actions_of, fair_actions, first_actions
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import Property, State


class Loop:
    """Closes a trace into a lasso.

    Parameters
    ----------
    bad: a flag for each state where the property is false.
    members: the positions of the component.
    distance: room for a number for each state; -1 for members, -2 for others.
    """

    def __init__(
        self,
        space: Space,
        graph: Graph,
        prop: Property,
        bad: Any,
        members: Any,
        distance: Any,
        pause: Pause,
    ) -> None:
        self.space, self.graph, self.prop, self.pause = space, graph, prop, pause
        self.bad, self.members, self.distance = bad, members, distance
        self.kernel = graph.arrays.kernel
        self.interpreter = Interpreter(space.system)
        self.bases = first_actions(space.system)
        self.actions = len(actions_of(space.system))
        self.missing = set(fair_actions(space.system, prop))
        if prop.fairness == "strong":
            # what is possible somewhere in the component is taken in it: ask for the step itself
            seen = graph.arrays.flags(self.actions)
            self.kernel.possible(graph.offsets, graph.labels, members, len(members), seen)
            self.missing = {a for a in self.missing if seen[a]}
        self.bad_missing = prop.stays
        self.steps: list[Taken] = []
        self.actor = ""

    def close(self, stem: Trace, at: int) -> Trace:
        """The lasso with this stem, which ends at position `at`, a member."""
        start, state = at, stem.last
        self.actor = stem.actors[-1] if stem.steps else ""
        self._visit(at)
        while self.missing or self.bad_missing:
            self._seek(at)
            at, state = self._go(at, state, int(self.distance[at]))
        if at != start or not self.steps:
            self._go(at, state, self._seek_start(start, at), closing=True)
        system, length = self.space.system, len(stem.steps)
        trace = Trace(system, stem.initial, (*stem.steps, *self.steps), length)
        return self._shortened(trace)

    def _visit(self, at: int) -> None:
        """Note what the loop has by going through a state."""
        if self.bad[at]:
            self.bad_missing = False
        if self.prop.fairness == "weak":
            self.missing &= {int(self.graph.labels[e]) for e in self.graph.after(at)}

    def _seek(self, at: int) -> None:
        """Set distances to what is missing, as far as this state."""
        lacking = self.graph.arrays.few(self.actions + 1)
        wanted = self.graph.arrays.few(self.actions)
        for action in self.missing:
            wanted[action] = 1
            lacking[action] = self.prop.fairness == "weak"
        lacking[self.actions] = self.bad_missing
        self.kernel.needed(
            self.graph.offsets, self.graph.targets, self.graph.labels, self.members,
            len(self.members), self.bad, (lacking, wanted), self.actions, self.distance,
        )  # fmt: skip
        self._spread(lambda: self.distance[at] >= 0)

    def _seek_start(self, start: int, at: int) -> int:
        """Set distances to the start of the loop, as far as this state's successors. Returns how
        many steps it takes, at least one."""
        self.kernel.forget(self.members, len(self.members), self.distance)
        self.distance[start] = 0
        after = [int(self.graph.targets[e]) for e in self.graph.after(at)]
        self._spread(lambda: any(self.distance[v] >= 0 for v in after))
        return min(int(self.distance[v]) for v in after if self.distance[v] >= 0) + 1

    def _spread(self, arrived: Any) -> None:
        level = 1
        while not arrived():
            self.pause()
            n = self.kernel.approach(
                self.graph.offsets, self.graph.targets, self.members, len(self.members),
                self.distance, level,
            )  # fmt: skip
            if level > 1 and not n and not arrived():
                raise InternalError("a component is not connected, or not fair")
            level += 1

    def _go(self, at: int, state: State, left: int, closing: bool = False) -> tuple[int, State]:
        """Take so many steps, which lead to distance 0, or the last of which is missing itself."""
        while left > 0:
            left -= 1
            options = self._options(at, state, left, closing)
            taken, at = next(
                (o for o in options if o[0].step.actor_of(o[0].choices) == self.actor), options[0]
            )
            self.steps.append(taken)
            self.actor = taken.step.actor_of(taken.choices)
            state = taken.state
            self.missing.discard(self._action(taken))
            self._visit(at)
        return at, state

    def _options(self, at: int, state: State, left: int, closing: bool) -> list[tuple[Taken, int]]:
        """Steps that lead to a member so far from where it goes."""
        positions = {
            self.space.state(v): v
            for v in (int(self.graph.targets[e]) for e in self.graph.after(at))
            if self.distance[v] != -2
        }
        found = []
        for taken in self.interpreter.successors(state):
            there = positions.get(taken.state)
            if there is None:
                continue
            wanted = not closing and left == 0 and self._action(taken) in self.missing
            if wanted or self.distance[there] == left:
                found.append((taken, there))
        return found

    def _action(self, taken: Taken) -> int:
        return self.bases[taken.step.name] + (taken.choices[0] if taken.choices else 0)

    def _shortened(self, trace: Trace) -> Trace:
        """The same lasso without the detours that it does not need: parts of the loop that lead
        back to where they began."""
        assert trace.loop is not None
        begin = trace.loop
        states = trace.states
        for length in range(len(trace.steps) - begin - 1, 0, -1):
            for at in range(begin, len(trace.steps) - length + 1):
                if states[at] == states[at + length]:
                    steps = (*trace.steps[:at], *trace.steps[at + length :])
                    shorter = Trace(trace.system, trace.initial, steps, begin)
                    if not unfairness(shorter, self.prop):
                        return self._shortened(shorter)
        return trace
