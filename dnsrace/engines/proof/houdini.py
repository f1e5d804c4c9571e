"""The Houdini algorithm on one small instance: of many candidates, those that are kept together,
and of these what the goals need (Flanagan and Leino, "Houdini, an annotation assistant for
ESC/Java", FME 2001)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dnsrace.engines.proof.candidates import Candidate
from dnsrace.engines.proof.counterexample import raw_of
from dnsrace.engines.proof.explored import States
from dnsrace.engines.proof.instances import instance
from dnsrace.engines.proof.steps import symbolic_steps
from dnsrace.engines.proof.terms import Term, Terms, raw_term
from dnsrace.engines.solver import Effort, ask, conjunction, disjunction, z3
from dnsrace.model.expressions import Expr
from dnsrace.model.system import Property, State, System

EFFORT = Effort(resources=20_000_000)
"""Of one query: some seconds."""


class Houdini:
    """One small instance, with a switch for each member; its goals come first."""

    def __init__(
        self, system: System, goals: Sequence[Property], found: Sequence[Candidate],
        effort: Effort = EFFORT,
    ) -> None:  # fmt: skip
        self.system, self.goals, self.effort = system, goals, effort
        self.small = instance(system, _sizes(system))
        self.members: list[Property | Candidate] = [*goals, *found]
        self.before, self.after = Terms(system), Terms(system, "'")
        self.slots = [
            (next(v for v in system.variables if v.name == own.name), index)
            for own, index in self.small.slots
        ]
        self.solver = z3.Solver()
        self.solver.add(*(t == self.small.parameters[n] for n, t in self.before.parameters.items()))
        for terms in (self.before, self.after):
            self.solver.add(*(self._typed(terms, v, index) for v, index in self.slots))
        self.undefined = z3.Bool("undefined!")
        self._steps()
        self.holds = [z3.Bool(f"holds!{i}") for i in range(len(self.members))]
        self.broken = [z3.Bool(f"broken!{i}") for i in range(len(self.members))]
        for i, member in enumerate(self.members):
            self.solver.add(z3.Implies(self.holds[i], self._ground(member, self.before)))
            self.solver.add(z3.Implies(self.broken[i], z3.Not(self._ground(member, self.after))))
        self.solver.add(disjunction(*self.broken, self.undefined))

    def _typed(self, terms: Terms, variable: Any, index: tuple[int, ...]) -> Term:
        term = terms.now(variable, tuple(map(raw_term, variable.index, index)))
        return terms.inside(variable.domain, term)

    def _steps(self) -> None:
        """Some step leads from the state before to the state after, or leaves a domain."""
        taken = []
        for step in symbolic_steps(self.system, self.before):
            moved = []
            for variable, index in self.slots:
                place = tuple(map(raw_term, variable.index, index))
                moved.append(self.after.now(variable, place) == step.after(variable, place))
            fine = conjunction(step.possible, step.defined, *moved, z3.Not(self.undefined))
            wrong = conjunction(step.chosen, z3.Not(step.defined), self.undefined)
            taken.append(disjunction(fine, wrong))
        self.solver.add(disjunction(*taken))

    def _ground(self, member: Property | Candidate, terms: Terms) -> Term:
        expr = member.value if isinstance(member, Property) else member.expr
        return conjunction(*self._instances(expr, {}, terms))

    def _instances(self, expr: Expr, names: dict[str, Term], terms: Terms) -> Iterator[Term]:
        """The formula for all values that its outer quantifiers range over in the instance."""
        if expr.op != "forall":
            yield terms.term(expr, names, after=None)
            return
        name, domain = expr.data
        own = next(d for d in self.small.domains if d.name == domain.name)
        for raw in own.raws:
            yield from self._instances(expr.args[0], {**names, name: raw_term(own, raw)}, terms)

    def run(self, until: float) -> set[int]:
        """The members that are kept together, by the greatest fixpoint from above."""
        alive = set(range(len(self.members)))
        while True:
            dead = [z3.Not(b) for i, b in enumerate(self.broken) if i not in alive]
            on = [h for i, h in enumerate(self.holds) if i in alive]
            reply = ask(self.solver, *on, *dead, z3.Not(self.undefined), effort=self.effort)
            if reply.answer == "unsat":
                return alive
            if reply.answer == "unknown" or time.perf_counter() > until:
                return set()
            model = self.solver.model()
            gone = self._false_after(model, alive)
            # the member that the solver itself has chosen is gone in any case
            gone |= {i for i in alive if z3.is_true(model.eval(self.broken[i]))}
            alive -= gone

    def _false_after(self, model: Any, alive: Iterable[int]) -> set[int]:
        state: State = tuple(
            raw_of(model, self.after.now(v, tuple(map(raw_term, v.index, index))))
            for v, index in self.slots
        )
        table = States(self.system, self.small, [state])
        found: set[int] = set()
        known: dict[tuple[Any, Expr], Any] = {}

        def truth(bound: tuple[Expr, ...], test: Expr) -> Any:
            key = (bound, test)
            if key not in known:
                known[key] = table.table(test, bound)
            return known[key]

        for i in alive:
            member = self.members[i]
            if isinstance(member, Candidate):
                wrong = ~truth(member.bound, member.atom)
                for guard in member.guards:
                    wrong = wrong & truth(member.bound, guard)
                if wrong.any():
                    found.add(i)
        return found

    def needed(self, alive: set[int]) -> list[int]:
        """The members that the goals need, and those that these need, and so on."""
        wanted = [i for i in range(len(self.goals)) if i in alive]
        found: dict[int, None] = dict.fromkeys(wanted)
        queue: list[int | None] = [None, *wanted]
        every = {str(h): i for i, h in enumerate(self.holds)}
        while queue:
            goal = queue.pop(0)
            only = [z3.Not(b) for i, b in enumerate(self.broken) if i != goal] + [
                self.undefined if goal is None else z3.Not(self.undefined)
            ]
            # what is needed already costs nothing
            for pool in (list(found), sorted(alive)):
                on = [self.holds[i] for i in pool]
                if ask(self.solver, *on, *only, effort=self.effort).answer == "unsat":
                    break
            else:
                continue
            core = {str(a) for a in self.solver.unsat_core()}
            for name in sorted(core & every.keys(), key=lambda n: every[n]):
                if every[name] not in found:
                    found[every[name]] = None
                    queue.append(every[name])
        return self._minimal(list(found))

    def _minimal(self, found: list[int]) -> list[int]:
        """The same without those that the rest does not need: tried one by one, the longest first,
        until nothing changes."""
        before: list[int] = []
        while before != found:
            before = found
            for i in sorted((i for i in found if i >= len(self.goals)), reverse=True):
                rest = [j for j in found if j != i]
                on = [self.holds[j] for j in rest]
                dead = [z3.Not(b) for j, b in enumerate(self.broken) if j not in rest]
                if ask(self.solver, *on, *dead, effort=self.effort).answer == "unsat":
                    found = rest
        return found


def _sizes(system: System) -> dict[str, int]:
    """How much larger than at its default each open parameter is in the instance: interchangeable
    names are two, as candidates are about two of them at most, and other sizes two at least."""
    names = {
        e.data[0]
        for d in system.domains
        if d.kind == "names" and isinstance(d.high, Expr)
        for e in d.high.walk()
        if e.op == "param"
    }
    sizes = {
        e.data[0]
        for d in system.domains
        if isinstance(d.high, Expr)
        for e in d.high.walk()
        if e.op == "param"
    }
    found = {}
    for p in system.model.parameters:
        if p.name in sizes:
            least = max(2, p.bounds.low or 2)
            found[p.name] = (least if p.name in names else max(least, p.default)) - p.default
    return found
