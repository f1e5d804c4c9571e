"""One run of a program: how it ended, what happened, and how to see it again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dnsrace.errors import TokenError, UsageError
from dnsrace.schedule.actors import Actors, Note, Step
from dnsrace.schedule.choices import Choices, Given, Walk
from dnsrace.schedule.controller import Controller
from dnsrace.schedule.failure import Failure
from dnsrace.schedule.faults import Faults
from dnsrace.schedule.report import report
from dnsrace.schedule.token import Token, digest_of, of_steps, read
from dnsrace.schedule.uncontrolled import watched

Program = Callable[[], Actors]
"""A function that makes the program anew, with all of its state."""

MAX_CALLS = 1_000
"""A run is cut after so many completed calls, unless it is told otherwise."""

UNFINISHED = ("cut", "stopped")
"""Outcomes of runs that did not come to their end."""


@dataclass(frozen=True)
class Run:
    """What happened.

    Parameters
    ----------
    program: its name.
    outcome: `passed`: the program came to its end, and nothing was wrong. `failed`. `cut`: it did
        not end within the calls allowed. `stopped`: the choices ended first. These are no passes.
    failure: why it failed, or None.
    steps: the completed calls.
    notes: what the code said in between.
    again: how to replay a schedule, with `{token}` where it stands.
    """

    program: str
    outcome: str
    failure: Failure | None
    steps: tuple[Step, ...]
    notes: tuple[Note, ...]
    again: str

    @property
    def token(self) -> str:
        """One line that replays the run exactly."""
        return str(self.schedule)

    @property
    def schedule(self) -> Token:
        """The schedule that was run."""
        return of_steps(self.steps)

    @property
    def hand_overs(self) -> int:
        """How often another actor goes on."""
        return sum(a.actor != b.actor for a, b in zip(self.steps, self.steps[1:], strict=False))

    def values(self, key: str) -> list[Any]:
        """The values that notes carry under a key, in order: a log of events, say."""
        return [note.values[key] for note in self.notes if key in note.values]

    def __str__(self) -> str:
        again = self.again.replace("{token}", self.token)
        return report(self.program, self.outcome, self.failure, self.steps, self.notes, again)

    def check(self) -> Run:
        """Raise the failure, with the timeline and the token as its note; else return the run.

        Raises also AssertionError for a run that was cut or stopped: it is not a pass.
        """
        if self.outcome in UNFINISHED:
            raise AssertionError(str(self))
        if self.failure is not None:
            error = self.failure.error
            note = str(self)
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)
            raise error
        return self


def run(
    program: Program,
    choices: Choices | None = None,
    *,
    faults: Faults | None = None,
    max_calls: int = MAX_CALLS,
    places: bool = False,
) -> Run:
    """Run a program once, under a source of choices.

    Parameters
    ----------
    program: makes the program anew.
    choices: which outstanding call completes next; by default a walk with the seed 0.
    faults: how many of each kind may be chosen; by default none.
    max_calls: completed calls after which the run is cut.
    places: keep the line of each call.

    Raises ScheduleError for what cannot be controlled, with the line; TokenError when a strict
    schedule does not fit; UsageError inside of a running event loop.
    """
    if asyncio._get_running_loop() is not None:
        raise UsageError(
            "a program is run inside of a running event loop",
            cure="call it from an ordinary function, not from `async def`",
        )
    with watched():
        actors = program()
        if not isinstance(actors, Actors):
            raise UsageError(
                f"{name_of(program)}() gives {type(actors).__name__}, not Actors",
                cure="return schedule.Actors({'name': async_function, ...})",
            )
        source = choices if choices is not None else Walk(0)
        # asyncio declares more methods; loop.py refuses them, each by its name
        controller = Controller(  # type: ignore[abstract]
            actors, source, faults or Faults(), max_calls, places
        )
        outcome, failure = controller.run()
    name = name_of(program)
    again = actors.again or f"schedule.replay({name}, '{{token}}')"
    return Run(name, outcome, failure, tuple(controller.steps), tuple(controller.notes), again)


def replay(
    program: Program, token: str | Token, *, max_calls: int = MAX_CALLS, places: bool = False
) -> Run:
    """Run a program by a token; what the token leaves open goes on with the oldest call.

    Raises TokenError when it cannot be read, or was made by another program.
    """
    given = read(token) if isinstance(token, str) else token
    strict = given.digest is not None
    choices = Given(given.entries, strict=strict, go_on=True)
    budget = faults_of(given)
    cut = max(max_calls, len(given.entries))
    done = run(program, choices, faults=budget, max_calls=cut, places=places)
    if strict:
        if len(done.steps) < len(given.entries):
            raise TokenError(
                f"the run ended after {len(done.steps)} of the token's {len(given.entries)} calls",
                cure="the program has changed since; hunt again",
            )
        if digest_of(done.steps[: len(given.entries)]) != given.digest:
            raise TokenError(
                "the token was made by a program that makes other calls",
                cure="the program, or its parameters, have changed since; hunt again",
            )
    return done


def faults_of(token: Token) -> Faults:
    """The faults that a schedule contains."""
    kinds = [entry.fault for entry in token.entries]
    return Faults(kinds.count("crash"), kinds.count("timeout"), kinds.count("duplicate"))


def name_of(program: Any) -> str:
    """What a program is called in reports."""
    function = getattr(program, "func", program)
    return str(getattr(function, "__qualname__", repr(program)))
