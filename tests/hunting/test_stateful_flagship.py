"""`pytest -k stateful` hunts in the flagship: the deployed protocol is caught, in several ways; the
fixed one survives; and every change of one decision gets the verdict of an exhaustive search.

Walks depend on their seed alone, and Hypothesis is derandomised: nothing here is left to chance
from run to run. The numbers of walks and examples leave a margin all the same, for a change of the
model or of Hypothesis makes other ones of them.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, example, given

from dnsrace.engines.hunt import HuntRequest, hunt
from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.findings.schedule import Schedule
from dnsrace.loader import load
from dnsrace.model.system import System
from dnsrace.testing import (
    Violated,
    Walks,
    check_model,
    check_schedule,
    machine,
    profile,
    schedules,
    walks,
)

QUESTION = ("no_empty_answer",)
OUTAGE = "planner 0 planner*2 1*5 0*3 1*2"
"""The shortest schedule into the outage, by two enactors."""


def lifted(**given: Any) -> System:
    return load("dynamodb_dns").lift(**given)


TWO, THREE = lifted(enactors=2), lifted(enactors=3)


# -- the deployed protocol is caught


def test_exhaustively() -> None:
    found = check_model("dynamodb_dns", enactors=2, expect="no_empty_answer")
    assert (found.steps, found.shortest) == (14, True)
    assert found.schedule == f"dynamodb_dns(enactors=2): schedule: {OUTAGE}"


def test_by_a_pinned_schedule() -> None:
    @profile("quick", phases=[Phase.explicit])
    @example(schedule=Schedule.parse(OUTAGE))
    @given(schedule=schedules(TWO, properties=QUESTION))
    def pinned(schedule: Schedule) -> None:
        check_schedule(TWO, schedule, properties=QUESTION)

    with pytest.raises(Violated, match="no_empty_answer is violated after 14 steps"):
        pinned()


@pytest.mark.parametrize(("enactors", "seed"), [(2, 0), (2, 1), (3, 0), (3, 1)])
def test_by_a_hunt(enactors: int, seed: int) -> None:
    """2.5 % of the walks of two enactors meet it, and more of those of three: with 1,000 walks the
    chance to miss it is below 1e-10."""
    found = check_model(
        "dynamodb_dns", enactors=enactors, walks=1_000, seed=seed, expect="no_empty_answer"
    )
    assert (found.steps, found.shortest) == (14, True)


def test_by_batches_of_walks() -> None:
    """40 batches are 1,000 walks."""

    @profile("quick", derandomize=True, max_examples=40)
    @given(walks(TWO, properties=QUESTION))
    def batches(batch: Walks) -> None:
        batch.check()

    with pytest.raises(Violated, match="no_empty_answer is violated after 14 steps"):
        batches()


def test_by_drawn_schedules() -> None:
    """About 7 % of the examples with three enactors meet it: 1e-15 is the chance to miss it."""

    @profile("quick", derandomize=True, max_examples=500)
    @given(schedules(THREE, properties=QUESTION))
    def drawn(schedule: Schedule) -> None:
        check_schedule(THREE, schedule, properties=QUESTION)

    with pytest.raises(Violated, match="no_empty_answer is violated after 14 steps"):
        drawn()


def test_by_the_state_machine() -> None:
    """About 3 % of the examples with three enactors meet it: 2e-7 is the chance to miss it."""
    case = machine(THREE, properties=QUESTION, derandomize=True, max_examples=500).TestCase
    with pytest.raises(Violated, match="no_empty_answer is violated after 14 steps"):
        case("runTest").debug()


# -- the fixed one survives


@pytest.mark.parametrize(("enactors", "endpoints"), [(2, 2), (3, 1)])
def test_the_fixed_protocol_survives(enactors: int, endpoints: int) -> None:
    """A hundred times as many walks as suffice for the deployed one."""
    found = check_model(
        "dynamodb_dns", fixed=True, enactors=enactors, endpoints=endpoints, walks=100_000
    )
    assert (found.verdict, found.walks) == ("unknown", 100_000)


FIXED = load("dynamodb_dns").lift(enactors=3, **load("dynamodb_dns").fixed)
TestFixedProtocol = machine(FIXED, derandomize=True, max_examples=50).TestCase


# -- one decision changed at a time

SETTINGS = [
    *({"plans": retention + 3, "retention": retention} for retention in range(1, 7)),
    {"plans": 4, "retention": 1, "endpoints": 2},
    {"plans": 5, "retention": 2, "endpoints": 2},
    # a planner that is slow against the cleaners: more plans than it takes
    {"plans": 8, "retention": 4},
    {"plans": 12, "retention": 9},
]
CHANGES: list[dict[str, str]] = [
    {},
    {"freshness": "in_batch"},
    {"cleaner": "checked"},
    {"cleaner": "transactional"},
    {"rollback": "tolerant"},
    {"retry": "newest"},
]
WALKS = 40_000
"""The least share of walks that meets a violation is 0.053 % (the lower end of 95 %, of 100,000
walks), with retry=newest, 12 plans and a retention of 9: 1e-9 is the chance to miss that."""


def words(given: dict[str, Any]) -> str:
    return ",".join(f"{name}={value}" for name, value in given.items()) or "deployed"


@pytest.mark.parametrize("change", CHANGES, ids=words)
@pytest.mark.parametrize("setting", SETTINGS, ids=words)
def test_walks_say_what_every_state_says(setting: dict[str, Any], change: dict[str, str]) -> None:
    system = lifted(enactors=2, **setting, **change)
    every = explore(system, Request(names=QUESTION)).finding("no_empty_answer")
    done = hunt(system, HuntRequest(names=QUESTION, walks=WALKS, seconds=None))
    met = done.finding("no_empty_answer")
    assert every is not None
    assert met is not None
    safe = change in ({"freshness": "in_batch"}, {"cleaner": "transactional"})
    assert every.verdict == ("holds" if safe else "violated")
    assert met.verdict == ("unknown" if safe else "violated")
    if not safe:
        assert every.trace is not None
        assert met.trace is not None
        assert met.trace.text == every.trace.text
        assert met.shortest
