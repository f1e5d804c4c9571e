"""The inner loops of the search, over packed words. A template: see `source` for how it is used.

Everything below the mark is copied into each generated file, behind the stepper that it calls, and
compiled there as a whole. (A cached function that called an *imported* generated one would be
keyed on its own file only, and could explore the wrong model.)

The visited set is an open-addressing table of 63-bit entries. With one word to a state, an entry
is the state itself plus 1; with more, it is 32 bits of hash and the position in the queue, where
the whole state is compared. So no two states are ever taken for one. Slots are ordered by hash
(Amble and Knuth, "Ordered hash tables", 1974): growing moves every entry up, so the table is grown
in place, in one pass from its end, without a second copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np

    Ints = np.ndarray[Any, np.dtype[np.int64]]
    # what the generated part of a file defines
    WORDS = FAN = PATHS = 1
    SYMMETRIC = False

    F = TypeVar("F", bound=Callable[..., Any])

    def compiled(f: F) -> F: ...
    def prefetch(array: Ints, index: int) -> None: ...
    def expand_at(queue: Ints, i: int, n: int, out: Ints, taken: Ints, note: Ints) -> int: ...
    def canonical_at(out: Ints, i: int) -> None: ...
    def check_at(queue: Ints, i: int) -> int: ...
    def is_end_at(queue: Ints, i: int) -> bool: ...
    def orbit_at(queue: Ints, i: int) -> int: ...


# ---- the template begins here
import numpy as np

DONE, TABLE_FULL, QUEUE_FULL, UNDEFINED_VALUE, TABLE_ENDED = 0, 1, 2, 3, 4
TRANSITIONS, STATES, REPRESENTED, ENDS, DEADLOCKS, TAIL, HEAD, FIRST_DEADLOCK = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
)
BLOCK = max(8, min(1024, 16384 // FAN))
AHEAD = 16
MASK32 = 0xFFFFFFFF
LOW31 = 0x7FFFFFFF


@compiled
def hashed(words: Ints, i: int) -> int:
    """The upper 32 bits of a multiply-xorshift mix of the state at position i."""
    h = words[i * WORDS] * 0x2545F4914F6CDD1D
    for j in range(1, WORDS):
        h = ((h ^ ((h >> 32) & MASK32)) + words[i * WORDS + j]) * 0x369DEA0F31A53F85
    mixed: int = (((h ^ ((h >> 32) & MASK32)) * 0x5851F42D4C957F2D) >> 32) & MASK32
    return mixed


@compiled
def entry_hash(entry: int, one: Ints) -> int:
    """The hash of the state that an entry of the table stands for."""
    if WORDS == 1:
        one[0] = entry - 1
        return hashed(one, 0)
    return entry >> 31


@compiled
def insert(table: Ints, size: int, queue: Ints, tail: int, out: Ints, i: int, h: int) -> int:
    """1 when the i-th state of out was new and is now at the tail of the queue, 0 when it was
    there, -1 when the end of the table was reached."""
    slot = (h * size) >> 32
    entry = out[i] + 1 if WORDS == 1 else (h << 31) | (tail + 1)
    while slot < table.size:
        there = table[slot]
        if there == 0:
            table[slot] = entry
            for j in range(WORDS):
                queue[tail * WORDS + j] = out[i * WORDS + j]
            return 1
        if WORDS == 1:
            if there == entry:
                return 0
        elif there >> 31 == h:
            old = ((there & LOW31) - 1) * WORDS
            same = True
            for j in range(WORDS):
                if queue[old + j] != out[i * WORDS + j]:
                    same = False
                    break
            if same:
                return 0
        slot += 1
    return -1


@compiled
def note_new(queue: Ints, low: int, high: int, hits: Ints, states_from: int, counts: Ints) -> bool:
    """Check the properties of new states, and count what they stand for."""
    undefined = False
    for i in range(low, high):
        bits = check_at(queue, i)
        if bits:
            if bits >> 62 & 1:
                counts[HEAD] = i
                undefined = True
                break
            for p in range(states_from, hits.size):
                if bits >> (p - states_from) & 1 and hits[p] < 0:
                    hits[p] = i
        if SYMMETRIC:
            counts[STATES] += orbit_at(queue, i)
    return undefined


@compiled
def run(
    queue: Ints,
    table: Ints,
    size: int,
    limit: int,
    low: int,
    high: int,
    counts: Ints,
    taken: Ints,
    hits: Ints,
    states_from: int,
    out: Ints,
    homes: Ints,
) -> int:
    """Expand the states from low to high. counts[TAIL] and counts[HEAD] are where it stopped."""
    note = np.zeros(2, np.int64)
    tail = counts[TAIL]
    room = queue.size // WORDS
    while low < high:
        block = min(BLOCK, high - low)
        if tail + block * FAN > limit:
            counts[TAIL], counts[HEAD] = tail, low
            return TABLE_FULL
        if tail + block * FAN > room:
            counts[TAIL], counts[HEAD] = tail, low
            return QUEUE_FULL
        n = 0
        for i in range(low, low + block):
            after = expand_at(queue, i, n, out, taken, note) - n
            if note[0] != 0:
                for p in range(states_from):
                    if note[0] >> p & 1 and hits[p] < 0:
                        hits[p] = i
                note[0] = 0
            if note[1] != 0:
                counts[TAIL], counts[HEAD] = tail, i
                return UNDEFINED_VALUE
            if after == 0:
                if is_end_at(queue, i):
                    counts[ENDS] += 1
                else:
                    counts[DEADLOCKS] += 1
                    if counts[FIRST_DEADLOCK] < 0:
                        counts[FIRST_DEADLOCK] = i
            if SYMMETRIC:
                counts[REPRESENTED] += after * orbit_at(queue, i)
                for j in range(n, n + after):
                    canonical_at(out, j)
            for j in range(n, n + after):
                homes[j] = hashed(out, j)
            n += after
        for j in range(min(AHEAD, n)):
            prefetch(table, (homes[j] * size) >> 32)
        first = tail
        for j in range(n):
            if j + AHEAD < n:
                prefetch(table, (homes[j + AHEAD] * size) >> 32)
            new = insert(table, size, queue, tail, out, j, homes[j])
            if new < 0:
                return TABLE_ENDED
            tail += new
        counts[TRANSITIONS] += n
        low += block
        if note_new(queue, first, tail, hits, states_from, counts):
            counts[TAIL] = tail
            return UNDEFINED_VALUE
    counts[TAIL], counts[HEAD] = tail, low
    return DONE


@compiled
def grow(table: Ints, used: int, size: int, scratch: Ints) -> bool:
    """Spread the entries of the first `used` slots over a table of `size`, from the end down.

    Returns False in the very unlikely case that an entry would have to move down; the caller then
    fills the table anew from the queue.
    """
    one = np.zeros(1, np.int64)
    high = used
    while high > 0:
        low = max(0, high - scratch.size)
        n = 0
        for slot in range(low, high):
            if table[slot] != 0:
                scratch[n] = table[slot]
                table[slot] = 0
                n += 1
        for i in range(n):
            slot = (entry_hash(scratch[i], one) * size) >> 32
            if slot < low:
                return False
            while table[slot] != 0:
                slot += 1
            table[slot] = scratch[i]
        high = low
    return True


@compiled
def refill(table: Ints, size: int, queue: Ints, count: int) -> None:
    """Fill an empty table from the queue."""
    for i in range(count):
        h = hashed(queue, i)
        slot = (h * size) >> 32
        while table[slot] != 0:
            slot += 1
        table[slot] = queue[i] + 1 if WORDS == 1 else (h << 31) | (i + 1)


@compiled
def add(queue: Ints, table: Ints, size: int, counts: Ints, state: Ints) -> None:
    """Put one state into the queue, if it is new."""
    tail = counts[TAIL]
    counts[TAIL] = tail + insert(table, size, queue, tail, state, 0, hashed(state, 0))


@compiled
def select(
    queue: Ints, low: int, high: int, bit: int, is_transition: bool, found: Ints
) -> tuple[int, int]:
    """Positions whose state (or a transition of it) hits the property with that bit; a bit of -1
    stands for a deadlock."""
    out = np.zeros(FAN * WORDS, np.int64)
    taken, note = np.zeros(PATHS, np.int64), np.zeros(2, np.int64)
    n = 0
    for i in range(low, high):
        if bit < 0:
            hit = expand_at(queue, i, 0, out, taken, note) == 0 and not is_end_at(queue, i)
        elif is_transition:
            note[0] = 0
            expand_at(queue, i, 0, out, taken, note)
            hit = note[0] >> bit & 1 == 1
        else:
            hit = check_at(queue, i) >> bit & 1 == 1
        if hit:
            found[n] = i
            n += 1
            if n == found.size:
                return n, i + 1
    return n, high


@compiled
def predecessors(queue: Ints, low: int, high: int, targets: Ints, found: Ints) -> tuple[int, int]:
    """Positions with a successor among the targets: sorted positions in the queue are looked up
    by their words, in a small table of their own."""
    size = 4 * targets.size
    table = np.zeros(size + 64, np.int64)
    for t in targets:
        slot = (hashed(queue, t) * size) >> 32
        while table[slot] != 0:
            slot = (slot + 1) % table.size
        table[slot] = t + 1
    out = np.zeros(FAN * WORDS, np.int64)
    taken, note = np.zeros(PATHS, np.int64), np.zeros(2, np.int64)
    n = 0
    for i in range(low, high):
        after = expand_at(queue, i, 0, out, taken, note)
        hit = False
        for k in range(after):
            if SYMMETRIC:
                canonical_at(out, k)
            slot = (hashed(out, k) * size) >> 32
            while table[slot] != 0 and not hit:
                same = True
                for j in range(WORDS):
                    if queue[(table[slot] - 1) * WORDS + j] != out[k * WORDS + j]:
                        same = False
                hit = same
                slot = (slot + 1) % table.size
            if hit:
                break
        if hit:
            found[n] = i
            n += 1
            if n == found.size:
                return n, i + 1
    return n, high
