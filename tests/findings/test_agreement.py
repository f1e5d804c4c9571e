"""Engines that disagree are told from engines that agree. Real answers are falsified here: no
disagreement is known."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dnsrace.errors import InternalError
from dnsrace.findings.agreement import refuse_disagreement
from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.findings.verified import EngineName, Verification
from dnsrace.loader import load
from dnsrace.verify import VerifyRequest, verify

DEPLOYED = {"enactors": 2}
FIXED = {**DEPLOYED, "freshness": "in_batch", "cleaner": "transactional", "rollback": "tolerant"}
NAME = "no_empty_answer"
OTHER = (
    "dynamodb_dns(enactors=2): publish pick_up(1) publish publish pick_up(0) acquire(0) build(0) "
    "flip(0) release(0) acquire(1) build(1) flip(1) clean(0) clean(0)"
)
"""The same with the enactors' names exchanged: a shortest one as well, but not the one shown."""


def answers(given: dict[str, Any], depth: int) -> Verification:
    names = (NAME, "newest_plan_live")
    return verify(load("dynamodb_dns"), given, VerifyRequest(names, walks=300, depth=depth))


@pytest.fixture(scope="module")
def deployed() -> Verification:
    return answers(DEPLOYED, 14)


@pytest.fixture(scope="module")
def fixed() -> Verification:
    return answers(FIXED, 9)


def falsified(
    real: Verification, engine: EngineName, name: str = NAME, **changed: Any
) -> Verification:
    """The same, but one engine says something else."""
    found = copy.copy(real)
    found.columns = [copy.copy(column) for column in real.columns]
    column = found.column(engine)
    assert column is not None
    column.findings = {**column.findings, name: replace(column.findings[name], **changed)}
    return found


def words(verification: Verification) -> str:
    """What the internal error says."""
    with pytest.raises(InternalError) as error:
        refuse_disagreement(verification)
    return str(error.value)


HOLDS = {"verdict": "holds", "reach": "complete", "trace": None, "shortest": False}


def test_real_answers_agree(deployed: Verification, fixed: Verification) -> None:
    for verification in (deployed, fixed):
        refuse_disagreement(verification)
    texts = {f.trace.text for c in deployed.columns if (f := c.findings[NAME]).trace is not None}
    assert len(texts) == 1


@pytest.mark.parametrize("engine", ["search", "proof"])
def test_what_holds_is_not_violated(deployed: Verification, engine: EngineName) -> None:
    """A complete search that says holds, and a proof for sizes among which a violation has its
    own."""
    text = words(falsified(deployed, engine, **HOLDS))
    assert text.startswith(f"two engines disagree about {NAME}: ")
    assert f'{engine} says "holds: complete"' in text
    assert 'says "violated: ' in text
    size = "explore dynamodb_dns --keep-going --enactors 2"  # a proof is for any
    command = size if engine == "search" else "prove dynamodb_dns"
    assert f"dnsrace {command} --property {NAME}" in text


def test_a_hunt_that_finds_what_a_search_rules_out(
    deployed: Verification, fixed: Verification
) -> None:
    hunt = deployed.column("hunt")
    assert hunt is not None
    caught = hunt.findings[NAME]
    text = words(falsified(fixed, "hunt", verdict="violated", trace=caught.trace, reach="met"))
    assert 'search says "holds: complete", hunt says "violated: met"' in text
    assert "dnsrace hunt dynamodb_dns --enactors 2 --freshness in_batch" in text


@pytest.mark.parametrize("engine", ["bmc", "search"])
def test_nothing_within_a_depth_where_somebody_has_a_violation(
    deployed: Verification, engine: EngineName
) -> None:
    changed = {"verdict": "holds within bounds", "reach": "to depth 14", "trace": None}
    wrong = falsified(deployed, engine, **changed, shortest=False)
    column = wrong.column(engine)
    assert column is not None
    column.checked = 14
    text = words(wrong)
    assert f'{engine} says "holds within bounds: to depth 14"' in text
    assert "a violation of 14 steps lies within the depth of 14" in text
    column.checked = 13
    refuse_disagreement(wrong)


def test_a_bounded_check_that_does_not_reach_what_a_search_reached(fixed: Verification) -> None:
    """A witness of `sometimes` is after 7 steps; 9 were asked about."""
    changed = {"verdict": "unknown", "reach": "not reached to depth 9", "trace": None}
    text = words(falsified(fixed, "bmc", "newest_plan_live", **changed, shortest=False))
    assert "a witness of 7 steps lies within the depth of 9" in text


def test_a_state_that_is_never_reached_is_reached_by_nobody(fixed: Verification) -> None:
    changed = {"verdict": "violated", "reach": "complete, and never reached", "trace": None}
    text = words(falsified(fixed, "search", "newest_plan_live", **changed, shortest=False))
    assert "it cannot both hold and be violated" in text


def test_two_shortest_lengths(deployed: Verification) -> None:
    column = deployed.column("hunt")
    assert column is not None
    trace = column.findings[NAME].trace
    assert trace is not None
    longer = replace(trace, steps=(*trace.steps, trace.steps[-1]))
    text = words(falsified(deployed, "bmc", trace=longer))
    assert "a shortest violation cannot have 15 steps where one has 14" in text
    # one that is not called shortest may be longer
    refuse_disagreement(falsified(deployed, "bmc", trace=longer, shortest=False))


def test_two_traces_to_be_shown(deployed: Verification) -> None:
    other = replay(deployed.system, read(OTHER))
    text = words(falsified(deployed, "bmc", trace=other))
    assert "every engine shows the same violation, and these are two" in text
    assert OTHER in text
    # unless the solver was not given the time to find the one that is shown
    refuse_disagreement(falsified(deployed, "bmc", trace=other, canonical=False))
    # or nobody knows whether it is a shortest one
    refuse_disagreement(falsified(deployed, "hunt", trace=other, shortest=False))


def test_whoever_says_nothing_contradicts_nobody(deployed: Verification) -> None:
    refuse_disagreement(falsified(deployed, "proof", **HOLDS, looked=False))


def test_a_disagreement_is_an_internal_error_of_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cli.running import dnsrace

    from dnsrace import verify as pipeline

    search: Callable[..., Any] = pipeline.ASK["search"]

    def liar(*args: Any) -> Any:
        column = search(*args)
        column.findings = {n: replace(f, **HOLDS) for n, f in column.findings.items()}
        return column

    monkeypatch.setitem(pipeline.ASK, "search", liar)
    done = dnsrace("verify", "peterson", "--entry", "flag_only", "-p", "mutual_exclusion",
                   may_fail_inside=True)  # fmt: skip
    assert (done.code, done.out) == (70, "")
    assert done.err.startswith("internal error: two engines disagree about mutual_exclusion")
    assert "please report" in done.err
