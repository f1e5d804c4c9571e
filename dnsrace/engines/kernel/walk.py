"""Random walks with pauses: who goes next is drawn, but some are kept waiting.

Each walk draws how many of the actions it *pauses*; a paused action is taken only when nothing else
is possible. A uniform choice keeps all actors at about the same speed, and races in which one has
to fall far behind are then very rare.

A walk depends on a seed and on its number alone: all engines and all machines take the same one.
Random numbers are hashes of a counter (the 32-bit mixing function is `lowbias32` of C. Wellons,
"Prospecting for Hash Functions", 2018, with T. Ettinger's better constants).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnsrace.engines.kernel.generated import (
        ACTIONS,
        GOALS,
        STRIDE,
        TRANSITIONS,
        WORDS,
        Ints,
        check,
        compiled,
        inner,
        is_end,
        moves,
    )  # fmt: skip

# ---- the template begins here
GOING, HIT, DEAD, UNDEFINED_VALUE = range(4)
WALKS, STEPS, ENDED, DEADLOCKS, CUT, LAG, LAGGARD, LAG_WALK, LENGTH, LAST, COUNTS = range(11)
KEY, OTHER_KEY, DRAWN, RANDOM = range(4)
GOLDEN, SILVER, LOW32 = 0x9E3779B9, 0x85EBCA6B, 0xFFFFFFFF


@inner
def mix(z: int) -> int:
    """32 bits that depend on all bits of z."""
    z = ((z ^ (z >> 16)) * 0x21F0AAAD) & LOW32
    z = ((z ^ (z >> 15)) * 0x735A2D97) & LOW32
    return z ^ (z >> 15)


@inner
def begin(random: Ints, seed: int, number: int) -> None:
    """Make the two keys of a walk from the lower 64 bits of seed and number."""
    low = mix((number & LOW32) ^ mix(seed & LOW32))
    high = mix(((number >> 32) & LOW32) ^ mix(((seed >> 32) & LOW32) ^ SILVER))
    random[KEY] = mix((low + high * GOLDEN) & LOW32)
    random[OTHER_KEY] = mix((high + low * SILVER + 1) & LOW32)
    random[DRAWN] = 0


@inner
def draw(random: Ints, n: int) -> int:
    """A number from 0 to n - 1."""
    random[DRAWN] += 1
    z = mix((random[DRAWN] * GOLDEN + random[KEY]) & LOW32)
    return (mix(z ^ random[OTHER_KEY]) * n) >> 32


@inner
def runs(random: Ints, action: int, limit: int) -> bool:
    """Whether a walk does not pause an action; `limit` is the share that it pauses, of 2^32."""
    return mix(mix(((action + 1) * SILVER + random[OTHER_KEY]) & LOW32) ^ random[KEY]) >= limit


@inner
def choose(n: int, out: Ints, owner: Ints, load: Ints, random: Ints, limit: int) -> int:
    """One of n successors: a process is drawn, then one of its steps. Paused ones come last."""
    who = -1
    while who < 0:
        processes = 0
        for i in range(n):
            action = out[i * STRIDE + WORDS]
            if runs(random, action, limit):
                p = owner[action]
                if load[p] == 0:
                    processes += 1
                    if draw(random, processes) == 0:
                        who = p
                load[p] += 1
        if who < 0:
            limit = 0
    left = draw(random, load[who])
    chosen = -1
    for i in range(n):
        action = out[i * STRIDE + WORDS]
        if runs(random, action, limit):
            p = owner[action]
            load[p] = 0
            if p == who:
                if left == 0:
                    chosen = i
                left -= 1
    return chosen


@compiled
def walk(
    seed: int, first: int, count: int, length: int, pauses: int, watched: tuple[int, int],
    starts: Ints, many: int, owner: Ints, results: tuple[Ints, ...], work: tuple[Ints, ...],
) -> int:  # fmt: skip
    """Take the walks with the numbers from `first` on, `count` of them or until one hits a goal.
    Returns how that one ended; counts[LAST] is its number, counts[LENGTH] the steps in `trail`.

    length: steps at which a walk is cut.
    pauses: shares of paused actions: each walk draws one of 0, 1/pauses, 2/pauses, ..
    watched: bits of the transitions, and of the states, that are goals; bit GOALS of the second
        for deadlocks.
    starts: the words of the initial states; `many` of them.
    owner: the process of each action.
    trail: gets the states of a walk; chosen: the action and the path of each of its steps.
    """
    counts, actions, paths, seen = results
    trail, chosen, out, note, random, load, last = work
    step_goals, state_goals = watched
    status = GOING
    for number in range(first, first + count):
        begin(random, seed, number)
        limit = (draw(random, pauses) << 32) // pauses
        start = draw(random, many)
        for j in range(WORDS):
            trail[j] = starts[start * WORDS + j]
        for a in range(ACTIONS):
            last[owner[a]] = -1
        met = 0
        steps = 0
        going = True
        while going:
            bits = check(trail, steps * WORDS)
            met |= (bits & ~(1 << 62)) << TRANSITIONS
            if bits >> 62 & 1:
                status = UNDEFINED_VALUE
            elif bits & state_goals:
                status = HIT
            if status != GOING or steps == length:
                counts[CUT] += status == GOING
                break
            note[1] = 0
            n = moves(trail, steps * WORDS, out, note)
            if note[1]:
                status = UNDEFINED_VALUE
                break
            if n == 0:
                if is_end(trail, steps * WORDS):
                    counts[ENDED] += 1
                else:
                    counts[DEADLOCKS] += 1
                    if state_goals >> GOALS & 1:
                        status = DEAD
                break
            i = choose(n, out, owner, load, random, limit)
            action = out[i * STRIDE + WORDS]
            broken = out[i * STRIDE + WORDS + 2]
            path = out[i * STRIDE + WORDS + 1]
            actions[action] += 1
            paths[path] += 1
            chosen[2 * steps] = action
            chosen[2 * steps + 1] = path
            p = owner[action]
            if last[p] >= 0 and steps - last[p] - 1 > counts[LAG]:
                counts[LAG] = steps - last[p] - 1
                counts[LAGGARD] = p
                counts[LAG_WALK] = number
            last[p] = steps
            steps += 1
            for j in range(WORDS):
                trail[steps * WORDS + j] = out[i * STRIDE + j]
            met |= broken
            if broken & step_goals:
                status = HIT
                going = False
        for g in range(GOALS):
            seen[g] += met >> g & 1
        counts[WALKS] += 1
        counts[STEPS] += steps
        counts[LENGTH] = steps
        counts[LAST] = number
        if status != GOING:
            break
    return status
