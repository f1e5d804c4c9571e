"""What `dnsrace fixes --json` writes; its schema is in fixes.schema.json beside this file."""

from __future__ import annotations

from typing import Any

from dnsrace.findings.study import TOGETHER, Study
from dnsrace.findings.trace import parameters_data, trace_data
from dnsrace.model.decisions import Changes

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""


def study_data(study: Study) -> dict[str, Any]:
    """A study as JSON data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "model": study.system.model.reference,
        "parameters": parameters_data(study.system),
        "decisions": [
            {"name": d.name, "deployed": d.parameter.text(d.deployed), "values": list(d.texts)}
            for d in study.decisions
        ],
        "lifted_forms": study.forms,
        "complete": not study.unfinished and all(r.complete for r in study.results.values()),
        "stopped": study.stopped or None,
        "exit_code": study.exit_code,
        "seconds": study.seconds,
        "properties": [_property(study, name) for name in study.findings],
        "together": {"properties": study.deciding, **_answers(study, TOGETHER)},
        "combinations": [_combination(study, changes) for changes in study.planned],
    }


def _property(study: Study, name: str) -> dict[str, Any]:
    finding = study.findings[name]
    return {
        "property": name,
        "kind": finding.kind,
        "informative": finding.informative,
        "checked": name in study.checked,
        **_answers(study, name),
    }


def _answers(study: Study, name: str) -> dict[str, Any]:
    return {
        "deployed": study.answer((), name),
        "enough": [
            {"changes": _changes(changes), "smallest": study.is_smallest(changes, name)}
            for changes in study.enough(name)
        ],
        "not_enough": [_violated(study, changes, name) for changes in study.not_enough(name)],
        "conflicts": [
            {
                **_violated(study, conflict.changes, name),
                "holds_with": [_changes(holding) for holding in conflict.holding],
            }
            for conflict in study.conflicts(name)
        ],
    }


def _violated(study: Study, changes: Changes, name: str) -> dict[str, Any]:
    names = study.deciding if name == TOGETHER else [name]
    found = [study.results[changes].finding(n) for n in names]
    return {
        "changes": _changes(changes),
        "violations": [
            {
                "property": f.name,
                "length": f.length,
                "trace": None if f.trace is None else f.trace.text,
            }
            for f in found
            if f is not None and f.verdict == "violated"
        ],
    }


def _combination(study: Study, changes: Changes) -> dict[str, Any]:
    result = study.results.get(changes)
    data: dict[str, Any] = {"changes": _changes(changes), "searched": result is not None}
    if result is None:
        return data
    return data | {
        "complete": result.complete,
        "stopped": result.stopped or None,
        "earlier_run": result.earlier,
        **result.numbers,
        "findings": [
            {
                "property": f.name,
                "kind": f.kind,
                "verdict": f.verdict,
                "reach": f.reach,
                "informative": f.informative,
                "length": f.length,
                "shortest": f.shortest,
                "trace": None if f.trace is None else trace_data(f.trace),
            }
            for f in result.findings
        ],
    }


def _changes(changes: Changes) -> dict[str, str]:
    return {change.name: change.text for change in changes}
