"""The space that a reader drives in: its facts against the counts of protocol.md, against networkx,
and against the explanation of a trace."""

from __future__ import annotations

from pathlib import Path

import networkx
import pytest
from support import lift_text

from dnsrace.findings.driving import FAR, Space, goal_of, whole_space
from dnsrace.findings.explain import explain
from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.loader import load

OUTAGE = (
    "dynamodb_dns(enactors=2): publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) "
    "flip(1) release(1) acquire(0) build(0) flip(0) clean(1) clean(1)"
)


def space_of(model: str = "dynamodb_dns", goal: str = "", **given: object) -> Space:
    system = load(model).lift(**given)
    space = whole_space(system, goal_of(system, goal), 100_000)
    assert space is not None
    return space


def graph_of(space: Space) -> networkx.MultiDiGraph:
    graph = networkx.MultiDiGraph()
    graph.add_nodes_from(range(len(space.states)))
    graph.add_edges_from((n, to) for n, targets in enumerate(space.targets) for to in targets)
    return graph


@pytest.mark.parametrize(
    ("given", "states", "steps", "nearest", "lost"),
    [
        ({"plans": 3}, 264, 408, FAR, 0),
        ({}, 1481, 2614, 14, 46),
        ({"lock_expiry": True}, 3646, 7532, 14, 82),
        ({"rollback": "tolerant", "freshness": "in_batch", "cleaner": "transactional",
          "crashes": True}, 2052, 5436, FAR, 472),
    ],
    ids=str,
)  # fmt: skip
def test_the_counts_are_those_of_the_protocol(
    given: dict[str, object], states: int, steps: int, nearest: int, lost: int
) -> None:
    space = space_of(enactors=2, **given)
    assert len(space.states) == states
    assert sum(map(len, space.steps)) == steps
    assert space.distances[0] == nearest
    assert space.way_back is not None
    assert sum(not back for back in space.way_back[1]) == lost


def test_of_every_step_the_distance_is_that_to_taking_it() -> None:
    assert space_of(enactors=2, goal="no_regression").distances[0] == 11
    assert space_of(enactors=2, goal="rollback_ready").distances[0] == 8


@pytest.mark.parametrize("goal", ["no_empty_answer", "no_regression"])
def test_distances_and_doom_are_what_networkx_finds(goal: str) -> None:
    """Doomed is whoever reaches neither an end nor a cycle without a violation."""
    space = space_of(enactors=2, goal=goal, lock_expiry=True, plans=4)
    safe = networkx.MultiDiGraph()
    safe.add_nodes_from(n for n, broken in enumerate(space.broken) if not broken)
    for n, (targets, breaking) in enumerate(zip(space.targets, space.breaking, strict=True)):
        safe.add_edges_from(
            (n, to)
            for to, bad in zip(targets, breaking, strict=True)
            if not bad and not space.broken[n]
        )
    fine = {n for n in safe if not space.targets[n]}
    fine |= {n for n in safe if safe.has_edge(n, n)}
    for component in networkx.strongly_connected_components(safe):
        fine |= component if len(component) > 1 else set()
    back = safe.reverse(copy=False)
    avoidable = set(networkx.multi_source_dijkstra_path_length(back, fine)) if fine else set()
    assert {n for n, doomed in enumerate(space.doomed) if not doomed} == avoidable

    at_once = {n for n, steps in enumerate(space.breaking) if any(steps)}
    graph = graph_of(space).reverse(copy=False)
    found = networkx.multi_source_dijkstra_path_length(graph, at_once)
    for n, far in enumerate(space.distances):
        wanted = 0 if space.broken[n] else found[n] + 1 if n in found else FAR
        assert far == wanted


def test_it_is_too_late_where_the_explanation_says_so() -> None:
    script = read(OUTAGE)
    system = load("dynamodb_dns").lift(enactors=2)
    trace = replay(system, script)
    prop = system.find_property("no_empty_answer")
    way = explain(trace, prop).way_out
    space = whole_space(system, prop, 5000)
    assert space is not None
    assert way is not None
    doomed = [space.doomed[space.states.index(state)] for state in trace.states]
    assert doomed.index(True) == way.after + 1


def test_a_step_too_far_is_told_before_its_end(tmp_path: Path) -> None:
    """From `two` on every way leads to `four`; from `one` there is another."""
    system = lift_text(
        tmp_path,
        """
        @model
        def ladder():
            class Rung(Range, low=0, high=5): ...
            class S(State):
                at = var(Rung, start=0)
            @step
            def climb(s):
                require(s.at < 4)
                s.at += 1
            @step
            def jump(s):
                require(s.at == 1)
                s.at = 5
            @always
            def low(s):
                return s.at != 4
        """,
    )
    space = whole_space(system, goal_of(system), 100)
    assert space is not None
    facts = {s[0]: (space.distances[n], space.doomed[n]) for n, s in enumerate(space.states)}
    assert facts == {
        0: (4, False), 1: (3, False), 2: (2, True), 3: (1, True), 4: (0, True), 5: (FAR, False),
    }  # fmt: skip
    assert space.way_back is None


def test_what_is_too_large_is_left() -> None:
    system = load("dynamodb_dns").lift(enactors=2)
    assert whole_space(system, None, 1480) is None
    assert whole_space(system, None, 1481) is not None
    starts = load("ewd840").lift()
    assert whole_space(starts, None, 5) is None


def test_the_goal_is_what_the_model_asks() -> None:
    system = load("dynamodb_dns").lift(enactors=2)
    names = {name: goal_of(system, name) for name in ("", "rollback_ready", "recoverable", "none")}
    found = {name: prop.name for name, prop in names.items() if prop}
    assert found == {
        "": "no_empty_answer", "rollback_ready": "rollback_ready",
        "recoverable": "no_empty_answer", "none": "no_empty_answer",
    }  # fmt: skip
