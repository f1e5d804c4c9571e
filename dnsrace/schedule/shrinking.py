"""A shorter schedule with the same failure.

An actor that is not needed is left out first. Entries name actors, and one that is not possible is
skipped; so taking entries away never changes the meaning of the others. Blocks are taken away as in
delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE
TSE 28(2), 2002), then consecutive entries of one actor, then pairs; then entries are moved next to
others of their actor.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from itertools import combinations

from dnsrace.schedule.actors import Call
from dnsrace.schedule.choices import Choices, Given, walks
from dnsrace.schedule.running import Program, Run, faults_of, run
from dnsrace.schedule.token import Entry, Token, without_fault

Entries = tuple[Entry, ...]
WIDTHS = (2, 3, 4)
"""How many consecutive entries of one actor are taken away together."""
PAIRS_UP_TO = 40
"""Pairs are only tried of a schedule that is as short as this: their number is its square."""
WALKS = 60
"""Walks that look for the same failure without one of the actors."""
STARTS = 3
"""Schedules that are shortened, to keep the shortest: each may end in a dead end of its own."""


def shrink(program: Program, found: Run, *, most: int = 5_000) -> Run:
    """The shortest run that was found to fail as the given one does.

    First the same failure is looked for without one actor, then without another; a few schedules
    that are found so are shortened. The result is short, not proved shortest. A run that did not
    fail is returned as it is.

    Parameters
    ----------
    most: runs to try at most while a schedule is shortened.
    """
    if found.failure is None:
        return found
    absent: frozenset[str] = frozenset()
    begun = [found]
    for actor in sorted({step.actor for step in found.steps}):
        again = _without(program, found, absent | {actor})
        if again:
            absent, begun = absent | {actor}, again
    return min((_shorten(program, one, most) for one in begun), key=_size)


def _without(program: Program, found: Run, absent: frozenset[str]) -> list[Run]:
    """A few runs that fail alike, found by walks in which these actors never go."""
    assert found.failure is not None
    budget = faults_of(found.schedule)
    runs: list[Run] = []
    for walk in itertools.islice(walks(), WALKS):
        done = run(program, Absent(walk, absent), faults=budget, max_calls=2 * len(found.steps))
        if found.failure.is_like(done.failure):
            runs.append(done)
            if len(runs) == STARTS:
                break
    return runs


class Absent:
    """Choices of another source, in which some actors never go.

    Parameters
    ----------
    choices: the source.
    absent: names of actors.
    """

    def __init__(self, choices: Choices, absent: frozenset[str]) -> None:
        self._choices, self._absent = choices, absent

    def choose(self, options: Sequence[Call], last: str | None) -> Call | None:
        """One of the options of those who are there; None where there is none."""
        there = [call for call in options if call.process.name not in self._absent]
        return self._choices.choose(there, last) if there else None


def _shorten(program: Program, found: Run, most: int) -> Run:
    """Take every pass in turn, until none of them helps any more."""
    assert found.failure is not None
    best = found
    seen: set[Entries] = set()
    before = None
    while before is not best:
        before = best
        for smaller in PASSES:
            candidates, at = list(smaller(best.schedule.entries)), 0
            while at < len(candidates) and len(seen) < most:
                entries = candidates[at]
                at += 1
                if entries in seen:
                    continue
                seen.add(entries)
                done = _attempt(program, entries)
                if found.failure.is_like(done.failure) and _size(done) < _size(best):
                    best = done
                    # go on where it was: what was tried before is not likely to help now
                    candidates, at = list(smaller(best.schedule.entries)), at - 1
    return best


def _attempt(program: Program, entries: Entries) -> Run:
    choices = Given(entries, strict=False, go_on=False)
    faults = faults_of(Token(entries))
    return run(program, choices, faults=faults, max_calls=len(entries) + 1)


def _size(done: Run) -> tuple[int, int, int]:
    faults = sum(step.fault is not None for step in done.steps)
    return faults, len(done.steps), done.hand_overs


def _without_faults(entries: Entries) -> Iterator[Entries]:
    for at, entry in enumerate(entries):
        if entry.fault:
            yield entries[:at] + entries[at + 1 :]
            yield (*entries[:at], without_fault(entry), *entries[at + 1 :])


def _without_blocks(entries: Entries) -> Iterator[Entries]:
    width = len(entries) // 2
    while width:
        for at in range(0, len(entries), width):
            yield entries[:at] + entries[at + width :]
        width //= 2


def _without_pairs(entries: Entries) -> Iterator[Entries]:
    if len(entries) <= PAIRS_UP_TO:
        for a, b in combinations(range(len(entries)), 2):
            yield entries[:a] + entries[a + 1 : b] + entries[b + 1 :]


def _without_consecutive(entries: Entries) -> Iterator[Entries]:
    """Without some consecutive entries of one actor, whoever goes in between."""
    for actor in dict.fromkeys(entry.actor for entry in entries):
        own = [at for at, entry in enumerate(entries) if entry.actor == actor]
        for width in WIDTHS:
            for first in range(len(own) - width + 1):
                gone = set(own[first : first + width])
                yield tuple(entry for at, entry in enumerate(entries) if at not in gone)


def _moved(entries: Entries) -> Iterator[Entries]:
    """With a block of one actor's entries moved to another block of the same actor."""
    blocks: list[Entries] = []
    for entry in entries:
        if blocks and blocks[-1][0].actor == entry.actor:
            blocks[-1] = (*blocks[-1], entry)
        else:
            blocks.append((entry,))
    for a, b in combinations(range(len(blocks)), 2):
        if blocks[a][0].actor == blocks[b][0].actor:
            joined = blocks[a] + blocks[b]
            between = blocks[a + 1 : b]
            for middle in ([joined, *between], [*between, joined]):
                order = [*blocks[:a], *middle, *blocks[b + 1 :]]
                yield tuple(entry for block in order for entry in block)


PASSES = (_without_faults, _without_blocks, _without_consecutive, _without_pairs, _moved)
"""Ways to a smaller schedule, those that save most first."""
