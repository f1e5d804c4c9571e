"""Reading logs: what is accepted, and what is refused with its line and a cure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dnsrace.errors import LogError
from dnsrace.findings.events import Log, understood
from dnsrace.findings.log import read_log, recorded
from dnsrace.loader import load
from dnsrace.model.system import System

HEAD = '{"log": "dnsrace", "version": 1, "model": "dynamodb_dns", "shows": ["flip"]}\n'


@pytest.fixture(scope="module")
def system() -> System:
    return load("dynamodb_dns").lift(enactors=2, plans=4)


def log_of(system: System, *events: dict[str, Any], **head: Any) -> Log:
    return understood(system, recorded(head, events))


def test_a_head_and_events() -> None:
    read = read_log((HEAD + '{"step": "flip"}\n\n{"step": "publish"}\n').encode(), "run.jsonl")
    assert (read.model, read.shows, read.parameters) == ("dynamodb_dns", ("flip",), {})
    assert [(r.number, r.line, r.where) for r in read.records] == [
        (1, 2, "line 2"), (2, 4, "line 4"),
    ]  # fmt: skip
    assert not read.cut


def test_events_without_a_head() -> None:
    read = read_log(b'{"step": "flip"}\n', "run.jsonl")
    assert (read.model, read.shows, len(read.records)) == (None, None, 1)


def test_an_empty_log() -> None:
    assert read_log(b"", "run.jsonl").records == ()
    assert read_log(HEAD.encode(), "run.jsonl").records == ()


@pytest.mark.parametrize("rest", ['{"step": "fl', '{"step": "flip", "text": "\u00e4'])
def test_a_log_that_breaks_off(rest: str, system: System) -> None:
    content = (HEAD + '{"step": "flip"}\n' + rest).encode()
    for end in (len(content), len(content) - 1):  # in the middle of a sign, too
        read = read_log(content[:end], "run.jsonl")
        assert read.cut
        assert len(read.records) == 1
        assert "ends in the middle of a line" in understood(system, read).remarks[0]


def test_a_last_line_without_an_end_that_is_whole() -> None:
    read = read_log((HEAD + '{"step": "flip"}').encode(), "run.jsonl")
    assert not read.cut
    assert [r.line for r in read.records] == [2]


def test_a_log_that_is_cut_before_its_first_event() -> None:
    read = read_log(HEAD.encode()[:20], "run.jsonl")
    assert (read.cut, read.records, read.model) == (True, (), None)


WRONG_LINES = [
    (b'{"step": }\n', "run.jsonl:1: the line is no JSON"),
    (b'{"step": "flip"}\n[1, 2]\n', "run.jsonl:2: the line is no object but [1, 2]"),
    (b'{"step": "\xff"}\n', "run.jsonl:1: the line is not UTF-8"),
    (b'{"log": "other"}\n', "run.jsonl:1: the head is of a log 'other', version None"),
    (b'\n{"log": "dnsrace", "version": 2}\n', "run.jsonl:2: the head is of a log 'dnsrace'"),
    (b'{"log": "dnsrace", "model": 3}\n', "the head's model is 3"),
    (b'{"log": "dnsrace", "parameters": [1]}\n', "the head's parameters is [1]"),
    (b'{"log": "dnsrace", "shows": "flip"}\n', "the head's shows is 'flip'"),
    (b'{"log": "dnsrace", "shows": [1]}\n', "the head's shows is [1]"),
]


@pytest.mark.parametrize(("content", "message"), WRONG_LINES)
def test_a_wrong_line_is_named(content: bytes, message: str) -> None:
    with pytest.raises(LogError) as caught:
        read_log(content, "run.jsonl")
    assert message in str(caught.value)
    assert caught.value.cure


WRONG_EVENTS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "the event has no step", "its steps are: publish"),
    ({"step": "flop"}, "the model has no step flop with these parameters", "its steps are"),
    ({"step": 3}, "the model has no step 3", "its steps are"),
    ({"step": "flip", "choices": "0"}, "choices is '0', but flip takes 1", "values for: e"),
    ({"step": "flip", "choices": []}, "choices is [], but flip takes 1", "values for: e"),
    ({"step": "publish", "choices": [1]}, "choices is [1], but publish takes 0", "leave it out"),
    ({"step": "flip", "choices": [2]}, "the choice e is 2, which is not in Enactor = 0..1", ""),
    ({"step": "flip", "choices": ["x"]}, "the choice e is 'x', which is not in", ""),
    ({"step": "publish", "state": 3}, "state is 3", "give an object"),
    ({"step": "publish", "before": []}, "before is []", "give an object"),
    ({"step": "publish", "state": {"newst": 2}}, "state names newst", "did you mean newest?"),
    ({"step": "publish", "state": {"alias[1]": 2}}, "state names alias[1]", "alias[0]"),
    ({"step": "publish", "before": {"newest": 5}}, "before: newest is 5, which is not in", ""),
    ({"step": "publish", "state": {"newest": True}}, "newest is True, which is not in", ""),
    ({"step": "publish", "state": {"newest": None}}, "newest is None, which is not in", ""),
    ({"step": "publish", "state": {"newest": 2.0}}, "newest is 2.0, which is not in", ""),
    ({"step": "publish", "state": {"tree[0,1]": 1}}, "tree[0,1] is 1, which is not in", ""),
    ({"step": "publish", "state": {"lock[0]": "e0"}}, "is 'e0', which is not in Holder", ""),
]


@pytest.mark.parametrize(("event", "cause", "cure"), WRONG_EVENTS)
def test_what_the_model_has_no_word_for(
    event: dict[str, Any], cause: str, cure: str, system: System
) -> None:
    good = {"step": "publish"}
    with pytest.raises(LogError, match=r"^event 2: ") as caught:
        log_of(system, good, event)
    assert cause in caught.value.cause
    assert cure in caught.value.cure
    lines = (HEAD + json.dumps(good) + "\n" + json.dumps(event) + "\n").encode()
    with pytest.raises(LogError) as placed:
        understood(system, read_log(lines, "run.jsonl"))
    assert str(placed.value.place) == "run.jsonl:3"


def test_values_as_they_are_printed(system: System) -> None:
    state = {"newest": 2, "alias[0]": "3", "tree[0,2]": True, "tree[0,3]": "false",
             "lock[0]": "free", "phase[1]": "idle"}  # fmt: skip
    [event] = log_of(system, {"step": "publish", "state": state, "before": {"lock[0]": 1}}).events
    names = [f"{v.name}{list(i)}" for v, i in system.slots]
    raws = {names[slot]: raw for slot, raw in event.after}
    assert raws == {"newest[]": 2, "alias[0]": 3, "tree[0, 2]": 1, "tree[0, 3]": 0,
                    "lock[0]": -1, "phase[1]": 0}  # fmt: skip
    assert [raw for _, raw in event.before] == [1]


def test_choices_that_are_not_told(system: System) -> None:
    texts = [
        log_of(system, {"step": "flip", **more}).events[0].text
        for more in ({}, {"choices": None}, {"choices": [None]}, {"choices": ["1"]})
    ]
    assert texts == ["flip(?)", "flip(?)", "flip(?)", "flip(1)"]


def test_who_did_it(system: System) -> None:
    def actor(**event: Any) -> str:
        return log_of(system, event).events[0].actor

    assert actor(step="flip", choices=["1"]) == "enactor 1"
    assert actor(step="flip") == ""
    assert actor(step="publish") == "planner"
    assert actor(step="flip", choices=["1"], actor="e1 in us-east-1b") == "e1 in us-east-1b"


def test_which_steps_are_shown(system: System) -> None:
    said = log_of(system, {"step": "flip"}, shows=["publish", "flip"])
    assert said.shown == ("publish", "flip")
    assert said.remarks == ()
    given = understood(system, recorded({"shows": ["flip"]}, []), ["clean"])
    assert given.shown == ("clean",)


def test_without_a_word_on_it_the_steps_that_occur_are_shown(system: System) -> None:
    log = log_of(system, {"step": "flip"}, {"step": "publish"})
    assert log.shown == ("publish", "flip")
    assert "pick_up, acquire, build, release, clean may happen unseen" in log.remarks[0]


def test_a_shown_step_that_the_model_does_not_have_is_remarked(system: System) -> None:
    [remark] = log_of(system, {"step": "flip"}, shows=["flip", "inspect", "delete"]).remarks
    assert "inspect, delete are none of the model" in remark
