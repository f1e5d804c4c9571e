"""k-induction for a fixed size (Sheeran, Singh and Stålmarck, "Checking safety properties using
induction and a SAT-solver", FMCAD 2000): no violation within k steps of the start, and none after
k steps in a row, through different states, that satisfy everything."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence

from dnsrace.engines.proof.counterexample import confirmed_step, raw_of, state_of
from dnsrace.engines.proof.induction import Question
from dnsrace.engines.proof.steps import SymbolicStep, symbolic_step
from dnsrace.engines.proof.terms import Term, Terms, raw_term
from dnsrace.engines.solver import Effort, ask, conjunction, disjunction, z3
from dnsrace.findings.proofs import Proof, Query, QueryKind, ToInduction
from dnsrace.model.system import Property, System

EFFORT = Effort(resources=50_000_000)
"""Of one query: some ten seconds."""


class Unrolling:
    """A system's behaviours of k steps, with a copy of the state for each moment."""

    def __init__(self, system: System, k: int, effort: Effort = EFFORT) -> None:
        self.system, self.k, self.effort = system, k, effort
        self.moments = [Terms(system, f"@{i}") for i in range(k + 1)]
        self.slots = [(v, tuple(map(raw_term, v.index, index))) for v, index in system.slots]
        self.steps = [
            [symbolic_step(terms, step) for step in system.steps] for terms in self.moments[:-1]
        ]
        self.moves = [self._move(i) for i in range(k)]
        self.asked: list[Question] = []
        self.proof = Proof(system, k)
        self.counterexamples: dict[str, ToInduction] = {}

    def _move(self, i: int) -> Term:
        """That some step leads from moment i to the next one."""
        return disjunction(*(self._taken(i, step) for step in self.steps[i]))

    def _taken(self, i: int, step: SymbolicStep) -> Term:
        after = self.moments[i + 1]
        moved = (after.now(v, index) == step.after(v, index) for v, index in self.slots)
        return conjunction(step.possible, step.defined, *moved)

    def _good(self, i: int, members: Sequence[Property]) -> list[Term]:
        terms = self.moments[i]
        return [*terms.all_typed(), *(terms.term(p.value) for p in members if p.kind == "always")]

    def _bad(self, i: int, prop: Property) -> Term:
        """The property is false at moment i; of steps, of the step that leads there."""
        terms = self.moments[i]
        if prop.kind == "always":
            return z3.Not(conjunction(terms.term(prop.defined), terms.term(prop.value)))
        before = self.moments[i - 1]
        return disjunction(
            *(z3.Not(before.term(e, after=terms.now)) for e in (prop.defined, prop.value))
        )

    def _leaves(self, i: int) -> Term:
        """A value leaves its domain in the step from moment i."""
        return disjunction(*(conjunction(s.chosen, z3.Not(s.defined)) for s in self.steps[i]))

    def _different(self) -> list[Term]:
        """No two of the moments before the last one are the same state."""
        return [
            disjunction(*(a.now(v, index) != b.now(v, index) for v, index in self.slots))
            for a, b in itertools.combinations(self.moments[:-1], 2)
        ]

    def prove(self, properties: Sequence[Property]) -> Proof:
        """Prove what can be proved of these `always` and `every_step` properties."""
        began = time.perf_counter()
        members = self._based(list(properties))
        while True:
            history = [t for i in range(self.k) for t in self._good(i, members)]
            steps = [self._transition(i, members) for i in range(self.k - 1)]
            inside = (*history, *self.moves, *steps, *self._different())
            kept = [p for p in members if self._ask("consecution", p, inside, self._bad(self.k, p))]
            if kept == members:
                break
            members = kept
        # of a value that leaves its domain there is no state behind the step
        self._ask("safety", None, (*history, *self.moves[:-1], *steps), self._leaves(self.k - 1))
        proof = self.proof
        proof.invariant = tuple(p.name for p in members)
        proof.proved = () if proof.undefined else proof.invariant
        proof.seconds = time.perf_counter() - began
        return proof

    def _transition(self, i: int, members: Sequence[Property]) -> Term:
        """The properties of steps hold of the step from moment i."""
        now, after = self.moments[i], self.moments[i + 1]
        return conjunction(
            *(now.term(p.value, after=after.now) for p in members if p.kind == "every_step")
        )

    def _based(self, members: list[Property]) -> list[Property]:
        """Those that hold in all states up to k - 1 steps from the start."""
        path: list[Term] = [*self.moments[0].starts()]
        for i in range(self.k):
            members = [
                p
                for p in members
                if (i == 0 and p.kind == "every_step")
                or self._ask("initiation", p, path, self._bad(i, p))
            ]
            self._ask("initiation", None, path, self._leaves(i))
            path = [*path, self.moves[i]]
        return members

    def _ask(
        self, kind: QueryKind, prop: Property | None, inside: Sequence[Term], wrong: Term
    ) -> bool:
        about = (prop.name,) if prop else ()
        question = Question(kind, "", about, (*inside, wrong))
        solver = z3.Solver()
        solver.add(*question.formulas)
        reply = ask(solver, effort=self.effort)
        query = Query(kind, "", about, reply.answer, reply.seconds)
        if reply.answer == "unsat":
            self.proof.queries.append(query)
            self.asked.append(question)
        elif prop is None:
            self.proof.undefined.append(query)
        else:
            self.proof.failed.setdefault(prop.name, query)
            if reply.answer == "sat" and kind == "consecution":
                self.counterexamples[prop.name] = self._shown(solver.model(), prop)
        return reply.answer == "unsat"

    def _shown(self, model: object, prop: Property) -> ToInduction:
        """The counterexample to induction that the solver has found, confirmed."""
        states = [state_of(terms, model) for terms in self.moments]
        texts = []
        for i, steps in enumerate(self.steps):
            step = next(s for s in steps if z3.is_true(self._eval(model, self._taken(i, s))))
            choices = tuple(raw_of(model, term) for term in step.choices)
            last = prop if i == self.k - 1 else None
            texts.append(confirmed_step(self.system, states[i], step.step, choices, last)[0])
        return ToInduction(self.system, tuple(states), tuple(texts), prop.name)

    @staticmethod
    def _eval(model: object, term: Term) -> Term:
        return model.eval(term, model_completion=True)  # type: ignore[attr-defined]
