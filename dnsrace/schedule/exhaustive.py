"""Every schedule with at most so many hand-overs, fewest first.

Iterative context bounding (Musuvathi and Qadeer, "Iterative Context Bounding for Systematic Testing
of Multithreaded Programs", PLDI 2007, algorithm 1), with prefixes of choices in place of states:
each schedule is run from the start. A hand-over is a choice of another actor although the last one
could have gone on. An actor that only sleeps cannot go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dnsrace.errors import UsageError
from dnsrace.schedule.actors import Call, Timer
from dnsrace.schedule.choices import in_order


class Exhaustive:
    """A source of sources: iterate over it, and finish each run before taking the next.

    Parameters
    ----------
    hand_overs: the most hand-overs of a schedule.

    Raises UsageError for a negative number.
    """

    def __init__(self, hand_overs: int) -> None:
        if hand_overs < 0:
            raise UsageError(f"{hand_overs} hand-overs are not possible", cure="0, 1, 2, ...")
        self.hand_overs = hand_overs
        self.finished = False
        """Whether every schedule with so many hand-overs was given out."""
        self.everything = False
        """Whether there are no others at all."""

    def __iter__(self) -> Iterator[Branch]:
        now: list[tuple[int, ...]] = [()]
        later: list[tuple[int, ...]] = []
        for _ in range(self.hand_overs + 1):
            while now:
                branch = Branch(now.pop())
                yield branch
                now += branch.free
                later += branch.costly
            now, later = later, []
        self.finished, self.everything = True, not now


class Branch:
    """One schedule: a prefix of choices, then always the first option.

    Parameters
    ----------
    prefix: positions among the options in order of preference.
    """

    def __init__(self, prefix: tuple[int, ...]) -> None:
        self.free: list[tuple[int, ...]] = []
        """Prefixes of other schedules with as many hand-overs."""
        self.costly: list[tuple[int, ...]] = []
        """Prefixes of schedules with one hand-over more."""
        self._prefix = prefix
        self._path: list[int] = []

    def choose(self, options: Sequence[Call], last: str | None) -> Call:
        """The option of the prefix, or the first; the others are kept for other runs."""
        ordered = in_order(options, last)
        at = len(self._path)
        if at < len(self._prefix):
            chosen = self._prefix[at]
        else:
            chosen = 0
            path = tuple(self._path)
            for other in range(1, len(ordered)):
                kept = self.costly if _hands_over(ordered, other, last) else self.free
                kept.append((*path, other))
        self._path.append(chosen)
        return ordered[chosen]


def _hands_over(ordered: Sequence[Call], chosen: int, last: str | None) -> bool:
    first = ordered[0]
    could_go_on = first.process.name == last and not isinstance(first, Timer) and not first.fault
    return could_go_on and ordered[chosen].process.name != last
