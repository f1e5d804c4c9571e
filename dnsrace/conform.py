"""Does a run of the implementation conform to the model: the pipeline of `dnsrace conform`.

    from dnsrace.conform import conform
    from dnsrace.loader import load

    result = conform(load("dynamodb_dns"), {"parameters": {"enactors": 2}}, events)
    assert result.explained, str(result.drift)

is all that the tests of an implementation need.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from dnsrace.engines.conform import Bounds, Construction, GaveUp
from dnsrace.errors import LogError, UsageError
from dnsrace.findings.conformance import Conformance
from dnsrace.findings.events import understood
from dnsrace.findings.explained import violations
from dnsrace.findings.judge import LOOKED_AT, drift, judged
from dnsrace.findings.log import Recording, read_log, recorded
from dnsrace.model.language import MAX_PATHS, Model
from dnsrace.model.selfcheck import lift_checked
from dnsrace.model.system import System

MOST_STATES = 1_000_000
"""Distinct states that are looked at, unless told otherwise: 1 to 2 GB."""


def conform(
    model: Model,
    head: dict[str, Any],
    events: Iterable[dict[str, Any]],
    *,
    given: dict[str, Any] | None = None,
    max_states: int = MOST_STATES,
) -> Conformance:
    """Compare the events of a run with a model.

    Parameters
    ----------
    head: as in the first line of a log; `parameters` and `shows` count.
    events: as in its other lines.
    given: values of the model's parameters, before those of the head; defaults hold for the rest.
    max_states: distinct states that are looked at before the answer is `unknown`.

    Raises LogError for what the model has no word for, ModelError when the model is broken.
    """
    return compare(model, recorded(head, events), given or {}, None, Bounds(max_states))


def open_log(path: Path) -> Recording:
    """The log in a file. Raises UsageError when it cannot be read, LogError when it is none."""
    try:
        return read_log(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", cure="give the path of a log"
        ) from None


def compare(
    model: Model,
    recording: Recording,
    given: dict[str, Any],
    shows: Iterable[str] | None,
    bounds: Bounds,
    max_paths: int = MAX_PATHS,
) -> Conformance:
    """Compare a log with a model; what is given wins over what the head of the log says.

    Parameters
    ----------
    shows: names of steps of which the log shows every occurrence; None: as the head says.

    Raises LogError, UsageError, ModelError, DomainError.
    """
    began = time.perf_counter()
    system = lifted(model, recording, given, max_paths)
    shows = None if shows is None else tuple(shows)
    for name in shows or ():
        if system.find_step(name) is None:
            raise UsageError(
                f"{system.name} has no step {name} with these parameters",
                cure=f"its steps are: {', '.join(step.name for step in system.steps)}",
            )
    log = understood(system, recording, shows)
    if not log.events:
        return Conformance(system, log, "unknown", 0, "the log has no events: nothing was checked")
    construction = Construction(system, log, bounds)
    try:
        done = _answer(construction)
    except GaveUp as limit:
        done = Conformance(system, log, "unknown", construction.explained, str(limit))
    done.at_once, done.states = construction.most, construction.states
    done.seconds = time.perf_counter() - began
    return done


def _answer(construction: Construction) -> Conformance:
    system, log = construction.system, construction.log
    construction.run()
    events = construction.explained
    if events == len(log.events):
        explanation = construction.explanation(construction.entries[-1][0])
        found = violations(explanation)
        return Conformance(
            system, log, "explained", events, explanation=explanation, violations=found
        )
    nodes, event = construction.candidates(), log.events[events]
    misfits = judged(system, event, [construction.state(n) for n in nodes[:LOOKED_AT]])
    explanation = construction.explanation(nodes[misfits[0][0]])
    return Conformance(
        system,
        log,
        "not explained",
        events,
        explanation=explanation,
        drift=drift(event, misfits, explanation, len(nodes)),
        violations=violations(explanation),
    )


def lifted(
    model: Model, recording: Recording, given: dict[str, Any], max_paths: int = MAX_PATHS
) -> System:
    """The model with the parameters of a log. Raises LogError when the head names a wrong one."""
    known = {p.name: p for p in model.parameters}
    try:
        said = model.values(
            {
                name: known[name].parse(value)
                if name in known and isinstance(value, str)
                else value
                for name, value in recording.parameters.items()
                if name not in given
            }
        )
    except UsageError as error:
        raise LogError(
            f"the head's parameters: {error.cause}", place=recording.head, cure=error.cure
        ) from None
    values = model.values({**said, **given})
    return _system(model, tuple(values.items()), max_paths)


@lru_cache(maxsize=16)
def _system(model: Model, values: tuple[tuple[str, Any], ...], max_paths: int) -> System:
    """A model lifted and checked: once for all the runs of a test."""
    system = lift_checked(model, dict(values), max_paths)
    system.made = {}  # so that the stepper is generated once, too
    return system
