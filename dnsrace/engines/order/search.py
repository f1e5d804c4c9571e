"""Search by order abstraction: what holds for any number of identifiers.

Every behaviour of the model, for every value of the open sizes, is one of the abstraction; so
what no behaviour of the abstraction breaks holds for all of them. The reverse is not so: what it
breaks may hold, and is called violated only when the model itself breaks it too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dnsrace.engines.order.concrete import made_concrete, schedule_to, steps_text
from dnsrace.engines.order.opening import opened
from dnsrace.engines.order.shape import Shape
from dnsrace.engines.order.stepper import LEAVES, OrderStepper, reducible
from dnsrace.engines.python_space import PythonSpace
from dnsrace.engines.request import Request
from dnsrace.engines.search import Search
from dnsrace.errors import UsageError
from dnsrace.findings.verdicts import Exploration, Finding, Unbounded
from dnsrace.findings.words import counted, listed, sizes
from dnsrace.model.language import Model
from dnsrace.model.system import Property, System

ABLE = ("always", "every_step")


def explore_by_order(
    model: Model, given: dict[str, Any], request: Request, max_paths: int
) -> tuple[System, Exploration]:
    """Search a model with any number of the identifiers that the request names.

    Returns the system, lifted with its sizes open, and what was found. Traces are of instances of
    it. Raises UsageError, ModelError for what the abstraction cannot do.
    """
    shape = opened(model, given, request.unbounded or "", max_paths)
    _refuse(shape.system, request)
    result = _search(shape, request)
    if result.stopped == FIRST and not any(f.verdict == "violated" for f in result.findings):
        # what ended the search is none of the model's own violations: go on behind it
        result = _search(shape, replace(request, keep_going=True))
    return shape.system, result


FIRST = "the first violation was found"


def _refuse(system: System, request: Request) -> None:
    """Raises UsageError for what is asked that the abstraction says nothing of."""
    for prop in request.properties(system) if request.names else ():
        if prop.kind not in ABLE:
            raise UsageError(
                f"{prop.name} is of the kind {prop.kind}: the order abstraction adds behaviour, "
                "so it speaks of always and every_step only",
                cure=f"ask without --unbounded: dnsrace explore --property {prop.name}",
            )
    if request.deadlock:
        raise UsageError(
            "--unbounded adds behaviour, so it does not see where nothing can happen",
            cure="leave out --deadlock, or --unbounded",
        )
    if request.engine not in ("auto", "python"):
        raise UsageError(
            f"--engine {request.engine} knows no order abstraction", cure="leave out --engine"
        )


def _search(shape: Shape, request: Request) -> Exploration:
    began = time.perf_counter() if request.began is None else request.began
    watched = tuple(p for p in request.properties(shape.system) if p.kind in ABLE)
    stepper = OrderStepper(shape, watched, request.symmetry)
    symmetric = request.symmetry and bool(reducible(shape))
    space = PythonSpace(shape.system, watched, symmetric, stepper)
    return _ByOrder(shape, stepper, request, space, began).run()


class _ByOrder(Search):
    """The one search loop, with findings that fit an abstraction."""

    def __init__(
        self, shape: Shape, stepper: OrderStepper, request: Request, space: PythonSpace,
        began: float,
    ) -> None:  # fmt: skip
        super().__init__(shape.system, request, space, began)
        self.shape, self.stepper, self.states = shape, stepper, space

    def symmetry(self) -> str:
        names = ", ".join(f"{d.size}! renamings of {d.name}" for d in reducible(self.shape))
        return (names or "none") if self.request.symmetry else "off"

    def report(self) -> Exploration:
        result = self._result([])
        result.statistics.ends = 0  # not looked at
        result.unbounded = Unbounded(self.shape.family.name, self.system.open, sizes(self.system))
        result.findings = [self._finding(p) for p in self.request.properties(self.system)]
        return result

    def _finding(self, prop: Property) -> Finding:
        def say(verdict: Any, reach: str, **more: Any) -> Finding:
            return Finding(prop.name, prop.kind, verdict, reach, self.space.engine,
                           informative=prop.informative, **more)  # fmt: skip

        if prop.kind not in ABLE:
            why = "not looked at: the order abstraction adds behaviour"
            return say("unknown", why, looked=False)
        if prop.name in self.space.hits:
            return self._broken(prop, say)
        if LEAVES in self.space.hits:
            what = self.stepper.left.what if self.stepper.left else LEAVES
            return say("unknown", f"not decided: in the abstraction, {what}")
        if self.stopped:
            return say("holds within bounds", f"to depth {self.checked}, for {sizes(self.system)}")
        return say("holds", f"complete, for {sizes(self.system)}")

    def _broken(self, prop: Property, say: Callable[..., Finding]) -> Finding:
        """What the abstraction breaks: violated if the model does so too, for some sizes."""
        steps = schedule_to(self.states, self.stepper, self.levels, prop.name)
        trace = made_concrete(self.shape, prop, steps, self._hurry)
        if trace is None:
            text = steps_text(self.system, steps)
            reach = (
                f"not decided: the abstraction breaks it after {counted(len(steps), 'step')} "
                f"({text}), and these lead to no violation for the sizes that were tried, so this "
                "may be behaviour that it adds"
            )
            return say("unknown", reach)
        values = listed(f"{name}={trace.system.parameters[name]}" for name in self.system.open)
        reach = f"a violation, {counted(len(trace.steps), 'step')}, with {values}"
        return say("violated", reach, trace=trace)
