"""Certificates, checked by another solver."""

from __future__ import annotations

from pathlib import Path

import cvc5
import pytest

from dnsrace.loader import load
from dnsrace.prove import ProofRequest, prove

FIXED = {"freshness": "in_batch", "cleaner": "transactional", "rollback": "tolerant"}


def answer(path: Path) -> str:
    """What cvc5 says of a file."""
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", "10000")
    parser = cvc5.InputParser(solver)
    parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, str(path))
    symbols = parser.getSymbolManager()
    said = ""
    while not (command := parser.nextCommand()).isNull():
        said += command.invoke(solver, symbols)
    return said.strip()


@pytest.mark.parametrize("given", [FIXED, {"freshness": "in_batch"}], ids=["fixed", "in_batch"])
def test_another_solver_agrees_on_every_query(tmp_path: Path, given: dict[str, str]) -> None:
    names = ("no_empty_answer",)
    report = prove(load("dynamodb_dns"), given, ProofRequest(names=names, smt2=tmp_path / "new"))
    files = sorted((tmp_path / "new").iterdir())
    assert len(files) == report.written == len(report.proof.queries) >= 20
    for path, query in zip(files, report.proof.queries, strict=True):
        head = path.read_text().partition("(set-logic")[0]
        assert "Expected: unsat" in head
        assert "enactors, plans, endpoints, retention" in head.replace("\n; ", " ")
        assert query.kind in head
        assert answer(path) == "unsat", path.name
