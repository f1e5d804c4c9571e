"""A schedule: who goes next. Its text form is short, and survives changes of what comes before:

    planner 0 planner*2 1*5 0*3 1*2

Each entry names a *process*, an actor of the model, and how often it goes. An entry whose process
cannot go is skipped; so an entry that is taken away does not change the meaning of the others.
Where a process could take several steps, the first in order of declaration is meant; another one is
named behind a colon, `0:crash`, with its choices but the process's own, `0:receive(2,true)`.

In front may stand what a trace has, and a word: `dynamodb_dns(enactors=2): schedule: 0 planner*3`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from dnsrace.errors import TraceError
from dnsrace.findings.trace import Trace, heading
from dnsrace.model.actions import actions_of, first_actions
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import State, Step, System

SCHEDULE = "schedule:"
"""Stands before the entries, behind model and parameters."""

_ENTRY = re.compile(r"(?P<who>[^\s:*()]+)(:(?P<pick>[A-Za-z_]\w*(\([^\s()]*\))?))?(\*(?P<n>\d+))?")
MOST_ENTRIES = 1_000_000


@dataclass(frozen=True)
class Entry:
    """Who goes, and with which step; an empty `pick`: with the first that is enabled."""

    who: str
    pick: str = ""

    @property
    def text(self) -> str:
        return f"{self.who}:{self.pick}" if self.pick else self.who


@dataclass(frozen=True)
class Schedule:
    """Entries in their order. It is of no model: whether a process exists is seen when it runs."""

    entries: tuple[Entry, ...] = ()

    @property
    def text(self) -> str:
        """The entries, repeated ones once with a number."""
        runs = ((text, len(list(same))) for text, same in groupby(e.text for e in self.entries))
        return " ".join(text if n == 1 else f"{text}*{n}" for text, n in runs)

    def __str__(self) -> str:
        return self.text

    @staticmethod
    def parse(text: str) -> Schedule:
        """Read the text form. Raises TraceError."""
        entries: list[Entry] = []
        for word in text.split():
            match = _ENTRY.fullmatch(word)
            if match is None:
                raise TraceError(
                    f"{word!r} is no entry of a schedule",
                    cure="write who goes, with blanks between: planner 0 planner*2 1:crash 0*3",
                )
            times = int(match["n"] or 1)
            if len(entries) + times > MOST_ENTRIES:
                raise TraceError(
                    f"the schedule has more than {MOST_ENTRIES:,} entries", cure="shorten it"
                )
            entries += [Entry(match["who"], match["pick"] or "")] * times
        return Schedule(tuple(entries))


class Processes:
    """The processes of a system: who takes which step."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.actions = actions_of(system)
        self._bases = first_actions(system)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """In order of declaration."""
        return tuple(dict.fromkeys(self.of_action))

    def actor(self, name: str) -> str:
        """The actor that a process is, as traces call it."""
        action = self.actions[self.of_action.index(name)]
        return action.step.actor_of(() if action.first is None else (action.first,))

    @cached_property
    def of_action(self) -> tuple[str, ...]:
        """The process of each action, by its number."""
        owners: list[tuple[str | None, str]] = []
        for action in self.actions:
            if action.step.actor is not None or action.first is None:
                owners.append((None, "-".join((action.step.actor or "system").split())))
            else:
                domain = action.step.choices[0].domain
                assert domain is not None
                owners.append((domain.name.lower(), domain.text(action.first)))
        kinds = {kind for kind, _ in owners if kind}
        declared = {text for kind, text in owners if kind is None}
        short = len(kinds) <= 1 and not declared & {text for kind, text in owners if kind}
        return tuple(text if short or kind is None else f"{kind}-{text}" for kind, text in owners)

    def action(self, step: Step, choices: tuple[int, ...]) -> int:
        """The number of the action that a step with these choices belongs to."""
        return self._bases[step.name] + (choices[0] if choices else 0)

    def who(self, taken: Taken) -> str:
        """The process that takes a step."""
        return self.of_action[self.action(taken.step, taken.choices)]

    def pick(self, step: Step, choices: tuple[int, ...]) -> str:
        """What stands behind the colon for a step: `receive(2,true)`."""
        own = 0 if step.actor is not None else 1
        texts = [
            c.domain.text(raw) for c, raw in zip(step.choices, choices, strict=True) if c.domain
        ]
        return f"{step.name}({','.join(texts[own:])})" if texts[own:] else step.name

    def fits(self, entry: Entry, taken: Taken) -> bool:
        """Whether a step, of the entry's process, is one that the entry means."""
        if not entry.pick or entry.pick == taken.step.name:
            return True
        return entry.pick == self.pick(taken.step, taken.choices)

    def check(self, schedule: Schedule) -> None:
        """Raises TraceError for an entry whose process or step the system does not have."""
        steps: dict[str, set[str]] = {}
        for action, who in zip(self.actions, self.of_action, strict=True):
            steps.setdefault(who, set()).add(action.step.name)
        for entry in dict.fromkeys(schedule.entries):
            if entry.who not in steps:
                raise TraceError(
                    f"the schedule names {entry.who}, and there is no such process",
                    cure="the processes are: " + ", ".join(self.names),
                )
            if entry.pick and entry.pick.partition("(")[0] not in steps[entry.who]:
                raise TraceError(
                    f"the schedule has {entry.text}, and {entry.who} takes no such step",
                    cure=f"its steps are: {', '.join(sorted(steps[entry.who]))}",
                )


