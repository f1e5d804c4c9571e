"""What `--json` writes: one object, whose schema is in explore.schema.json beside this file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dnsrace.findings.aftermath import Aftermath
from dnsrace.findings.lasso import Fairness
from dnsrace.findings.report import Report
from dnsrace.findings.trace import parameters_data, trace_data
from dnsrace.findings.verdicts import Finding

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""


def report_data(report: Report) -> dict[str, Any]:
    """A report as JSON data."""
    exploration, statistics = report.exploration, report.exploration.statistics
    return {
        "schema_version": SCHEMA_VERSION,
        "model": report.system.model.reference,
        "parameters": parameters_data(report.system),
        "engine": exploration.engine,
        "symmetry": exploration.symmetry,
        "complete": exploration.complete,
        "stopped": exploration.stopped or None,
        "checked_depth": exploration.checked,
        "exit_code": report.exit_code,
        "distinct_states": statistics.distinct_states,
        "represented_states": statistics.represented_states,
        "transitions": statistics.transitions,
        "represented_transitions": statistics.represented_transitions,
        "depth": statistics.depth,
        "levels": statistics.levels,
        "seconds": statistics.seconds,
        "compile_seconds": statistics.compile_seconds,
        "states_per_second": statistics.states_per_second,
        "memory_bytes": statistics.memory,
        "ends": statistics.ends,
        "deadlocks": statistics.deadlocks,
        "steps": statistics.steps,
        "paths_never_taken": statistics.never,
        "findings": [_finding(report, finding) for finding in exploration.findings],
        "unbounded": None if exploration.unbounded is None else asdict(exploration.unbounded),
        "fixed": None if report.fixed is None else report_data(report.fixed),
    }


def _finding(report: Report, finding: Finding) -> dict[str, Any]:
    explanation = report.explanations.get(finding.name)
    way = explanation.way_out if explanation else None
    return {
        "property": finding.name,
        "kind": finding.kind,
        "verdict": finding.verdict,
        "reach": finding.reach,
        "informative": finding.informative,
        "length": finding.length,
        "shortest": finding.shortest,
        "states": finding.states,
        "loop": None if finding.trace is None else finding.trace.loop,
        "trace": None if finding.trace is None else trace_data(finding.trace),
        "explanation": None
        if explanation is None
        else {
            "sentences": [row.text for row in explanation.rows[1:]],
            "outcome": explanation.outcome,
            "avoidable_until_after_step": way.after if way else None,
            "avoided_by": (way.instead or None) if way else None,
            "aftermath": _aftermath(explanation.aftermath),
            "fairness": _fairness(explanation.fairness),
        },
    }


def _aftermath(what: Aftermath | None) -> dict[str, Any] | None:
    if what is None:
        return None
    return {
        "states": what.states,
        "whole": what.whole,
        "happens": list(what.happens),
        "never": [
            {"what": never.what, "needs": list(never.needs), "now": list(never.now)}
            for never in what.never
        ],
        "ends": what.ends,
        "way_out": list(what.way_out),
        "trace": None if what.loop is None else trace_data(what.loop),
    }


def _fairness(what: Fairness | None) -> dict[str, Any] | None:
    if what is None:
        return None
    return {
        "taken": list(what.taken),
        "never_possible": list(what.never),
        "at_times_possible": list(what.at_times),
    }
