"""Random walks: the same from Python and from machine code, behaviours of the model, and random."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from agreement.random_models import text
from support import lift_text

from dnsrace.engines.request import CHECKED
from dnsrace.engines.space import DEADLOCK
from dnsrace.engines.walks import Course, Walker
from dnsrace.errors import DomainError
from dnsrace.findings.replay import confirm
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import System


def course(system: System, **given: Any) -> Course:
    return Course(system, tuple(p for p in system.properties if p.kind in CHECKED), **given)


SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("dynamodb_dns", {}),
    ("dynamodb_dns", {"lock_expiry": True, "crashes": True, "operator": "repair", "endpoints": 2}),
    ("dynamodb_dns", {"cleaner": "checked", "retry": "newest"}),
    ("dynamodb_dns", {"enactors": 2, "plans": 7, "endpoints": 3}),  # two words
    ("dynamodb_dns", {"enactors": 2, "plans": 3, "endpoints": 12}),  # three words
    ("two_phase_commit", {}),
    ("peterson", {"entry": "turn_first"}),
    ("ewd840", {"nodes": 3}),
]


@pytest.mark.parametrize(("name", "given"), SETTINGS, ids=str)
def test_machine_code_takes_the_same_walks(name: str, given: dict[str, Any]) -> None:
    system = load(name).lift(**given)
    plain, compiled = (Walker(course(system), 5, compiled=c) for c in (False, True))
    tally = plain.take(1000, 60)
    assert tally == compiled.take(1000, 60)
    assert tally.walks == 60
    assert sum(tally.actions) == sum(tally.paths) == tally.steps
    assert tally.ended + tally.deadlocks + tally.cut == 60
    for prop in (*course(system).transitions, *course(system).states):
        if prop.kind == "sometimes":
            continue
        first, second = (w.find(1000, 60, prop.name) for w in (plain, compiled))
        assert (first is None) == (tally.seen[prop.name] == 0)
        if first is not None and second is not None:
            assert (first.number, first.trace.text) == (second.number, second.trace.text)
            confirm(first.trace)
            assert course(system).broken(first.trace, prop.name)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("wide", [False, True], ids=["one word", "several"])
def test_walks_of_random_models_are_behaviours(seed: int, wide: bool, tmp_path: Path) -> None:
    """What a walk is said to have met is what the interpreter sees on the way."""
    path = tmp_path / "toy.py"
    path.write_text(text(Random(seed), wide=wide, safe=True))
    system = load(str(path)).lift()
    here = course(system, length=12)
    walker, interpreter = Walker(here, 1), Interpreter(system)
    for number in range(8):
        tally = walker.take(number, 1)
        trace = walker.last()
        confirm(trace)
        assert tally.steps == len(trace.steps)
        assert Counter(t.path for t in trace.steps) == Counter(
            {path: n for path, n in enumerate(tally.paths) if n}
        )
        stuck = next(interpreter.successors(trace.last), None) is None
        assert stuck == bool(tally.ended + tally.deadlocks)
        for prop in here.states:
            values = [interpreter.holds(prop, s) for s in trace.states]
            assert bool(tally.seen[prop.name]) == ((prop.kind == "sometimes") in values)
        for prop in here.transitions:
            pairs = zip(trace.states, trace.states[1:], strict=False)
            assert bool(tally.seen[prop.name]) == any(
                not interpreter.holds(prop, a, b) for a, b in pairs
            )


def test_the_compiled_walker_agrees_on_a_random_model(tmp_path: Path) -> None:
    path = tmp_path / "toy.py"
    path.write_text(text(Random(723), wide=True, safe=True))
    here = course(load(str(path)).lift(), length=40)
    assert Walker(here, 9).take(0, 50) == Walker(here, 9, compiled=True).take(0, 50)


# -- are they random?


@pytest.mark.parametrize("n", [2, 3, 7, 10])
def test_draws_are_uniform(n: int) -> None:
    scope = course(load("peterson").lift()).python
    random, counts = [0] * 4, [0] * n
    for number in range(400):
        scope["begin"](random, 12345, number)
        for _ in range(25):
            counts[scope["draw"](random, n)] += 1
    expected = 10_000 / n
    chi = sum((c - expected) ** 2 / expected for c in counts)
    # the mean is n - 1, the variance 2 (n - 1): five standard deviations
    assert chi < (n - 1) + 5 * (2 * (n - 1)) ** 0.5


def test_neighbouring_walks_and_seeds_differ() -> None:
    scope = course(load("peterson").lift()).python
    first: set[tuple[int, ...]] = set()
    seeds = [0, 1, 2, 3, 1 << 32, (1 << 32) + 1, (1 << 63) - 1]
    for seed in seeds:
        for number in [*range(500), 1 << 32, 1 << 40]:
            random = [0] * 4
            scope["begin"](random, seed, number)
            first.add(tuple(scope["draw"](random, 1 << 20) for _ in range(3)))
    assert len(first) == len(seeds) * 502


def test_a_share_of_actions_is_paused() -> None:
    scope = course(load("peterson").lift()).python
    for quarter in range(4):
        runs = 0
        for number in range(300):
            random = [0] * 4
            scope["begin"](random, 3, number)
            runs += sum(scope["runs"](random, a, quarter << 30) for a in range(20))
        share = 1 - runs / 6000
        assert abs(share - quarter / 4) < 5 * (0.25 / 6000) ** 0.5


RACE = """
    @model
    def race(goal: int = 12):
        '''Two runners; who reaches the goal stops. Does one arrive before the other has begun?'''
        class Runner(Range, low=0, high=1): ...
        class Place(Range, low=0, high=goal): ...
        class S(State):
            at = var(Place, per=Runner, start=0)
        @step
        def run(s, r: Runner):
            require(s.at[r] < goal)
            s.at[r] += 1
        @always
        def not_overtaken(s):
            return not any(s.at[r] == goal and s.at[1 - r] == 0 for r in Runner)
