"""Running other people's model checkers on what is exported to them, and reading what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

REQUIRED = "DNSRACE_REQUIRE_TOOLS"
"""With this variable set to 1 a missing tool fails a test; otherwise the test is skipped."""

SECONDS = 120


@dataclass(frozen=True)
class Counted:
    """What a tool has counted, and the first error that it told of, if any."""

    states: int
    transitions: int
    depth: int | None = None
    error: str = ""
    length: int | None = None
    errors: int = 0
    told: str = ""


def need(*programs: str) -> None:
    """Skip the test, or fail it where tools are required, if a program is not installed."""
    missing = [p for p in programs if shutil.which(p) is None]
    if not missing:
        return
    told = f"{', '.join(missing)} not installed: apt-get install spin rumur gcc libc6-dev chromium"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{told} ({REQUIRED}=1 asks for it)")
    pytest.skip(told)


def _run(directory: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return done.stdout + done.stderr


def _built(directory: Path, *command: str) -> None:
    """Run a translator or compiler, which must have nothing to complain about."""
    done = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    assert "error" not in done.stderr.lower(), done.stderr


# -- Spin


def spin(text: str, directory: Path, *checks: str, go_on: bool = False) -> Counted:
    """All states of a Promela program, breadth first.

    `checks` are the switches of properties; `go_on`: count errors, and do not stop at the first.
    """
    need("spin", "gcc")
    directory.mkdir(exist_ok=True)
    (directory / "m.pml").write_text(text, encoding="utf-8")
    switches = ["-DNAMED", *(f"-D{check}" for check in checks)]
    _built(directory, "spin", *switches, "-o1", "-o2", "-o3", "-a", "m.pml")
    _built(directory, "gcc", "-w", "-O0", "-DBFS", "-DNOREDUCE", "-o", "pan", "pan.c")
    told = _run(directory, "./pan", "-E", "-w16", *(["-c0"] if go_on else []))
    error = re.search(r"^pan:\d+: (.*) \(at depth (\d+)\)", told, re.M)
    return Counted(
        _number(r"(\d+) states, stored", told),
        _number(r"(\d+) transitions \(= stored\+matched\)", told) - 1,
        _number(r"depth reached (\d+)", told),
        error[1] if error else "",
        int(error[2]) if error else None,
        _number(r"errors: (\d+)", told),
    )


def spin_tells(directory: Path, *checks: str) -> list[str]:
    """The violation that `spin` has found with the same checks, in the model's words."""
    switches = ["-DNAMED", *(f"-D{check}" for check in checks)]
    told = _run(directory, "spin", *switches, "-t", "m.pml")
    lines = told.split("\nspin: text of failed")[0].splitlines()
    return [line.strip() for line in lines if not line.startswith("spin:")]


# -- Rumur


def rumur(
    text: str, directory: Path, *checks: str, symmetry: str = "off", most_errors: int = 1
) -> Counted:
    """All states of a Murphi description; `checks` are the constants of properties to check."""
    need("rumur", "gcc")
    directory.mkdir(exist_ok=True)
    for name in re.findall(r"^const (CHECK_\w+):", text, re.M):
        value = "true" if name in checks else "false"
        text = re.sub(rf"^const {name}: \w+;", f"const {name}: {value};", text, flags=re.M)
    (directory / "m.m").write_text(text, encoding="utf-8")
    options = [f"--symmetry-reduction={symmetry}", "--deadlock-detection=off"]
    options += ["--threads=1", f"--max-errors={most_errors}"]
    _built(directory, "rumur", *options, "--value-type=int32_t", "--output=m.c", "m.m")
    _built(directory, "gcc", "-w", "-O0", "-march=native", "-o", "m", "m.c", "-lpthread")
    told = _run(directory, "./m")
    counted = re.search(r"(\d+) states, (\d+) rules fired", told)
    assert counted is not None, told
    found = re.search(r"(\d+) error\(s\) found", told)
    errors = int(found[1]) if found else 0
    assert errors or "No error found" in told, told
    told_of = re.search(r"for the error:\s*(.*)|^\s*(\w+ property .*)$", told, re.M)
    return Counted(
        int(counted[1]),
        int(counted[2]),
        error=(told_of[1] or told_of[2] or "") if told_of else "",
        length=told.count("fired.\n") - 1 if "error trace" in told else None,
        errors=errors,
        told=told,
    )


def _number(pattern: str, told: str) -> int:
    found = re.search(pattern, told)
    assert found is not None, told
    return int(found[1])
