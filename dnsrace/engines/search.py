"""Exhaustive exploration, breadth first: every reachable state, and the shortest violation.

The loop is written once over a `Space`. States are checked when they are found, so when a level
has been expanded every state of the next one is known to be good or bad.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable
from dataclasses import replace

from dnsrace.engines.answers import MOST_UNASKED, NEEDS_NAMES, Found
from dnsrace.engines.compilable import (
    refuse_many_renamings,
    refuse_many_starts,
    refuse_too_much,
    refuse_wide_numbers,
)
from dnsrace.engines.layout import layout_of
from dnsrace.engines.memory import safe_limit
from dnsrace.engines.python_space import PythonSpace
from dnsrace.engines.request import EngineName, Request
from dnsrace.engines.space import DEADLOCK, Space
from dnsrace.engines.steppers import GeneratedStepper, InterpreterStepper
from dnsrace.errors import UsageError
from dnsrace.findings.verdicts import Exploration, Finding, Progress, Statistics
from dnsrace.model.system import System

SWITCH = 25_000
"""States after which `auto` stops running the stepper in Python and compiles it: about the number
that Python explores while the compiler would still be at work."""


def explore(system: System, request: Request) -> Exploration:
    """Search a system's states, and answer what is asked.

    Raises DomainError when a value leaves its domain on the way.
    """
    result = _explore(system, request)
    left = tuple(f.name for f in result.findings if f.reach.endswith(NEEDS_NAMES))
    if left:
        # a second search for these: the first one has counted states that differ in names as one
        engine = request.engine
        few = result.statistics.represented_states <= MOST_UNASKED
        if engine == "numba" and few and system.made is None:
            engine = "python"
        again = replace(request, names=left, symmetry=False, engine=engine, deadlock=False)
        found = {f.name: f for f in _explore(system, again).findings}
        if not request.names and not request.keep_going:
            # nobody asked: that no answer was found must not make a good result unknown
            unknown = {n: f for n, f in found.items() if f.verdict == "unknown"}
            found |= {name: replace(f, looked=False) for name, f in unknown.items()}
        result.findings = [found.get(f.name, f) for f in result.findings]
    return result


def _explore(system: System, request: Request) -> Exploration:
    if system.open:
        raise UsageError(
            f"a search needs the values of {', '.join(system.open)}", cure="lift it without `open`"
        )
    refuse_many_starts(system)
    began = time.perf_counter() if request.began is None else request.began
    if request.engine != "auto":
        return Search(system, request, _space(system, request, request.engine), began).run()
    limit = request.limits.states
    switch_at = SWITCH if limit is None or limit > SWITCH else None
    small = Search(system, request, _space(system, request, "python"), began, switch_at)
    result = small.run()
    if not small.switched:
        return result
    try:
        space = _space(system, request, "numba")
    except UsageError as error:
        warnings.warn(f"{error.cause}; going on in Python, which is much slower", stacklevel=2)
        space = _space(system, request, "python")
    large = Search(system, request, space, began)
    space.start()
    if not large.go_on():
        # the time was up, or Ctrl-C came, while the compiler was at work: keep what is known
        small.stopped = large.stopped
        return small.report()
    return large.run()


def _space(system: System, request: Request, engine: EngineName) -> Space:
    watched = request.properties(system)
    layout = layout_of(system)
    symmetric = request.reduces(system) and bool(layout.substates)
    if engine == "interpreter":
        domains = tuple(layout.substates) if symmetric else ()
        return PythonSpace(system, watched, symmetric, InterpreterStepper(system, watched, domains))
    refuse_too_much(system, watched)
    if engine == "python":
        return PythonSpace(system, watched, symmetric, GeneratedStepper(system, watched, symmetric))
    try:
        # here, because it may not be importable
        from dnsrace.engines.native import machine  # noqa: F401
        from dnsrace.engines.numba_space import CHUNK, NumbaSpace
    except ImportError as error:
        raise UsageError(
            f"llvmlite cannot be imported ({error})",
            cure="install it (pip install llvmlite), or give --engine python",
        ) from None
    refuse_wide_numbers(system)
    if symmetric:
        refuse_many_renamings(system, layout, CHUNK)
    return NumbaSpace(system, watched, symmetric, request.limits.memory or safe_limit())


def _symmetry_text(system: System, request: Request, space: Space) -> str:
    layout = layout_of(system)
    if not request.symmetry:
        return "off"
    if not request.reduces(system) and layout.substates:
        return "off, since fairness tells names apart"
    if space.symmetric:
        return ", ".join(f"{d.size}! renamings of {d.name}" for d in layout.substates)
    if layout.unsorted:
        return "none: " + "; ".join(layout.unsorted.values())
    return "none: the model declares nothing interchangeable"


class Search:
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
        self.expanded = 0
        """How many states were expanded, the first ones."""
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
        result = self._result([])
        found = Found(
            self.system, self.request, self.space, self.levels, self.stopped, self.checked,
            self.expanded, self.memory_limit - self.space.memory, self._hurry_on_graph,
        )  # fmt: skip
        result.findings = found.findings()
        self.space.close()
        return result

    def symmetry(self) -> str:
        """What was reduced, or why nothing was, in words."""
        return _symmetry_text(self.system, self.request, self.space)

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
            self.expanded = reached
            if reached < high:
                if space.count > high:
                    self.levels.append(space.count)
                return
            low = high
            self.checked += space.count > high

    def _stopping(self) -> set[str]:
        """The goals that end the search: what the model asks, or else every violation."""
        if self.request.keep_going or self.request.wants_graph(self.system):
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

    def _hurry(self, now: float | None = None) -> str:
        """Why there is no more time, in words, or an empty text."""
        seconds = self.request.limits.seconds
        if self.request.interrupted():
            return "it was interrupted"
        now = time.perf_counter() if now is None else now
        if seconds is not None and now - self.began > seconds:
            return f"the time limit of {seconds:g} s was reached"
        return ""

    def go_on(self) -> bool:
        """Whether to go on; notes the reason if not, and tells the listener now and then."""
        now = time.perf_counter()
        if self.switch_at is not None and self.space.count >= self.switch_at:
            self.switched = True
            return False
        self.stopped = self._hurry(now) or self._full()
        self._tell(now)
        return not self.stopped

    def _full(self) -> str:
        """Why there is no room for more states, or an empty text."""
        space, limits = self.space, self.request.limits
        if limits.states is not None and space.count >= limits.states:
            return f"the limit of {limits.states} states was reached"
        return "the memory limit was reached" if space.memory > self.memory_limit else ""

    def _tell(self, now: float, doing: str = "") -> None:
        """Tell the listener where the search is, now and then."""
        space = self.space
        if self.request.listener is not None and now - self._told > 0.1:
            self._told = now
            waiting = space.count - (self.levels[-2] if len(self.levels) > 1 else 0)
            self.request.listener(
                Progress(self.checked, space.count, waiting, now - self.began, space.memory,
                         space.engine, doing=doing)
            )  # fmt: skip

    def _hurry_on_graph(self) -> str:
        """As `_hurry`, once the search is over and its graph is looked at."""
        now = time.perf_counter()
        self._tell(now, "looking at the graph of all states")
        return self._hurry(now)

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
            symmetry=self.symmetry(),
            complete=not self.stopped,
            stopped=self.stopped,
            checked=self.checked,
            statistics=statistics,
            findings=findings,
        )


def _never(system: System, taken: list[int]) -> Iterable[str]:
    """The paths that were not taken."""
    return (name for name, count in zip(system.path_names, taken, strict=True) if count == 0)
