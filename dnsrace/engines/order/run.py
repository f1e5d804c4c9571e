"""One run of a step, or of a property, on a node: what is not known is asked, and each possible
answer is followed by a run of its own.

What may differ between the behaviours that a node stands for: the distance of two identifiers
that are not equal, whether an identifier that comes into being is one that is live, and what is
stored under one that is not. A run remembers what it was told, so its answers fit together.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import floor
from typing import Any

from dnsrace.engines.order.shape import UNKNOWN
from dnsrace.engines.order.terms import INF
from dnsrace.model.paths import Failure

Number = float
"""A number in a node; during a run also one in between, for an identifier that is not live."""
Node = tuple[Any, ...]


class Left(Exception):
    """In some behaviour that the node stands for, a value may leave its domain here."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.what)
        self.failure = failure


class Contradiction(Exception):
    """No behaviour gives all the answers that this run was given."""


@dataclass(frozen=True)
class Facts:
    """What runs need to know of a model: the lowest number, the lowest identifier, the slot of the
    mark, where a block begins; and for each cell the lowest number that indexes it, its values,
    and what it holds at the start."""

    lowest: int
    low: int
    mark: int
    block: Callable[[int], int]
    lows: tuple[int, ...]
    values: tuple[range, ...]
    starts: tuple[Callable[[Run, Number], list[int]] | None, ...]


class Run:
    """A run along one sequence of answers; `given` are the first of them. `own` are the slots of
    private identifiers that the step may use."""

    def __init__(self, facts: Facts, node: Node, given: list[int], own: Iterable[int]) -> None:
        self.facts = facts
        self.node = node
        self.given = given
        self.answers: list[tuple[int, int]] = []
        self.top: int = node[facts.mark]
        self.fresh: list[Number] = sorted({x for i in own if (x := node[i]) != int(x)})
        self.limits: dict[tuple[Number, Number], tuple[float, float]] = {}
        self.points: dict[tuple[Number, int], Number] = {}
        self.found: dict[tuple[int, Number], int] = {}
        self.written: dict[tuple[int, Number], int] = {}

    def choose(self, ways: int) -> int:
        """One of so many answers."""
        at = len(self.answers)
        chosen = self.given[at] if at < len(self.given) else 0
        self.answers.append((chosen, ways))
        return chosen

    def next(self) -> list[int] | None:
        """The answers to begin the next run with; None when this was the last one."""
        answers = list(self.answers)
        while answers and answers[-1][0] + 1 == answers[-1][1]:
            answers.pop()
        if not answers:
            return None
        return [*(chosen for chosen, _ in answers[:-1]), answers[-1][0] + 1]

    # -- distances

    def _rank(self, x: Number) -> float:
        """The place of a number among all that are live, or were made in this run."""
        if x == INF:
            return self._rank(max([self.top, *self.fresh]))
        live = min(floor(x), self.top)
        return live + bisect_left(self.fresh, x) + (x != live)

    def distance(self, x: Number, y: Number) -> tuple[float, float]:
        """What is known of x - y: its least and greatest value. Live numbers are distinct, so each
        one in between adds 1."""
        if x == y:
            return 0, 0
        if x <= self.facts.low and y <= self.facts.low:
            return x - y, x - y
        apart = self._rank(x) - self._rank(y)
        least, most = (apart, INF) if x > y else (-INF, apart)
        known = self.limits.get((x, y))
        return (max(least, known[0]), min(most, known[1])) if known else (least, most)

    def _learn(self, x: Number, y: Number, least: float, most: float) -> None:
        before = self.distance(x, y)
        least, most = max(least, before[0]), min(most, before[1])
        if least > most:
            raise Contradiction
        self.limits[x, y] = (least, most)
        self.limits[y, x] = (-most, -least)

    def positive(self, x: Number, y: Number, low: float, high: float) -> bool:
        """Whether x - y + k > 0, for a k from low to high."""
        least, most = self.distance(x, y)
        if least + low > 0:
            return True
        if most + high <= 0:
            return False
        if self.choose(2) == 0:
            self._learn(x, y, 1 - high, INF)
            return True
        self._learn(x, y, -INF, -low)
        return False

    def zero(self, x: Number, y: Number, low: float, high: float) -> bool:
        """Whether x - y + k = 0, for a k from low to high."""
        least, most = self.distance(x, y)
        if least + low > 0 or most + high < 0:
            return False
        if least + low == 0 == most + high:
            return True
        if self.choose(2) == 0:
            self._learn(x, y, -high, -low)
            return True
        if low == high:
            self._learn(x, y, least + (least == -low), most - (most == -low))
        return False

    # -- identifiers

    def point(self, x: Number, by: int) -> Number:
        """The identifier x + by: one that is live, or one in between, or beyond all of them."""
        if (x, by) not in self.points:
            if x <= self.facts.low and x + by <= self.facts.low:
                return x + by
            ways = list(self._ways(x, by))
            if not ways:
                raise Contradiction
            found = ways[self.choose(len(ways))]
            if found not in self._live():
                insort(self.fresh, found)
            self._learn(found, x, by, by)
            self.points[x, by] = found
        return self.points[x, by]

    def _live(self) -> list[Number]:
        return sorted([*range(self.facts.lowest, self.top + 1), *self.fresh])

    def _ways(self, x: Number, by: int) -> Iterator[Number]:
        """Where x + by may be: nothing that is known of distances may contradict it."""
        live = self._live()
        distances = [self.distance(z, x) for z in live]
        for z, (least, most) in zip(live, distances, strict=True):
            if least <= by <= most:
                yield z
        for i, z in enumerate(live):
            above = live[i + 1] if i + 1 < len(live) else None
            below = all(least < by for least, _ in distances[: i + 1])
            if z >= self.facts.low and below and all(most > by for _, most in distances[i + 1 :]):
                yield (z + above) / 2 if above is not None else floor(z) + 1

    # -- what is stored under identifiers

    def element(self, cell: int, key: Number) -> int:
        """What a cell of an identifier held before the step."""
        if (cell, key) not in self.found:
            value = self.stored(cell, key)
            if value == UNKNOWN:
                values = self.facts.values[cell]
                value = values[self.choose(len(values))]
            self.found[cell, key] = value
        return self.found[cell, key]

    def stored(self, cell: int, key: Number) -> int:
        """The same, or UNKNOWN. Nothing was ever written beyond the mark."""
        if (cell, key) in self.found:
            return self.found[cell, key]
        if key < self.facts.lows[cell]:
            raise Left(Failure("an element that does not exist is read", None))
        if key <= self.top:
            if key != int(key):
                return UNKNOWN
            value: int = self.node[self.facts.block(int(key)) + cell]
            return value
        start = self.facts.starts[cell]
        values = start(self, key) if start is not None else []
        return values[0] if len(values) == 1 else UNKNOWN

    def after(self, cell: int, key: Number) -> int:
        """What a cell of an identifier holds after the step."""
        value = self.written.get((cell, key))
        return self.element(cell, key) if value is None else value

    def left_behind(self, cell: int, key: Number) -> int:
        """The same, or UNKNOWN."""
        value = self.written.get((cell, key))
        return self.stored(cell, key) if value is None else value


def every_run(
    facts: Facts, node: Node, do: Callable[[Run], Any], own: Iterable[int] = ()
) -> Iterator[tuple[Run, Any]]:
    """Each run, with what `do` made of it; those that contradict themselves are left out."""
    given: list[int] | None = []
    while given is not None:
        run = Run(facts, node, given, own)
        with suppress(Contradiction):
            yield run, do(run)
        given = run.next()
