"""A trace in words, and the last moment at which it could have gone well."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import lift_text

from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.findings import explain as explaining
from dnsrace.findings.explain import Explanation, WayOut, explain
from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.findings.trace import Trace
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import Property, State, System

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


# -- the way out, against a computation that looks at everything


Safe = Callable[[State, Taken], bool]


def safe_step(system: System, prop: Property) -> Safe:
    """Whether a step does not violate the property."""
    interpreter = Interpreter(system)
    if prop.kind == "every_step":
        return lambda state, taken: interpreter.holds(prop, state, taken.state)
    return lambda state, taken: interpreter.holds(prop, taken.state)


class Truth:
    """The reachable states from which some whole behaviour never violates a property."""

    def __init__(self, system: System, prop: Property) -> None:
        interpreter = Interpreter(system)
        safe = safe_step(system, prop)
        self.after: dict[State, list[Taken]] = {}
        waiting = list(interpreter.initial())
        while waiting:
            state = waiting.pop()
            if state not in self.after:
                self.after[state] = list(interpreter.successors(state))
                waiting += [taken.state for taken in self.after[state]]
        self.safe = {s: [t for t in ts if safe(s, t)] for s, ts in self.after.items()}
        self.ending = self._least({s for s, ts in self.after.items() if not ts})
        self.good = self._greatest()

    def _least(self, goal: set[State]) -> set[State]:
        """From where some safe behaviour reaches the goal."""
        found = set(goal)
        while True:
            more = {
                s for s in self.after if s not in found
                if any(t.state in found for t in self.safe[s])
            }  # fmt: skip
            if not more:
                return found
            found |= more

    def _greatest(self) -> set[State]:
        """From where some safe behaviour ends or never ends."""
        left = set(self.after)
        while True:
            lost = {
                s for s in left
                if self.after[s] and not any(t.state in left for t in self.safe[s])
            }  # fmt: skip
            if not lost:
                return left
            left -= lost


def assert_true(trace: Trace, prop: Property, way: WayOut | None, truth: Truth) -> None:
    """The way out is the last there is, and leads where it says."""
    possible = [i for i, s in enumerate(trace.states[:-1]) if s in truth.good]
    if way is None:
        assert possible == []
        return
    assert way.searched
    assert way.after == max(possible)
    state = trace.states[way.after]
    assert way.instead
    assert way.instead != trace.steps[way.after].text
    [instead] = [t for t in truth.safe[state] if t.text == way.instead]
    assert instead.state in truth.good
    if way.ends:
        assert instead.state in truth.ending
    else:
        forever = truth.good - {s for s, ts in truth.after.items() if not ts}
        assert instead.state in forever
    named = instead.step.actor_of(instead.choices)
    others = {
        t.step.actor_of(t.choices) for t in truth.safe[state] if t.state in truth.good
    }  # fmt: skip
    assert named in trace.actors or not others & set(trace.actors)


SMALL: list[tuple[str, dict[str, Any]]] = [
    ("dynamodb_dns", {"enactors": 2}),
    ("dynamodb_dns", {"enactors": 2, "cleaner": "checked"}),
    ("dynamodb_dns", {"enactors": 2, "lock_expiry": True, "rollback": "tolerant"}),
    ("dynamodb_dns", {"enactors": 2, "plans": 3, "preamble": False, "lock_expiry": True}),
    ("peterson", {"entry": "turn_first"}),
    ("peterson", {"entry": "flag_only"}),
]


@pytest.mark.parametrize(("model", "given"), SMALL)
def test_the_way_out_of_every_violation_is_the_last_there_is(
    model: str, given: dict[str, Any]
) -> None:
    system = load(model).lift(**given)
    result = explore(system, Request(engine="python", symmetry=False, keep_going=True))
    violated = [f for f in result.findings if f.verdict == "violated" and f.trace is not None]
    assert violated
    for finding in violated:
        prop = system.find_property(finding.name)
        assert prop is not None
        assert finding.trace is not None
        what = explain(finding.trace, prop)
        assert_true(finding.trace, prop, what.way_out, Truth(system, prop))


GRAPH = """
    @model
    def graph():
        class Node(Range, low=0, high={high}): ...
        class Mark(Range, low=0, high=1): ...
        class S(State):
            at = var(Node, start=0)
        @step
        def go(s, to: Node):
            require({edges})
            s.at = to
        @step(actor="other")
        def jump(s):
            require({jumps})
            s.at = {high} - s.at
        @{kind}
        def avoids(*states):
            return {allowed}
