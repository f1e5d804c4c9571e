"""What a state costs, from a million states to 241 million."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.running import Run, explore, middle, table

WHOLE = 1 << 40
SPACES = (
    (6, 0, WHOLE), (7, 1, WHOLE), (8, 1, WHOLE), (9, 1, WHOLE), (10, 1, WHOLE), (11, 1, WHOLE),
    (12, 1, 200_000_000), (12, 1, WHOLE),
)  # fmt: skip
"""Plans; the retention, 0 for a space of just a million states; states at which to stop."""
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
        turns = [{space: _explore(Path(folder), *space) for space in SPACES} for _ in range(times)]
    runs = {space: [turn[space] for turn in turns] for space in SPACES}
    first = middle(runs[SPACES[0]], cost)
    rows = [
        [
            f"3 enactors, {plans} plans, retention {retention}" + ", stopped" * (most < WHOLE),
            f"{some[0].answer['distinct_states']:,}",
            f"{middle(some, lambda one: one.answer['seconds']):.2f}",
            f"{middle(some, cost):.0f}",
            f"{middle(some, cost) / first:.2f}",
            f"{some[0].answer['memory_bytes'] / some[0].answer['distinct_states']:.1f}",
            f"{middle(some, lambda one: one.peak) / (1 << 30):.2f}",
        ]
        for (plans, retention, most), some in runs.items()
    ]
    head = ("space", "states", "seconds", "ns/state", "of the first", "bytes/state", "process, GiB")
    table(head, rows)


def _explore(cache: Path, plans: int, retention: int, most: int) -> Run:
    return explore(
        cache, "--enactors", "3", "--plans", str(plans), "--retention", str(retention),
        "--engine", "numba", "--no-symmetry", "--keep-going", "--property", "no_empty_answer",
        "--property", "rollback_ready", "--max-states", str(most),
        "--max-memory", f"{NEEDS >> 30}G",
    )  # fmt: skip
