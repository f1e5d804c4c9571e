"""`check_model`: what passes, what fails and what is warned of; without pytest's part in it."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from support import load_text

from dnsrace.errors import ModelError, UsageError
from dnsrace.testing import (
    CheckFailed,
    HuntWarning,
    NotViolated,
    Schedule,
    Unfinished,
    Violated,
    check_model,
)

COUNTER = """
    @model
    def counter(
        high: int = 50,
        goal: int = 50,
        seed: int = 0,
    ):
        class Count(Range, low=0, high=high): ...
        class Memory(State):
            count = var(Count, start=seed)
        @step
        def tick(s: Memory):
            require(s.count < high)
            s.count += 1
        @step
        def leap(s: Memory):
            require(s.count == high)
            s.count = 0
        @always
        def small(s: Memory) -> bool:
            return s.count <= high
        @sometimes
        def arrives(s: Memory) -> bool:
            'The goal is reached.'
            return s.count == goal
        @recoverable
        def back(s: Memory) -> bool:
            return s.count == 0
    """


# -- a search


def test_what_holds_passes_and_says_how_far() -> None:
    found = check_model("dynamodb_dns", fixed=True, enactors=2)
    assert (found.verdict, found.states, found.violated) == ("holds", 542, "")
    assert found.reach == "all 542 distinct states explored"


def test_a_violation_is_an_assertion_error_with_the_timeline() -> None:
    with pytest.raises(Violated) as caught:
        check_model("dynamodb_dns", enactors=2)
    assert isinstance(caught.value, AssertionError)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("no_empty_answer is violated after 14 steps, and never earlier: A ")
    assert lines[1] == "  dynamodb_dns(enactors=2), explore: a shortest violation, 14 steps"
    assert lines[2] == "  violated too: rollback_ready"
    assert lines[-1] == "  its schedule:  planner 0 planner*2 1*5 0*3 1*2"
    assert caught.value.outcome.steps == 14


def test_an_unfinished_search_is_no_pass_unless_that_is_asked_for() -> None:
    with pytest.raises(Unfinished, match="An unfinished search is no pass") as caught:
        check_model("dynamodb_dns", enactors=2, depth=5)
    assert caught.value.outcome.verdict == "holds within bounds"
    found = check_model("dynamodb_dns", enactors=2, depth=5, bounded=True)
    assert found.reach.startswith("36 distinct states to depth 5, then the limit of 5 steps")


def test_bounds_are_no_excuse_where_nothing_is_known(tmp_path: Path) -> None:
    counter = load_text(tmp_path, COUNTER)
    for names in ("back", "arrives"):
        with pytest.raises(Unfinished):
            check_model(counter, properties=names, depth=5, bounded=True)
    assert check_model(counter, properties=["small", "arrives"], depth=5, bounded=True).states == 6


def test_properties_that_nobody_looked_at_are_named() -> None:
    found = check_model("dynamodb_dns", enactors=2, depth=5, bounded=True)
    assert found.reach.endswith("nobody looked at recoverable and converges")


def test_a_property_without_a_trace_is_told_too(tmp_path: Path) -> None:
    with pytest.raises(Violated) as caught:
        check_model(load_text(tmp_path, COUNTER, "counter"), goal=51)
    assert str(caught.value).splitlines()[0] == "arrives is violated: The goal is reached."
    assert "(goal=51), explore: complete, and never reached" in str(caught.value)
    assert caught.value.outcome.schedule == ""


def test_a_search_that_came_to_no_end_never_says_all(tmp_path: Path) -> None:
    counter = load_text(tmp_path, COUNTER)
    found = check_model(counter, goal=3, properties="arrives", depth=5)
    assert (found.verdict, found.reach.partition(",")[0]) == (
        "holds",
        "6 distinct states to depth 5",
    )
    bare = COUNTER.partition("        @always")[0]
    with pytest.raises(Unfinished):
        check_model(load_text(tmp_path, bare, "bare"), depth=5)


def test_a_trap_and_a_lasso_have_their_timelines() -> None:
    with pytest.raises(Violated, match="recoverable is violated after 14 steps"):
        check_model("dynamodb_dns", enactors=2, properties="recoverable")
    with pytest.raises(Violated, match="-- and from here for ever") as caught:
        check_model("dynamodb_dns", enactors=2, properties="converges")
    assert caught.value.outcome.schedule == ""
    assert "repeat:" in caught.value.outcome.trace


# -- a hunt


def test_a_hunt_that_finds_nothing_passes_and_claims_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = check_model("dynamodb_dns", fixed=True, enactors=2, walks=300, seed=9)
    assert (found.verdict, found.walks, found.seed) == ("unknown", 300, 9)
    assert found.reach.startswith("300 walks, nothing found; no proof: a violation is met by less")


def test_a_hunt_ends_at_the_story_that_a_search_shows() -> None:
    texts = set()
    for arguments in ({}, {"walks": 1000}, {"walks": 1000, "seed": 5}):
        with pytest.raises(Violated) as caught:
            check_model("dynamodb_dns", enactors=2, **arguments)
        texts.add(str(caught.value).partition("\n\n")[2])
        assert caught.value.outcome.shortest
    assert len(texts) == 1


def test_walks_that_missed_something_warn(tmp_path: Path) -> None:
    """A walk is cut after 1,000 steps."""
    counter = load_text(tmp_path, COUNTER)
    with pytest.warns(
        HuntWarning, match="no walk ever reached arrives, nor took leap: what"
    ) as all:
        found = check_model(counter, walks=5, high=2000, goal=2000)
    assert all[0].filename == __file__
    assert found.remarks


def test_no_walks_at_all_are_no_pass() -> None:
    with pytest.raises(Unfinished, match="0 walks"):
        check_model("dynamodb_dns", engine="hunt", seconds=0)


def test_what_walks_cannot_tell_is_refused() -> None:
    with pytest.raises(UsageError, match="of the kind recoverable: walks cannot violate it"):
        check_model("dynamodb_dns", engine="hunt", properties="recoverable")


# -- a race that must be there


@pytest.mark.parametrize(
    "arguments", [{}, {"walks": 1000}, {"replay": "planner 0 planner*2 1*5 0*3 1*2"}]
)
@pytest.mark.parametrize("expect", ["violated", "no_empty_answer"])
def test_an_expected_violation_passes(expect: str, arguments: dict[str, object]) -> None:
    found = check_model("dynamodb_dns", enactors=2, expect=expect, **arguments)  # type: ignore[arg-type]
    assert (found.violated, found.steps) == ("no_empty_answer", 14)


def test_an_expected_violation_that_is_not_there_fails() -> None:
    with pytest.raises(NotViolated, match=r"is expected, and there is none: .* holds: all 141"):
        check_model("dynamodb_dns", enactors=2, plans=3, expect="no_empty_answer")
    with pytest.raises(NotViolated, match=r"is expected, and none was found: .* 50 walks"):
        check_model("dynamodb_dns", enactors=2, plans=3, expect="no_empty_answer", walks=50)
    with pytest.raises(NotViolated, match=r"none was found: .* one behaviour of 1 step"):
        check_model("dynamodb_dns", expect="violated", replay="planner")


def test_another_violation_than_the_expected_one_is_told() -> None:
    with pytest.raises(NotViolated) as caught:
        check_model("dynamodb_dns", enactors=2, plans=3, expect="no_empty_answer",
                    properties=["no_empty_answer", "rollback_ready"])  # fmt: skip
    assert "expected, but another property is violated\n\nrollback_ready is" in str(caught.value)


def test_a_deadlock_can_be_asked_for() -> None:
    with pytest.raises(UsageError, match="has no property stuck"):
        check_model("dynamodb_dns", expect="stuck")
    with pytest.raises(NotViolated, match="a violation of deadlock is expected"):
        check_model("two_phase_commit", expect="deadlock")


# -- what is checked


def test_a_model_may_be_a_name_a_path_or_itself(tmp_path: Path) -> None:
    model = load_text(tmp_path, COUNTER, "mine")
    for given in (model, tmp_path / "mine.py", f"{tmp_path}/mine.py:counter"):
        assert check_model(given, high=7, goal=7).states == 8
    assert check_model("peterson").model == "peterson"


def test_a_parameter_may_be_called_like_an_argument(tmp_path: Path) -> None:
    counter = load_text(tmp_path, COUNTER)
    assert check_model(counter, parameters={"seed": 3}).parameters["seed"] == 3
    with pytest.raises(ModelError, match="start"):
        check_model(counter, parameters={"seed": 51})


def test_a_model_that_was_imported_can_be_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = load_text(tmp_path, COUNTER, "mine")
    model.reference = model.name
    assert check_model(model, high=60).variant == "mine.py:counter(high=60)"
    assert check_model(replay="mine.py:counter(high=60): tick tick").verdict == "unknown"


def test_a_schedule_may_be_an_object() -> None:
    schedule = Schedule.parse("planner 0 planner*2 1*5 0*3 1*2")
    with pytest.raises(CheckFailed, match="14 steps of what was replayed"):
        check_model("dynamodb_dns", enactors=2, replay=schedule)


def test_an_outcome_is_json() -> None:
    found = check_model("peterson")
    assert json.loads(json.dumps(found.data))["verdict"] == "holds"
