"""Schedules: their text, what they mean, and that they survive when something is taken away."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import lift_text

from dnsrace.errors import TraceError
from dnsrace.findings.formats import read
from dnsrace.findings.replay import confirm, replay
from dnsrace.findings.schedule import (
    Entry,
    Processes,
    Schedule,
    follow,
    schedule_of,
    schedule_text,
)
from dnsrace.findings.trace import Trace
from dnsrace.loader import bundled, load
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import System

OUTAGE = (
    "dynamodb_dns(enactors=2): publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) "
    "flip(1) release(1) acquire(0) build(0) flip(0) clean(1) clean(1)"
)
names = st.from_regex(r"[a-z0-9_-]{1,5}", fullmatch=True)
picks = st.from_regex(r"([a-z_][a-z0-9_]{0,5}(\([a-z0-9,]{1,6}\))?)?", fullmatch=True)
entries = st.lists(st.builds(Entry, names, picks), max_size=20)


def outage() -> Trace:
    system = load("dynamodb_dns").lift(enactors=2)
    return replay(system, read(OUTAGE))


@given(entries)
def test_the_text_form_is_read_back(some: list[Entry]) -> None:
    schedule = Schedule(tuple(some))
    assert Schedule.parse(schedule.text) == schedule
    assert str(schedule) == schedule.text


def test_repeated_entries_are_written_once() -> None:
    assert Schedule.parse("0 0 0 1:crash 1:crash planner").text == "0*3 1:crash*2 planner"


@pytest.mark.parametrize("text", ["0*", "*3", "0:", "0:(1)", "0:a b(", "a(1)", "0*x", "0:9a"])
def test_what_is_no_entry(text: str) -> None:
    with pytest.raises(TraceError, match="is no entry of a schedule"):
        Schedule.parse(text)


def test_a_schedule_that_is_too_long() -> None:
    with pytest.raises(TraceError, match="more than 1,000,000 entries"):
        Schedule.parse("0*999999 1*2")


def test_the_outage_as_a_schedule() -> None:
    trace = outage()
    assert schedule_of(trace).text == "planner 0 planner*2 1*5 0*3 1*2"
    text = schedule_text(trace)
    assert text == "dynamodb_dns(enactors=2): schedule: planner 0 planner*2 1*5 0*3 1*2"
    assert replay(trace.system, read(text)) == trace


def test_entries_that_are_blocked_are_skipped() -> None:
    trace = outage()
    # nobody can go before there is a plan; the planner makes three and no more
    done = follow(trace.system, Schedule.parse("0 1 planner 0 planner*9 1*5 0*3 1*2"))
    assert done.trace == trace
    assert done.skipped == (0, 1, 6, 7, 8, 9, 10, 11, 12)


def test_taking_an_entry_away_leaves_the_others_their_meaning() -> None:
    system = load("dynamodb_dns").lift(enactors=2)
    without = follow(system, Schedule.parse("planner 0 planner 1*5 0*3")).trace
    assert [t.step.name for t in without.steps if t.step.actor is None] == [
        "pick_up", "pick_up", "acquire", "build", "flip", "release", "acquire", "build", "flip",
    ]  # fmt: skip


def test_a_step_is_named_where_another_one_would_come_first() -> None:
    system = load("dynamodb_dns").lift(enactors=2, crashes=True)
    done = follow(system, Schedule.parse("planner 0*2 0:crash 0"))
    assert [t.text for t in done.trace.steps[1:]] == [
        "pick_up(0)", "acquire(0)", "crash(0)", "pick_up(0)",
    ]  # fmt: skip
    assert schedule_of(done.trace).text == "planner 0*2 0:crash 0"


TALK = """
    @model
    def talk():
        class Client(Names, count=2): ...
        class Server(Names, count=2): ...
        class Word(Range, low=1, high=3): ...
        class S(State):
            heard = var(Word, per=Server, start=1)
            said = var(Word, per=Client, start=1)
        @step
        def speak(s, c: Client, w: Word, loud: bool):
            require(s.said[c] != w)
            s.said[c] = w
        @step
        def hear(s, v: Server, c: Client):
            require(s.heard[v] != s.said[c])
            s.heard[v] = s.said[c]
        @step(actor="the clock")
        def tick(s, w: Word):
            require(any(s.said[c] != w for c in Client))
            for c in Client:
                s.said[c] = w
"""


def test_names_of_several_kinds_and_further_choices(tmp_path: Path) -> None:
    system = lift_text(tmp_path, TALK)
    processes = Processes(system)
    assert processes.names == ("client-0", "client-1", "server-0", "server-1", "the-clock")
    schedule = Schedule.parse("client-1:speak(3,true) server-0:hear(1) the-clock:tick(2)")
    done = follow(system, schedule)
    assert [t.text for t in done.trace.steps] == ["speak(1, 3, true)", "hear(0, 1)", "tick(2)"]
    assert [processes.actor(processes.who(t)) for t in done.trace.steps] == [
        "client 1", "server 0", "the clock",
    ]  # fmt: skip
    assert done.skipped == ()
    # server 0 has nothing else to hear
    assert schedule_of(done.trace).text == "client-1:speak(3,true) server-0 the-clock:tick(2)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 7", "the schedule names 7, and there is no such process"),
        ("planner:flip", "planner takes no such step"),
        ("0:publish", "0 takes no such step"),
    ],
)
def test_what_a_model_does_not_have_is_refused(text: str, said: str) -> None:
    with pytest.raises(TraceError, match=said):
        follow(load("dynamodb_dns").lift(enactors=2), Schedule.parse(text))


def walked(system: System, seed: int, length: int) -> Trace:
    """A behaviour drawn from all steps alike."""
    random, interpreter = Random(seed), Interpreter(system)
    first = state = random.choice(list(interpreter.initial()))
    steps: list[Taken] = []
    for _ in range(length):
        possible = list(interpreter.successors(state))
        if not possible:
            break
        steps.append(random.choice(possible))
        state = steps[-1].state
    return Trace(system, first, tuple(steps))


@pytest.mark.parametrize("name", [m.name for m in bundled()])
@pytest.mark.parametrize("seed", range(3))
def test_every_behaviour_has_a_schedule(name: str, seed: int) -> None:
    trace = walked(load(name).lift(), seed, 30)
    confirm(trace)
    again = replay(trace.system, read(schedule_text(trace)))
    assert again.states == trace.states
    assert again.actors == trace.actors
