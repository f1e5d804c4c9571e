"""What is known of each place where a large array is read, depth by depth; see `memory`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product

from dnsrace.engines.smt.memory import History, Read, Row, variable_for
from dnsrace.engines.smt.solving import Answer
from dnsrace.engines.smt.transitions import Move, State
from dnsrace.engines.smt.values import (
    Bool,
    Number,
    Pairs,
    Value,
    and_,
    constant,
    equal,
    identity,
    ite,
    occurs,
    parts_of,
    renamed,
    simplified,
)
from dnsrace.model.domains import BOOL
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import State as Raws
from dnsrace.model.system import System

Place = tuple[int, int]
"""A depth, and the number of a read."""
Known = Callable[[int], Pairs]
"""What stands for the variables of `before` at a depth."""


class Tracking:
    """The reads of the behaviours of an unrolling.

    Parameters
    ----------
    before: variables for the state before a step, in which indices are said.
    history: what has been written.
    reads: what is tracked; none before `begin`.
    values: for each depth but 0 a variable for each read.
    """

    def __init__(self, system: System, before: State, history: History) -> None:
        self.reads: list[Read] = []
        self.history = history
        self._interpreter = Interpreter(system)
        self._before = before
        self._by_index: dict[object, Value] = {}
        self._after: list[Value] = []
        self._open: list[Value] = []
        self.values: list[list[Value]] = [[]]
        self._indices: dict[Place, Number] = {}
        self._inside: list[list[int]] = []
        self._needed: set[int] = set()
        self._defined: set[Place] = set()

    # -- a step

    def begin(
        self, reads: Sequence[Read], taken: Sequence[Bool], moves: Sequence[Move]
    ) -> list[Bool]:
        """Track these; the relation between what is known before a step and after it."""
        self._by_index = {(r.row, identity(r.index)): r.value for r in reads}
        self._after = [_variable(r, n, "'") for n, r in enumerate(reads)]
        self._open = [_variable(r, n, " open") for n, r in enumerate(reads)]
        for read in reads:
            inner = [n for n, r in enumerate(self.reads) if occurs(r.value, read.index)]
            self._inside.append(sorted({*inner, *(m for n in inner for m in self._inside[n])}))
            self.reads.append(read)
        values = [r.value for r in self.reads]
        for here, move in zip(taken[::-1], moves[::-1], strict=True):
            for at, value in enumerate(self._then(move)):
                if value is not self.reads[at].value:
                    values[at] = ite(here, value, values[at])
        return [equal(a, v) for a, v in zip(self._after, values, strict=True)]

    def _then(self, move: Move) -> list[Value]:
        """What is known after a move."""
        new = [(self._before[slot], value) for slot, value in move.after.items()]
        found: list[Value] = []
        for read, left_open in zip(self.reads, self._open, strict=True):
            index = simplified(*renamed([read.index], new))
            value = self._copied(read.row, index, left_open)
            for port in move.writes.get(read.row, ()):
                here = and_((port.on, equal(port.index, index)))
                value = ite(here, port.value, value)
            found.append(value)
            new.append((read.value, value))
        return found

    def _copied(self, row: Row, index: Number, left_open: Value) -> Value:
        """What is known at an index before the step."""
        known = self._by_index.get((row, identity(index)))
        if known is not None:
            return known
        parts = parts_of(index)
        if parts is None:
            return left_open
        test, yes, no = parts
        return ite(test, self._copied(row, yes, left_open), self._copied(row, no, left_open))

    def deepen(self) -> Pairs:
        """One step more: what stands for the variables of `begin`."""
        depth = len(self.values)
        after = [_variable(r, n, f"@{depth}") for n, r in enumerate(self.reads)]
        left_open = [_variable(r, n, f" open@{depth}") for n, r in enumerate(self.reads)]
        self.values.append(after)
        return [*zip(self._after, after, strict=True), *zip(self._open, left_open, strict=True)]

    def known(self, depth: int) -> Pairs:
        """What stands for the reads at a depth."""
        return [(r.value, v) for r, v in zip(self.reads, self.values[depth], strict=True)]

    # -- what was left open

    def correct(self, answer: Answer, states: Sequence[Raws], at: Known) -> dict[Place, Value]:
        """Have the answer say of each read what it is in these states, which the interpreter has
        found. The variables of those for which the solver has said something else.
        """
        wrong = {}
        for depth in range(1, len(states)):
            for number, read in enumerate(self.reads):
                # what is read inside the index has been corrected
                raw = answer.value(self._index((depth, number), at))
                # outside the array nobody asks
                if raw in read.row.raws:
                    variable = read.row.variable
                    slot = self._interpreter.slot(variable, read.row.element(raw), None)
                    mine, right = self.values[depth][number], states[depth][slot]
                    if answer.value(mine) != right:
                        wrong[depth, number] = mine
                        value = constant(right, truth=variable.domain is BOOL)
                        answer.put(mine, value)
        return wrong

    def _index(self, place: Place, at: Known) -> Number:
        if place not in self._indices:
            depth, number = place
            (self._indices[place],) = renamed([self.reads[number].index], at(depth))
        return self._indices[place]

    def define(self, places: Sequence[Place], at: Known) -> list[Bool]:
        """Say what some reads are, and those inside their indices, by all that was written."""
        found = []
        for depth, number in places:
            for inner in (*self._inside[number], number):
                if (depth, inner) not in self._defined:
                    read = self.reads[inner]
                    index = self._index((depth, inner), at)
                    value = self.history.element(read.row, index, depth)
                    found.append(equal(self.values[depth][inner], value))
        return found

    def needed(self, places: Iterable[Place]) -> None:
        """These had to be defined."""
        self._needed |= {inner for _, n in places for inner in (*self._inside[n], n)}

    def deepened(self, at: Known) -> list[Bool]:
        """The definitions, at all depths, of the reads that had to be defined anywhere."""
        depths = range(1, len(self.values))
        places = [p for p in product(depths, sorted(self._needed)) if p not in self._defined]
        found = self.define(places, at)
        self._defined |= {*places}
        return found


def _variable(read: Read, number: int, tag: str) -> Value:
    return variable_for(read.row.variable, f"{read.row.variable.name} read {number}{tag}")
