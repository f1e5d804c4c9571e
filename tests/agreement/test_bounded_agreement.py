"""Bounded model checking and exhaustive search agree, depth by depth: the same properties are
violated, at the same depth and none before, and the same trace is shown."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from support import load_text
from test_domain_errors import MISTAKES
from test_domain_errors import TEXT as BROKEN
from test_random_models import lifted, randoms, unhurried

from dnsrace.engines.bmc import check_bounded
from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.engines.request import CHECKED, Limits, Request
from dnsrace.engines.search import explore
from dnsrace.errors import DomainError
from dnsrace.findings.verdicts import Exploration, Finding
from dnsrace.loader import load
from dnsrace.model.system import System

LOOKED_AT = (*CHECKED, "deadlock")


def said(findings: list[Finding], last: int) -> dict[str, tuple[object, ...]]:
    """What is known of each property by behaviours of up to so many steps."""
    return {
        f.name: (f.kind, f.length, f.trace.text, f.shortest)
        for f in findings
        if f.kind in LOOKED_AT and f.trace is not None and len(f.trace.steps) <= last
    }


def agree(system: System, last: int) -> None:
    """Compare what the two have found."""
    request = Request(
        engine="python", keep_going=True, deadlock=True, shallow=True, limits=Limits(depth=last + 1)
    )
    searched = explore(system, request)
    bounded = check_bounded(system, BoundedRequest(keep_going=True, deadlock=True, last=last))
    expected = said(searched.findings, last)
    assert said(bounded.findings, last) == expected
    for f in bounded.findings:
        if f.kind in LOOKED_AT and f.name not in expected:
            asked_of = ("unknown", "holds within bounds")[f.kind != "sometimes"]
            assert (f.verdict, bounded.checked) == (asked_of, last), f.name


SMALL: list[tuple[str, dict[str, Any], int]] = [
    ("peterson", {}, 12),
    ("peterson", {"entry": "turn_first"}, 12),
    ("ewd840", {}, 10),
    ("two_phase_commit", {}, 12),
    ("dynamodb_dns", {"enactors": 1, "plans": 1}, 3),
    ("dynamodb_dns", {"enactors": 1, "plans": 4, "retention": 0}, 12),
    ("dynamodb_dns", {"enactors": 2, "plans": 3}, 13),
    ("dynamodb_dns", {"enactors": 2, "plans": 4}, 14),
    ("dynamodb_dns", {"enactors": 3, "plans": 4}, 14),
    ("dynamodb_dns", {"enactors": 2, "plans": 4, "retention": 0}, 13),
    ("dynamodb_dns", {"enactors": 2, "plans": 4, "freshness": "in_batch"}, 12),
    ("dynamodb_dns", {"enactors": 2, "plans": 4, "cleaner": "checked"}, 15),
    ("dynamodb_dns", {"enactors": 2, "plans": 4, "cleaner": "transactional"}, 12),
    ("dynamodb_dns", {"enactors": 2, "plans": 4, "rollback": "tolerant", "retry": "newest"}, 13),
    ("dynamodb_dns", {"enactors": 2, "plans": 3, "lock_expiry": True, "crashes": True}, 11),
    ("dynamodb_dns", {"enactors": 2, "plans": 4, "preamble": False}, 12),
    ("dynamodb_dns", {"enactors": 2, "plans": 4, "operator": "rollback"}, 14),
    ("dynamodb_dns", {"enactors": 2, "plans": 4, "operator": "repair"}, 14),
    ("dynamodb_dns", {"enactors": 2, "plans": 3, "endpoints": 2}, 12),
]


@pytest.mark.parametrize(
    ("model", "given_", "last"), SMALL, ids=[f"{m} {' '.join(map(str, g))}" for m, g, _ in SMALL]
)
def test_on_every_model(model: str, given_: dict[str, Any], last: int) -> None:
    agree(load(model).lift(**given_), last)


def agree_or_refuse(system: System, last: int) -> Exploration | None:
    """Compare what the two have found, where a value may leave its domain; the search's result."""
    request = Request(engine="python", keep_going=True, shallow=True, limits=Limits(depth=last))
    try:
        searched = explore(system, request)
    except DomainError:
        searched = None
    try:
        bounded = check_bounded(system, BoundedRequest(keep_going=True, last=last))
    except DomainError:
        assert searched is None
        return None
    if searched is None:
        # beyond the last violation nobody looks
        assert bounded.stopped == "nothing is left to look for"
        return None
    assert said(bounded.findings, last) == said(searched.findings, last)
    return searched


@settings(unhurried, max_examples=80)
@given(randoms)
def test_on_random_models(random: Any) -> None:
    system, last = lifted(random), 4
    searched = agree_or_refuse(system, last)
    if searched is None:
        event("a value leaves its domain")
    else:
        event(f"{min(len(said(searched.findings, last)), 2)} or more properties are hit")


@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m != "after the first violation"])
def test_a_value_that_leaves_its_domain_is_refused_as_by_the_search(
    tmp_path: Path, mistake: str
) -> None:
    """It is the same line; the state may be another one of the same depth."""
    system = load_text(tmp_path, BROKEN).lift(mistake=mistake)
    with pytest.raises(DomainError) as searched:
        explore(system, Request(engine="interpreter", keep_going=True))
    with pytest.raises(DomainError) as bounded:
        check_bounded(system, BoundedRequest(keep_going=True))
    assert bounded.value.place == searched.value.place
    assert bounded.value.cure == searched.value.cure


def test_initial_states_that_are_listed(tmp_path: Path) -> None:
    """Of several, the first from which a shortest violation has fewest switches."""
    text = """
    @model
    def toy():
        class Who(Range, low=0, high=1): ...
        class Count(Range, low=0, high=9): ...
        class S(State):
            n = var(Count, per=Who, start=Count)

        @step
        def up(s, w: Who):
            require(s.n[w] < 9)
            s.n[w] += 1

        @always
        def below(s):
            return s.n[0] + s.n[1] < 9
    """
    system = load_text(tmp_path, text).lift()
    for starts in ([(3, 3)], [(0, 1), (4, 0), (1, 4), (2, 3)], [(9, 9), (0, 0)], [(5, 0), (0, 5)]):
        agree(dataclasses.replace(system, starts=lambda s=starts: iter(s)), 6)
