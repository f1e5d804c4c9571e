"""From every state, can a goal still be reached? (AG EF of Clarke and Emerson's CTL.)

The goal's states are marked, and marks are handed back along the edges until nothing changes; the
states without a mark are *unrecoverable*. Nothing leads out of them but to others of their kind:
a trap.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from dnsrace.engines.graphs import PORTION, Graph, Pause, portions
from dnsrace.engines.shortest import layers_to, trace_through
from dnsrace.engines.space import Space
from dnsrace.findings.trace import Trace
from dnsrace.model.system import Property

SWEEPS = 64
"""Passes over all states from the last to the first, after which another algorithm takes over. In
the order of the search most edges lead forwards, so a few passes are enough as a rule; a graph
against the grain would take as many as it has states."""


@dataclass(frozen=True)
class Unrecoverable:
    """The states from which no continuation gets to a goal.

    Parameters
    ----------
    states: how many there are, with all that they stand for.
    trace: a shortest way into them; None when there is none.
    """

    states: int
    trace: Trace | None


def unrecoverable(
    space: Space, graph: Graph, levels: list[int], prop: Property, pause: Pause
) -> Unrecoverable:
    """The unrecoverable states of a property. On a graph that is not complete they are those of
    which it is certain: whatever was not expanded may lead to a goal.

    Parameters
    ----------
    levels: the position at which each level of the search begins, and at last where it ends.

    Raises NoRoom, Unfinished, DomainError.
    """
    before = graph.arrays.used
    try:
        return _unrecoverable(space, graph, levels, prop, pause)
    finally:
        graph.arrays.used = before


def _unrecoverable(
    space: Space, graph: Graph, levels: list[int], prop: Property, pause: Pause
) -> Unrecoverable:
    marks = space.values(graph, prop, pause)
    for position in range(graph.count, graph.size):
        marks[position] = 1
    hand_back(graph, marks, pause)
    first = _first_unmarked(marks)
    trace, states = None, 0
    if first is not None:
        states = space.represented(marks, pause)
        level = bisect_right(levels, first) - 1
        here = [v for v in range(first, levels[level + 1]) if not marks[v]]
        trace = trace_through(space, layers_to(space, levels, level, here))
    return Unrecoverable(states, trace)


def hand_back(graph: Graph, marks: Any, pause: Pause) -> None:
    """Mark every state that was expanded and can get to a mark."""
    if not _swept(graph, marks, pause):
        _close(graph, marks, pause)


def _first_unmarked(marks: Any) -> int | None:
    position = bytes(memoryview(marks)).find(0)
    return None if position < 0 else position


def _swept(graph: Graph, marks: Any, pause: Pause) -> bool:
    """Hand marks back, pass by pass. False when SWEEPS were not enough."""
    for _ in range(SWEEPS):
        changed = 0
        for low, high in reversed(list(portions(graph.count, pause))):
            pause()
            changed += graph.arrays.kernel.sweep(graph.offsets, graph.targets, marks, low, high)
        if changed == 0:
            return True
    return False


def _close(graph: Graph, marks: Any, pause: Pause) -> None:
    """Hand marks back along the strongly connected components, in time that is linear whatever
    the graph is like."""
    alive = graph.arrays.flags(graph.size, 1)
    parts = components_of(graph, alive, pause)
    done = int(parts.at[graph.arrays.kernel.DONE_AT])
    graph.arrays.kernel.close_backwards(
        graph.offsets, graph.targets, graph.count, parts.component, parts.order, done, marks
    )
    graph.arrays.free(graph.size, parts.size)


@dataclass
class Components:
    """Strongly connected components, and what finding them needs; see `kernel/graph`."""

    component: Any
    order: Any
    frames: Any
    cursors: Any
    rooted: Any
    at: Any
    size: int
    """Bytes of all."""


def components_of(
    graph: Graph, alive: Any, pause: Pause, known: Components | None = None
) -> Components:
    """The strongly connected components of what is alive. With `known`, which was used before,
    for states whose components were forgotten; numbers of components go on. Raises NoRoom,
    Unfinished."""
    arrays, kernel = graph.arrays, graph.arrays.kernel
    if known is None:
        before = arrays.used
        known = Components(
            arrays.shorts(graph.size), arrays.shorts(graph.count), arrays.shorts(graph.count),
            arrays.numbers(graph.count, max(256, len(graph.targets))), arrays.flags(graph.count),
            arrays.few(kernel.MARKS), arrays.used - before,
        )  # fmt: skip
        known.size = arrays.used - before
    else:
        for mark in (kernel.DONE_AT, kernel.START, kernel.NEXT):
            known.at[mark] = 0
    done = False
    while not done:
        pause()
        done = kernel.components(
            graph.offsets, graph.targets, graph.count, alive, known.component, known.order,
            known.frames, known.cursors, known.rooted, known.at, PORTION,
        )  # fmt: skip
    return known
