"""What is said of the first event that nothing explains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from logs import CLEANS, FLIPS, OUTAGE, events_of
from support import load_text

from dnsrace.conform import conform
from dnsrace.errors import DomainError, LogError
from dnsrace.findings.conformance import Conformance
from dnsrace.findings.drift import Drift, Misfit
from dnsrace.loader import load
from dnsrace.model.language import Model

FLAGSHIP = load("dynamodb_dns")
STEPS = ["publish", "pick_up", "acquire", "build", "flip", "release", "clean", "take_over"]


def against_fixed(events: list[dict[str, Any]], **given: Any) -> Conformance:
    """A run of two enactors that shows all steps, compared with the fixed protocol."""
    values = {**FLAGSHIP.fixed, "enactors": 2, **given}
    return conform(FLAGSHIP, {"shows": STEPS}, events, given=values)


def drift_of(result: Conformance) -> Drift:
    assert result.answer == "not explained"
    assert result.exit_code == 1
    assert result.drift is not None
    assert result.drift.explained == result.events
    return result.drift


def only(drift: Drift) -> Misfit:
    [(misfit, count)] = drift.misfits
    assert count == drift.states == drift.looked_at == 1
    return misfit


def line_of(place: object) -> str:
    """The line of the model that a place names."""
    file, _, number = str(place).rpartition(":")
    return Path(file).read_text().splitlines()[int(number) - 1].strip()


# -- the two seeded drifts, and the outage itself


def test_a_cleaner_without_its_guard_is_reported_as_that() -> None:
    drift = drift_of(against_fixed(events_of(CLEANS)))
    assert (drift.event.text, drift.explained) == ("clean(0)", 7)
    misfit = only(drift)
    assert misfit.kind == "effect"
    assert misfit.says == "may not delete tree 1: it is in use"
    assert misfit.instead == "deletes tree 1 (old for plan 3)"
    [difference] = misfit.differences
    assert (difference.name, difference.model, difference.log) == ("tree[0,1]", "true", "false")
    [needed] = misfit.needs
    assert needed.test == "rollback[endpoint[e]] != victim[e]"
    assert needed.here == "rollback[0] != victim[0]"
    assert needed.values == ("rollback[0] = 1", "victim[0] = 1")
    assert line_of(needed.place) == 'if cleaner == "transactional" and in_use(s, k, v):'


def test_a_flip_without_the_preamble_is_reported_as_that() -> None:
    drift = drift_of(against_fixed(events_of(FLIPS), lock_expiry=True))
    assert (drift.event.text, drift.explained) == ("flip(0)", 8)
    misfit = only(drift)
    assert misfit.says == "cannot flip: has lost the lock of zone 0"
    assert misfit.instead.startswith("installs plan 2 over plan 1")
    [needed] = misfit.needs
    assert needed.test == "lock[endpoint[e]] = e"
    assert needed.here == "lock[0] = 0"
    assert needed.values == ("lock[0] = 1",)
    assert line_of(needed.place) == "if lost_lock(s, e):"


def test_the_outage_drifts_where_the_stale_plan_is_installed() -> None:
    drift = drift_of(against_fixed(events_of(f"dynamodb_dns(enactors=2): {OUTAGE}")))
    assert (drift.event.text, drift.explained) == ("flip(0)", 11)
    [needed] = only(drift).needs
    assert needed.here == "not plan[0] <= alias[0]"
    assert line_of(needed.place) == 'elif freshness == "in_batch" and n <= live:'
    # the model's words know what came before
    assert only(drift).instead.endswith("its one check was 10 steps ago")


def test_two_tests_that_are_not_made() -> None:
    """A stale plan, flipped under a lock that is lost."""
    events = events_of(
        "dynamodb_dns(enactors=2, preamble=false, lock_expiry=true): publish pick_up(0) publish "
        "pick_up(1) acquire(0) build(0) take_over(1) build(1) flip(1) flip(0)"
    )
    misfit = only(drift_of(against_fixed(events, lock_expiry=True)))
    assert [needed.here for needed in misfit.needs] == ["lock[0] = 0", "not plan[0] <= alias[0]"]


# -- other reasons


def test_a_step_that_is_not_possible() -> None:
    events = events_of("dynamodb_dns(enactors=2): publish pick_up(0) pick_up(1) acquire(0)")
    drift = drift_of(against_fixed([*events, {"step": "acquire", "choices": ["1"]}]))
    misfit = only(drift)
    assert (misfit.kind, misfit.step) == ("blocked", "acquire(1)")
    [needed] = misfit.needs
    assert (needed.here, needed.values) == ("lock[0] = free", ("lock[0] = 0",))
    assert line_of(needed.place) == "require(s.lock[k] == Holder.none)"
    assert [(a.step, a.same_actor) for a in drift.allowed] == [("publish", False),
                                                               ("build(0)", False)]  # fmt: skip


def test_what_the_same_actor_might_have_done_comes_first() -> None:
    events = events_of("dynamodb_dns(enactors=2): publish pick_up(1)")
    drift = drift_of(against_fixed([*events, {"step": "build", "choices": ["1"]}]))
    first, *others = drift.allowed
    assert (first.step, first.says, first.same_actor) == ("acquire(1)", "locks zone 0", True)
    assert not any(a.same_actor for a in others)


def test_a_state_before_the_event_that_cannot_be() -> None:
    events = [{"step": "publish", "before": {"newest": 2, "lock[0]": "free"}}]
    drift = drift_of(against_fixed(events))
    misfit = only(drift)
    assert misfit.kind == "before"
    [difference] = misfit.differences
    assert (difference.name, difference.model, difference.log) == ("newest", "1", "2")
    assert drift.explained == 0
    assert "newest is 1 in the model, 2 in the log" in str(drift)


def test_an_effect_that_no_path_has() -> None:
    """What was seen is what another step leads to: it was logged under a wrong name."""
    events = [{"step": "publish", "state": {"newest": 2}},
              {"step": "publish", "state": {"plan[1]": 2, "phase[1]": "locking"}}]  # fmt: skip
    drift = drift_of(against_fixed(events))
    misfit = only(drift)
    assert (misfit.kind, misfit.instead, misfit.needs) == ("effect", "", ())
    assert [a.step for a in drift.allowed if a.seen] == ["pick_up(1)"]
    text = str(drift)
    assert "No path of publish leads to what was seen" in text
    assert "What was seen is what pick_up(1) would lead to." in text


def test_a_choice_that_is_not_told() -> None:
    """The nearest of all choices is the reason."""
    events = events_of(FLIPS)
    del events[-2]["choices"]
    drift = drift_of(against_fixed(events[:-1], lock_expiry=True))
    assert drift.event.text == "flip(?)"
    assert only(drift).step == "flip(0)"
    assert not any(a.same_actor for a in drift.allowed)


def test_who_comes_nearest_when_all_are_blocked() -> None:
    """Enactor 0 has the lock; enactor 1 wants it, so it comes nearer to getting it."""
    events = events_of("dynamodb_dns(enactors=2): publish pick_up(0) acquire(0) pick_up(1)")
    misfit = only(drift_of(against_fixed([*events, {"step": "acquire"}])))
    assert (misfit.step, misfit.needs[0].here) == ("acquire(1)", "lock[0] = free")


def test_unseen_steps_leave_several_states_and_all_of_them_say_why() -> None:
    values = {**FLAGSHIP.fixed, "enactors": 2}
    head = {"shows": ["publish", "flip", "clean"]}
    events = [e for e in events_of(CLEANS) if e["step"] in head["shows"]]
    drift = drift_of(conform(FLAGSHIP, head, events, given=values))
    assert drift.event.text == "clean(0)"
    nearest, _ = drift.misfits[0]
    assert nearest.needs[0].here == "rollback[0] != victim[0]"
    assert sum(count for _, count in drift.misfits) == drift.states > 1
    distances = [misfit.distance for misfit, _ in drift.misfits]
    assert distances == sorted(distances)
    assert "In 3 other states: clean(0) needs phase[0] = cleaning, but phase[0] = releasing" in str(
        drift
    )
    assert "unseen   release(0)" in str(drift)


def test_more_states_than_are_asked() -> None:
    head = {"shows": ["flip"]}
    events = [{"step": "flip", "state": {"alias[0]": 4, "rollback[0]": 4}}]
    drift = drift_of(conform(FLAGSHIP, head, events, given={**FLAGSHIP.fixed, "enactors": 4}))
    assert drift.looked_at == 1_000 < drift.states
    assert f"The {drift.states - 1_000:,} states farthest away were not asked why." in str(drift)


# -- other models


TOYS = """
    @model
    def toys():
        class N(Range, low=0, high=2): ...
        class S(State):
            box = var(N, per=N, start=0)
            open = var(bool, start=False)
        @step
        def put(s, a: N, b: N):
            require(not s.open or a != b)
            if any(s.box[i] > b for i in N):
                s.box[b] = 0
            else:
                s.box[a] = b
        @step
        def lid(s):
            s.open = not s.open
        @step
        def never(s, a: N):
            require(s.box[a] < 0)
            s.open = True
        @step
        def over(s):
            require(s.box[2] > s.box[0])
            s.box[0] = s.box[2] + 1
        @always
        def shut(s):
            return not s.open
        @every_step
        def lazy(before, after):
            return before.open == after.open or not after.open
