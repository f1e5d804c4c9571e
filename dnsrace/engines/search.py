"""Exhaustive exploration, breadth first: every reachable state, and the shortest violation.

The loop is written once over a `Space`. States are checked when they are found, so when a level
has been expanded every state of the next one is known to be good or bad.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable

from dnsrace.engines.compilable import refuse_many_renamings, refuse_too_many, refuse_wide_numbers
from dnsrace.engines.layout import layout_of
from dnsrace.engines.memory import safe_limit
from dnsrace.engines.python_space import GeneratedStepper, InterpreterStepper, PythonSpace
from dnsrace.engines.request import CHECKED, EngineName, Request
from dnsrace.engines.shortest import shortest_trace
from dnsrace.engines.space import DEADLOCK, Space
from dnsrace.errors import UsageError
from dnsrace.findings.verdicts import (
    NOT_CHECKED,
    Exploration,
    Finding,
    Progress,
    Statistics,
    Verdict,
)
from dnsrace.findings.words import counted
from dnsrace.model.system import Property, System

SWITCH = 60_000
"""States after which `auto` stops running the stepper in Python and compiles it: about the number
that Python explores while the compiler would still be at work."""


def explore(system: System, request: Request) -> Exploration:
    """Search a system's states.

    Raises DomainError when a value leaves its domain on the way.
    """
    if system.open:
        raise UsageError(
            f"a search needs the values of {', '.join(system.open)}", cure="lift it without `open`"
        )
    began = time.perf_counter() if request.began is None else request.began
    if request.engine != "auto":
        return _Search(system, request, _space(system, request, request.engine), began).run()
    limit = request.limits.states
    switch_at = SWITCH if limit is None or limit > SWITCH else None
    small = _Search(system, request, _space(system, request, "python"), began, switch_at)
    result = small.run()
    if not small.switched:
        return result
    try:
        space = _space(system, request, "numba")
    except UsageError as error:
        warnings.warn(f"{error.cause}; going on in Python, which is much slower", stacklevel=2)
        space = _space(system, request, "python")
    large = _Search(system, request, space, began)
    space.start()
    if not large.go_on():
        # the time was up, or Ctrl-C came, while the compiler was at work: keep what is known
        small.stopped = large.stopped
        return small.report()
    return large.run()


def _space(system: System, request: Request, engine: EngineName) -> Space:
    watched = tuple(p for p in request.properties(system) if p.kind in CHECKED)
    layout = layout_of(system)
    symmetric = request.symmetry and bool(layout.substates)
    if engine == "interpreter":
        domains = tuple(layout.substates) if symmetric else ()
        return PythonSpace(system, watched, symmetric, InterpreterStepper(system, watched, domains))
    refuse_too_many(watched)
    if engine == "python":
        return PythonSpace(system, watched, symmetric, GeneratedStepper(system, watched, symmetric))
    try:
        from dnsrace.engines import jit  # noqa: F401 - here, because it may not be importable
        from dnsrace.engines.numba_space import CHUNK, NumbaSpace
    except ImportError as error:
        raise UsageError(
            f"numba cannot be imported ({error})",
            cure="install it (pip install numba), or give --engine python",
        ) from None
    refuse_wide_numbers(system)
    if symmetric:
        refuse_many_renamings(system, layout, CHUNK)
    return NumbaSpace(system, watched, symmetric, request.limits.memory or safe_limit())


def _symmetry_text(system: System, request: Request, space: Space) -> str:
    layout = layout_of(system)
    if not request.symmetry:
        return "off"
    if space.symmetric:
        return ", ".join(f"{d.size}! renamings of {d.name}" for d in layout.substates)
    if layout.unsorted:
        return "none: " + "; ".join(layout.unsorted.values())
    return "none: the model declares nothing interchangeable"


class _Search:
    """One search with one space."""

    def __init__(
        self,
        system: System,
        request: Request,
        space: Space,
        began: float,
        switch_at: int | None = None,
    ) -> None:
        self.system = system
        self.request = request
        self.space = space
        self.began = began
        self.switch_at = switch_at
        self.switched = False
        self.stopped = ""
        self.levels = [0]
        self.checked = 0
        """The greatest depth of which every state has been found and checked."""
        self.seconds = 0.0
        self._told = 0.0
        self.memory_limit = request.limits.memory or safe_limit()

    def run(self) -> Exploration:
        if self.space.count == 0:
            self.space.start()
        begin = time.perf_counter()
        self._levels()
        self.seconds = time.perf_counter() - begin
        return self._result([]) if self.switched else self.report()

    def report(self) -> Exploration:
        """What is known now: a finding for each property asked for, and the numbers."""
        self.space.audit()
        findings = [self._finding(p) for p in self.request.properties(self.system)]
        if self.request.deadlock:
            findings.append(self._deadlock())
        result = self._result(findings)
        self.space.close()
        return result

    def _levels(self) -> None:
        """Expand level after level until nothing is new, a goal is met, or a limit is."""
        space, stopping = self.space, self._stopping()
        low = 0
        while True:
            high = space.count
            self.levels.append(high)
            if low == high:
                self.levels.pop()
                return
            if any(goal in space.hits for goal in stopping):
                self.stopped = "the first violation was found"
                return
            if self.request.limits.depth is not None and self.checked >= self.request.limits.depth:
                self.stopped = f"the limit of {self.request.limits.depth} steps was reached"
                return
            try:
                reached = space.expand(low, high, self.go_on)
            except MemoryError:
                self.stopped = self.stopped or "the memory limit was reached"
                reached = low
            if reached < high:
                if space.count > high:
                    self.levels.append(space.count)
                return
            low = high
            self.checked += space.count > high

    def _stopping(self) -> set[str]:
        """The goals that end the search: what the model asks, or else every violation."""
        if self.request.keep_going:
            return set()
        able = [
            p
            for p in self.request.properties(self.system)
            if p.kind in ("always", "every_step") and (self.request.names or not p.informative)
        ]
        questions = [] if self.request.names else [p for p in able if p.question]
        return {p.name for p in questions or able} | (
            {DEADLOCK} if self.request.deadlock else set()
        )

    def go_on(self) -> bool:
        """Whether to go on; notes the reason if not, and tells the listener now and then."""
        space, limits = self.space, self.request.limits
        now = time.perf_counter()
        if self.switch_at is not None and space.count >= self.switch_at:
            self.switched = True
            return False
        if self.request.interrupted():
            self.stopped = "it was interrupted"
        elif limits.seconds is not None and now - self.began > limits.seconds:
            self.stopped = f"the time limit of {limits.seconds:g} s was reached"
        elif limits.states is not None and space.count >= limits.states:
            self.stopped = f"the limit of {limits.states} states was reached"
        elif space.memory > self.memory_limit:
            self.stopped = "the memory limit was reached"
        if self.request.listener is not None and now - self._told > 0.1:
            self._told = now
            waiting = space.count - (self.levels[-2] if len(self.levels) > 1 else 0)
            self.request.listener(
                Progress(self.checked, space.count, waiting, now - self.began, space.memory,
                         space.engine)
            )  # fmt: skip
        return not self.stopped

    # -- what was found

    @property
    def _reach(self) -> str:
        if not self.stopped:
            return "complete"
        return f"to depth {self.checked}"

    def _finding(self, prop: Property) -> Finding:
        engine = self.space.engine
        if prop.kind not in CHECKED:
            note = NOT_CHECKED if not self.request.names else ""
            return Finding(prop.name, prop.kind, "unknown", NOT_CHECKED, engine, note=note)
        hit = prop.name in self.space.hits
        if prop.kind == "sometimes":
            if hit:
                trace = shortest_trace(self.space, self.levels, prop.name)
                reach = f"reached after {counted(len(trace.steps), 'step')}"
                return Finding(prop.name, prop.kind, "holds", reach, engine, trace, True)
            if not self.stopped:
                return Finding(
                    prop.name, prop.kind, "violated", "complete, and never reached", engine
                )
            return Finding(prop.name, prop.kind, "unknown", f"not reached {self._reach}", engine)
        if hit:
            trace = shortest_trace(self.space, self.levels, prop.name)
            reach = f"a shortest violation, {counted(len(trace.steps), 'step')}"
            return Finding(
                prop.name, prop.kind, "violated", reach, engine, trace, True, prop.informative
            )
        return Finding(
            prop.name, prop.kind, self._unbroken, self._reach, engine, informative=prop.informative
        )

    @property
    def _unbroken(self) -> Verdict:
        return "holds within bounds" if self.stopped else "holds"

    def _deadlock(self) -> Finding:
        if DEADLOCK in self.space.hits:
            trace = shortest_trace(self.space, self.levels, DEADLOCK)
            reach = f"a shortest one, {counted(len(trace.steps), 'step')}"
            return Finding(DEADLOCK, "deadlock", "violated", reach, self.space.engine, trace, True)
        # a state is known to have successors once it is expanded: one level behind being checked
        reach = f"to depth {self.checked - 1}" if self.stopped else self._reach
        verdict: Verdict = "unknown" if self.stopped and not self.checked else self._unbroken
        return Finding(DEADLOCK, "deadlock", verdict, reach, self.space.engine)

    def _result(self, findings: list[Finding]) -> Exploration:
        space, counters = self.space, self.space.counters
        sizes = [b - a for a, b in zip(self.levels, self.levels[1:], strict=False)]
        steps = {step.name: 0 for step in self.system.steps}
        for path, taken in zip(self.system.paths, counters.taken, strict=True):
            steps[path.step.name] += taken
        statistics = Statistics(
            distinct_states=space.count,
            represented_states=counters.represented_states,
            transitions=counters.transitions,
            represented_transitions=counters.represented_transitions,
            depth=max(0, len(sizes) - 1),
            levels=sizes,
            seconds=self.seconds,
            compile_seconds=getattr(space, "compile_seconds", 0.0),
            memory=space.memory,
            ends=counters.ends,
            deadlocks=counters.deadlocks,
            steps=steps,
            never=list(_never(self.system, counters.taken)),
        )
        return Exploration(
            engine=space.engine,
            symmetry=_symmetry_text(self.system, self.request, space),
            complete=not self.stopped,
            stopped=self.stopped,
            checked=self.checked,
            statistics=statistics,
            findings=findings,
        )


def _never(system: System, taken: list[int]) -> Iterable[str]:
    """The paths that were not taken."""
    return (name for name, count in zip(system.path_names, taken, strict=True) if count == 0)
