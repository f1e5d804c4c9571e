"""The shrinker: what it leaves still breaks the property, and how short it gets."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from agreement.random_models import text
from support import lift_text

from dnsrace.engines.request import CHECKED, Limits, Request
from dnsrace.engines.search import explore
from dnsrace.engines.shrink import certify, shrink
from dnsrace.engines.space import DEADLOCK
from dnsrace.engines.walks import Course, Failure, Walker
from dnsrace.findings.replay import confirm
from dnsrace.findings.trace import Trace
from dnsrace.loader import load
from dnsrace.model.system import System

CALM = Request(limits=Limits(states=200_000))


def course(system: System) -> Course:
    return Course(system, tuple(p for p in system.properties if p.kind in CHECKED))


def failures(here: Course, goal: str, number: int, compiled: bool = True) -> list[Failure]:
    """The first walks that hit a goal."""
    walker, found, first = Walker(here, 2, compiled=compiled), [], 0
    while len(found) < number:
        failure = walker.find(first, 100_000, goal)
        assert failure is not None
        found.append(failure)
        first = failure.number + 1
    return found


def shortest(system: System, goal: str) -> Trace:
    """By exhaustive search."""
    deadlock = goal == DEADLOCK
    names = () if deadlock else (goal,)
    found = explore(system, Request(names, deadlock=deadlock)).finding(goal)
    assert found is not None
    assert found.trace is not None
    return found.trace


@pytest.mark.parametrize(
    ("given", "goal"),
    [
        ({}, "no_empty_answer"),
        ({}, "rollback_ready"),
        ({}, "no_regression"),
        ({"cleaner": "checked"}, "no_empty_answer"),
        ({"plans": 9, "retention": 6}, "no_empty_answer"),
    ],
    ids=str,
)
def test_with_one_endpoint_every_walk_shrinks_to_a_shortest_one(
    given: dict[str, Any], goal: str
) -> None:
    system = load("dynamodb_dns").lift(**given)
    here, best = course(system), len(shortest(system, goal).steps)
    for failure in failures(here, goal, 10):
        small = shrink(here, failure.trace, goal)
        confirm(small)
        assert here.broken(small, goal)
        assert len(small.steps) == best


@pytest.mark.parametrize(
    "given",
    [{"endpoints": 2}, {"endpoints": 2, "freshness": "in_batch", "retry": "newest"}],
    ids=str,
)
def test_with_two_endpoints_one_of_three_does(given: dict[str, Any]) -> None:
    system = load("dynamodb_dns").lift(**given)
    here, best = course(system), len(shortest(system, "no_empty_answer").steps)
    some = failures(here, "no_empty_answer", 3)
    assert min(len(shrink(here, f.trace, "no_empty_answer").steps) for f in some) == best


def test_those_that_act_first_get_the_first_names() -> None:
    system = load("dynamodb_dns").lift(enactors=4)
    here = course(system)
    for failure in failures(here, "no_empty_answer", 5):
        small = shrink(here, failure.trace, "no_empty_answer")
        names = dict.fromkeys(t.choices[0] for t in small.steps if t.choices)
        assert list(names) == list(range(len(names)))


@pytest.mark.parametrize("seed", range(25))
def test_random_models(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "toy.py"
    path.write_text(text(Random(seed), safe=True))
    system = load(str(path)).lift()
    here = course(system)
    walker = Walker(here, seed)
    goals = [p.name for p in here.watched if p.kind != "sometimes"] + [DEADLOCK]
    for goal in goals:
        failure = walker.find(0, 30, goal)
        if failure is None:
            continue
        small = shrink(here, failure.trace, goal)
        confirm(small)
        assert here.broken(small, goal)
        assert len(small.steps) <= len(failure.trace.steps)
        proof = certify(here, goal, len(small.steps), CALM)
        if proof.finding is None:
            assert proof.checked < len(small.steps)
            continue
        assert proof.finding.trace is not None
        assert len(proof.finding.trace.steps) <= len(small.steps)
        assert proof.finding.trace.text == shortest(system, goal).text


def test_a_violation_at_the_start_needs_no_step(tmp_path: Path) -> None:
    system = lift_text(
        tmp_path,
        """
        @model
        def toy():
            class S(State):
                on = var(bool, start=True)
            @step
            def f(s):
                s.on = not s.on
            @always
            def off(s):
                return not s.on
        """,
    )
    here = course(system)
    failure = Walker(here, 0).find(0, 1, "off")
    assert failure is not None
    assert shrink(here, failure.trace, "off").steps == ()


def test_a_proof_says_how_far_it_came() -> None:
    system = load("dynamodb_dns").lift()
    here = course(system)
    unfinished = certify(here, "no_empty_answer", 14, Request(limits=Limits(states=500)))
    assert unfinished.finding is None
    assert 0 < unfinished.checked < 13
    finished = certify(here, "no_empty_answer", 14, Request())
    assert finished.checked == 13
    assert finished.finding is not None
    assert finished.finding.trace is not None
    assert finished.finding.trace.text == shortest(system, "no_empty_answer").text
