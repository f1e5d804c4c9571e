"""The solver for the questions of bounded model checking, and its answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dnsrace.engines.smt.values import Bool, Number, Pair, Value, as_term, renamed
from dnsrace.engines.solver import Effort, Stopped, ask, z3


@dataclass
class Answer:
    """What the solver says: `sat`, `unsat` or `unknown`; and why it does not know.

    Parameters
    ----------
    instead: variables, by Z3's number, with what takes the place of their values in the model.
    """

    said: str
    why: str = ""
    model: Any = None
    instead: dict[int, Pair] = field(default_factory=dict)

    def put(self, variable: Value, value: Value) -> None:
        """Let a variable have another value."""
        self.instead[as_term(variable).get_id()] = (variable, value)

    def value(self, term: Value) -> int:
        """The raw value of a term in the model found."""
        if self.instead and not isinstance(term, bool) and as_term(term) is not None:
            here = as_term(term)
            if here.num_args():
                (term,) = renamed([term], self.instead.values())
            else:
                term = self.instead.get(here.get_id(), (term, term))[1]
        if isinstance(term, bool):
            return int(term)
        if isinstance(term, Number):
            if term.term is None:
                return term.low
            found = self.model.eval(term.term, model_completion=True)
            return int(found.as_signed_long() if term.signed else found.as_long())
        return int(z3.is_true(self.model.eval(term, model_completion=True)))


class Solver:
    """Z3's incremental solver for finite domains (its SAT solver behind a bit-blaster).

    Parameters
    ----------
    stop: asked all the time: why all of the work is to end, in words, or an empty text.
    """

    def __init__(self, stop: Callable[[], str] = lambda: "") -> None:
        self._solver = z3.SolverFor("QF_FD")
        self._stop = stop
        self._scopes = 0
        self.scoped: list[Bool] = []
        """What was added in a `scope` that has not ended."""

    def add(self, *formulas: Bool) -> None:
        """Assume these from now on, or until the end of the `scope`."""
        self._solver.add(*formulas)
        if self._scopes:
            self.scoped += formulas

    def named(self, name: str, formula: Bool) -> Bool:
        """A variable that says the same as a formula, until the end of the `scope`."""
        if isinstance(formula, bool):
            return formula
        variable = z3.Bool(name)
        self.add(variable == formula)
        return variable

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What is added inside is forgotten at the end."""
        self._solver.push()
        self._scopes, before = self._scopes + 1, len(self.scoped)
        try:
            yield
        finally:
            self._solver.pop()
            self._scopes -= 1
            del self.scoped[before:]

    def check(self, *assumed: Bool, seconds: float = math.inf, steps: int = 0) -> Answer:
        """Can all that was added hold, together with these?

        Parameters
        ----------
        seconds: after which the answer is `unknown`.
        steps: of the solver's own count of resources, likewise; 0: no limit.
        """
        if any(a is False for a in assumed):
            return Answer("unsat")
        effort = Effort(steps, None if math.isinf(seconds) else seconds, self._stop)
        with self.scope():
            self._solver.add(*assumed)
            try:
                reply = ask(self._solver, effort=effort)
            except Stopped as stopped:
                return Answer("unknown", str(stopped))
            if reply.answer == "sat":
                return Answer(reply.answer, model=self._solver.model())
            return Answer(reply.answer, reply.reason)
