"""Many runs of a program, until one fails: hunting, and exhausting."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dnsrace.errors import ScheduleError, UsageError
from dnsrace.schedule.choices import Choices, walks
from dnsrace.schedule.determinism import CURE, check_determinism
from dnsrace.schedule.exhaustive import Exhaustive
from dnsrace.schedule.faults import Faults
from dnsrace.schedule.running import MAX_CALLS, UNFINISHED, Program, Run, name_of, replay, run
from dnsrace.schedule.shrinking import shrink as shrink_run
from dnsrace.schedule.uncontrolled import watched


@dataclass(frozen=True)
class Hunt:
    """What many runs found.

    Parameters
    ----------
    program: its name.
    schedules: runs that were made, the failing one included.
    cut: how many of them did not end.
    calls: completed calls in all of them.
    seconds: how long it took, shrinking included.
    found: the run that failed, or None.
    shortest: that run, shrunk.
    how: where the schedules came from, in words.
    finished: every schedule that the source has was run.
    everything: these are all schedules that there are.
    exhaustive: the question was whether any schedule within a bound fails.
    """

    program: str
    schedules: int
    cut: int
    calls: int
    seconds: float
    found: Run | None
    shortest: Run | None
    how: str
    finished: bool = False
    everything: bool = False
    exhaustive: bool = False

    def __str__(self) -> str:
        if self.shortest is None or self.found is None:
            return f"{self.program}: {self._nothing()}"
        before, after = len(self.found.steps), len(self.shortest.steps)
        shrunk = f", shrunk from {before} calls to {after}" if after < before else ""
        return f"{self.shortest}\n\nFound in schedule {self.schedules:,} ({self.how}){shrunk}."

    def _nothing(self) -> str:
        cut = (
            f" {self.cut:,} of them were cut before their end: these are not passes."
            if self.cut
            else ""
        )
        if self.finished and not self.cut:
            kind = "there are no others" if self.everything else "nothing is known of others"
            return f"nothing failed in any of the {self.schedules:,} schedules {self.how}; {kind}"
        return (
            f"nothing failed in {self.schedules:,} schedules ({self.how}).{cut} "
            "This is no proof: other schedules may fail"
        )

    def check(self) -> Hunt:
        """Raise the failure, with the shortest timeline and the token as its note.

        Raises also AssertionError when runs were cut, when there were none, and when an exhaustive
        search did not finish.
        """
        if self.shortest is not None:
            self.shortest.check()
        if self.cut or not self.schedules or (self.exhaustive and not self.finished):
            raise AssertionError(
                f"{self}\n  cure: give a larger max_calls, `until` for services that never end, or "
                "more schedules"
            )
        return self


def hunt(
    program: Program,
    source: Iterable[Choices] | None = None,
    *,
    seed: int = 0,
    schedules: int = 1_000,
    seconds: float | None = None,
    faults: Faults | None = None,
    max_calls: int = MAX_CALLS,
    shrink: bool = True,
    how: str = "",
) -> Hunt:
    """Run a program by many schedules, until one fails.

    The first schedule is run twice, and a failure is replayed: a program that does not do the same
    again is refused.

    Parameters
    ----------
    source: sources of choices, one for each run; by default walks with pauses.
    seed: of the walks.
    schedules: the most runs.
    seconds: no new run is begun after so many.
    faults, max_calls: as in `run`.
    shrink: whether to look for a shorter schedule with the same failure.
    how: the source in words.

    Raises ScheduleError for what cannot be controlled, UsageError for less than one schedule.
    """
    if schedules < 1:
        raise UsageError(f"schedules={schedules}: nothing would be run", cure="1 or more")
    begin = time.perf_counter()
    words = how or (f"walks with pauses, seed {seed}" if source is None else "by the given choices")
    made = cut = calls = 0
    finished = True
    found = shortest = None
    check_determinism(program, faults=faults, max_calls=max_calls)
    with watched():
        for choices in source if source is not None else walks(seed):
            late = seconds is not None and time.perf_counter() - begin > seconds
            if made == schedules or late:
                finished = False
                break
            done = run(program, choices, faults=faults, max_calls=max_calls)
            made += 1
            calls += len(done.steps)
            cut += done.outcome in UNFINISHED
            if done.failure is not None:
                found, finished = done, False
                break
        if found is not None:
            _confirm(program, found)
            shortest = shrink_run(program, found) if shrink else found
    return Hunt(
        name_of(program), made, cut, calls, time.perf_counter() - begin, found, shortest, words,
        finished,
    )  # fmt: skip


def exhaust(
    program: Program,
    hand_overs: int = 2,
    *,
    schedules: int = 100_000,
    seconds: float | None = None,
    faults: Faults | None = None,
    max_calls: int = MAX_CALLS,
) -> Hunt:
    """Run every schedule with at most so many hand-overs, those with fewest first.

    Parameters and errors are those of `hunt`. A failure is shown as it was found: no schedule with
    fewer hand-overs fails, unless one was cut.
    """
    source = Exhaustive(hand_overs)
    plural = "hand-over" if hand_overs == 1 else "hand-overs"
    done = hunt(
        program, source, schedules=schedules, seconds=seconds, faults=faults, max_calls=max_calls,
        shrink=False, how=f"with at most {hand_overs} {plural}",
    )  # fmt: skip
    return replace(done, everything=source.everything, exhaustive=True)


def _confirm(program: Program, found: Run) -> None:
    """Raises ScheduleError when a failing run does not fail again."""
    assert found.failure is not None
    done = replay(program, found.schedule)
    if not found.failure.is_like(done.failure):
        after = done.failure.sentence if done.failure else done.outcome
        raise ScheduleError(
            f"{found.program} failed ({found.failure.sentence}), and by the same schedule did "
            f"not fail so again ({after})",
            place=found.failure.place,
            cure=CURE,
        )