"""


def test_a_uniform_walk_keeps_actors_together_and_pauses_do_not(tmp_path: Path) -> None:
    system = lift_text(tmp_path, RACE)
    uniform = Walker(course(system, pauses=1), 0).take(0, 2000)
    paused = Walker(course(system), 0).take(0, 2000)
    # uniform: 2 / 2^12 of the walks; with pauses: whenever one is paused and the other is not
    assert uniform.seen["not_overtaken"] <= 8
    share = sum(2 * q * (1 - q) for q in (0, 0.25, 0.5, 0.75)) / 4
    assert abs(paused.seen["not_overtaken"] / 2000 - share) < 0.06
    assert paused.lag >= 11
    assert paused.laggard in ("runner 0", "runner 1")


# -- their ends


def test_walks_end_where_nothing_can_happen_and_are_cut_elsewhere(tmp_path: Path) -> None:
    system = lift_text(tmp_path, RACE)
    tally = Walker(course(system), 0).take(0, 50)
    assert (tally.deadlocks, tally.ended, tally.cut) == (50, 0, 0)
    assert tally.steps == 50 * 24
    tally = Walker(course(system, length=7), 0).take(0, 50)
    assert (tally.deadlocks, tally.ended, tally.cut, tally.steps) == (0, 0, 50, 350)


def test_a_deadlock_is_found_and_an_end_is_none(tmp_path: Path) -> None:
    failure = Walker(course(lift_text(tmp_path, RACE)), 0).find(0, 1, DEADLOCK)
    assert failure is not None
    assert len(failure.trace.steps) == 24
    fixed = load("dynamodb_dns").lift(**load("dynamodb_dns").fixed)
    assert Walker(course(fixed), 0, compiled=True).find(0, 5_000, DEADLOCK) is None


def test_every_initial_state_is_begun_in() -> None:
    system = load("ewd840").lift(nodes=2)
    starts = set(Interpreter(system).initial())
    walker, met = Walker(course(system, length=1), 0), set()
    for number in range(20 * len(starts)):
        walker.take(number, 1)
        met.add(walker.last().initial)
    assert met == starts
    assert len(starts) > 1


@pytest.mark.parametrize("compiled", [False, True], ids=["python", "compiled"])
def test_a_value_that_leaves_its_domain(tmp_path: Path, compiled: bool) -> None:
    system = lift_text(
        tmp_path,
        """
        @model
        def toy():
            class Three(Range, low=0, high=3): ...
            class S(State):
                x = var(Three, start=0)
                y = var(Three, start=0)
            @step
            def f(s):
                s.x = s.x + 1 if s.y == s.x else s.x
            @step
            def g(s):
                require(s.y < s.x)
                s.y += 1
        """,
    )
    with pytest.raises(DomainError, match=r"f\b.* from the state x=3 y=3"):
        Walker(course(system), 0, compiled=compiled).take(0, 5)
