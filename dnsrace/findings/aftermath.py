"""What a system can still do in a trap, where no continuation reaches what it should, and why
nothing leads out. Only the interpreter is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dnsrace.errors import DomainError, InternalError
from dnsrace.findings.conditions import reads
from dnsrace.findings.trace import Trace
from dnsrace.model.expressions import Expr, not_
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import Path, Property, State, Step, System

BUDGET = 4_000
"""States that are looked at, by the interpreter: well under a second."""


@dataclass(frozen=True)
class Never:
    """What cannot happen any more, a step or a path through it.

    Parameters
    ----------
    needs: what it would need: each of these is true in no state of the trap.
    now: what these read at the end of the trace, for the first choices: `rollback[0] = 2`.
    """

    what: str
    needs: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True)
class Aftermath:
    """What follows the trace into a trap.

    Parameters
    ----------
    states: how many can follow, as far as was looked.
    whole: whether these are all.
    happens: the steps that still happen, by name.
    never: what would have led out, or led out before, and cannot happen again; empty if not all
        states were looked at.
    ends: whether there is a state in which nothing can happen.
    loop: the trace, on to a short loop that can be repeated for ever, if there is one.
    way_out: the steps of a shortest way to the goal from the last state but one, as text; empty
        when it is too far away.
    """

    states: int
    whole: bool
    happens: tuple[str, ...]
    never: tuple[Never, ...]
    ends: bool
    loop: Trace | None
    way_out: tuple[str, ...]


def aftermath(trace: Trace, prop: Property) -> Aftermath:
    """What can still happen behind a trace into a trap of a recoverable property. Raises
    InternalError when the goal can be reached after all."""
    region = _Region(trace.system, trace.last)
    for state in region.after:
        if region.interpreter.holds(prop, state):
            raise InternalError(f"{trace.text}: {prop.name} can still be reached from its end")
    out = _way_out(region.interpreter, trace, prop)
    happens = tuple(s.name for s in trace.system.steps if s.name in region.happens)
    return Aftermath(
        len(region.after),
        region.whole,
        happens,
        tuple(_never(region, out)) if region.whole else (),
        any(not steps for steps in region.after.values()),
        _loop(region, trace),
        tuple(taken.text for taken in out),
    )


class _Region:
    """The states that can follow one, nearest first, with their steps."""

    def __init__(self, system: System, start: State) -> None:
        self.system = system
        self.interpreter = Interpreter(system)
        self.start = start
        self.after: dict[State, list[Taken]] = {}
        self.whole = True
        waiting = [start]
        known = {start}
        for state in waiting:
            if len(self.after) == BUDGET:
                self.whole = False
                break
            self.after[state] = list(self.interpreter.successors(state))
            for taken in self.after[state]:
                if taken.state not in known:
                    known.add(taken.state)
                    waiting.append(taken.state)
        self.happens = {t.step.name for steps in self.after.values() for t in steps}
        self.paths = {t.path for steps in self.after.values() for t in steps}

    def way(self, start: State, goal: State, around: bool = False) -> list[Taken] | None:
        """A shortest way inside; with `around` it does not begin with a step that changes
        nothing, so that a way from a state to itself is a loop."""
        if start == goal and not around:
            return []
        came: dict[State, Taken | None] = {start: None}
        back: dict[State, State] = {}
        waiting = [start]
        for state in waiting:
            for taken in self.after.get(state, ()):
                if taken.state == goal and taken.state != state:
                    steps = [taken]
                    while (before := came[state]) is not None:
                        steps.insert(0, before)
                        state = back[state]
                    return steps
                if taken.state not in came:
                    came[taken.state], back[taken.state] = taken, state
                    waiting.append(taken.state)
        return None


def _loop(region: _Region, trace: Trace) -> Trace | None:
    """The trace, on to the nearest state that can be met again, and once round."""
    cyclic = _in_cycles(region)
    for state in region.after:
        round_ = region.way(state, state, around=True) if state in cyclic else None
        if round_ is not None:
            break
    else:
        # steps that change nothing are a loop as well, if there is no better one
        idle = ((s, t) for s, steps in region.after.items() for t in steps if t.state == s)
        state, taken = next(idle, (trace.last, None))
        if taken is None:
            return None
        round_ = [taken]
    there = region.way(region.start, state)
    assert there is not None
    steps = (*trace.steps, *there, *round_)
    return Trace(trace.system, trace.initial, steps, len(trace.steps) + len(there))


def _in_cycles(region: _Region) -> set[State]:
    """States among which are all that lie on a loop of two steps or more: what is left when those
    without a successor or a predecessor among the rest are taken away, again and again."""
    left = set(region.after)
    while True:
        before = len(left)
        for state in list(left):
            if not any(t.state in left and t.state != state for t in region.after[state]):
                left.discard(state)
        left &= {t.state for s in left for t in region.after[s] if t.state != s}
        if len(left) == before:
            return left


def _way_out(interpreter: Interpreter, trace: Trace, prop: Property) -> list[Taken]:
    """A shortest way to the goal from the last state but one, as far as the budget goes."""
    if not trace.steps:
        return []
    start = trace.states[-2]
    came: dict[State, tuple[State, Taken] | None] = {start: None}
    waiting = [start]
    for state in waiting:
        if interpreter.holds(prop, state):
            steps: list[Taken] = []
            while (before := came[state]) is not None:
                state, taken = before
                steps.insert(0, taken)
            return steps
        if len(came) > BUDGET:
            return []
        for taken in interpreter.successors(state):
            if taken.state not in came:
                came[taken.state] = (state, taken)
                waiting.append(taken.state)
    return []


# -- why nothing leads out


def _never(region: _Region, out: list[Taken]) -> Iterable[Never]:
    """The steps that never happen again, and the paths of the way out that are closed now."""
    of_way_out = {taken.path for taken in out}
    for step in region.system.steps:
        paths = [p for p in region.system.paths if p.step is step]
        if step.name not in region.happens:
            needs = [_unmet(region, p) for p in paths]
            common = [n for n in needs[0] if all(n in other for other in needs)] if needs else []
            if common:
                yield _told(region, step.name, step, common)
            else:
                for path, unmet in zip(paths, needs, strict=True):
                    yield _told(region, _label(path), step, unmet)
        else:
            for path in paths:
                if path.number in of_way_out - region.paths:
                    yield _told(region, _label(path), step, _unmet(region, path))


def _told(region: _Region, what: str, step: Step, needs: list[Expr]) -> Never:
    names = next(iter(_names(step)))
    now = [text for need in needs for text in reads(region.interpreter, need, region.start, names)]
    return Never(what, tuple(dict.fromkeys(map(str, needs))), tuple(dict.fromkeys(now)))


def _label(path: Path) -> str:
    return f"{path.step.name}: {path.label}"


def _unmet(region: _Region, path: Path) -> list[Expr]:
    """The tests of a path that fail in every state of the region, for every choice."""
    left = [test if outcome else not_(test) for test, outcome in path.tests]
    for state in region.after:
        for names in _names(path.step):
            left = [test for test in left if not _true(region.interpreter, test, state, names)]
        if not left:
            break
    return left


def _names(step: Step) -> Iterable[dict[str, int]]:
    for choices in step.every_choice():
        yield {str(c.data): raw for c, raw in zip(step.choices, choices, strict=True)}


def _true(interpreter: Interpreter, test: Expr, state: State, names: dict[str, int]) -> bool:
    """Whether a test holds; so, too, where only an earlier one makes it defined."""
    try:
        return bool(interpreter.value(test, state, names))
    except DomainError:
        return True
