"""The commands as Python functions, and how their results show themselves."""

from __future__ import annotations

import html
import linecache
import re
from pathlib import Path
from typing import Any

import pytest
from cli.running import dnsrace, timeless

from dnsrace.api import explore, fixes, graph, replay
from dnsrace.errors import TraceError, UsageError
from dnsrace.loader import load

SCRIPTED = '''
from dnsrace.model import State, always, model, say, step, var

@model
def lamp() -> None:
    """A lamp <script>alert(1)</script>."""

    class Room(State):
        on = var(bool, start=False)

    @step
    def switch(s: Room) -> None:
        say("<script>alert(2)</script> & more")
        s.on = not s.on

    @always
    def dark(s: Room) -> bool:
        return not s.on
'''


@pytest.fixture
def lamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lamp.py"
    path.write_text(SCRIPTED)
    return path


def cells(shown: str) -> list[str]:
    return [html.unescape(text) for text in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", shown)]


def test_explore_says_and_prints_what_the_command_does() -> None:
    result = explore(enactors=2)
    done = dnsrace("explore", "--enactors", "2")
    assert timeless(str(result)) == timeless(done.out.rstrip())
    assert result.verdicts["no_empty_answer"] == "violated"
    assert result.findings["no_empty_answer"].length == 14
    assert not result.complete
    assert result.trace is not None
    assert result.trace.text in done.out
    assert [*result.traces] == ["no_empty_answer", "rollback_ready", "no_regression"]


def test_the_fix_holds_and_has_no_trace() -> None:
    result = explore("dynamodb_dns", fixed=True, enactors=2, properties="no_empty_answer")
    assert result.verdicts == {"no_empty_answer": "holds"}
    assert result.complete
    assert result.trace is None
    assert result.states > 100


def test_limits_end_a_search_unfinished() -> None:
    result = explore(fixed=True, states=10)
    assert not result.complete
    assert set(result.verdicts.values()) <= {"holds within bounds", "unknown", "holds"}


def test_a_model_itself_and_its_path_are_models(lamp: Path) -> None:
    by_path = explore(lamp)
    assert by_path.trace is not None
    assert by_path.trace.steps == ["switch"]
    assert replay(by_path.trace.text).steps == ["switch"]
    assert explore(load("peterson")).complete


def test_a_model_without_a_file_can_be_replayed_too(lamp: Path) -> None:
    """As in a notebook: its text is known to Python alone."""
    names: dict[str, Any] = {}
    linecache.cache["<cell 1>"] = (len(SCRIPTED), None, SCRIPTED.splitlines(True), "<cell 1>")
    exec(compile(SCRIPTED, "<cell 1>", "exec"), names)
    trace = explore(names["lamp"]).trace
    assert trace is not None
    assert trace.text == "lamp(): switch"
    assert "see it again:  dnsrace.api.replay('lamp(): switch', lamp)" in str(trace)
    assert replay(trace.text, names["lamp"]).steps == ["switch"]


def test_a_trace_shows_a_row_for_each_step() -> None:
    trace = explore(enactors=2).trace
    assert trace is not None
    shown = trace._repr_html_()
    assert shown.count("<tr>") == 1 + 1 + 14
    assert "deletes tree 2 (old for plan 4)" in cells(shown)
    assert "When it was too late." in shown
    assert "ANSWER: 0" in shown
    assert str(replay(trace.text)).count("\n") >= 14


def test_a_report_shows_every_verdict() -> None:
    result = explore(enactors=2)
    assert {*result.verdicts} <= {*cells(result._repr_html_())}


def test_a_lasso_says_where_it_begins_again() -> None:
    trace = explore(enactors=2, properties="converges").traces["converges"]
    assert "is repeated for ever" in trace._repr_html_()


def test_a_model_cannot_put_a_script_into_a_page(lamp: Path) -> None:
    result = explore(lamp)
    assert result.trace is not None
    for shown in (result._repr_html_(), result.trace._repr_html_()):
        assert "<script>" not in shown
        assert "<script>alert(2)</script> & more" in cells(shown)


def test_a_result_and_its_trace_are_pages_too() -> None:
    result = explore(enactors=2, plans=3, keep_going=True)
    assert result.trace is not None
    for page in (result.page(), result.trace.page()):
        assert page.startswith("<!DOCTYPE html>")
        assert result.trace.text in html.unescape(page)


def test_fixes_have_a_row_for_each_combination() -> None:
    found = fixes(enactors=2, vary=["freshness", "cleaner"])
    assert len(found.rows) == 6
    assert found.rows[0]["changes"] == "as deployed"
    assert found.rows[0]["no_empty_answer"] == "violated"
    by_changes = {row["changes"]: row for row in found.rows}
    assert by_changes["freshness=in_batch"]["no_empty_answer"] == "holds"
    assert found._repr_html_().count("<tr>") == 1 + 6
    assert "freshness" in str(found)


def test_a_graph_is_a_picture_and_a_graph_of_networkx() -> None:
    drawn = graph(enactors=2, plans=3)
    made = drawn.networkx()
    assert made.number_of_nodes() == len(drawn.graph.nodes)
    assert made.number_of_edges() == len(drawn.graph.edges)
    assert drawn._repr_svg_().startswith("<svg")
    around = graph(around="dynamodb_dns(enactors=2): publish pick_up(0)", radius=0)
    assert len(around.graph.nodes) == 3


def test_wrong_arguments_are_refused_with_a_cure() -> None:
    with pytest.raises(UsageError, match="no model dynamo"):
        explore("dynamo")
    with pytest.raises(UsageError, match="cure"):
        explore(enactrs=3)
    with pytest.raises(UsageError, match="no property nonsense"):
        explore(properties="nonsense")
    with pytest.raises(TraceError):
        replay("dynamodb_dns(): flip(0)")
    with pytest.raises(UsageError, match="too many to look at"):
        graph(enactors=3)
