"""What a state costs, from 0.7 million states to 241 million."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.running import Run, explore, middle, table

PLANS = (6, 7, 8, 9, 10, 11, 12)
NEEDS = 10 << 30
"""Bytes of free memory that the largest takes."""


def cost(one: Run) -> float:
    """Nanoseconds for each state."""
    found: float = one.answer["seconds"] / one.answer["distinct_states"] * 1e9
    return found


def main(times: int) -> None:
    """Print a row for each space of three enactors."""
    with tempfile.TemporaryDirectory() as folder:
        # the search alone is timed: there is nothing to warm up
        turns = [{p: _explore(Path(folder), p) for p in PLANS} for _ in range(times)]
    runs = {p: [turn[p] for turn in turns] for p in PLANS}
    least = min(middle(some, cost) for some in runs.values())
    rows = [
        [
            f"3 enactors, {plans} plans",
            f"{some[0].answer['distinct_states']:,}",
            f"{middle(some, lambda one: one.answer['seconds']):.2f}",
            f"{middle(some, cost):.0f}",
            f"{middle(some, cost) / least:.2f}",
            f"{some[0].answer['memory_bytes'] / some[0].answer['distinct_states']:.1f}",
            f"{middle(some, lambda one: one.peak) / (1 << 30):.2f}",
        ]
        for plans, some in runs.items()
    ]
    head = ("space", "states", "seconds", "ns/state", "of the least", "bytes/state", "process, GiB")
    table(head, rows)


def _explore(cache: Path, plans: int) -> Run:
    return explore(
        cache, "--enactors", "3", "--plans", str(plans), "--engine", "numba", "--no-symmetry",
        "--keep-going", "--property", "no_empty_answer", "--property", "rollback_ready",
        "--max-memory", f"{NEEDS >> 30}G",
    )  # fmt: skip
