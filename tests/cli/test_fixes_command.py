"""`dnsrace fixes`: what it finds, how it is stopped and continued, and how it ends."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from cli.running import dnsrace
from jsonschema import Draft202012Validator
from support import write_model

from dnsrace.check import check
from dnsrace.engines.request import Limits, Request
from dnsrace.fixes import study
from dnsrace.loader import load
from dnsrace.model.plan import plan
from dnsrace.reports import fixes_machine
from dnsrace.reports.fixes_machine import study_data

SCHEMA = json.loads(Path(fixes_machine.__file__).with_name("fixes.schema.json").read_text())


def data_of(*args: str, code: int = 0) -> dict[str, Any]:
    """The JSON of a run, against its schema."""
    done = dnsrace("fixes", *args, "--json", "-")
    assert done.code == code, done.err
    data: dict[str, Any] = json.loads(done.out)
    Draft202012Validator(SCHEMA).validate(data)
    assert data["exit_code"] == code
    return data


def answers(data: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [p for p in data["properties"] if p["property"] == name]
    return dict(found)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that is stopped in one test is not continued by another."""
    path = tmp_path / "cache"
    monkeypatch.setenv("DNSRACE_CACHE", str(path))
    return path


# -- what it finds


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == fixes_machine.SCHEMA_VERSION


def test_two_guards_that_undo_each_other() -> None:
    """With two endpoints, taking the newest plan after a held lock reopens the outage that looking
    again had closed."""
    data = data_of("--enactors", "2", "--plans", "4", "--endpoints", "2")
    found = answers(data, "no_empty_answer")
    assert [e["changes"] for e in found["enough"]] == [
        {"freshness": "in_batch"}, {"cleaner": "transactional"},
    ]  # fmt: skip
    [conflict] = found["conflicts"]
    assert conflict["changes"] == {"freshness": "in_batch", "retry": "newest"}
    assert conflict["holds_with"] == [{"freshness": "in_batch"}]
    [violation] = conflict["violations"]
    assert violation["length"] == 24
    replayed = dnsrace("replay", violation["trace"])
    assert replayed.code == 0
    assert "Violated at the end: no_empty_answer" in replayed.out


def test_with_one_endpoint_they_do_not() -> None:
    assert answers(data_of("--enactors", "2"), "no_empty_answer")["conflicts"] == []


def test_single_changes_have_the_verdicts_of_explore() -> None:
    model = load("dynamodb_dns")
    decisions, planned = plan(model, {})
    found = study(model, {"enactors": 2}, (decisions, planned), Request())
    for changes in (c for c in planned if len(c) == 1):
        values = {"enactors": 2, changes[0].name: changes[0].text}
        done = check(model, values, Request(keep_going=True)).exploration
        mine = found.results[changes]
        assert mine.numbers["distinct_states"] == done.statistics.distinct_states
        assert mine.numbers["transitions"] == done.statistics.transitions
        for a, b in zip(mine.findings, done.findings, strict=True):
            assert (a.name, a.verdict, a.reach) == (b.name, b.verdict, b.reach)
            assert (a.trace and a.trace.text) == (b.trace and b.trace.text)


def test_every_trace_that_is_shown_can_be_replayed() -> None:
    done = dnsrace("fixes", "--enactors", "2", "--vary", "freshness,cleaner")
    commands = [line.strip() for line in done.out.splitlines() if "dnsrace replay '" in line]
    assert len(commands) >= 5
    for command in commands:
        assert dnsrace(*shlex.split(command)[1:]).code == 0


def test_decisions_with_a_value_stay_as_they_are() -> None:
    data = data_of("--enactors", "2", "--cleaner", "checked")
    assert [d["name"] for d in data["decisions"]] == ["freshness", "rollback", "retry"]
    assert data["parameters"]["cleaner"] == "checked"
    assert answers(data, "rollback_ready")["enough"] == [
        {"changes": {"freshness": "in_batch"}, "smallest": True}
    ]


LOCKS = """
    @model(decisions=("fenced", "checked", "eager"))
    def locks(fenced: bool = False, checked: bool = False, eager: bool = False):
        '''Needs two guards together.'''
        class N(Range, low=0, high=3): ...
        class S(State):
            n = var(N, start=0)
            {more}
        @step
        def go(s):
            require(s.n < {top})
            s.n += 1
        @always
        def low(s):
            return s.n < 3
        @sometimes
        def used(s):
            return s.n > 0
"""


