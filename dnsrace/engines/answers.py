"""What a search has found, as findings: one for each property that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dnsrace.engines.graphs import Graph, NoRoom, Unfinished
from dnsrace.engines.layout import layout_of
from dnsrace.engines.liveness import counterexample
from dnsrace.engines.recover import unrecoverable
from dnsrace.engines.request import CHECKED, Request
from dnsrace.engines.shortest import shortest_trace
from dnsrace.engines.space import DEADLOCK, Space
from dnsrace.findings.verdicts import Finding, Verdict
from dnsrace.findings.words import counted
from dnsrace.model.system import Property, System

MOST_UNASKED = 60_000
"""States up to which a property that needs all of them, without symmetry reduction, is looked at
even if nobody asked for it: about a second in Python."""


@dataclass
class Found:
    """A search that is over.

    Parameters
    ----------
    levels: the position at which each level begins, and at last where it ends.
    stopped: why it ended, in words; empty when every state was explored.
    checked: the greatest depth of which every state was found and checked.
    expanded: how many states were expanded, the first ones.
    room: bytes that are left.
    hurry: why there is no time for anything more, in words, or an empty text.
    """

    system: System
    request: Request
    space: Space
    levels: list[int]
    stopped: str
    checked: int
    expanded: int
    room: int
    hurry: Callable[[], str]
    _graph: Graph | None = None

    def findings(self) -> list[Finding]:
        """One for each property asked for, and one for deadlocks if they are."""
        found = [self._finding(p) for p in self.request.properties(self.system)]
        return found + ([self._deadlock()] if self.request.deadlock else [])

    @property
    def reach(self) -> str:
        return f"to depth {self.checked}" if self.stopped else "complete"

    @property
    def _unbroken(self) -> Verdict:
        return "holds within bounds" if self.stopped else "holds"

    def _finding(self, prop: Property) -> Finding:
        if prop.kind not in CHECKED:
            return self._of_graph(prop)
        engine = self.space.engine
        hit = prop.name in self.space.hits
        if prop.kind == "sometimes":
            if hit:
                trace = shortest_trace(self.space, self.levels, prop.name)
                reach = f"reached after {counted(len(trace.steps), 'step')}"
                return Finding(prop.name, prop.kind, "holds", reach, engine, trace, True)
            if not self.stopped:
                return Finding(
                    prop.name, prop.kind, "violated", "complete, and never reached", engine
                )
            return Finding(prop.name, prop.kind, "unknown", f"not reached {self.reach}", engine)
        if hit:
            trace = shortest_trace(self.space, self.levels, prop.name)
            reach = f"a shortest violation, {counted(len(trace.steps), 'step')}"
            return Finding(
                prop.name, prop.kind, "violated", reach, engine, trace, True, prop.informative
            )
        return Finding(
            prop.name, prop.kind, self._unbroken, self.reach, engine, informative=prop.informative
        )

    def _deadlock(self) -> Finding:
        if DEADLOCK in self.space.hits:
            trace = shortest_trace(self.space, self.levels, DEADLOCK)
            reach = f"a shortest one, {counted(len(trace.steps), 'step')}"
            return Finding(DEADLOCK, "deadlock", "violated", reach, self.space.engine, trace, True)
        # a state is known to have successors once it is expanded: one level behind being checked
        reach = f"to depth {self.checked - 1}" if self.stopped else self.reach
        verdict: Verdict = "unknown" if self.stopped and not self.checked else self._unbroken
        return Finding(DEADLOCK, "deadlock", verdict, reach, self.space.engine)

    # -- what the graph of all states answers

    def _of_graph(self, prop: Property) -> Finding:
        asked = self.request.wants(prop)
        why = self._why_not(prop, asked)
        try:
            if not why:
                return self._recoverable(prop) if prop.kind == "recoverable" else self._fair(prop)
        except (NoRoom, Unfinished) as error:
            why = str(error)
        reach = f"not looked at: {why}"
        return Finding(prop.name, prop.kind, "unknown", reach, self.space.engine, looked=asked)

    def _why_not(self, prop: Property, asked: bool) -> str:
        """Why a property is not looked at, or an empty text."""
        ways = f"ask with --property {prop.name} or --keep-going"
        if self.hurry():
            return self.hurry()
        if self.request.shallow and not asked:
            return ways
        if self.stopped and not asked:
            return f"the search stopped early; {ways}"
        if prop.kind == "eventually":
            states = self.space.counters.represented_states
            if not asked and states > MOST_UNASKED:
                return f"it needs all {states:,} states, without symmetry reduction; {ways}"
            if self.space.symmetric:
                return NEEDS_NAMES
        return ""

    def _pause(self) -> None:
        if self.hurry():
            raise Unfinished(self.hurry())

    def _states(self) -> Graph:
        if self._graph is None:
            self._graph = self.space.graph(self.expanded, self.room, self._pause)
        return self._graph

    def _recoverable(self, prop: Property) -> Finding:
        space = self.space
        found = unrecoverable(space, self._states(), self.levels, prop, self._pause)
        name, kind, engine = prop.name, prop.kind, space.engine
        if found.trace is not None:
            least = "at least " if self.stopped else ""
            total = counted(space.counters.represented_states, "state")
            length = counted(len(found.trace.steps), "step")
            reach = f"from {least}{found.states:,} of {total} nothing leads there; the nearest "
            reach += f"after {length}"
            return Finding(
                name,
                kind,
                "violated",
                reach,
                engine,
                found.trace,
                not self.stopped,
                states=found.states,
            )
        if self.stopped:
            reach = f"no trap is closed {self.reach}: what lies beyond may lead there"
            return Finding(name, kind, "unknown", reach, engine)
        return Finding(name, kind, "holds", "complete", engine, states=0)

    def _fair(self, prop: Property) -> Finding:
        space, graph = self.space, self._states()
        name, kind, engine = prop.name, prop.kind, space.engine
        if graph.labels is None:
            graph.labels = space.labels(graph, self._pause)
        found = counterexample(space, graph, self.levels, prop, self._pause)
        if found is not None:
            trace, shortest = found.trace, found.shortest and not self.stopped
            if trace.loop is None:
                reach = f"it may stop for good after {counted(len(trace.steps), 'step')}"
            else:
                loop = len(trace.steps) - trace.loop
                reach = f"after {counted(trace.loop, 'step')} it may go round for ever, in "
                reach += f"{counted(loop, 'step')} (short, not proved shortest)"
            return Finding(name, kind, "violated", reach, engine, trace, shortest)
        if self.stopped:
            reach = f"no fair behaviour breaks it {self.reach}; it may go on beyond"
            return Finding(name, kind, "unknown", reach, engine)
        reach = "complete, without symmetry reduction" if self._names else "complete"
        return Finding(name, kind, "holds", reach, engine)

    @property
    def _names(self) -> bool:
        """Whether symmetry could have been used."""
        return bool(layout_of(self.system).substates)


NEEDS_NAMES = "fairness tells names apart, and this search does not"
"""The reason for a search of its own, without symmetry reduction."""
