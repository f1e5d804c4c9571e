"""Which cycles and which ends of a graph are fair, and break a property."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnsrace.engines.kernel.generated import Bytes, Ints, Shorts, compiled

# ---- the template begins here
EVERY = (1 << 62) - 1
"""All bits of a mask; a mask holds so many actions, and there is a mask for each group of them."""
JUDGED, FAIR, REMOVED = range(3)


@compiled
def reach(
    offsets: Shorts, targets: Shorts, count: int, alive: Bytes, depth: Shorts, queue: Shorts,
    low: int, high: int, budget: int,
) -> tuple[int, int]:  # fmt: skip
    """Go on with a search, breadth first, through what is alive: the queue's states from low to
    high are waiting. depth is -1 where nobody was. Returns what waits after `budget` edges."""
    while low < high and budget > 0:
        v = queue[low]
        low += 1
        if v >= count:
            continue
        for e in range(offsets[v], offsets[v + 1]):
            budget -= 1
            w = targets[e]
            if depth[w] < 0 and alive[w] != 0:
                depth[w] = depth[v] + 1
                queue[high] = w
                high += 1
    return low, high


@compiled
def keep_reached(size: int, count: int, depth: Shorts, alive: Bytes) -> None:
    """Of what is alive, leave what was reached and, the first `count` states, expanded."""
    for v in range(size):
        if depth[v] < 0 or v >= count:
            alive[v] = 0


@compiled
def invert(size: int, flags: Bytes) -> None:
    """Turn all flags."""
    for v in range(size):
        flags[v] = 1 - flags[v]


@compiled
def nearest(count: int, depth: Shorts, flags: Bytes) -> int:
    """The smallest depth of a state with a flag, or -1."""
    best = -1
    for v in range(count):
        if flags[v] != 0 and (best < 0 or depth[v] < best):
            best = depth[v]
    return best


@compiled
def renew(count: int, alive: Bytes, component: Shorts) -> None:
    """Forget the components of what is alive."""
    for v in range(count):
        if alive[v] != 0:
            component[v] = 0


@compiled
def ends(
    offsets: Shorts, labels: Bytes, low: int, high: int, alive: Bytes, bad: Bytes, fair: Bytes,
    stops: Bytes,
) -> int:  # fmt: skip
    """Flag the states from low to high, alive and bad, in which no fair action is possible: a
    behaviour may stay there for ever. Returns how many there are."""
    n = 0
    for v in range(low, high):
        if alive[v] != 0 and bad[v] != 0:
            waiting = 0
            for e in range(offsets[v], offsets[v + 1]):
                waiting |= fair[labels[e]]
            if waiting == 0:
                stops[v] = 1
                n += 1
    return n


@compiled
def judge(
    offsets: Shorts, targets: Shorts, labels: Bytes, alive: Bytes, bad: Bytes, masks: Ints,
    fairness: tuple[int, int, bool], component: Shorts, order: Shorts, done: int, fair: Bytes,
    at: Ints, budget: int,
) -> bool:  # fmt: skip
    """Look at each component for a fair cycle through a bad state.

    fairness: the number of actions, that of groups, and whether it is strong. masks has the bit of
    each action for each group, or 0.
    fair: flagged here are the states of components that have such a cycle.
    alive: what stays flagged may have one still. That happens with strong fairness only: where an
    action is possible at times and never taken, a fair cycle does not go, so these states are taken
    away and the rest is to be taken apart once more (Emerson and Lei, "Modalities for model
    checking", Science of Computer Programming 8, 1987).
    at: how far it is, and how many states were flagged in `fair` and taken away from components
    that go on. Returns False when `budget` states were looked at first; called again, it goes on.
    """
    actions, groups, strong = fairness
    low = at[JUDGED]
    while low < done and budget > 0:
        c = component[order[low]]
        high = low
        broken = 0
        cycle = 0
        while high < done and component[order[high]] == c:
            v = order[high]
            broken |= bad[v]
            for e in range(offsets[v], offsets[v + 1]):
                cycle |= targets[e] == v
            high += 1
        budget -= high - low
        hopeful = broken != 0 and (high - low > 1 or cycle != 0)
        is_fair = hopeful
        taken_away = 0
        if hopeful:
            for group in range(groups):
                everywhere = EVERY
                somewhere = 0
                taken = 0
                for i in range(low, high):
                    v = order[i]
                    possible = 0
                    for e in range(offsets[v], offsets[v + 1]):
                        bit = masks[group * actions + labels[e]]
                        possible |= bit
                        if component[targets[e]] == c:
                            taken |= bit
                    everywhere &= possible
                    somewhere |= possible
                lacking = (somewhere if strong else everywhere) & ~taken
                if lacking != 0:
                    is_fair = False
                    for i in range(low, high):
                        v = order[i]
                        possible = 0
                        for e in range(offsets[v], offsets[v + 1]):
                            possible |= masks[group * actions + labels[e]]
                        if alive[v] != 0 and possible & lacking != 0:
                            alive[v] = 0
                            taken_away += 1
        for i in range(low, high):
            v = order[i]
            if is_fair:
                fair[v] = 1
                at[FAIR] += 1
            if is_fair or not hopeful:
                alive[v] = 0
        if taken_away < high - low:
            at[REMOVED] += taken_away
        low = high
    at[JUDGED] = low
    return bool(low == done)
