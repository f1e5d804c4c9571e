"""The hunt: random walks until what is asked about is violated, or until a limit.

Python walks first; if that finds nothing, machine code goes on, in a thread for each processor. The
walks are the same, so a hunt with the same seed meets the same violations first, whatever runs it.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Literal

from dnsrace.engines.caught import Caught
from dnsrace.engines.compilable import refuse_many_starts, refuse_too_much, refuse_wide_numbers
from dnsrace.engines.request import CHECKED, Request
from dnsrace.engines.space import DEADLOCK
from dnsrace.engines.walks import LENGTH, PAUSES, Course, Failure, Walker
from dnsrace.errors import UsageError
from dnsrace.findings.hunted import (
    Hunt,
    HuntListener,
    HuntProgress,
    Tally,
    never_reached,
    steps_taken,
)
from dnsrace.model.system import Property, System

HuntEngine = Literal["auto", "numba", "python"]
HUNT_ENGINES: tuple[HuntEngine, ...] = ("auto", "numba", "python")
PROFILES: dict[str, tuple[int | None, float]] = {
    "quick": (100_000, 10.0),
    "ci": (5_000_000, 60.0),
    "hunt": (None, 8 * 3600.0),
}
"""Walks and seconds at which a hunt ends at the latest, by the name of the profile."""
PATIENCE = 400
"""Walks after which `auto` goes over to machine code: about as long as the compiler takes."""
TURN = 0.1
"""Seconds of walking between two looks at the clock, about."""


@dataclass
class HuntRequest:
    """What is asked of a hunt.

    Parameters
    ----------
    names: properties to hunt for; none means all that walks can violate.
    deadlock: hunt for deadlocks too.
    seed: 0 to 2^63 - 1; the same seed gives the same walks.
    walks, seconds: where the hunt ends; None: no limit.
    length: steps at which a walk is cut.
    pauses: shares of paused actions to draw from; 1 for uniform walks.
    keep_going: go on to the limit when everything was found, for the numbers.
    cores: threads of machine code.
    interrupted: asked from time to time; True ends the hunt.
    """

    names: tuple[str, ...] = ()
    deadlock: bool = False
    seed: int = 0
    walks: int | None = PROFILES["quick"][0]
    seconds: float | None = PROFILES["quick"][1]
    length: int = LENGTH
    pauses: int = PAUSES
    keep_going: bool = False
    engine: HuntEngine = "auto"
    cores: int = os.cpu_count() or 1
    listener: HuntListener | None = None
    interrupted: Callable[[], bool] = lambda: False

    def properties(self, system: System) -> tuple[Property, ...]:
        """The properties asked for. Raises UsageError."""
        return Request(names=self.names).properties(system)

    def goals(self, system: System) -> list[str]:
        """What is hunted for: what must never be violated, or is asked for by name."""
        found = [
            p.name
            for p in self.properties(system)
            if p.kind in ("always", "every_step") and (p.name in self.names or not p.informative)
        ]
        return found + [DEADLOCK] * self.deadlock

    def questions(self, system: System) -> list[str]:
        """The goals that end a hunt, all together: what the model exists to ask, or else all."""
        goals = self.goals(system)
        asked = {p.name for p in system.properties if p.question or p.name in self.names}
        return [g for g in goals if g in asked or g == DEADLOCK] or goals


def hunt(system: System, request: HuntRequest) -> Hunt:
    """Take walks until every question has a violation, or up to a limit.

    Raises UsageError, and DomainError when a value leaves its domain on the way.
    """
    if system.open:
        raise UsageError(
            f"a hunt needs the values of {', '.join(system.open)}", cure="lift it without `open`"
        )
    watched = tuple(p for p in system.properties if p.kind in CHECKED)
    refuse_many_starts(system)
    refuse_too_much(system, watched)
    course = Course(system, watched, request.length, request.pauses)
    return _Hunt(course, request).run()


@dataclass
class _Hunt:
    course: Course
    request: HuntRequest
    tally: Tally = field(default_factory=Tally)
    first: dict[str, Failure] = field(default_factory=dict)
    """Of each goal, the violation with the lowest number so far."""
    engine: str = "python"

    def __post_init__(self) -> None:
        self.goals = self.request.goals(self.course.system)
        self.questions = self.request.questions(self.course.system)
        self.began = time.perf_counter()
        self.next = 0

    def run(self) -> Hunt:
        """Python's walks, those of machine code, and what they found made short."""
        request = self.request
        if request.engine != "numba":
            self._python(PATIENCE if request.engine == "auto" else None)
        if request.engine != "python" and not self._stopped():
            self._compiled()
        stopped, seconds = self._stopped(), time.perf_counter() - self.began
        walker = Walker(self.course, request.seed, compiled=self.engine == "numba")
        caught = Caught(walker, self.tally, self.engine, request.interrupted)
        violated = {name: caught.violation(name, first) for name, first in self.first.items()}
        asked = request.properties(self.course.system)
        findings = [
            violated[p.name][0] if p.name in violated else caught.unviolated(p, self.goals)
            for p in asked
        ]
        if request.deadlock:
            known = violated.get(DEADLOCK)
            findings.append(known[0] if known else caught.without(DEADLOCK, "deadlock"))
        catches = {name: catch for name, (_, catch) in violated.items()}
        return Hunt(
            self.course.system, self.engine, request.seed,
            request.cores if self.engine == "numba" else 1,
            request.length, stopped, seconds, self.tally, findings, catches,
        )  # fmt: skip

    # -- walking

    def _stopped(self) -> str:
        """Why the hunt is over, in words, or an empty text."""
        request = self.request
        if request.interrupted():
            return "interrupted"
        if not request.keep_going and self.questions and not set(self.questions) - set(self.first):
            return "found"
        if request.walks is not None and self.next >= request.walks:
            return f"{request.walks:,} walks"
        if request.seconds is not None and time.perf_counter() - self.began >= request.seconds:
            return f"{request.seconds:g} s"
        return ""

    def _batch(self, size: int) -> tuple[int, int]:
        """The next walks to take: the first of them, and how many."""
        first, limit = self.next, self.request.walks
        count = size if limit is None else min(size, limit - first)
        self.next += count
        return first, count

    def _python(self, most: int | None) -> None:
        walker = Walker(self.course, self.request.seed)
        while not self._stopped() and (most is None or self.next < most):
            self._note(*self._take(walker, *self._batch(1)))

    def _take(self, walker: Walker, first: int, count: int) -> tuple[Tally, dict[str, Failure]]:
        """The walks of a batch, and its first violation of each goal that has none yet."""
        tally, found = walker.take(first, count), {}
        for goal in self.goals:
            met = tally.deadlocks if goal == DEADLOCK else tally.seen[goal]
            if met and goal not in self.first:
                failure = walker.find(first, count, goal)
                assert failure is not None, f"{met} of the walks meet {goal}"
                found[goal] = failure
        return tally, found

    def _note(self, tally: Tally, found: dict[str, Failure]) -> None:
        self.tally.add(tally)
        for goal, failure in found.items():
            if goal not in self.first or failure.number < self.first[goal].number:
                self.first[goal] = failure
        if self.request.listener is not None:
            seconds, system = time.perf_counter() - self.began, self.course.system
            idle = [n for n, times in steps_taken(system, self.tally).items() if not times]
            unseen = (*never_reached(system, self.tally), *idle)
            self.request.listener(
                HuntProgress(self.tally.walks, seconds, self.engine, tuple(self.first),
                             self.tally.lag, unseen)
            )  # fmt: skip

    def _compiled(self) -> None:
        cores = max(1, self.request.cores)
        try:
            refuse_wide_numbers(self.course.system)
            walkers = [Walker(self.course, self.request.seed, compiled=True) for _ in range(cores)]
        except (ImportError, UsageError) as error:
            if self.request.engine == "numba":
                raise UsageError(f"no machine code: {error}", cure="give --engine python") from None
            warnings.warn(f"{error}; going on in Python, which is much slower", stacklevel=2)
            self._python(None)
            return
        self.engine = "numba"
        with ThreadPoolExecutor(cores) as pool:
            for tally, found in self._batches(pool, walkers):
                self._note(tally, found)

    def _batches(
        self, pool: ThreadPoolExecutor, walkers: list[Walker]
    ) -> Iterator[tuple[Tally, dict[str, Failure]]]:
        """What batches of walks have met, as they end. The last ones are waited for: a walk with a
        lower number may be among them."""
        running: dict[Future[tuple[Tally, dict[str, Failure]]], tuple[Walker, float]] = {}
        size = 100
        while True:
            while walkers and not self._stopped():
                walker = walkers.pop()
                task = pool.submit(self._take, walker, *self._batch(size))
                running[task] = walker, time.perf_counter()
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                walker, began = running.pop(done)
                walkers.append(walker)
                quick = time.perf_counter() - began < TURN
                size = min(1 << 20, 2 * size) if quick else max(10, size // 2)
                yield done.result()
