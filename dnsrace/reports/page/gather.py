"""Which page to show: of a search, or of a trace."""

from __future__ import annotations

import base64
import json
import zlib

from dnsrace.errors import DomainError
from dnsrace.findings.compared import compared
from dnsrace.findings.driving import goal_of, whole_space
from dnsrace.findings.explain import Explanation, explain
from dnsrace.findings.report import Report
from dnsrace.findings.trace import Trace
from dnsrace.findings.words import counted
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, System
from dnsrace.reports.page.data import Shown, space_data

MOST_STATES = 30_000
"""States that a page can carry: they take the interpreter some ten seconds."""
MOST_VALUES = 2_000_000
"""Of all variables in all states, together."""
MOST_BYTES = 1_200_000
"""Of the packed space: with it the page stays under 1.5 MB."""


def shown_of(what: Report | Trace) -> Shown:
    """The page of a search, or of a trace alone."""
    return _of_report(what) if isinstance(what, Report) else _of_trace(what)


def _of_report(report: Report) -> Shown:
    """The page of a search: its headline's trace, and the space."""
    system, exploration = report.system, report.exploration
    what = report.explanations.get(report.headline)
    prop = system.find_property(report.headline) if what else None
    goal = goal_of(system, report.headline)
    seen = counted(exploration.statistics.represented_states, "state")
    claim = (
        f"Every reachable state was explored: {seen}."
        if exploration.complete
        else f"The search stopped early ({exploration.stopped}): {seen} were seen, and every one "
        f"up to {counted(exploration.checked, 'step')} from the start was checked."
    )
    findings = tuple(exploration.findings)
    states, space, why = _space(system, goal)
    beside = compared(what.trace) if what and what.trace.loop is None else None
    return Shown(system, what, prop, findings, claim, goal, states, space, why, beside)


def _of_trace(trace: Trace) -> Shown:
    """The page of a trace: what it violates, if it does, and the space around it."""
    system = trace.system
    prop, length = _first_violation(trace)
    whole = explain(trace)
    # what can be avoided is asked of the way to the violation; the trace may go on behind it
    way = explain(Trace(system, trace.initial, trace.steps[:length]), prop) if prop else None
    what = whole if way is None else Explanation(
        trace, whole.actors, whole.columns, whole.rows, way.outcome, way.way_out, way.inevitable
    )  # fmt: skip
    goal = goal_of(system, prop.name if prop else "")
    claim = f"A behaviour of the model, {counted(len(trace.steps), 'step')} long. "
    claim += f"Step {length} violates {prop.name}." if prop else "It violates nothing."
    states, space, why = _space(system, goal)
    beside = compared(trace) if trace.loop is None else None
    return Shown(system, what, prop, (), claim, goal, states, space, why, beside)


def _space(system: System, goal: Property | None) -> tuple[int | None, str, str]:
    """How many states there are, all of them packed, and otherwise why they are not there."""
    most = min(MOST_STATES, MOST_VALUES // len(system.slots))
    cure = "Make the page with smaller parameters to drive it."
    try:
        space = whole_space(system, goal, most)
    except DomainError as error:
        return None, "", f"The model cannot be driven: {error.cause}."
    if space is None:
        number = f"more than {counted(most, 'state')}"
        return None, "", f"The model has {number}, too many for a page to carry. {cure}"
    number = counted(len(space.states), "state")
    text = json.dumps(space_data(space), separators=(",", ":"))
    packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
    if len(packed) > MOST_BYTES:
        size = f"{number} of {len(packed):,} bytes together"
        return None, "", f"The model has {size}, too many for a page to carry. {cure}"
    return len(space.states), packed, ""


def _first_violation(trace: Trace) -> tuple[Property | None, int]:
    """What a trace violates first, and with which step; of several, what the model exists to ask,
    and what is a failure before what is informative."""
    interpreter, states = Interpreter(trace.system), trace.states
    found: list[tuple[bool, bool, int, Property]] = []
    for prop in trace.system.properties:
        if prop.kind == "always":
            at = (n for n, state in enumerate(states) if not interpreter.holds(prop, state))
        elif prop.kind == "every_step":
            at = (
                n
                for n in range(1, len(states))
                if not interpreter.holds(prop, states[n - 1], states[n])
            )
        else:
            continue
        first = next(at, None)
        if first is not None:
            found.append((not prop.question, prop.informative, first, prop))
    if not found:
        return None, len(trace.steps)
    *_, first, prop = min(found, key=lambda entry: entry[:3])
    return prop, first
