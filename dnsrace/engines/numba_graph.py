"""The graph of the states of a NumbaSpace, by compiled code. See `kernel/edges`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dnsrace.engines import native
from dnsrace.engines.graphs import Arrays, Graph, NoRoom, Pause, portions
from dnsrace.engines.kernel import GRAPH, templates
from dnsrace.engines.steppers import blame
from dnsrace.errors import InternalError
from dnsrace.model.actions import actions_of
from dnsrace.model.system import Property

if TYPE_CHECKING:
    from dnsrace.engines.numba_space import NumbaSpace

INDEX_LOAD = 0.6
"""How full the index of states is: 4 / 0.6 = 6.7 bytes for each."""

HEAD = '''"""What is done with the graph of a model's states; the same for every model."""

from __future__ import annotations

from dnsrace.engines.native.intrinsics import compiled


'''


class NumbaArrays(Arrays):
    """Numpy's arrays, and compiled loops."""

    def __init__(self, room: int) -> None:
        super().__init__(room)
        self.kernel = native.load("graph", HEAD + templates(GRAPH))

    def _make(self, kind: str, count: int, fill: int) -> Any:
        kinds: dict[str, Any] = {"B": np.uint8, "i": np.int32, "q": np.int64}
        try:
            made = np.zeros(count, kinds[kind])
        except MemoryError:
            raise NoRoom(f"no room for the graph of the states: {count:,} numbers more") from None
        if fill:
            made[:] = fill
        return made


def edges_of(space: NumbaSpace, count: int, room: int, pause: Pause) -> Graph:
    """The graph of a NumbaSpace, of which the first `count` states were expanded."""
    arrays = NumbaArrays(room)
    size, transitions = space.count, space.counters.transitions
    slots = max(64, int(size / INDEX_LOAD))
    index = arrays.shorts(slots)
    for low, high in portions(size, pause):
        space.kernel.index_states(space.queue, low, high, index)
    offsets = arrays.numbers(count + 1, max(256, transitions))
    targets = arrays.shorts(transitions)
    at = 0
    for low, high in portions(count, pause):
        at = space.kernel.find_edges(
            space.queue, low, high, at, index, offsets, targets, space.work
        )
        if at < 0:
            raise InternalError("a successor is not among the states that the search has found")
    arrays.free(4 * slots)
    return Graph(arrays, size, count, offsets, targets)


def labels_of(space: NumbaSpace, graph: Graph, pause: Pause) -> Any:
    """The action of each edge of a NumbaSpace's graph."""
    labels = graph.arrays.numbers(len(graph.targets), len(actions_of(space.system)))
    for low, high in portions(graph.count, pause):
        space.kernel.name_edges(space.queue, low, high, graph.offsets, labels, space.work)
    return labels


def values_of(space: NumbaSpace, graph: Graph, prop: Property, pause: Pause) -> Any:
    """A flag for each state of a NumbaSpace in which a property is true."""
    found, which = graph.arrays.flags(space.count), space.which(prop)
    for low, high in portions(space.count, pause):
        wrong = space.kernel.evaluate(space.queue, low, high, which, found)
        if wrong >= 0:
            blame(space.system, (prop,), space.state(wrong))
    return found


def represented_by(space: NumbaSpace, flags: Any, portion: int, pause: Pause) -> int:
    """How many states those of a NumbaSpace without a flag stand for. 64 bits count those of a
    portion."""
    note = space.work[5]
    return sum(
        int(space.kernel.stand_for(space.queue, low, high, flags, note))
        for low, high in portions(space.count, pause, portion)
    )