"""


@st.composite
def graphs(draw: st.DrawFn) -> str:
    """A model whose reachable states are the nodes of a random graph."""
    high = draw(st.integers(2, 6))
    nodes = st.integers(0, high)
    edges = draw(st.sets(st.tuples(nodes, nodes), min_size=2, max_size=12))
    jumps = draw(st.sets(nodes, max_size=2))
    kind = draw(st.sampled_from(["always", "every_step"]))
    text = " or ".join(f"(s.at == {a} and to == {b})" for a, b in sorted(edges))
    jumping = " or ".join(f"s.at == {a}" for a in sorted(jumps)) or "s.at > s.at"
    if kind == "always":
        bad = draw(st.sets(st.integers(1, high), min_size=1, max_size=2))
        allowed = " and ".join(f"states[0].at != {n}" for n in sorted(bad))
    else:
        bad_edges = draw(st.sets(st.sampled_from(sorted(edges)), min_size=1, max_size=3))
        allowed = " and ".join(
            f"not (states[0].at == {a} and states[1].at == {b})" for a, b in sorted(bad_edges)
        )
    return GRAPH.format(high=high, edges=text, jumps=jumping, kind=kind, allowed=allowed)


@given(text=graphs())
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_way_out_in_any_graph_is_the_last_there_is(tmp_path: Path, text: str) -> None:
    system = lift_text(tmp_path, text)
    [prop] = system.properties
    [finding] = explore(system, Request(engine="interpreter")).findings
    if finding.trace is None:
        return
    what = explain(finding.trace, prop)
    assert_true(finding.trace, prop, what.way_out, Truth(system, prop))


# -- when nothing helps, and when nobody knows


def test_what_must_happen_has_no_way_out(tmp_path: Path) -> None:
    system = lift_text(
        tmp_path,
        """
        @model
        def fuse():
            class Left(Range, low=0, high=3): ...
            class S(State):
                left = var(Left, start=3)
            @step
            def burn(s):
                require(s.left > 0)
                s.left -= 1
            @always
            def no_bang(s):
                return s.left > 0
            @outcome(no_bang)
            def bang(s):
                return "bang"
        """,
    )
    what = explained(system, "no_bang")
    assert len(what.trace.steps) == 3
    assert what.way_out is None
    assert what.outcome == "bang"


def test_a_violation_at_the_start_has_no_way_out(tmp_path: Path) -> None:
    system = lift_text(tmp_path, BARE.replace("start=Color.RED", "start=Color.BLUE").replace(
        "start=False", "start=True"))  # fmt: skip
    what = explained(system, "dark")
    assert what.trace.steps == ()
    assert what.way_out is None
    assert len(what.rows) == 1


@pytest.mark.parametrize("budget", [1, 2, 5, 20, 100, 500])
def test_what_is_said_with_less_looking_is_still_true(
    monkeypatch: pytest.MonkeyPatch, budget: int
) -> None:
    """A way out that is named is one; that there is none is said only when all was seen."""
    monkeypatch.setattr(explaining, "BUDGET", budget)
    system = load("dynamodb_dns").lift(enactors=2)
    for name in ("no_empty_answer", "rollback_ready", "no_regression"):
        prop = system.find_property(name)
        assert prop is not None
        what = explained(system, name)
        truth = Truth(system, prop)
        way = what.way_out
        assert way is not None
        best = max(i for i, s in enumerate(what.trace.states[:-1]) if s in truth.good)
        if way.searched:
            assert_true(what.trace, prop, way, truth)
        elif way.instead:
            assert way.after <= best
            steps = truth.safe[what.trace.states[way.after]]
            [instead] = [t for t in steps if t.text == way.instead]
            assert instead.state in truth.good
        else:
            assert what.trace.states[way.after] in truth.good


def test_a_way_out_of_a_trace_that_is_not_the_shortest() -> None:
    """Explaining does not depend on who found the trace."""
    system = load("dynamodb_dns").lift(enactors=2)
    prop = system.find_property("no_empty_answer")
    assert prop is not None
    text = OUTAGE.replace("dynamodb_dns()", "dynamodb_dns(enactors=2)")
    longer = text.replace("clean(1) clean(1)", "release(0) clean(1) clean(1)")
    trace = replay(system, read(longer))
    what = explain(trace, prop)
    assert_true(trace, prop, what.way_out, Truth(system, prop))


def test_an_explanation_is_a_value() -> None:
    """Reports may keep it: nothing in it changes."""
    assert dataclasses.fields(Explanation)
    what = explain(replay(load("peterson").lift(), read("peterson(): wake(0)")))
    with pytest.raises(dataclasses.FrozenInstanceError):
        what.outcome = "x"  # type: ignore[misc]
