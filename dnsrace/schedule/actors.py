"""What a program under the scheduler consists of, and what is outstanding in it."""

from __future__ import annotations

import asyncio
import re
from bisect import insort
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dnsrace.errors import Place, UsageError

NAME = re.compile(r"[A-Za-z_][\w.-]*")
COPIES = "copies"
"""The actor that second deliveries belong to: a duplicated call outlives its caller."""


@dataclass(frozen=True)
class Actors:
    """A program, ready to run: it is made anew for every run.

    Parameters
    ----------
    functions: by name, the async function of each actor; calling it again is a restart.
    invariants: called at the start and after each completed call. One is broken when it raises
        AssertionError or returns False.
    until: the run is over as soon as this is true; without it, when all actors are finished.
    crashed: is told the name of an actor that crashed.
    again: a command that replays a schedule, with `{token}` where it stands; for reports.

    Raises UsageError for a name that a token could not hold.
    """

    functions: Mapping[str, Callable[[], Awaitable[object]]]
    invariants: Sequence[Callable[[], object]] = ()
    until: Callable[[], bool] | None = None
    crashed: Callable[[str], None] | None = None
    again: str = ""

    def __post_init__(self) -> None:
        if not self.functions:
            raise UsageError("there is no actor", cure="give async functions, by name")
        for name in self.functions:
            if not NAME.fullmatch(name) or name == COPIES:
                raise UsageError(
                    f"{name!r} cannot be the name of an actor",
                    cure=f"a letter, then letters, digits, `_`, `.` and `-`; not {COPIES!r}",
                )


@dataclass(eq=False, slots=True)
class Process:
    """An actor at work. After a crash a new one with the same name takes its place."""

    name: str
    calls: list[Call] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    task: asyncio.Task[Any] | None = None
    dead: bool = False


@dataclass(eq=False, slots=True)
class Call:
    """Something outstanding, which the scheduler may complete next: an option of a choice."""

    process: Process
    name: str
    number: int
    """Calls are numbered in the order in which they were made."""
    chosen: asyncio.Future[str | None] | None = None
    place: Place | None = None
    fault: str | None = None
    action: Callable[[], object] | None = None
    """What is done when it is chosen, for a call without a future."""

    @property
    def actor(self) -> str:
        """The name of the process."""
        return self.process.name


@dataclass(eq=False, slots=True)
class Timer(Call):
    """A delay. It may last longer than it should, but of one actor's the earliest ends first."""

    due: float = 0.0
    handle: asyncio.Handle | None = None
    _cancelled: bool = False

    def cancel(self) -> None:
        """Take the timer back, as asyncio's handles are."""
        self._cancelled = True
        if self in self.process.timers:
            self.process.timers.remove(self)
        if self.handle is not None:
            self.handle.cancel()

    def cancelled(self) -> bool:
        """Whether it was taken back."""
        return self._cancelled

    def when(self) -> float:
        """The virtual time at which it is due, in seconds."""
        return self.due

    def set(self) -> None:
        """Put it among the timers of its process."""
        insort(self.process.timers, self, key=lambda t: (t.due, t.number))


class Step(NamedTuple):
    """A call that was completed, as it stands in the timeline."""

    actor: str
    name: str
    nth: int
    """Among the actor's outstanding calls of this name, counted from 1."""
    alone: bool
    """Whether it was the only outstanding call of its actor."""
    fault: str | None
    time: float
    """Virtual seconds since the start."""
    place: Place | None
    """Where the call is made; only kept when asked for."""


class Note(NamedTuple):
    """What the code said of a completed call."""

    step: int
    """How many calls were completed, this one included; 0 before the first."""
    actor: str
    text: str
    values: dict[str, Any]
