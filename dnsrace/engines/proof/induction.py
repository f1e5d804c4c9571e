"""Proof by induction: initiation, consecution of each step, safety.

The invariant is all that is to be shown and all lemmas, together. What a step does not keep is
taken out, and the rest is tried again, until what is left is inductive (Flanagan and Leino,
"Houdini, an annotation assistant for ESC/Java", FME 2001).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from dnsrace.engines.proof.steps import SymbolicStep, symbolic_steps
from dnsrace.engines.proof.terms import Term, Terms
from dnsrace.engines.solver import Effort, ask, conjunction, z3
from dnsrace.findings.proofs import Proof, Query, QueryKind
from dnsrace.model.system import Property, System

EFFORT = Effort(resources=3_000_000)
"""Of one query: about a second; those of the flagship take a thousandth of it."""


@dataclass(frozen=True)
class Question:
    """A query with its formulas: it holds when they cannot be true together."""

    kind: QueryKind
    step: str
    about: tuple[str, ...]
    formulas: tuple[Term, ...]


class Induction:
    """The questions of a proof for one system."""

    def __init__(self, system: System, effort: Effort = EFFORT) -> None:
        self.system = system
        self.effort = effort
        self.terms = Terms(system)
        self.steps = symbolic_steps(system, self.terms)
        self.limits = self.terms.limits()
        self.typed = self.terms.all_typed()
        self._now: dict[str, Term] = {}
        self._after: dict[tuple[str, str], Term] = {}

    def now(self, prop: Property) -> Term:
        """A property of the state before the step."""
        if prop.name not in self._now:
            self._now[prop.name] = self.terms.term(prop.value)
        return self._now[prop.name]

    def after(self, step: SymbolicStep, prop: Property) -> Term:
        """A property of the state after a step; of a property of steps, that it is defined and
        holds."""
        key = (step.step.name, prop.name)
        if key not in self._after:
            term = self.terms.term
            self._after[key] = (
                term(prop.value, view=step.after)
                if prop.kind == "always"
                else conjunction(
                    term(prop.defined, after=step.after), term(prop.value, after=step.after)
                )
            )
        return self._after[key]

    def state(self, members: Iterable[Property]) -> list[Term]:
        """That a state is in its domains and satisfies these."""
        return [*self.limits, *self.typed, *map(self.now, members)]

    def initiation(self, members: Sequence[Property]) -> Question:
        """Initial states are in their domains and satisfy these."""
        holds = conjunction(*self.typed, *map(self.now, members))
        formulas = (*self.limits, *self.terms.starts(), z3.Not(holds))
        return Question("initiation", "", _names(members), formulas)

    def consecution(
        self, step: SymbolicStep, members: Sequence[Property], kept: Sequence[Property],
        kind: QueryKind = "consecution",
    ) -> Question:  # fmt: skip
        """From a state that satisfies all members, the step leads to one that satisfies `kept`; or
        where those are properties of steps, satisfies them itself."""
        after = conjunction(*(self.after(step, p) for p in kept))
        formulas = (*self.state(members), step.possible, step.defined, z3.Not(after))
        return Question(kind, step.step.name, _names(kept), formulas)

    def domains(self, step: SymbolicStep, members: Sequence[Property]) -> Question:
        """From such a state, nothing leaves its domain in the step."""
        formulas = (*self.state(members), step.chosen, z3.Not(step.defined))
        return Question("safety", step.step.name, (), formulas)

    def meaning(self, props: Sequence[Property], members: Sequence[Property]) -> Question:
        """In such a state, the properties read nothing outside of its domain."""
        defined = conjunction(*(self.terms.term(p.defined) for p in props if p.kind == "always"))
        return Question("safety", "", (), (*self.state(members), z3.Not(defined)))

    def answer(self, question: Question) -> Query:
        """Put a question to the solver."""
        solver = z3.Solver()
        solver.add(*question.formulas)
        reply = ask(solver, effort=self.effort)
        return Query(question.kind, question.step, question.about, reply.answer, reply.seconds)


def _names(members: Iterable[Property]) -> tuple[str, ...]:
    return tuple(p.name for p in members)


def provable(properties: Iterable[Property]) -> list[Property]:
    """Those that a proof by induction is about: of states, and of steps."""
    return [p for p in properties if p.kind in ("always", "every_step")]


class Attempt:
    """One proof: what is left of the invariant, and the queries of the last round. An impatient
    one ends at the first query that fails."""

    def __init__(self, induction: Induction, patient: bool = True) -> None:
        self.induction = induction
        self.patient = patient
        self.proof = Proof(induction.system, 1)
        self.asked: list[Question] = []
        """The questions behind the proof's queries, in the same order."""

    def prove(self, properties: Sequence[Property]) -> Proof:
        """Prove what can be proved of these `always` and `every_step` properties."""
        began = time.perf_counter()
        members = [p for p in properties if p.kind == "always"]
        members = self._begin(members)
        before: list[Property] = []
        while before != members:
            before, members = members, self._round(members)
        self._safe(properties, members)
        proof = self.proof
        proof.invariant = _names(members)
        steps = [p for p in properties if p.kind == "every_step" and p.name not in proof.failed]
        proof.proved = () if proof.undefined else (*proof.invariant, *_names(steps))
        proof.seconds = time.perf_counter() - began
        return proof

    def _ask(self, question: Question) -> Query:
        query = self.induction.answer(question)
        self.proof.queries.append(query)
        self.asked.append(question)
        return query

    def _forget(self, kept: int) -> None:
        """Keep only the first queries."""
        del self.proof.queries[kept:], self.asked[kept:]

    def _each(
        self, kept: Sequence[Property], make: Callable[[Sequence[Property]], Question]
    ) -> list[Property]:
        """Those that hold: by one query for all or, where that fails, one for each."""
        if not kept:
            return []
        query = self._ask(make(kept))
        if query.answer == "unsat":
            return list(kept)
        if not self.patient:
            self.proof.failed[kept[0].name] = query
            return []
        self._forget(len(self.asked) - 1)
        holding = []
        for prop in kept:
            query = self._ask(make([prop])) if len(kept) > 1 else query
            if query.answer == "unsat":
                holding.append(prop)
            else:
                self.proof.failed.setdefault(prop.name, query)
        return holding

    def _begin(self, members: list[Property]) -> list[Property]:
        query = self._ask(self.induction.initiation([]))
        if query.answer != "unsat":
            self.proof.undefined.append(query)
        return self._each(members, self.induction.initiation)

    def _round(self, members: list[Property]) -> list[Property]:
        induction = self.induction
        self._forget(sum(q.kind == "initiation" for q in self.proof.queries))
        kept = members
        for step in induction.steps:
            kept = self._each(kept, partial(induction.consecution, step, members))
        return kept

    def _safe(self, properties: Sequence[Property], members: list[Property]) -> None:
        induction = self.induction
        questions = [induction.domains(step, members) for step in induction.steps]
        for question in (*questions, induction.meaning(properties, members)):
            query = self._ask(question)
            if query.answer != "unsat":
                self.proof.undefined.append(query)
        kept = [p for p in properties if p.kind == "every_step"]
        for step in induction.steps:
            kept = self._each(kept, partial(induction.consecution, step, members, kind="safety"))
