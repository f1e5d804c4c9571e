"""What programs read: exit codes, JSON, traces, and output without colours or without a reader."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import itf_py
import pytest
from cli.running import dnsrace, timeless
from support import write_model

from dnsrace import __version__
from dnsrace.errors import InternalError
from dnsrace.findings import replay


def child(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as another process."""
    return subprocess.run(
        [sys.executable, "-m", "dnsrace", *args],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


# -- exit codes


@pytest.mark.parametrize(
    ("code", "args"),
    [
        (0, ["explore", "--enactors", "2", "--fixed"]),
        (0, ["explore", "--enactors", "2", "--plans", "3", "-p", "no_empty_answer"]),
        (0, ["explore", "two_phase_commit"]),
        (0, ["models"]),
        (0, ["show"]),
        (0, ["replay", "peterson(): wake(0)"]),
        (1, ["explore", "--enactors", "2"]),
        (1, ["explore", "--enactors", "2", "--max-depth", "14"]),
        (1, ["explore", "--enactors", "2", "--keep-going", "--max-depth", "9"]),
        (2, ["explore", "no_such_model"]),
        (2, ["explore", "--no-such-option"]),
        (2, ["explore", "--enactors", "none"]),
        (2, ["replay", "peterson(): get_in(0)"]),
        (2, ["no-such-command"]),
        (0, []),
        (3, ["explore", "-p", "no_empty_answer", "--max-depth", "13"]),
        (3, ["explore", "--fixed", "--max-states", "100"]),
        (3, ["explore", "--fixed", "--timeout", "0"]),
        (3, ["explore", "--fixed", "--max-memory", "4K"]),
        (1, ["explore", "-p", "converges"]),
        (3, ["explore", "-p", "converges", "--max-depth", "5"]),
        (3, ["explore", "-p", "newest_plan_live", "--max-depth", "3"]),
    ],
)
def test_exit_codes(code: int, args: list[str]) -> None:
    assert dnsrace(*args).code == code


def test_a_bug_of_ours_is_70_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise InternalError("two parts disagree")

    monkeypatch.setattr(replay, "replay", broken)
    done = dnsrace("replay", "peterson(): wake(0)", may_fail_inside=True)
    assert done.code == 70
    assert done.err.startswith("internal error: two parts disagree\n")
    assert "bug in dnsrace" in done.err


def test_without_memory_it_is_unfinished(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(replay, "replay", broken)
    done = dnsrace("replay", "peterson(): wake(0)")
    assert done.code == 3
    assert done.err.startswith("error: out of memory\n  cure: ")


# -- --json


def test_json_on_standard_output_is_all_there_is() -> None:
    done = dnsrace("explore", "--enactors", "2", "--json", "-")
    data = json.loads(done.out)
    assert done.err == ""
    assert done.code == data["exit_code"] == 1
    assert data["distinct_states"] > 100


def test_json_in_a_file_comes_with_the_report(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    done = dnsrace("explore", "two_phase_commit", "--json", str(path))
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["complete"] is True
    assert f"{data['distinct_states']:,} distinct states" in done.out


@pytest.mark.parametrize("option", ["--json", "--trace"])
@pytest.mark.parametrize("place", ["missing/result.json", "."])
def test_a_file_that_cannot_be_written(tmp_path: Path, option: str, place: str) -> None:
    path = tmp_path / place
    done = dnsrace("explore", "peterson", "--entry", "flag_only", option, str(path))
    assert done.code == 2
    assert done.out == ""  # it is known before the search
    assert done.err.startswith(f"error: {option}: {str(path)!r} cannot be written\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_the_report_is_not_lost_when_a_file_cannot_be_written(tmp_path: Path) -> None:
    """A search may have taken an hour, and the disk be full by then."""
    full = tmp_path / "result.json"
    full.symlink_to("/dev/full")
    done = dnsrace("explore", "peterson", "--entry", "flag_only", "--json", str(full))
    assert done.code == 2
    assert done.err.startswith(f"error: {full} cannot be written: ")
    assert "VIOLATED mutual_exclusion" in done.out


# -- --trace


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The outage in three files."""
    directory = tmp_path_factory.mktemp("traces")
    paths = {form: directory / f"outage{form}" for form in (".txt", ".json", ".itf.json")}
    for path in paths.values():
        assert dnsrace("explore", "--enactors", "2", "--trace", str(path)).code == 1
    return paths


def test_a_trace_is_written_in_three_forms(traces: dict[str, Path]) -> None:
    text = traces[".txt"].read_text()
    assert text.startswith("dynamodb_dns(enactors=2): publish pick_up(0) ")
    assert text.endswith(" clean(1)\n")
    assert json.loads(traces[".json"].read_text())["text"] == text.strip()
    theirs = itf_py.trace_from_json(json.loads(traces[".itf.json"].read_text()))
    assert len(theirs.states) == 15


@pytest.mark.parametrize("form", [".txt", ".json", ".itf.json"])
def test_each_form_is_replayed_from_a_file_an_argument_and_standard_input(
    traces: dict[str, Path], form: str
) -> None:
    text = traces[form].read_text()
    ways = [
        dnsrace("replay", str(traces[form])),
        dnsrace("replay", text),
        dnsrace("replay", "-", input=text),
    ]
    assert len({done.out for done in ways}) == 1
    assert "14 steps: a behaviour of the model." in ways[0].out
    assert "Violated at the end: no_empty_answer" in ways[0].out
    assert {done.code for done in ways} == {0}


def test_replay_writes_each_form(traces: dict[str, Path], tmp_path: Path) -> None:
    for form, option in ((".json", "--json"), (".itf.json", "--itf")):
        path = tmp_path / f"again{form}"
        dnsrace("replay", str(traces[".txt"]), option, str(path))
        assert path.read_text() == traces[form].read_text()
        assert dnsrace("replay", str(traces[".txt"]), option, "-").out == path.read_text()


def test_a_finding_of_the_json_output_is_replayed(tmp_path: Path) -> None:
    data = json.loads(dnsrace("explore", "--enactors", "2", "--json", "-").out)
    path = tmp_path / "finding.json"
    path.write_text(json.dumps(data["findings"][0]))
    assert "14 steps: a behaviour of the model." in dnsrace("replay", str(path)).out


def test_without_a_violation_there_is_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "none.txt"
    done = dnsrace("explore", "peterson", "--trace", str(path))
    assert done.code == 0
    assert done.err.startswith("warning: ")
    assert "no trace" in done.err
    assert not path.exists()
    assert "42 distinct states" in done.out


def test_a_trace_on_standard_output_is_all_there_is() -> None:
    done = dnsrace("explore", "peterson", "--entry", "flag_only", "--trace", "-")
    assert done.code == 1
    assert done.out.startswith("peterson(entry=flag_only): wake(")
    assert done.out.count("\n") == 1


def test_the_command_at_the_end_of_a_report_can_be_pasted() -> None:
    out = dnsrace("explore", "--enactors", "2").out
    command = out.split("See it again\n")[1].split("\n\n")[0]
    program, *args = shlex.split(command)
    assert program == "dnsrace"
    done = dnsrace(*args)
    assert done.code == 0
    assert "14 steps: a behaviour of the model." in done.out


def test_it_can_be_pasted_wherever_the_model_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "it's mine"
    directory.mkdir()
    monkeypatch.chdir(directory)
    dnsrace("new", "tickets.py")
    out = dnsrace("explore", str(directory / "tickets.py")).out
    command = out.split("See it again\n")[1].split("\n\n")[0]
    done = dnsrace(*shlex.split(command)[1:])
    assert "4 steps: a behaviour of the model." in done.out


# -- as a program among others


def test_version() -> None:
    done = dnsrace("--version")
    assert (done.code, done.out, done.err) == (0, f"dnsrace {__version__}\n", "")


def test_as_a_module_it_is_the_same_program() -> None:
    done = child("explore", "peterson", "--json", "-", COLUMNS="100")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    mine = json.loads(dnsrace("explore", "peterson", "--json", "-").out)
    theirs = json.loads(done.stdout)
    for name in ("seconds", "states_per_second"):
        del mine[name], theirs[name]
    assert theirs == mine


def test_what_a_model_prints_is_not_in_the_json(tmp_path: Path) -> None:
    path = write_model(
        tmp_path,
        """
        print("imported")
        @model
        def lamp():
            class S(State):
                on = var(bool, start=False)
            @step
            def switch(s):
                print("lifted")
                s.on = not s.on
        """,
    )
    done = dnsrace("explore", str(path), "--json", "-")
    assert json.loads(done.out)["distinct_states"] == 2
    assert {"imported", "lifted"} <= set(done.err.split())


def test_colours_only_where_they_are_wanted() -> None:
    coloured = child("explore", "peterson", FORCE_COLOR="1")
    refused = child("explore", "peterson", FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b[1;32m" in coloured.stdout
    assert "\x1b[1;32m" not in refused.stdout
    assert "COMPLETE" in refused.stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_output_without_our_characters_is_no_error(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dnsrace", "explore", "peterson", "--entry", "flag_only"],
        env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, timeout=60,
    )  # fmt: skip
    errors = done.stderr.decode(encoding)
    assert errors == ""
    assert done.returncode == 1
    shown = done.stdout.decode(encoding)
    assert "x  mutual_exclusion" in shown
    assert "+  compete" in shown


UMLAUTS = """
    @model
    def größe():
        class S(State):
            on = var(bool, start=False)
        @step
        def switch(s):
            require(not s.on)
            s.on = True
            say("wächst → ✓")
        @always
        def klein(s):
            return not s.on
"""


def test_files_are_written_and_read_in_utf_8_whatever_the_locale_is(tmp_path: Path) -> None:
    model = write_model(tmp_path, UMLAUTS)
    result, trace = tmp_path / "result.json", tmp_path / "trace.txt"
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    asked = ["explore", str(model)]
    done = child(*asked, "--json", str(result), "--trace", str(trace), **poor)
    assert (done.returncode, done.stderr) == (1, "")
    data = json.loads(result.read_text(encoding="utf-8"))
    assert data["findings"][0]["explanation"]["sentences"] == ["wächst → ✓"]
    assert child("replay", str(trace), **poor).returncode == 0
    assert child("replay", str(trace)).returncode == 0
    printed = json.loads(child(*asked, "--json", "-", **poor).stdout)
    assert printed["findings"] == data["findings"]


@pytest.mark.parametrize("args", [["explore", "peterson"], ["explore", "--nonsense"]])
def test_a_terminal_that_does_not_know_its_width_shows_all(args: list[str]) -> None:
    unknown, usual = child(*args, COLUMNS="0"), child(*args, COLUMNS="80")
    # where a line with a time in it is broken depends on the time
    assert timeless(unknown.stdout).split() == timeless(usual.stdout).split()
    assert unknown.stderr == usual.stderr
    assert unknown.stdout + unknown.stderr


@pytest.mark.parametrize("width", [20, 200])
def test_any_width_of_the_terminal_will_do(width: int) -> None:
    done = child("explore", "peterson", "--entry", "turn_first", COLUMNS=str(width))
    assert (done.returncode, done.stderr) == (1, "")
    lines = [line for line in done.stdout.splitlines() if "dnsrace replay" not in line]
    assert max(map(len, lines)) <= width
