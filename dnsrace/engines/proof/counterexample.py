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
from dnsrace.findings.explain import wording
from dnsrace.findings.proofs import Query, ToInduction
from dnsrace.model.interpreter import Interpreter, state_text, step_text
from dnsrace.model.system import Property, State, Step, System


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
    state = state_of(induction.terms, model)
    choices = tuple(raw_of(model, term) for term in step.choices)
    prop = wanted[0] if wanted else None
    text, after = confirmed_step(induction.system, state, step.step, choices, prop)
    states = (state,) if after is None else (state, after)
    return ToInduction(induction.system, states, (text,), prop.name if prop else "")


def confirmed_step(
    system: System, state: State, step: Step, choices: tuple[int, ...], wrong: Property | None
) -> tuple[str, State | None]:
    """A step that the solver has found, in words, and the state behind it by the interpreter; None
    where a value leaves its domain.

    Parameters
    ----------
    wrong: the property that is false behind it; None where nothing is said of that.

    Raises InternalError when the interpreter does not confirm it.
    """
    interpreter, text = Interpreter(system), step_text(step, choices)
    try:
        taken = interpreter.take(state, step, choices)
    except DomainError as error:
        if wrong is None:
            return f"{text}: {error.cause.partition(' in step ')[0]}", None
        raise
    if taken is not None and wrong is not None:
        states = (state, taken.state) if wrong.kind == "every_step" else (taken.state,)
        taken = None if interpreter.holds(wrong, *states) else taken
    if taken is None:
        raise InternalError(
            f"the solver says that {text} breaks {wrong.name if wrong else 'no domain'} from the "
            f"state {state_text(system, state)}, and the interpreter does not",
            cure="please report it with the model",
        )
    said = wording(system, state, taken, lambda _step, _choices: "some")
    return (said if said.startswith(text) else f"{text}: {said}"), taken.state


def state_of(terms: Terms, model: Any) -> State:
    """The state that the solver has found."""
    return tuple(
        raw_of(
            model,
            terms.now(variable, tuple(map(raw_term, variable.index, index))),
        )
        for variable, index in terms.system.slots
    )


def raw_of(model: Any, term: Any) -> int:
    """The raw value of a term in a solver's model."""
    value = model.eval(term, model_completion=True)
    return int(z3.is_true(value)) if z3.is_bool(value) else int(value.as_long())
