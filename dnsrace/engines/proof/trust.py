"""What speaks for the formulas of a proof: they agree with the interpreter, no step is missing,
and no lemma is there for nothing."""

from __future__ import annotations

from collections.abc import Sequence

from dnsrace.engines.proof.induction import Attempt, Induction
from dnsrace.engines.proof.instances import Sample, largest, sampled
from dnsrace.engines.proof.steps import SymbolicStep
from dnsrace.engines.proof.terms import Term, raw_term
from dnsrace.engines.solver import Effort, ask, conjunction, disjunction, z3
from dnsrace.errors import InternalError
from dnsrace.findings.proofs import Trust
from dnsrace.model.interpreter import Interpreter, state_text
from dnsrace.model.system import Property, State, System

STATES = 12
"""Sampled states in which each step of the formulas is compared with the interpreter."""


def trust(
    induction: Induction, properties: Sequence[Property], proved: Sequence[str],
    lemmas: Sequence[str],
) -> Trust:  # fmt: skip
    """Compare the formulas with the interpreter on sampled states, and look for steps that are
    never possible and lemmas that nothing needs.

    Raises InternalError where formulas and interpreter disagree.
    """
    sample = sampled(largest(induction.system))
    states = sample.states[:: max(1, len(sample.states) // STATES)][:STATES]
    compared = sum(compare(induction, sample.system, states, step) for step in induction.steps)
    members = [p for p in properties if p.name in proved]
    return Trust(
        sample.system,
        compared,
        len(states),
        tuple(_never_possible(sample, [p.name for p in members], induction.effort)),
        tuple(name for name in lemmas if name in proved and _spare(induction, members, name)),
    )


def compare(
    induction: Induction, system: System, states: Sequence[State], step: SymbolicStep
) -> int:
    """Compare one symbolic step with the interpreter's, for every choice in every state; the number
    of comparisons. Raises InternalError."""
    interpreter, terms = Interpreter(system), induction.terms
    slots = [(v, tuple(map(raw_term, v.index, index))) for v, index in system.slots]
    # the open system has variables of its own, with the same names
    own = {v.name: v for v in induction.system.variables}
    now = [terms.now(own[v.name], index) for v, index in slots]
    after = [step.after(own[v.name], index) for v, index in slots]
    solver = z3.Solver()
    for name, parameter in terms.parameters.items():
        solver.add(parameter == system.parameters[name])
    concrete = system.find_step(step.step.name)
    assert concrete is not None
    every = list(concrete.every_choice())
    compared = 0
    for state in states:
        wrong: list[Term] = []
        for choices in every:
            taken = interpreter.take(state, concrete, choices)
            chosen = [_is(term, raw) for term, raw in zip(step.choices, choices, strict=True)]
            if taken is None:
                wrong.append(conjunction(*chosen, step.possible))
            else:
                moved = map(_is, after, taken.state)
                fine = conjunction(step.possible, step.defined, *moved)
                wrong.append(conjunction(*chosen, z3.Not(fine)))
        solver.push()
        solver.add(*map(_is, now, state), disjunction(*wrong))
        answer = ask(solver, effort=induction.effort).answer
        compared += answer == "unsat"
        if answer == "sat":
            raise InternalError(
                f"the formulas of the step {concrete.name} do not give what the interpreter gives "
                f"in the state {state_text(system, state)}",
                cure="please report it with the model",
            )
        solver.pop()
    return compared * len(every)


def _is(term: Term, raw: int) -> Term:
    if z3.is_bool(term):
        return term if raw else z3.Not(term)
    return term == raw


def _never_possible(sample: Sample, invariant: Sequence[str], effort: Effort) -> list[str]:
    """Steps that are possible in no state of the instance that satisfies the invariant. A walk that
    has taken the step is enough; for the rest the solver looks."""
    interpreter = Interpreter(sample.system)
    left = {step.name for step in sample.system.steps}
    for state in sample.states:
        left -= {taken.step.name for taken in interpreter.successors(state)}
        if not left:
            return []
    induction = Induction(sample.system, effort)
    members = [p for n in invariant if (p := sample.system.find_property(n)) is not None]
    found = []
    for step in induction.steps:
        if step.step.name in left:
            solver = z3.Solver()
            always = [p for p in members if p.kind == "always"]
            solver.add(*induction.state(always), step.possible)
            if ask(solver, effort=induction.effort).answer == "unsat":
                found.append(step.step.name)
    return found


def _spare(induction: Induction, members: Sequence[Property], name: str) -> bool:
    """Whether all the others are proved without this one as well."""
    rest = [p for p in members if p.name != name]
    return set(Attempt(induction, patient=False).prove(rest).proved) == {p.name for p in rest}
