"""An unfinished search says so, and claims nothing beyond what it has checked."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from engines.honesty import ENGINES, assert_is_honest, run
from support import lift_text

from dnsrace import check as checking
from dnsrace.engines import search
from dnsrace.engines.request import EngineName, Limits, Request
from dnsrace.engines.search import explore
from dnsrace.errors import UsageError
from dnsrace.findings.report import Report
from dnsrace.findings.verdicts import Exploration, Progress
from dnsrace.loader import load
from dnsrace.model.system import System


def timeless(result: Exploration) -> dict[str, Any]:
    """All that a search says, but for how long it took."""
    data = asdict(result.statistics)
    del data["seconds"], data["compile_seconds"]
    findings = [
        (f.name, f.verdict, f.reach, f.trace.text if f.trace else None) for f in result.findings
    ]
    return {
        **data,
        "complete": result.complete,
        "stopped": result.stopped,
        "checked": result.checked,
        "symmetry": result.symmetry,
        "findings": findings,
    }


# -- depth


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("depth", [0, 1, 7, 14])
def test_a_search_stops_at_its_depth(
    small: System, levels: list[int], engine: EngineName, depth: int
) -> None:
    result = run(small, engine, depth=depth)
    assert result.checked == depth
    assert result.statistics.levels == levels[: depth + 1]
    assert result.stopped == f"the limit of {depth} steps was reached"
    assert_is_honest(result, levels)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_depth_that_is_never_reached_is_no_limit(
    small: System, levels: list[int], engine: EngineName
) -> None:
    result = run(small, engine, depth=len(levels))
    assert result.complete
    assert result.stopped == ""
    assert result.checked == len(levels) - 1
    assert result.statistics.levels == levels


@pytest.mark.parametrize("engine", ENGINES)
def test_at_the_last_level_it_is_not_known_that_it_is_the_last(
    small: System, levels: list[int], engine: EngineName
) -> None:
    result = run(small, engine, depth=len(levels) - 1)
    assert not result.complete
    assert result.statistics.levels == levels


@pytest.mark.parametrize("depth", [13, 14])
def test_the_depth_of_a_shortest_violation_is_enough_to_find_it(small: System, depth: int) -> None:
    result = run(small, "python", "no_empty_answer", depth=depth)
    verdict = "violated" if depth == 14 else "holds within bounds"
    assert [f.verdict for f in result.findings] == [verdict]
    assert result.exit_code == (1 if depth == 14 else 3)


@pytest.mark.parametrize("depth", [10, 11])
def test_a_step_is_checked_when_the_state_behind_it_is_counted(small: System, depth: int) -> None:
    result = run(small, "python", "no_regression", depth=depth)
    verdict = "violated" if depth == 11 else "holds within bounds"
    assert [f.verdict for f in result.findings] == [verdict]


def test_a_deadlock_at_the_limit_is_not_denied(toy_chain: System) -> None:
    """The states at the greatest depth are not expanded: whether they are dead is not known."""
    request = Request(engine="python", deadlock=True, keep_going=True, limits=Limits(depth=3))
    result = explore(toy_chain, request)
    finding = result.finding("deadlock")
    assert finding is not None
    assert finding.verdict in ("violated", "holds within bounds")
    if finding.verdict == "holds within bounds":
        assert finding.reach == "to depth 2"


@pytest.fixture
def toy_chain(tmp_path: Any) -> System:
    from support import lift_text

    return lift_text(
        tmp_path,
        """
        @model
        def chain():
            class Count(Range, low=0, high=3): ...
            class S(State):
                n = var(Count, start=0)
            @step
            def on(s):
                require(s.n < 3)
                s.n += 1
            @always
            def fine(s):
                return s.n <= 3
            @end
            def never(s):
                return False
        """,
    )


# -- states


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("states", [1, 100, 900])
def test_a_search_stops_at_its_number_of_states(
    small: System, levels: list[int], engine: EngineName, states: int
) -> None:
    result = run(small, engine, states=states)
    assert result.stopped == f"the limit of {states} states was reached"
    assert result.statistics.distinct_states >= states
    assert_is_honest(result, levels)


def test_the_limit_of_states_is_not_overrun_by_far(large: System) -> None:
    result = run(large, "numba", states=100_000)
    assert 100_000 <= result.statistics.distinct_states < 200_000


@pytest.mark.parametrize("engine", ENGINES)
def test_a_number_of_states_that_is_never_reached_is_no_limit(
    small: System, levels: list[int], engine: EngineName
) -> None:
    result = run(small, engine, states=sum(levels) + 1)
    assert result.complete
    assert result.statistics.levels == levels


# -- memory


@pytest.mark.parametrize("engine", ENGINES)
def test_a_search_stops_at_its_memory(small: System, levels: list[int], engine: EngineName) -> None:
    result = run(small, engine, memory=80_000)
    assert result.stopped == "the memory limit was reached"
    assert_is_honest(result, levels)


def test_a_table_that_may_not_grow_ends_the_search(large: System) -> None:
    """The limit leaves room for the first table, but not for the second."""
    memory = 1_000_000
    result = run(large, "numba", memory=memory)
    truth = run(large, "numba", depth=result.checked + 1)
    assert result.stopped == "the memory limit was reached"
    assert result.statistics.distinct_states > 20_000
    assert result.statistics.memory <= memory
    assert_is_honest(result, truth.statistics.levels)


# -- time


class Clock:
    """A clock that goes on by a second whenever somebody looks at it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@pytest.mark.parametrize("engine", ENGINES)
