"""Random walks of one system, by Python or by compiled code: the same walks. See `kernel/walk`."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from dnsrace.engines.layout import Layout, layout_of, pack, unpack
from dnsrace.engines.moves import walk_source
from dnsrace.engines.scalar_steps import fan_out
from dnsrace.engines.space import DEADLOCK, hits
from dnsrace.engines.steppers import blame
from dnsrace.errors import InternalError
from dnsrace.findings.hunted import Tally
from dnsrace.findings.schedule import Processes
from dnsrace.findings.trace import Trace
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import Property, State, System

PAUSES = 4
"""Each walk draws one of 0, 1/4, 2/4, 3/4 as the share of actions that it pauses."""
LENGTH = 1000
"""Steps at which a walk is cut."""
LARGEST_SEED = (1 << 63) - 1


@dataclass(frozen=True, eq=False)
class Course:
    """What is walked, and what for.

    Parameters
    ----------
    watched: properties to look at, of the kinds always, every_step and sometimes.
    length: steps at which a walk is cut.
    pauses: shares of paused actions to draw from; 1 for a uniform walk.
    """

    system: System
    watched: tuple[Property, ...]
    length: int = LENGTH
    pauses: int = PAUSES

    @cached_property
    def transitions(self) -> tuple[Property, ...]:
        return tuple(p for p in self.watched if p.kind == "every_step")

    @cached_property
    def states(self) -> tuple[Property, ...]:
        return tuple(p for p in self.watched if p.kind in ("always", "sometimes"))

    @cached_property
    def processes(self) -> Processes:
        return Processes(self.system)

    @cached_property
    def layout(self) -> Layout:
        return layout_of(self.system)

    @cached_property
    def source(self) -> str:
        """The text of the walker."""
        return walk_source(self.system, self.layout, self.transitions, self.states)

    @cached_property
    def key(self) -> Hashable:
        """What tells the generated files of one system's courses apart."""
        return tuple(p.name for p in self.watched)

    @cached_property
    def python(self) -> dict[str, Any]:
        """The walker's functions and constants, to be run by Python."""
        return self.system.keep(("walks", self.key), self._python)

    def _python(self) -> dict[str, Any]:
        scope: dict[str, Any] = {}
        exec(compile(self.source, f"<walks of {self.system.name}>", "exec"), scope)
        return scope

    @cached_property
    def compiled(self) -> dict[str, Any]:
        """The same as machine code. Raises ImportError where there is no compiler."""
        from dnsrace.engines import native

        stem = f"{self.system.name}_walks"
        return self.system.keep(
            ("compiled walks", self.key), lambda: vars(native.load(stem, self.source))
        )

    def broken(self, trace: Trace, goal: str) -> bool:
        """Whether a trace hits a goal at its end, by the interpreter: a property, or `deadlock`."""
        interpreter, prop = Interpreter(self.system), self.system.find_property(goal)
        if prop is not None and prop.kind == "every_step":
            last_two = trace.states[-2:]
            return len(last_two) == 2 and not interpreter.holds(prop, *last_two)
        return hits(interpreter, prop, trace.last)


@dataclass(frozen=True)
class Failure:
    """A walk that hit a goal: its number, and the behaviour up to there."""

    number: int
    trace: Trace


