"""The visited set: a hash table of 63-bit entries in buckets of eight.

A bucket is one cache line, fetched well ahead of its use and compared as a whole. With one word to
a state, an entry is the state itself plus 1; with more, it is 32 bits of hash and the position in
the queue, where the whole state is compared. So no two states are ever taken for one. A full
bucket overflows into the next. Buckets are ordered by hash (after Amble and Knuth, "Ordered hash
tables", The Computer Journal 17, 1974): growing moves every entry up, so the table is grown in
place, in one pass from its end, without a second copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnsrace.engines.kernel.generated import (
        ROOM,
        WORDS,
        Bytes,
        Ints,
        compiled,
        find,
        get,
        inner,
        lowest,
        merged,
        pick,
        prefetch,
        put,
    )  # fmt: skip

# ---- the template begins here
SPARE = 128
"""Buckets behind the last home: the table does not wrap around."""
AHEAD = 16
RECENT = 1 << 13
MASK32 = 0xFFFFFFFF
LOW31 = 0x7FFFFFFF
FIRST_FACTOR, FACTOR, LAST_FACTOR = 0x2545F4914F6CDD1D, 0x369DEA0F31A53F85, 0x5851F42D4C957F2D


@merged
def mixed(words: Ints, at: int, stride: int) -> int:
    """32 bits that depend on all bits of a state, whose words lie so far apart from position `at`
    on: multiply, fold, multiply."""
    h = get(words, at) * FIRST_FACTOR
    for j in range(1, WORDS):
        h = ((h ^ ((h >> 32) & MASK32)) + get(words, at + j * stride)) * FACTOR
    return (((h ^ ((h >> 32) & MASK32)) * LAST_FACTOR) >> 32) & MASK32


@inner
def drop_recent(out: Ints, n: int, homes: Ints, recent: Ints, buckets: int) -> int:
    """Hash the n states of `out`, and drop those that went by lately: most duplicates come from
    neighbours in the queue. Returns how many are left; `homes` gets where each belongs in the
    table, or, for states of several words, its hash."""
    for j in range(n):
        put(homes, j, mixed(out, j, ROOM))
    kept = 0
    for j in range(n):
        h = get(homes, j)
        cell = h & (RECENT - 1)
        fresh = 0
        for k in range(WORDS):
            word = get(out, k * ROOM + j)
            fresh |= get(recent, cell * WORDS + k) ^ word
            put(recent, cell * WORDS + k, word)
            put(out, k * ROOM + kept, word)
        put(homes, kept, ((h * buckets) >> 32) * 8 if WORDS == 1 else h)
        kept += pick(fresh != 0, 1, 0)
    return kept


@inner
def insert_words(
    queue: Ints, tail: int, table: Ints, buckets: int, out: Ints, n: int, homes: Ints
) -> int:
    """Put those of n states of one word that are new at the tail of the queue. Returns the new
    tail, or -1 when the end of the table was reached."""
    trash = table.size - 1
    # nothing here branches on whether a state is new, which nobody can predict; a state whose
    # bucket is full goes round again, to the next bucket
    while n > 0:
        for j in range(n, n + AHEAD):
            put(homes, j, 0)
        for j in range(AHEAD):
            prefetch(table, get(homes, j))
        left = 0
        for j in range(n):
            prefetch(table, get(homes, j + AHEAD))
            at, state = get(homes, j), get(out, j)
            found = find(table, at, state + 1, 0)
            put(table, pick(found != 0, at + lowest(found), trash), state + 1)
            put(queue, tail, state)
            put(out, left, state)
            put(homes, left, at + 8)
            left += pick(found == 0, 1, 0)
            tail += pick(found != 0, 1, 0) - (found >> 8 != 0)
        for j in range(left):
            if get(homes, j) == (buckets + SPARE) * 8:
                return -1
        n = left
    return tail


@inner
def insert_hashes(
    queue: Ints, tail: int, table: Ints, buckets: int, out: Ints, n: int, homes: Ints
) -> int:
    """As `insert_words`, for states of several words."""
    for j in range(n, n + AHEAD):
        put(homes, j, 0)
    for j in range(n):
        prefetch(table, ((get(homes, j + AHEAD) * buckets) >> 32) * 8)
        # the second half of the way: the state that an entry stands for
        later = get(homes, j + AHEAD // 2)
        line = ((later * buckets) >> 32) * 8
        seen = find(table, line, later, 31) >> 8
        if seen:
            prefetch(queue, ((get(table, line + lowest(seen)) & LOW31) - 1) * WORDS)
        h = get(homes, j)
        at = ((h * buckets) >> 32) * 8
        new = True
        empty = 0
        while new and empty == 0:
            found = find(table, at, h, 31)
            seen = found >> 8
            empty = found & 255 & ~seen
            while new and seen != 0:
                old = ((get(table, at + lowest(seen)) & LOW31) - 1) * WORDS
                other = 0
                for k in range(WORDS):
                    other |= get(queue, old + k) ^ get(out, k * ROOM + j)
                new = other != 0
                seen &= seen - 1
            if new and empty == 0:
                at += 8
                if at == (buckets + SPARE) * 8:
                    return -1
        if new:
            put(table, at + lowest(empty), (h << 31) | (tail + 1))
            for k in range(WORDS):
                put(queue, tail * WORDS + k, get(out, k * ROOM + j))
            tail += 1
    return tail


@compiled
def grow(table: Ints, used: int, buckets: int, scratch: Ints, homes: Ints, fill: Bytes) -> bool:
    """Spread the entries of the first `used` slots over so many buckets, from the end down.

    Returns False in the very unlikely case that an entry would have to move down; the caller then
    fills the table anew from the queue.
    """
    high = used
    while high > 0:
        low = max(0, high - min(homes.size, scratch.size))
        n = 0
        for slot in range(low, high):
            entry = get(table, slot)
            put(scratch, n, entry)
            n += pick(entry != 0, 1, 0)
        for slot in range(low, high):
            put(table, slot, 0)
        lowest_home = buckets
        for i in range(n):
            if WORDS == 1:
                put(scratch, i, get(scratch, i) - 1)
                h = mixed(scratch, i, 1)
            else:
                h = get(scratch, i) >> 31
            home = (h * buckets) >> 32
            put(homes, i, home)
            lowest_home = min(lowest_home, home)
        if lowest_home * 8 < low:
            return False
        for i in range(n):
            home = get(homes, i)
            while fill[home] == 8:
                home += 1
                if home == fill.size:
                    return False
            put(table, home * 8 + fill[home], get(scratch, i) + (1 if WORDS == 1 else 0))
            fill[home] += 1
        high = low
    return True
