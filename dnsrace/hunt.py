"""The pipeline of `dnsrace hunt`: load a model, lift it, walk through it, explain what was met."""

from __future__ import annotations

from typing import Any

from dnsrace.engines.hunt import HuntRequest
from dnsrace.engines.hunt import hunt as walk
from dnsrace.findings.explain import explain_all
from dnsrace.findings.hunted import HuntReport
from dnsrace.model.language import MAX_PATHS, Model
from dnsrace.model.selfcheck import lift_checked


def hunt(
    model: Model, given: dict[str, Any], request: HuntRequest, max_paths: int = MAX_PATHS
) -> HuntReport:
    """Hunt in a model, and explain each violation that was met.

    Parameters
    ----------
    given: values of the model's parameters; defaults hold for the rest.

    Raises ModelError, UsageError.
    """
    system = lift_checked(model, given, max_paths)
    done = walk(system, request)
    explanations = explain_all(done.findings)
    questions = [name for name in request.questions(system) if name in explanations]
    return HuntReport(done, explanations, next(iter([*questions, *explanations]), ""))
