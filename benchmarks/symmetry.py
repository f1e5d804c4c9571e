"""The whole space with symmetry reduction and without: the same verdicts, how much sooner."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.running import Run, explore, in_turn, middle, ratio, table

SPACES = ((3, 7), (4, 5), (4, 6))


def seconds(one: Run) -> float:
    """Seconds of search."""
    found: float = one.answer["seconds"]
    return found


def verdicts(one: Run) -> list[tuple[str, str, int]]:
    """What was found of each property."""
    return [(f["property"], f["verdict"], f["length"]) for f in one.answer["findings"]]


def main(times: int) -> None:
    """Print a row for each space."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for enactors, plans in SPACES:
            options = ("--enactors", str(enactors), "--plans", str(plans), "--engine", "numba",
                       "--keep-going", "--property", "no_empty_answer", "--property",
                       "rollback_ready", "--property", "no_regression")  # fmt: skip
            runs = in_turn(
                times,
                {
                    "off": lambda o=options: explore(Path(folder), *o, "--no-symmetry"),
                    "on": lambda o=options: explore(Path(folder), *o),
                },
            )
            whole, reduced = runs["off"], runs["on"]
            a, b = whole[0].answer, reduced[0].answer
            if verdicts(whole[0]) != verdicts(reduced[0]):
                sys.exit("the verdicts differ")
            if a["distinct_states"] != b["represented_states"]:
                sys.exit("the counts differ")
            rows.append([
                f"{enactors} enactors, {plans} plans",
                f"{a['distinct_states']:,}",
                f"{b['distinct_states']:,}",
                f"{a['distinct_states'] / b['distinct_states']:.1f}",
                f"{middle(whole, seconds):.3f}",
                f"{middle(reduced, seconds):.3f}",
                f"{ratio(whole, reduced, seconds):.1f}",
            ])  # fmt: skip
    head = ("space", "states", "representatives", "fewer", "seconds without", "seconds with",
            "times sooner")  # fmt: skip
    table(head, rows)