def locks(directory: Path, top: str, more: str = "") -> str:
    return str(write_model(directory, LOCKS.format(top=top, more=more or "pass"), "locks"))


def test_no_combination_helps(tmp_path: Path) -> None:
    done = dnsrace("fixes", locks(tmp_path, "3"))
    assert done.code == 1
    assert "holds with           no combination" in done.out
    assert done.out.rstrip().endswith("With no combination does everything hold that was checked.")


def test_two_changes_together_are_enough(tmp_path: Path) -> None:
    data = data_of(locks(tmp_path, "(2 if fenced and checked else 3)"))
    assert [e["changes"] for e in data["together"]["enough"]] == [
        {"fenced": "true", "checked": "true"}
    ]
    assert len(data["together"]["not_enough"]) == 3


def test_a_state_that_is_never_reached_has_no_trace(tmp_path: Path) -> None:
    data = data_of(locks(tmp_path, "(0 if eager else 2)"))
    [conflict] = answers(data, "used")["conflicts"]
    assert conflict["violations"] == [{"property": "used", "length": None, "trace": None}]
    out = dnsrace("fixes", str(tmp_path / "locks.py")).out
    assert re.search(r"undone by +eager=true +complete, and never reached; holds as deployed", out)


def test_forms_with_other_variables_are_searched_apart(tmp_path: Path) -> None:
    more = "extra = var(bool, per=N if eager else (), start=False)"
    path = locks(tmp_path, "(2 if fenced else 3)", more)
    data = data_of(path)
    assert data["lifted_forms"] == 2
    assert [e["changes"] for e in answers(data, "low")["enough"]] == [{"fenced": "true"}]
    assert "compiled per combination" in " ".join(dnsrace("fixes", path).out.split())


# -- stopped, and continued


ARGS = ("--enactors", "2", "--vary", "freshness,cleaner")


def test_a_run_that_was_stopped_is_continued(own_cache: Path) -> None:
    model, request = load("dynamodb_dns"), Request(interrupted=after(200))
    decided = plan(model, {}, vary=["freshness,cleaner"])
    found = study(model, {"enactors": 2}, decided, request)
    first = len([r for r in found.results.values() if r.complete])
    assert 0 < first < 6
    assert found.stopped == "it was interrupted"
    assert found.exit_code == 3
    [_] = own_cache.glob("fixes_*.jsonl")
    done = dnsrace("fixes", *ARGS)
    assert done.code == 0
    assert f"{first} of them by an earlier run" in done.out
    assert not list(own_cache.glob("fixes_*.jsonl"))
    again = dnsrace("fixes", *ARGS)
    assert "earlier" not in again.out


def after(calls: int) -> Any:
    """Asks to be interrupted after so many questions."""
    left = iter(range(calls))
    return lambda: next(left, None) is None


def test_fresh_starts_anew() -> None:
    found = stopped()
    assert found.exit_code == 3
    done = dnsrace("fixes", *ARGS, "--fresh")
    assert done.code == 0
    assert "earlier" not in done.out


def stopped() -> Any:
    model = load("dynamodb_dns")
    decided = plan(model, {}, vary=["freshness,cleaner"])
    return study(model, {"enactors": 2}, decided, Request(interrupted=after(200)))


def test_other_questions_do_not_share_their_results() -> None:
    stopped()
    done = dnsrace("fixes", *ARGS, "--no-symmetry")
    assert "earlier" not in done.out
    assert "1,481" in done.out


def test_a_damaged_file_is_survived(own_cache: Path) -> None:
    stopped()
    [path] = own_cache.glob("fixes_*.jsonl")
    path.write_text("nonsense\n" + path.read_text())
    done = dnsrace("fixes", *ARGS)
    assert done.code == 0
    assert "line 1, is damaged" in done.err
    assert "by an earlier run" in done.out


