"""Asking Z3. The one file that imports it; everybody else takes `z3` from here."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal

from dnsrace.errors import UsageError

try:
    import z3
except ImportError:
    raise UsageError(
        "this needs Z3, which is not installed", cure="pip install z3-solver"
    ) from None

__all__ = ["Answer", "Effort", "Reply", "ask", "conjunction", "disjunction", "z3"]

Answer = Literal["sat", "unsat", "unknown"]


@dataclass(frozen=True)
class Effort:
    """When the solver gives up.

    Parameters
    ----------
    resources: of Z3's own count (`rlimit`), the same on every machine; 0 for no limit.
    seconds: of the clock, a second limit that depends on the machine; None for no limit.
    """

    resources: int = 0
    seconds: float | None = None


@dataclass(frozen=True)
class Reply:
    """What the solver says, after how many seconds, and why it does not know."""

    answer: Answer
    seconds: float
    reason: str = ""


def ask(solver: Any, *assumptions: Any, effort: Effort = Effort()) -> Reply:
    """Ask a solver about what it holds, and these assumptions. Whatever is not a clear `sat` or
    `unsat` is `unknown`."""
    solver.set("rlimit", effort.resources)
    if effort.seconds is not None:
        solver.set("timeout", max(1, int(1000 * effort.seconds)))
    began = time.perf_counter()
    try:
        found = solver.check(*assumptions)
    except z3.Z3Exception as error:
        return Reply("unknown", time.perf_counter() - began, str(error))
    seconds = time.perf_counter() - began
    if found == z3.sat:
        return Reply("sat", seconds)
    if found == z3.unsat:
        return Reply("unsat", seconds)
    return Reply("unknown", seconds, solver.reason_unknown())


def conjunction(*terms: Any) -> Any:
    """All of some terms. Z3 would write one of no terms as an `and` without arguments, which is no
    SMT-LIB."""
    if len(terms) == 1:
        return terms[0]
    return z3.And(*terms) if terms else z3.BoolVal(True)


def disjunction(*terms: Any) -> Any:
    """One of some terms."""
    if len(terms) == 1:
        return terms[0]
    return z3.Or(*terms) if terms else z3.BoolVal(False)
