"""Which combinations of a model's decisions to look at, from what the command line says."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from dnsrace.errors import UsageError
from dnsrace.model.decisions import (
    Changes,
    Decision,
    change_from,
    combinations,
    decisions_of,
)
from dnsrace.model.language import Model

MOST = 1000
"""Combinations: more take minutes to lift alone, and nobody reads the table."""

Plan = tuple[tuple[Decision, ...], tuple[Changes, ...]]


def plan(
    model: Model, given: dict[str, Any], vary: Sequence[str] = (), named: Sequence[str] = ()
) -> Plan:
    """The decisions, and the combinations of them to look at, the deployed design first.

    Parameters
    ----------
    given: values of parameters; a decision that has one is not varied.
    vary: names of decisions, several in one text with commas between; none means all.
    named: combinations, each as `freshness=in_batch,retry=newest`; none means all.

    Raises UsageError for names and values that the model does not have.
    """
    if vary and named:
        raise UsageError(
            "--vary and --combination both say what to run", cure="give one of the two"
        )
    pairs = [_pairs(text) for text in named]
    names = [name for text in vary for name in _split(text)]
    names += [name for some in pairs for name in some]
    for name in names:
        if name in given:
            raise UsageError(
                f"{name} is given a value and varied", cure="leave out one of the two options"
            )
    values = model.values(given)
    wanted = names or [name for name in model.decisions if name not in given]
    if not wanted:
        raise UsageError(
            f"every decision of {model.name} is given a value" if model.decisions else
            f"{model.name} declares no design decisions",
            cure="leave one of these options out" if model.decisions else
            "name parameters with --vary, or in the model: @model(decisions=(...))",
        )  # fmt: skip
    decisions = decisions_of(model.parameters, wanted, values)
    if named:
        chosen = {_changes(decisions, some) for some in pairs} - {()}
        return decisions, ((), *sorted(chosen, key=lambda c: (len(c), c)))
    number = math.prod(len(d.values) for d in decisions)
    if number > MOST:
        raise UsageError(
            f"{number:,} combinations are more than {MOST:,}",
            cure="name fewer decisions with --vary, or combinations with --combination",
        )
    return decisions, tuple(combinations(decisions))


def _split(text: str) -> list[str]:
    return [part.strip().replace("-", "_") for part in text.split(",") if part.strip()]


def _pairs(text: str) -> dict[str, str]:
    """`freshness=in_batch,retry=newest`, by name."""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = (side.strip() for side in part.partition("="))
        name = name.replace("-", "_")
        if not equals or name in found:
            raise UsageError(
                f"--combination {text!r}: {part!r} is "
                + ("not name=value" if not equals else "a second value for one decision"),
                cure="write --combination freshness=in_batch,retry=newest",
            )
        found[name] = value
    return found


def _changes(decisions: Iterable[Decision], given: dict[str, str]) -> Changes:
    found = [change_from(d, given[d.name]) for d in decisions if d.name in given]
    return tuple(change for change in found if change is not None)