class Walker:
    """Takes walks of a course. Several walkers may run at once, in threads; one may not.

    Parameters
    ----------
    seed: with its number it makes a walk; 0 to 2^63 - 1.
    compiled: by machine code; Python begins at once and is a hundred times slower.
    """

    def __init__(self, course: Course, seed: int, *, compiled: bool = False) -> None:
        self.course, self.seed, self.compiled = course, seed, compiled
        self._interpreter = Interpreter(course.system)
        self._scope = course.compiled if compiled else course.python
        scope, array = self._scope, self._array
        starts = [pack(course.system, course.layout, s) for s in self._interpreter.initial()]
        self._many = len(starts)
        self._starts = array([word for start in starts for word in start])
        owners = course.processes.of_action
        self._owner = array([course.processes.names.index(who) for who in owners])
        sizes = (scope["COUNTS"], len(owners), len(course.system.paths), scope["GOALS"])
        self._results = tuple(array([0] * max(1, n)) for n in sizes)
        names, fan = len(course.processes.names), fan_out(course.system)
        states = (course.length + 1) * scope["WORDS"]
        rooms = (states, 2 * course.length, fan * scope["STRIDE"], 2, 4, names, names)
        self._work = tuple(array([0] * max(1, n)) for n in rooms)

    def _array(self, values: list[int]) -> Any:
        if not self.compiled:
            return values
        import numpy as np

        return np.array(values, np.int64)

    def take(self, first: int, count: int) -> Tally:
        """Take walks `first` to `first + count - 1`, whatever they meet.

        Raises DomainError where a value leaves its domain.
        """
        self._walk(first, count, (0, 0))
        return self._tally()

    def find(self, first: int, count: int, goal: str) -> Failure | None:
        """The first of these walks that hits a goal: a property, or `deadlock`; None if none does.

        Raises as `take`.
        """
        scope, course = self._scope, self.course
        names = [p.name for p in course.transitions], [p.name for p in course.states]
        step, state = (sum(1 << i for i, n in enumerate(some) if n == goal) for some in names)
        state |= (goal == DEADLOCK) << scope["GOALS"]
        if self._walk(first, count, (step, state)) == scope["GOING"]:
            return None
        counts = self._results[0]
        trace = self.last()
        if not course.broken(trace, goal):
            raise InternalError(f"{trace.text}: the interpreter sees no {goal} hit at its end")
        return Failure(int(counts[scope["LAST"]]), trace)

    def last(self) -> Trace:
        """The last walk that was taken, as far as it went."""
        return self._trace(int(self._results[0][self._scope["LENGTH"]]))

    def _walk(self, first: int, count: int, watched: tuple[int, int]) -> int:
        scope, course = self._scope, self.course
        for array in self._results:
            for i in range(len(array)):
                array[i] = 0
        status: int = scope["walk"](
            self.seed, first, count, course.length, course.pauses, watched,
            self._starts, self._many, self._owner, self._results, self._work,
        )  # fmt: skip
        if status == scope["UNDEFINED_VALUE"]:
            length = int(self._results[0][scope["LENGTH"]])
            blame(course.system, course.watched, self._states(length)[-1])
        return status

    def _tally(self) -> Tally:
        scope, course = self._scope, self.course
        counts, actions, paths, seen = ([int(n) for n in array] for array in self._results)
        names = [p.name for p in (*course.transitions, *course.states)]
        return Tally(
            walks=counts[scope["WALKS"]],
            steps=counts[scope["STEPS"]],
            ended=counts[scope["ENDED"]],
            deadlocks=counts[scope["DEADLOCKS"]],
            cut=counts[scope["CUT"]],
            lag=counts[scope["LAG"]],
            laggard=course.processes.actor(course.processes.names[counts[scope["LAGGARD"]]]),
            lag_walk=counts[scope["LAG_WALK"]],
            actions=actions,
            paths=paths[: len(course.system.paths)],
            seen=dict(zip(names, seen, strict=False)),
        )

    def _states(self, length: int) -> list[State]:
        words = self._scope["WORDS"]
        trail = [int(w) for w in self._work[0][: (length + 1) * words]]
        system, layout = self.course.system, self.course.layout
        return [
            unpack(system, layout, tuple(trail[i * words : (i + 1) * words]))
            for i in range(length + 1)
        ]

    def _trace(self, length: int) -> Trace:
        states, steps = self._states(length), []
        for i, (before, after) in enumerate(pairwise(states)):
            action, path = (int(n) for n in self._work[1][2 * i : 2 * i + 2])
            steps.append(self._taken(before, action, path, after))
        return Trace(self.course.system, states[0], tuple(steps))

    def _taken(self, before: State, action: int, path: int, after: State) -> Taken:
        processes = self.course.processes
        for taken in self._interpreter.successors(before):
            known = processes.action(taken.step, taken.choices), taken.path, taken.state
            if known == (action, path, after):
                return taken
        raise InternalError(
            f"a walk went from {before} to {after} by {processes.actions[action].text}; the "
            "interpreter knows no such step"
        )
