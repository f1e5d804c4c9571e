"""What the page knows, as plain data: the model, a trace, the same schedule elsewhere, and the
space to drive in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dnsrace.findings.compared import Compared
from dnsrace.findings.driving import Space
from dnsrace.findings.explain import Explanation, all_actors
from dnsrace.findings.trace import start_text
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.words import first_line
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, System
from dnsrace.reports.page.scenes import Scenes, Table, slots_data
from dnsrace.reports.terminal import way_out_text


@dataclass(frozen=True)
class Shown:
    """What a page is about.

    Parameters
    ----------
    what: the trace to show, explained; None: there is only the space.
    prop: the property that the trace violates.
    findings: what is known of the model's properties.
    claim: what was searched, or that nothing was.
    goal: what a reader tries to violate.
    states: how many there are in the space, if that is shown.
    space: all of them, packed; empty where they are too many, and then `no_space` says so.
    """

    system: System
    what: Explanation | None
    prop: Property | None
    findings: tuple[Finding, ...]
    claim: str
    goal: Property | None
    states: int | None
    space: str
    no_space: str
    beside: Compared | None


def page_data(shown: Shown) -> dict[str, Any]:
    """The model and the trace."""
    system = shown.system
    return {
        "name": system.name,
        "goal": goal_data(system, shown.goal),
        "actors": list(all_actors(system)),
        "columns": [column.title for column in system.columns],
        "states": shown.states,
        "trace": trace_data(shown),
        "beside": beside_data(shown.beside) if shown.beside else None,
        **slots_data(system),
    }


def goal_data(system: System, goal: Property | None) -> dict[str, str] | None:
    """The property to violate, and what people call its violation."""
    if goal is None:
        return None
    called = system.called.get(goal.function.__name__)
    cause = f"the {called}" if called else f"a violation of {goal.name}"
    return {"name": goal.name, "called": called or "violation", "cause": cause}


def trace_data(shown: Shown) -> dict[str, Any] | None:
    """The trace's states and steps; `late` is the first step behind which the violation could not
    be avoided any more."""
    if shown.what is None:
        return None
    trace = shown.what.trace
    scenes = Scenes(trace.system)
    stuck = next(scenes.interpreter.successors(trace.last), None) is None
    befores = list(zip(trace.states, trace.steps, strict=False))
    return {
        "scenes": scenes.states(trace.states, [False] * len(trace.steps) + [stuck]),
        "steps": [[scenes.label(t), scenes.sentence(before, t)] for before, t in befores],
        **scenes.tables(),
        "breaks": [_breaks(trace.system, before, t.state) for before, t in befores],
        "loop": trace.loop,
        "late": late_step(shown.what),
        "lateWords": _late_words(shown.what),
    }  # fmt: skip


def late_step(what: Explanation) -> int | None:
    """The step with which it was too late, if that is known; 0 where it always was."""
    if what.inevitable:
        return 0
    way = what.way_out
    return way.after + 1 if way is not None and way.searched else None


def _late_words(what: Explanation) -> str:
    if what.inevitable:
        return "Every behaviour of the model ends here, whatever is done."
    return way_out_text(what, what.way_out) if what.way_out is not None else ""


def beside_data(beside: Compared) -> dict[str, Any]:
    """What the other variant does on the same schedule; it stays where it is when it cannot go."""
    scenes = Scenes(beside.system)
    states = (beside.trace.initial, *(row.state for row in beside.rows))
    stuck = [next(scenes.interpreter.successors(state), None) is None for state in states]
    return {
        "mine": beside.mine,
        "other": beside.other,
        "columns": [column.title for column in beside.system.columns],
        "rows": [[row.kind, row.words] for row in beside.rows],
        "scenes": scenes.states(states, stuck),
        **scenes.tables(),
    }


def _breaks(system: System, before: tuple[int, ...], after: tuple[int, ...]) -> list[str]:
    """The properties of steps that a step violates."""
    interpreter = Interpreter(system)
    return [
        p.name
        for p in system.properties
        if p.kind == "every_step" and not interpreter.holds(p, before, after)
    ]


def space_data(space: Space) -> dict[str, Any]:
    """All states and steps, for driving. Steps are listed state by state; `steps` says how many
    each state has."""
    scenes = Scenes(space.system)
    labels, sentences, targets = list[int](), list[int](), list[int]()
    for state, steps, to in zip(space.states, space.steps, space.targets, strict=True):
        labels += [scenes.label(taken) for taken in steps]
        sentences += [scenes.sentence(state, taken) for taken in steps]
        targets += to
    breaks = Table()
    steps_of = any(p.kind == "every_step" for p in space.system.properties)
    broken = [
        breaks.number(tuple(_breaks(space.system, state, taken.state)) if steps_of else ())
        for state, steps in zip(space.states, space.steps, strict=True)
        for taken in steps
    ]
    back = space.way_back
    starts = [start_text(space.system, state) for state in space.states[: space.starts]]
    return {
        "scenes": scenes.states(space.states, [not steps for steps in space.steps]),
        "starts": [text.strip("[]") for text in starts],
        "steps": [len(steps) for steps in space.steps],
        "label": labels,
        "sentence": sentences,
        "target": targets,
        "breaks": broken,
        "broken": breaks.rows,
        "distance": list(space.distances),
        "doomed": [int(value) for value in space.doomed],
        "back": None if back is None else {
            "name": back[0].name, "says": first_line(back[0].doc),
            "states": [int(value) for value in back[1]],
        },
        **scenes.tables(),
    }  # fmt: skip