def test_a_file_of_ones_own_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    assert dnsrace("fixes", *ARGS, "--resume", str(path)).code == 0
    assert len(path.read_text().splitlines()) == 6
    more = dnsrace("fixes", "--enactors", "2", "--resume", str(path))
    assert "6 of them by an earlier run" in " ".join(more.out.split())
    assert len(path.read_text().splitlines()) == 24


def test_no_time_is_an_empty_table() -> None:
    data = data_of("--enactors", "2", "--timeout", "0", code=3)
    assert not any(c["searched"] and c["complete"] for c in data["combinations"])
    assert data["stopped"] == "the time limit of 0 s was reached"
    assert not data["complete"]


@pytest.mark.parametrize("limit", [["--max-states", "600"], ["--max-memory", "40K"]])
def test_what_was_not_finished_is_not_called_good(limit: list[str]) -> None:
    data = data_of("--enactors", "2", "--vary", "freshness,cleaner", *limit, code=3)
    found = answers(data, "no_empty_answer")
    assert {"cleaner": "transactional"} not in [e["changes"] for e in found["enough"]]
    [deployed] = [c for c in data["combinations"] if c["changes"] == {}]
    assert not deployed["complete"]
    assert deployed["stopped"]
    done = dnsrace("fixes", "--enactors", "2", "--vary", "freshness,cleaner", *limit)
    assert "searched to the end (the " in " ".join(done.out.split())


def test_what_needs_more_than_the_search_is_looked_at_again() -> None:
    """All states are known, but not what fairness asks, which needs them without symmetry."""
    data = data_of(*ARGS, "--max-states", "1300", code=3)
    [one] = [c for c in data["combinations"] if c["changes"] == {"cleaner": "transactional"}]
    verdicts = {f["property"]: f["verdict"] for f in one["findings"]}
    assert one["complete"]
    assert (verdicts["no_empty_answer"], verdicts["converges"]) == ("holds", "unknown")
    again = data_of(*ARGS)
    earlier = {tuple(c["changes"].items()): c["earlier_run"] for c in again["combinations"]}
    assert not earlier[(("cleaner", "transactional"),)]
    assert earlier[(("freshness", "in_batch"),)]


def test_unfinished_searches_are_searched_again() -> None:
    asked = (*ARGS, "--property", "rollback_ready")
    dnsrace("fixes", *asked, "--max-states", "600")
    done = dnsrace("fixes", *asked)
    assert done.code == 0
    assert "2 of them by an earlier run" in done.out


# -- outputs


def test_a_study_as_markdown(golden: Any) -> None:
    golden("fixes_markdown", dnsrace("fixes", *ARGS, "--markdown", "-").out)


def test_json_and_markdown_to_files(tmp_path: Path) -> None:
    json_path, markdown_path = tmp_path / "a.json", tmp_path / "a.md"
    done = dnsrace("fixes", *ARGS, "--json", str(json_path), "--markdown", str(markdown_path))
    assert "no_empty_answer" in done.out
    Draft202012Validator(SCHEMA).validate(json.loads(json_path.read_text()))
    assert markdown_path.read_text().startswith("# Fixes of dynamodb_dns\n")


def test_a_partial_study_in_json_is_valid() -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(study_data(stopped()))))
    model = load("dynamodb_dns")
    nothing = study(model, {}, plan(model, {}), Request(limits=Limits(seconds=0.0)))
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(study_data(nothing))))


# -- mistakes


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["two_phase_commit"], "two_phase_commit declares no design decisions"),
        (["--vary", "plans"], "plans is a number, not a decision"),
        (["--vary", "retry", "--retry", "same"], "retry is given a value and varied"),
        (["--property", "nothing"], "dynamodb_dns has no property nothing"),
        (["--json", "-", "--markdown", "-"], "cannot both be standard output"),
        (["--resume", "."], "'.' cannot be written"),
        (["--engine", "fast"], "'fast' is not one"),
    ],
)
def test_mistakes_are_answered(args: list[str], says: str) -> None:
    done = dnsrace("fixes", *args)
    assert done.code == 2
    assert says in done.err
    assert "cure: " in done.err
    assert done.out == ""


def test_an_error_says_with_which_combination_it_came(tmp_path: Path) -> None:
    done = dnsrace("fixes", locks(tmp_path, "(5 if eager else 3)"))
    assert done.code == 2
    assert "(with eager=true)" in done.err
