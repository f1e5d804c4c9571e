"""Bounded model checking: is there a behaviour of n steps to a violation, for n = 0, 1, 2, ..

Z3 is asked about each depth in turn, so the first violation is a shortest one. That there is none
up to some depth says nothing of what lies beyond, unless a finished search tells how deep the
deepest state is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from dnsrace.engines.bounded_findings import Hit, Reached
from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.engines.request import CHECKED, Limits, Request
from dnsrace.engines.search import explore
from dnsrace.engines.smt.first import First, behaviour, hit_by
from dnsrace.engines.smt.solving import Answer
from dnsrace.engines.smt.unrolling import Unrolling
from dnsrace.engines.smt.values import Bool, and_, not_, or_
from dnsrace.engines.space import DEADLOCK
from dnsrace.errors import InternalError, UsageError
from dnsrace.findings.bounded import Bounded, BoundedProgress, Depth
from dnsrace.findings.trace import Trace
from dnsrace.findings.verdicts import Kind
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, System

INTERRUPTED = "it was interrupted"
TIDYING = 10.0
"""Seconds after which no more is done to show of one violation the trace that all engines show."""


def check_bounded(system: System, request: BoundedRequest) -> Bounded:
    """Ask about each depth, until what the model asks is violated, or up to a limit.

    Raises UsageError, and DomainError when a value leaves its domain on the way.
    """
    if system.open:
        raise UsageError(
            f"a bounded check needs the values of {', '.join(system.open)}",
            cure="lift it without `open`",
        )
    request.refuse_wrong(system)
    return Check(system, request).run()


@dataclass(frozen=True)
class _Goal:
    """What is looked for at each depth: a formula over a state or, with `of_step`, over a step."""

    name: str
    kind: Kind
    formula: Bool
    of_step: bool = False


@dataclass
class Check:
    """A bounded check under way.

    Parameters
    ----------
    unrolling: the behaviours that Z3 is asked about.
    """

    system: System
    request: BoundedRequest
    depths: list[Depth] = field(default_factory=list)
    found: dict[str, Hit] = field(default_factory=dict)
    stopped: str = ""
    gave_up: bool = False

    asks_sometimes = True
    """Whether a behaviour to it answers a `sometimes`."""

    def __post_init__(self) -> None:
        self.began = time.perf_counter()
        seconds = self.request.seconds
        self._end = math.inf if seconds is None else self.began + seconds
        interrupted = self.request.interrupted
        self.unrolling = self.unrolled(lambda: INTERRUPTED if interrupted() else "")
        self.goals = self._goals()
        self.undefined = self._undefined()
        self.checked = self.request.first - 1

    # -- what another kind of check does in its own way

    def unrolled(self, stop: Callable[[], str]) -> Unrolling:
        """The behaviours, none of them with a step as yet."""
        return Unrolling(self.system, stop)

    def real(self, answer: Answer) -> Trace:
        """The behaviour that the solver has found, in the interpreter's words."""
        return behaviour(self.unrolling, answer)

    def hit(self, goal: Bool, answer: Answer, end: float) -> Hit:
        """What to show of a goal, from one behaviour to it; better ones are looked for until a
        time by time.perf_counter()."""
        return Hit(*First(self.unrolling, goal, end).of(answer))

    def reached(self, diameter: int | None) -> Reached:
        """How far the check came."""
        return Reached(self.request, self.found, self.checked, self.stopped, self.gave_up, diameter)

    def run(self) -> Bounded:
        """Ask about depth after depth."""
        request, unrolling = self.request, self.unrolling
        while not self.stopped:
            depth = unrolling.depth
            if depth >= request.first:
                self._tell(depth)
                began = time.perf_counter()
                said = self._look(depth)
                self.depths.append(Depth(depth, said, time.perf_counter() - began))
                if said != "unknown":
                    self.checked = depth
            self.stopped = self.stopped or self._reason(depth)
            if not self.stopped:
                if depth + 1 >= request.first:
                    self._refuse_failures()
                unrolling.deepen()
        seconds = time.perf_counter() - self.began
        diameter = None if self.gave_up else self._diameter()
        looked = {p.name: p for p in request.properties(self.system)}
        reached = self.reached(diameter)
        findings = [reached.finding(p.name, p.kind, p) for p in looked.values()]
        if request.deadlock:
            findings.append(reached.finding(DEADLOCK, "deadlock", None))
        return Bounded(
            self.system, request.first, self.checked, self.stopped, self.gave_up, diameter,
            self.depths, findings, seconds, len(unrolling.relation.moves), self._symmetry(),
        )  # fmt: skip

    # -- what is looked for

    def _goals(self) -> list[_Goal]:
        unrolling, goals = self.unrolling, []
        stuck = and_(not_(or_((m.enabled, m.fails))) for m in unrolling.relation.moves)
        for p in self.request.properties(self.system):
            if p.kind in ("always", "every_step"):
                step = p.kind == "every_step"
                wrong = not_(unrolling.test(p.value, primed=step))
                goals.append(_Goal(p.name, p.kind, wrong, step))
            elif p.kind == "sometimes" and self.asks_sometimes:
                goals.append(_Goal(p.name, p.kind, unrolling.test(p.value)))
            elif p.kind == "recoverable" and p.name in self.request.names:
                lost = and_((stuck, not_(unrolling.test(p.value))))
                goals.append(_Goal(p.name, p.kind, lost))
        if self.request.deadlock:
            end = self.system.end
            over = unrolling.test(end) if end is not None else False
            goals.append(_Goal(DEADLOCK, "deadlock", and_((stuck, not_(over)))))
        return goals

    def _undefined(self) -> list[tuple[Property, Bool]]:
        """Where a property reads a value outside its domain."""
        found = []
        for p in self.request.properties(self.system):
            if p.kind in CHECKED:
                wrong = not_(self.unrolling.test(p.defined, primed=p.kind == "every_step"))
                found += [(p, wrong)] if wrong is not False else []
        return found

    def _said_at(self, formula: Bool, of_step: bool, depth: int) -> Bool:
        if of_step:
            return self.unrolling.between(formula, depth) if depth else False
        return self.unrolling.at(formula, depth)

    # -- one depth

    def _ask(self, *formulas: Bool) -> Answer:
        left = self._end - time.perf_counter()
        answer, effort = Answer("unknown"), self.request.effort
        if left > 0:
            answer = self.unrolling.check(*formulas, seconds=left, steps=effort)
        if answer.said == "unknown":
            self.gave_up = True
            self.stopped = self._words(answer.why)
        return answer

    def _words(self, why: str) -> str:
        """Why the solver does not know."""
        seconds, effort = self.request.seconds, self.request.effort
        if self.request.interrupted():
            return INTERRUPTED
        if seconds is not None and time.perf_counter() - self.began >= seconds:
            return f"the time limit of {seconds:g} s was reached"
        limit = f"Z3's limit of {effort} for one question was reached"
        return limit if effort else f"Z3 gave up ({why})"

    def _look(self, depth: int) -> str:
        """What is found at this depth; what Z3 said of it."""
        self._refuse_undefined(depth)
        if self.gave_up:
            return "unknown"
        left = {g: self._said_at(g.formula, g.of_step, depth) for g in self._open()}
        said = "unsat"
        while left:
            answer = self._ask(or_(left.values()))
            if answer.said != "sat":
                return "unknown" if answer.said == "unknown" else said
            said = "sat"
            hit = [g for g, formula in left.items() if answer.value(formula)]
            if not hit:
                raise InternalError(f"Z3's own model hits nothing at depth {depth}")
            for goal in hit:
                end = min(time.perf_counter() + TIDYING, self._end)
                self.found[goal.name] = found = self.hit(left.pop(goal), answer, end)
                if not hit_by(found.trace, found.trace.system.find_property(goal.name)):
                    text = found.trace.text
                    raise InternalError(f"{text}: for Z3 it ends in {goal.name}, and not in truth")
        return said

    def _open(self) -> list[_Goal]:
        return [g for g in self.goals if g.name not in self.found]

    def _refuse_undefined(self, depth: int) -> None:
        for prop, wrong in self.undefined:
            answer = self._ask(self._said_at(wrong, prop.kind == "every_step", depth))
            if answer.said == "sat":
                trace = self.real(answer)
                states = trace.states[-2:] if prop.kind == "every_step" else (trace.last,)
                real = trace.system.find_property(prop.name)
                assert real is not None
                Interpreter(trace.system).holds(real, *states)
                raise InternalError(f"the interpreter can evaluate {prop.name} after all")

    def _refuse_failures(self) -> None:
        """Does a step from this depth leave a domain? Then the interpreter says which, and how."""
        fails = or_(m.fails for m in self.unrolling.relation.moves)
        answer = self._ask(self.unrolling.at(fails, self.unrolling.depth))
        if answer.said == "sat":
            trace = self.real(answer)
            for _ in Interpreter(trace.system).successors(trace.last):
                pass
            raise InternalError("the interpreter sees no value that leaves its domain")

    # -- the end

    def _reason(self, depth: int) -> str:
        """Why this is the last depth, or an empty text."""
        if self.request.interrupted():
            return INTERRUPTED
        if self.request.stopping(self.system) & {*self.found}:
            return "the first violation was found"
        # where nothing is asked, a value may still leave its domain
        if self.goals and not self._open():
            return "nothing is left to look for"
        if depth >= self.request.last:
            return f"the limit of {self.request.last} steps was reached"
        if time.perf_counter() >= self._end:
            self.gave_up = True
            return self._words("")
        return ""

    def _tell(self, depth: int) -> None:
        if self.request.listener is not None:
            seconds = time.perf_counter() - self.began
            self.request.listener(BoundedProgress(depth, seconds, tuple(self.found)))

    def _diameter(self) -> int | None:
        if not self.request.complete:
            return self.request.diameter
        left = None if self.request.seconds is None else self._end - time.perf_counter()
        asked = Request(
            keep_going=True, shallow=True, limits=Limits(seconds=left),
            interrupted=self.request.interrupted,
        )  # fmt: skip
        done = explore(self.system, asked)
        return done.statistics.depth if done.complete else None

    def _symmetry(self) -> str:
        domains = dict.fromkeys(domain.name for domain, _ in self.unrolling.relation.names)
        return ", ".join(f"{name} in order of first use" for name in domains) or "none"
