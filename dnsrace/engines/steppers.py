"""What runs one state at a time in Python: the interpreter, and the generated stepper."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from dnsrace.engines.codegen import UNDEFINED, stepper_source
from dnsrace.engines.layout import Layout, layout_of, pack, unpack
from dnsrace.engines.scalar_steps import fan_out
from dnsrace.engines.space import Counters, hits
from dnsrace.errors import DomainError, InternalError
from dnsrace.model.actions import first_actions
from dnsrace.model.domains import Domain
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, State, System


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
    def labels(self, node: Any) -> list[int]:
        """The actions that lead to the successors, in the order of expand."""
        ...

    def value(self, node: Any, prop: Property, which: int) -> bool: ...
    def node(self, state: State) -> Any: ...
    def state(self, node: Any) -> State: ...


class InterpreterStepper:
    """The reference: the interpreter, and canonical states by trying every renaming."""

    name = "interpreter"

    def __init__(
        self, system: System, properties: tuple[Property, ...], domains: tuple[Domain, ...]
    ) -> None:
        self.interpreter = Interpreter(system)
        self.properties = properties
        self.renamings = list(_renamings(system, domains))
        self.bases = first_actions(system)

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
            if p.kind in ("always", "sometimes") and hits(self.interpreter, p, node)
        ]

    def labels(self, node: State) -> list[int]:
        return [
            self.bases[t.step.name] + (t.choices[0] if t.choices else 0)
            for t in self.interpreter.successors(node)
        ]

    def value(self, node: State, prop: Property, which: int) -> bool:
        return self.interpreter.holds(prop, node)

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
        scope: dict[str, Any] = {"compiled": lambda f: f, "inner": lambda f: f}
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

    def labels(self, node: Any) -> list[int]:
        out = self._out
        words = node if isinstance(node, tuple) else (node,)
        return out[: self._scope["label"](*words, 0, out, self._note)]

    def value(self, node: Any, prop: Property, which: int) -> bool:
        words = node if isinstance(node, tuple) else (node,)
        value = self._scope["value"](*words, which)
        if value < 0:
            blame(self.system, (prop,), self.state(node))
        return bool(value)

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
