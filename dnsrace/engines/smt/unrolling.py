"""All behaviours of n steps as one formula, which grows a step at a time.

Bounded model checking (Biere, Cimatti, Clarke and Zhu, "Symbolic model checking without BDDs",
TACAS 1999). There are variables for each state, and for each step a Bool for each *lane*: moves
of one actor of which no two are ever enabled together, so the lane alone says which step is taken.
The formula of a step is built once, and its variables are renamed for every depth.

Interchangeable names are first used in their order: no name moves before the one below it has.
Every behaviour has a renaming that keeps to this, and of all behaviours to a goal the first in
the order of declaration does.
"""

from __future__ import annotations

from collections.abc import Callable

from dnsrace.engines.smt.transitions import Move, Moves, State, terms_over, variables
from dnsrace.engines.smt.values import (
    Answer,
    Bool,
    Number,
    Solver,
    and_,
    equal,
    fresh,
    ite,
    not_,
    or_,
    renamed,
)
from dnsrace.engines.steppers import renaming
from dnsrace.errors import InternalError
from dnsrace.findings.trace import Trace
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import State as Raws
from dnsrace.model.system import System


class Unrolling:
    """The behaviours of a system with as many steps as `depth` says.

    Parameters
    ----------
    stop: asked all the time: why the solver is to end, in words, or an empty text.
    """

    def __init__(self, system: System, stop: Callable[[], str] = lambda: "") -> None:
        self.system = system
        self.interpreter = Interpreter(system)
        self._stop = stop
        self.solver = Solver(stop)
        self.before, self.after = variables(system, ""), variables(system, "'")
        self.moves = Moves(system, self.before).all()
        self.actors = [m.step.actor_of(m.choices) for m in self.moves]
        self._lanes = self._make_lanes()
        count = max(self._lanes, default=-1) + 1
        self._lane = [fresh(f"lane{n}", 0, 1, truth=True) for n in range(count)]
        self.names = self._interchangeable()
        self._used = {key: fresh(f"used {key}", 0, 1, truth=True) for key in self.names}
        self._uses = {key: fresh(f"uses {key}", 0, 1, truth=True) for key in self.names}
        self._taken = [
            and_((self._lane[lane], move.enabled))
            for lane, move in zip(self._lanes, self.moves, strict=True)
        ]
        self._relation = and_(self._step())
        self.states: list[State] = [variables(system, "@0")]
        self._chosen: list[list[Bool]] = []
        self._used_at = [[False] * len(self.names)]
        self.solver.add(self._start())

    @property
    def depth(self) -> int:
        """Steps of the behaviours that the solver has now."""
        return len(self.states) - 1

    def deepen(self) -> None:
        """One step more."""
        depth = self.depth + 1
        after = variables(self.system, f"@{depth}")
        chosen = [fresh(f"lane{n}@{depth}", 0, 1, truth=True) for n in range(len(self._lane))]
        used = [fresh(f"used {key}@{depth}", 0, 1, truth=True) for key in self.names]
        new = [*zip(self.before, self.states[-1], strict=True)]
        new += [*zip(self.after, after, strict=True), *zip(self._lane, chosen, strict=True)]
        new += zip(self._uses.values(), used, strict=True)
        new += zip(self._used.values(), self._used_at[-1], strict=True)
        self.solver.add(*renamed([self._relation], new))
        self.states.append(after)
        self._chosen.append(chosen)
        self._used_at.append(used)

    # -- what is asked of it

    def at(self, formula: Bool, depth: int) -> Bool:
        """A formula over `before`, said of the state at a depth."""
        return renamed([formula], [*zip(self.before, self.states[depth], strict=True)])[0]

    def between(self, formula: Bool, depth: int) -> Bool:
        """A formula over `before` and `after`, said of the step that leads to a depth."""
        new = [*zip(self.before, self.states[depth - 1], strict=True)]
        new += zip(self.after, self.states[depth], strict=True)
        return renamed([formula], new)[0]

    def test(self, expr: Expr, *, primed: bool = False) -> Bool:
        """An expression over `before` and, if it is about a step, `after`."""
        return terms_over(self.system, self.before, self.after if primed else None).test(expr, {})

    def takes(self, number: int, depth: int) -> Bool:
        """A move is the step that leads to a depth."""
        lanes = [*zip(self._lane, self._chosen[depth - 1], strict=True)]
        return self.at(renamed([self._taken[number]], lanes)[0], depth - 1)

    def acts(self, actor: str, depth: int) -> Bool:
        """Who takes the step that leads to a depth."""
        mine = {lane for lane, who in zip(self._lanes, self.actors, strict=True) if who == actor}
        return or_(self._chosen[depth - 1][lane] for lane in sorted(mine))

    def begins(self, slot: int, raw: int) -> Bool:
        """A slot's initial value."""
        return is_raw(self.states[0][slot], raw)

    def initial(self, answer: Answer) -> Raws:
        """The initial state of the behaviour found."""
        return tuple(answer.value(v) for v in self.states[0])

    def path(self, answer: Answer) -> tuple[list[int], Trace]:
        """The behaviour found: the numbers of its moves, and what the interpreter makes of them.

        Raises InternalError where a step is not enabled there.
        """
        state = initial = self.initial(answer)
        numbers: list[int] = []
        steps: list[Taken] = []
        for chosen in self._chosen:
            lane = next(n for n, c in enumerate(chosen) if answer.value(c))
            for number in (n for n, mine in enumerate(self._lanes) if mine == lane):
                move = self.moves[number]
                done = self.interpreter.take(state, move.step, move.choices)
                if done is not None:
                    break
            else:
                raise InternalError(f"Z3 takes a step that is not enabled in {state}")
            numbers.append(number)
            steps.append(done)
            state = done.state
        return numbers, Trace(self.system, initial, tuple(steps))

    # -- how it is made

    def _make_lanes(self) -> list[int]:
        """The lane of each move."""
        solver = Solver(self._stop)
        members: list[list[int]] = []
        for number, move in enumerate(self.moves):
            for others in members:
                if self.actors[others[0]] == self.actors[number] and all(
                    solver.check(and_((self.moves[o].enabled, move.enabled))).said == "unsat"
                    for o in others
                ):
                    others.append(number)
                    break
            else:
                members.append([number])
        lane_of = {number: lane for lane, mine in enumerate(members) for number in mine}
        return [lane_of[number] for number in range(len(self.moves))]

    def _step(self) -> list[Bool]:
        """The relation between a state, the lanes and the state after."""
        parts = [or_(self._taken)]
        for n, lane in enumerate(self._lane):
            parts += [or_((not_(lane), not_(other))) for other in self._lane[:n]]
        for slot, (after, value) in enumerate(zip(self.after, self.before, strict=True)):
            for taken, move in zip(self._taken[::-1], self.moves[::-1], strict=True):
                if slot in move.after:
                    value = ite(taken, move.after[slot], value)
            parts.append(equal(after, value))
        for domain, raw in self.names:
            key, below = (domain, raw), (domain, raw - 1)
            mine = []
            for taken, move in zip(self._taken, self.moves, strict=True):
                used = used_names(move)
                if key in used:
                    mine.append(taken)
                    if raw > domain.lo and below not in used[: used.index(key)]:
                        parts.append(or_((not_(taken), self._used[below])))
            parts.append(equal(self._uses[key], or_((self._used[key], *mine))))
        return parts

    def _interchangeable(self) -> list[tuple[Domain, int]]:
        """The names that may be used in their order: those of domains whose names the only
        initial state treats alike."""
        starts = list(dict.fromkeys(self.interpreter.initial())) if self._few_starts() else []
        if len(starts) != 1 or self.system.asymmetry is not None:
            return []
        found: list[tuple[Domain, int]] = []
        for domain in self.system.domains:
            if domain.kind == "names" and domain.size > 1:
                turned = (*domain.raws[1:], domain.lo)
                swapped = (domain.lo + 1, domain.lo, *domain.raws[2:])
                if all(renaming(self.system, {domain: p})(starts[0]) == starts[0]
                       for p in (turned, swapped)):  # fmt: skip
                    found += [(domain, raw) for raw in domain.raws]
        return found

    def _few_starts(self) -> bool:
        return self.system.starts is None and all(len(v.start) == 1 for v in self.system.variables)

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


def is_raw(value: object, raw: int) -> Bool:
    """A variable has this raw value."""
    return equal(value, Number(raw, raw) if isinstance(value, Number) else bool(raw))


def used_names(move: Move) -> list[tuple[Domain, int]]:
    """The names that a move chooses, in order."""
    found = []
    for choice, raw in zip(move.step.choices, move.choices, strict=True):
        domain = choice.domain
        if domain is not None and domain.kind == "maybe":
            domain = domain.of if raw != domain.lo else None
        if domain is not None:
            found.append((domain, raw))
    return found
