"""Where the nodes of a layered graph are drawn: one row for each depth, ordered so that few edges
cross (the barycentre rule of Sugiyama, Tagawa and Toda), each node near those it is joined to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SWEEPS = 12
"""Down and up again: enough for graphs of some hundreds of nodes."""
WEIGHT = 40.0
"""Of a node of the path: it stays where the path is straight, and the others make room."""


@dataclass
class Layering:
    """Rows of nodes, and the horizontal place of each node, in units of one node's width."""

    rows: list[list[int]]
    x: dict[int, float]

    @property
    def width(self) -> float:
        """From the leftmost to the rightmost node."""
        return max(self.x.values(), default=0.0)


def layered(
    depths: Sequence[int], edges: Iterable[tuple[int, int]], path: Sequence[int] = ()
) -> Layering:
    """Place nodes.

    Parameters
    ----------
    depths: the row of each node.
    edges: pairs of nodes; those inside one row do not count.
    path: nodes to keep below one another.
    """
    rows: list[list[int]] = [[] for _ in range(max(depths, default=-1) + 1)]
    for node, depth in enumerate(depths):
        rows[depth].append(node)
    joined: dict[int, set[int]] = {node: set() for node in range(len(depths))}
    for a, b in edges:
        if abs(depths[a] - depths[b]) == 1:
            joined[a].add(b)
            joined[b].add(a)
    up = {n: [m for m in joined[n] if depths[m] < depths[n]] for n in joined}
    down = {n: [m for m in joined[n] if depths[m] > depths[n]] for n in joined}
    _order(rows, up, down)
    return Layering(rows, _places(rows, up, down, set(path)))


def _order(rows: list[list[int]], up: dict[int, list[int]], down: dict[int, list[int]]) -> None:
    """Sort each row by the mean place of its neighbours in the row before it, to and fro."""
    at = {node: float(i) for row in rows for i, node in enumerate(row)}
    for _ in range(SWEEPS):
        for sweep, near in ((rows, up), (rows[::-1], down)):
            for row in sweep:
                middle = {n: _mean([at[m] for m in near[n]], at[n]) for n in row}
                row.sort(key=lambda n: (middle[n], at[n]))
                at.update((n, float(i)) for i, n in enumerate(row))


def _places(
    rows: list[list[int]], up: dict[int, list[int]], down: dict[int, list[int]], path: set[int]
) -> dict[int, float]:
    """Horizontal places: each near the mean of its neighbours, at least one unit apart."""
    x = {node: i - (len(row) - 1) / 2 for row in rows for i, node in enumerate(row)}
    for _ in range(SWEEPS):
        for sweep, near in ((rows, up), (rows[::-1], down), (rows, None)):
            for row in sweep:
                wanted, weights = [], []
                for node in row:
                    neighbours = up[node] + down[node] if near is None else near[node]
                    on_path = [m for m in neighbours if m in path] if node in path else []
                    wanted.append(_mean([x[m] for m in on_path or neighbours], x[node]))
                    weights.append(WEIGHT if node in path else 1.0)
                x.update(zip(row, _apart(wanted, weights), strict=True))
    left = min(x.values(), default=0.0)
    return {node: place - left for node, place in x.items()}


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _apart(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The places nearest to those wanted, in this order and at least one unit apart: the weighted
    squares of the differences are least (pool adjacent violators)."""
    blocks: list[tuple[float, float, int]] = []
    for i, (place, weight) in enumerate(zip(wanted, weights, strict=True)):
        mean, total, size = place - i, weight, 1
        while blocks and blocks[-1][0] > mean:
            before, heavy, many = blocks.pop()
            mean = (before * heavy + mean * total) / (heavy + total)
            total += heavy
            size += many
        blocks.append((mean, total, size))
    found: list[float] = []
    for mean, _, size in blocks:
        found += [mean + len(found) + k for k in range(size)]
    return found
