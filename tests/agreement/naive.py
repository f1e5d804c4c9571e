"""Recoverability and fairness by other means: the interpreter makes a graph of Python objects,
networkx answers. Slow, and as close to the definitions as can be."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import networkx as nx

from dnsrace.findings.lasso import action_number
from dnsrace.model.actions import actions_of, fair_actions
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, State, System


class Naive:
    """All reachable states of a system. Edges have the number of their action."""

    def __init__(self, system: System) -> None:
        self.system, self.interpreter = system, Interpreter(system)
        self.graph = nx.MultiDiGraph()
        self.initial = list(self.interpreter.initial())
        waiting = list(self.initial)
        while waiting:
            state = waiting.pop()
            if state in self.graph and self.graph.nodes[state]:
                continue
            self.graph.add_node(state, expanded=True)
            for taken in self.interpreter.successors(state):
                number = action_number(system, taken)
                self.graph.add_edge(state, taken.state, action=number)
                waiting.append(taken.state)

    def where(self, prop: Property) -> set[State]:
        return {s for s in self.graph if self.interpreter.holds(prop, s)}

    def unrecoverable(self, prop: Property) -> set[State]:
        """The states that are no ancestors of the goal."""
        goal = object()
        graph = nx.DiGraph(self.graph)
        graph.add_edges_from((s, goal) for s in self.where(prop))
        return set(self.graph) - (nx.ancestors(graph, goal) if goal in graph else set())

    def possible(self, state: State) -> set[int]:
        return {a for _, _, a in self.graph.out_edges(state, data="action")}

    def alive(self, prop: Property) -> set[State]:
        """The states that a behaviour which breaks the property may go through."""
        if prop.stays:
            return set(self.graph)
        bad = self.graph.subgraph(set(self.graph) - self.where(prop))
        starts = [s for s in self.initial if s in bad]
        return set(starts).union(*(nx.descendants(bad, s) for s in starts))

    def broken(self, prop: Property) -> bool:
        """Whether some fair behaviour breaks an eventually property."""
        bad, alive = set(self.graph) - self.where(prop), self.alive(prop)
        fair = set(fair_actions(self.system, prop))
        waking = fair if prop.fairness != "none" else set(range(len(actions_of(self.system))))
        if any(not self.possible(s) & waking for s in alive & bad):
            return True
        return any(
            self.fair_set(prop, fair, part) and part & bad for part in self.parts(prop, fair, alive)
        )

    def parts(self, prop: Property, fair: set[int], alive: set[State]) -> Iterable[set[State]]:
        """The sets of states that a fair cycle may go through, as large as can be."""
        for part in nx.strongly_connected_components(self.graph.subgraph(alive)):
            due = self.due(prop, fair, part)
            if prop.fairness == "strong" and due:
                left = {s for s in part if not self.possible(s) & due}
                yield from self.parts(prop, fair, left)
            else:
                yield part

    def fair_set(self, prop: Property, fair: set[int], part: set[State]) -> bool:
        """Whether a cycle through all states and edges of a strongly connected set is fair."""
        return self.graph.subgraph(part).number_of_edges() > 0 and not self.due(prop, fair, part)

    def due(self, prop: Property, fair: set[int], part: set[State]) -> set[int]:
        """The fair actions that would have to be taken in a set of states, and cannot be."""
        possible = [self.possible(s) for s in part]
        asked = set.union(*possible) if prop.fairness == "strong" else set.intersection(*possible)
        inside = {a for _, _, a in self.graph.subgraph(part).edges(data="action")}
        return (asked & fair) - inside if prop.fairness != "none" else set()

    def broken_by_brute_force(self, prop: Property) -> bool:
        """The same, from the definition: some set of states is where a fair behaviour that breaks
        the property goes round for ever, or stays. For very few states only."""
        bad, alive = set(self.graph) - self.where(prop), self.alive(prop)
        fair = set(fair_actions(self.system, prop))
        waking = fair if prop.fairness != "none" else set(range(len(actions_of(self.system))))
        if any(not self.possible(s) & waking for s in alive & bad):
            return True
        for size in range(1, len(alive) + 1):
            for chosen in itertools.combinations(sorted(alive), size):
                part = self.graph.subgraph(chosen)
                if (
                    set(chosen) & bad
                    and nx.is_strongly_connected(part)
                    and self.fair_set(prop, fair, set(chosen))
                ):
                    return True
        return False
