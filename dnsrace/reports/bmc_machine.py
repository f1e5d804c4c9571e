"""What `dnsrace bmc --json` writes; its schema is in bmc.schema.json beside this file."""

from __future__ import annotations

from typing import Any

from dnsrace.findings.bounded import BoundedReport
from dnsrace.findings.trace import parameters_data, trace_data
from dnsrace.findings.verdicts import Finding

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""


def bmc_data(report: BoundedReport) -> dict[str, Any]:
    """A bounded check as JSON data."""
    bounded = report.bounded
    return {
        "schema_version": SCHEMA_VERSION,
        "model": bounded.system.model.reference,
        "parameters": parameters_data(bounded.system),
        "open": {s.name: {"from": s.low, "to": s.high} for s in bounded.sizes},
        "first_depth": bounded.first,
        "checked_depth": bounded.checked if bounded.checked >= bounded.first else None,
        "stopped": bounded.stopped,
        "gave_up": bounded.gave_up,
        "deepest_state": bounded.diameter,
        "exit_code": report.exit_code,
        "seconds": bounded.seconds,
        "moves": bounded.moves,
        "symmetry": bounded.symmetry,
        "depths": [
            {"depth": d.depth, "answer": d.said, "seconds": d.seconds} for d in bounded.depths
        ],
        "findings": [_finding(report, finding) for finding in bounded.findings],
    }


def _finding(report: BoundedReport, finding: Finding) -> dict[str, Any]:
    explanation = report.explanations.get(finding.name)
    trace = finding.trace
    return {
        "property": finding.name,
        "kind": finding.kind,
        "verdict": finding.verdict,
        "reach": finding.reach,
        "informative": finding.informative,
        "looked": finding.looked,
        "length": finding.length,
        "shortest": finding.shortest,
        "trace": None if trace is None else trace_data(trace),
        "explanation": None
        if explanation is None
        else {
            "sentences": [row.text for row in explanation.rows[1:]],
            "outcome": explanation.outcome,
        },
    }
