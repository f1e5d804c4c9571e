"""The pipeline of `dnsrace bmc`: load a model, lift it, ask Z3 depth by depth, explain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dnsrace.engines.bmc import check_bounded
from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.engines.open_bmc import check_opened
from dnsrace.errors import ModelError
from dnsrace.findings.bounded import BoundedReport
from dnsrace.findings.explain import explain_all
from dnsrace.findings.words import listed
from dnsrace.model.language import MAX_PATHS, Model
from dnsrace.model.selfcheck import lift_checked
from dnsrace.model.system import System


def bmc(
    model: Model, given: dict[str, Any], request: BoundedRequest, max_paths: int = MAX_PATHS,
    open: Iterable[str] = (),
) -> BoundedReport:  # fmt: skip
    """Check a model up to a depth, and explain each violation.

    Parameters
    ----------
    given: values of the model's parameters; defaults hold for the rest.
    open: names of parameters that may have any value, up to `request.up_to`.

    Raises ModelError, UsageError.
    """
    system = lift_checked(model, given, max_paths)
    opened = tuple(open)
    if opened:
        done = check_opened(_opened(model, given, opened, max_paths), request, max_paths)
    else:
        done = check_bounded(system, request)
    explanations = explain_all(done.findings)
    failing = [f.name for f in done.findings if f.name in explanations and f.fails]
    asked = [p.name for p in system.properties if p.question and p.name in failing]
    return BoundedReport(done, explanations, next(iter([*asked, *failing, *explanations]), ""))


def _opened(model: Model, given: dict[str, Any], open: Iterable[str], max_paths: int) -> System:
    try:
        return model.lift(open=open, max_paths=max_paths, **given)
    except ModelError as error:
        error.cure += f"; or do not leave {listed(open)} open"
        raise