"""


@pytest.fixture
def toys(tmp_path: Path) -> Model:
    return load_text(tmp_path, TOYS)


def test_steps_of_two_choices_in_a_model_without_words(toys: Model) -> None:
    events = [
        {"step": "put", "choices": [0, 2]},
        {"step": "put", "choices": [None, 1], "state": {"box[1]": 1}},
    ]
    head = {"shows": ["put", "lid", "over"]}
    drift = drift_of(conform(toys, head, events))
    misfit = only(drift)
    assert (misfit.step, misfit.says) == ("put(1, 1)", "nothing changes")
    assert misfit.instead == "box[1]: 0 -> 1"
    [needed] = misfit.needs
    assert needed.test == "not (some n in N: b < box[n])"
    assert (needed.here, needed.values) == ("not (some n in N: 1 < box[n])", ())
    other = [events[0], {"step": "put", "choices": [0, 1], "state": {"box[1]": 0}}]
    assert conform(toys, head, other).explained


def test_a_step_that_is_never_possible(toys: Model) -> None:
    drift = drift_of(conform(toys, {"shows": ["put", "lid"]}, [{"step": "never"}]))
    assert (only(drift).kind, only(drift).needs) == ("blocked", ())
    assert "never(0) is possible in no state: what it requires is never true." in str(drift)


def test_a_broken_model_is_no_drift(toys: Model) -> None:
    events = [{"step": "put", "choices": [2, 2]}, {"step": "over"}]
    with pytest.raises(DomainError, match="leaves N"):
        conform(toys, {}, events)


def test_a_run_that_violates_a_property_is_explained_and_remarked(toys: Model) -> None:
    result = conform(toys, {}, [{"step": "put", "choices": [0, 0]}, {"step": "lid"}])
    assert result.explained
    found = [(v.name, v.steps, v.events) for v in result.violations]
    assert found == [("shut", 2, 2), ("lazy", 2, 2)]


# -- the door for tests of an implementation


def test_the_docstring_of_the_door() -> None:
    events = events_of(f"dynamodb_dns(enactors=2): {OUTAGE}")
    head = {"parameters": {"enactors": 2}}
    result = conform(FLAGSHIP, head, events)
    assert result.explained, str(result.drift)
    assert result.exit_code == 0
    assert result.only
    found = [(v.name, v.events, v.informative) for v in result.violations]
    assert found == [("no_empty_answer", 14, False), ("no_regression", 12, True)]


def test_what_is_given_wins_over_the_head() -> None:
    head = {"parameters": {"enactors": 9, "cleaner": "blind", "crashes": False}}
    result = conform(FLAGSHIP, head, [{"step": "publish"}], given={"cleaner": "checked"})
    assert result.system.parameters["cleaner"] == "checked"
    assert result.system.parameters["enactors"] == 9


@pytest.mark.parametrize(
    ("parameters", "cause"),
    [({"enactor": 2}, "no parameter enactor"), ({"enactors": 0}, "--enactors: 0 is not allowed"),
     ({"cleaner": "lazy"}, "'lazy' is not allowed")],
)  # fmt: skip
def test_a_head_with_wrong_parameters(parameters: dict[str, Any], cause: str) -> None:
    with pytest.raises(LogError, match="the head's parameters") as caught:
        conform(FLAGSHIP, {"parameters": parameters}, [])
    assert cause in caught.value.cause
    assert caught.value.cure


def test_no_events_are_no_pass() -> None:
    result = conform(FLAGSHIP, {}, [])
    assert (result.answer, result.exit_code) == ("unknown", 3)
    assert result.stopped == "the log has no events: nothing was checked"


def test_a_limit_is_no_pass() -> None:
    events = events_of(f"dynamodb_dns(enactors=2): {OUTAGE}")
    result = conform(FLAGSHIP, {"parameters": {"enactors": 2}}, events, max_states=5)
    assert (result.answer, result.exit_code, result.events) == ("unknown", 3, 5)
    assert result.explanation is None
    assert "limit of 5 states" in result.stopped
