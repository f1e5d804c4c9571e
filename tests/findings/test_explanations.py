"""A trace in words, and the last moment at which it could have gone well."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from support import lift_text

from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.findings.explain import Explanation, WayOut, explain
from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.loader import load
from dnsrace.model.system import System

OUTAGE = (
    "dynamodb_dns(): publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) flip(1) "
    "release(1) acquire(0) build(0) flip(0) clean(1) clean(1)"
)


def explained(system: System, name: str) -> Explanation:
    """The explanation of the shortest violation of a property."""
    result = explore(system, Request(names=(name,), engine="python", keep_going=True))
    [finding] = result.findings
    assert finding.trace is not None
    return explain(finding.trace, system.find_property(name))


# -- the outage


@pytest.fixture(scope="module")
def outage() -> Explanation:
    system = load("dynamodb_dns").lift()
    return explain(replay(system, read(OUTAGE)), system.find_property("no_empty_answer"))


def test_this_is_the_trace_that_the_search_shows(outage: Explanation) -> None:
    assert explained(load("dynamodb_dns").lift(), "no_empty_answer").trace.text == OUTAGE
    assert outage.trace.text == OUTAGE


def test_there_is_a_row_for_each_step_and_one_for_the_start(outage: Explanation) -> None:
    assert [row.number for row in outage.rows] == list(range(15))
    assert (outage.rows[0].actor, outage.rows[0].text) == ("", "")
    assert [row.actor for row in outage.rows[1:6]] == [
        "planner", "enactor 0", "planner", "planner", "enactor 1",
    ]  # fmt: skip


def test_the_sentences_are_the_models_with_the_values_of_the_moment(outage: Explanation) -> None:
    said = [row.text for row in outage.rows]
    assert said[1] == "makes plan 2"
    assert said[6] == "locks zone 0"
    assert said[8].endswith("its one check was 3 steps ago")
    assert said[12] == "installs plan 2 over plan 4: its one check was 10 steps ago"


def test_only_who_acts_is_there_in_the_order_of_declaration(outage: Explanation) -> None:
    assert outage.actors == ("planner", "enactor 0", "enactor 1")


def test_the_columns_show_what_changed(outage: Explanation) -> None:
    assert outage.columns == ("zone 0",)
    changes = {row.number: row.shown["zone 0"] for row in outage.rows if row.shown}
    assert list(changes) == [0, 8, 12, 14]
    assert changes[14].startswith(changes[12])
    assert changes[14].endswith("GONE")


def test_the_outcome_is_what_the_world_sees(outage: Explanation) -> None:
    assert outage.outcome.splitlines() == [
        "$ dig +noall +comments +answer endpoint-0.dynamodb.us-east-1.example",
        ";; status: NOERROR, ANSWER: 0",
        ";; the alias points at plan-2, which has no records",
    ]


def test_the_way_out_of_the_outage(outage: Explanation) -> None:
    assert outage.way_out == WayOut(after=13, instead="release(0)", ends=True)


def test_without_a_property_there_is_no_outcome_and_no_way_out(outage: Explanation) -> None:
    plain = explain(outage.trace)
    assert (plain.outcome, plain.way_out) == ("", None)
    assert plain.rows == outage.rows


def test_the_same_words_with_every_renaming() -> None:
    """Who is called what does not matter to what happens."""
    system = load("dynamodb_dns").lift()
    swapped = OUTAGE.replace("(0)", "(x)").replace("(1)", "(0)").replace("(x)", "(2)")
    swapped = swapped.replace("dynamodb_dns(2)", "dynamodb_dns()")
    what = explain(replay(system, read(swapped)), system.find_property("no_empty_answer"))
    assert what.actors == ("planner", "enactor 0", "enactor 2")
    assert what.rows[12].text.endswith("its one check was 10 steps ago")


# -- how long ago


def test_ago_counts_the_steps_since_the_last_time(tmp_path: Path) -> None:
    system = lift_text(
        tmp_path,
        """
        @model
        def bell():
            class Who(Range, low=0, high=1): ...
            class S(State):
                on = var(bool, start=False)
            @step
            def ring(s, w: Who):
                s.on = not s.on
                say(f"rings, {ago(ring, w)} steps after the last time")
            @step
            def listen(s):
                s.on = False
                say(f"hears 0 from {ago(ring, 0)} and 1 from {ago(ring, 1)} steps ago")
        """,
    )
    text = f"{system.model.reference}(): listen ring(0) listen ring(1) ring(0) listen"
    said = [row.text for row in explain(replay(system, read(text))).rows[1:]]
    assert said == [
        "hears 0 from never taken, 0 and 1 from never taken, 0 steps ago",
        "rings, never taken, 0 steps after the last time",
        "hears 0 from 1 and 1 from never taken, 0 steps ago",
        "rings, never taken, 0 steps after the last time",
        "rings, 3 steps after the last time",
        "hears 0 from 1 and 1 from 2 steps ago",
    ]


# -- a model without any wording


BARE = """
    @model
    def bare():
        class Color(enum.Enum):
            RED, BLUE = range(2)
        class Spot(Range, low=1, high=2): ...
        class S(State):
            light = var(Color, start=Color.RED)
            on = var(bool, per=(Color, Spot), start=False)
        @step
        def toggle(s, c: Color, i: Spot):
            s.on[c, i] = not s.on[c, i]
            s.light = c
        @step
        def wait(s):
            require(s.light == Color.BLUE)
            s.light = Color.BLUE
        @always
        def dark(s):
            return not (s.on[Color.BLUE, 2] and s.light == Color.BLUE)
"""


def test_without_wording_a_step_says_what_it_changes(tmp_path: Path) -> None:
    system = lift_text(tmp_path, BARE)
    text = f"{system.model.reference}(): toggle(red, 1) toggle(blue, 2) wait"
    what = explain(replay(system, read(text)))
    assert [row.text for row in what.rows] == [
        "",
        "toggle(red, 1): on[red,1]: false -> true",
        "toggle(blue, 2): light: red -> blue, on[blue,2]: false -> true",
        "wait: nothing changes",
    ]
    assert what.actors == ("color red", "color blue", "system")
    assert what.columns == ()
    assert all(row.shown == {} for row in what.rows)


def test_without_an_outcome_the_way_out_is_told_all_the_same(tmp_path: Path) -> None:
    what = explained(lift_text(tmp_path, BARE), "dark")
    assert what.outcome == ""
    assert what.way_out is not None
    assert (what.way_out.after, what.way_out.ends) == (0, False)


def test_a_violation_at_the_start_has_no_way_out(tmp_path: Path) -> None:
    system = lift_text(tmp_path, BARE.replace("start=Color.RED", "start=Color.BLUE").replace(
        "start=False", "start=True"))  # fmt: skip
    what = explained(system, "dark")
    assert what.trace.steps == ()
    assert what.way_out is None
    assert len(what.rows) == 1


def test_an_explanation_is_a_value() -> None:
    """Reports may keep it: nothing in it changes."""
    assert dataclasses.fields(Explanation)
    what = explain(replay(load("peterson").lift(), read("peterson(): wake(0)")))
    with pytest.raises(dataclasses.FrozenInstanceError):
        what.outcome = "x"  # type: ignore[misc]
