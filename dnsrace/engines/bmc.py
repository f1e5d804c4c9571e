"""Bounded model checking: is there a behaviour of n steps to a violation, for n = 0, 1, 2, ..

Z3 is asked about each depth in turn, so the first violation is a shortest one. That there is none
up to some depth says nothing of what lies beyond, unless a finished search tells how deep the
deepest state is.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.engines.request import CHECKED, Limits, Request
from dnsrace.engines.search import explore
from dnsrace.engines.smt.first import First, behaviour
from dnsrace.engines.smt.solving import Answer
from dnsrace.engines.smt.unrolling import Unrolling
from dnsrace.engines.smt.values import Bool, and_, not_, or_
from dnsrace.engines.space import DEADLOCK
from dnsrace.errors import InternalError, UsageError
from dnsrace.findings.bounded import Bounded, BoundedProgress, Depth
from dnsrace.findings.trace import Trace
from dnsrace.findings.verdicts import Finding, Kind, Verdict
from dnsrace.findings.words import counted
from dnsrace.model.system import Property, System

ENGINE = "bmc"
INTERRUPTED = "it was interrupted"
TIDYING = 10.0
"""Seconds after which no more is done to show of one violation the trace that all engines show."""
STUCK = "only a state where nothing can happen shows here that there is no way back"
WHY_NOT: dict[str, str] = {
    "recoverable": "that a goal is not reached in n steps does not say that it never is",
    "eventually": "what goes on for ever has no last depth",
}


def check_bounded(system: System, request: BoundedRequest) -> Bounded:
    """Ask about each depth, until what the model asks is violated, or up to a limit.

    Raises UsageError, and DomainError when a value leaves its domain on the way.
    """
    if system.open:
        raise UsageError(
            f"a bounded check needs the values of {', '.join(system.open)}",
            cure="lift it without `open`",
        )
    if request.first > request.last:
        raise UsageError(
            f"--from-depth {request.first} is beyond --max-depth {request.last}",
            cure="give a larger --max-depth",
        )
    request.properties(system)
    return _Check(system, request).run()


@dataclass(frozen=True)
class _Goal:
    """What is looked for at each depth: a formula over a state or, with `of_step`, over a step."""

    name: str
    kind: Kind
    formula: Bool
    of_step: bool = False


@dataclass
class _Check:
    system: System
    request: BoundedRequest
    depths: list[Depth] = field(default_factory=list)
    found: dict[str, tuple[Trace, bool]] = field(default_factory=dict)
    stopped: str = ""
    gave_up: bool = False

    def __post_init__(self) -> None:
        self.began = time.perf_counter()
        seconds = self.request.seconds
        self._end = math.inf if seconds is None else self.began + seconds
        interrupted = self.request.interrupted
        self.unrolling = Unrolling(self.system, lambda: INTERRUPTED if interrupted() else "")
        self.goals = self._goals()
        self.undefined = self._undefined()
        self.checked = self.request.first - 1

    def run(self) -> Bounded:
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
        findings = [self._finding(p.name, p.kind, p, diameter) for p in looked.values()]
        if request.deadlock:
            findings.append(self._finding(DEADLOCK, "deadlock", None, diameter))
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
            elif p.kind == "sometimes":
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
                self.found[goal.name] = First(self.unrolling, left.pop(goal), end).of(answer)
        return said

    def _open(self) -> list[_Goal]:
        return [g for g in self.goals if g.name not in self.found]

    def _refuse_undefined(self, depth: int) -> None:
        for prop, wrong in self.undefined:
            answer = self._ask(self._said_at(wrong, prop.kind == "every_step", depth))
            if answer.said == "sat":
                states = behaviour(self.unrolling, answer).states
                step = prop.kind == "every_step"
                self.unrolling.interpreter.holds(prop, *(states[-2:] if step else states[-1:]))
                raise InternalError(f"the interpreter can evaluate {prop.name} after all")

    def _refuse_failures(self) -> None:
        """Does a step from this depth leave a domain? Then the interpreter says which, and how."""
        fails = or_(m.fails for m in self.unrolling.relation.moves)
        answer = self._ask(self.unrolling.at(fails, self.unrolling.depth))
        if answer.said == "sat":
            for _ in self.unrolling.interpreter.successors(behaviour(self.unrolling, answer).last):
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

    def _finding(
        self, name: str, kind: Kind, prop: Property | None, diameter: int | None
    ) -> Finding:
        informative = prop is not None and prop.informative
        if name in self.found:
            return self._hit(name, kind, informative)
        if kind == "eventually" or (kind == "recoverable" and name not in self.request.names):
            asked = name in self.request.names
            reach = f"not looked at: {WHY_NOT[kind]}; dnsrace explore answers this"
            return Finding(name, kind, "unknown", reach, ENGINE, looked=asked)
        if self.checked < self.request.first:
            reach = f"no depth was finished: {self.stopped}"
            return Finding(name, kind, "unknown", reach, ENGINE, informative=informative)
        reach = f"to depth {self.checked}"
        if self.request.first:
            reach += f", from {self.request.first} on"
        if self.gave_up:
            reach = f"nothing found {reach}; then {self.stopped}"
            return Finding(name, kind, "unknown", reach, ENGINE, informative=informative)
        if kind == "recoverable":
            return Finding(name, kind, "unknown", f"none {reach}: {STUCK}", ENGINE)
        # a step from the deepest states is one deeper
        needed = None if diameter is None else diameter + (kind == "every_step")
        whole = needed is not None and self.checked >= needed and not self.request.first
        if diameter is not None:
            reach += f"; no state is deeper than {diameter}"
        if kind == "sometimes":
            verdict: Verdict = "violated" if whole else "unknown"
            reach = f"complete, and never reached ({reach})" if whole else f"not reached {reach}"
        else:
            verdict = "holds" if whole else "holds within bounds"
            reach = f"complete: {reach}" if whole else reach
        return Finding(name, kind, verdict, reach, ENGINE, informative=informative)

    def _hit(self, name: str, kind: Kind, informative: bool) -> Finding:
        trace, sure = self.found[name]
        steps, shortest = counted(len(trace.steps), "step"), self.request.first == 0
        if kind == "sometimes":
            reach = f"reached after {steps}"
            return Finding(name, kind, "holds", reach, ENGINE, trace, shortest, canonical=sure)
        what = {"deadlock": "one", "recoverable": "way to where nothing can happen"}
        reach = f"a {'shortest ' if shortest else ''}{what.get(kind, 'violation')}, {steps}"
        if not shortest:
            reach += f"; depths below {self.request.first} were not looked at"
        if not sure:
            reach += "; other engines may show another one of this length"
        return Finding(
            name, kind, "violated", reach, ENGINE, trace, shortest and kind != "recoverable",
            informative, canonical=sure,
        )  # fmt: skip
