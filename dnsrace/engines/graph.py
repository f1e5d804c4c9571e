"""The reachable graph, or the part around a trace, state by state. The interpreter takes the steps;
the generated stepper only says which states count as one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from dnsrace.engines.layout import layout_of
from dnsrace.engines.steppers import GeneratedStepper
from dnsrace.errors import UsageError
from dnsrace.findings.explain import columns_of, sentence, wording
from dnsrace.findings.graph import Edge, Graph, Node
from dnsrace.findings.trace import Trace
from dnsrace.model.interpreter import Interpreter, Taken, state_text
from dnsrace.model.system import State, System

MOST_STARTS = 100_000
"""Initial states that are marked as such, at most: of a part, not all of them are looked for."""


class Grower:
    """Grows a graph from some states on.

    Parameters
    ----------
    most: states that the graph may have.
    """

    def __init__(self, system: System, symmetry: bool, most: int) -> None:
        self.system = system
        self.symmetric = symmetry and bool(layout_of(system).substates)
        self.most = most
        self.interpreter = Interpreter(system)
        self.stepper = GeneratedStepper(system, (), self.symmetric)
        self.numbers: dict[Any, int] = {}
        self.states: list[State] = []
        self.steps: dict[int, list[Taken]] = {}

    def number(self, state: State) -> int:
        """The number of a state's node, a new one for a new state. Raises UsageError when there
        are too many."""
        node = self.stepper.node(state)
        if node not in self.numbers:
            if len(self.states) >= self.most:
                raise UsageError(
                    f"the graph has at least {self.most + 1:,} states, more than {self.most:,}",
                    cure="give a smaller --radius, or a larger --max-nodes",
                )
            self.numbers[node] = len(self.states)
            self.states.append(self.stepper.state(node))
        return self.numbers[node]

    def grow(self, starts: Iterable[State], radius: int | None) -> None:
        """Take all steps from these states on, so many in a row; None: as many as there are."""
        frontier = list(dict.fromkeys(map(self.number, starts)))
        reached = 0
        while frontier and (radius is None or reached < radius):
            known = len(self.states)
            for at in frontier:
                self.steps[at] = list(self.interpreter.successors(self.states[at]))
                for taken in self.steps[at]:
                    self.number(taken.state)
            frontier = list(range(known, len(self.states)))
            reached += 1

    def graph(self, first: Iterable[State], trace: Trace | None, goal: str, whole: bool) -> Graph:
        """The graph so far, its depths counted from some states."""
        path = tuple(map(self.number, trace.states)) if trace is not None else ()
        inside = len(self.states)
        for at in range(inside):
            # at the rim, only steps that lead back inside are shown
            self.steps.setdefault(at, list(self.interpreter.successors(self.states[at])))
        targets = {
            at: [(t, self.numbers.get(self.stepper.node(t.state))) for t in self.steps[at]]
            for at in range(inside)
        }
        depths = self._depths(map(self.number, first), targets)
        starts = itertools.islice(self.interpreter.initial(), MOST_STARTS)
        initial = set(map(self.stepper.node, starts))
        nodes = tuple(
            self._node(at, depths[at], self.stepper.node(self.states[at]) in initial,
                       any(to is None for _, to in targets[at]))
            for at in range(inside)
        )  # fmt: skip
        edges = tuple(
            self._edge(at, to, taken)
            for at in range(inside)
            for taken, to in targets[at]
            if to is not None
        )
        said = _said(trace) if trace is not None else ()
        return Graph(self.system, self.symmetric, nodes, edges, path, said, goal, whole)

    @staticmethod
    def _depths(
        first: Iterable[int], targets: dict[int, list[tuple[Taken, int | None]]]
    ) -> dict[int, int]:
        depths = dict.fromkeys(first, 0)
        todo = list(depths)
        for at in todo:
            for _, to in targets[at]:
                if to is not None and to not in depths:
                    depths[to] = depths[at] + 1
                    todo.append(to)
        return depths

    def _node(self, at: int, depth: int, initial: bool, continues: bool) -> Node:
        state, interpreter = self.states[at], self.interpreter
        stops = ""
        if not self.steps[at]:
            stops = "end" if interpreter.is_end(state) else "deadlock"

        def named(kind: str, wanted: bool) -> tuple[str, ...]:
            return tuple(
                p.name
                for p in self.system.properties
                if p.kind == kind and interpreter.holds(p, state) is wanted
            )

        text = state_text(self.system, state)
        shown = ", ".join(f"{k}: {v}" for k, v in columns_of(self.system, state).items())
        return Node(at, state, depth, initial, stops, named("always", False),
                    named("sometimes", True), shown or text, text, continues)  # fmt: skip

    def _edge(self, at: int, to: int, taken: Taken) -> Edge:
        state = self.states[at]
        violates = tuple(
            p.name
            for p in self.system.properties
            if p.kind == "every_step" and not self.interpreter.holds(p, state, taken.state)
        )
        step = taken.step
        choices = tuple(
            c.domain.text(raw)
            for c, raw in zip(step.choices, taken.choices, strict=True)
            if c.domain
        )
        words = wording(self.system, state, taken, _some)
        return Edge(at, to, step.name, choices, step.actor_of(taken.choices), words, violates)


def _some(*_: object) -> str:
    """How long ago something was: a state of a graph has many pasts."""
    return "some"


def _said(trace: Trace) -> tuple[tuple[str, str], ...]:
    return tuple(
        (taken.text, f"{actor} {sentence(trace, at)}")
        for at, (taken, actor) in enumerate(zip(trace.steps, trace.actors, strict=True))
    )


def reachable(
    system: System, symmetry: bool, most: int, trace: Trace | None = None, goal: str = ""
) -> Graph:
    """The graph of all reachable states, with a trace in it if one is given. Raises UsageError when
    there are more than `most`."""
    grower = Grower(system, symmetry, most)
    initial = list(grower.interpreter.initial())
    grower.grow(initial, None)
    return grower.graph(initial, trace, goal, True)


def around(trace: Trace, symmetry: bool, most: int, radius: int, goal: str = "") -> Graph:
    """The states of a trace, and those at most `radius` steps behind one of them. Raises UsageError
    when there are more than `most`."""
    grower = Grower(trace.system, symmetry, most)
    grower.grow(trace.states, radius)
    return grower.graph(trace.states[:1], trace, goal, False)
