"""A counterexample to induction, of a small instance: found by the solver, confirmed by the
interpreter, and no violation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dnsrace.engines.proof.induction import EFFORT, Induction
from dnsrace.engines.proof.steps import SymbolicStep
from dnsrace.engines.proof.terms import Terms, raw_term
from dnsrace.engines.solver import Effort, ask, z3
from dnsrace.errors import DomainError, InternalError
from dnsrace.findings.proofs import Query, ToInduction
from dnsrace.model.interpreter import Interpreter, state_text, step_text
from dnsrace.model.system import Property, State, System


def counterexample(
    system: System, members: Sequence[Property], failed: Property | None, query: Query,
    effort: Effort = EFFORT,
) -> ToInduction | None:  # fmt: skip
    """A state of the instance that satisfies all members (and `failed`, of an `always`), and a
    step of it after which `failed` is false; None where there is no such thing in this instance.

    Parameters
    ----------
    system: an instance: every parameter has a value.
    members: properties by their names, which are looked up in the instance.
    failed: what is not inductive; None: a value leaves its domain.
    query: what failed: its step is tried first.

    Raises InternalError when the interpreter does not confirm what the solver says.
    """
    induction = Induction(system, effort)
    own = [p for p in _found(system, members) if p.kind == "always"]
    wanted = _found(system, [failed]) if failed else []
    own += [p for p in wanted if p.kind == "always" and p not in own]
    for step in sorted(induction.steps, key=lambda s: s.step.name != query.step):
        question = (
            induction.consecution(step, own, wanted) if wanted else induction.domains(step, own)
        )
        solver = z3.Solver()
        solver.add(*question.formulas)
        if ask(solver, effort=effort).answer == "sat":
            return _confirmed(induction, step, solver.model(), wanted)
    return None


def _found(system: System, members: Sequence[Property]) -> list[Property]:
    """The same properties of another lifting of the model; those of a file have no other."""
    return [system.find_property(p.name) or p for p in members]


def _confirmed(
    induction: Induction, step: SymbolicStep, model: Any, wanted: list[Property]
) -> ToInduction:
    system = induction.system
    interpreter = Interpreter(system)
    state = state_of(induction.terms, model)
    choices = tuple(raw_of(model, term) for term in step.choices)
    name = wanted[0].name if wanted else ""
    text = step_text(step.step, choices)
    try:
        taken = interpreter.take(state, step.step, choices)
    except DomainError:
        if wanted:
            raise
        return ToInduction(system, (state,), (text,), "")
    wrong = wanted and taken and not interpreter.holds(
        wanted[0], *((state, taken.state) if wanted[0].kind == "every_step" else (taken.state,))
    )
    if not taken or not wrong:
        raise InternalError(
            f"the solver says that {text} breaks {name or 'a domain'} from the state "
            f"{state_text(system, state)}, and the interpreter does not",
            cure="please report it with the model",
        )
    return ToInduction(system, (state, taken.state), (text,), name)


def state_of(terms: Terms, model: Any) -> State:
    """The state that the solver has found."""
    return tuple(
        raw_of(
            model,
            terms.now(
                variable, tuple(map(raw_term, variable.index, index))
            ),
        )
        for variable, index in terms.system.slots
    )


def raw_of(model: Any, term: Any) -> int:
    """The raw value of a term in a solver's model."""
    value = model.eval(term, model_completion=True)
    return int(z3.is_true(value)) if z3.is_bool(value) else int(value.as_long())
