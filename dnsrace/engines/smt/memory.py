"""Large arrays without a variable for each element.

Of such an array there is a variable for each place where it is read: what is at that index now.
A step that copies an index copies what is known of it, and a write changes what is known of all
indices that are equal. What a new index reads is left open. So the solver is asked about more
behaviours than there are, and what it finds is compared with the interpreter; where a value that
was left open is wrong, its definition is added: an if-then-else over the writes of all steps
before, which ends in the initial value.

The definition is that of Ganai, Gupta and Ashar, "Efficient modeling of embedded memories in
bounded model checking", CAV 2004; that it is given only where it is needed is an idea of Brummayer
and Biere, "Lemmas on demand for the extensional theory of arrays", JSAT 6, 2009.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product, zip_longest

from dnsrace.engines.smt.solving import Answer
from dnsrace.engines.smt.values import (
    Bool,
    Number,
    Value,
    and_,
    constant,
    equal,
    fresh,
    identity,
    ite,
    or_,
    renamed,
    simplified,
)
from dnsrace.model.domains import BOOL
from dnsrace.model.expressions import Variable
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import System, count, expressions_of

LONG = 4
"""An array that is shorter than this along every index has a variable for each element."""
MOST_ROWS = 8
"""Likewise one that has more rows than this."""
Large = Mapping[Variable, int]
"""The arrays without variables for their elements, and the position of the index that tells the
elements of a row apart."""


@dataclass(frozen=True)
class Row:
    """The elements of an array along one of its indices, for raw values of the other ones."""

    variable: Variable
    along: int
    others: tuple[int, ...]

    @property
    def raws(self) -> range:
        """The raw values of the index along the row."""
        return self.variable.index[self.along].raws

    def element(self, raw: int) -> tuple[int, ...]:
        """All indices of an element."""
        return (*self.others[: self.along], raw, *self.others[self.along :])


# -- which arrays


def large_arrays(system: System) -> Large:
    """The arrays that have a variable for each place of reading, and none for their elements.

    They have one initial value, and an index that depends on the state wherever a step or property
    reads them; along it they have at least `LONG` elements, and `MOST_ROWS` rows at most. So an
    array that is read element by element has a variable for each.
    """
    if system.starts is not None:
        return {}
    able = {
        (v, at): domain.size
        for v in system.variables
        for at, domain in enumerate(v.index)
        if len(v.start) == 1 and domain.size >= LONG and count(v) <= MOST_ROWS * domain.size
    }
    plain = {primed: v for v, primed in system.primed.items()}
    exprs = [e for step in system.steps for e, _ in expressions_of(step.tree)]
    exprs += [e for p in (*system.properties, *system.lemmas) for e in (p.value, p.defined)]
    for node in (node for expr in exprs for node in expr.walk() if node.op == "read"):
        for at, index in enumerate(node.args):
            if not any(inner.op == "read" for inner in index.walk()):
                able.pop((plain.get(node.data, node.data), at), None)
    # the longest one, of several
    return {v: at for (v, at), _ in sorted(able.items(), key=lambda item: item[1])}


def rows(
    variable: Variable, along: int, index: Sequence[Number]
) -> Iterator[tuple[Bool, Row, Number]]:
    """The rows in which an element may be: when it is there, and the index along the row."""
    others = [at for at in range(len(index)) if at != along]
    possible = [
        [raw for raw in variable.index[at].raws if index[at].low <= raw <= index[at].high]
        or variable.index[at].raws[:1]
        for at in others
    ]
    for raws in product(*possible):
        fixed = [(index[at], Number(raw, raw)) for at, raw in zip(others, raws, strict=True)]
        there = and_(equal(old, new) for old, new in fixed)
        yield there, Row(variable, along, raws), simplified(*renamed([index[along]], fixed))


# -- what is written and read


@dataclass(frozen=True)
class Port:
    """What a step writes to a row, if `on`."""

    on: Bool
    index: Number
    value: Value


Ports = dict[Row, list[Port]]
"""The writes to each row, in order; a later one wins."""


def either(test: Bool, yes: Ports, no: Ports) -> Ports:
    """The writes of one of two ways."""
    return {
        row: [_one(test, a, b) for a, b in zip_longest(yes.get(row, ()), no.get(row, ()))]
        for row in dict.fromkeys([*yes, *no])
    }


def _one(test: Bool, a: Port | None, b: Port | None) -> Port:
    on = ite(test, a.on if a else False, b.on if b else False)
    if a is None or b is None:
        # where nothing is written, index and value do not matter
        there = a or b
        assert there is not None
        return Port(on, there.index, there.value)
    return Port(on, ite(test, a.index, b.index), ite(test, a.value, b.value))


@dataclass(frozen=True)
class Read:
    """A place where a row is read; `value` is a variable for what is there."""

    row: Row
    index: Number
    value: Value


class Reads:
    """The places where large arrays are read, each once.

    Parameters
    ----------
    before: those in a state, whose indices depend on that state alone.
    of_step: those of properties of steps, with the number of steps from the state before to the
        one that is read. An index may depend on both, so these cannot be tracked.
    """

    def __init__(self, system: System) -> None:
        self.large = large_arrays(system)
        self.before: list[Read] = []
        self.of_step: list[tuple[Read, int]] = []
        self._plain = {primed: v for v, primed in system.primed.items()}
        self._known: dict[object, Value] = {}
        self._known_of_step: dict[object, Value] = {}

    def of(self, variable: Variable, index: Sequence[Number], *, of_step: bool) -> Value:
        """What is at an index of a large array, or of one after the step."""
        found: Value = None
        along = self.large[self._plain.get(variable, variable)]
        for there, row, place in rows(variable, along, index):
            here = self._in_row(row, place, of_step)
            found = here if found is None else ite(there, here, found)
        return found

    def _in_row(self, row: Row, index: Number, of_step: bool) -> Value:
        """A variable for the element at an index of a row."""
        variable, key = row.variable, (row, identity(index))
        known = self._known
        if of_step and key not in known:
            known = self._known_of_step
        if key not in known:
            number = len(self._known) + len(self._known_of_step)
            known[key] = value = variable_for(variable, f"{variable.name} read {number}")
            if of_step:
                plain = replace(row, variable=self._plain.get(variable, variable))
                self.of_step.append((Read(plain, index, value), int(variable in self._plain)))
            else:
                self.before.append(Read(row, index, value))
        return known[key]


def variable_for(variable: Variable, name: str) -> Value:
    """A variable for an element of an array."""
    domain = variable.domain
    return fresh(name, domain.lo, domain.hi, truth=domain is BOOL)


class History:
    """What the steps of a behaviour write to the large arrays."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._steps: list[Ports] = []
        self._starts: dict[Row, dict[int, list[int]]] = {}

    def append(self, ports: Ports) -> None:
        """What the next step writes."""
        self._steps.append(ports)

    def written(self, answer: Answer, depth: int) -> list[tuple[int, ...]]:
        """What the step after so many ones writes in the behaviour found: indices and values."""
        return [
            (answer.value(port.index), answer.value(port.value)) if answer.value(port.on) else ()
            for ports in self._steps[depth].values()
            for port in ports
        ]

    def element(self, row: Row, index: Number, depth: int) -> Value:
        """What is at an index after so many steps."""
        truth = row.variable.domain is BOOL
        (usual, _), *others = self._start(row).items()
        value = constant(usual, truth=truth)
        for raw, places in others:
            here = or_(equal(index, Number(at, at)) for at in places)
            value = ite(here, constant(raw, truth=truth), value)
        for ports in self._steps[:depth]:
            for port in ports.get(row, ()):
                value = ite(and_((port.on, equal(index, port.index))), port.value, value)
        return value

    def _start(self, row: Row) -> dict[int, list[int]]:
        """Where each initial value is, the commonest first."""
        if row not in self._starts:
            variable = row.variable
            interpreter, found = Interpreter(self.system), dict[int, list[int]]()
            for at in row.raws:
                names = {f"i{n}": raw for n, raw in enumerate(row.element(at))}
                found.setdefault(interpreter.value(variable.start[0], (), names), []).append(at)
            self._starts[row] = dict(sorted(found.items(), key=lambda item: -len(item[1])))
        return self._starts[row]
