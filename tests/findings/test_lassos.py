"""Lassos in each form of a trace, and what is said of those that are none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import itf_py
import pytest
from cli.running import dnsrace
from hypothesis import given, settings
from hypothesis import strategies as st

from dnsrace.errors import InternalError, TraceError
from dnsrace.findings.aftermath import aftermath
from dnsrace.findings.formats import itf, read
from dnsrace.findings.lasso import confirm_unfair, unfairness
from dnsrace.findings.replay import confirm, replay
from dnsrace.findings.trace import Trace, trace_data
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter

SYSTEMS = [
    load("dynamodb_dns").lift(),
    load("peterson").lift(),
    load("two_phase_commit").lift(),
    load("ewd840").lift(),
]
OUTAGE = (
    "publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) flip(1) release(1) "
    "acquire(0) build(0) flip(0) clean(1) clean(1)"
)
ROUND = "release(0) pick_up(0) pick_up(1) repeat: acquire(0) build(0) flip(0)"
LASSO = f"dynamodb_dns(enactors=2): {OUTAGE} {ROUND}"


@st.composite
def lassos(draw: st.DrawFn) -> Trace:
    """A random behaviour that comes back to where it was."""
    system = draw(st.sampled_from(SYSTEMS))
    interpreter = Interpreter(system)
    state = initial = draw(st.sampled_from(list(interpreter.initial())[:8]))
    steps, seen = [], {state: 0}
    for number in draw(st.lists(st.integers(0, 10**6), min_size=120, max_size=120)):
        enabled = list(interpreter.successors(state))
        if not enabled:
            break
        steps.append(enabled[number % len(enabled)])
        state = steps[-1].state
        if state in seen:
            return Trace(system, initial, tuple(steps), seen[state])
        seen[state] = len(steps)
    return Trace(system, initial, tuple(steps))


@given(lassos())
@settings(max_examples=80, deadline=None)
def test_what_is_written_is_read_back_with_its_loop(trace: Trace) -> None:
    assert confirm(trace) is trace
    for text in (trace.text, json.dumps(trace_data(trace)), json.dumps(itf(trace))):
        again = replay(trace.system, read(text))
        assert (again.initial, again.steps, again.loop) == (trace.initial, trace.steps, trace.loop)
    theirs = itf_py.trace_from_json(itf(trace))
    assert theirs.loop == trace.loop
    written = itf_py.trace_to_json(theirs)
    assert replay(trace.system, read(json.dumps(written))).loop == trace.loop


def of(text: str) -> Trace:
    script = read(text)
    model = load(script.model)
    known = {p.name: p for p in model.parameters}
    given = {name: known[name].parse(str(value)) for name, value in script.parameters.items()}
    return replay(model.lift(**model.values(given)), script)


def test_the_parts_of_a_lasso() -> None:
    trace = of(LASSO)
    assert trace.loop == 17
    assert trace.text == LASSO
    assert trace.states[17] == trace.last
    assert "loop" not in itf(replace(trace, loop=None))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (
            LASSO + " acquire(0)",
            "the loop does not close: lock\\[0\\] is free before it and 0 behind",
        ),
        ("dynamodb_dns(): publish repeat:", "nothing is repeated"),
        ("dynamodb_dns(): repeat: publish", "the loop does not close: newest is 1 before it and 2"),
        ("dynamodb_dns(): repeat: publish repeat: publish", "'repeat:' is not a step"),
        ("dynamodb_dns(): repeat publish", "the model has no step repeat with these parameters"),
    ],
)
def test_what_is_no_lasso_is_refused(text: str, cause: str) -> None:
    with pytest.raises(TraceError, match=cause):
        of(text)


@pytest.mark.parametrize("loop", [-1, 99, "0", 1.5])
def test_a_wrong_loop_in_a_file_is_refused(loop: object) -> None:
    data = trace_data(of(LASSO)) | {"loop": loop}
    with pytest.raises(TraceError):
        replay(of(LASSO).system, read(json.dumps(data)))


def test_replay_tells_what_is_repeated(tmp_path: Path) -> None:
    done = dnsrace("replay", LASSO)
    assert done.code == 0
    assert "Steps 18 to 20 lead back to where they began" in done.out
    done = dnsrace("explore", "--enactors", "2", "-p", "converges", "--trace", str(tmp_path / "t"))
    assert done.code == 1
    assert " repeat: " in (tmp_path / "t").read_text()
    assert dnsrace("replay", str(tmp_path / "t")).code == 0


# -- fairness, judged by the interpreter


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (LASSO, ""),
        (LASSO.replace(" pick_up(1) repeat", " repeat"), "pick_up(1) would have to happen"),
        (f"dynamodb_dns(enactors=2): {OUTAGE} release(0) repeat: pick_up(0)", "does not lead back"),
        (f"dynamodb_dns(enactors=2): {OUTAGE}", "would have to happen"),
        ("dynamodb_dns(enactors=2):", "true throughout"),
        ("dynamodb_dns(enactors=2): publish", "pick_up(0) would have to happen"),
    ],
)
def test_what_is_fair_and_what_is_not(text: str, why: str) -> None:
    script = read(text)
    trace = replay(load("dynamodb_dns").lift(enactors=2), replace(script, loop=None))
    trace = replace(trace, loop=script.loop)
    prop = trace.system.find_property("converges")
    assert prop is not None
    said = unfairness(trace, prop)
    assert why in said
    assert bool(why) == bool(said)
    if said:
        with pytest.raises(InternalError, match="does not"):
            confirm_unfair(trace, prop)
    else:
        assert confirm_unfair(trace, prop) is trace


def test_without_staying_it_may_not_even_be_true_on_the_way() -> None:
    once = "wake(0) raise_flag(0) give_turn(0) get_in(0) get_out(0) lower_flag(0)"
    trace = of(f"peterson(): {once} repeat: {once}")
    props = {name: trace.system.find_property(f"process_{name}_gets_in") for name in "01"}
    assert props["0"] is not None
    assert props["1"] is not None
    assert unfairness(trace, props["0"]) == "the property is true on the way"
    assert unfairness(trace, props["1"]) == "wake(1) would have to happen"


# -- what can still happen in a trap


def test_why_not_even_the_operator_helps() -> None:
    text = (
        "dynamodb_dns(operator=rollback): publish pick_up(0) pick_up(1) publish publish pick_up(2) "
        "acquire(2) build(2) flip(2) release(2) acquire(0) build(0) flip(0) release(0) acquire(1) "
        "build(1) flip(1) clean(2) clean(2)"
    )
    trace = of(text)
    prop = trace.system.find_property("recoverable")
    assert prop is not None
    after = aftermath(trace, prop)
    assert after.whole
    assert not after.ends
    assert after.states == 36
    assert after.happens == ("pick_up", "acquire", "build", "flip", "release")
    assert {never.what.split(":")[0]: never.needs for never in after.never} == {
        "publish": ("newest < 4",),
        "flip": ("tree[endpoint[e], alias[endpoint[e]]]",),
        "clean": ("phase[e] = cleaning",),
        "operator_rollback": ("tree[k, rollback[k]]",),
    }
    [operator] = [never for never in after.never if never.what == "operator_rollback"]
    assert operator.now == ("rollback[0] = 2", "tree[0,2] = false")
    assert after.way_out == ("pick_up(0)", "release(1)", "acquire(0)", "build(0)", "flip(0)")
    assert after.loop is not None
    assert confirm(after.loop).loop == 21
    assert [t.text for t in after.loop.steps[21:]] == ["acquire(0)", "build(0)", "flip(0)"]


def test_a_goal_that_can_be_reached_is_no_trap() -> None:
    trace = of("dynamodb_dns(enactors=2): publish")
    prop = trace.system.find_property("recoverable")
    assert prop is not None
    with pytest.raises(InternalError, match="can still be reached"):
        aftermath(trace, prop)


def test_a_region_that_is_too_large_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    from dnsrace.findings import aftermath as module

    monkeypatch.setattr(module, "BUDGET", 10)
    trace = of(f"dynamodb_dns(enactors=2): {OUTAGE}")
    prop = trace.system.find_property("recoverable")
    assert prop is not None
    after = aftermath(trace, prop)
    assert (after.states, after.whole, after.never) == (10, False, ())
