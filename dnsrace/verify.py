"""The pipeline of `dnsrace verify`: one model, every engine, and what follows from all of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dnsrace import verify_engines as engines
from dnsrace.engines.bounded_request import MAX_DEPTH
from dnsrace.engines.request import Request
from dnsrace.errors import UsageError
from dnsrace.findings.agreement import refuse_disagreement
from dnsrace.findings.explain import explain
from dnsrace.findings.verified import ENGINES, Column, EngineName, Verification
from dnsrace.model.language import MAX_PATHS, Model
from dnsrace.model.selfcheck import lift_checked
from dnsrace.verify_engines import Share

SECONDS = 120.0
WALKS = 20_000
ASK: dict[EngineName, Callable[[Share, Verification], Column]] = {
    "search": engines.search, "hunt": engines.walks, "bmc": engines.bounded, "proof": engines.proof,
}  # fmt: skip


@dataclass(frozen=True)
class VerifyProgress:
    """Which engine is at work, and what it says of how far it is; None: it says nothing."""

    engine: EngineName
    progress: Any


@dataclass(frozen=True)
class VerifyRequest:
    """What is asked of all engines.

    Parameters
    ----------
    names: properties asked for by name; none means all that the model has.
    seconds: of all engines together. Each may take an equal share of what is left; what it does not
        need is left to those after it. None: no limit.
    walks: where the hunt ends in any case.
    depth: where the bounded check ends in any case.
    interrupted: asked from time to time; True ends it with a partial report.
    """

    names: tuple[str, ...] = ()
    seconds: float | None = SECONDS
    walks: int = WALKS
    depth: int = MAX_DEPTH
    listener: Callable[[VerifyProgress], None] | None = None
    interrupted: Callable[[], bool] = lambda: False


def verify(
    model: Model, given: dict[str, Any], request: VerifyRequest, max_paths: int = MAX_PATHS
) -> Verification:
    """Ask every engine about a model, and put what they say side by side.

    Parameters
    ----------
    given: values of the model's parameters; defaults hold for the rest.

    Raises ModelError, UsageError; InternalError where two engines disagree.
    """
    began = time.perf_counter()
    system = lift_checked(model, given, max_paths)
    asked = Request(names=request.names).properties(system)
    if not asked:
        raise UsageError(
            f"{system.name} states nothing that could be verified",
            cure="declare a property, for example with @always, or ask for a lemma by name",
        )
    found = Verification(system, asked, limit=request.seconds)

    def tell(engine: EngineName, progress: Any) -> None:
        if request.listener is not None:
            request.listener(VerifyProgress(engine, progress))

    for number, engine in enumerate(ENGINES):
        start = time.perf_counter()
        left = None if request.seconds is None else request.seconds - (start - began)
        seconds = None if left is None else round(left / (len(ENGINES) - number), 1)
        share = Share(system, given, request.names, asked, seconds, request.walks, request.depth,
                      max_paths, request.interrupted, tell)  # fmt: skip
        if request.interrupted():
            column = engines.not_asked(share, engine, "not looked at: it was interrupted")
        elif left is not None and left <= 0:
            column = engines.not_asked(share, engine, "not looked at: the time was up")
        else:
            try:
                column = ASK[engine](share, found)
            except UsageError as error:
                column = engines.not_asked(share, engine, f"not looked at: {error.cause}")
        column.seconds = time.perf_counter() - start
        found.columns.append(column)
    refuse_disagreement(found)
    for row in found.rows:
        if row.shown is not None and row.shown.trace is not None:
            found.explanations[row.prop.name] = explain(row.shown.trace, row.prop)
    failing = [row.prop for row in found.rows if row.fails and row.prop.name in found.explanations]
    found.headline = next((p.name for p in sorted(failing, key=lambda p: not p.question)), "")
    found.interrupted = request.interrupted()
    found.seconds = time.perf_counter() - began
    return found
