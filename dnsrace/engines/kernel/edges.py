"""Every state's successors as positions in the queue, once the search is over.

With one word to a state the visited set holds no positions, so the states get an index of their
own: open addressing, with positions only, where the whole states are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnsrace.engines.kernel.generated import (
        BLOCK,
        FAN,
        NOTES,
        ORBITS,
        ROOM,
        WORDS,
        Bytes,
        Ints,
        Shorts,
        check_block,
        compiled,
        expand_block,
        label_block,
        prefetch,
        value_block,
    )  # fmt: skip
    from dnsrace.engines.kernel.table import AHEAD, mixed


# ---- the template begins here
@compiled
def index_states(queue: Ints, low: int, high: int, index: Shorts) -> None:
    """Enter the states from position low to high into the index, which has room for all: each as
    its position plus 1."""
    size = index.size
    for i in range(low, high):
        if i + AHEAD < high:
            prefetch(index, (mixed(queue, (i + AHEAD) * WORDS, 1) * size) >> 32)
        slot = (mixed(queue, i * WORDS, 1) * size) >> 32
        while index[slot] != 0:
            slot += 1
            if slot == size:
                slot = 0
        index[slot] = i + 1


@compiled
def find_edges(
    queue: Ints, low: int, high: int, at: int, index: Shorts, offsets: Shorts, targets: Shorts,
    work: tuple[Ints, ...],
) -> int:  # fmt: skip
    """Write the successors of the states from low to high to targets, from place `at` on, and
    where those of each state begin to offsets. Returns where they end, or -1 when a successor is
    not in the index."""
    lanes, made, out, homes, _recent, note, tally = work
    size = index.size
    while low < high:
        count = min(BLOCK, high - low)
        n = expand_block(queue, low, count, lanes, made, out, tally, note)
        for j in range(n):
            homes[j] = (mixed(out, j, ROOM) * size) >> 32
            prefetch(index, homes[j])
        for j in range(n):
            prefetch(queue, max(0, index[homes[j]] - 1) * WORDS)
        for j in range(n):
            slot = homes[j]
            other = 1
            while other != 0:
                position = index[slot] - 1
                if position < 0:
                    return -1
                other = 0
                for word in range(WORDS):
                    other |= queue[position * WORDS + word] ^ out[word * ROOM + j]
                slot += 1
                if slot == size:
                    slot = 0
            homes[j] = position
        for lane in range(count):
            offsets[low + lane] = at
            at += lanes[WORDS * BLOCK + lane]
            lanes[lane] = offsets[low + lane]
        offsets[low + count] = at
        # expand_block gathers the candidates in this order
        j = 0
        for first in range(0, count, 8):
            for row in range(FAN):
                for lane in range(first, min(first + 8, count)):
                    if made[row * WORDS * BLOCK + lane] >= 0:
                        targets[lanes[lane]] = homes[j]
                        lanes[lane] += 1
                        j += 1
        low += count
    return at


@compiled
def name_edges(
    queue: Ints, low: int, high: int, offsets: Shorts, labels: Shorts, work: tuple[Ints, ...]
) -> None:
    """Write the action of each successor of the states from low to high to labels, where targets
    has the successor."""
    made = work[1]
    while low < high:
        count = min(BLOCK, high - low)
        label_block(queue, low, count, made)
        for lane in range(count):
            at = offsets[low + lane]
            for row in range(FAN):
                if made[row * WORDS * BLOCK + lane] >= 0:
                    labels[at] = made[row * WORDS * BLOCK + lane]
                    at += 1
        low += count


@compiled
def evaluate(queue: Ints, low: int, high: int, which: int, values: Bytes) -> int:
    """Write the value of a property in the states from low to high. Returns the position of one
    where it is not defined, or -1."""
    return value_block(queue, low, high, which, values)


@compiled
def stand_for(queue: Ints, low: int, high: int, marks: Bytes, note: Ints) -> int:
    """How many states those from low to high without a mark stand for."""
    for i in range(NOTES):
        note[i] = 0
    for i in range(low, high):
        if marks[i] == 0:
            check_block(queue, i, i + 1, note)
    return int(note[ORBITS])
