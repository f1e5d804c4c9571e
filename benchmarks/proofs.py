"""Proofs for every size: what they take, what finding their lemmas takes, and what another solver
takes for their certificates; beside exhaustive search, which grows with the sizes."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import cvc5

from benchmarks.running import Run, middle, run, table

BOTH = ("-p", "no_empty_answer", "-p", "rollback_ready")
SETTINGS: dict[str, tuple[str, ...]] = {
    "fixed": ("--fixed", *BOTH),
    "fixed, crashes, lock expiry": ("--fixed", "--crashes", "--lock-expiry", *BOTH),
    "freshness=in_batch alone": ("--freshness", "in_batch", "-p", "no_empty_answer"),
    "cleaner=transactional alone": ("--cleaner", "transactional", *BOTH),
}
ENACTORS = (2, 3, 4, 5, 6, 7, 8)
PLANS, PATIENCE, ROOM = 6, 60, "4G"
"""Of the searches beside the proof: plans; seconds and memory after which each of them gives up."""


def prove(*options: str) -> Run:
    """`dnsrace prove` with these options and its answer as JSON."""
    return run([sys.executable, "-m", "dnsrace", "prove", *options, "--json", "-"])


def checked_again(folder: Path) -> float:
    """Seconds of the processor that cvc5 takes to agree with every certificate in a folder."""
    seconds = 0.0
    for path in sorted(folder.iterdir()):
        began = time.process_time()
        solver = cvc5.Solver()
        parser = cvc5.InputParser(solver)
        parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, str(path))
        symbols, said = parser.getSymbolManager(), ""
        while not (command := parser.nextCommand()).isNull():
            said += command.invoke(solver, symbols)
        seconds += time.process_time() - began
        if said.strip() != "unsat":
            sys.exit(f"cvc5 says {said.strip()} of {path.name}")
    return seconds


def main(times: int) -> None:
    """Print a row for each protocol that is proved, then one for each number of enactors."""
    rows = []
    for name, options in SETTINGS.items():
        proofs = [prove(*options) for _ in range(times)]
        found = [prove(*options, "--discover") for _ in range(times)]
        with tempfile.TemporaryDirectory() as folder:
            prove(*options, "--smt2", folder)
            again = [checked_again(Path(folder)) for _ in range(times)]
        answer = proofs[0].answer
        rows.append([
            name, len(answer["lemmas"]), len(answer["queries"]),
            f"{middle(proofs, lambda r: sum(q['seconds'] for q in r.answer['queries'])):.3f}",
            f"{middle(proofs, lambda r: r.cpu):.1f}", f"{middle(proofs, lambda r: r.wall):.1f}",
            len(found[0].answer["found"]["lemmas"]),
            f"{middle(found, lambda r: r.answer['found']['seconds']):.1f}",
            f"{middle(found, lambda r: r.cpu):.1f}", f"{middle(found, lambda r: r.wall):.1f}",
            f"{sorted(again)[len(again) // 2]:.2f}",
        ])  # fmt: skip
    table(
        ("for any sizes", "lemmas", "queries", "solver, s", "command, CPU s", "command, s",
         "lemmas found", "finding them, s", "that command, CPU s", "that command, s",
         "cvc5, CPU s"), rows,
    )  # fmt: skip
    table(
        ("fixed, 6 plans", "states", "representatives", "search, s", "command, CPU s", "ended"),
        [_searched(enactors) for enactors in ENACTORS],
    )


def _searched(enactors: int) -> list[object]:
    """One search, once: those that give up take as long as they may."""
    command = [sys.executable, "-m", "dnsrace", "explore", "--fixed", *BOTH]
    command += ["--enactors", str(enactors), "--plans", str(PLANS), "--timeout", str(PATIENCE)]
    command += ["--max-memory", ROOM]
    one = run([*command, "--json", "-"], codes=(0, 3))
    answer = one.answer
    return [
        f"{enactors} enactors", f"{answer['represented_states']:,}",
        f"{answer['distinct_states']:,}", f"{answer['seconds']:.2f}", f"{one.cpu:.1f}",
        answer["stopped"] or "complete",
    ]  # fmt: skip
