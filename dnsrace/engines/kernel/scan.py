"""Looking through states that were found before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnsrace.engines.kernel.generated import (
        BLOCK,
        DEAD,
        NOTES,
        ROOM,
        VIOLATED,
        WORDS,
        Ints,
        check_block,
        compiled,
        expand_block,
        inner,
    )  # fmt: skip
    from dnsrace.engines.kernel.table import mixed

# ---- the template begins here
STATES, STEPS, DEADLOCKS, TARGETS = range(4)


@inner
def index_of(queue: Ints, words: Ints, at: int, stride: int, index: Ints) -> int:
    """The place in the small table `index` of the state whose words lie so far apart: of its
    position in the queue plus 1, or empty."""
    slot = mixed(words, at, stride) & (index.size - 1)
    while index[slot] != 0:
        other = 0
        for j in range(WORDS):
            other |= queue[(index[slot] - 1) * WORDS + j] ^ words[at + j * stride]
        if other == 0:
            break
        slot = (slot + 1) & (index.size - 1)
    return slot


@compiled
def scan(
    queue: Ints, low: int, high: int, goal: int, bit: int, targets: Ints, index: Ints, found: Ints,
    work: tuple[Ints, ...],
) -> tuple[int, int]:  # fmt: skip
    """Look for states of one goal from low to high. Their positions go into found; returns how
    many there are, and where it stopped because found was full.

    goal: STATES or STEPS that hit the property with that bit, DEADLOCKS, or states with a
    successor among the TARGETS, positions in the queue; index has room for twice as many.
    """
    lanes, made, out, _homes, _recent, note, tally = work
    for t in targets:
        index[index_of(queue, queue, t * WORDS, 1, index)] = t + 1
    n = 0
    careful = low
    while low < high and n < found.size:
        # a block without a hit is the rule; the others are taken again, one state at a time
        count = min(1 if low < careful else BLOCK, high - low)
        for i in range(NOTES):
            note[i] = 0
        hits = 0
        if goal == STATES:
            hits = check_block(queue, low, low + count, note) >> bit & 1
        else:
            after = expand_block(queue, low, count, lanes, made, out, tally, note)
            if goal == STEPS:
                hits = note[VIOLATED] >> bit & 1
            elif goal == DEADLOCKS:
                hits = note[DEAD]
            else:
                for i in range(after):
                    hits += index[index_of(queue, out, i, ROOM, index)] != 0
        if hits != 0 and count > 1:
            careful = low + count
            continue
        if hits != 0:
            found[n] = low
            n += 1
        low += count
    return n, low


@compiled
def successors(queue: Ints, low: int, count: int, work: tuple[Ints, ...]) -> int:
    """Write the successors of a block into `out`, as the search does. Returns how many."""
    lanes, made, out, _homes, _recent, note, tally = work
    for i in range(NOTES):
        note[i] = 0
    return expand_block(queue, low, count, lanes, made, out, tally, note)
