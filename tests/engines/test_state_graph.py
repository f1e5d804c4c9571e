"""The graph of states: the same states and steps as a search finds, and a part of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import load_text

from dnsrace.engines.graph import around, reachable
from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.errors import UsageError
from dnsrace.findings.formats import read
from dnsrace.findings.graph import Graph
from dnsrace.findings.replay import replay
from dnsrace.findings.trace import Trace
from dnsrace.graph import part_around, trace_of, whole_graph
from dnsrace.loader import load

OUTAGE = (
    "dynamodb_dns(enactors=2): publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) "
    "flip(1) release(1) acquire(0) build(0) flip(0) clean(1) clean(1)"
)


def outage() -> Trace:
    script = read(OUTAGE)
    return replay(load(script.model).lift(enactors=2), script)


@pytest.mark.parametrize("symmetry", [True, False])
@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("dynamodb_dns", {"enactors": 2}),
        ("dynamodb_dns", {"enactors": 3, "plans": 3, "cleaner": "checked"}),
        ("peterson", {"entry": "turn_first"}),
        ("two_phase_commit", {"managers": 2}),
        ("ewd840", {}),
    ],
)
def test_it_has_the_states_and_steps_of_a_search(
    model: str, given: dict[str, Any], symmetry: bool
) -> None:
    system = load(model).lift(**given)
    graph = reachable(system, symmetry, 10_000)
    request = Request(engine="python", symmetry=symmetry, keep_going=True)
    done = explore(system, request)
    s = done.statistics
    assert (len(graph.nodes), len(graph.edges)) == (s.distinct_states, s.transitions)
    assert [sum(n.depth == d for n in graph.nodes) for d in range(s.depth + 1)] == s.levels
    assert sum(n.stops == "end" for n in graph.nodes) == s.ends
    assert sum(n.stops == "deadlock" for n in graph.nodes) == s.deadlocks
    assert not any(n.continues for n in graph.nodes)
    broken = {name for n in graph.nodes for name in n.violates}
    broken |= {name for e in graph.edges for name in e.violates}
    kinds = ("always", "every_step")
    assert broken == {f.name for f in done.findings if f.kind in kinds and f.verdict == "violated"}


def assert_is_a_path(graph: Graph, steps: list[str]) -> None:
    """The steps of the path are in the graph, by name: who takes them may be another one."""
    joined = {(e.source, e.target, e.step) for e in graph.edges}
    pairs = zip(graph.path, graph.path[1:], strict=False)
    names = [text.partition("(")[0] for text in steps]
    assert all((a, b, name) in joined for (a, b), name in zip(pairs, names, strict=True))


@pytest.mark.parametrize("symmetry", [True, False])
def test_the_shortest_violation_is_in_it(symmetry: bool) -> None:
    graph = whole_graph(load("dynamodb_dns"), {"enactors": 2}, (), symmetry, 2000)
    assert graph.goal == "no_empty_answer"
    assert len(graph.path) == 15
    assert [graph.nodes[n].depth for n in graph.path] == list(range(15))
    assert "no_empty_answer" in graph.nodes[graph.path[-1]].violates
    assert_is_a_path(graph, [text for text, _ in graph.path_steps])
    assert graph.path_steps[-1] == ("clean(1)", "enactor 1 deletes tree 2 (old for plan 4)")
    assert graph.properties == ["no_empty_answer", "rollback_ready"]


def test_a_property_can_be_asked_for() -> None:
    model = load("dynamodb_dns")
    graph = whole_graph(model, {"enactors": 2}, ("no_regression",), True, 2000)
    assert (graph.goal, len(graph.path)) == ("no_regression", 12)
    last = {(e.source, e.target) for e in graph.edges if "no_regression" in e.violates}
    assert graph.path[-2:] in last
    assert whole_graph(model, {"enactors": 2}, ("newest_plan_live",), True, 2000).path == ()


def test_nothing_is_marked_where_nothing_is_violated() -> None:
    graph = whole_graph(load("peterson"), {}, (), True, 100)
    assert (graph.path, graph.goal, graph.properties) == ((), "", [])


# -- a part


@pytest.mark.parametrize("symmetry", [True, False])
def test_the_part_around_a_trace_is_a_part_of_the_whole(symmetry: bool) -> None:
    trace = outage()
    whole = reachable(trace.system, symmetry, 2000)
    steps = {(whole.nodes[e.source].state, e.text, whole.nodes[e.target].state)
             for e in whole.edges}  # fmt: skip
    sizes = []
    for radius in (0, 1, 2, 40):
        part = around(trace, symmetry, 2000, radius)
        some = {(part.nodes[e.source].state, e.text, part.nodes[e.target].state)
                for e in part.edges}  # fmt: skip
        assert some <= steps
        inside = {n.state for n in part.nodes}
        assert {s for s in steps if {s[0], s[2]} <= inside} == some
        for node in part.nodes:
            leaving = any(s[0] == node.state and s[2] not in inside for s in steps)
            assert node.continues == leaving
        assert_is_a_path(part, [t.text for t in trace.steps])
        sizes.append(len(part.nodes))
    assert sizes == sorted(sizes)
    assert sizes[0] == 15
    assert sizes[-1] == len(whole.nodes)


def test_a_trace_that_goes_in_a_circle(tmp_path: Path) -> None:
    model = load_text(
        tmp_path,
        """
        @model
        def lamp(up: bool = False):
            class S(State):
                on = var(bool, start=False)
            @step
            def switch(s):
                s.on = not s.on
        """,
    )
    text = f"{model.reference}(): switch switch switch"
    graph = part_around(trace_of(text), True, 10, 1)
    assert graph.path == (0, 1, 0, 1)
    assert [n.depth for n in graph.nodes] == [0, 1]
    assert graph.goal == ""


def test_what_a_given_trace_violates_is_its_goal() -> None:
    assert part_around(trace_of(OUTAGE), True, 100, 0).goal == "no_empty_answer"
    shorter = OUTAGE.removesuffix(" clean(1) clean(1)")
    assert part_around(trace_of(shorter), True, 100, 0).goal == "no_regression"


# -- too large


def test_a_graph_that_is_too_large_is_refused_with_its_size() -> None:
    with pytest.raises(UsageError, match="the graph has 4,985 states, more than 500"):
        whole_graph(load("dynamodb_dns"), {}, (), True, 500)
    with pytest.raises(UsageError, match=r"at least 20,\d\d\d states, more than 500") as caught:
        whole_graph(load("dynamodb_dns"), {"enactors": 4}, (), True, 500)
    assert "--around" in caught.value.cure
    assert "--max-nodes" in caught.value.cure


def test_a_part_that_is_too_large_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 31 states, more than 30") as caught:
        part_around(outage(), True, 30, 5)
    assert "--radius" in caught.value.cure