def test_a_search_stops_at_its_time(
    small: System, levels: list[int], engine: EngineName, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "time", SimpleNamespace(perf_counter=Clock()))
    result = run(small, engine, seconds=4.5)
    assert result.stopped == "the time limit of 4.5 s was reached"
    assert 1 < result.statistics.distinct_states < sum(levels)
    assert_is_honest(result, levels)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_time_at_all_is_time_for_the_initial_state(small: System, engine: EngineName) -> None:
    result = run(small, engine, seconds=0.0)
    assert result.stopped == "the time limit of 0 s was reached"
    assert result.statistics.levels == [1]
    assert result.checked == 0


def test_the_fixed_variant_gets_what_is_left_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searched after a violation, it ends within the one limit for both."""
    model = load("dynamodb_dns")

    def checked(seconds: float | None) -> tuple[Report, float]:
        clock = Clock()
        monkeypatch.setattr(search, "time", SimpleNamespace(perf_counter=clock))
        monkeypatch.setattr(checking, "time", SimpleNamespace(perf_counter=clock))
        request = Request(engine="python", limits=Limits(seconds=seconds))
        return checking.check(model, {"enactors": 2}, request), clock.now

    unlimited, needed = checked(None)
    assert unlimited.fixed is not None
    assert unlimited.fixed.exploration.complete
    limit = needed - 10.0  # reached while the fixed variant is searched
    report, _ = checked(limit)
    assert report.exploration.stopped == "the first violation was found"
    assert report.fixed is not None
    assert report.fixed.exploration.stopped == f"the time limit of {limit:g} s was reached"


# -- verdicts and exit codes of unfinished searches


def test_unfinished_without_a_violation_is_no_pass(small: System) -> None:
    result = run(small, "python", "no_empty_answer", states=100)
    assert [f.verdict for f in result.findings] == ["holds within bounds"]
    assert result.exit_code == 3


def test_unfinished_with_a_violation_is_a_failure(small: System) -> None:
    result = run(small, "python", depth=10)
    verdicts = {f.name: f.verdict for f in result.findings}
    assert verdicts["rollback_ready"] == "violated"
    assert verdicts["no_empty_answer"] == "holds within bounds"
    assert not result.complete
    assert result.exit_code == 1


def test_a_violation_in_a_level_that_was_only_begun_is_still_a_shortest_one(small: System) -> None:
    whole = run(small, "python", "rollback_ready")
    finding = whole.finding("rollback_ready")
    assert finding is not None
    assert finding.length == 8
    for states in range(256, 1024, 256):
        result = run(small, "python", "rollback_ready", states=states)
        partial = result.finding("rollback_ready")
        assert partial is not None
        assert partial.verdict in ("violated", "holds within bounds")
        assert partial.length in (None, 8)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("limits", [{}, {"depth": 12}, {"states": 500}, {"memory": 90_000}])
def test_the_same_search_says_the_same_again(
    small: System, engine: EngineName, limits: dict[str, int]
) -> None:
    first, second = (timeless(run(small, engine, **limits)) for _ in range(2))
    assert first == second


# -- what a listener hears


def test_a_listener_hears_of_the_progress(large: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "time", SimpleNamespace(perf_counter=Clock()))
    heard: list[Progress] = []
    request = Request(
        engine="python",
        symmetry=False,
        keep_going=True,
        listener=heard.append,
        limits=Limits(states=5_000),
    )
    result = explore(large, request)
    on_graph = [p for p in heard if p.doing]
    assert len(on_graph) > 1
    assert heard[-len(on_graph) :] == on_graph
    heard = heard[: -len(on_graph)]
    assert len(heard) > 3
    counts = [p.states for p in heard]
    assert counts == sorted(counts)
    assert heard[-1].states == result.statistics.distinct_states
    assert heard[-1].depth == result.checked
    assert all(0 < p.waiting <= p.states for p in heard)
    assert {p.engine for p in heard} == {"python"}


@pytest.mark.parametrize("engine", ["python", "numba"])
def test_a_state_of_too_many_values_is_refused(tmp_path: Path, engine: EngineName) -> None:
    text = """
        @model
        def rows(length: int = 2501):
            class Place(Range, low=1, high=length): ...
            class S(State):
                up = var(bool, per=Place, start=False)
            @step
            def f(s):
                s.up[1] = not s.up[1]
        """
    with pytest.raises(UsageError, match="a state of rows has 2,501 values"):
        explore(lift_text(tmp_path, text), Request(engine=engine))
    assert explore(lift_text(tmp_path, text, length=2500), Request(engine="python")).complete


@pytest.mark.parametrize("engine", ENGINES)
def test_too_many_initial_states_are_refused_at_once(tmp_path: Path, engine: EngineName) -> None:
    text = """
        @model
        def locks(wheels: int = 3):
            class Digit(Range, low=0, high=9): ...
            class Wheel(Range, low=0, high=wheels - 1): ...
            class Lock(State):
                shown = var(Digit, per=Wheel, start=Digit)
            @step
            def turn(s, w: Wheel):
                s.shown[w] = 0
        """
    request = Request(engine=engine)
    assert explore(lift_text(tmp_path, text), request).statistics.distinct_states == 1_000
    with pytest.raises(UsageError, match="has 1,000,000,000 initial states"):
        explore(lift_text(tmp_path, text, wheels=9), request)
