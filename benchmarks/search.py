"""Distinct states a second of the compiled search, beside C written by hand.

`plain.c` is what one would write in an hour; `dynamodb_dns.c` is tuned for AVX-512. All watch the
same properties, and must come to the same counts. Only the search is timed: not the compilers.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.running import Run, compiled, explore, in_turn, middle, ratio, run, table
from dnsrace.engines.layout import layout_of
from dnsrace.loader import load

SPACES = (
    # enactors, plans, further options, C yardsticks
    (3, 7, (), True),
    (4, 5, (), True),
    (3, 9, (), True),
    (4, 6, (), True),
    (3, 5, ("--endpoints", "2"), False),
    (2, 7, ("--endpoints", "3"), False),
    (2, 3, ("--endpoints", "12"), False),
)


def rate(one: Run) -> float:
    """Distinct states a second."""
    found: float = one.answer["distinct_states"] / one.answer["seconds"]
    return found


def main(times: int) -> None:
    """Print a row for each space."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        for enactors, plans, more, has_c in SPACES:
            tasks = {"dnsrace": lambda e=enactors, p=plans, m=more: _explore(cache, e, p, m)}
            for source in ("plain.c", "dynamodb_dns.c") if has_c else ():
                program = compiled(
                    source, Path(folder) / f"{source}_{enactors}_{plans}", E=enactors, P=plans
                )
                tasks[source] = lambda program=program: run([program])
            runs = in_turn(times, tasks)
            counts = {(one.answer["distinct_states"], one.answer["transitions"])
                      for some in runs.values() for one in some}  # fmt: skip
            if len(counts) != 1:
                sys.exit(f"they do not agree: {counts}")
            ours = runs.pop("dnsrace")
            (states, transitions) = counts.pop()
            space = " ".join([f"{enactors} enactors, {plans} plans", *more]).replace("--", "")
            words = layout_of(load("dynamodb_dns").lift(**_parameters(enactors, plans, more))).words
            rows.append([
                space,
                words,
                f"{states:,}",
                f"{transitions:,}",
                f"{middle(ours, rate) / 1e6:.1f}",
                *(
                    f"{middle(runs[c], rate) / 1e6:.1f} ({ratio(ours, runs[c], rate):.2f})"
                    if has_c
                    else ""
                    for c in ("plain.c", "dynamodb_dns.c")
                ),
                f"{ours[0].answer['memory_bytes'] / states:.1f}",
                f"{middle(ours, lambda one: one.peak) / (1 << 20):,.0f}",
            ])  # fmt: skip
    head = ("space", "words", "states", "transitions", "dnsrace, M states/s", "plain.c (ratio)",
            "dynamodb_dns.c (ratio)", "bytes/state", "process, MiB")  # fmt: skip
    table(head, rows)


def _parameters(enactors: int, plans: int, more: tuple[str, ...]) -> dict[str, int]:
    given = dict(zip(more[::2], map(int, more[1::2]), strict=True))
    return {"enactors": enactors, "plans": plans} | {k[2:]: v for k, v in given.items()}


def _explore(cache: Path, enactors: int, plans: int, more: tuple[str, ...]) -> Run:
    return explore(
        cache, "--enactors", str(enactors), "--plans", str(plans), *more,
        "--engine", "numba", "--no-symmetry", "--keep-going", "--property", "no_empty_answer",
        "--property", "rollback_ready", "--property", "no_regression",
        "--property", "newest_plan_live",
    )  # fmt: skip
