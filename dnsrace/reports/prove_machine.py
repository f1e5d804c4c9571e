"""What `dnsrace prove --json` writes; its schema is in prove.schema.json beside this file."""

from __future__ import annotations

from typing import Any

from dnsrace.findings.proofs import Found, ProofReport, Query, ToInduction
from dnsrace.findings.trace import parameters_data, trace_data
from dnsrace.findings.verdicts import Finding
from dnsrace.model.interpreter import slot_text
from dnsrace.model.system import State, System

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""


def proof_data(report: ProofReport) -> dict[str, Any]:
    """A proof as JSON data."""
    proof, evidence = report.proof, report.trust
    return {
        "schema_version": SCHEMA_VERSION,
        "model": proof.system.model.reference,
        "parameters": parameters_data(proof.system),
        "open": list(proof.system.open),
        "k": proof.k,
        "exit_code": report.exit_code,
        "seconds": proof.seconds,
        "stopped": proof.stopped,
        "invariant": list(proof.invariant),
        "lemmas": list(report.lemmas),
        "queries": [_query(q) for q in proof.queries],
        "undefined": [_query(q) for q in proof.undefined],
        "findings": [_finding(report, f) for f in report.findings],
        "counterexamples_to_induction": [_shown(c) for c in report.counterexamples.values()],
        "trust": {
            "parameters": parameters_data(evidence.instance),
            "states": evidence.states,
            "compared": evidence.compared,
            "vacuous": list(evidence.vacuous),
            "superfluous": list(evidence.superfluous),
        },
        "certificates": report.written,
        "found": None if report.found is None else _found(report.found),
    }


def _found(found: Found) -> dict[str, Any]:
    return {
        "candidates": found.made,
        "states": found.states,
        "true": found.kept,
        "inductive": found.inductive,
        "seconds": found.seconds,
        "lemmas": list(found.sentences),
    }


def _query(query: Query) -> dict[str, Any]:
    return {
        "kind": query.kind,
        "step": query.step or None,
        "about": list(query.about),
        "answer": query.answer,
        "seconds": query.seconds,
    }


def _finding(report: ProofReport, finding: Finding) -> dict[str, Any]:
    failed = report.proof.failed.get(finding.name)
    return {
        "property": finding.name,
        "kind": finding.kind,
        "lemma": finding.name in report.lemmas,
        "verdict": finding.verdict,
        "reach": finding.reach,
        "looked": finding.looked,
        "informative": finding.informative,
        "failed_query": None if failed is None else _query(failed),
        "trace": None if finding.trace is None else trace_data(finding.trace),
    }


def _shown(shown: ToInduction) -> dict[str, Any]:
    return {
        "property": shown.fails or None,
        "parameters": parameters_data(shown.system),
        "states": [_state(shown.system, state) for state in shown.states],
        "steps": list(shown.steps),
        "reachable": shown.reachable,
    }


def _state(system: System, state: State) -> dict[str, str]:
    return {
        slot_text(variable, index): variable.domain.text(raw)
        for (variable, index), raw in zip(system.slots, state, strict=True)
    }
