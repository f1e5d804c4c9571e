"""Is a run the same when it is made again? If not, it proves nothing and no token can replay it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence

from dnsrace.errors import Place, ScheduleError, TokenError, UsageError
from dnsrace.schedule.actors import Note, Step
from dnsrace.schedule.choices import Choices, Given
from dnsrace.schedule.failure import Failure
from dnsrace.schedule.faults import Faults
from dnsrace.schedule.running import MAX_CALLS, Program, Run, faults_of, name_of, run
from dnsrace.schedule.token import Token

CURE = (
    "look there for a clock, random numbers, the order of a set, id() or hash(), and for state "
    "that outlives a run; make the program depend on its parameters only"
)
_CHILD = (
    "import pickle, sys; from dnsrace.schedule import determinism; "
    "sys.stdout.buffer.write(pickle.dumps(determinism.again(*pickle.load(sys.stdin.buffer))))"
)


def check_determinism(
    program: Program,
    choices: Choices | None = None,
    *,
    faults: Faults | None = None,
    max_calls: int = MAX_CALLS,
    hash_seeds: Sequence[int] = (),
) -> Run:
    """Run a program twice by the same schedule; the first run is returned if both are the same.

    Parameters
    ----------
    hash_seeds: run it again in other processes too, with these values of PYTHONHASHSEED: the order
        of a set of strings is the same within one process. The program must be a function of a
        module, or a functools.partial of one.

    Raises ScheduleError with the line of the first call that differs.
    """
    first = run(program, choices, faults=faults, max_calls=max_calls, places=True)
    schedule = first.schedule
    _compare(first, *again(program, schedule, first.outcome))
    for seed in hash_seeds:
        _compare(first, *_elsewhere(program, schedule, first.outcome, seed))
    return first


def again(
    program: Program, schedule: Token, outcome: str
) -> tuple[tuple[Step, ...], tuple[Note, ...], str]:
    """The steps and notes of a second run by the schedule, and how it ended."""
    choices = Given(schedule.entries, strict=True, go_on=False)
    size = len(schedule.entries)
    try:
        cut = size if outcome == "cut" else size + 1
        done = run(program, choices, faults=faults_of(schedule), max_calls=cut, places=True)
    except TokenError:  # the entry that does not fit is the difference: run up to it
        choices = Given(schedule.entries, strict=False, go_on=False)
        done = run(program, choices, faults=faults_of(schedule), max_calls=size + 1, places=True)
    return done.steps, done.notes, _ending(done.outcome, done.failure)


def _compare(first: Run, steps: tuple[Step, ...], notes: tuple[Note, ...], ending: str) -> None:
    for number, (a, b) in enumerate(zip(first.steps, steps, strict=False), 1):
        said = [_texts(first.notes, number), _texts(notes, number)]
        if a != b or said[0] != said[1]:
            raise ScheduleError(
                f"{first.program} is not the same when it is run again: call {number} was "
                f"{_words(a, said[0])}, and then {_words(b, said[1])}",
                place=b.place or a.place,
                cure=CURE,
            )
    if len(first.steps) != len(steps) or _ending(first.outcome, first.failure) != ending:
        shorter = min(first.steps, steps, key=len)
        last: Place | None = shorter[-1].place if shorter else None
        raise ScheduleError(
            f"{first.program} is not the same when it is run again: it ended with "
            f"{_ending(first.outcome, first.failure)} after {len(first.steps)} calls, and then "
            f"with {ending} after {len(steps)}",
            place=last,
            cure=CURE,
        )


def _elsewhere(
    program: Program, schedule: Token, outcome: str, seed: int
) -> tuple[tuple[Step, ...], tuple[Note, ...], str]:
    try:
        given = pickle.dumps((program, schedule, outcome))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise UsageError(
            f"{name_of(program)} cannot be sent to another process: {error}",
            cure="make it a function of a module, or a functools.partial of one",
        ) from error
    environment = {
        **os.environ,
        "PYTHONHASHSEED": str(seed),
        "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", _CHILD], input=given, capture_output=True, env=environment,
        check=False,
    )  # fmt: skip
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ScheduleError(
            f"{name_of(program)} fails in another process: {''.join(reason)}",
            cure="the program must be importable there, and depend on its parameters only",
        )
    found: tuple[tuple[Step, ...], tuple[Note, ...], str] = pickle.loads(done.stdout)
    return found


def _texts(notes: Sequence[Note], number: int) -> list[str]:
    return [note.text for note in notes if note.step == number]


def _words(step: Step, said: Sequence[str]) -> str:
    fault = f" !{step.fault}" if step.fault else ""
    where = f" at {step.place}" if step.place else ""
    text = f" ({'; '.join(said)})" if said else ""
    return f"{step.actor}'s {step.name}{fault}{where} at {step.time:g} s{text}"


def _ending(outcome: str, failure: Failure | None) -> str:
    return failure.sentence if failure is not None else outcome
