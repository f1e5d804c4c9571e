"""Distances in a graph, level by level: what shortest paths are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dnsrace.engines.kernel.generated import Bytes, Ints, Shorts, compiled


# ---- the template begins here
@compiled
def at_depth(count: int, depth: Shorts, level: int, marks: Bytes, found: Shorts) -> int:
    """Write the states at a depth that have a mark to found. Returns how many there are."""
    n = 0
    for v in range(count):
        if depth[v] == level and marks[v] != 0:
            found[n] = v
            n += 1
    return n


@compiled
def parents(
    offsets: Shorts, targets: Shorts, count: int, depth: Shorts, level: int, marks: Bytes,
    found: Shorts,
) -> int:  # fmt: skip
    """Mark each state at depth `level` with a successor that is marked and one deeper, and write
    it to found. Returns how many there are."""
    n = 0
    for v in range(count):
        if depth[v] == level:
            marks[v] = 0
            for e in range(offsets[v], offsets[v + 1]):
                w = targets[e]
                if marks[w] != 0 and depth[w] == level + 1:
                    marks[v] = 1
                    found[n] = v
                    n += 1
                    break
    return n


@compiled
def of_component(
    order: Shorts, size: int, count: int, component: Shorts, number: int, flags: Bytes,
    distance: Shorts,
) -> int:  # fmt: skip
    """Write the states of a component that have a flag to order, and their number; set the
    distance of all others to -2."""
    n = 0
    for v in range(size):
        distance[v] = -2
        if v < count and flags[v] != 0 and component[v] == number:
            order[n] = v
            distance[v] = -1
            n += 1
    return n


@compiled
def possible(offsets: Shorts, labels: Bytes, members: Shorts, high: int, seen: Bytes) -> None:
    """Flag each action that is possible in one of the first `high` members."""
    for i in range(high):
        v = members[i]
        for e in range(offsets[v], offsets[v + 1]):
            seen[labels[e]] = 1


@compiled
def forget(members: Shorts, high: int, distance: Shorts) -> None:
    """Set the distance of all members to -1."""
    for i in range(high):
        distance[members[i]] = -1


@compiled
def needed(
    offsets: Shorts, targets: Shorts, labels: Bytes, members: Shorts, high: int, bad: Bytes,
    masks: tuple[Ints, Ints], actions: int, distance: Shorts,
) -> int:  # fmt: skip
    """Set the distance to something that a loop still needs, of the first `high` members: 0 for a
    state that has it, 1 for one with a step to take, inside, that is needed; otherwise -1. Members
    are marked in distance with -1, others with -2. Returns how many distances are set.

    masks: for each action, whether a state where it is not possible is needed, and whether taking
    it is; behind them, in the first, whether a bad state is.
    """
    lacking, wanted = masks
    n = 0
    for i in range(high):
        v = members[i]
        found = -1
        missing = 0
        for a in range(actions):
            missing += lacking[a]
        for e in range(offsets[v], offsets[v + 1]):
            if distance[targets[e]] != -2 and wanted[labels[e]] != 0:
                found = 1
        if lacking[actions] != 0 and bad[v] != 0:
            found = 0
        if missing > 0:
            for a in range(actions):
                if lacking[a] != 0:
                    there = 0
                    for e in range(offsets[v], offsets[v + 1]):
                        there |= labels[e] == a
                    if there == 0:
                        found = 0
        distance[v] = found
        n += found >= 0
    return n


@compiled
def approach(
    offsets: Shorts, targets: Shorts, members: Shorts, high: int, distance: Shorts, level: int
) -> int:
    """Set the distance to `level` for each member that has none, -1, and a successor at one less.
    Returns how many there were."""
    n = 0
    for i in range(high):
        v = members[i]
        if distance[v] == -1:
            for e in range(offsets[v], offsets[v + 1]):
                if distance[targets[e]] == level - 1:
                    distance[v] = level
                    n += 1
                    break
    return n
