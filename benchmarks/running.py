"""Running commands side by side, and tables of what they took."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Run:
    """One run of a command."""

    wall: float
    """Seconds from its start to its end."""
    peak: int
    """Bytes of memory that it held at most."""
    output: str
    cpu: float = 0.0
    """Seconds of processor time: on a busy machine they say more."""

    @property
    def answer(self) -> dict[str, Any]:
        """Its output, read as JSON."""
        found: dict[str, Any] = json.loads(self.output)
        return found


def run(
    command: Sequence[str | Path],
    codes: Sequence[int] = (0,),
    cwd: Path | None = None,
    **environment: str,
) -> Run:
    """Run a command to its end; any exit code that is not among `codes` ends the benchmark."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        begin = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)),
            stdout=out,
            stderr=err,
            cwd=cwd,
            env={**os.environ, **environment},
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in codes:
            sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}: {err.read()}")
        return Run(wall, usage.ru_maxrss * 1024, out.read(), usage.ru_utime + usage.ru_stime)


def explore(cache: Path, *options: str) -> Run:
    """`dnsrace explore` with these options and its answer as JSON."""
    command = [sys.executable, "-m", "dnsrace", "explore", *options, "--json", "-"]
    return run(command, codes=(0, 1), DNSRACE_CACHE=str(cache))


def in_turn(times: int, tasks: Mapping[str, Callable[[], Run]]) -> dict[str, list[Run]]:
    """Run each of the tasks once to warm up, then all in turn so many times."""
    for task in tasks.values():
        task()
    runs: dict[str, list[Run]] = {name: [] for name in tasks}
    for _ in range(times):
        for name, task in tasks.items():
            runs[name].append(task())
    return runs


def middle(runs: Sequence[Run], value: Callable[[Run], float]) -> float:
    """The median of a value over some runs."""
    return median(value(one) for one in runs)


def ratio(a: Sequence[Run], b: Sequence[Run], value: Callable[[Run], float]) -> float:
    """The median of the ratios of runs that were made in the same turn."""
    return median(value(x) / value(y) for x, y in zip(a, b, strict=True))


def compiled(source: str, to: Path, **defines: int) -> Path:
    """A C program beside this file, built with the system's compiler."""
    options = [f"-D{name}={value}" for name, value in defines.items()]
    run(["cc", "-O3", "-march=native", *options, HERE / "c" / source, "-o", to])
    return to


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table; numbers are aligned to the right."""
    print()
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join(["---", *(["---:"] * (len(head) - 1))]) + "|")
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |", flush=True)


def machine() -> str:
    """One line about this machine."""
    names = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    compiler = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=False)
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} processors, Python "
        f"{platform.python_version()}, {compiler.stdout.splitlines()[0]}, load "
        f"{os.getloadavg()[0]:.1f}"
    )
