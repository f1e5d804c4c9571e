"""Of all shortest traces to a goal, the one that everybody shows.

The rule: fewest switches between actors, then the order of declaration of steps and choices. It
needs every shortest trace, and finds them without parent pointers: from the states that hit the
goal, the levels of the search are scanned backwards for states with a successor among those marked
so far. What is marked is walked forward with the interpreter, on concrete states, so that the
result is the same with and without symmetry reduction, and from every engine.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass, field

from dnsrace.engines.space import Space, hits
from dnsrace.engines.steppers import renaming
from dnsrace.errors import InternalError
from dnsrace.findings.replay import confirm
from dnsrace.findings.trace import Trace
from dnsrace.model.domains import Domain
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import Property, State

Node = tuple[State, str]
"""A state, and the actor of the step that led to it (empty at the start)."""


def shortest_trace(space: Space, levels: list[int], goal: str) -> Trace:
    """The canonical shortest trace to a goal that was hit, replayed by the interpreter.

    Parameters
    ----------
    levels: the position in the queue at which each level begins, and at last where it ends.
    """
    level = bisect_right(levels, space.hits[goal]) - 1
    marked = space.select(levels[level], levels[level + 1], goal)
    prop = space.goal(goal)
    last_step = prop if prop is not None and prop.kind == "every_step" else None
    trace = trace_through(space, layers_to(space, levels, level, marked), last_step)
    before = trace.states[-2] if last_step is not None else trace.last
    if not hits(Interpreter(space.system), prop, before):
        raise InternalError(f"{trace.text}: the interpreter sees no violation of {goal} at its end")
    return trace


def layers_to(space: Space, levels: list[int], level: int, marked: list[int]) -> list[list[int]]:
    """The positions on the shortest ways to some of a level, `marked`: a list for each level."""
    layers = [marked]
    for at in range(level - 1, -1, -1):
        layers.insert(0, space.predecessors(levels[at], levels[at + 1], layers[0]))
    return layers


def trace_through(
    space: Space, layers: list[list[int]], last_step: Property | None = None
) -> Trace:
    """The canonical trace through these layers of positions, replayed by the interpreter. The last
    step may lead anywhere, if it violates `last_step`."""
    keys = [{space.key(space.state(position)) for position in layer} for layer in layers]
    return confirm(_Walk(space, keys, last_step).best())


@dataclass
class _Walk:
    """The shortest traces as a layered graph of concrete states."""

    space: Space
    keys: list[set[Hashable]]
    last_step: Property | None
    """For a goal of transitions: the property that the last step must violate."""
    _after: dict[State, list[Taken]] = field(default_factory=dict)
    _leaders: dict[State, dict[tuple[Domain, int], int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.interpreter = Interpreter(self.space.system)
        self.length = len(self.keys) - 1 + (self.last_step is not None)

    def best(self) -> Trace:
        """Fewest switches first, then the least steps, position by position."""
        starts = [s for s in self.interpreter.initial() if self.space.key(s) in self.keys[0]]
        layers = self._layers(starts)
        cost = self._costs(layers)
        reachable = [s for s in starts if (s, "") in cost[0]]
        if not reachable:
            raise InternalError("no trace leads to a state that the search has found")
        first = min(reachable, key=lambda s: cost[0][s, ""])
        node, steps = (first, ""), []
        for at in range(self.length):
            left = cost[at][node]
            for taken, after, switch in self._edges(node, at):
                if after in cost[at + 1] and cost[at + 1][after] + switch == left:
                    steps.append(taken)
                    node = after
                    break
        return Trace(self.space.system, first, tuple(steps))

    def _layers(self, starts: list[State]) -> list[dict[Node, None]]:
        layers: list[dict[Node, None]] = [dict.fromkeys((s, "") for s in starts)]
        for at in range(self.length):
            layers.append(
                dict.fromkeys(after for node in layers[at] for _, after, _ in self._edges(node, at))
            )
        return layers

    def _costs(self, layers: list[dict[Node, None]]) -> list[dict[Node, int]]:
        """The fewest switches from each node to the goal."""
        costs: list[dict[Node, int]] = [dict.fromkeys(layers[-1], 0)]
        for at in range(self.length - 1, -1, -1):
            here: dict[Node, int] = {}
            for node in layers[at]:
                options = [
                    costs[0][after] + switch
                    for _, after, switch in self._edges(node, at)
                    if after in costs[0]
                ]
                if options:
                    here[node] = min(options)
            costs.insert(0, here)
        return costs

    def _edges(self, node: Node, at: int) -> list[tuple[Taken, Node, int]]:
        """Steps from a node of a layer towards the goal, in order, with their switches."""
        state, last = node
        found = []
        for taken in self._successors(state):
            actor = taken.step.actor_of(taken.choices)
            if not self._fits(state, taken, at) or self._is_copy(state, last, taken, actor):
                continue
            found.append((taken, (taken.state, actor), int(last not in ("", actor))))
        return found

    def _fits(self, state: State, taken: Taken, at: int) -> bool:
        if at + 1 < len(self.keys):
            return self.space.key(taken.state) in self.keys[at + 1]
        assert self.last_step is not None
        return not self.interpreter.holds(self.last_step, state, taken.state)

    def _successors(self, state: State) -> list[Taken]:
        if state not in self._after:
            self._after[state] = list(self.interpreter.successors(state))
        return self._after[state]

    def _is_copy(self, state: State, last: str, taken: Taken, actor: str) -> bool:
        """Whether a lower name could do the same here with nothing else changed: then every trace
        from this step on is a renaming of one that comes earlier in the order."""
        if actor == last or len(taken.choices) != 1:
            return False
        domain = taken.step.choices[0].domain
        if domain is None or domain.kind != "names":
            return False
        return self._leader(state, domain, taken.choices[0]) < taken.choices[0]

    def _leader(self, state: State, domain: Domain, name: int) -> int:
        """The lowest name that can be swapped with this one without changing the state."""
        known = self._leaders.setdefault(state, {})
        if (domain, name) not in known:
            known[domain, name] = next(
                low for low in range(name + 1) if self._swapped(state, domain, low, name) == state
            )
        return known[domain, name]

    def _swapped(self, state: State, domain: Domain, a: int, b: int) -> State:
        names = list(domain.raws)
        names[a], names[b] = names[b], names[a]
        return renaming(self.space.system, {domain: tuple(names)})(state)
