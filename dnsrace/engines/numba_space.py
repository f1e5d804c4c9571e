"""A space in packed words, expanded by compiled code. See `kernel` for the table."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Collection, Hashable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from dnsrace.engines import cache
from dnsrace.engines.codegen import fan_out, stepper_source
from dnsrace.engines.layout import layout_of, pack, unpack
from dnsrace.engines.memory import reserve
from dnsrace.engines.python_space import blame
from dnsrace.engines.space import DEADLOCK, Space
from dnsrace.errors import InternalError
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.show import system_hash
from dnsrace.model.system import Property, State, System

LOAD = 0.7
"""How full the table gets before it grows."""
SMALL = 1 << 20
"""Tables of fewer slots are doubled; larger ones grow by a third, for the sake of memory."""
SLACK = 1 << 16
"""Slots behind the last home: the table does not wrap around."""
CHUNK = 1 << 18
"""States between two looks at the clock."""
MARK = "# ---- the template begins here\n"


def kernel_source(
    system: System, properties: tuple[Property, ...], symmetric: bool
) -> tuple[str, Any]:
    """The whole generated file, and the layout that it was made for."""
    layout = layout_of(system)
    stepper = stepper_source(system, layout, properties, symmetric=symmetric)
    words = range(layout.words)

    def at(array: str) -> str:
        return ", ".join(f"{array}[i * {layout.words} + {j}]" for j in words)

    names = ", ".join(f"a{j}" for j in words)
    store = "; ".join(f"out[i * {layout.words} + {j}] = a{j}" for j in words)
    adapters = f"""
@compiled
def expand_at(queue, i, n, out, taken, note):
    return expand({at("queue")}, n, out, taken, note)


@compiled
def check_at(queue, i):
    return check({at("queue")})


@compiled
def is_end_at(queue, i):
    return is_end({at("queue")})


@compiled
def canonical_at(out, i):
    {f"{names} = canonical({at('out')})" if symmetric else "return"}
    {store if symmetric else ""}


@compiled
def orbit_at(queue, i):
    return {f"orbit({at('queue')})" if symmetric else "1"}

