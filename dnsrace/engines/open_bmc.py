"""Bounded model checking for any value of some parameters at once.

The unrolling is that of the widened system, in which an open parameter is a variable that no step
changes. A violation at some depth then says that there is one for some value, and of these the
least is looked for; that there is none holds for all values that were looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from dnsrace.engines.bmc import Check
from dnsrace.engines.bounded_findings import Hit, Reached
from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.engines.smt.first import First, behaviour
from dnsrace.engines.smt.solving import Answer, Solver
from dnsrace.engines.smt.transitions import terms_over, variables
from dnsrace.engines.smt.unrolling import Unrolling
from dnsrace.engines.smt.values import Bool, Number, equal, less, not_, or_
from dnsrace.engines.widened import Widened, widened
from dnsrace.errors import DomainError, InternalError, ModelError, UsageError
from dnsrace.findings.bounded import Bounded, Size
from dnsrace.findings.replay import confirm
from dnsrace.findings.trace import Trace
from dnsrace.findings.words import listed
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.language import MAX_PATHS
from dnsrace.model.system import State, System


def check_opened(system: System, request: BoundedRequest, max_paths: int = MAX_PATHS) -> Bounded:
    """Ask about each depth, for any value of the open parameters of a system.

    Parameters
    ----------
    max_paths: as for `Model.lift`: of the instances in which violations are shown.

    Raises UsageError, and DomainError when a value leaves its domain on the way.
    """
    if request.complete:
        raise UsageError(
            f"--complete needs the values of {listed(system.open)}: a search has one size",
            cure="leave out --complete or --open",
        )
    request.refuse_wrong(system)
    wide = widened(system, request.up_to)
    _refuse_lawless(wide, max_paths)
    bounded = _OpenCheck(wide.system, request, wide=wide, max_paths=max_paths).run()
    return replace(bounded, system=system, sizes=tuple(wide.rigid))


def instance(system: System, values: dict[str, int], max_paths: int) -> System:
    """The system with its open parameters closed."""
    return system.model.lift(
        max_paths=max_paths, lemmas=system.lemma_file, **{**system.parameters, **values}
    )


class _OpenUnrolling(Unrolling):
    """The unrolling of a widened system; `fixed` are slots of which one initial value is meant."""

    def __init__(self, wide: Widened, stop: Callable[[], str]) -> None:
        self.fixed: dict[int, int] = {}
        super().__init__(wide.system, stop)
        self.solver.add(self.at(self.test(wide.initially), 0))

    def alternatives(self, slot: int) -> list[int]:
        return [self.fixed[slot]] if slot in self.fixed else super().alternatives(slot)


@dataclass(kw_only=True)
class _OpenCheck(Check):
    wide: Widened
    max_paths: int
    asks_sometimes = False

    def unrolled(self, stop: Callable[[], str]) -> Unrolling:
        self._instances: dict[tuple[int, ...], System] = {}
        self._opened = _OpenUnrolling(self.wide, stop)
        return self._opened

    def real(self, answer: Answer) -> Trace:
        return self._instanced(behaviour(self.unrolling, answer))

    def reached(self, diameter: int | None) -> Reached:
        sizes = listed(map(str, self.wide.rigid))
        return replace(super().reached(diameter), sizes=sizes)

    def hit(self, goal: Bool, answer: Answer, end: float) -> Hit:
        """With the least values, those of the first parameters first."""
        unrolling, wide = self._opened, self.wide
        offsets, sure = wide.system.offsets, True
        with unrolling.solver.scope():
            unrolling.solver.add(goal)
            for size, variable in wide.rigid.items():
                term = unrolling.states[0][offsets[variable]]
                answer, certain = self._least(term, size, answer, end)
                sure = sure and certain
                value = answer.value(term)
                unrolling.solver.add(equal(term, Number(value, value)))
            unrolling.fixed = {
                slot: answer.value(unrolling.states[0][slot])
                for slot, (variable, _) in enumerate(wide.system.slots)
                if variable in wide.free and unrolling.states[0][slot] is not None
            }
            trace, first = First(unrolling, goal, end).of(answer)
            unrolling.fixed = {}
        text = " ".join(f"{s.name}={v}" for s, v in self._values(trace.initial).items())
        least = "the least" if sure else "perhaps not the least"
        return Hit(self._instanced(trace), first and sure, f", with {text}, {least}")

    def _least(self, term: Number, size: Size, answer: Answer, end: float) -> tuple[Answer, bool]:
        """A behaviour with the least value, by halving; and whether it certainly is."""
        low = size.low
        while low < (high := answer.value(term)):
            left = end - time.perf_counter()
            middle = (low + high - 1) // 2
            smaller = _at_most(term, middle)
            better = self.unrolling.check(smaller, seconds=left) if left > 0 else None
            if better is None or better.said == "unknown":
                return answer, False
            if better.said == "sat":
                answer = better
            else:
                low = middle + 1
        return answer, True

    def _values(self, initial: State) -> dict[Size, int]:
        offsets = self.wide.system.offsets
        return {size: initial[offsets[v]] for size, v in self.wide.rigid.items()}

    def _instanced(self, trace: Trace) -> Trace:
        """The same behaviour in the instance with its values, taken by the interpreter.

        Raises InternalError where the instance does something else.
        """
        values = {size.name: raw for size, raw in self._values(trace.initial).items()}
        key = tuple(values.values())
        if key not in self._instances:
            self._instances[key] = instance(self.wide.open, values, self.max_paths)
        system = self._instances[key]
        places = {(v.name, index): at for at, (v, index) in enumerate(trace.system.slots)}
        same = [places[v.name, index] for v, index in system.slots]
        initial = state = tuple(trace.initial[at] for at in same)
        interpreter, steps = Interpreter(system), list[Taken]()
        for taken in trace.steps:
            step, done = system.find_step(taken.step.name), None
            # the interpreter takes any choice that it is given
            if step is not None and taken.choices in step.every_choice():
                with suppress(DomainError):
                    done = interpreter.take(state, step, taken.choices)
            if done is None or done.state != tuple(taken.state[at] for at in same):
                raise InternalError(f"with {values}, {taken.text} is no such step from {state}")
            steps.append(done)
            state = done.state
        return confirm(Trace(system, initial, tuple(steps)))


def _at_most(term: Number, value: int) -> Bool:
    return less(term, Number(value, value), strictly=False)


def _refuse_lawless(wide: Widened, max_paths: int) -> None:
    """Raises UsageError where there is no model with some of the values."""
    state, offsets = variables(wide.system, ""), wide.system.offsets
    terms = {size: state[offsets[v]] for size, v in wide.rigid.items()}
    lawful = terms_over(wide.system, state).test(wide.lawful, {})
    within = [
        or_(equal(term, Number(raw, raw)) for raw in range(size.low, size.high + 1))
        for size, term in terms.items()
    ]
    answer = Solver().check(*within, not_(lawful))
    if answer.said != "sat":
        return
    values = {size.name: answer.value(term) for size, term in terms.items()}
    text = " ".join(f"{name}={value}" for name, value in values.items())
    try:
        instance(wide.open, values, max_paths)
    except ModelError as error:
        raise UsageError(
            f"{listed(wide.open.open)} cannot be left open: with {text}, {error.cause}",
            place=error.place,
            cure="limit the parameters with at_least or between, or give a smaller --open-up-to",
        ) from None
    raise InternalError(f"there is a model with {text} after all")
