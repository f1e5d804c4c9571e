"""The table of exact counts that fixes the flagship model's semantics, to the last state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dnsrace.loader import load

LENGTHS = ("no_empty_answer", "rollback_ready", "no_regression")


@dataclass(frozen=True)
class Row:
    """`parameters` as on the command line; the lengths are of the shortest violations;
    `unrecoverable` is how many states cannot converge any more."""

    parameters: str
    states: int
    transitions: int
    depth: int
    lengths: tuple[int | None, int | None, int | None]
    unrecoverable: int

    @property
    def given(self) -> dict[str, Any]:
        known = {p.name: p for p in load("dynamodb_dns").parameters}
        pairs = (pair.split("=") for pair in self.parameters.split(", "))
        return {name: known[name].parse(text) for name, text in pairs}


TABLE = """
enactors=2, plans=3 | 264 | 408 | 23 | - | 8 | 11 | 0
enactors=2, plans=4 | 1481 | 2614 | 28 | 14 | 8 | 11 | 46
enactors=3, plans=3 | 2537 | 5065 | 33 | - | 8 | 11 | 0
enactors=3, plans=4 | 25483 | 58967 | 35 | 14 | 8 | 11 | 1337
enactors=2, plans=4, endpoints=2 | 11609 | 22559 | 56 | 18 | 12 | 11 | 781
enactors=2, plans=4, lock_expiry=true | 3646 | 7532 | 28 | 14 | 8 | 10 | 82
enactors=2, plans=4, lock_expiry=true, crashes=true | 9973 | 34040 | 27 | 14 | 8 | 10 | 176
enactors=3, plans=4, cleaner=checked | 58174 | 143952 | 39 | 15 | 20 | 11 | 2166
enactors=3, plans=4, freshness=in_batch | 13823 | 28558 | 32 | - | 8 | - | 0
enactors=3, plans=4, rollback=tolerant | 27011 | 61688 | 36 | 14 | 8 | 11 | 0
enactors=2, plans=4, endpoints=2, freshness=in_batch, retry=newest | 7984 | 15495 | 50 | 24 | 12 | - | 54
enactors=3, plans=4, freshness=in_batch, cleaner=transactional, rollback=tolerant | 13929 | 28756 | 32 | - | - | - | 0
enactors=2, plans=4, crashes=true, freshness=in_batch, cleaner=transactional, rollback=tolerant | 2052 | 5436 | 26 | - | - | - | 472
enactors=3, plans=4, operator=rollback | 27556 | 63827 | 35 | 14 | 8 | 11 | 176
enactors=3, plans=4, operator=repair | 27442 | 63697 | 35 | 14 | 8 | 11 | 0
"""  # noqa: E501


def _row(line: str) -> Row:
    parameters, states, transitions, depth, *more = (cell.strip() for cell in line.split("|"))
    a, b, c = (None if cell == "-" else int(cell) for cell in more[:3])
    return Row(parameters, int(states), int(transitions), int(depth), (a, b, c), int(more[3]))


ROWS = tuple(_row(line) for line in TABLE.strip().splitlines())
SMALL_ROWS = tuple(row for row in ROWS if row.states < 3000)
SYMMETRIC_ROWS = tuple(
    row
    for row in ROWS
    if row.parameters
    in ("enactors=3, plans=4, operator=repair", "enactors=2, plans=4, endpoints=2")
)
OUTAGE = (
    "publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) flip(1) release(1) "
    "acquire(0) build(0) flip(0) clean(1) clean(1)"
)
