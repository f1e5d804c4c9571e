"""The last moment at which a violation could still be avoided is really the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

LONGER = (
    "dynamodb_dns(enactors=2): publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) "
    "flip(1) release(1) acquire(0) build(0) flip(0) release(0) clean(1) clean(1)"
)


def explained(system: System, name: str) -> Explanation:
    """The explanation of the shortest violation of a property."""
    result = explore(system, Request(names=(name,), engine="python", keep_going=True))
    [finding] = result.findings
    assert finding.trace is not None
    return explain(finding.trace, system.find_property(name))


# -- a computation that looks at everything


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
    violated = [
        f
        for f in result.findings
        if f.verdict == "violated" and f.trace is not None and f.kind in ("always", "every_step")
    ]
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
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
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


@pytest.mark.parametrize("budget", [1, 20, 500])
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
    trace = replay(system, read(LONGER))
    what = explain(trace, prop)
    assert_true(trace, prop, what.way_out, Truth(system, prop))


def test_a_state_is_looked_at_once_behind_a_cycle_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that goes round for ever has few states, and infinitely many ways through them."""
    system = load("peterson").lift(entry="flag_only")
    [finding] = explore(system, Request(names=("mutual_exclusion",), engine="python")).findings
    assert finding.trace is not None
    looked_at: list[State] = []
    successors = Interpreter.successors

    def counted(self: Interpreter, state: State) -> Iterator[Taken]:
        looked_at.append(state)
        return successors(self, state)

    monkeypatch.setattr(Interpreter, "successors", counted)
    what = explain(finding.trace, system.find_property("mutual_exclusion"))
    assert what.way_out == WayOut(5, "get_out(1)", ends=False)
    assert len(looked_at) <= len(set(looked_at)) + len(finding.trace.steps)
