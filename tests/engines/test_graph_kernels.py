"""The loops over graphs say the same run by Python and compiled, whatever the portions, and what
networkx says."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import networkx as nx
import pytest

from dnsrace.engines import liveness, recover
from dnsrace.engines.graphs import Arrays, Graph, NoRoom, PythonArrays
from dnsrace.engines.numba_graph import NumbaArrays
from dnsrace.engines.recover import components_of

KINDS = [PythonArrays, NumbaArrays]


def random_edges(random: Random, size: int, degree: float) -> list[list[int]]:
    return [
        [random.randrange(size) for _ in range(random.randint(0, round(2 * degree)))]
        for _ in range(size)
    ]


def graph_of(kind: type[Arrays], edges: list[list[int]], count: int | None = None) -> Graph:
    """A graph in compressed rows; of the states from `count` on nothing is known."""
    arrays = kind(1 << 30)
    count = len(edges) if count is None else count
    flat = [w for row in edges[:count] for w in row]
    offsets, targets = arrays.shorts(count + 1), arrays.shorts(len(flat))
    at = 0
    for v, row in enumerate(edges[:count]):
        at += len(row)
        offsets[v + 1] = at
    for e, w in enumerate(flat):
        targets[e] = w
    return Graph(arrays, len(edges), count, offsets, targets)


def networked(edges: list[list[int]]) -> Any:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(edges)))
    graph.add_edges_from((v, w) for v, row in enumerate(edges) for w in row)
    return graph


@pytest.mark.parametrize("portion", [1, 7, 1 << 20])
@pytest.mark.parametrize("kind", KINDS)
def test_components(kind: type[Arrays], portion: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recover, "PORTION", portion)
    random = Random(1)
    for size in (1, 2, 5, 30, 120):
        for degree in (0.4, 0.8, 1.0, 1.5):
            edges = random_edges(random, size, degree)
            graph = graph_of(kind, edges)
            alive = graph.arrays.flags(size, 1)
            for v in range(size):
                alive[v] = random.random() < 0.8
            parts = components_of(graph, alive, lambda: None)
            found: dict[int, set[int]] = {}
            for v in range(size):
                found.setdefault(int(parts.component[v]), set()).add(v)
            dead = found.pop(0, set())
            assert dead == {v for v in range(size) if not alive[v]}
            rest = networked(edges).subgraph(set(range(size)) - dead)
            truth = {frozenset(part) for part in nx.strongly_connected_components(rest)}
            assert set(map(frozenset, found.values())) == truth
            # what is reached from others comes first
            order = [int(v) for v in parts.order[: size - len(dead)]]
            first = {v: -int(parts.component[v]) for v in order}
            assert [first[v] for v in order] == sorted(first[v] for v in order)
            assert all(first[v] >= first[w] for v, w in rest.edges)


@pytest.mark.parametrize("sweeps", [0, 1, 64])
@pytest.mark.parametrize("kind", KINDS)
def test_who_can_still_get_to_a_goal(
    kind: type[Arrays], sweeps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By passes over all states, and by components where passes are not enough."""
    monkeypatch.setattr(recover, "SWEEPS", sweeps)
    random = Random(2)
    for size in (1, 3, 40, 150):
        for degree in (0.5, 1.0, 1.6):
            edges = random_edges(random, size, degree)
            goals = {v for v in range(size) if random.random() < 0.1}
            count = size - random.randint(0, size // 3)
            graph = graph_of(kind, edges, count)
            marks = graph.arrays.flags(size)
            for v in (*goals, *range(count, size)):
                marks[v] = 1
            recover.hand_back(graph, marks, lambda: None)
            known = networked([row if v < count else [] for v, row in enumerate(edges)])
            hopeful = {v for v in range(size) if v in goals or v >= count}
            truth = hopeful.union(*(nx.ancestors(known, v) for v in hopeful))
            assert {v for v in range(size) if marks[v]} == truth


def test_a_graph_against_the_grain_takes_no_more_passes_than_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A path whose every edge leads to an earlier state: each pass marks one state only."""
    size = 1000
    edges: list[list[int]] = [[] if v == 0 else [v - 1] for v in range(size)]
    graph = graph_of(PythonArrays, edges)
    passes = []
    sweep = graph.arrays.kernel.sweep
    monkeypatch.setattr(
        graph.arrays.kernel, "sweep", lambda *args: passes.append(1) or sweep(*args)
    )
    marks = graph.arrays.flags(size)
    marks[0] = 1
    recover.hand_back(graph, marks, lambda: None)
    assert all(marks)
    assert len(passes) == recover.SWEEPS


@pytest.mark.parametrize("kind", KINDS)
def test_room_is_counted_before_it_is_taken(kind: type[Arrays]) -> None:
    arrays = kind(1000)
    arrays.shorts(200)
    with pytest.raises(NoRoom, match="no room for the graph of the states"):
        arrays.flags(201)
    arrays = kind(1000)
    arrays.numbers(100, 255)
    assert arrays.used == 100
    arrays.numbers(100, 256)
    assert arrays.used == 500
    arrays.free(500)
    assert (arrays.used, arrays.most) == (0, 500)


@pytest.mark.parametrize("kind", KINDS)
def test_more_actions_than_a_mask_has_bits(kind: type[Arrays]) -> None:
    """A ring of many states, each step an action of its own: fair as a whole, not without one."""
    size = 2 * liveness.GROUP + 9
    for missing in (None, 0, liveness.GROUP, size - 1):
        # the action that is missing is possible everywhere and leads out
        edges = [[(v + 1) % size] + ([size] if missing is not None else []) for v in range(size)]
        graph = graph_of(kind, [*edges, []])
        labels = [a for v in range(size) for a in ([v] if missing is None else [v, size])]
        graph.labels = graph.arrays.numbers(len(labels), size + 1)
        for e, label in enumerate(labels):
            graph.labels[e] = label
        fair_numbers = [*range(size)] if missing is None else [missing, size]
        assert fair_component(graph, fair_numbers, size + 1) == (missing is None)


def fair_component(graph: Graph, fair: list[int], actions: int) -> bool:
    """Whether some component is weakly fair, where every state is bad."""
    kernel, arrays = graph.arrays.kernel, graph.arrays
    alive, bad = arrays.flags(graph.size, 1), arrays.flags(graph.size, 1)
    groups = -(-len(fair) // liveness.GROUP)
    masks = arrays.few(groups * actions)
    for number, action in enumerate(fair):
        masks[number // liveness.GROUP * actions + action] = 1 << number % liveness.GROUP
    parts = components_of(graph, alive, lambda: None)
    flags, at = arrays.flags(graph.size), arrays.few(kernel.REMOVED + 1)
    assert kernel.judge(
        graph.offsets, graph.targets, graph.labels, alive, bad, masks, (actions, groups, False),
        parts.component, parts.order, int(parts.at[kernel.DONE_AT]), flags, at, 1 << 20,
    )  # fmt: skip
    return any(flags)


def test_damaged_machine_code_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DNSRACE_CACHE", str(tmp_path))

    def swept() -> list[int]:
        graph = graph_of(NumbaArrays, [[1], [2], [], [0]])
        marks = graph.arrays.flags(4)
        marks[1] = 1
        recover.hand_back(graph, marks, lambda: None)
        return [int(mark) for mark in marks]

    assert swept() == [1, 1, 0, 1]
    damaged = list(tmp_path.rglob("graph_*.o"))
    assert damaged
    for path in damaged:
        path.write_bytes(path.read_bytes()[:20])
    with pytest.warns(UserWarning, match="was damaged; compiled anew"):
        assert swept() == [1, 1, 0, 1]
