"""What is no behaviour of the model is refused, with the step, the reason and a cure."""

from __future__ import annotations

import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import write_model

from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.engines.steppers import GeneratedStepper
from dnsrace.errors import DnsraceError, InternalError, TraceError
from dnsrace.findings.formats import itf, read
from dnsrace.findings.replay import confirm, replay
from dnsrace.findings.trace import Trace, trace_data
from dnsrace.loader import load
from dnsrace.model.system import System

OUTAGE = (
    "dynamodb_dns(): publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) flip(1) "
    "release(1) acquire(0) build(0) flip(0) clean(1) clean(1)"
)


@pytest.fixture(scope="module")
def flagship() -> System:
    return load("dynamodb_dns").lift()


@pytest.fixture(scope="module")
def outage(flagship: System) -> Trace:
    return replay(flagship, read(OUTAGE))


def refusal(system: System, text: str) -> TraceError:
    with pytest.raises(TraceError) as error:
        replay(system, read(text))
    assert error.value.exit_code == 2
    return error.value


# -- steps that are not possible


def test_a_step_that_is_not_enabled_names_the_guard_that_is_not_met(flagship: System) -> None:
    error = refusal(flagship, "dynamodb_dns(): publish pick_up(0) build(0)")
    assert error.cause.startswith(
        "step 3, build(0), is not enabled: it needs phase[e] = building, but the state is newest=2 "
    )
    assert "phase[0]=locking phase[1]=idle" in error.cause
    assert error.cure == "enabled there: publish pick_up(1) pick_up(2) acquire(0)"
    assert error.place is not None
    assert error.place.file.endswith("dynamodb_dns.py")


@pytest.mark.parametrize(
    ("steps", "number", "step", "needs"),
    [
        ("pick_up(1)", 1, "pick_up(1)", "alias["),
        ("publish publish publish publish", 4, "publish", "newest < 4"),
        ("publish pick_up(0) pick_up(1) acquire(0) acquire(1)", 5, "acquire(1)", "= free"),
        ("publish pick_up(0) acquire(0) pick_up(0)", 4, "pick_up(0)", "phase[e] = idle"),
    ],
)
def test_the_step_and_the_guard_are_the_exact_ones(
    flagship: System, steps: str, number: int, step: str, needs: str
) -> None:
    error = refusal(flagship, f"dynamodb_dns(): {steps}")
    assert error.cause.startswith(f"step {number}, {step}, is not enabled: it needs ")
    assert needs in error.cause.partition(", but the state is ")[0]


def test_where_nothing_is_enabled_that_is_said() -> None:
    system = load("dynamodb_dns").lift(enactors=1, plans=1)
    assert refusal(system, "dynamodb_dns(enactors=1, plans=1): publish").cure == (
        "enabled there: nothing"
    )


# -- words that mean nothing


def test_an_unknown_step_comes_with_a_suggestion(flagship: System) -> None:
    error = refusal(flagship, "dynamodb_dns(): publish pickup(0)")
    assert error.cause == "step 2: the model has no step pickup with these parameters"
    assert error.cure == "did you mean pick_up?"


def test_a_step_of_other_parameters_comes_with_the_steps_that_there_are(flagship: System) -> None:
    error = refusal(flagship, "dynamodb_dns(): publish wibble")
    assert error.cure == "its steps are: publish, pick_up, acquire, build, flip, release, clean"


@pytest.mark.parametrize(
    ("step", "cause", "cure"),
    [
        ("pick_up", "pick_up takes 1 choice(s), not 0", "write pick_up(e)"),
        ("pick_up()", "pick_up takes 1 choice(s), not 0", "write pick_up(e)"),
        ("pick_up(0, 1)", "pick_up takes 1 choice(s), not 2", "write pick_up(e)"),
        ("publish(0)", "publish takes 0 choice(s), not 1", "write publish"),
        ("pick_up(3)", "pick_up(3): 3 is not in Enactor = 0..2", ""),
        ("pick_up(-1)", "pick_up(-1): -1 is not in Enactor = 0..2", ""),
        ("pick_up(zero)", "pick_up(zero): zero is not in Enactor = 0..2", ""),
    ],
)
def test_wrong_choices(flagship: System, step: str, cause: str, cure: str) -> None:
    error = refusal(flagship, f"dynamodb_dns(): publish {step}")
    assert error.cause == f"step 2: {cause}"
    assert error.cure == cure


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "not a trace"),
        ("publish", "not a trace"),
        ("dynamodb_dns()", "not a trace"),
        ("dynamodb_dns: publish", "not a trace"),
        ("dynamodb_dns(): publish, pick_up(0)", "'publish,' is not a step"),
        ("dynamodb_dns(): publish pick_up(0", "'pick_up(0' is not a step"),
        ("dynamodb_dns(): publish pick_up((0))", "'pick_up((0))' is not a step"),
        ("dynamodb_dns(): 1", "'1' is not a step"),
        ("dynamodb_dns(enactors): publish", "'enactors' is not name=value"),
        ("dynamodb_dns()[turn]: publish", "'turn' is not name=value"),
        ("{", "the trace is no JSON"),
        ("{}", "the JSON has no trace"),
        ('{"vars": []}', "the ITF trace cannot be replayed"),
    ],
)
def test_what_is_no_trace_at_all(text: str, cause: str) -> None:
    with pytest.raises(TraceError) as error:
        read(text)
    assert error.value.cause.startswith(cause)


