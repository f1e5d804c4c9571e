"""The graph of the states of a NumbaSpace, by compiled code. See `kernel/edges`."""

from __future__ import annotations

import warnings
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from dnsrace.engines import cache, jit
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

from dnsrace.engines.jit import compiled


'''


class _Kernel:
    """The compiled functions. The first call of one reads its machine code from the cache: if that
    fails, nothing has happened yet, and it is compiled anew."""

    def __init__(self) -> None:
        self._module = self._load()
        self._called: set[str] = set()

    def _load(self) -> ModuleType:
        return cache.load("graph", HEAD + templates(GRAPH), jit.VERSION)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if not callable(value) or name in self._called:
            return value
        return lambda *args: self._first(name, *args)

    def _first(self, name: str, *args: Any) -> Any:
        self._called.add(name)
        try:
            return getattr(self._module, name)(*args)
        except Exception as error:
            warnings.warn(f"cached machine code is unusable ({error}); compiled anew", stacklevel=3)
            cache.forget(Path(str(self._module.__file__)))
            self._module = self._load()
            return getattr(self._module, name)(*args)


class NumbaArrays(Arrays):
    """Numpy's arrays, and compiled loops."""

    def __init__(self, room: int) -> None:
        super().__init__(room)
        self.kernel = _Kernel()

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
        space.call("index_states", space.queue, low, high, index)
    offsets = arrays.numbers(count + 1, max(256, transitions))
    targets = arrays.shorts(transitions)
    at = 0
    for low, high in portions(count, pause):
        at = space.call(
            "find_edges", space.queue, low, high, at, index, offsets, targets, space.work
        )
        if at < 0:
            raise InternalError("a successor is not among the states that the search has found")
    arrays.free(4 * slots)
    return Graph(arrays, size, count, offsets, targets)


def labels_of(space: NumbaSpace, graph: Graph, pause: Pause) -> Any:
    """The action of each edge of a NumbaSpace's graph."""
    labels = graph.arrays.numbers(len(graph.targets), len(actions_of(space.system)))
    for low, high in portions(graph.count, pause):
        space.call("name_edges", space.queue, low, high, graph.offsets, labels, space.work)
    return labels


def values_of(space: NumbaSpace, graph: Graph, prop: Property, pause: Pause) -> Any:
    """A flag for each state of a NumbaSpace in which a property is true."""
    found, which = graph.arrays.flags(space.count), space.which(prop)
    for low, high in portions(space.count, pause):
        wrong = space.call("evaluate", space.queue, low, high, which, found)
        if wrong >= 0:
            blame(space.system, (prop,), space.state(wrong))
    return found


def represented_by(space: NumbaSpace, flags: Any, portion: int, pause: Pause) -> int:
    """How many states those of a NumbaSpace without a flag stand for. 64 bits count those of a
    portion."""
    note = space.work[5]
    return sum(
        int(space.call("stand_for", space.queue, low, high, flags, note))
        for low, high in portions(space.count, pause, portion)
    )
