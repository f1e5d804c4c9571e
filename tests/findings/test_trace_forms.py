"""A trace survives being written and read, in each of its three forms."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import itf_py
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import lift_text

from dnsrace.findings.formats import ACTION, PICKS, itf, read
from dnsrace.findings.replay import confirm, replay
from dnsrace.findings.trace import Trace, state_data, trace_data
from dnsrace.loader import load
from dnsrace.model.direct import ConcreteState
from dnsrace.model.domains import Nothing
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import System

SYSTEMS = [
    load("dynamodb_dns").lift(),
    load("dynamodb_dns").lift(
        enactors=2, endpoints=2, lock_expiry=True, crashes=True, retry="newest", operator="repair"
    ),
    load("dynamodb_dns").lift(cleaner="checked", preamble=False, retention=0, operator="rollback"),
    load("two_phase_commit").lift(),
    load("peterson").lift(),
    load("peterson").lift(entry="turn_first"),
    load("ewd840").lift(),
]


def test_every_bundled_model_is_among_them() -> None:
    from dnsrace.loader import bundled

    assert {s.name for s in SYSTEMS} == {m.name for m in bundled()}


@st.composite
def walks(draw: st.DrawFn) -> Trace:
    """A random behaviour of one of the systems."""
    system = draw(st.sampled_from(SYSTEMS))
    interpreter = Interpreter(system)
    initial = state = draw(st.sampled_from(list(interpreter.initial())))
    steps = []
    for number in draw(st.lists(st.integers(0, 10**6), max_size=30)):
        enabled = list(interpreter.successors(state))
        if not enabled:
            break
        steps.append(enabled[number % len(enabled)])
        state = steps[-1].state
    return Trace(system, initial, tuple(steps))


def written(trace: Trace) -> dict[str, str]:
    """The three forms."""
    return {
        "text": trace.text,
        "json": json.dumps(trace_data(trace)),
        "itf": json.dumps(itf(trace)),
    }


@given(walks())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back_and_is_the_same_behaviour(trace: Trace) -> None:
    parameters = trace.system.parameters
    known = {p.name: p for p in trace.system.model.parameters}
    for form, text in written(trace).items():
        script = read(text)
        assert script.model == trace.system.model.reference, form
        for name, value in script.parameters.items():
            value = known[name].parse(value) if isinstance(value, str) else value
            assert value == parameters[name], form
        again = replay(trace.system, script)
        assert again.initial == trace.initial, form
        assert again.steps == trace.steps, form
        assert again.text == trace.text, form


@given(walks())
@settings(max_examples=50, deadline=None)
def test_a_real_behaviour_is_confirmed(trace: Trace) -> None:
    assert confirm(trace) is trace


@given(walks())
@settings(max_examples=50, deadline=None)
def test_the_text_is_one_line_and_survives_a_shell(trace: Trace) -> None:
    assert "\n" not in trace.text
    assert shlex.split(f"'{trace.text}'") == [trace.text]


@given(walks())
@settings(max_examples=50, deadline=None)
def test_only_parameters_without_their_default_are_in_the_text(trace: Trace) -> None:
    system = trace.system
    other = {p.name for p in system.model.parameters if system.parameters[p.name] != p.default}
    assert set(read(trace.text).parameters) == other


# -- ITF, read by a library that is not ours


def plainly(value: Any) -> Any:
    """A concrete value as ITF has it."""
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, Nothing):
        return str(value)
    return value.name.lower()


def expected(system: System, state: tuple[int, ...]) -> dict[str, Any]:
    """The state as the author's own functions see it."""
    concrete = ConcreteState(system, state)
    found: dict[str, Any] = {}
    for variable in system.variables:
        value = getattr(concrete, variable.name)
        if not variable.index:
            found[variable.name] = plainly(value)
            continue
        found[variable.name] = {
            _key(variable, index): plainly(value[_authors(variable, index)])
            for v, index in system.slots
            if v is variable
        }
    return found


def _authors(variable: Any, index: tuple[int, ...]) -> Any:
    return tuple(d.decode(raw) for d, raw in zip(variable.index, index, strict=True))


def _key(variable: Any, index: tuple[int, ...]) -> Any:
    key = tuple(plainly(v) for v in _authors(variable, index))
    return key if len(key) > 1 else key[0]


@given(walks())
@settings(max_examples=100, deadline=None)
def test_itf_py_reads_the_states_that_are_meant(trace: Trace) -> None:
    theirs = itf_py.trace_from_json(json.loads(json.dumps(itf(trace))))
    names = [v.name for v in trace.system.variables]
    assert theirs.vars == [*names, ACTION, PICKS]
    assert theirs.loop is None
    assert len(theirs.states) == len(trace.states)
    for number, (state, mine) in enumerate(zip(theirs.states, trace.states, strict=True)):
        assert state.meta == {"index": number}
        values = {name: state.values[name] for name in names}
        assert values == expected(trace.system, mine)
        assert set(state.values) == {*names, ACTION, PICKS}
    assert theirs.states[0].values[ACTION] == "init"
    for state, taken in zip(theirs.states[1:], trace.steps, strict=True):
        assert state.values[ACTION] == taken.step.name
        picks = state.values[PICKS]._asdict()
        choices = zip(taken.step.choices, taken.choices, strict=True)
        assert picks == {
            str(c.data): plainly(c.domain.decode(raw)) for c, raw in choices if c.domain
        }


