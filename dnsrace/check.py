"""The whole pipeline on one screen: load a model, lift it, search it, explain what was found."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from dnsrace.engines.order.search import explore_by_order
from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.errors import UsageError
from dnsrace.findings.explain import explain_all
from dnsrace.findings.report import Report
from dnsrace.model.language import MAX_PATHS, Model
from dnsrace.model.selfcheck import lift_checked

FIXED_STATES = 50_000
"""After a violation, the fixed variant is searched as well, as long as it has no more states than
this: about a second. A larger one gets a command to type."""


def check(
    model: Model, given: dict[str, Any], request: Request, max_paths: int = MAX_PATHS
) -> Report:
    """Explore a model, explain each violation and, if it declares a fixed variant that was not
    asked for already, see whether that is better.

    Parameters
    ----------
    given: values of the model's parameters; defaults hold for the rest.

    Raises ModelError, UsageError.
    """
    # one limit of time for both searches
    request = replace(request, began=time.perf_counter())
    report = examine(model, given, request, max_paths)
    values = report.system.parameters
    other = any(values.get(name) != fixed for name, fixed in model.fixed.items())
    if report.headline and other and not request.interrupted():
        states = min(FIXED_STATES, request.limits.states or FIXED_STATES)
        quiet = replace(
            request, keep_going=False, listener=None, shallow=not request.keep_going,
            limits=replace(request.limits, states=states),
        )  # fmt: skip
        report.fixed = examine(model, {**given, **model.fixed}, quiet, max_paths)
    return report


def examine(
    model: Model, given: dict[str, Any], request: Request, max_paths: int = MAX_PATHS
) -> Report:
    """Explore a model and explain each violation; the same as `check`, of this variant alone."""
    system = lift_checked(model, given, max_paths)
    if request.unbounded is not None:
        system, exploration = explore_by_order(model, given, request, max_paths)
    else:
        exploration = explore(system, request)
    report = Report(system, exploration, explain_all(exploration.findings))
    report.headline = _headline(report, request.names)
    return report


def _headline(report: Report, asked: tuple[str, ...]) -> str:
    """Of the violations that are failures (or asked for by name), the one that the model exists to
    ask about."""
    failing = [name for name in report.explanations if name in asked]
    failing += [f.name for f in report.exploration.findings if f.fails and f.trace is not None]
    questions = [p.name for p in report.system.properties if p.question]
    return next((name for name in questions if name in failing), next(iter(failing), ""))


def fixed_values(model: Model) -> dict[str, Any]:
    """The parameter values of the fixed variant. Raises UsageError when there is none."""
    if not model.fixed:
        raise UsageError(
            f"{model.name} declares no fixed variant",
            cure="give the parameters one by one (`dnsrace show` lists them)",
        )
    return model.fixed
