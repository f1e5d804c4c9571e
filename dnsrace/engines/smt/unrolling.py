"""All behaviours of n steps as one formula, which grows a step at a time.

Bounded model checking (Biere, Cimatti, Clarke and Zhu, "Symbolic model checking without BDDs",
TACAS 1999). There are variables for each state, and for each step a Bool for each lane. The formula
of a step is built once (`relation`), and its variables are renamed for every depth.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from dnsrace.engines.smt.memory import History, Port, Read
from dnsrace.engines.smt.ranges import Ranges
from dnsrace.engines.smt.relation import Relation
from dnsrace.engines.smt.solving import Answer, Solver
from dnsrace.engines.smt.tracking import Tracking
from dnsrace.engines.smt.transitions import State, terms_over, variables
from dnsrace.engines.smt.values import (
    Bool,
    Number,
    Pairs,
    Value,
    and_,
    equal,
    fresh,
    less,
    occurs,
    or_,
    renamed,
)
from dnsrace.errors import InternalError
from dnsrace.findings.trace import Trace
from dnsrace.model.expressions import Expr
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import State as Raws
from dnsrace.model.system import System


class Unrolling:
    """The behaviours of a system with as many steps as `depth` says.

    Parameters
    ----------
    relation: a step; what is asked is said in its variables.
    states: a value for each slot, at each depth; None for the elements of large arrays.
    stop: asked all the time: why the solver is to end, in words, or an empty text.
    """

    def __init__(self, system: System, stop: Callable[[], str] = lambda: "") -> None:
        self.system = system
        self.interpreter = Interpreter(system)
        self.solver = Solver(stop)
        self.relation = Relation(system, stop)
        self.states: list[State] = [variables(system, "@0", self.relation.reads.large)]
        self._ranges = Ranges(system)
        self._history = History(system)
        self._step: Bool | None = None
        self._writes = self.relation.writes()
        self._tracking = Tracking(system, self.relation.before, self._history)
        self._at_depth = [pairs(self.relation.before, self.states[0])]
        self._own = len(self._at_depth[0])
        self._chosen: list[list[Bool]] = []
        self._used_at = [[False] * len(self.relation.names)]
        self.solver.add(self._start())

    @property
    def depth(self) -> int:
        """Steps of the behaviours that the solver has now."""
        return len(self.states) - 1

    def deepen(self) -> None:
        """One step more."""
        relation, tracking, depth = self.relation, self._tracking, self.depth + 1
        if self._step is None:
            # all is known that will be read
            reads = tracking.begin(relation.reads.before, relation.taken, relation.moves)
            self._step = and_([*relation.parts(), *reads])
        after = variables(self.system, f"@{depth}", relation.reads.large)
        chosen = [fresh(f"{lane}@{depth}", 0, 1, truth=True) for lane in relation.lane]
        used = [fresh(f"used {key}@{depth}", 0, 1, truth=True) for key in relation.names]
        new = [*self._at(depth - 1), *zip(relation.lane, chosen, strict=True)]
        new += zip(relation.uses.values(), used, strict=True)
        new += zip(relation.used.values(), self._used_at[-1], strict=True)
        new += [*pairs(relation.after, after), *tracking.deepen()]
        self.solver.add(*renamed([self._step], new))
        self.states.append(after)
        self._chosen.append(chosen)
        self._used_at.append(used)
        self._at_depth.append([*pairs(relation.before, after), *tracking.known(depth)])
        self._history.append({
            row: [Port(*renamed([p.on, p.index, p.value], new)) for p in ports]
            for row, ports in self._writes.items()
        })  # fmt: skip
        self._ranges.deepen()
        self.solver.add(*self._in_ranges(after), *tracking.deepened(self._at))

    # -- what is asked of it

    def check(self, *assumed: Bool, seconds: float = math.inf, steps: int = 0) -> Answer:
        """Is there a behaviour for which all that was added holds, together with these?

        What is read in large arrays is partly left open. So a behaviour that the solver finds is
        compared with the interpreter, and where it is none the solver is told why and asked again.

        Parameters
        ----------
        seconds, steps: as for `Solver.check`.
        """
        end = time.perf_counter() + seconds
        while True:
            answer = self.solver.check(*assumed, seconds=seconds, steps=steps)
            if answer.said != "sat" or not self._tracking.reads:
                return answer
            missing = self._missing(answer, assumed)
            if not missing:
                return answer
            self.solver.add(*missing)
            seconds = end - time.perf_counter()
            if seconds <= 0:
                return Answer("unknown", "timeout")

    def at(self, formula: Bool, depth: int) -> Bool:
        """A formula over `before`, said of the state at a depth."""
        return renamed([formula], self._at(depth))[0]

    def between(self, formula: Bool, depth: int) -> Bool:
        """A formula over `before` and `after`, said of the step that leads to a depth."""
        new = [*self._at(depth - 1), *pairs(self.relation.after, self.states[depth])]
        for read, steps in self.relation.reads.of_step:
            new.append((read.value, self._element(read, new, depth - 1 + steps)))
        return renamed([formula], new)[0]

    def test(self, expr: Expr, *, primed: bool = False) -> Bool:
        """An expression over `before` and, if it is about a step, `after`."""
        relation = self.relation
        after = relation.after if primed else None
        return terms_over(self.system, relation.before, after, relation.reads).test(expr, {})

    def takes(self, number: int, depth: int) -> Bool:
        """A move is the step that leads to a depth."""
        lanes = zip(self.relation.lane, self._chosen[depth - 1], strict=True)
        return self.at(renamed([self.relation.taken[number]], lanes)[0], depth - 1)

    def acts(self, actor: str, depth: int) -> Bool:
        """Who takes the step that leads to a depth."""
        by = zip(self.relation.lanes, self.relation.actors, strict=True)
        mine = {lane for lane, who in by if who == actor}
        return or_(self._chosen[depth - 1][lane] for lane in sorted(mine))

    def begins(self, slot: int, raw: int) -> Bool:
        """A slot's initial value; an element of a large array has only one."""
        value = self.states[0][slot]
        return value is None or is_raw(value, raw)

    def initial(self, answer: Answer) -> Raws:
        """The initial state of the behaviour found."""
        return tuple(
            self.alternatives(slot)[0] if value is None else answer.value(value)
            for slot, value in enumerate(self.states[0])
        )

    def path(self, answer: Answer) -> tuple[list[int], Trace]:
        """The behaviour found: the numbers of its moves, and what the interpreter makes of them.

        Raises InternalError where a step is not enabled there.
        """
        numbers, trace = self._run(answer)
        if len(numbers) < self.depth:
            raise InternalError(f"Z3 takes a step that is not enabled in {trace.last}")
        return numbers, trace

    def differs(self, answer: Answer, depth: int, state: Raws) -> bool:
        """Whether the behaviour found has another state at a depth."""
        return any(
            value is not None and answer.value(value) != raw
            for value, raw in zip(self.states[depth], state, strict=True)
        )

    def _run(self, answer: Answer) -> tuple[list[int], Trace]:
        """The behaviour found, up to the first step that is not enabled."""
        relation, initial = self.relation, self.initial(answer)
        numbers: list[int] = []
        steps: list[Taken] = []
        state = initial
        for chosen in self._chosen:
            lane = next(n for n, c in enumerate(chosen) if answer.value(c))
            for number in (n for n, mine in enumerate(relation.lanes) if mine == lane):
                move = relation.moves[number]
                done = self.interpreter.take(state, move.step, move.choices)
                if done is not None:
                    numbers.append(number)
                    steps.append(done)
                    state = done.state
                    break
            else:
                break
        return numbers, Trace(self.system, initial, tuple(steps))

    # -- what was left open

    def _missing(self, answer: Answer, assumed: tuple[Bool, ...]) -> list[Bool]:
        """Why what was found is no behaviour; nothing if it is one, and then the answer has the
        right values."""
        states, said = self._run(answer)[1].states, Answer("sat", model=answer.model)
        wrong = self._tracking.correct(answer, states, self._at)
        for depth in range(self.depth):
            places = [place for place in wrong if place[0] == depth]
            if depth + 1 == len(states) or self.differs(said, depth + 1, states[depth + 1]):
                break
            # what is written to a large array is seen in no other variable
            if places and self._history.written(said, depth) != self._history.written(
                answer, depth
            ):
                break
        else:
            false = [f for f in (*self.solver.scoped, *assumed) if not answer.value(f)]
            places = [p for p, read in wrong.items() if any(occurs(read, f) for f in false)]
        self._tracking.needed(places)
        return self._tracking.define(places, self._at)

    # -- how it is made

    def _at(self, depth: int) -> Pairs:
        """What stands for the variables of `before`, and for what is read there, at a depth."""
        found = self._at_depth[depth]
        for read in self.relation.reads.before[len(found) - self._own :]:
            found.append((read.value, self._element(read, found, depth)))
        return found

    def _element(self, read: Read, new: Pairs, depth: int) -> Value:
        (index,) = renamed([read.index], new)
        return self._history.element(read.row, index, depth)

    def _in_ranges(self, state: State) -> list[Bool]:
        """What is known of the values after so many steps, whichever they are."""
        return [
            and_(
                (
                    less(Number(low, low), state[slot], strictly=False),
                    less(state[slot], Number(high, high), strictly=False),
                )
            )
            for slot, (low, high) in self._ranges.narrowed()
            if state[slot] is not None
        ]

    def alternatives(self, slot: int) -> list[int]:
        """The initial values of a slot, in order."""
        variable, index = self.system.slots[slot]
        names = {f"i{n}": raw for n, raw in enumerate(index)}
        return [self.interpreter.value(e, (), names) for e in variable.start]

    def _start(self) -> Bool:
        if self.system.starts is not None:
            return or_(
                and_(self.begins(slot, raw) for slot, raw in enumerate(state))
                for state in self.system.starts()
            )
        return and_(
            or_(self.begins(slot, raw) for raw in self.alternatives(slot))
            for slot in range(len(self.system.slots))
        )


def pairs(old: State, new: State) -> Pairs:
    """What stands for each variable of a state."""
    return [(a, b) for a, b in zip(old, new, strict=True) if a is not None]


def is_raw(value: object, raw: int) -> Bool:
    """A variable has this raw value."""
    return equal(value, Number(raw, raw) if isinstance(value, Number) else bool(raw))
