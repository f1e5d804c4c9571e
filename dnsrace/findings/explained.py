"""A behaviour of a model that explains the events of a log, and how it is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dnsrace.errors import InternalError
from dnsrace.findings.events import Event, fits
from dnsrace.findings.replay import confirm
from dnsrace.findings.trace import Trace
from dnsrace.model.interpreter import Interpreter


@dataclass(frozen=True)
class Explained:
    """A trace that explains events: `at` are their positions among its steps, in order. The steps
    in between are unseen."""

    trace: Trace
    events: tuple[Event, ...]
    at: tuple[int, ...]

    @property
    def unseen(self) -> int:
        """How many unseen steps there are."""
        return len(self.trace.steps) - len(self.at)


@dataclass(frozen=True)
class Violation:
    """A property that a run violates: where the explanation does so first.

    Parameters
    ----------
    name: of the property.
    steps: of the explanation, up to the violation.
    events: of the log, among them.
    """

    name: str
    informative: bool
    steps: int
    events: int


@dataclass(frozen=True)
class Headway:
    """How far a log is explained: given to a listener from time to time.

    Parameters
    ----------
    events, of: explained so far, and in the log.
    at_once: states that the system may be in.
    states: distinct ones, over the whole log.
    """

    events: int
    of: int
    at_once: int
    states: int
    seconds: float


Listener = Callable[[Headway], None]


def confirm_explained(what: Explained) -> Explained:
    """Replay an explanation, and compare it with its events. Raises InternalError when the
    interpreter does not agree, or an event is another one."""
    confirm(what.trace)
    states = what.trace.states
    for event, at in zip(what.events, what.at, strict=True):
        taken = what.trace.steps[at]
        if not (
            taken.step is event.step
            and event.has(taken.choices)
            and fits(states[at], event.before)
            and fits(states[at + 1], event.after)
        ):
            raise InternalError(
                f"{event.record.where}: {event.text} is not explained by step {at + 1} of "
                f"{what.trace.text}"
            )
    return what


def violations(what: Explained) -> tuple[Violation, ...]:
    """The properties that an explanation violates, and where first."""
    trace = what.trace
    interpreter, states = Interpreter(trace.system), trace.states
    found = []
    for prop in trace.system.properties:
        if prop.kind == "always":
            bad = (n for n, state in enumerate(states) if not interpreter.holds(prop, state))
        elif prop.kind == "every_step":
            bad = (
                n
                for n in range(1, len(states))
                if not interpreter.holds(prop, states[n - 1], states[n])
            )
        else:
            continue
        first = next(bad, None)
        if first is not None:
            events = sum(at < first for at in what.at)
            found.append(Violation(prop.name, prop.informative, first, events))
    return tuple(found)
