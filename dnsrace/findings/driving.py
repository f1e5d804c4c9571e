"""The whole space of a small model, for people who take its steps themselves: what each state is
near to, what can no longer be avoided there, and whether there is a way back.

States are not counted as one when they differ in who is who: a reader drives enactor 1, not some
enactor.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import Property, State, System

FAR = -1
"""The distance to what cannot be reached."""


@dataclass(frozen=True)
class Space:
    """All reachable states, by number, in breadth-first order.

    Parameters
    ----------
    starts: how many initial states there are; they come first.
    steps: of each state, what can happen there.
    targets: of each of these steps, the number of the state behind it.
    goal: the property that a reader tries to violate, if there is one to violate.
    """

    system: System
    states: tuple[State, ...]
    starts: int
    steps: tuple[tuple[Taken, ...], ...]
    targets: tuple[tuple[int, ...], ...]
    goal: Property | None

    @cached_property
    def broken(self) -> tuple[bool, ...]:
        """Of each state, whether it violates the goal itself."""
        if self.goal is None or self.goal.kind != "always":
            return (False,) * len(self.states)
        interpreter = Interpreter(self.system)
        return tuple(not interpreter.holds(self.goal, state) for state in self.states)

    @cached_property
    def breaking(self) -> tuple[tuple[bool, ...], ...]:
        """Of each step of each state, whether it violates the goal, or its target does."""
        if self.goal is None or self.goal.kind == "always":
            return tuple(tuple(self.broken[to] for to in targets) for targets in self.targets)
        interpreter = Interpreter(self.system)
        return tuple(
            tuple(not interpreter.holds(self.goal, state, taken.state) for taken in steps)
            for state, steps in zip(self.states, self.steps, strict=True)
        )

    @cached_property
    def distances(self) -> tuple[int, ...]:
        """Of each state, how many steps the nearest violation is away, or FAR."""
        at_once = [n for n, steps in enumerate(self.breaking) if any(steps)]
        broken = [n for n, bad in enumerate(self.broken) if bad]
        found = [0 if bad else FAR for bad in self.broken]
        for number in at_once:
            if found[number] == FAR:
                found[number] = 1
                broken.append(number)
        # a queue of growing distances: those with 0 stand in front of those with 1
        self._hand_back(broken, found)
        return tuple(found)

    @cached_property
    def doomed(self) -> tuple[bool, ...]:
        """Of each state, whether every behaviour from there on violates the goal."""
        left = [len(steps) for steps in self.steps]
        found = list(self.broken)
        todo = deque(n for n, bad in enumerate(found) if bad)
        settled = [[False] * len(steps) for steps in self.steps]

        def settle(source: int, at: int) -> None:
            if not settled[source][at]:
                settled[source][at] = True
                left[source] -= 1
                if left[source] == 0 and not found[source]:
                    found[source] = True
                    todo.append(source)

        for source, steps in enumerate(self.breaking):
            for at, bad in enumerate(steps):
                if bad:
                    settle(source, at)
        while todo:
            for source, at in self._sources[todo.popleft()]:
                settle(source, at)
        return tuple(found)

    @cached_property
    def way_back(self) -> tuple[Property, tuple[bool, ...]] | None:
        """The model's first `recoverable`, and of each state whether some way leads to where it is
        true; None for a model without one."""
        prop = next((p for p in self.system.properties if p.kind == "recoverable"), None)
        if prop is None:
            return None
        interpreter = Interpreter(self.system)
        found = [0 if interpreter.holds(prop, state) else FAR for state in self.states]
        self._hand_back([n for n, far in enumerate(found) if far == 0], found)
        return prop, tuple(far != FAR for far in found)

    @cached_property
    def _sources(self) -> list[list[tuple[int, int]]]:
        """Of each state, the states that a step leads from, and which step."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.states]
        for source, targets in enumerate(self.targets):
            for at, target in enumerate(targets):
                found[target].append((source, at))
        return found

    def _hand_back(self, first: Iterable[int], found: list[int]) -> None:
        """Fill in distances, backwards from states that have theirs."""
        todo = deque(first)
        while todo:
            number = todo.popleft()
            for source, _ in self._sources[number]:
                if found[source] == FAR:
                    found[source] = found[number] + 1
                    todo.append(source)


def whole_space(system: System, goal: Property | None, most: int) -> Space | None:
    """All that can be reached, by the interpreter; None when there are more than `most` states.

    Parameters
    ----------
    goal: an `always` or `every_step`.
    """
    interpreter = Interpreter(system)
    numbers: dict[State, int] = {}
    for state in interpreter.initial():
        numbers.setdefault(state, len(numbers))
        if len(numbers) > most:
            return None
    states, starts = list(numbers), len(numbers)
    steps: list[tuple[Taken, ...]] = []
    for state in states:
        steps.append(tuple(interpreter.successors(state)))
        for taken in steps[-1]:
            if taken.state not in numbers:
                numbers[taken.state] = len(states)
                states.append(taken.state)
        if len(states) > most:
            return None
    targets = tuple(tuple(numbers[taken.state] for taken in each) for each in steps)
    return Space(system, tuple(states), starts, tuple(steps), targets, goal)


def goal_of(system: System, named: str = "") -> Property | None:
    """What a reader tries to violate: the property of that name, or else what the model exists to
    ask, or its first invariant."""
    asked = [p for p in system.properties if p.kind in ("always", "every_step")]
    named_one = system.find_property(named)
    if named_one is not None and named_one.kind in ("always", "every_step"):
        return named_one
    ordered = chain((p for p in asked if p.question), (p for p in asked if not p.informative))
    return next(ordered, None)
