"""A space in Python's own containers, over a stepper that Python runs: no compiler, no waiting."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Collection, Hashable, Iterator
from typing import Any, Protocol

from dnsrace.engines.codegen import UNDEFINED, fan_out, stepper_source
from dnsrace.engines.layout import Layout, layout_of, pack, unpack
from dnsrace.engines.space import DEADLOCK, Counters, Space, hits
from dnsrace.errors import DomainError, InternalError
from dnsrace.model.domains import Domain
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, State, System

BYTES_AROUND = 70
"""Bytes that a set and a list take for each element, beside the element itself: measured at
100,000 to 500,000 states, as growth of the process."""


class Stepper(Protocol):
    """Runs one state at a time. Nodes are what it represents states with: canonical, hashable."""

    name: str

    def initial(self) -> Iterator[Any]: ...
    def expand(self, node: Any, counters: Counters) -> tuple[list[Any], list[str]]:
        """Successors, and the every_step goals that are hit on the way."""
        ...

    def check(self, node: Any) -> list[str]: ...
    def is_end(self, node: Any) -> bool: ...
    def orbit(self, node: Any) -> int: ...
    def node(self, state: State) -> Any: ...
    def state(self, node: Any) -> State: ...


class PythonSpace(Space):
    """The queue is a list, the visited set a set."""

    def __init__(
        self, system: System, properties: tuple[Property, ...], symmetric: bool, stepper: Stepper
    ) -> None:
        super().__init__(system, properties, symmetric)
        self.stepper = stepper
        self.engine = stepper.name
        self.queue: list[Any] = []
        self.seen: set[Any] = set()

    @property
    def count(self) -> int:
        return len(self.queue)

    @property
    def memory(self) -> int:
        if not self.queue:
            return 0
        node = self.queue[-1]
        inside = sum(map(sys.getsizeof, node)) if isinstance(node, tuple) else 0
        own = inside if self.engine != InterpreterStepper.name else 0  # small integers are shared
        return len(self.queue) * (BYTES_AROUND + sys.getsizeof(node) + own)

    def start(self) -> None:
        for node in self.stepper.initial():
            self._add(node)

    def _add(self, node: Any) -> None:
        if node in self.seen:
            return
        self.seen.add(node)
        for goal in self.stepper.check(node):
            self.hits.setdefault(goal, len(self.queue))
        self.queue.append(node)
        self.counters.represented_states += self.stepper.orbit(node)

    def expand(self, low: int, high: int, go_on: Callable[[], bool]) -> int:
        stepper, counters = self.stepper, self.counters
        for position in range(low, high):
            if position % 16 == 0 and not go_on():
                return position
            node = self.queue[position]
            after, violated = stepper.expand(node, counters)
            for goal in violated:
                self.hits.setdefault(goal, position)
            for successor in after:
                self._add(successor)
            counters.transitions += len(after)
            counters.represented_transitions += len(after) * stepper.orbit(node)
            if not after:
                if stepper.is_end(node):
                    counters.ends += 1
                else:
                    counters.deadlocks += 1
                    self.hits.setdefault(DEADLOCK, position)
        return high

    def state(self, position: int) -> State:
        return self.stepper.state(self.queue[position])

    def key(self, state: State) -> Hashable:
        node: Hashable = self.stepper.node(state)
        return node

    def select(self, low: int, high: int, goal: str) -> list[int]:
        prop = self.goal(goal)
        spare = Counters(taken=[0] * len(self.counters.taken))
        found = []
        for position in range(low, high):
            node = self.queue[position]
            if prop is None:
                after, _ = self.stepper.expand(node, spare)
                hit = not after and not self.stepper.is_end(node)
            elif prop.kind == "every_step":
                hit = goal in self.stepper.expand(node, spare)[1]
            else:
                hit = goal in self.stepper.check(node)
            if hit:
                found.append(position)
        return found

    def predecessors(self, low: int, high: int, targets: Collection[int]) -> list[int]:
        wanted = frozenset(self.queue[position] for position in targets)
        spare = Counters(taken=[0] * len(self.counters.taken))
        return [
            position
            for position in range(low, high)
            if not wanted.isdisjoint(self.stepper.expand(self.queue[position], spare)[0])
        ]


class InterpreterStepper:
    """The reference: the interpreter, and canonical states by trying every renaming."""

    name = "interpreter"

    def __init__(
        self, system: System, properties: tuple[Property, ...], domains: tuple[Domain, ...]
    ) -> None:
        self.interpreter = Interpreter(system)
        self.properties = properties
        self.renamings = list(_renamings(system, domains))

    def initial(self) -> Iterator[State]:
        return (self.node(state) for state in self.interpreter.initial())

    def expand(self, node: State, counters: Counters) -> tuple[list[State], list[str]]:
        after, violated = [], []
        for taken in self.interpreter.successors(node):
            counters.taken[taken.path] += 1
            after.append(self.node(taken.state))
            violated += [
                p.name
                for p in self.properties
                if p.kind == "every_step" and not self.interpreter.holds(p, node, taken.state)
            ]
        return after, violated

    def check(self, node: State) -> list[str]:
        return [
            p.name
            for p in self.properties
            if p.kind != "every_step" and hits(self.interpreter, p, node)
        ]

    def is_end(self, node: State) -> bool:
        return self.interpreter.is_end(node)

    def orbit(self, node: State) -> int:
        if len(self.renamings) <= 1:
            return 1
        return len({renaming(node) for renaming in self.renamings})

    def node(self, state: State) -> State:
        if len(self.renamings) <= 1:
            return state
        return min(renaming(state) for renaming in self.renamings)

    def state(self, node: State) -> State:
        return node


def _renamings(system: System, domains: tuple[Domain, ...]) -> Iterator[Callable[[State], State]]:
    """Every way to rename the names of the domains."""
    for permutations in itertools.product(*(itertools.permutations(d.raws) for d in domains)):
        yield renaming(system, dict(zip(domains, permutations, strict=True)))


def renaming(system: System, new: dict[Domain, tuple[int, ...]]) -> Callable[[State], State]:
    """The function on states that replaces name i of a domain by `new[domain][i]`."""

    def renamed(domain: Domain | None, raw: int) -> int:
        inner = domain.of if domain is not None and domain.kind == "maybe" else domain
        return new[inner][raw] if inner in new and raw >= 0 else raw

    source = []
    interpreter = Interpreter(system)
    for variable, index in system.slots:
        target = tuple(renamed(d, raw) for d, raw in zip(variable.index, index, strict=True))
        source.append((interpreter.slot(variable, target, None), variable))

    def apply(state: State) -> State:
        after = list(state)
        for (target, variable), raw in zip(source, state, strict=True):
            after[target] = renamed(variable.domain, raw)
        return tuple(after)

    return apply


class GeneratedStepper:
    """The generated source, run by Python. Nodes are packed: an int, or a tuple of ints."""

    name = "python"

    def __init__(self, system: System, properties: tuple[Property, ...], symmetric: bool) -> None:
        self.system = system
        self._symmetric = symmetric
        self.layout: Layout = layout_of(system)
        key = ("python", tuple(p.name for p in properties), symmetric)
        self._scope = system.keep(key, lambda: self._functions(properties))
        self._interpreter = Interpreter(system)
        self._states = [p.name for p in properties if p.kind in ("always", "sometimes")]
        self._transitions = [p.name for p in properties if p.kind == "every_step"]
        self._properties = properties
        self._out = [0] * (fan_out(system) * self.layout.words)
        self._note = [0, 0]

    def _functions(self, properties: tuple[Property, ...]) -> dict[str, Any]:
        source = stepper_source(self.system, self.layout, properties, symmetric=self._symmetric)
        scope: dict[str, Any] = {"compiled": lambda f: f}
        exec(compile(source, f"<stepper of {self.system.name}>", "exec"), scope)
        return scope

    def initial(self) -> Iterator[Any]:
        return (self.node(state) for state in self._interpreter.initial())

    def expand(self, node: Any, counters: Counters) -> tuple[list[Any], list[str]]:
        out, note, words = self._out, self._note, self.layout.words
        note[0] = 0
        if words == 1:
            n = self._scope["expand"](node, 0, out, counters.taken, note)
            after = out[:n]
        else:
            n = self._scope["expand"](*node, 0, out, counters.taken, note)
            after = [tuple(out[i * words : (i + 1) * words]) for i in range(n)]  # type: ignore
        if note[1]:
            note[1] = 0
            blame(self.system, self._properties, self.state(node))
        if self._symmetric:
            canonical = self._scope["canonical"]
            after = [canonical(x) if words == 1 else canonical(*x) for x in after]  # type: ignore
        violated = [name for i, name in enumerate(self._transitions) if note[0] >> i & 1]
        return after, violated

    def _call(self, function: str, node: Any) -> Any:
        return self._scope[function](*(node if isinstance(node, tuple) else (node,)))

    def check(self, node: Any) -> list[str]:
        bits = self._call("check", node)
        if not bits:
            return []
        if bits >> UNDEFINED & 1:
            blame(self.system, self._properties, self.state(node))
        return [name for i, name in enumerate(self._states) if bits >> i & 1]

    def is_end(self, node: Any) -> bool:
        return bool(self._call("is_end", node))

    def orbit(self, node: Any) -> int:
        return int(self._call("orbit", node)) if self._symmetric else 1

    def node(self, state: State) -> Any:
        packed = pack(self.system, self.layout, state)
        node = packed[0] if len(packed) == 1 else packed
        return self._call("canonical", node) if self._symmetric else node

    def state(self, node: Any) -> State:
        return unpack(self.system, self.layout, node if isinstance(node, tuple) else (node,))


def blame(system: System, properties: tuple[Property, ...], state: State) -> None:
    """A stepper met a value outside its domain in this state: let the interpreter say which.

    Raises the interpreter's DomainError, or InternalError when the interpreter sees nothing.
    """
    interpreter = Interpreter(system)
    try:
        for taken in interpreter.successors(state):
            for prop in properties:
                interpreter.holds(prop, state, taken.state)
        for prop in properties:
            if prop.kind != "every_step":
                interpreter.holds(prop, state)
    except DomainError:
        raise
    raise InternalError(
        f"the stepper saw a value leave its domain in state {state}, the interpreter did not"
    )
