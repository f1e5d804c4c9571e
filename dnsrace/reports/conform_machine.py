"""What `dnsrace conform --json` writes: one object, whose schema is in conform.schema.json."""

from __future__ import annotations

from typing import Any

from dnsrace.findings.conformance import Conformance
from dnsrace.findings.drift import Drift, Misfit
from dnsrace.findings.trace import parameters_data

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""


def conformance_data(done: Conformance) -> dict[str, Any]:
    """A result as JSON data."""
    log, explanation = done.log, done.explanation
    return {
        "schema_version": SCHEMA_VERSION,
        "model": done.system.model.reference,
        "parameters": parameters_data(done.system),
        "log": log.recording.file or None,
        "events": len(log.events),
        "cut": log.recording.cut,
        "shows": list(log.shown),
        "unseen": [step.name for step in done.system.steps if step.name not in log.shown],
        "remarks": list(log.remarks),
        "answer": done.answer,
        "exit_code": done.exit_code,
        "explained": done.events,
        "stopped": done.stopped or None,
        "explanation": None
        if explanation is None
        else {
            "trace": explanation.trace.text,
            "events_at": list(explanation.at),
            "unseen_steps": explanation.unseen,
            "only": done.only,
        },
        "violations": [
            {
                "property": violation.name,
                "informative": violation.informative,
                "steps": violation.steps,
                "events": violation.events,
            }
            for violation in done.violations
        ],
        "drift": None if done.drift is None else _drift(done.drift),
        "states": done.states,
        "states_at_once": done.at_once,
        "seconds": done.seconds,
    }


def _drift(drift: Drift) -> dict[str, Any]:
    event = drift.event
    return {
        "event": event.record.number,
        "line": event.record.line or None,
        "text": event.text,
        "actor": event.actor or None,
        "logged": event.record.data,
        "states": drift.states,
        "states_asked": drift.looked_at,
        "reasons": [_reason(misfit, states) for misfit, states in drift.misfits],
        "allowed": [
            {
                "step": allowed.step,
                "says": allowed.says,
                "same_actor": allowed.same_actor,
                "as_seen": allowed.seen,
            }
            for allowed in drift.allowed
        ],
    }


def _reason(misfit: Misfit, states: int) -> dict[str, Any]:
    return {
        "kind": misfit.kind,
        "step": misfit.step,
        "states": states,
        "differences": [
            {"name": one.name, "model": one.model, "log": one.log} for one in misfit.differences
        ],
        "needs": [
            {
                "test": needed.test,
                "here": needed.here,
                "values": list(needed.values),
                "place": None if needed.place is None else str(needed.place),
            }
            for needed in misfit.needs
        ],
        "says": misfit.says or None,
        "instead": misfit.instead or None,
    }
