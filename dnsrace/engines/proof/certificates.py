"""Queries as SMT-LIB 2 files, for another solver to check (Barrett, Fontaine and Tinelli, "The
SMT-LIB Standard", version 2.6)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from dnsrace.engines.proof.induction import Question
from dnsrace.engines.solver import z3
from dnsrace.errors import UsageError
from dnsrace.findings.proofs import Query
from dnsrace.model.system import System

SAYS = {
    "initiation": "every initial state is in its domains and satisfies the properties named",
    "consecution": "the step leads from states that satisfy the invariant to states that satisfy "
    "the properties named",
    "safety": "in states that satisfy the invariant the properties named hold of the step or, if "
    "none is named, nothing leaves its domain",
}


def write_certificates(
    folder: Path, system: System, questions: Sequence[Question], queries: Sequence[Query]
) -> int:
    """Write one file for each query that shows what it is about, and give their number. Raises
    UsageError when the folder cannot be written."""
    shown = [
        (question, query)
        for question, query in zip(questions, queries, strict=True)
        if query.answer == "unsat"
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, (question, query) in enumerate(shown, 1):
            step = f"-{question.step}" if question.step else ""
            path = folder / f"{number:02}-{question.kind}{step}.smt2"
            path.write_text(certificate(system, question, query), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"--smt2: {folder} cannot be written: {error.strerror}",
            cure="give a folder for the files, which may be a new one",
        ) from None
    return len(shown)


def certificate(system: System, question: Question, query: Query) -> str:
    """A query as the text of an SMT-LIB 2 file."""
    values = ", ".join(f"{name}={value}" for name, value in system.parameters.items())
    opened = f"for every {', '.join(system.open)}" if system.open else "for these parameters"
    lines = [
        f"{system.name}({values}), {opened}",
        f"{question.kind}" + (f" of the step {question.step}" if question.step else "")
        + f": {', '.join(question.about) or 'no value leaves its domain'}",
        f"Expected: unsat. Then {SAYS[question.kind]}.",
        f"Z3 {z3.get_version_string()} said {query.answer}.",
    ]  # fmt: skip
    head = [f"; {part}" for line in lines for part in textwrap.wrap(line, 97)]
    solver = z3.Solver()
    solver.add(*question.formulas)
    # the benchmark's own name and logic say nothing here; with quantifiers, only ALL is sure
    body = [line for line in solver.to_smt2().splitlines() if not line.startswith((";", "(set-"))]
    return "\n".join([*head, "(set-logic ALL)", *body]) + "\n"
