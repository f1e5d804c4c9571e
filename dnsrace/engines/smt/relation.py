"""The steps of a system as one formula between a state and the one after it.

A *lane* is a set of moves of one actor of which no two are ever enabled together, so the lane alone
says which step is taken.

Interchangeable names are first used in their order: no name moves before the one below it has.
Every behaviour has a renaming that keeps to this, and of all behaviours to a goal the first in
the order of declaration does.
"""

from __future__ import annotations

from collections.abc import Callable

from dnsrace.engines.smt.memory import Ports, Reads, either
from dnsrace.engines.smt.solving import Solver
from dnsrace.engines.smt.transitions import Move, Moves, variables
from dnsrace.engines.smt.values import Bool, and_, equal, fresh, ite, not_, or_
from dnsrace.engines.steppers import renaming
from dnsrace.model.domains import Domain
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import System


class Relation:
    """What holds of a state, the step that is taken, and the state after it.

    Parameters
    ----------
    before, after: variables for the two states.
    reads: where large arrays are read: in `before`, or by properties of steps.
    lane: a Bool for each lane: it takes the step.
    lanes: the lane of each move.
    names: the names that are used in their order.
    used, uses: whether they have been used before the step, and after it.
    stop: as for `Solver`.
    """

    def __init__(self, system: System, stop: Callable[[], str] = lambda: "") -> None:
        self.system = system
        self._stop = stop
        self.reads = Reads(system)
        self.before = variables(system, "", self.reads.large)
        self.after = variables(system, "'", self.reads.large)
        self.moves = Moves(system, self.before, self.reads).all()
        self.actors = [m.step.actor_of(m.choices) for m in self.moves]
        self.lanes = self._make_lanes()
        count = max(self.lanes, default=-1) + 1
        self.lane = [fresh(f"lane{n}", 0, 1, truth=True) for n in range(count)]
        self.names = self._interchangeable()
        self.used = {key: fresh(f"used {key}", 0, 1, truth=True) for key in self.names}
        self.uses = {key: fresh(f"uses {key}", 0, 1, truth=True) for key in self.names}
        self.taken = [
            and_((self.lane[lane], move.enabled))
            for lane, move in zip(self.lanes, self.moves, strict=True)
        ]

    def parts(self) -> list[Bool]:
        """What all has to hold, but for what is read in large arrays."""
        parts = [or_(self.taken)]
        for n, lane in enumerate(self.lane):
            parts += [or_((not_(lane), not_(other))) for other in self.lane[:n]]
        for slot, (after, value) in enumerate(zip(self.after, self.before, strict=True)):
            if after is None:
                continue
            for taken, move in zip(self.taken[::-1], self.moves[::-1], strict=True):
                if slot in move.after:
                    value = ite(taken, move.after[slot], value)
            parts.append(equal(after, value))
        for domain, raw in self.names:
            key, below = (domain, raw), (domain, raw - 1)
            mine = []
            for taken, move in zip(self.taken, self.moves, strict=True):
                used = used_names(move)
                if key in used:
                    mine.append(taken)
                    if raw > domain.lo and below not in used[: used.index(key)]:
                        parts.append(or_((not_(taken), self.used[below])))
            parts.append(equal(self.uses[key], or_((self.used[key], *mine))))
        return parts

    def writes(self) -> Ports:
        """What a step writes to large arrays."""
        ports: Ports = {}
        for taken, move in zip(self.taken, self.moves, strict=True):
            ports = either(taken, move.writes, ports) if move.writes else ports
        return ports

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

    def _interchangeable(self) -> list[tuple[Domain, int]]:
        """The names that may be used in their order: those of domains whose names every initial
        state treats alike."""
        if not self._alike_starts() or self.system.asymmetry is not None:
            return []
        start = next(Interpreter(self.system).initial())
        found: list[tuple[Domain, int]] = []
        for domain in self.system.domains:
            if domain.kind == "names" and domain.size > 1:
                turned = (*domain.raws[1:], domain.lo)
                swapped = (domain.lo + 1, domain.lo, *domain.raws[2:])
                if all(renaming(self.system, {domain: p})(start) == start
                       for p in (turned, swapped)):  # fmt: skip
                    found += [(domain, raw) for raw in domain.raws]
        return found

    def _alike_starts(self) -> bool:
        """Whether initial states differ only in what is no name and belongs to none."""
        return self.system.starts is None and all(
            len(v.start) == 1 or not any((d.of or d).kind == "names" for d in (v.domain, *v.index))
            for v in self.system.variables
        )


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