@given(walks())
@settings(max_examples=50, deadline=None)
def test_what_itf_py_writes_is_replayed(trace: Trace) -> None:
    theirs = itf_py.trace_to_json(itf_py.trace_from_json(itf(trace)))
    again = replay(trace.system, read(json.dumps(theirs)))
    assert again.steps == trace.steps


def test_the_head_of_an_itf_trace() -> None:
    system = SYSTEMS[1]
    [initial] = Interpreter(system).initial()
    data = itf(Trace(system, initial, ()))
    assert data["#meta"]["format"] == "ITF"
    assert data["#meta"]["source"] == "dynamodb_dns"
    assert data["#meta"]["parameters"]["lock_expiry"] is True
    assert data["#meta"]["parameters"]["enactors"] == 2
    assert data["states"][0]["tree"]["#map"][0] == [
        {"#tup": [{"#bigint": "0"}, {"#bigint": "1"}]},
        True,
    ]


# -- what a file of a user's may hold


@pytest.fixture
def zoo(tmp_path: Path) -> System:
    """Every kind of domain, as a choice, as an index and as a value."""
    return lift_text(
        tmp_path,
        """
        class Mode(enum.Enum):
            SLOW_ONE = "slow"
            FAST = "fast"

        @model
        def zoo(mode: Mode = Mode.SLOW_ONE, low: int = -2, word: Literal["a", "b-c"] = "a"):
            class Color(enum.Enum):
                RED, GREEN = range(2)
            class Level(enum.Enum):
                LOW, HIGH = 3, 4
            class Count(Range, low=low, high=1): ...
            class Who(Names, count=2): ...
            class Some(Maybe, of=Who, none="nobody"): ...
            class S(State):
                by = var(Count, per=(Color, Who), start=0)
                who = var(Some, start=Some.none)
                at = var(bool, per=Count, start=False)
                level = var(Level, per=bool, start=Level.LOW)
                seen = var(Color, start=one_of(Color.RED, Color.GREEN))
            @step
            def paint(s, c: Color, w: Who, n: Count):
                s.by[c, w] = n
                s.seen = c
                s.who = w
            @step
            def leave(s, x: Some, b: bool):
                s.who = x
                s.level[b] = Level.HIGH
                s.at[-1] = b
            @always
            def fine(s):
                return s.who != Some.none or s.seen == Color.RED
        """,
        mode="fast",
        low=-1,
        word="b-c",
    )


@pytest.fixture
def tour(zoo: System) -> Trace:
    text = (
        f"{zoo.model.reference}(mode=fast, low=-1, word=b-c)[seen=green]: paint(red, 1, -1) "
        "leave(nobody, true) leave(0, false) paint(green, 0, 1)"
    )
    return replay(zoo, read(text))


@pytest.mark.parametrize("form", ["text", "json", "itf"])
def test_every_kind_of_domain_survives(zoo: System, tour: Trace, form: str) -> None:
    again = replay(zoo, read(written(tour)[form]))
    assert again.initial == tour.initial
    assert again.steps == tour.steps
    assert again.text == tour.text


def test_the_json_form_in_full(zoo: System, tour: Trace) -> None:
    data = json.loads(written(tour)["json"])
    assert data["parameters"] == {"mode": "fast", "low": -1, "word": "b-c"}
    assert data["steps"][0] == {
        "step": "paint",
        "choices": ["red", "1", "-1"],
        "actor": "color red",
    }
    assert data["steps"][1]["choices"] == ["nobody", "true"]
    assert data["states"][0]["by[green,1]"] == 0
    assert data["states"][0]["seen"] == "green"
    assert data["states"][0]["who"] == "nobody"
    assert data["states"][1]["who"] == 1
    assert data["states"][2]["at[-1]"] is True
    assert data["states"] == [state_data(zoo, s) for s in tour.states]


@pytest.mark.parametrize("kind", ["Enum", "IntEnum", "StrEnum", "Flag"])
def test_an_enumeration_may_be_of_any_kind(tmp_path: Path, kind: str) -> None:
    values = "'a', 'b'" if kind == "StrEnum" else "1, 2"
    system = lift_text(
        tmp_path,
        f"""
        @model
        def lamp():
            class Light(enum.{kind}):
                DARK, BRIGHT = {values}
            class S(State):
                light = var(Light, start=Light.DARK)
            @step
            def put(s, to: Light):
                s.light = to
            @always
            def dark(s):
                return s.light == Light.DARK
        """,
    )
    trace = replay(system, read(f"{system.model.reference}(): put(bright) put(dark)"))
    for form, text in written(trace).items():
        assert replay(system, read(text)).steps == trace.steps, form
    assert trace_data(trace)["states"][0] == {"light": "dark"}


@pytest.mark.parametrize("directory", ["plain", "with blanks", "with(brackets)", "it's"])
def test_a_file_may_lie_anywhere(tmp_path: Path, directory: str) -> None:
    (tmp_path / directory).mkdir()
    system = lift_text(
        tmp_path / directory,
        """
        @model
        def lamp():
            class S(State):
                on = var(bool, start=False)
            @step
            def switch(s):
                s.on = not s.on
            @always
            def off(s):
                return not s.on
        """,
    )
    interpreter = Interpreter(system)
    [initial] = interpreter.initial()
    [taken] = interpreter.successors(initial)
    trace = Trace(system, initial, (taken,))
    for form, text in written(trace).items():
        script = read(text)
        assert script.model == system.model.reference, form
        assert replay(system, script).steps == trace.steps
