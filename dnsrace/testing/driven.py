"""A system that is driven step by step from outside, by the interpreter.

What a state allows and violates is remembered: many schedules go through the same states.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from dnsrace.engines.caught import proved
from dnsrace.engines.hunt import HuntRequest
from dnsrace.engines.request import CHECKED
from dnsrace.engines.shrink import shrink
from dnsrace.engines.walks import Course
from dnsrace.errors import UsageError
from dnsrace.findings.schedule import Entry, Processes, entry_for
from dnsrace.findings.trace import Trace
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import State, System
from dnsrace.testing.outcome import Outcome, Violated
from dnsrace.testing.telling import violation


class Ground:
    """What schedules of a system run on.

    Parameters
    ----------
    names: properties to look at; none means all that walks can violate.

    Raises UsageError when there is nothing that walks can violate.
    """

    def __init__(self, system: System, names: tuple[str, ...] = ()) -> None:
        self.system, self.names = system, names
        self.goals = hunted(system, names)
        self.processes = Processes(system)
        self.interpreter = Interpreter(system)
        found = [p for p in system.properties if p.name in self.goals]
        self._states = [p for p in found if p.kind == "always"]
        self._transitions = [p for p in found if p.kind == "every_step"]
        self._able: dict[State, dict[str, list[Taken]]] = {}
        self._broken: dict[State, str] = {}
        self._told: dict[str, tuple[Outcome, str]] = {}

    @cached_property
    def starts(self) -> tuple[State, ...]:
        """All initial states."""
        return tuple(self.interpreter.initial())

    @cached_property
    def course(self) -> Course:
        """For the walks and the shrinker."""
        return Course(self.system, tuple(p for p in self.system.properties if p.kind in CHECKED))

    def able(self, state: State) -> dict[str, list[Taken]]:
        """The enabled steps of each process that has some. Raises DomainError."""
        if state not in self._able:
            steps: dict[str, list[Taken]] = {}
            for taken in self.interpreter.successors(state):
                steps.setdefault(self.processes.who(taken), []).append(taken)
            self._able[state] = steps
        return self._able[state]

    def broken(self, state: State, before: State | None = None) -> str:
        """What a state violates, or the step that leads there from `before`; or an empty text."""
        if before is not None:
            for prop in self._transitions:
                if not self.interpreter.holds(prop, before, state):
                    return prop.name
        if state not in self._broken:
            holds = self.interpreter.holds
            bad = (p.name for p in self._states if not holds(p, state))
            self._broken[state] = next(bad, "")
        return self._broken[state]

    def violated(self, name: str, trace: Trace) -> Violated:
        """A violation at the end of a trace, made as short as can be."""
        if name not in self._told:
            finding = proved(self.course, shrink(self.course, trace, name), name, "hypothesis")
            self._told[name] = violation(self.system, "hypothesis", finding)
        outcome, text = self._told[name]
        return Violated(text, outcome)


@dataclass
class Journey:
    """One behaviour: a state, and the steps that led there."""

    ground: Ground
    initial: State
    steps: list[Taken] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.steps[-1].state if self.steps else self.initial

    @property
    def trace(self) -> Trace:
        return Trace(self.ground.system, self.initial, tuple(self.steps))

    @property
    def able(self) -> dict[str, list[Taken]]:
        """The enabled steps of each process that has some."""
        return self.ground.able(self.state)

    def follow(self, entry: Entry) -> None:
        """Take the step that an entry means, if there is one. Raises Violated."""
        fits = self.ground.processes.fits
        taken = next((t for t in self.able.get(entry.who, ()) if fits(entry, t)), None)
        if taken is not None:
            before = self.state
            self.steps.append(taken)
            self.look(before)

    def look(self, before: State | None = None) -> None:
        """Raises Violated when the state violates something, or the last step does."""
        name = self.ground.broken(self.state, before)
        if name:
            raise self.ground.violated(name, self.trace)

    def entry(self, taken: Taken) -> Entry:
        """The entry of a schedule for an enabled step."""
        processes = self.ground.processes
        return entry_for(processes, taken, self.able[processes.who(taken)])


def hunted(system: System, names: tuple[str, ...], *, deadlock: bool = False) -> list[str]:
    """The properties that walks through a system can violate, of those asked for.

    Raises UsageError when there are none, and for one asked for that walks cannot tell of.
    """
    request = HuntRequest(names=names, deadlock=deadlock)
    goals = request.goals(system)
    for name in names:
        if name not in goals:
            prop = system.find_property(name)
            assert prop is not None
            raise UsageError(
                f"{name} is a property of the kind {prop.kind}: walks cannot violate it",
                cure='search every state: engine="explore"',
            )
    if not goals:
        raise UsageError(
            f"{system.name} has no property that walks can violate",
            cure='give it one with @always or @every_step, or engine="explore"',
        )
    return goals
