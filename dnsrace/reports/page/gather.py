"""Which page to show: of a search, or of a trace."""

from __future__ import annotations

from dnsrace.errors import DomainError
from dnsrace.findings.compared import compared
from dnsrace.findings.driving import Space, goal_of, whole_space
from dnsrace.findings.explain import Explanation, explain
from dnsrace.findings.report import Report
from dnsrace.findings.trace import Trace
from dnsrace.findings.words import counted
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, System
from dnsrace.reports.page.data import Shown

MOST_STATES = 30_000
"""States that a page can carry: a few seconds for the interpreter, and well under a megabyte."""


def shown_of(what: Report | Trace) -> Shown:
    """The page of a search, or of a trace alone."""
    return _of_report(what) if isinstance(what, Report) else _of_trace(what)


def _of_report(report: Report) -> Shown:
    """The page of a search: its headline's trace, and the space."""
    system, exploration = report.system, report.exploration
    what = report.explanations.get(report.headline)
    prop = system.find_property(report.headline) if what else None
    goal = goal_of(system, report.headline)
    states = counted(exploration.statistics.represented_states, "state")
    claim = (
        f"Every reachable state was explored: {states}."
        if exploration.complete
        else f"The search stopped early ({exploration.stopped}): {states} were seen, and every one "
        f"up to {counted(exploration.checked, 'step')} from the start was checked."
    )
    findings = tuple(exploration.findings)
    space, why = _space(system, goal)
    beside = compared(what.trace) if what and what.trace.loop is None else None
    return Shown(system, what, prop, findings, claim, goal, space, why, beside)


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
    space, why = _space(system, goal)
    beside = compared(trace) if trace.loop is None else None
    return Shown(system, what, prop, (), claim, goal, space, why, beside)


def _space(system: System, goal: Property | None) -> tuple[Space | None, str]:
    try:
        space = whole_space(system, goal, MOST_STATES)
    except DomainError as error:
        return None, f"The model cannot be driven: {error.cause}."
    if space is None:
        return None, (
            f"The model has more than {MOST_STATES:,} states with these parameters: too many for a "
            "page to carry. Make the page with smaller ones to drive it."
        )
    return space, ""


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
