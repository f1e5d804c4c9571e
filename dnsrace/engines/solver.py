"""Asking Z3. The one file that imports it; everybody else takes `z3` from here.

While Z3 solves, Python's own signal handlers wait, and Z3 would take Ctrl-C for itself. So each
question is asked in a thread, and the one that asks looks now and then whether it should end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from dnsrace.errors import UsageError

try:
    import z3
except ImportError:
    raise UsageError(
        "this needs Z3, which is not installed", cure="pip install z3-solver"
    ) from None

__all__ = ["Answer", "Effort", "Reply", "Stopped", "ask", "conjunction", "disjunction", "z3"]

Answer = Literal["sat", "unsat", "unknown"]
NO_LIMIT = 0xFFFFFFFF
"""What Z3 takes for "no timeout", in milliseconds."""
LOOK = 0.05
"""Seconds between two looks whether a question should end."""
_worker = ThreadPoolExecutor(1, "z3")


class Stopped(Exception):
    """A question that was not answered, since all of the work is to end; its text says why."""


def _never() -> str:
    return ""


@dataclass(frozen=True)
class Effort:
    """When the solver gives up.

    Parameters
    ----------
    resources: of Z3's own count (`rlimit`), the same on every machine; 0 for no limit.
    seconds: of the clock, a second limit that depends on the machine; None for no limit.
    stop: asked all the time: why all of the work is to end, in words, or an empty text.
    """

    resources: int = 0
    seconds: float | None = None
    stop: Callable[[], str] = _never


@dataclass(frozen=True)
class Reply:
    """What the solver says, after how many seconds, and why it does not know."""

    answer: Answer
    seconds: float
    reason: str = ""


def ask(solver: Any, *assumptions: Any, effort: Effort = Effort()) -> Reply:
    """Ask a solver about what it holds, and these assumptions. Whatever is not a clear `sat` or
    `unsat` is `unknown`. Raises Stopped when `effort.stop` says so."""
    limit = NO_LIMIT if effort.seconds is None else max(1, int(1000 * effort.seconds))
    solver.set("timeout", min(limit, NO_LIMIT))
    solver.set("rlimit", effort.resources)
    solver.set("ctrl_c", False)
    began = time.perf_counter()
    try:
        found = _checked(solver, assumptions, effort.stop)
    except z3.Z3Exception as error:
        return Reply("unknown", time.perf_counter() - began, str(error))
    seconds = time.perf_counter() - began
    if found == z3.sat:
        return Reply("sat", seconds)
    if found == z3.unsat:
        return Reply("unsat", seconds)
    return Reply("unknown", seconds, solver.reason_unknown())


def _checked(solver: Any, assumptions: tuple[Any, ...], stop: Callable[[], str]) -> Any:
    """What the solver says. Raises Stopped."""
    if why := stop():
        raise Stopped(why)
    answer = _worker.submit(solver.check, *assumptions)
    try:
        while True:
            try:
                return answer.result(LOOK)
            except TimeoutError:
                if why := stop():
                    raise Stopped(why) from None
    finally:
        _end(solver, answer)


def _end(solver: Any, answer: Future[Any]) -> None:
    """No question goes on when nobody waits for its answer: the solver is for one at a time."""
    while not answer.done():
        solver.interrupt()
        time.sleep(LOOK / 10)


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
