"""From a violation that a hunt met to a short one.

A walk that breaks a property is full of steps that do not matter. The shrinker tries shorter
schedules, and keeps what still breaks it (after Zeller and Hildebrandt, "Simplifying and isolating
failure-inducing input", IEEE TSE 28(2), 2002, with passes that know about processes):

- go straight on where the walk came back to the same state;
- drop blocks, steps of one process in a row, and pairs of steps;
- let one process do what another did;
- move a step next to others of its process.

An entry is a wish: a process whose step is not possible takes its first one that is, and one that
cannot go is skipped. What really happened is what is shrunk further. The result need not be a
shortest one; `certify` finds out.
"""

from __future__ import annotations

import itertools
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
"""Schedules that are tried at most: about a second."""
LONGEST_ROW = 8
PAIRS = 60
"""Pairs are dropped from schedules of so many steps at most."""


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
    asked = replace(
        request, names=names, deadlock=goal == DEADLOCK, keep_going=False, shallow=True,
        limits=replace(request.limits, depth=length), listener=None, began=None,
    )  # fmt: skip
    exploration = explore(course.system, asked)
    finding = exploration.finding(goal)
    if finding is not None and finding.trace is not None:
        return Certificate(finding, len(finding.trace.steps) - 1)
    return Certificate(None, exploration.checked)


class _Shrinker:
    def __init__(self, course: Course, goal: str, trace: Trace) -> None:
        self.course = course
        self.system = course.system
        self.goal = goal
        self.ways = Ways(course, goal)
        self.first = self.ways.packed(trace.initial)
        self.runs = 0
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
        passes = (self._loops, self._blocks, self._rows, self._others, self._pairs, self._moves)
        better = True
        while better:
            better = False
            for candidates in passes:
                better |= self._improve(candidates)
        self._rename()
        return self._trace()

    def _improve(self, candidates: Callable[[], Iterator[Wishes]]) -> bool:
        """Take what is better among the candidates, and begin them again, until none is."""
        found, again = False, True
        while again:
            again = False
            for candidate in candidates():
                if self._accept(candidate):
                    found = again = True
                    break
        return found

    def _accept(self, candidate: Wishes) -> bool:
        if candidate in self.seen or self.runs >= MOST_RUNS:
            return False
        self.seen.add(candidate)
        self.runs += 1
        done = self._run(candidate)
        if done is None or _cost(done) >= _cost(self.wishes):
            return False
        self.wishes = done
        return True

    def _run(self, wishes: Wishes) -> Wishes | None:
        """What happens, up to the goal; None when that is not met."""
        state, done = self.first, []
        if self.ways.hit(state):
            return ()
        for wish in wishes:
            successor = self._next(state, wish)
            if successor is None:
                continue
            taken, state, broken = successor
            done.append(taken)
            if broken or self.ways.hit(state):
                return tuple(done)
        return None

    def _next(self, state: Any, wish: Wish) -> Successor | None:
        mine = [s for s in self.ways.of(state) if s[0][0] == wish[0]]
        return next((s for s in mine if s[0] == wish), mine[0] if mine else None)

    # -- what is tried

    def _loops(self) -> Iterator[Wishes]:
        states, state = [self.first], self.first
        for wish in self.wishes:
            state = self.ways.after(state, wish)
            states.append(state)
        last = {state: i for i, state in enumerate(states)}
        for i, state in enumerate(states):
            if last[state] > i:
                yield self.wishes[:i] + self.wishes[last[state] :]

    def _blocks(self) -> Iterator[Wishes]:
        now = self.wishes
        size = len(now) // 2
        while size:
            for end in range(len(now), size - 1, -max(1, size // 2)):
                yield now[: end - size] + now[end:]
            size //= 2

    def _rows(self) -> Iterator[Wishes]:
        now = self.wishes
        for who in dict.fromkeys(w[0] for w in now):
            mine = [i for i, w in enumerate(now) if w[0] == who]
            for size in range(min(LONGEST_ROW, len(mine)), 0, -1):
                for low in range(len(mine) - size + 1):
                    gone = set(mine[low : low + size])
                    yield tuple(w for i, w in enumerate(now) if i not in gone)

    def _others(self) -> Iterator[Wishes]:
        for one, other in itertools.permutations(dict.fromkeys(w[0] for w in self.wishes), 2):
            yield tuple((other, *w[1:]) if w[0] == one else w for w in self.wishes)

    def _pairs(self) -> Iterator[Wishes]:
        now = self.wishes
        if len(now) <= PAIRS:
            for i, j in itertools.combinations(range(len(now)), 2):
                yield now[:i] + now[i + 1 : j] + now[j + 1 :]

    def _moves(self) -> Iterator[Wishes]:
        now = self.wishes
        for i, wish in enumerate(now):
            rest = now[:i] + now[i + 1 :]
            for j, other in enumerate(rest):
                if other[0] == wish[0]:
                    yield (*rest[:j], wish, *rest[j:])
                    yield (*rest[: j + 1], wish, *rest[j + 1 :])

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
