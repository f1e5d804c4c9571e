"""dnsrace beside Spin and Rumur on the same spaces: rates, end-to-end times, memory.

The protocol is the fixed one, in which everything holds: each tool must search the whole space
while it checks the same two invariants, and all must come to the same number of states. Spin runs
depth first, which is its fastest way, and gets a hash table of the right size; Rumur one thread.

End to end is from nothing to the answer: dnsrace with an empty cache; for the others translation,
compilation and the run. The export of the model is not counted.
"""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.running import Run, explore, run, table

SPACES = ((3, 6), (3, 7), (4, 5))
SYMMETRIC = ((3, 7), (4, 5))


@dataclass(frozen=True)
class Taken:
    """What one tool took for one space."""

    states: int
    rate: float
    """Distinct states a second, of the search alone."""
    whole: float
    """Seconds from nothing to the answer."""
    peak: int
    """Bytes of memory of the search."""


@dataclass
class Row:
    """The runs of all tools on one space."""

    space: str
    taken: dict[str, list[Taken]] = field(default_factory=dict)


def main(times: int) -> None:
    """Print two tables: without symmetry reduction, and with each tool's own."""
    for spaces, symmetric in ((SPACES, False), (SYMMETRIC, True)):
        tools = {"dnsrace": _dnsrace, "Rumur": _rumur} if symmetric else {
            "dnsrace": _dnsrace, "Spin": _spin, "Rumur": _rumur
        }  # fmt: skip
        rows = []
        for enactors, plans in spaces:
            row = Row(f"{enactors} enactors, {plans} plans")
            for _ in range(times):
                for name, tool in tools.items():
                    with tempfile.TemporaryDirectory() as folder:
                        taken = tool(Path(folder), enactors, plans, symmetric)
                    row.taken.setdefault(name, []).append(taken)
            if len({one.states for some in row.taken.values() for one in some}) != 1:
                sys.exit(f"they do not agree: {row}")
            rows.append(row)
        print("\nWith each tool's symmetry reduction" if symmetric else "\nEvery state")
        _print(rows, list(tools))


def _options(enactors: int, plans: int) -> list[str]:
    return ["--enactors", str(enactors), "--plans", str(plans), "--fixed"]


def _dnsrace(folder: Path, enactors: int, plans: int, symmetric: bool) -> Taken:
    options = [*_options(enactors, plans), "--property", "no_empty_answer", "--property",
               "rollback_ready", *([] if symmetric else ["--no-symmetry"])]  # fmt: skip
    cold = explore(folder, *options)
    warm = explore(folder, *options, "--engine", "numba")
    warm = explore(folder, *options, "--engine", "numba")
    found = warm.answer
    return Taken(
        found["distinct_states"], found["distinct_states"] / found["seconds"], cold.wall, warm.peak
    )


def _exported(target: str, enactors: int, plans: int) -> str:
    command = [sys.executable, "-m", "dnsrace", "export", target, "dynamodb_dns"]
    return run([*command, *_options(enactors, plans)]).output


def _spin(folder: Path, enactors: int, plans: int, symmetric: bool) -> Taken:
    source, verifier = folder / "model.pml", folder / "pan"
    source.write_text(_exported("promela", enactors, plans), encoding="utf-8")
    checks = ["-DNAMED", "-DCHECK_no_empty_answer", "-DCHECK_rollback_ready"]
    translated = run(["spin", *checks, "-o1", "-o2", "-o3", "-a", source], cwd=folder)
    built = run(
        ["cc", "-w", "-O2", "-DSAFETY", "-DNOREDUCE", "-DMEMLIM=20000", "-o", verifier, "pan.c"],
        cwd=folder,
    )
    searched = run([verifier, "-E", "-m20000000", "-w25"], cwd=folder)
    states = _number(r"(\d+) states, stored", searched)
    if "errors: 0" not in searched.output or "out of memory" in searched.output:
        sys.exit(searched.output)
    whole = _sum(translated, built, searched)
    return Taken(states, states / searched.wall, whole, searched.peak)


def _rumur(folder: Path, enactors: int, plans: int, symmetric: bool) -> Taken:
    text = _exported("murphi", enactors, plans)
    for name in re.findall(r"^const CHECK_(\w+):", text, re.M):
        wanted = "true" if name in ("no_empty_answer", "rollback_ready") else "false"
        text = re.sub(
            rf"^const CHECK_{name}: \w+;", f"const CHECK_{name}: {wanted};", text, flags=re.M
        )
    source, program = folder / "model.m", folder / "model"
    source.write_text(text, encoding="utf-8")
    translated = run(
        ["rumur", f"--symmetry-reduction={'heuristic' if symmetric else 'off'}",
         "--deadlock-detection=off", "--threads=1", "--output", folder / "model.c", source]
    )  # fmt: skip
    built = run(
        ["cc", "-w", "-O3", "-march=native", "-o", program, folder / "model.c", "-lpthread"]
    )
    searched = run([program])
    if "No error found" not in searched.output:
        sys.exit(searched.output)
    states = _number(r"(\d+) states, \d+ rules fired", searched)
    whole = _sum(translated, built, searched)
    return Taken(states, states / searched.wall, whole, searched.peak)


def _number(pattern: str, one: Run) -> int:
    found = re.search(pattern, one.output)
    if found is None:
        sys.exit(one.output)
    return int(found[1])


def _sum(*runs: Run) -> float:
    return sum(one.wall for one in runs)


def _print(rows: list[Row], tools: list[str]) -> None:
    others = tools[1:]
    head = ["space", "states"]
    for what in ("M states/s", "end to end, s"):
        head += [f"dnsrace, {what}", *(f"{other} (ratio)" for other in others)]
    head += [f"{tool}, MiB" for tool in tools]
    lines = []
    for row in rows:
        ours = row.taken["dnsrace"]
        line = [row.space, f"{ours[0].states:,}", f"{median(t.rate for t in ours) / 1e6:.2f}"]
        for other in others:
            pairs = list(zip(ours, row.taken[other], strict=True))
            rate = median(theirs.rate for _, theirs in pairs) / 1e6
            line.append(f"{rate:.3f} ({median(a.rate / b.rate for a, b in pairs):.1f})")
        line.append(f"{median(t.whole for t in ours):.1f}")
        for other in others:
            pairs = list(zip(ours, row.taken[other], strict=True))
            whole = median(theirs.whole for _, theirs in pairs)
            line.append(f"{whole:.1f} ({median(b.whole / a.whole for a, b in pairs):.2f})")
        line += [f"{median(t.peak for t in row.taken[tool]) / (1 << 20):.0f}" for tool in tools]
        lines.append(line)
    table(head, lines)
