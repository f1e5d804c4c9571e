"""From a violation that a hunt met to a short one.

A walk that breaks a property is full of steps that do not matter. The shrinker tries shorter
schedules, and keeps what still breaks it (after Zeller and Hildebrandt, "Simplifying and isolating
failure-inducing input", IEEE TSE 28(2), 2002, with passes that know about processes):

- go straight on where the walk came back to the same state;
- drop blocks, steps of one process in a row, and pairs of steps;
- let one process do what another did;
- move a step next to others of its process, alone or with one of the changes above.

An entry is a wish. One that cannot be fulfilled is skipped; or, tried as well, its process takes
the first step that it can. What really happened is what is shrunk further. The result need not be a
shortest one; `certify` finds out.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.engines.space import DEADLOCK
from dnsrace.engines.walks import Course
from dnsrace.engines.ways import Successor, Ways, Wish
from dnsrace.findings.replay import confirm
from dnsrace.findings.trace import Trace
from dnsrace.findings.verdicts import Finding

Wishes = tuple[Wish, ...]

MOST_RUNS = 20_000
"""Schedules that are tried at most: about a second for the flagship."""
LONGEST = 5.0
"""Seconds after which no more are tried, where the steps of a model take long."""
LONGEST_ROW = 8
PAIRS = 60
"""Two changes at once are made to schedules of so many steps at most."""


def shrink(course: Course, trace: Trace, goal: str) -> Trace:
    """A trace that hits the same goal at its end, and has no more steps than this one.

    Parameters
    ----------
    goal: a property that is violated at the end of the trace, or `deadlock`.
    """
    return confirm(_Shrinker(course, goal, trace).best())


@dataclass(frozen=True)
class Certificate:
    """What an exhaustive search says of a violation's length.

    Parameters
    ----------
    finding: the same as `dnsrace explore` gives, if the search came far enough.
    checked: the greatest depth at which there is certainly no violation.
    """

    finding: Finding | None
    checked: int


def certify(course: Course, goal: str, length: int, request: Request) -> Certificate:
    """Search for a violation of up to `length` steps, exhaustively, within the request's limits."""
    names = () if goal == DEADLOCK else (goal,)
    # that a state has no successors is known one level later than what is true of it
    beyond = 1 if goal == DEADLOCK else 0
    asked = replace(
        request, names=names, deadlock=goal == DEADLOCK, keep_going=False, shallow=True,
        limits=replace(request.limits, depth=length + beyond), listener=None, began=None,
    )  # fmt: skip
    exploration = explore(course.system, asked)
    finding = exploration.finding(goal)
    if finding is not None and finding.trace is not None:
        return Certificate(finding, len(finding.trace.steps) - 1)
    return Certificate(None, exploration.checked - beyond)


