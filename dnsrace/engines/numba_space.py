"""A space in packed words, expanded by compiled code. See `kernel` for the table."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from dnsrace.engines import native
from dnsrace.engines.audit import audit
from dnsrace.engines.graphs import Graph, Pause
from dnsrace.engines.lanes import kernel_source
from dnsrace.engines.layout import pack, unpack
from dnsrace.engines.memory import release, reserve
from dnsrace.engines.numba_graph import edges_of, labels_of, represented_by, values_of
from dnsrace.engines.space import DEADLOCK, Space
from dnsrace.engines.steppers import blame
from dnsrace.errors import InternalError
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, State, System

LOAD = 0.8
"""How full the table gets before it grows; buckets of eight bear that well."""
GROWTH = 1.55
"""How much it grows: right after, the table takes 8 * 1.55 / 0.8 = 15.5 bytes per state."""
CHUNK = 1 << 18
"""States between two looks at the clock."""


def kernel_key(properties: tuple[Property, ...], symmetric: bool) -> Hashable:
    """What tells the kernels of one system apart."""
    return "numba", tuple(p.name for p in properties), symmetric


class NumbaSpace(Space):
    """The queue and the table are arrays; `limit` is the bytes that both may take."""

    engine = "numba"

    def __init__(
        self, system: System, properties: tuple[Property, ...], symmetric: bool, limit: int
    ) -> None:
        super().__init__(system, properties, symmetric)
        key = kernel_key(properties, symmetric)
        source, self.layout = system.keep(
            ("source", key), lambda: kernel_source(system, properties, symmetric)
        )
        begin = time.perf_counter()
        self.kernel: ModuleType = system.keep(key, lambda: native.load(system.name, source))
        self.compile_seconds = time.perf_counter() - begin
        """Time to compile the generated file, or to load what was compiled before."""
        self.words: int = self.kernel.WORDS
        self.limit = limit
        order = [p for p in properties if p.kind == "every_step"]
        self._transitions = len(order)
        order += [p for p in properties if p.kind in ("always", "sometimes")]
        self.transitions = tuple(p.name for p in order[: self._transitions])
        self._order = [p.name for p in order]
        k = self.kernel
        self.buckets = 1 << 13
        self._allocate()
        self._counts = np.zeros(k.COUNTS, np.int64)
        self._counts[k.FIRST_DEADLOCK] = -1
        self._totals = np.zeros(k.NOTES, np.int64)
        self._sums = [0] * k.NOTES
        """What `_totals` has come to: numbers of states stood for may outgrow 64 bits."""
        self._taken = np.zeros(k.PATHS, np.int64)
        self._hits = np.full(len(order), -1, np.int64)
        self._out = np.zeros(max(k.ROOM * k.WORDS, 1 << 12), np.int64)
        self._homes = np.zeros(max(k.ROOM, 1 << 12) + k.AHEAD, np.int64)
        self._recent = np.full(k.RECENT * k.WORDS, -1, np.int64)
        lanes, made, note, tally = (
            np.zeros(size, np.int64) for size in (k.LANES, k.ROOM * k.WORDS, k.NOTES, k.PATHS)
        )
        self._results = (self._counts, self._totals, self._taken, self._hits)
        self.work = (lanes, made, self._out, self._homes, self._recent, note, tally)

    def _allocate(self) -> None:
        # a state takes its words in the queue and at least 1 / LOAD entries in the table
        states = max(1 << 16, int(self.limit / (8 * (self.words + 1 / LOAD))))
        slots = max(int(states / LOAD), 1 << 17) + 8 * self.kernel.SPARE
        self.queue, self._queue_area = reserve(states * self.words)
        self._table, self._table_area = reserve(slots)

    @property
    def count(self) -> int:
        return int(self._counts[self.kernel.TAIL])

    @property
    def memory(self) -> int:
        return self._bytes(self.buckets)

    def _bytes(self, buckets: int) -> int:
        """Of the queue, a table of this size, and the bytes that growing it takes."""
        return 8 * self.count * self.words + 65 * (buckets + int(self.kernel.SPARE))

    def start(self) -> None:
        """Insert the initial states."""
        words: list[int] = []
        for state in Interpreter(self.system).initial():
            words += self._packed(state)
        self._insert(np.array(words, np.int64))
        self._publish()

    def _packed(self, state: State) -> tuple[int, ...]:
        words = pack(self.system, self.layout, state)
        if not self.symmetric:
            return words
        found = self.kernel.canonical(*words)
        return found if self.words > 1 else (found,)

    def _insert(self, words: Any) -> None:
        """Append those of these states that are new to the queue."""
        k = self.kernel
        for some in self._batches(words):
            status = k.TABLE_FULL
            while status != k.DONE:
                for word in range(self.words):
                    self._out[word * k.ROOM : word * k.ROOM + len(some)] = some[:, word]
                status = self._run(0, 0, len(some))
                self._fits(status)

    def _batches(self, words: Any) -> Iterator[Any]:
        """Copies of states, as many at once as there is room for in a block."""
        states, step = words.reshape(-1, self.words), self.kernel.BLOCK * self.kernel.FAN
        return (states[low : low + step].copy() for low in range(0, len(states), step))

    def _grow(self, used: int, buckets: int, fill: Any) -> bool:
        scratch = self._out, self._homes
        return bool(self.kernel.grow(self._table, used, buckets, *scratch, fill))

    def _run(self, low: int, high: int, seeds: int = 0) -> int:
        limit = int(8 * self.buckets * LOAD)
        status = self.kernel.run(
            self.queue, self._table, self.buckets, limit, low, high, seeds,
            self._transitions, self._results, self.work,
        )  # fmt: skip
        for i, total in enumerate(self._totals.tolist()):
            self._sums[i] += total
        self._totals[:] = 0
        return int(status)

    def expand(self, low: int, high: int, go_on: Callable[[], bool]) -> int:
        while low < high:
            if not go_on():
                break
            status = self._run(low, min(high, low + CHUNK))
            low = int(self._counts[self.kernel.HEAD])
            self._publish()
            self._fits(status)
        return low

    def _fits(self, status: int) -> None:
        """Deal with the reason why the kernel stopped."""
        k = self.kernel
        if status == k.UNDEFINED_VALUE:
            blame(self.system, self.properties, self.state(int(self._counts[k.HEAD])))
        if status == k.TABLE_ENDED:
            raise InternalError("the hash table ran over its end; please report the model")
        if status == k.QUEUE_FULL:
            raise MemoryError
        if status == k.TABLE_FULL:
            self._grow_table()

    def _grow_table(self) -> None:
        buckets = int(self.buckets * GROWTH)
        slots = 8 * (buckets + self.kernel.SPARE)
        if self._bytes(buckets) > self.limit or slots > self._table.size or slots >= 1 << 31:
            raise MemoryError
        used = 8 * (self.buckets + self.kernel.SPARE)
        fill = np.zeros(buckets + self.kernel.SPARE, np.uint8)
        if self._grow(used, buckets, fill):
            self.buckets = buckets
        else:
            self._refill(buckets)

    def _refill(self, buckets: int) -> None:
        """Fill the table anew from the queue."""
        k = self.kernel
        self._table[: 8 * (buckets + k.SPARE)] = 0
        self._recent[:] = -1
        self.buckets = buckets
        counts, sums = self._counts.copy(), self._sums.copy()
        self._counts[k.TAIL] = 0
        for some in self._batches(self.queue[: int(counts[k.TAIL]) * self.words]):
            begin = self.count * self.words
            self._insert(some)
            # states whose bucket is full come last: what the search has seen must keep its place
            self.queue[begin : begin + some.size] = some.reshape(-1)
        self._counts[:], self._sums = counts, sums

    def _publish(self) -> None:
        """Make the kernel's counts visible as plain numbers."""
        k, counts, totals, counters = self.kernel, self._counts, self._sums, self.counters
        counters.transitions = int(counts[k.TRANSITIONS])
        counters.represented_states = totals[k.ORBITS] if self.symmetric else self.count
        counters.represented_transitions = int(
            totals[k.REPRESENTED] if self.symmetric else counts[k.TRANSITIONS]
        )
        counters.ends, counters.deadlocks = totals[k.ENDED], totals[k.DEAD]
        counters.taken = [int(n) for n in self._taken[: len(self.system.paths)]]
        for name, position in zip(self._order, self._hits, strict=True):
            if position >= 0:
                self.hits[name] = int(position)
        if counts[k.FIRST_DEADLOCK] >= 0:
            self.hits[DEADLOCK] = int(counts[k.FIRST_DEADLOCK])

    def state(self, position: int) -> State:
        at = position * self.words
        words = tuple(int(w) for w in self.queue[at : at + self.words])
        return unpack(self.system, self.layout, words)

    def key(self, state: State) -> Hashable:
        return self._packed(state)

    def audit(self) -> None:
        audit(self)

    def select(self, low: int, high: int, goal: str) -> list[int]:
        k, prop = self.kernel, self.goal(goal)
        if prop is None:
            return self._scan(low, high, k.DEADLOCKS, 0)
        at = self._order.index(goal)
        if prop.kind == "every_step":
            return self._scan(low, high, k.STEPS, at)
        return self._scan(low, high, k.STATES, at - self._transitions)

    def predecessors(self, low: int, high: int, targets: Collection[int]) -> list[int]:
        return self._scan(low, high, self.kernel.TARGETS, 0, sorted(targets))

    def _scan(
        self, low: int, high: int, goal: int, bit: int, targets: Sequence[int] = ()
    ) -> list[int]:
        wanted = np.array(targets, np.int64)
        index = np.zeros(1 << (4 * len(targets)).bit_length(), np.int64)
        found = np.zeros(1 << 12, np.int64)
        positions: list[int] = []
        while low < high:
            n, low = self.kernel.scan(
                self.queue, low, high, goal, bit, wanted, index, found, self.work
            )
            positions += found[:n].tolist()
            wanted = wanted[:0]
        return positions

    def graph(self, expanded: int, room: int, pause: Pause) -> Graph:
        room += self.memory
        self.buckets = 0
        release(self._table_area)
        return edges_of(self, expanded, room - self.memory, pause)

    def labels(self, graph: Graph, pause: Pause) -> Any:
        return labels_of(self, graph, pause)

    def values(self, graph: Graph, prop: Property, pause: Pause) -> Any:
        return values_of(self, graph, prop, pause)

    def represented(self, flags: Any, pause: Pause) -> int:
        if not self.symmetric:
            return self.count - int(np.count_nonzero(flags))
        return represented_by(self, flags, CHUNK, pause)
