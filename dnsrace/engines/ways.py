"""The successors of states, by process, computed once: what many similar schedules run over."""

from __future__ import annotations

from collections.abc import Iterator

from dnsrace.engines.layout import pack, unpack
from dnsrace.engines.scalar_steps import fan_out
from dnsrace.engines.space import DEADLOCK
from dnsrace.engines.steppers import blame
from dnsrace.engines.walks import Course
from dnsrace.errors import InternalError
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import State

Wish = tuple[int, int, int]
"""A process and a step, by their numbers, and which of the ways to take that step."""
Node = tuple[int, ...]
Successor = tuple[Wish, Node, bool]
"""What was wished for, the state after it, and whether the goal is hit on the way."""


class Ways:
    """The steps of a course's system, from states as packed words.

    Parameters
    ----------
    goal: a property, or `deadlock`.
    """

    def __init__(self, course: Course, goal: str) -> None:
        self.course, self.system = course, course.system
        self._scope = course.python
        self._out = [0] * (fan_out(self.system) * self._scope["STRIDE"] or 1)
        names = [p.name for p in course.transitions]
        self._on_the_way = 1 << names.index(goal) if goal in names else 0
        names = [p.name for p in course.states]
        self._at_rest = 1 << names.index(goal) if goal in names else 0
        self._deadlock = goal == DEADLOCK
        processes = course.processes
        self.owner = [processes.names.index(who) for who in processes.of_action]
        steps = {step.name: i for i, step in enumerate(self.system.steps)}
        self._step = [steps[action.step.name] for action in processes.actions]
        self._of: dict[Node, list[Successor]] = {}
        self._hit: dict[Node, bool] = {}

    def packed(self, state: State) -> Node:
        return pack(self.system, self.course.layout, state)

    def unpacked(self, node: Node) -> State:
        return unpack(self.system, self.course.layout, node)

    def of(self, node: Node) -> list[Successor]:
        """The successors of a state, in order of declaration of steps. Raises DomainError."""
        if node not in self._of:
            self._of[node] = sorted(self._successors(node), key=lambda s: s[0][1:])
        return self._of[node]

    def _successors(self, node: Node) -> Iterator[Successor]:
        scope, out, note = self._scope, self._out, [0, 0]
        words, stride = scope["WORDS"], scope["STRIDE"]
        n = scope["moves"](node, 0, out, note)
        if note[1]:
            blame(self.system, self.course.watched, self.unpacked(node))
        ways: dict[tuple[int, int], int] = {}
        for at in range(0, n * stride, stride):
            action, broken = out[at + words], out[at + words + 2]
            key = self.owner[action], self._step[action]
            ways[key] = ways.get(key, -1) + 1
            after = tuple(out[at : at + words])
            yield (*key, ways[key]), after, bool(broken & self._on_the_way)

    def hit(self, node: Node) -> bool:
        """Whether a state hits the goal."""
        if node not in self._hit:
            found = bool(self._scope["check"](node, 0) & self._at_rest)
            if self._deadlock:
                found = not self._scope["is_end"](node, 0) and not self.of(node)
            self._hit[node] = found
        return self._hit[node]

    def after(self, node: Node, wish: Wish) -> Node:
        """The state after a step that is possible."""
        return next(to for made, to, _ in self.of(node) if made == wish)

    def between(self, before: Node, taken: Taken, after: Node) -> Wish:
        """The wish that a step fulfils."""
        action = self.course.processes.action(taken.step, taken.choices)
        key = self.owner[action], self._step[action]
        return next(made for made, to, _ in self.of(before) if made[:2] == key and to == after)

    def taken(self, node: Node, wish: Wish) -> Taken:
        """The step that fulfils a wish, as the interpreter takes it."""
        after, processes = self.unpacked(self.after(node, wish)), self.course.processes
        for taken in Interpreter(self.system).successors(self.unpacked(node)):
            action = processes.action(taken.step, taken.choices)
            if taken.state == after and (self.owner[action], self._step[action]) == wish[:2]:
                return taken
        raise InternalError(f"the interpreter does not take {wish} from {self.unpacked(node)}")

    def interchangeable(self) -> Iterator[list[int]]:
        """The processes, by their numbers in order, that the model treats alike."""
        for domain in self.course.layout.substates:
            names = {
                owner: None
                for action, owner in zip(self.course.processes.actions, self.owner, strict=True)
                if action.step.actor is None
                and action.first is not None
                and action.step.choices[0].domain == domain
            }
            yield list(names)
