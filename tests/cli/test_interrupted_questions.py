"""Ctrl-C during a question to Z3: it ends at once, and what is known is reported."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import write_model

from dnsrace.engines.solver import Effort, Stopped, ask, z3
from dnsrace.loader import load
from dnsrace.prove import ProofRequest, prove

PIGEONS = """
    @model
    def pigeons():
        class Hole(Range, low=1, high=13): ...
        class Pigeon(Range, low=0, high=13): ...
        class Loft(State):
            hole = var(Hole, per=Pigeon, start=Hole)
            knocked = var(bool, start=False)
        @step(actor="keeper")
        def knock(s):
            s.knocked = True
        @always
        def some_two_share_a_hole(s):
            return any(p != q and s.hole[p] == s.hole[q] for p in Pigeon for q in Pigeon)
"""
"""True, and beyond every solver of this kind (A. Haken, "The intractability of resolution",
Theoretical Computer Science 39, 1985)."""

PRESSED = """
import os, signal, threading
from dnsrace.cli_main import main
from dnsrace.engines.solver import z3

check = z3.Solver.check

def checked(self, *args):
    press = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    press.start()
    try:
        return check(self, *args)
    finally:
        press.cancel()

z3.Solver.check = checked
main()
"""
"""The program, with somebody who presses Ctrl-C when a question has taken half a second."""


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRESSED, *args],
        env={**os.environ, "COLUMNS": "100"}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("command", [["bmc"], ["prove", "--k", "1"]], ids=" ".join)
def test_control_c_ends_a_question_that_takes_for_ever(tmp_path: Path, command: list[str]) -> None:
    path, file = write_model(tmp_path, PIGEONS, "pigeons"), tmp_path / "result.json"
    name, *options = command
    done = run(name, str(path), *options, "--json", str(file))
    assert (done.returncode, done.stderr) == (3, "")
    assert "it was interrupted" in done.stdout
    data = json.loads(file.read_text())
    assert data["stopped"] == "it was interrupted"
    assert [f["verdict"] for f in data["findings"]] == ["unknown"]


def after(calls: int) -> Callable[[], bool]:
    """Asks to be interrupted once it has been called so often."""
    counter = itertools.count(1)
    return lambda: next(counter) > calls


@pytest.mark.parametrize("calls", [0, 1, 10, 40, 60])
def test_a_proof_that_is_interrupted_anywhere_proves_nothing(calls: int) -> None:
    """Not even behind its last query, before the formulas were compared with the interpreter."""
    given = {"freshness": "in_batch", "cleaner": "transactional", "rollback": "tolerant"}
    report = prove(load("dynamodb_dns"), given, ProofRequest(interrupted=after(calls)))
    assert report.proof.stopped == "it was interrupted"
    assert report.proof.proved == ()
    assert {f.verdict for f in report.findings} == {"unknown"}
    assert report.exit_code == 3
    assert len(report.proof.queries) <= calls


def test_a_limit_of_time_ends_a_proof() -> None:
    request = ProofRequest(("no_regression",), seconds=0.0)
    report = prove(load("dynamodb_dns"), {}, request)
    assert report.proof.stopped == "the time limit of 0 s was reached"
    assert report.exit_code == 3


def test_violations_that_are_known_survive_the_search_for_lemmas() -> None:
    report = prove(load("dynamodb_dns"), {}, ProofRequest(discover=True, seconds=0.0))
    assert report.proof.stopped == "the time limit of 0 s was reached"
    assert set(report.explanations) == {"no_empty_answer", "rollback_ready"}
    assert report.exit_code == 1


def test_whoever_asks_may_be_interrupted_himself() -> None:
    """An exception in the one that waits ends the question too: the solver is free again."""
    solver = z3.Solver()
    x, y = z3.Ints("x y")
    solver.add(x > 1, y > 1, x * y == 1_000_003 * 1_000_033)

    looks = itertools.count()

    def stop() -> str:
        if next(looks):
            raise KeyboardInterrupt
        return ""

    with pytest.raises(KeyboardInterrupt):
        ask(solver, effort=Effort(stop=stop))
    with pytest.raises(Stopped, match="enough"):
        ask(solver, effort=Effort(stop=iter(["", "", "enough"]).__next__))
    solver.reset()
    assert ask(solver).answer == "sat"
