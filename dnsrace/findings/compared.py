"""One schedule, two variants of a model: the same actors go in the same order, and what the other
variant does is put beside the trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from dnsrace.findings.explain import wording
from dnsrace.findings.schedule import Entry, Processes, enabled, schedule_of
from dnsrace.findings.trace import Trace
from dnsrace.model.interpreter import Interpreter, Taken, step_text
from dnsrace.model.system import State, System

Kind = Literal["same", "other", "blocked"]


@dataclass(frozen=True)
class Beside:
    """What the other variant does where the trace takes a step.

    Parameters
    ----------
    kind: the same; something else; or nothing, because the actor cannot go.
    text: of the step, as `flip(0)`; empty when nothing is done.
    words: what it does, or why nothing.
    state: behind it.
    """

    kind: Kind
    text: str
    words: str
    state: State


@dataclass(frozen=True)
class Compared:
    """A trace, and the same schedule in another variant.

    Parameters
    ----------
    mine, other: names of the two variants; `options`: the parameters of the other one.
    broken: the properties that the other variant violates on the way, in a state or by a step.
    """

    trace: Trace
    mine: str
    other: str
    options: dict[str, Any]
    system: System
    rows: tuple[Beside, ...]
    broken: tuple[str, ...]

    @property
    def parts_at(self) -> int | None:
        """The first step that the other variant does not do in the same way, counted from 1."""
        return next((n for n, row in enumerate(self.rows, 1) if row.kind != "same"), None)


def compared(trace: Trace) -> Compared | None:
    """The trace's schedule in the fixed variant or, of a trace of that, as deployed.

    None when the model has no other variant, or one that does not begin in the same state.
    """
    system = trace.system
    model, values = system.model, system.parameters
    usual = {p.name: p.default for p in model.parameters if p.name in model.fixed}
    is_fixed = all(values[name] == value for name, value in model.fixed.items())
    options = usual if is_fixed else model.fixed
    if all(values[name] == value for name, value in options.items()):
        return None
    other = model.lift(**{**values, **options})
    same_form = [(v.name, v.domain.size) for v, _ in other.slots] == [
        (v.name, v.domain.size) for v, _ in system.slots
    ]
    if not same_form or trace.initial not in set(Interpreter(other).initial()):
        return None
    deployed = all(values[name] == value for name, value in usual.items())
    mine = "fixed" if is_fixed else "as deployed" if deployed else "this variant"
    rows = tuple(_rows(trace, other))
    return Compared(
        trace, mine, "as deployed" if is_fixed else "fixed", dict(options), other, rows,
        tuple(_broken(other, [trace.initial, *(row.state for row in rows)])),
    )  # fmt: skip


def _rows(trace: Trace, other: System) -> Iterator[Beside]:
    interpreter, processes = Interpreter(other), Processes(other)
    state, done = trace.initial, list[Taken | None]()
    before = trace.states
    for at, entry in enumerate(schedule_of(trace).entries):
        mine = trace.steps[at]
        known = other.find_step(entry.pick.partition("(")[0])
        meant = entry if known or not entry.pick else Entry(entry.who)
        taken = next(enabled(processes, interpreter, state, meant), None)
        done.append(taken)
        if taken is None:
            yield Beside("blocked", "", _why(interpreter, state, mine), state)
            continue

        def ago(name: str, choices: tuple[int, ...], done: list[Taken | None] = done) -> str:
            for back, past in enumerate(reversed(done[:-1]), 1):
                if past and past.step.name == name and past.choices[: len(choices)] == choices:
                    return str(back)
            return "never taken, 0"

        plain = _plain(other, state, taken) == _plain(trace.system, before[at], mine)
        same = plain and taken.text == mine.text
        yield Beside(
            "same" if same else "other", taken.text, wording(other, state, taken, ago), taken.state
        )
        state = taken.state


def _plain(system: System, before: State, taken: Taken) -> str:
    """What a step does, in words that do not depend on what came before."""
    return wording(system, before, taken, lambda *_: "some")


def _why(interpreter: Interpreter, state: State, mine: Taken) -> str:
    """Why the step of the trace is not possible."""
    step = interpreter.system.find_step(mine.step.name)
    if step is None or len(step.choices) != len(mine.choices):
        return "has nothing to do here"
    test = interpreter.blocking_test(state, step, mine.choices)
    return f"cannot go: {step_text(step, mine.choices)} needs {test}"


def _broken(system: System, states: list[State]) -> Iterator[str]:
    interpreter = Interpreter(system)
    pairs = list(pairwise(states))
    for prop in system.properties:
        if prop.kind == "always":
            bad = any(not interpreter.holds(prop, state) for state in states)
        elif prop.kind == "every_step":
            bad = any(not interpreter.holds(prop, a, b) for a, b in pairs)
        else:
            continue
        if bad:
            yield prop.name
