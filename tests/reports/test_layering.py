"""Where nodes are drawn: in their rows, apart from one another, with few crossings."""

from __future__ import annotations

import itertools
import random

import pytest

from dnsrace.reports.layering import Layering, _apart, layered


def crossings(layout: Layering, depths: list[int], edges: list[tuple[int, int]]) -> int:
    x = layout.x
    return sum(
        (x[a] - x[c]) * (x[b] - x[d]) < 0
        for (a, b), (c, d) in itertools.combinations(edges, 2)
        if depths[a] == depths[c] and depths[b] == depths[d]
    )


def test_a_tree_is_drawn_without_crossings() -> None:
    depths = [0, 1, 1, 2, 2, 2, 2]
    edges = [(0, 1), (0, 2), (1, 3), (2, 4), (1, 5), (2, 6)]
    layout = layered(depths, edges)
    assert crossings(layout, depths, edges) == 0
    assert layout.rows[0] == [0]
    assert sorted(layout.rows[2]) == [3, 4, 5, 6]


@pytest.mark.parametrize("seed", range(20))
def test_nodes_of_a_row_are_apart_and_in_order(seed: int) -> None:
    dice = random.Random(seed)
    depths = sorted(dice.randrange(6) for _ in range(60))
    depths = [sorted(set(depths)).index(d) for d in depths]
    pairs = itertools.permutations(range(60), 2)
    edges = [(a, b) for a, b in pairs if depths[b] - depths[a] == 1 and dice.random() < 0.1]
    layout = layered(depths, edges)
    assert min(layout.x.values()) == 0
    assert layout.width == max(layout.x.values())
    for depth, row in enumerate(layout.rows):
        assert sorted(row) == [n for n, d in enumerate(depths) if d == depth]
        for a, b in itertools.pairwise(row):
            assert layout.x[b] - layout.x[a] > 1 - 1e-9
    unsorted = Layering([], {n: float(n) for n in range(60)})
    assert crossings(layout, depths, edges) < crossings(unsorted, depths, edges)


def test_a_path_is_nearly_straight() -> None:
    """Whatever hangs on it: 5 nodes beside each of the path's, all on one side."""
    depths, edges, path = [0], [], [0]
    for depth in range(1, 8):
        first = len(depths)
        depths += [depth] * 6
        edges += [(path[-1], n) for n in range(first, first + 6)]
        path.append(first)
    places = [layered(depths, edges, path).x[n] for n in path]
    assert max(places) - min(places) < 1
    loose = [layered(depths, edges).x[n] for n in path]
    assert max(loose) - min(loose) > max(places) - min(places)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], []),
        ([3.0], [3.0]),
        ([0.0, 5.0], [0.0, 5.0]),
        ([2.0, 2.0], [1.5, 2.5]),
        ([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]),
        ([5.0, 0.0], [2.0, 3.0]),
        ([0.0, 0.5, 9.0], [-0.25, 0.75, 9.0]),
    ],
)
def test_the_nearest_places_that_are_apart(wanted: list[float], found: list[float]) -> None:
    assert _apart(wanted, [1.0] * len(wanted)) == pytest.approx(found)


def test_what_is_heavy_stays() -> None:
    light, heavy = _apart([2.0, 2.0], [1.0, 99.0])
    assert heavy == pytest.approx(2.01)
    assert light == pytest.approx(1.01)


def test_an_empty_graph_has_no_width() -> None:
    assert layered([], []).width == 0.0
