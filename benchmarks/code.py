"""Hunting in ordinary asyncio code: the example of examples/enactor under `dnsrace.schedule`.

The uniform walk is the same hunt without pauses. What the calls of the example do, in memory, is
part of the time. A hunt that found nothing counts as infinitely long in the median.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from benchmarks.running import table
from dnsrace import schedule
from dnsrace.schedule.choices import PAUSES
from examples.enactor.region import program
from examples.enactor.settings import DEPLOYED, FIXED, Settings

SEEDS = 20
MOST = 2_000
"""Schedules after which a hunt is given up."""
FIXED_SCHEDULES = 20_000

CASES = (
    ("deployed", DEPLOYED),
    ("deployed, 2 endpoints", replace(DEPLOYED, endpoints=2)),
    ("deployed, slow planner", replace(DEPLOYED, looks=10)),
    ("deployed, 10 plans, 7 spared", replace(DEPLOYED, plans=10, retention=7)),
)
WAYS: tuple[tuple[str, Sequence[float]], ...] = (("pauses", PAUSES), ("uniform", (0.0,)))


def main(times: int) -> None:
    """Print a table of hunts, and one of the fixed variant; `times` is not needed."""
    rows = []
    for name, settings in CASES:
        for way, pauses in WAYS:
            rows.append([name, way, *_hunts(settings, pauses)])
    head = ("code", "walk", "found", "schedules (median)", "longest", "s to find (median)",
            "calls", "calls, shrunk", "s to shrink")  # fmt: skip
    table(head, rows)
    done = schedule.hunt(functools.partial(program, FIXED), schedules=FIXED_SCHEDULES)
    if done.found or done.cut:
        sys.exit(str(done))
    rates = [f"{count / done.seconds:,.0f}" for count in (done.schedules, done.calls)]
    row = [f"{done.schedules:,}", f"{done.calls:,}", "0", f"{done.seconds:.1f}", *rates]
    table(("fixed: schedules", "calls", "failures", "seconds", "schedules/s", "calls/s"), [row])


def _hunts(settings: Settings, pauses: Sequence[float]) -> list[str]:
    """A row about hunts with many seeds."""
    region = functools.partial(program, settings)
    needed, seconds, calls, short, shrinking = [], [], [], [], []
    for seed in range(SEEDS):
        done = schedule.hunt(region, schedule.walks(seed, pauses), schedules=MOST, shrink=False)
        needed.append(done.schedules if done.found else float("inf"))
        if done.found is None:
            continue
        seconds.append(done.seconds)
        calls.append(len(done.found.steps))
        if pauses is not PAUSES:
            continue
        begin = time.perf_counter()
        short.append(len(schedule.shrink(region, done.found).steps))
        shrinking.append(time.perf_counter() - begin)
    found = len(calls)
    cells = [f"{found} of {SEEDS}", f"{median(needed):g}", f"{max(needed):g}"]
    if not found:
        return [*cells, "", "", "", ""]
    shrunk = [f"{median(short):g}", f"{median(shrinking):.1f}"] if short else ["", ""]
    return [*cells, f"{median(seconds):.2f}", f"{median(calls):g}", *shrunk]
