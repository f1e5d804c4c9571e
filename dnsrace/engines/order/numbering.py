"""From what a step leaves behind to a node: identifiers get their numbers anew.

Common identifiers are numbered without gaps. A private one (see `processes`) that is not equal to
a common one lies in the gap above one, as a fraction, in the order of its own process: fractions of
two processes say nothing of one another.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import floor
from typing import Any

from dnsrace.engines.order.processes import Phases, private, unread
from dnsrace.engines.order.run import Node, Number
from dnsrace.engines.order.shape import UNKNOWN, Shape
from dnsrace.model.domains import Domain
from dnsrace.model.system import Property, Step

Process = tuple[Domain | None, int]
"""A value of a choice."""
Slot = tuple[int, int, frozenset[int], Process]
"""A variable of a process and its phase, by their slots, and raw values of the phase."""
FRACTIONS = 1 << 20


@dataclass(frozen=True)
class Acting:
    """The process that takes a step, and the slots of what may be private to it."""

    process: Process | None = None
    own: tuple[int, ...] = ()


class Numbering:
    """Of one system, and of what is asked about it."""

    def __init__(self, shape: Shape, properties: tuple[Property, ...]) -> None:
        self.shape = shape
        system = shape.system
        self.unread = self._slots(unread(system, properties))
        self.private = self._slots(private(system, properties, lambda v: shape.holds(v.domain)))
        # no identifier, and no name
        self._nothing = min([shape.lowest, *(v.domain.lo for v, _ in shape.head)]) - 1

    def _slots(self, phases: Phases) -> list[Slot]:
        at = self.shape.offsets
        return [
            (at[variable] + i, at[phase] + i, raws, (variable.index[0], raw))
            for (variable, phase), raws in phases.items()
            for i, raw in enumerate(variable.index[0].raws)
        ]

    def acting(self, step: Step, choices: tuple[int, ...]) -> Acting:
        """Whose private identifiers a step may know: those of the one process that takes it. Of two
        it touches neither's (see `processes`), and knows not how they compare."""
        kinds = {domain for *_, (domain, _) in self.private}
        taking = [
            (c.domain, raw) for c, raw in zip(step.choices, choices, strict=True)
            if c.domain in kinds
        ]  # fmt: skip
        if len(taking) != 1:
            return Acting()
        own = tuple(slot for slot, _, _, process in self.private if process == taking[0])
        return Acting(taking[0], own)

    def node(
        self,
        head: list[Any],
        value: Callable[[int, Number], int],
        choose: Callable[[int], int],
        acting: Process | None = None,
    ) -> Node:
        """The node of a head, its mark included.

        Parameters
        ----------
        value: what a cell of an identifier holds; it may be UNKNOWN.
        choose: one of so many answers, where it is not known how a private identifier of another
            process compares with one that has become common.
        acting: the process that knows, since it took the step.
        """
        shape, head = self.shape, list(head)
        for slot, phase, raws, _ in self.unread:
            if head[phase] in raws:
                head[slot] = self._nothing
        hidden = {
            slot: process for slot, phase, raws, process in self.private
            if head[phase] in raws and head[slot] > shape.low
        }  # fmt: skip
        mark = max(head[i] for i in (shape.mark, *shape.identifiers))
        held = {head[i] for i in shape.identifiers if i not in hidden}
        live = sorted({mark, shape.low} | {x for x in held if x > shape.low})
        new = [x for x in live if x != int(x)]
        if hidden and new:
            self._place(head, hidden, new, choose, acting)
        number = {x: shape.low + i for i, x in enumerate(live)}
        inside = self._fractions(head, hidden, live) if hidden else {}
        for i in (shape.mark, *shape.identifiers):
            x = head[i]
            head[i] = inside[i] if i in inside else number.get(x, x)
        head[shape.mark] = number[mark]
        blocks = [
            value(cell, key) if key >= low and key in held else UNKNOWN
            for key in (*range(shape.first, shape.low), *live)
            for cell, low in enumerate(shape.lows)
        ]
        return (*head, *blocks)

    def _place(
        self, head: list[Any], hidden: dict[int, Process], new: list[Number],
        choose: Callable[[int], int], acting: Process | None,
    ) -> None:  # fmt: skip
        """Say of private identifiers of other processes how they compare with common ones that
        are new in their gap: every answer is possible that keeps their own order."""
        for process in dict.fromkeys(hidden.values()):
            mine = sorted({head[i] for i, p in hidden.items() if p == process})
            before: Number = self.shape.low
            moved = {}
            for x in mine if process != acting else ():
                gap = [y for y in new if x != int(x) and floor(y) == floor(x)]
                if gap:
                    ends = [floor(x), *gap, floor(x) + 1]
                    ways = [y for y in gap if y > before] + [
                        (max(a, before) + b) / 2 for a, b in pairwise(ends)
                        if b > before
                    ]  # fmt: skip
                    moved[x] = ways[choose(len(ways))]
                before = moved.get(x, x)
            for i, p in hidden.items():
                if p == process:
                    head[i] = moved.get(head[i], head[i])

    def _fractions(
        self, head: list[Any], hidden: dict[int, Process], live: list[Number]
    ) -> dict[int, Number]:
        """The numbers of private identifiers that lie in a gap."""
        mine: dict[tuple[Process, int], set[Number]] = defaultdict(set)
        gaps = {}
        for i, process in hidden.items():
            at = bisect_right(live, head[i]) - 1
            if live[at] != head[i]:
                gaps[i] = (process, at)
                mine[process, at].add(head[i])
        return {
            i: self.shape.low + gap[1] + (1 + sorted(mine[gap]).index(head[i])) / FRACTIONS
            for i, gap in gaps.items()
        }
