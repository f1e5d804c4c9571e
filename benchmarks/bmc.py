"""Bounded model checking beside exhaustive search: from the command to the shortest violation, for
more enactors, plans and endpoints. The lengths must be the same; so is the trace, unless tidying
it was given up."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.running import Run, explore, in_turn, middle, run, table

SETTINGS: dict[str, tuple[str, ...]] = {
    "2 enactors, 4 plans": ("--enactors", "2"),
    "3 enactors, 4 plans": (),
    "4 enactors, 4 plans": ("--enactors", "4"),
    "8 enactors, 4 plans": ("--enactors", "8"),
    "3 enactors, 8 plans, retention 5": ("--plans", "8", "--retention", "5"),
    "3 enactors, 23 plans, retention 20": ("--plans", "23", "--retention", "20"),
    "4 enactors, 23 plans, retention 20": ("--enactors=4", "--plans=23", "--retention=20"),
    "2 enactors, 4 plans, 2 endpoints": ("--enactors", "2", "--endpoints", "2"),
    "3 enactors, 4 plans, 2 endpoints": ("--endpoints", "2"),
    "2 enactors, 4 plans, 3 endpoints": ("--enactors", "2", "--endpoints", "3"),
}

KEYPAD = """
from dnsrace.model import Range, State, always, model, require, step, var

@model
def keypad(digits: int = 8) -> None:
    class Digit(Range, low=0, high=9): ...
    class Place(Range, low=0, high=digits - 1): ...
    class Count(Range, low=0, high=digits): ...

    class Pad(State):
        shown = var(Digit, per=Place, start=0)
        typed = var(Count, start=0)

    @step(actor="guest")
    def press(s: Pad, d: Digit) -> None:
        require(s.typed < digits)
        s.shown[s.typed] = d
        s.typed += 1

    @always
    def locked(s: Pad) -> bool:
        right = all(s.shown[p] == (7 * p + 3) % 10 for p in Place)
        return not (right and s.typed == digits)
"""
"""A model with one state for each number typed: many states, and a violation that is not deep."""


def bounded(*options: str) -> Run:
    """`dnsrace bmc` with these options and its answer as JSON."""
    command = [sys.executable, "-m", "dnsrace", "bmc", *options, "--max-depth", "60"]
    return run([*command, "--json", "-"], codes=(0, 1))


def found(one: Run) -> dict[str, Any]:
    """The finding."""
    answer: dict[str, Any] = one.answer["findings"][0]
    return answer


def main(times: int) -> None:
    """Print a row for each setting."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "keypad.py")
        path.write_text(KEYPAD, encoding="utf-8")
        pad = {"a keypad, 8 digits": (str(path), "--property", "locked")}
        flagship = {
            name: (*setting, "--property", "no_empty_answer") for name, setting in SETTINGS.items()
        }
        for name, options in {**flagship, **pad}.items():
            runs = in_turn(
                times,
                {
                    "bmc": lambda o=options: bounded(*o),
                    "explore": lambda o=options: explore(Path(folder), *o),
                },
            )
            z3, search = runs["bmc"], runs["explore"]
            one, other = found(z3[0]), found(search[0])
            if one["length"] != other["length"]:
                sys.exit("the lengths differ")
            rows.append([
                name, one["length"],
                f"{middle(z3, asked):.2f}", f"{middle(z3, lambda r: r.answer['seconds']):.2f}",
                f"{middle(z3, lambda r: r.wall):.2f}",
                "yes" if one["trace"] == other["trace"] else "no",
                f"{search[0].answer['distinct_states']:,}",
                f"{middle(search, lambda r: r.answer['seconds']):.3f}",
                f"{middle(search, lambda r: r.wall):.2f}",
            ])  # fmt: skip
    head = ("setting", "steps", "questions, s", "with the trace, s", "whole command, s",
            "same trace", "states of the search", "search, s", "its command, s")  # fmt: skip
    table(head, rows)


def asked(one: Run) -> float:
    """Seconds up to the last depth without a violation."""
    return sum(d["seconds"] for d in one.answer["depths"] if d["answer"] == "unsat")
