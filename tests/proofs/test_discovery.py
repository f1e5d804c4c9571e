"""Lemmas that are found: true, enough for a proof, and readable by the next run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support import load_text

from dnsrace.engines.proof.candidates import candidates, contexts
from dnsrace.engines.proof.explored import States, explored
from dnsrace.engines.proof.written import sentence
from dnsrace.findings.proofs import ProofReport
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.prove import ProofRequest, prove


def found(model: str, given: dict[str, Any] | None = None, **request: Any) -> ProofReport:
    return prove(load(model), given or {}, ProofRequest(discover=True, **request))


@pytest.mark.parametrize("model", ["peterson", "two_phase_commit"])
def test_what_is_found_proves_a_model_without_lemmas(model: str, tmp_path: Path) -> None:
    file = tmp_path / "found.py"
    report = found(model, write=file)
    assert report.exit_code == 0
    assert report.found is not None
    assert len(report.lemmas) == len(report.found.sentences) >= 3
    assert {f.verdict for f in report.findings if f.name in report.lemmas} == {"holds"}
    # the next run reads them
    again = prove(load(model), {}, ProofRequest(lemmas=file))
    assert again.exit_code == 0
    assert again.lemmas == report.lemmas
    text = re.sub(r"\s+", " ", file.read_text())
    assert all(s in text for s in report.found.sentences)


def test_what_is_found_of_the_flagship_proves_it_for_any_plans_and_retention() -> None:
    """And without what the model says itself."""
    given = {"freshness": "in_batch", "enactors": 2, "endpoints": 1}
    report = found("dynamodb_dns", given, names=("no_empty_answer",))
    assert report.exit_code == 0
    assert report.proof.system.open == ("plans", "retention")
    assert {"no_empty_answer", *report.lemmas} <= set(report.proof.proved)
    assert all(name.startswith("found_") for name in report.lemmas)


def test_a_property_that_is_violated_is_shown_and_nothing_is_found_for_it() -> None:
    report = found("dynamodb_dns", {"enactors": 2, "endpoints": 1}, names=("no_empty_answer",))
    assert (report.exit_code, report.headline) == (1, "no_empty_answer")
    [finding] = [f for f in report.findings if f.name == "no_empty_answer"]
    assert finding.length == 14


TICKETS = """
    @model
    def tickets(most: Annotated[int, at_least(1)] = 3, gap: Annotated[int, at_least(0)] = 1):
        '''Tickets are drawn and called in order; a call waits until enough are drawn.'''
        class Ticket(Range, low=0, high=most): ...
        class S(State):
            drawn = var(Ticket, start=0)
            called = var(Ticket, start=0)
            shut = var(bool, start=False)
        @step
        def draw(s):
            require(s.drawn < most)
            s.drawn += 1
        @step
        def call(s):
            require(s.called + gap < s.drawn)
            s.called += 1
        @step
        def close(s):
            require(s.called == most)
            s.shut = True
        @always
        def open_until_all_are_drawn(s):
            return not s.shut or s.drawn == most
"""


def test_lemmas_about_numbers_and_a_distance_that_is_open(tmp_path: Path) -> None:
    report = prove(load_text(tmp_path, TICKETS), {}, ProofRequest(discover=True))
    assert report.exit_code == 0
    assert report.proof.system.open == ("most", "gap")


@pytest.mark.parametrize("model", ["peterson", "two_phase_commit", "dynamodb_dns"])
def test_candidates_on_many_states_at_once_are_what_the_interpreter_says(model: str) -> None:
    system = load(model).lift()
    _, states = explored(system, 60)
    states = states[::7]
    table = States(system, system, states)
    interpreter = Interpreter(system)
    compared = 0
    for context in contexts(system):
        for candidate in list(candidates(context))[::31]:
            broken: Any = ~table.table(candidate.atom, candidate.bound)
            for guard in candidate.guards:
                broken = broken & table.table(guard, candidate.bound)
            by_state = broken.reshape(-1, len(states)).any(axis=0)
            expected = [not interpreter.value(candidate.expr, state, {}) for state in states]
            assert list(by_state) == expected, sentence(candidate)
            compared += len(states)
    assert compared >= 100
