"""From the command to the answer: `dnsrace explore --enactors 3`, without a cache and with one."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.running import Run, in_turn, middle, run, table


def main(times: int) -> None:
    """Print a row for each command."""
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm"

        def of(*arguments: str, cold: bool = False) -> Run:
            command = [sys.executable, "-m", "dnsrace", *arguments]
            if not cold:
                return run(command, (0, 1), DNSRACE_CACHE=str(warm))
            with tempfile.TemporaryDirectory() as empty:
                return run(command, (0, 1), DNSRACE_CACHE=empty)

        three = ("explore", "--enactors", "3")
        numba = (*three, "--engine", "numba")
        four = ("explore", "--enactors", "4", "--plans", "5", "--keep-going")
        tasks = {
            "dnsrace --help": lambda: of("--help"),
            "dnsrace explore --enactors 3, cold": lambda: of(*three, cold=True),
            "the same, cached": lambda: of(*three),
            "the same with --engine numba, cold": lambda: of(*numba, cold=True),
            "with --engine numba, cached": lambda: of(*numba),
            "dnsrace explore --enactors 4 --plans 5 --keep-going, cold": lambda: of(
                *four, cold=True
            ),
            "that, cached": lambda: of(*four),
        }
        runs = in_turn(times, tasks)
    rows = [
        [name, f"{middle(some, lambda one: one.wall):.2f}", f"{max(one.wall for one in some):.2f}"]
        for name, some in runs.items()
    ]
    table(("command", "seconds (median)", "longest"), rows)
