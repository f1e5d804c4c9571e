"""The stepper of order abstraction: all abstract successors of a node."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby, product
from typing import Any

from dnsrace.engines.order.numbering import Acting, Numbering
from dnsrace.engines.order.run import Facts, Left, Node, Number, Run, every_run
from dnsrace.engines.order.shape import UNKNOWN, Shape
from dnsrace.engines.order.source import formula, guard_function, starts_of, step_function
from dnsrace.engines.order.terms import Terms
from dnsrace.engines.space import Counters
from dnsrace.errors import InternalError, ModelError
from dnsrace.model import places
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Variable
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.paths import Failure
from dnsrace.model.system import Property, State, Step

LEAVES = "a value leaves its domain"
"""The goal that is hit where a value may leave its domain."""


@dataclass(frozen=True)
class Move:
    """A step taken, and the node after it, before names are sorted. `hits`: the goals that are
    hit on the way; a move without a node hits `LEAVES`."""

    step: Step
    choices: tuple[int, ...]
    path: int
    node: Node
    hits: tuple[str, ...]


@dataclass(frozen=True)
class _Way:
    """A step with its choices, and what it knows of private identifiers."""

    step: Step
    choices: tuple[int, ...]
    guard: Callable[..., bool]
    function: Callable[..., Any]
    acting: Acting


class OrderStepper:
    """Runs one node at a time, in Python."""

    name = "order"

    def __init__(self, shape: Shape, properties: tuple[Property, ...], symmetric: bool) -> None:
        self.shape = shape
        terms = Terms(shape)
        functions = [
            (step, guard_function(terms, step), step_function(shape, terms, step))
            for step in shape.system.steps
        ]
        self._states = [(p.name, formula(terms, p)) for p in properties if p.kind == "always"]
        self._transitions = [
            (p.name, formula(terms, p)) for p in properties if p.kind == "every_step"
        ]
        self.facts = Facts(
            shape.lowest, shape.low, shape.mark, shape.block, shape.lows,
            tuple(variable.domain.raws for variable, _ in shape.cells), starts_of(shape, terms),
        )  # fmt: skip
        self._names = [Swaps(shape, d) for d in reducible(shape)] if symmetric else []
        self.numbering = Numbering(shape, properties)
        self._ways = [
            _Way(step, choices, guard, function, self.numbering.acting(step, choices))
            for step, guard, function in functions
            for choices in step.every_choice()
        ]
        self.left: Failure | None = None
        """What may leave its domain, the first that was met."""

    def initial(self) -> Iterator[Node]:
        """The nodes of all initial states."""
        return map(self.node, self.plain_initial())

    def plain_initial(self) -> Iterator[Node]:
        """The same, before names are sorted."""
        interpreter = Interpreter(self.shape.system)
        heads = []
        for variable, index in self.shape.head:
            names = {f"i{n}": raw for n, raw in enumerate(index)}
            try:
                heads.append([interpreter.value(e, (), names) for e in variable.start])
            except ModelError as error:
                raise ModelError(
                    f"the start of {variable.name} depends on a size: {error.cause}",
                    place=places.of_function(self.shape.system.model.function),
                    cure="give the parameter a value",
                ) from None
        for head in product(*heads):
            yield self.numbering.node([*head, self.shape.low], self._at_start, lambda _: 0)

    def _at_start(self, cell: int, key: Number) -> int:
        """What a cell of an identifier holds at the start, or UNKNOWN."""
        variable, index = self.shape.cells[cell]
        rest = iter(index)
        names = {
            f"i{n}": int(key) if self.shape.holds(d) else next(rest)
            for n, d in enumerate(variable.index)
        }
        try:
            values = {Interpreter(self.shape.system).value(e, (), names) for e in variable.start}
        except ModelError:
            return UNKNOWN
        return values.pop() if len(values) == 1 else UNKNOWN

    # -- steps

    def moves(self, node: Node) -> Iterator[Move]:
        """All that can happen in a node."""
        for way in self._ways:
            if not way.guard(node, *way.choices):
                continue
            for _, moved in every_run(self.facts, node, partial(self._move, way), way.acting.own):
                if moved is not None:
                    yield moved

    def _move(self, way: _Way, run: Run) -> Move | None:
        hits: list[str] = []
        path, after = -1, ()
        try:
            taken = way.function(run, run.node, *way.choices)
            if taken is None:
                return None
            path, head, run.written = taken
            head[self.shape.mark] = max([head[self.shape.mark], *(x for _, x in run.written)])
            after = self.numbering.node(head, run.left_behind, run.choose, way.acting.process)
            for name, test in self._transitions:
                if not test(run, run.node, head):
                    hits.append(name)
        except Left as left:
            self.left = self.left or left.failure
            hits.append(LEAVES)
        return Move(way.step, way.choices, path, after, tuple(hits))

    def expand(self, node: Node, counters: Counters) -> tuple[list[Node], list[str]]:
        """Successors, and the goals that are hit on the way."""
        after: dict[tuple[int, Node], None] = {}
        violated: list[str] = []
        for move in self.moves(node):
            violated += move.hits
            if move.node:
                counters.taken[move.path] += 1
                after[move.path, self.node(move.node)] = None
        return [found for _, found in after], violated

    def check(self, node: Node) -> list[str]:
        """The goals that some state which the node stands for hits."""
        found = []
        for name, test in self._states:
            try:
                if not all(ok for _, ok in every_run(self.facts, node, _on(test))):
                    found.append(name)
            except Left as left:
                self.left = self.left or left.failure
                found.append(LEAVES)
        return found

    # -- names

    def node(self, state: State) -> Node:
        """A node with its names sorted."""
        for names in self._names:
            state = names.sorted(state)
        return state

    def state(self, node: Node) -> State:
        """Nodes are shown as they are."""
        return node

    def orbit(self, node: Node) -> int:
        """How many nodes differ from this one in names only."""
        return math.prod(names.orbit(node) for names in self._names)

    def is_end(self, node: Node) -> bool:
        """Deadlocks are not looked at: the abstraction adds steps."""
        return True

    def labels(self, node: Node) -> list[int]:
        """Raises InternalError: what follows in the abstraction says nothing of liveness."""
        raise InternalError("the order abstraction was asked for a graph of states")

    def value(self, node: Node, prop: Property, which: int) -> bool:
        """Raises InternalError, for the same reason."""
        raise InternalError("the order abstraction was asked for a graph of states")


def _on(test: Callable[..., Any]) -> Callable[[Run], bool]:
    return lambda run: bool(test(run, run.node, ()))


def reducible(shape: Shape) -> list[Domain]:
    """The domains of interchangeable names that can be sorted: no variable relates names of one to
    one another, or to those of another one. Sorting both by each other has no unique result."""

    def uses(variable: Variable, domain: Domain) -> int:
        held = variable.domain is domain or variable.domain.of is domain
        return sum(d is domain or d.of is domain for d in variable.index) + held

    variables, found = shape.system.variables, list[Domain]()
    for domain in shape.system.domains:
        if (
            domain.kind == "names"
            and all(uses(v, domain) < 2 for v in variables)
            and not any(d.of is domain for v in variables for d in v.index)
            and not any(uses(v, domain) and uses(v, other) for v in variables for other in found)
        ):
            found.append(domain)
    return found


class Swaps:
    """Sorts the names of one domain by what belongs to each."""

    def __init__(self, shape: Shape, domain: Domain) -> None:
        self.shape, self.domain = shape, domain
        self._known: dict[int, tuple[list[list[int]], list[int]]] = {}
        self._rows = [self._row(shape.head, raw) for raw in domain.raws]
        self._cells = [self._row(shape.cells, raw) for raw in domain.raws]
        self._holders, self._cell_holders = (
            [i for i, (v, _) in enumerate(e) if domain in (v.domain, v.domain.of)]
            for e in (shape.head, shape.cells)
        )

    def _row(self, elements: tuple[Any, ...], raw: int) -> list[int]:
        found = []
        for at, (variable, index) in enumerate(elements):
            plain = [d for d in variable.index if not self.shape.holds(d)]
            if any(d is self.domain and i == raw for d, i in zip(plain, index, strict=True)):
                found.append(at)
        return found

    def _places(self, length: int) -> tuple[list[list[int]], list[int]]:
        """The places in a node of what each name indexes, and of what holds names."""
        if length not in self._known:
            self._known[length] = self._found(length)
        return self._known[length]

    def _found(self, length: int) -> tuple[list[list[int]], list[int]]:
        begins = range(self.shape.mark + 1, length, max(1, len(self.shape.cells)))
        rows = [
            row + [at + cell for at in begins for cell in cells]
            for row, cells in zip(self._rows, self._cells, strict=True)
        ]
        return rows, self._holders + [at + cell for at in begins for cell in self._cell_holders]

    def _keys(self, node: Node) -> list[Hashable]:
        rows, holders = self._places(len(node))
        return [
            (tuple(node[at] for at in row), tuple(node[at] == name for at in holders))
            for name, row in enumerate(rows)
        ]

    def sorted(self, node: Node) -> Node:
        """The node with the names in the order of what belongs to them."""
        keys: list[Any] = self._keys(node)
        order = sorted(range(len(keys)), key=keys.__getitem__)
        if order == list(range(len(keys))):
            return node
        rows, holders = self._places(len(node))
        after = list(node)
        for name, old in enumerate(order):
            for at, source in zip(rows[name], rows[old], strict=True):
                after[at] = node[source]
        new = {old: name for name, old in enumerate(order)}
        for at in holders:
            after[at] = new.get(node[at], node[at])
        return tuple(after)

    def orbit(self, node: Node) -> int:
        """How many nodes the renamings of this one give."""
        keys: list[Any] = sorted(self._keys(node))
        runs = [len(list(same)) for _, same in groupby(keys)]
        return math.factorial(len(keys)) // math.prod(map(math.factorial, runs))
