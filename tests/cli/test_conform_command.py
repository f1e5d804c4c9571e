"""`dnsrace conform`: whole outputs, options against the head of a log, and how it ends."""

from __future__ import annotations

import json
import re
import shlex
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli.running import Done, dnsrace
from logs import CLEANS, FLIPS, OUTAGE, events_of, written
from support import write_model

from dnsrace.engines.conform import Construction

Golden = Callable[[str, str], None]
STEPS = ["publish", "pick_up", "acquire", "build", "flip", "release", "clean"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Logs lie in a directory of their own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def head(**more: Any) -> dict[str, Any]:
    return {"model": "dynamodb_dns", "parameters": {"enactors": 2}, "shows": STEPS, **more}


@pytest.fixture
def outage(here: Path) -> str:
    """The run of the outage, of the protocol as deployed."""
    events = events_of(f"dynamodb_dns(enactors=2): {OUTAGE}")
    return written(Path("outage.jsonl"), head(), events)


def transcript(done: Done, code: int) -> str:
    assert done.code == code, done.err
    return done.transcript()


# -- whole outputs


def test_a_run_that_conforms_to_what_was_deployed(outage: str, golden: Golden) -> None:
    golden("conform_explained", transcript(dnsrace("conform", outage), 0))


def test_a_run_that_does_not_conform_to_the_fix(outage: str, golden: Golden) -> None:
    golden("conform_outage", transcript(dnsrace("conform", outage, "--fixed"), 1))


def test_a_cleaner_without_its_guard(golden: Golden) -> None:
    events = events_of(CLEANS)
    for number, event in enumerate(events):
        event["time"] = 17.5 + number
        event["actor"] = f"e{event['choices'][0]}" if event["choices"] else "planner"
    log = written(Path("cleaner.jsonl"), head(), events)
    golden("conform_cleaner", transcript(dnsrace("conform", log, "--fixed"), 1))


def test_a_flip_without_the_preamble(golden: Golden) -> None:
    parameters = {"enactors": 2, "lock_expiry": True}
    log = head(parameters=parameters, shows=[*STEPS, "take_over"])
    path = written(Path("preamble.jsonl"), log, events_of(FLIPS))
    golden("conform_preamble", transcript(dnsrace("conform", path, "--fixed"), 1))


def test_unseen_steps(golden: Golden) -> None:
    shown = ["publish", "flip", "clean"]
    events = [e for e in events_of(CLEANS) if e["step"] in shown]
    log = written(Path("unseen.jsonl"), head(shows=shown), events)
    golden("conform_unseen", transcript(dnsrace("conform", log, "--fixed", "--explanation"), 1))
    log = written(Path("unseen.jsonl"), head(shows=shown), events[:-2])
    done = dnsrace("conform", log, "--fixed", "--explanation")
    golden("conform_explanation", transcript(done, 0))


def test_a_limit(outage: str, golden: Golden) -> None:
    golden("conform_unknown", transcript(dnsrace("conform", outage, "--max-states", "5"), 3))


def test_the_help(golden: Golden) -> None:
    golden("help_conform", dnsrace("conform", "--help").transcript())


def test_mistakes(golden: Golden) -> None:
    Path("folder").mkdir()
    Path("broken.jsonl").write_text('{"log": "dnsrace", "version": 1}\n{"step" "flip"}\n')
    written(Path("flop.jsonl"), head(), [{"step": "flop"}])
    written(Path("nine.jsonl"), head(), [{"step": "publish", "state": {"newest": 9}}])
    written(Path("lost.jsonl"), head(model="./lost.py"), [])
    written(Path("wrong.jsonl"), head(parameters={"enactors": 0}), [])
    runs = [
        dnsrace("conform", "nowhere.jsonl"),
        dnsrace("conform", "folder"),
        dnsrace("conform", "broken.jsonl"),
        dnsrace("conform", "flop.jsonl"),
        dnsrace("conform", "nine.jsonl"),
        dnsrace("conform", "lost.jsonl"),
        dnsrace("conform", "wrong.jsonl"),
        dnsrace("conform", "nine.jsonl", "--shows", "publish,flop"),
        dnsrace("conform", "nine.jsonl", "--json", "-", "--trace", "-"),
        dnsrace("conform", "nine.jsonl", "--model", "peterson", "--fixed"),
    ]
    assert {done.code for done in runs} == {2}
    golden("mistakes_log", "\n".join(done.transcript() for done in runs))


# -- which model, which parameters, which steps


def test_the_model_of_the_head_has_the_options(outage: str) -> None:
    done = dnsrace("conform", outage, "--cleaner", "transactional", "--enactors", "3")
    assert done.code == 1
    assert "The model does not explain line 15, clean(1)." in done.out
    assert "enactors=3" in done.out


def test_a_model_in_a_file(here: Path) -> None:
    write_model(here, DOOR, "door")
    events = [{"step": "push"}, {"step": "push", "state": {"open": False}}]
    for log, args in (
        (written(Path("a.jsonl"), {"model": "./door.py"}, events), ["--knobs", "2"]),
        (written(Path("b.jsonl"), {}, events), ["--model", "./door.py", "--knobs", "2"]),
        (written(Path("c.jsonl"), None, events), ["--model=./door.py", "--knobs=2"]),
    ):
        for order in ([log, *args], [*args, log]):
            done = dnsrace("conform", *order)
            assert done.code == 0, done.err
            assert "door.py  knobs=2" in done.out


DOOR = """
    @model
    def door(knobs: int = 1):
        class S(State):
            open = var(bool, start=False)
        @step
        def push(s):
            s.open = not s.open
"""


def test_standard_input(outage: str) -> None:
    text = Path(outage).read_text()
    assert "standard input: 14 events" in dnsrace("conform", "-", input=text).out
    args = ("conform", "-", "--model", "dynamodb_dns", "--cleaner", "transactional")
    assert dnsrace(*args, input=text).code == 1


def test_the_model_of_a_log_on_standard_input_is_known_late() -> None:
    log = '{"log": "dnsrace", "version": 1, "model": "peterson"}\n{"step": "wake", "choices": [0]}'
    done = dnsrace("conform", "-", input=log)
    assert done.code == 0
    assert done.out.startswith("peterson  ")
    late = dnsrace("conform", "-", "--cleaner", "blind", input=log)
    assert late.code == 2
    assert "give --model peterson" in late.err


def test_shows_wins_over_the_head(outage: str) -> None:
    done = dnsrace("conform", outage, "--shows", "publish, flip", "--shows", "clean")
    assert done.code == 0
    assert "pick_up, acquire, build and release may happen unseen" in done.out


# -- outputs


def test_the_trace_of_a_run_can_be_replayed(outage: str) -> None:
    assert dnsrace("conform", outage, "--trace", "all.txt").code == 0
    replayed = dnsrace("replay", "all.txt")
    assert replayed.code == 0
    assert "Violated at the end: no_empty_answer" in replayed.out
    assert dnsrace("conform", outage, "--fixed", "--trace", "part.itf.json").code == 1
    assert "11 steps: a behaviour of the model." in dnsrace("replay", "part.itf.json").out
    shown = dnsrace("conform", outage, "--fixed").out
    [command] = re.findall(r"^  (dnsrace replay .*)$", shown, re.M)
    assert "11 steps: a behaviour of the model." in dnsrace(*shlex.split(command)[1:]).out


def test_nothing_known_leaves_no_trace(outage: str) -> None:
    done = dnsrace("conform", outage, "--max-states", "3", "--trace", "none.txt")
    assert done.code == 3
    assert "there is no trace to write to none.txt" in done.err
    assert not Path("none.txt").exists()


def test_a_long_explanation_is_no_command() -> None:
    events = [{"step": "pick_up", "choices": ["0"]}, {"step": "crash", "choices": ["0"]}] * 200
    events = [{"step": "publish"}, *events, {"step": "build", "choices": ["0"]}]
    log = written(Path("long.jsonl"), head(parameters={"crashes": True}), events)
    done = dnsrace("conform", log)
    assert done.code == 1
    assert "--trace PATH writes the explained part, for dnsrace replay PATH" in done.out


def test_an_empty_log_is_no_pass() -> None:
    done = dnsrace("conform", written(Path("empty.jsonl"), head(), []))
    assert done.code == 3
    assert done.out.rstrip().endswith("Unknown: the log has no events: nothing was checked.")


def test_a_log_that_breaks_off(outage: str) -> None:
    content = Path(outage).read_text()
    Path(outage).write_text(content[:-20])
    done = dnsrace("conform", outage)
    assert done.code == 0
    assert "The log ends in the middle of a line" in done.out
    assert "explains the whole log: 13 events." in done.out


def test_ctrl_c_reports_how_far_it_came(outage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    behind = Construction.behind

    def pressing(self: Construction, node: Any, event: Any) -> Any:
        if event.record.number == 6:
            signal.raise_signal(signal.SIGINT)
        return behind(self, node, event)

    monkeypatch.setattr(Construction, "behind", pressing)
    done = dnsrace("conform", outage)
    assert done.code == 3
    assert "it was interrupted. Of 14 events the first 6 are possible" in " ".join(done.out.split())


def test_what_a_model_prints_is_not_in_the_json(here: Path) -> None:
    write_model(here, DOOR.replace("def push(s):", "def push(s):\n            print('hello')"), "d")
    log = written(Path("a.jsonl"), {"model": "./d.py"}, [{"step": "push"}])
    done = dnsrace("conform", log, "--json", "-")
    assert json.loads(done.out)["answer"] == "explained"
    assert "hello" in done.err
