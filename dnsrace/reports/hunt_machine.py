"""What `dnsrace hunt --json` writes; its schema is in hunt.schema.json beside this file."""

from __future__ import annotations

from typing import Any

from dnsrace.findings.hunted import HuntReport
from dnsrace.findings.schedule import schedule_of
from dnsrace.findings.trace import parameters_data, trace_data
from dnsrace.findings.verdicts import Finding

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""


def hunt_data(report: HuntReport) -> dict[str, Any]:
    """A hunt as JSON data."""
    hunt, tally = report.hunt, report.hunt.tally
    return {
        "schema_version": SCHEMA_VERSION,
        "model": hunt.system.model.reference,
        "parameters": parameters_data(hunt.system),
        "engine": hunt.engine,
        "cores": hunt.cores,
        "seed": hunt.seed,
        "stopped": hunt.stopped,
        "exit_code": report.exit_code,
        "walks": tally.walks,
        "walk_length": hunt.length,
        "steps_taken": tally.steps,
        "seconds": hunt.seconds,
        "walks_per_second": hunt.walks_per_second,
        "ended": tally.ended,
        "deadlocks": tally.deadlocks,
        "cut": tally.cut,
        "stalest": {"actor": tally.laggard, "steps": tally.lag, "walk": tally.lag_walk},
        "steps": hunt.steps,
        "paths": hunt.paths,
        "steps_never_taken": hunt.idle,
        "paths_never_taken": hunt.never,
        "never_reached": hunt.unseen,
        "findings": [_finding(report, finding) for finding in hunt.findings],
    }


def _finding(report: HuntReport, finding: Finding) -> dict[str, Any]:
    hunt, catch = report.hunt, report.hunt.catches.get(finding.name)
    explanation = report.explanations.get(finding.name)
    chance = hunt.chance(finding.name) if finding.name in hunt.tally.seen else None
    trace = finding.trace
    return {
        "property": finding.name,
        "kind": finding.kind,
        "verdict": finding.verdict,
        "reach": finding.reach,
        "informative": finding.informative,
        "length": finding.length,
        "shortest": finding.shortest,
        "walk": None if catch is None else catch.walk,
        "walk_length": None if catch is None else catch.length,
        "shrunk_length": None if catch is None else catch.shrunk,
        "walks_that_met_it": None if chance is None else chance.met,
        "chance": None if chance is None else {"low": chance.low, "high": chance.high},
        "trace": None if trace is None else trace_data(trace),
        "schedule": None if trace is None else schedule_of(trace).text,
        "explanation": None
        if explanation is None
        else {
            "sentences": [row.text for row in explanation.rows[1:]],
            "outcome": explanation.outcome,
        },
    }