def test_blanks_and_lines_do_not_matter(flagship: System, outage: Trace) -> None:
    text = OUTAGE.replace(" ", "  \n\t").replace("(): ", "( ):") + "\n\n"
    assert replay(flagship, read(text)).steps == outage.steps
    assert replay(flagship, read(OUTAGE.replace("(0)", "( 0 )"))).steps == outage.steps


# -- several initial states


def test_which_initial_state_is_meant_must_be_said() -> None:
    system = load("ewd840").lift(nodes=1)
    error = refusal(system, "ewd840(nodes=1): stop(0)")
    assert error.cause == "the trace does not say in which of several initial states it begins"
    assert error.cure == "give them in brackets before the colon: works[0], color[0]"
    some = refusal(system, "ewd840(nodes=1)[works[0]=true]: stop(0)")
    assert some.cause == error.cause
    chosen = "ewd840(nodes=1)[works[0]=true,color[0]=black]: stop(0)"
    done = replay(system, read(chosen))
    assert done.text == chosen


@pytest.mark.parametrize(
    ("start", "cause"),
    [
        ("wrks[0]=true", "the initial state names wrks[0], which the model does not have"),
        (
            "works[0]=maybe",
            "the initial state has works[0] = maybe, which is not in Bool = false | true",
        ),
        ("works[1]=true", "the initial state names works[1], which the model does not have"),
        ("token_color=white", "no initial state of the model is like the one in the trace"),
    ],
)
def test_an_initial_state_that_there_is_not(start: str, cause: str) -> None:
    system = load("ewd840").lift(nodes=1)
    assert refusal(system, f"ewd840(nodes=1)[{start}]: stop(0)").cause == cause


# -- states in the file that are not the model's


@pytest.mark.parametrize("at", [1, 7, 14])
def test_a_state_that_does_not_match_is_a_trace_of_another_model(
    flagship: System, outage: Trace, at: int
) -> None:
    data = trace_data(outage)
    data["states"][at]["rollback[0]"] = 3
    error = refusal(flagship, json.dumps(data))
    mine = trace_data(outage)["states"][at]["rollback[0]"]
    assert error.cause == f"after step {at} the model has rollback[0] = {mine}, the trace 3"
    assert error.cure == "the trace was made by another version of the model"


def test_the_same_in_itf(flagship: System, outage: Trace) -> None:
    data = itf(outage)
    data["states"][5]["newest"] = {"#bigint": "2"}
    assert refusal(flagship, json.dumps(data)).cause == (
        "after step 5 the model has newest = 4, the trace 2"
    )


def test_states_that_are_missing(flagship: System, outage: Trace) -> None:
    data = trace_data(outage)
    del data["states"][4:]
    assert refusal(flagship, json.dumps(data)).cause == "the trace has no state after step 4"


def test_more_states_than_steps_are_no_trace(flagship: System, outage: Trace) -> None:
    data = trace_data(outage)
    del data["steps"][4:]
    refusal(flagship, json.dumps(data))


# -- traces that programs have mangled


def mangled(data: Any, draw: st.DrawFn) -> Any:
    """The same with one value somewhere inside replaced, renamed or taken out."""
    if isinstance(data, dict) and data and draw(st.integers(0, 4)):
        key = draw(st.sampled_from(sorted(data)))
        how = draw(st.sampled_from(["inside", "inside", "inside", "drop", "rename"]))
        rest = {k: v for k, v in data.items() if k != key}
        if how == "drop":
            return rest
        if how == "rename":
            return {**rest, key + "x": data[key]}
        return {**data, key: mangled(data[key], draw)}
    if isinstance(data, list) and data and draw(st.integers(0, 4)):
        at = draw(st.integers(0, len(data) - 1))
        if draw(st.booleans()):
            return [*data[:at], *data[at + 1 :]]
        return [*data[:at], mangled(data[at], draw), *data[at + 1 :]]
    junk = [None, True, 7, -1, 1.5, "", "x", "é\n", [], [1], {}, {"a": 1}, [[]], {"#map": 5}]
    return draw(st.sampled_from(junk))


