"""The graph of the states of a NumbaSpace, by compiled code. See `kernel/edges`."""

from __future__ import annotations

from typing import Any

import numpy as np

from dnsrace.engines import cache, jit
from dnsrace.engines.graphs import Arrays, Graph, NoRoom, Pause, portions
from dnsrace.engines.kernel import GRAPH, templates

INDEX_LOAD = 0.6
"""How full the index of states is: 4 / 0.6 = 6.7 bytes for each."""

HEAD = '''"""What is done with the graph of a model's states; the same for every model."""

from __future__ import annotations

from dnsrace.engines.jit import compiled


'''


class NumbaArrays(Arrays):
    """Numpy's arrays, and compiled loops."""

    def __init__(self, room: int) -> None:
        super().__init__(room)
        self.kernel = cache.load("graph", HEAD + templates(GRAPH), jit.VERSION)

    def _make(self, kind: str, count: int, fill: int) -> Any:
        kinds: dict[str, Any] = {"B": np.uint8, "i": np.int32, "q": np.int64}
        try:
            made = np.zeros(count, kinds[kind])
        except MemoryError:
            raise NoRoom(f"no room for the graph of the states: {count:,} numbers more") from None
        if fill:
            made[:] = fill
        return made


def edges_of(space: Any, count: int, room: int, pause: Pause) -> Graph:
    """The graph of a NumbaSpace, of which the first `count` states were expanded."""
    arrays = NumbaArrays(room)
    size, transitions = space.count, space.counters.transitions
    slots = max(64, int(size / INDEX_LOAD))
    index = arrays.shorts(slots)
    for low, high in portions(size, pause):
        space.call("index_states", space.queue, low, high, index)
    offsets = arrays.numbers(count + 1, max(256, transitions))
    targets = arrays.shorts(transitions)
    at = 0
    for low, high in portions(count, pause):
        at = space.call(
            "find_edges", space.queue, low, high, at, index, offsets, targets, space.work
        )
        assert at >= 0, "a successor is not in the index"
    arrays.free(4 * slots)
    return Graph(arrays, size, count, offsets, targets)


def labels_of(space: Any, graph: Graph, actions: int, pause: Pause) -> Any:
    """The action of each edge of a NumbaSpace's graph."""
    labels = graph.arrays.numbers(len(graph.targets), actions)
    for low, high in portions(graph.count, pause):
        space.call("name_edges", space.queue, low, high, graph.offsets, labels, space.work)
    return labels
