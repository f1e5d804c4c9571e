"""The file of results: what it gives back, and what it does not believe."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.findings.ledger import Ledger
from dnsrace.findings.study import Result
from dnsrace.loader import load
from dnsrace.model.decisions import Change, Changes
from dnsrace.model.system import System

CHANGES: Changes = (Change("entry", "turn_first"),)


@pytest.fixture(scope="module")
def form() -> System:
    return load("peterson").lift(entry="turn_first")


@pytest.fixture(scope="module")
def result(form: System) -> Result:
    done = explore(form, Request(engine="python", keep_going=True))
    return Result(CHANGES, tuple(done.findings), {"distinct_states": 72}, True)


@pytest.fixture
def path(tmp_path: Path, result: Result) -> Path:
    """A file with one result."""
    path = tmp_path / "results.jsonl"
    Ledger(path).add("key", result)
    return path


def change(path: Path, **new: Any) -> None:
    """Change a finding in the file."""
    entry = json.loads(path.read_text())
    entry["result"]["findings"][0] |= new
    path.write_text(json.dumps(entry) + "\n")


def test_a_result_comes_back_as_it_was(path: Path, form: System, result: Result) -> None:
    found = Ledger(path).find("key", CHANGES, form)
    assert found is not None
    assert found.earlier
    assert not result.earlier
    assert (found.changes, found.numbers, found.complete) == (CHANGES, result.numbers, True)
    for mine, theirs in zip(found.findings, result.findings, strict=True):
        assert (mine.name, mine.kind, mine.verdict, mine.reach, mine.looked, mine.shortest) == (
            theirs.name, theirs.kind, theirs.verdict, theirs.reach, theirs.looked, theirs.shortest,
        )  # fmt: skip
        assert (mine.trace and mine.trace.text) == (theirs.trace and theirs.trace.text)


def test_another_key_is_another_result(path: Path, form: System) -> None:
    assert Ledger(path).find("other", CHANGES, form) is None


def test_the_last_line_counts(path: Path, form: System, result: Result) -> None:
    Ledger(path).add("key", Result(CHANGES, result.findings, {"distinct_states": 1}, True))
    found = Ledger(path).find("key", CHANGES, form)
    assert found is not None
    assert found.numbers == {"distinct_states": 1}


def test_a_fresh_one_forgets(path: Path, form: System) -> None:
    assert Ledger(path, fresh=True).find("key", CHANGES, form) is None
    assert not path.exists()


# -- what is damaged


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "3", '{"key": "key"}', '{"key": "key", "result": 3}', "[" * 100_000]
)
def test_a_damaged_line_is_left_out_with_a_warning(path: Path, form: System, line: str) -> None:
    path.write_text(line + "\n" + path.read_text())
    with pytest.warns(UserWarning, match="line 1, is damaged"):
        ledger = Ledger(path)
    assert ledger.find("key", CHANGES, form) is not None


def test_a_line_that_was_cut_off_is_left_out(path: Path, form: System) -> None:
    path.write_text(path.read_text()[:-100])
    with pytest.warns(UserWarning, match="line 1, is damaged"):
        assert Ledger(path).find("key", CHANGES, form) is None


@pytest.mark.parametrize(
    "new",
    [
        {"verdict": "fine"},
        {"verdict": "holds within bounds"},
        {"verdict": None},
        {"reach": 3},
        {"name": "another_property"},
        {"trace": {}},
        {"trace": 3},
    ],
)
def test_a_finding_that_makes_no_sense_is_not_believed(
    path: Path, form: System, new: dict[str, Any]
) -> None:
    change(path, **new)
    with pytest.warns(UserWarning, match="line 1, is damaged"):
        assert Ledger(path).find("key", CHANGES, form) is None


def test_a_trace_that_is_no_behaviour_is_not_believed(path: Path, form: System) -> None:
    text = path.read_text()
    path.write_text(text.replace('"step": "get_in"', '"step": "raise_flag"', 1))
    assert path.read_text() != text
    with pytest.warns(UserWarning, match="line 1, is damaged"):
        assert Ledger(path).find("key", CHANGES, form) is None


def test_a_file_that_is_no_text_is_a_warning(path: Path, form: System) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.warns(UserWarning, match="cannot be read"):
        assert Ledger(path).find("key", CHANGES, form) is None


@pytest.mark.skipif(os.name != "posix", reason="folders are files in their own way there")
def test_a_file_that_cannot_be_written_is_one_warning(tmp_path: Path, result: Result) -> None:
    ledger = Ledger(tmp_path / "nowhere" / "results.jsonl")
    with pytest.warns(UserWarning, match="cannot be written"):
        ledger.add("key", result)
    with warnings.catch_warnings(record=True) as caught:
        ledger.add("key", result)
    assert caught == []


def test_a_folder_in_its_place_is_a_warning(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="cannot be deleted"):
        Ledger(tmp_path, fresh=True)