@functools.cache
def whole_files() -> tuple[dict[str, Any], dict[str, Any]]:
    """A short trace in both forms for programs."""
    system = load("dynamodb_dns").lift(enactors=1, plans=2)
    trace = replay(system, read("dynamodb_dns(enactors=1, plans=2): publish pick_up(0) acquire(0)"))
    return trace_data(trace), itf(trace)


@st.composite
def mangled_files(draw: st.DrawFn) -> str:
    return json.dumps(mangled(draw(st.sampled_from(whole_files())), draw))


LIFTED: dict[str, System] = {}


def through_the_whole_pipeline(text: str) -> Trace:
    """What `dnsrace replay` does with a file; each system is lifted once."""
    script = read(text)
    model = load(script.model)
    known = {p.name: p for p in model.parameters}
    values = {
        name: known[name].parse(value) if name in known and isinstance(value, str) else value
        for name, value in script.parameters.items()
    }
    key = f"{script.model} {values!r}"
    if key not in LIFTED:
        LIFTED[key] = model.lift(**values)
    return replay(LIFTED[key], script)


@given(mangled_files())
@settings(max_examples=400, deadline=None)
def test_a_mangled_file_is_replayed_or_refused_and_nothing_else(text: str) -> None:
    try:
        trace = through_the_whole_pipeline(text)
    except InternalError:
        raise
    except DnsraceError:
        return
    assert confirm(trace) is trace


# -- what an engine may not get away with


def test_confirm_accepts_the_outage(outage: Trace) -> None:
    assert confirm(outage) is outage


def test_a_wrong_state_is_an_internal_error(outage: Trace) -> None:
    taken = outage.steps[6]
    wrong = dataclasses.replace(taken, state=(*taken.state[:-1], taken.state[-1] ^ 1))
    with pytest.raises(InternalError, match=r"step 7, build\(1\), leads from .* to .*, not to"):
        confirm(dataclasses.replace(outage, steps=(*outage.steps[:6], wrong, *outage.steps[7:])))


def test_a_step_left_out_is_an_internal_error(outage: Trace) -> None:
    with pytest.raises(InternalError, match=r"step 7, flip\(1\), leads from .* to None"):
        confirm(dataclasses.replace(outage, steps=(*outage.steps[:6], *outage.steps[7:])))


def test_a_wrong_beginning_is_an_internal_error(outage: Trace) -> None:
    wrong = (2, *outage.initial[1:])
    with pytest.raises(InternalError, match="does not begin in an initial state"):
        confirm(dataclasses.replace(outage, initial=wrong))


def test_another_choice_is_an_internal_error(outage: Trace) -> None:
    wrong = dataclasses.replace(outage.steps[1], choices=(2,))
    with pytest.raises(InternalError):
        confirm(dataclasses.replace(outage, steps=(outage.steps[0], wrong, *outage.steps[2:])))


def test_a_search_that_lies_is_found_out(flagship: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stepper that invents a successor leads to no trace that the interpreter knows."""
    real = GeneratedStepper.expand
    slot = flagship.slots.index((flagship.variables[4], (0, 1)))
    assert flagship.variables[4].name == "tree"

    def forged(self: GeneratedStepper, node: Any, counters: Any) -> Any:
        after, violated = real(self, node, counters)
        state = list(self.state(node))
        state[slot] = 0
        return [*after, self.node(tuple(state))], violated

    monkeypatch.setattr(GeneratedStepper, "expand", forged)
    with pytest.raises(InternalError):
        explore(flagship, Request(engine="python", limits=Limits(depth=2)))


def test_reading_a_file_of_a_user_by_its_path(tmp_path: Path, outage: Trace) -> None:
    path = write_model(
        tmp_path,
        """
        @model
        def lamp(bright: bool = False):
            class S(State):
                on = var(bool, start=False)
            @step
            def switch(s):
                s.on = not s.on
        """,
    )
    done = through_the_whole_pipeline(f"{path}(bright=true): switch switch")
    assert done.text == f"{path}(bright=true): switch switch"
