"""Sources of choices: which outstanding call completes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Protocol

from dnsrace.errors import TokenError, UsageError
from dnsrace.schedule.actors import Call, Timer
from dnsrace.schedule.token import Entry, fits

PAUSES = (0.0, 0.25, 0.5, 0.75)
"""How likely a pause is, one of these for each walk: some races need one actor far behind."""
RELEASE_RATE = 0.05
"""How likely it is at each choice of a walk that something paused is released."""
FAULT_RATE = 0.1
"""How likely a fault is at each choice of a walk, while one is left."""


class Choices(Protocol):
    """Decides one run."""

    def choose(self, options: Sequence[Call], last: str | None) -> Call | None:
        """One of the options, of which there is at least one; None stops the run.

        Parameters
        ----------
        options: what is outstanding, then the faults that may happen.
        last: whose call was completed before.
        """


class Walk:
    """A random walk with pauses.

    Each pair of an actor and a kind of call is paused with a probability that the walk draws first,
    decided when the pair is first seen. What is paused stays behind while anything else can go, and
    is released for good now and then: code that polls can always go. Delays are not paused.

    Parameters
    ----------
    seed: the same seed gives the same choices.
    pauses: the probabilities to draw from; `(0.0,)` makes it the uniform walk.

    Raises UsageError when there are none, or one is no probability.
    """

    def __init__(self, seed: int, pauses: Sequence[float] = PAUSES) -> None:
        if not pauses or not all(0 <= pause <= 1 for pause in pauses):
            raise UsageError(f"pauses={pauses!r} are no probabilities", cure="such as (0.0, 0.5)")
        self._random = Random(seed).random
        self._pause = pauses[int(self._random() * len(pauses))]
        self._paused: dict[tuple[str, str], bool] = {}

    def choose(self, options: Sequence[Call], last: str | None) -> Call:
        """A fault now and then; else one of the calls that are not paused."""
        calls = options
        if options[-1].fault:
            calls = [call for call in options if not call.fault]
            if self._random() < FAULT_RATE:
                return self._one_of(options[len(calls) :])
        if not self._pause or len(calls) == 1:
            return self._one_of(calls)
        free = [call for call in calls if not self._is_paused(call)]
        if free and (len(free) == len(calls) or self._random() >= RELEASE_RATE):
            return self._one_of(free)
        call = self._one_of([call for call in calls if self._is_paused(call)])
        self._paused[call.process.name, call.name] = False
        return call

    def _one_of(self, options: Sequence[Call]) -> Call:
        return options[int(self._random() * len(options))]

    def _is_paused(self, call: Call) -> bool:
        if isinstance(call, Timer):
            return False
        pair = (call.process.name, call.name)
        paused = self._paused.get(pair)
        if paused is None:
            paused = self._paused[pair] = self._random() < self._pause
        return paused


def walks(seed: int = 0, pauses: Sequence[float] = PAUSES) -> Iterator[Walk]:
    """Walks without end, each by a seed of its own."""
    seeds = Random(seed)
    while True:
        yield Walk(seeds.getrandbits(64), pauses)


class DrawnChoices:
    """Choices that are drawn by somebody else, such as Hypothesis.

    Parameters
    ----------
    draw: `draw(n)` is a number from 0 to n - 1. 0 stands for going on with the same actor, so that
        what shrinks towards 0 has fewer hand-overs.

    `choose` raises UsageError for another number.
    """

    def __init__(self, draw: Callable[[int], int]) -> None:
        self._draw = draw

    def choose(self, options: Sequence[Call], last: str | None) -> Call:
        """The option of the number that is drawn."""
        ordered = in_order(options, last)
        if len(ordered) == 1:
            return ordered[0]
        drawn = self._draw(len(ordered))
        if not 0 <= drawn < len(ordered):
            raise UsageError(
                f"draw({len(ordered)}) gave {drawn}", cure=f"a number from 0 to {len(ordered) - 1}"
            )
        return ordered[drawn]


class Given:
    """A given schedule, entry by entry.

    Parameters
    ----------
    entries: what is to be completed, in order.
    strict: refuse an entry that is not possible where it stands; otherwise it is skipped, so that
        taking away an entry does not change the meaning of the others.
    go_on: after the last entry, complete the oldest call each time; otherwise stop.

    `choose` raises TokenError.
    """

    def __init__(self, entries: Sequence[Entry], *, strict: bool, go_on: bool) -> None:
        self._entries = list(entries)
        self._strict, self._go_on = strict, go_on
        self._next = 0

    def choose(self, options: Sequence[Call], last: str | None) -> Call | None:
        """The option that the next entry names."""
        while self._next < len(self._entries):
            entry = self._entries[self._next]
            self._next += 1
            found = fits(entry, options)
            if found is not None:
                return found
            if self._strict:
                possible = ", ".join(dict.fromkeys(f"{c.actor}/{c.name}" for c in options))
                raise TokenError(
                    f"entry {self._next} of the schedule, {entry}, is not possible there: "
                    f"outstanding are {possible}",
                    cure="the program, or its parameters, are not those that the token was made "
                    "with; hunt again",
                )
        if not self._go_on:
            return None
        return min((c for c in options if not c.fault), key=lambda c: c.number)


def in_order(options: Sequence[Call], last: str | None) -> list[Call]:
    """The options in order of preference: the same actor, the others, delays, faults."""

    def rank(call: Call) -> int:
        if call.fault:
            return 3
        if isinstance(call, Timer):
            return 2
        return int(call.process.name != last)

    return sorted(options, key=rank)