@dataclass(frozen=True)
class Followed:
    """A schedule that was run: the behaviour, and the positions of the entries that were
    skipped."""

    trace: Trace
    skipped: tuple[int, ...]


def follow(system: System, schedule: Schedule, initial: State | None = None) -> Followed:
    """Run a schedule by the interpreter; blocked entries are skipped.

    Parameters
    ----------
    initial: where to begin; by default in the first initial state.

    Raises TraceError for a process or a step that the system does not have, DomainError.
    """
    processes, interpreter = Processes(system), Interpreter(system)
    processes.check(schedule)
    first = state = next(interpreter.initial()) if initial is None else initial
    taken: list[Taken] = []
    skipped: list[int] = []
    for position, entry in enumerate(schedule.entries):
        step = next(enabled(processes, interpreter, state, entry), None)
        if step is None:
            skipped.append(position)
        else:
            taken.append(step)
            state = step.state
    return Followed(Trace(system, first, tuple(taken)), tuple(skipped))


def enabled(
    processes: Processes, interpreter: Interpreter, state: State, entry: Entry
) -> Iterator[Taken]:
    """The steps that an entry may mean in a state, in order."""
    for taken in interpreter.successors(state):
        if processes.who(taken) == entry.who and processes.fits(entry, taken):
            yield taken


def schedule_of(trace: Trace) -> Schedule:
    """The schedule of a trace; it names a step only where another one of the process would come
    first. A lasso's schedule goes round once."""
    processes, interpreter = Processes(trace.system), Interpreter(trace.system)
    return Schedule(
        tuple(
            entry_for(processes, taken, list(interpreter.successors(before)))
            for before, taken in zip(trace.states, trace.steps, strict=False)
        )
    )


def entry_for(processes: Processes, taken: Taken, others: Iterable[Taken]) -> Entry:
    """The shortest entry for a step; `others` are all that are enabled there, in order."""
    who = processes.who(taken)
    mine = [other for other in others if processes.who(other) == who]
    for pick in ("", taken.step.name, processes.pick(taken.step, taken.choices)):
        entry = Entry(who, pick)
        first = next(other for other in mine if processes.fits(entry, other))
        if (first.step, first.choices) == (taken.step, taken.choices):
            break
    return entry


def schedule_text(trace: Trace) -> str:
    """Model, parameters and schedule of a trace, on one line; `dnsrace replay` takes it."""
    return f"{heading(trace.system, trace.initial)}: {SCHEDULE} {schedule_of(trace).text}"