"""
    head = f'''"""Generated from the model {system.name}, lifted form {system_hash(system)}."""

from __future__ import annotations

from dnsrace.engines.jit import compiled, prefetch

WORDS = {layout.words}
FAN = {fan_out(system)}
PATHS = {max(1, len(system.paths))}
SYMMETRIC = {symmetric}


'''
    template = Path(__file__).with_name("kernel.py").read_text().split(MARK, 1)[1]
    return head + stepper + adapters + template, layout


class NumbaSpace(Space):
    """The queue and the table are arrays; `limit` is the bytes that both may take."""

    engine = "numba"

    def __init__(
        self, system: System, properties: tuple[Property, ...], symmetric: bool, limit: int
    ) -> None:
        super().__init__(system, properties, symmetric)
        from dnsrace.engines.jit import VERSION

        source, self.layout = kernel_source(system, properties, symmetric)
        self._load = lambda: cache.load(system.name, source, VERSION)
        self.kernel: ModuleType = self._load()
        self.words: int = self.kernel.WORDS
        self.limit = limit
        self._called: set[str] = set()
        order = [p for p in properties if p.kind == "every_step"]
        self._transitions = len(order)
        order += [p for p in properties if p.kind in ("always", "sometimes")]
        self._order = [p.name for p in order]
        self.size = 1 << 16
        self._allocate()
        self._counts = np.zeros(8, np.int64)
        self._counts[self.kernel.FIRST_DEADLOCK] = -1
        self._taken = np.zeros(self.kernel.PATHS, np.int64)
        self._hits = np.full(len(order), -1, np.int64)
        self._scratch = np.zeros(1 << 16, np.int64)
        block = self.kernel.BLOCK * self.kernel.FAN
        self._out = np.zeros(block * self.words, np.int64)
        self._homes = np.zeros(block, np.int64)
        self.compile_seconds = 0.0
        """Time of the first call of the kernel: compilation, or loading from the cache."""

    def _allocate(self) -> None:
        # a state takes its words in the queue and at least 1 / LOAD entries in the table
        states = max(1 << 16, int(self.limit / (8 * (self.words + 1 / LOAD))))
        slots = int(states / LOAD) + (1 << 17) + SLACK
        self._queue, self._queue_area = reserve(states * self.words)
        self._table, self._table_area = reserve(max(slots, (1 << 17) + SLACK))

    @property
    def count(self) -> int:
        return int(self._counts[self.kernel.TAIL])

    @property
    def memory(self) -> int:
        return 8 * (self.count * self.words + self.size + SLACK)

    def start(self) -> None:
        """Insert the initial states. The first call compiles, or reads the machine code."""
        begin = time.perf_counter()
        self._warm_up()
        self.compile_seconds = time.perf_counter() - begin
        for state in Interpreter(self.system).initial():
            packed = np.array(pack(self.system, self.layout, state), np.int64)
            if self.symmetric:
                self._call("canonical_at", packed, 0)
            if self.count + 1 > self.size * LOAD:
                self._grow_table()
            self._call("add", self._queue, self._table, self.size, self._counts, packed)
        self._note_new(0)

    def _call(self, name: str, *args: Any) -> Any:
        """Call a function of the kernel. Its first call reads its machine code from the cache: if
        that fails, nothing has happened yet, and it is compiled anew."""
        try:
            return getattr(self.kernel, name)(*args)
        except Exception as error:
            if name in self._called:
                raise
            warnings.warn(f"cached machine code is unusable ({error}); compiled anew", stacklevel=2)
            cache.forget(Path(str(self.kernel.__file__)))
            self.kernel = self._load()
            return getattr(self.kernel, name)(*args)
        finally:
            self._called.add(name)

    def _warm_up(self) -> None:
        self._run(0, 0, 0)
        self._grow(self._table, 0, 1 << 16)

    def _grow(self, table: Any, used: int, size: int) -> bool:
        return bool(self._call("grow", table, used, size, self._scratch))

    def _note_new(self, low: int) -> None:
        undefined = self._call(
            "note_new", self._queue, low, self.count, self._hits, self._transitions, self._counts
        )
        if undefined:
            blame(self.system, self.properties, self.state(int(self._counts[self.kernel.HEAD])))
        self._publish()

    def _run(self, low: int, high: int, limit: int) -> int:
        return int(
            self._call("run", 
                self._queue, self._table, self.size, limit, low, high, self._counts, self._taken,
                self._hits, self._transitions, self._out, self._homes,
            )
        )  # fmt: skip

    def expand(self, low: int, high: int, go_on: Callable[[], bool]) -> int:
        k = self.kernel
        while low < high:
            if not go_on():
                break
            status = self._run(low, min(high, low + CHUNK), int(self.size * LOAD))
            low = int(self._counts[k.HEAD])
            if status == k.UNDEFINED_VALUE:
                blame(self.system, self.properties, self.state(low))
            if status == k.TABLE_ENDED:
                raise InternalError("the hash table ran over its end; please report the model")
            self._publish()
            if status == k.QUEUE_FULL:
                raise MemoryError
            if status == k.TABLE_FULL:
                self._grow_table()
        return low

    def _grow_table(self) -> None:
        size = self.size * 2 if self.size < SMALL else self.size * 4 // 3
        needed = 8 * (self.count * self.words + size + SLACK)
        if needed > self.limit or size + SLACK > self._table.size or size >= 1 << 31:
            raise MemoryError
        if not self._grow(self._table, self.size + SLACK, size):
            self._table[: size + SLACK] = 0
            self._call("refill", self._table, size, self._queue, self.count)
        self.size = size

    def _publish(self) -> None:
        """Make the kernel's counts visible as plain numbers."""
        k, c, counters = self.kernel, self._counts, self.counters
        counters.transitions = int(c[k.TRANSITIONS])
        counters.represented_states = int(c[k.STATES]) if self.symmetric else self.count
        counters.represented_transitions = int(
            c[k.REPRESENTED if self.symmetric else k.TRANSITIONS]
        )
        counters.ends, counters.deadlocks = int(c[k.ENDS]), int(c[k.DEADLOCKS])
        counters.taken = [int(n) for n in self._taken[: len(self.system.paths)]]
        for name, position in zip(self._order, self._hits, strict=True):
            if position >= 0:
                self.hits[name] = int(position)
        if c[k.FIRST_DEADLOCK] >= 0:
            self.hits[DEADLOCK] = int(c[k.FIRST_DEADLOCK])

    def state(self, position: int) -> State:
        at = position * self.words
        words = tuple(int(w) for w in self._queue[at : at + self.words])
        return unpack(self.system, self.layout, words)

    def key(self, state: State) -> Hashable:
        packed = np.array(pack(self.system, self.layout, state), np.int64)
        if self.symmetric:
            self._call("canonical_at", packed, 0)
        return tuple(int(w) for w in packed)

    def select(self, low: int, high: int, goal: str) -> list[int]:
        prop = self.goal(goal)
        at = self._order.index(goal) if prop is not None else -1
        transition = prop is not None and prop.kind == "every_step"
        bit = at if transition or at < 0 else at - self._transitions
        return self._collect(
            low,
            high,
            lambda a, b, found: self._call("select", self._queue, a, b, bit, transition, found),
        )

    def predecessors(self, low: int, high: int, targets: Collection[int]) -> list[int]:
        wanted = np.array(sorted(targets), np.int64)
        return self._collect(
            low,
            high,
            lambda a, b, found: self._call("predecessors", self._queue, a, b, wanted, found),
        )

    def _collect(self, low: int, high: int, scan: Callable[..., tuple[int, int]]) -> list[int]:
        found = np.zeros(1 << 12, np.int64)
        positions: list[int] = []
        while low < high:
            n, low = scan(low, high, found)
            positions += found[:n].tolist()
        return positions
