"""The search itself: blocks of states in, new states at the tail of the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnsrace.engines.kernel.generated import (
        BLOCK,
        BROKEN,
        FAN,
        FIRST_DEAD,
        NOTES,
        ORBITS,
        PATHS,
        VIOLATED,
        WORDS,
        Ints,
        check_block,
        compiled,
        expand_block,
        inner,
    )  # fmt: skip
    from dnsrace.engines.kernel.table import drop_recent, insert_hashes, insert_words

# ---- the template begins here
DONE, TABLE_FULL, QUEUE_FULL, UNDEFINED_VALUE, TABLE_ENDED = range(5)
TRANSITIONS, TAIL, HEAD, FIRST_DEADLOCK, COUNTS = range(5)


@inner
def note_new(queue: Ints, low: int, high: int, hits: Ints, states_from: int, note: Ints) -> int:
    """Check the properties of new states. Returns the position of one for which a property cannot
    be evaluated, or -1."""
    known = 0
    for p in range(states_from, hits.size):
        if hits[p] >= 0:
            known |= 1 << (p - states_from)
    if check_block(queue, low, high, note) & ~known == 0:
        return -1
    # a block with a hit is rare: its states are looked at again, one at a time
    orbits = note[ORBITS]
    undefined = -1
    for i in range(low, high):
        bits = check_block(queue, i, i + 1, note) & ~known
        if bits >> 62 & 1:
            undefined = i
            break
        for p in range(states_from, hits.size):
            if bits >> (p - states_from) & 1:
                hits[p] = i
        known |= bits
    note[ORBITS] = orbits
    return undefined


@compiled
def run(
    queue: Ints, table: Ints, buckets: int, limit: int, low: int, high: int, seeds: int,
    states_from: int, results: tuple[Ints, ...], work: tuple[Ints, ...],
) -> int:  # fmt: skip
    """Expand the states from position low to high of the queue, or insert the first `seeds` states
    of `out`. counts[TAIL] and counts[HEAD] are where it stopped; the result says why.

    The table may hold `limit` states. `hits` has the first position of each goal that was hit, or
    -1; those of states begin at `states_from`.
    """
    counts, totals, taken, hits = results
    lanes, made, out, homes, recent, note, tally = work
    tail = counts[TAIL]
    room = queue.size // WORDS
    status = DONE
    careful = low
    known = 0
    for p in range(states_from):
        if hits[p] >= 0:
            known |= 1 << p
    while low < high or seeds > 0:
        count = min(1 if low < careful else BLOCK, high - low)
        more = max(seeds, count * FAN)
        if tail + more > limit or tail + more > room:
            status = TABLE_FULL if tail + more > limit else QUEUE_FULL
            break
        for i in range(NOTES):
            note[i] = 0
        n = seeds
        if seeds == 0:
            note[FIRST_DEAD] = -1
            for i in range(PATHS):
                tally[i] = 0
            n = expand_block(queue, low, count, lanes, made, out, tally, note)
            violated = note[VIOLATED] & ~known
            if violated | note[BROKEN]:
                # which state it was is found by taking this block again, one at a time
                if count > 1:
                    careful = low + count
                    continue
                if note[BROKEN]:
                    status = UNDEFINED_VALUE
                    break
                for p in range(states_from):
                    if violated >> p & 1:
                        hits[p] = low
                known |= violated
            if note[FIRST_DEAD] >= 0 and counts[FIRST_DEADLOCK] < 0:
                counts[FIRST_DEADLOCK] = low + note[FIRST_DEAD]
            counts[TRANSITIONS] += n
            for p in range(PATHS):
                taken[p] += tally[p]
        seeds = 0
        low += count
        kept = drop_recent(out, n, homes, recent, buckets)
        first = tail
        if WORDS == 1:
            tail = insert_words(queue, tail, table, buckets, out, kept, homes)
        else:
            tail = insert_hashes(queue, tail, table, buckets, out, kept, homes)
        if tail < 0:
            return TABLE_ENDED
        undefined = note_new(queue, first, tail, hits, states_from, note)
        for i in range(NOTES):
            totals[i] += note[i]
        if undefined >= 0:
            low = undefined
            status = UNDEFINED_VALUE
            break
    counts[TAIL], counts[HEAD] = tail, low
    return status