class _Shrinker:
    def __init__(self, course: Course, goal: str, trace: Trace) -> None:
        self.course = course
        self.system = course.system
        self.goal = goal
        self.ways = Ways(course, goal)
        self.first = self.ways.packed(trace.initial)
        self.runs = 0
        self.end = time.perf_counter() + LONGEST
        self.seen: set[Wishes] = set()
        self.wishes = self._run(self._of_trace(trace)) or ()

    def _of_trace(self, trace: Trace) -> Wishes:
        states = [self.ways.packed(state) for state in trace.states]
        return tuple(
            self.ways.between(before, taken, after)
            for before, taken, after in zip(states, trace.steps, states[1:], strict=False)
        )

    def best(self) -> Trace:
        """Shrink until nothing helps."""
        single = (self._loops, _blocks, _rows, _others, _pairs, _moves)
        while any(self._improve(candidates) for candidates in (*single, _two_at_once)):
            pass
        self._rename()
        return self._trace()

    def _improve(self, candidates: Callable[[Wishes], Iterator[Wishes]]) -> bool:
        """Take what is better among the candidates, and begin them again, until none is."""
        found = False
        while any(self._accept(candidate) for candidate in candidates(self.wishes)):
            found = True
        return found

    def _accept(self, candidate: Wishes) -> bool:
        if candidate in self.seen or self.runs >= MOST_RUNS or time.perf_counter() > self.end:
            return False
        self.seen.add(candidate)
        for exactly in (False, True):
            self.runs += 1
            done = self._run(candidate, exactly)
            if done is not None and _cost(done) < _cost(self.wishes):
                self.wishes = done
                return True
        return False

    def _run(self, wishes: Wishes, exactly: bool = False) -> Wishes | None:
        """What happens, up to the goal; None when that is not met. `exactly`: a wish that cannot be
        fulfilled is skipped, even if its process could do something else."""
        state, done = self.first, []
        if self.ways.hit(state):
            return ()
        for wish in wishes:
            successor = self._next(state, wish, exactly)
            if successor is None:
                continue
            taken, state, broken = successor
            done.append(taken)
            if broken or self.ways.hit(state):
                return tuple(done)
        return None

    def _next(self, state: Any, wish: Wish, exactly: bool) -> Successor | None:
        mine = [s for s in self.ways.of(state) if s[0][0] == wish[0]]
        other = mine[0] if mine and not exactly else None
        return next((s for s in mine if s[0] == wish), other)

    def _loops(self, now: Wishes) -> Iterator[Wishes]:
        """Straight on where the same state comes again."""
        states = [self.first]
        for wish in now:
            states.append(self.ways.after(states[-1], wish))
        last = {state: i for i, state in enumerate(states)}
        for i, state in enumerate(states):
            if last[state] > i:
                yield now[:i] + now[last[state] :]

    def _rename(self) -> None:
        """Of interchangeable processes, let those that act first be first in the order."""
        acting = list(dict.fromkeys(w[0] for w in self.wishes))
        for names in self.ways.interchangeable():
            mine = [who for who in acting if who in names]
            order = mine + [who for who in names if who not in mine]
            new = dict(zip(order, names, strict=True))
            done = self._run(tuple((new.get(w[0], w[0]), *w[1:]) for w in self.wishes))
            if done is not None and _cost(done) <= _cost(self.wishes):
                self.wishes = done

    def _trace(self) -> Trace:
        state, steps = self.first, []
        for wish in self.wishes:
            steps.append(self.ways.taken(state, wish))
            state = self.ways.after(state, wish)
        return Trace(self.system, self.ways.unpacked(self.first), tuple(steps))


def _cost(wishes: Wishes) -> tuple[int, int]:
    """Steps, and how often another process takes over."""
    return len(wishes), sum(a[0] != b[0] for a, b in itertools.pairwise(wishes))


# -- what is tried


def _blocks(now: Wishes) -> Iterator[Wishes]:
    """Without a block of steps, large ones first, from the end."""
    size = len(now) // 2
    while size:
        for end in range(len(now), size - 1, -max(1, size // 2)):
            yield now[: end - size] + now[end:]
        size //= 2


def _rows(now: Wishes) -> Iterator[Wishes]:
    """Without some steps of one process that it takes in a row."""
    for who in dict.fromkeys(w[0] for w in now):
        mine = [i for i, w in enumerate(now) if w[0] == who]
        for size in range(min(LONGEST_ROW, len(mine)), 0, -1):
            for low in range(len(mine) - size + 1):
                gone = set(mine[low : low + size])
                yield tuple(w for i, w in enumerate(now) if i not in gone)


def _others(now: Wishes) -> Iterator[Wishes]:
    """One process does what another did."""
    for one, other in itertools.permutations(dict.fromkeys(w[0] for w in now), 2):
        yield tuple((other, *w[1:]) if w[0] == one else w for w in now)


def _pairs(now: Wishes) -> Iterator[Wishes]:
    """Without any two steps."""
    if len(now) <= PAIRS:
        for i, j in itertools.combinations(range(len(now)), 2):
            yield now[:i] + now[i + 1 : j] + now[j + 1 :]


def _moves(now: Wishes) -> Iterator[Wishes]:
    """A step next to another one of its process."""
    for i, wish in enumerate(now):
        rest = now[:i] + now[i + 1 :]
        for j, other in enumerate(rest):
            if other[0] == wish[0]:
                yield (*rest[:j], wish, *rest[j:])
                yield (*rest[: j + 1], wish, *rest[j + 1 :])


def _two_at_once(now: Wishes) -> Iterator[Wishes]:
    """A step moved to the one before it of its process, and then something else as well: what
    came in between may have done the work of both."""
    if len(now) > PAIRS:
        return
    for i, wish in enumerate(now):
        earlier = [j for j in range(i) if now[j][0] == wish[0]]
        if earlier and earlier[-1] < i - 1:
            j = earlier[-1] + 1
            moved = (*now[:j], wish, *now[j:i], *now[i + 1 :])
            yield from _others(moved)
            yield from _rows(moved)
