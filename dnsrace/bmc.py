"""The pipeline of `dnsrace bmc`: load a model, lift it, ask Z3 depth by depth, explain."""

from __future__ import annotations

from typing import Any

from dnsrace.engines.bmc import check_bounded
from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.findings.bounded import BoundedReport
from dnsrace.findings.explain import explain_all
from dnsrace.model.language import MAX_PATHS, Model
from dnsrace.model.selfcheck import lift_checked


def bmc(
    model: Model, given: dict[str, Any], request: BoundedRequest, max_paths: int = MAX_PATHS
) -> BoundedReport:
    """Check a model up to a depth, and explain each violation.

    Parameters
    ----------
    given: values of the model's parameters; defaults hold for the rest.

    Raises ModelError, UsageError.
    """
    system = lift_checked(model, given, max_paths)
    done = check_bounded(system, request)
    explanations = explain_all(done.findings)
    failing = [f.name for f in done.findings if f.name in explanations and f.fails]
    asked = [p.name for p in system.properties if p.question and p.name in failing]
    return BoundedReport(done, explanations, next(iter([*asked, *failing, *explanations]), ""))
