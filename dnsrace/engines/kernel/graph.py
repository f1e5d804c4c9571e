"""Graphs in compressed rows: who can still get to a goal, and who is together in a cycle.

The successors of state v are targets[offsets[v]:offsets[v + 1]]; labels has the action of each of
these edges. A flag is a byte, 0 or 1. Long loops can be taken in portions, so that somebody can
look at the clock in between. This text is compiled for arrays, and run by Python for
lists and the like: it uses nothing but indices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnsrace.engines.kernel.generated import Bytes, Ints, Shorts, compiled

# ---- the template begins here
DONE_AT, TOP, START, NEXT, STACKED, FOUND, MARKS = range(7)
"""Where `components` is: states that are in `order`, frames in use, the next state to begin from,
the next index, states on the stack, components found."""


@compiled
def sweep(offsets: Shorts, targets: Shorts, marks: Bytes, low: int, high: int) -> int:
    """Mark each state from high down to low that has a successor with a mark. Returns how many
    there were."""
    n = 0
    for v in range(high - 1, low - 1, -1):
        if marks[v] == 0:
            for e in range(offsets[v], offsets[v + 1]):
                if marks[targets[e]] != 0:
                    marks[v] = 1
                    n += 1
                    break
    return n


@compiled
def components(
    offsets: Shorts, targets: Shorts, count: int, alive: Bytes, component: Shorts, order: Shorts,
    frames: Shorts, cursors: Shorts, rooted: Bytes, at: Ints, budget: int,
) -> bool:  # fmt: skip
    """Strongly connected components of the first `count` states as far as they are alive: Tarjan's
    algorithm without recursion, with one number to a state (Pearce, "A space-efficient algorithm
    for finding strongly connected components", Information Processing Letters 116, 2016).

    component: 0 for a state that was not met; its index while it is open; afterwards minus the
    number of its component, counted from 1. Those that are reached from others come first.
    order: from the left the states by component, from the right a stack.
    Returns False when `budget` edges were followed first; called again, it goes on.
    """
    while budget > 0:
        budget -= 1
        top = at[TOP]
        if top == 0:
            v = at[START]
            while v < count and (alive[v] == 0 or component[v] != 0):
                v += 1
            at[START] = v
            if v == count:
                return True
            w = v
        else:
            v = frames[top - 1]
            e = cursors[top - 1]
            if e < offsets[v + 1]:
                cursors[top - 1] = e + 1
                w = targets[e]
                if w >= count or alive[w] == 0 or component[w] < 0:
                    continue
                if component[w] > 0:
                    if component[w] < component[v]:
                        component[v] = component[w]
                        rooted[top - 1] = 0
                    continue
            else:
                top -= 1
                at[TOP] = top
                if rooted[top] == 0:
                    at[STACKED] += 1
                    order[count - at[STACKED]] = v
                    u = frames[top - 1]
                    if component[v] < component[u]:
                        component[u] = component[v]
                        rooted[top - 1] = 0
                    continue
                at[FOUND] += 1
                done = at[DONE_AT]
                stacked = at[STACKED]
                while stacked > 0 and component[order[count - stacked]] >= component[v]:
                    u = order[count - stacked]
                    stacked -= 1
                    component[u] = -at[FOUND]
                    order[done] = u
                    done += 1
                component[v] = -at[FOUND]
                order[done] = v
                at[STACKED] = stacked
                at[DONE_AT] = done + 1
                continue
        frames[top] = w
        cursors[top] = offsets[w]
        rooted[top] = 1
        at[TOP] = top + 1
        at[NEXT] += 1
        component[w] = at[NEXT]
    return False


@compiled
def close_backwards(
    offsets: Shorts, targets: Shorts, count: int, component: Shorts, order: Shorts, done: int,
    marks: Bytes,
) -> None:  # fmt: skip
    """Mark all that can get to a mark, component by component in the order in which they were
    found: what one leads to is settled before it."""
    low = 0
    while low < done:
        c = component[order[low]]
        high = low
        marked = 0
        while high < done and component[order[high]] == c:
            v = order[high]
            marked |= marks[v]
            for e in range(offsets[v], offsets[v + 1]):
                marked |= marks[targets[e]]
            high += 1
        if marked != 0:
            for i in range(low, high):
                marks[order[i]] = 1
        low = high
