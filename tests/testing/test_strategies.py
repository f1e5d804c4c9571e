"""Hypothesis on any model: strategies, the one-rule machine, settings."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from support import lift_text

from dnsrace.errors import TraceError, UsageError
from dnsrace.findings.schedule import Schedule, follow
from dnsrace.loader import load, names
from dnsrace.testing import (
    Violated,
    Walks,
    check_schedule,
    drawn,
    machine,
    options,
    profile,
    schedules,
    walks,
)

CLERKS = """
    @model
    def shop():
        class Clerk(Names, count=2): ...
        class Count(Range, low=0, high=3): ...
        class Shop(State):
            sold = var(Count, start=one_of(0, 1))
            seen = var(bool, per=Clerk, start=False)
        @step
        def look(s: Shop, c: Clerk):
            require(s.sold < 2)
            require(not s.seen[c])
            s.seen[c] = True
        @step
        def sell(s: Shop, c: Clerk):
            require(s.seen[c])
            s.sold += 1
            s.seen[c] = False
        @step
        def leave(s: Shop, c: Clerk):
            require(s.seen[c])
            s.seen[c] = False
        {property}
    """
ALWAYS = "@always\n        def not_oversold(s: Shop) -> bool:\n            return s.sold <= 2"
STEPWISE = (
    "@every_step\n        def one_at_a_time(b: Shop, a: Shop) -> bool:\n"
    "            return a.sold < 3 or a.sold == b.sold"
)


@pytest.fixture(params=[ALWAYS, STEPWISE], ids=["always", "every_step"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return lift_text(tmp_path, CLERKS.replace("{property}", request.param))


def caught(test: Any) -> Violated:
    with pytest.raises(Violated) as error:
        test()
    return error.value


def test_each_way_ends_at_the_same_story(shop: Any) -> None:
    @profile("quick", derandomize=True)
    @given(walks(shop))
    def by_walks(batch: Walks) -> None:
        batch.check()

    @profile("quick", derandomize=True)
    @given(schedules(shop))
    def by_schedules(schedule: Schedule) -> None:
        check_schedule(shop, schedule)

    case = machine(shop, derandomize=True).TestCase("runTest")
    ways = [caught(by_walks), caught(by_schedules), caught(case.debug)]
    # one ticket is sold at first, in one of the two initial states: that is the shorter way
    assert {way.outcome.steps for way in ways} == {4}
    assert len({str(way) for way in ways}) == 1
    assert ways[0].outcome.shortest


def test_the_shrinking_of_hypothesis_does_no_harm(shop: Any) -> None:
    """A test with the user's own settings is not slow, and ends at the same story."""

    @settings(derandomize=True, database=None)
    @given(schedules(shop))
    def by_schedules(schedule: Schedule) -> None:
        check_schedule(shop, schedule)

    assert caught(by_schedules).outcome.steps == 4


@pytest.mark.parametrize("name", names())
def test_every_model_gets_its_strategies(name: str) -> None:
    """A drawn schedule is one that `follow` runs, and skips nothing of."""
    system = load(name).lift()

    @profile("quick", derandomize=True, max_examples=20)
    @given(schedules(system, length=40))
    def runs(schedule: Schedule) -> None:
        assert len(schedule.entries) <= 40
        done = follow(system, Schedule.parse(schedule.text))
        assert done.skipped == ()
        assert len(done.trace.steps) == len(schedule.entries)

    runs()


def test_a_drawn_schedule_can_keep_somebody_waiting() -> None:
    """Enactor 0 takes 30 steps of the others to go on: pauses do that, a uniform choice hardly."""
    system = load("dynamodb_dns").lift(plans=8)

    def lags(schedule: Schedule) -> bool:
        who = [entry.who for entry in schedule.entries]
        mine = [i for i, one in enumerate(who) if one == "0"]
        return any(b - a > 30 for a, b in pairwise(mine))

    quick = profile("quick", derandomize=True, max_examples=200)
    assert lags(find(schedules(system, properties=("no_empty_answer",)), lags, settings=quick))


def test_a_schedule_that_runs_into_nothing_is_fine() -> None:
    system = load("dynamodb_dns").lift(enactors=2)
    check_schedule(system, Schedule.parse("planner 0 0 1*7 0"), properties=("no_empty_answer",))
    with pytest.raises(TraceError, match="there is no such process"):
        check_schedule(system, Schedule.parse("planer"))


def test_one_rule_steps_and_waits_when_the_system_is_quiet() -> None:
    """The model stops for good after two plans; the machine goes on, and is content."""
    system = load("dynamodb_dns").lift(enactors=1, plans=2)
    stateful = machine(system, derandomize=True, max_examples=5)
    own = {name for name, what in vars(stateful).items() if callable(what) and name[0] != "_"}
    assert own == {"begin", "step"}
    assert stateful.__name__ == "Stateful_dynamodb_dns"
    stateful.TestCase("runTest").debug()


def test_first_batches_of_different_systems_differ() -> None:
    quick = profile("quick", derandomize=True)
    seeds = {
        find(walks(load("dynamodb_dns").lift(enactors=n)), lambda b: True, settings=quick).seed
        for n in (2, 3)
    }
    assert len(seeds) == 2
    assert 0 not in seeds


def test_profiles() -> None:
    system = load("dynamodb_dns").lift(enactors=2)
    chosen = profile("ci", system)
    assert (chosen.max_examples, chosen.deadline, chosen.report_multiple_bugs) == (
        1000,
        None,
        False,
    )
    assert set(chosen.phases) == {Phase.explicit, Phase.reuse, Phase.generate}
    other = profile("ci", load("dynamodb_dns").lift(enactors=3))
    assert str(chosen.database) != str(other.database)
    assert (profile().max_examples, machine(system).TestCase.settings.max_examples) == (100, 100)
    options.push(options.Options(profile="ci"))
    assert (profile().max_examples, machine(system).TestCase.settings.max_examples) == (1000, 1000)
    assert profile("quick").max_examples == 100
    options.pop()
    assert profile("quick", max_examples=7).max_examples == 7
    with pytest.raises(UsageError, match="profile 'night' is not one") as caught:
        profile("night")
    assert caught.value.cure == "give quick, ci, hunt"


def test_what_walks_cannot_violate_is_refused(tmp_path: Path) -> None:
    system = lift_text(tmp_path, CLERKS.replace("{property}", ""))
    for way in (walks, schedules, machine):
        with pytest.raises(UsageError, match="no property that walks can violate"):
            way(system)


def test_numbers_for_real_code_are_drawn() -> None:
    seen: set[int] = set()

    @settings(derandomize=True, max_examples=50, database=None)
    @given(st.data())
    def draws(data: st.DataObject) -> None:
        draw = drawn(data)
        assert draw(1) == 0
        seen.add(draw(3))

    draws()
    assert seen == {0, 1, 2}


def test_a_failure_is_reused_and_not_forgotten_for_another_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    racy, fixed = (
        load("dynamodb_dns").lift(enactors=3),
        load("dynamodb_dns").lift(enactors=3, **load("dynamodb_dns").fixed),
    )
    caught(machine(racy, max_examples=400).TestCase("runTest").debug)
    machine(fixed, max_examples=3).TestCase("runTest").debug()
    again = machine(racy, max_examples=1, phases=[Phase.reuse])
    caught(again.TestCase("runTest").debug)


def test_hypothesis_is_imported_when_it_is_asked_for() -> None:
    code = (
        "import sys\nfrom dnsrace.testing import check_model\n"
        "check_model('peterson')\nassert 'hypothesis' not in sys.modules\n"
        "from dnsrace.testing import walks\nassert 'hypothesis' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
