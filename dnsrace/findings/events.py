"""The events of a log in the words of a model: steps, choices, and what was seen of the state."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dnsrace.findings.log import Record, Recording
from dnsrace.model.domains import Domain
from dnsrace.model.interpreter import slot_text
from dnsrace.model.system import State, Step, System

Seen = tuple[tuple[int, int], ...]
"""What was seen of a state: slots, and their raw values."""


@dataclass(frozen=True, eq=False)
class Event:
    """An action of the implementation.

    Parameters
    ----------
    choices: raw values; None for one that the log does not tell.
    before, after: what it tells of the state right before the step and right behind it.
    """

    record: Record
    step: Step
    choices: tuple[int | None, ...]
    before: Seen
    after: Seen

    @property
    def text(self) -> str:
        """`flip(0)`; a choice that the log does not tell is a question mark."""
        values = [
            "?" if raw is None else c.domain.text(raw)
            for c, raw in zip(self.step.choices, self.choices, strict=True)
            if c.domain
        ]
        return f"{self.step.name}({', '.join(values)})" if values else self.step.name

    @property
    def actor(self) -> str:
        """Who did it: as the log says, else as the model does; empty when nobody knows."""
        said = self.record.data.get("actor")
        if said is not None:
            return str(said)
        known = not self.step.choices or self.choices[0] is not None
        return self.step.actor_of(tuple(raw or 0 for raw in self.choices)) if known else ""

    def every_choice(self) -> Iterator[tuple[int, ...]]:
        """The choices that it may have been taken with."""
        return (raws for raws in self.step.every_choice() if self.has(raws))

    def has(self, choices: tuple[int, ...]) -> bool:
        """Whether it may have been taken with these."""
        return all(a is None or a == b for a, b in zip(self.choices, choices, strict=True))


@dataclass(frozen=True)
class Log:
    """A log that a model has words for.

    Parameters
    ----------
    shown: the steps of which the log shows every occurrence, by name.
    remarks: what a reader should know of it, in sentences.
    """

    recording: Recording
    events: tuple[Event, ...]
    shown: tuple[str, ...]
    remarks: tuple[str, ...]


def fits(state: State, seen: Seen) -> bool:
    """Whether a state is as it was seen."""
    return all(state[slot] == raw for slot, raw in seen)


def understood(system: System, recording: Recording, shows: Iterable[str] | None = None) -> Log:
    """A log in the words of a system.

    Parameters
    ----------
    shows: names of steps to take in place of those that the head names.

    Raises LogError for a step, a choice, a name or a value that the system does not have.
    """
    reader = _Reader(system, recording)
    events = tuple(map(reader.event, recording.records))
    known = [step.name for step in system.steps]
    wanted = recording.shows if shows is None else tuple(shows)
    remarks = []
    if recording.cut:
        remarks.append(
            "The log ends in the middle of a line, as after a crash: it was checked up to there."
        )
    if wanted is None:
        wanted = tuple({event.step.name for event in events})
        hidden = [name for name in known if name not in wanted]
        if hidden and events:
            remarks.append(
                "The log does not say which steps it shows: those that occur in it were taken, "
                f"and {', '.join(hidden)} may happen unseen."
            )
    else:
        unknown = [name for name in dict.fromkeys(wanted) if name not in known]
        if unknown:
            remarks.append(
                f"Among the steps that the log shows, {', '.join(unknown)} "
                f"{'is none' if len(unknown) == 1 else 'are none'} of the model with these "
                "parameters."
            )
    return Log(recording, events, tuple(n for n in known if n in wanted), tuple(remarks))


class _Reader:
    """Looks up the words of a log in a system."""

    def __init__(self, system: System, recording: Recording) -> None:
        self.recording = recording
        self.steps = {step.name: step for step in system.steps}
        self.slots = {slot_text(*slot): i for i, slot in enumerate(system.slots)}
        self.domains = [variable.domain for variable, _ in system.slots]
        self.texts: dict[tuple[Domain, str], int | None] = {}

    def event(self, record: Record) -> Event:
        """An event understood."""
        data = record.data
        name = data.get("step")
        step = self.steps.get(name) if isinstance(name, str) else None
        if step is None:
            known = ", ".join(self.steps)
            raise self.recording.error(
                record,
                f"the model has no step {name} with these parameters"
                if "step" in data
                else "the event has no step",
                f"its steps are: {known}; check the parameters, and leave out of the log what the "
                "model does not speak of",
            )
        choices = self._choices(record, step, data.get("choices"))
        seen = [self._seen(record, key, data.get(key)) for key in ("before", "state")]
        return Event(record, step, choices, *seen)

    def _choices(self, record: Record, step: Step, given: Any) -> tuple[int | None, ...]:
        if given is None:
            return (None,) * len(step.choices)
        if not isinstance(given, (list, tuple)) or len(given) != len(step.choices):
            names = ", ".join(str(c.data) for c in step.choices)
            raise self.recording.error(
                record,
                f"choices is {given!r}, but {step.name} takes {len(step.choices)}",
                f"give a list with values for: {names}" if names else "give [] or leave it out",
            )
        found: list[int | None] = []
        for choice, value in zip(step.choices, given, strict=True):
            assert choice.domain is not None
            what = f"{step.name}: the choice {choice.data}"
            found.append(None if value is None else self._raw(record, what, choice.domain, value))
        return tuple(found)

    def _seen(self, record: Record, key: str, given: Any) -> Seen:
        if given is None:
            return ()
        if not isinstance(given, dict):
            raise self.recording.error(
                record, f"{key} is {given!r}", 'give an object: {"alias[0]": 2}'
            )
        return tuple(self._slot(record, key, name, value) for name, value in given.items())

    def _slot(self, record: Record, key: str, name: str, value: Any) -> tuple[int, int]:
        slot = self.slots.get(name)
        if slot is None:
            close = difflib.get_close_matches(name, self.slots, n=1)
            raise self.recording.error(
                record,
                f"{key} names {name}, which the model does not have with these parameters",
                f"did you mean {close[0]}?" if close else f"it has: {', '.join(self.slots)}",
            )
        return slot, self._raw(record, f"{key}: {name}", self.domains[slot], value)

    def _raw(self, record: Record, what: str, domain: Domain, value: Any) -> int:
        if not isinstance(value, str):
            raw = domain.encode(value)
        else:
            if (domain, value) not in self.texts:
                self.texts[domain, value] = domain.parse(value)
            raw = self.texts[domain, value]
        if raw is None:
            raise self.recording.error(
                record,
                f"{what} is {value!r}, which is not in {domain.name} = {domain.values_text()}",
                "give other parameters of the model, or correct what writes the log",
            )
        return raw
