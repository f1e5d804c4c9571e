"""Outcomes of engines' results, and a violation as text for a test's report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dnsrace.findings.explain import Explanation, explain
from dnsrace.findings.schedule import schedule_text
from dnsrace.findings.trace import parameters_data, variant
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.words import listed
from dnsrace.model.system import System
from dnsrace.reports.timeline import timeline, violation_line
from dnsrace.testing.outcome import Outcome


def unviolated(system: System, engine: str, verdict: str, reach: str, **more: Any) -> Outcome:
    """The outcome where nothing is violated; `more` as in Outcome."""
    reference, parameters = system.model.reference, parameters_data(system)
    return Outcome(reference, parameters, variant(system), engine, verdict, reach, **more)


def violation(
    system: System, engine: str, finding: Finding, explanation: Explanation | None = None,
    others: Iterable[str] = (), **more: Any,
) -> tuple[Outcome, str]:  # fmt: skip
    """The outcome of a violation, and its text: what is violated, how it was met, the timeline.

    Parameters
    ----------
    explanation: of the finding's trace, if somebody has made it already.
    others: properties that are violated too.
    more: numbers of the outcome.
    """
    prop, trace = system.find_property(finding.name), finding.trace
    doc = "" if prop is None else prop.doc
    lines = [f"  {variant(system)}, {engine}: {finding.reach}"]
    if more.get("seed") is not None:
        lines[0] += f" (seed {more['seed']})"
    also = listed(others) if others else ""
    lines += [f"  violated too: {also}"] if also else []
    if trace is None:
        head = f"{finding.name} is violated" + (f": {doc}" if doc else "")
        text = "\n".join([head, *lines])
    else:
        head = violation_line(finding.name, len(trace.steps), doc, shortest=finding.shortest)
        text = timeline(explanation or explain(trace, prop), "\n".join([head, *lines]))
        more |= {"steps": len(trace.steps), "trace": trace.text}
        more["schedule"] = schedule_text(trace) if trace.loop is None else ""
    outcome = unviolated(
        system, engine, "violated", finding.reach, violated=finding.name,
        shortest=finding.shortest, **more,
    )  # fmt: skip
    return outcome, text
