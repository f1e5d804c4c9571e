"""Explaining logs of 10,000 events of the flagship, with more and with fewer steps unseen."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.running import in_turn, middle, run, table
from dnsrace.findings.trace import parameters_data
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter, slot_text

EVENTS = 10_000
EFFECTS = ("publish", "flip", "clean", "crash")
"""The steps that clients could see the effect of, and crashes."""
LOGS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "all steps": ({}, ()),
    "all steps, crashes": ({"crashes": True, "lock_expiry": True}, ()),
    "all steps, 2 endpoints": ({"endpoints": 2}, ()),
    "publish, flip, clean": ({}, EFFECTS),
    "publish, flip, clean, crash": ({"crashes": True, "lock_expiry": True}, EFFECTS),
}
"""What is shown; parameters beside those of the fixed variant; the steps that are shown."""
PLANS = 200
"""So many that the enactors do not run out of work."""
WEIGHTS = {"publish": 0.03, "crash": 0.02}
"""How likely a step is beside the others: plans come one by one, and crashes are rare."""


def main(times: int) -> None:
    """Print a row for each log."""
    with tempfile.TemporaryDirectory() as folder:
        tasks = {}
        for number, (name, (given, shown)) in enumerate(LOGS.items()):
            path = Path(folder) / f"{number}.jsonl"
            write_log(path, given, shown)
            command = [sys.executable, "-m", "dnsrace", "conform", path, "--json", "-"]
            tasks[name] = lambda command=command: run(command)  # type: ignore[misc]
        runs = in_turn(times, tasks)
    rows = []
    for name, some in runs.items():
        answer = some[0].answer
        seconds = middle(some, lambda one: float(one.answer["seconds"]))
        rows.append(
            (
                name, f"{answer['events']:,}", f"{answer['explanation']['unseen_steps']:,}",
                f"{answer['states']:,}", f"{answer['states_at_once']:,}", f"{seconds:.2f}",
                f"{answer['events'] / seconds:,.0f}",
                f"{middle(some, lambda one: one.peak) / 2**20:,.0f}",
            )
        )  # fmt: skip
    head = ("shown", "events", "unseen", "states", "at once", "seconds", "events/s", "process, MiB")
    table(head, rows)


def write_log(path: Path, given: dict[str, Any], shown: tuple[str, ...]) -> None:
    """A random behaviour as a log: each event tells its choices, and one thing that it changed."""
    model, random = load("dynamodb_dns"), Random(1)
    system = model.lift(**{**model.fixed, "plans": PLANS, **given})
    names = shown or tuple(step.name for step in system.steps)
    head = {"log": "dnsrace", "version": 1, "model": model.name,
            "parameters": parameters_data(system),
            "shows": [name for name in names if system.find_step(name)]}  # fmt: skip
    interpreter = Interpreter(system)
    state, lines = next(interpreter.initial()), [head]
    while len(lines) <= EVENTS and (possible := list(interpreter.successors(state))):
        weights = [WEIGHTS.get(taken.step.name, 1.0) for taken in possible]
        [taken] = random.choices(possible, weights)
        if taken.step.name in names:
            changed = [i for i, (a, b) in enumerate(zip(state, taken.state, strict=True)) if a != b]
            told = {
                slot_text(*system.slots[i]): system.slots[i][0].domain.text(taken.state[i])
                for i in random.sample(changed, min(1, len(changed)))
            }
            choices = zip(taken.step.choices, taken.choices, strict=True)
            texts = [c.domain.text(raw) for c, raw in choices if c.domain]
            lines.append({"step": taken.step.name, "choices": texts, "state": told})
        state = taken.state
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
