"""What `dnsrace verify --json` writes; its schema is in verify.schema.json beside this file."""

from __future__ import annotations

from typing import Any

from dnsrace import __version__
from dnsrace.findings.trace import parameters_data, trace_data
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.verified import Column, Row, Verification, command
from dnsrace.reports.verify_words import same_trace

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""


def verification_data(verification: Verification) -> dict[str, Any]:
    """What all engines say, as JSON data."""
    system, proof = verification.system, verification.proof
    return {
        "schema_version": SCHEMA_VERSION,
        "version": __version__,
        "model": system.model.reference,
        "parameters": parameters_data(system),
        "command": command(system),
        "exit_code": verification.exit_code,
        "seconds": verification.seconds,
        "limit": verification.limit,
        "interrupted": verification.interrupted,
        "engines": [_engine(column) for column in verification.columns],
        "properties": [_property(verification, row) for row in verification.rows],
        "shown": verification.headline or None,
        "same_trace": same_trace(verification),
        "proof": None
        if proof is None
        else {
            "open": list(proof.proof.system.open),
            "parameters": parameters_data(proof.proof.system),
            "proved": list(proof.proof.proved),
            "lemmas": list(proof.lemmas),
            "found": None if proof.found is None else list(proof.found.sentences),
        },
    }


def _engine(column: Column) -> dict[str, Any]:
    return {
        "engine": column.engine,
        "seconds": column.seconds,
        "says": column.says,
        "complete": column.complete,
        "checked_depth": column.checked,
        "for_all_sizes": list(column.for_all),
    }


def _property(verification: Verification, row: Row) -> dict[str, Any]:
    explanation = verification.explanations.get(row.prop.name)
    return {
        "property": row.prop.name,
        "kind": row.prop.kind,
        "informative": row.prop.informative,
        "conclusion": row.conclusion,
        "fails": row.fails,
        "findings": [_finding(engine, finding) for engine, finding in row.findings.items()],
        "trace": None if explanation is None else trace_data(explanation.trace),
        "sentences": [] if explanation is None else [r.text for r in explanation.rows[1:]],
    }


def _finding(engine: str, finding: Finding) -> dict[str, Any]:
    return {
        "engine": engine,
        "looked": finding.looked,
        "verdict": finding.verdict,
        "reach": finding.reach,
        "length": finding.length,
        "shortest": finding.shortest,
        "trace": None if finding.trace is None else finding.trace.text,
    }
