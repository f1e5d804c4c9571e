"""Logs for tests, made from traces: `from logs import events_of`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from dnsrace.findings.trace import Trace, state_data
from dnsrace.graph import trace_of
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import System

OUTAGE = (
    "publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) flip(1) release(1) "
    "acquire(0) build(0) flip(0) clean(1) clean(1)"
)
CLEANS = (
    "dynamodb_dns(enactors=2, freshness=in_batch, rollback=tolerant): publish publish pick_up(0) "
    "acquire(0) build(0) flip(0) release(0) clean(0) publish"
)
"""The fixed protocol with a cleaner that has no guard: it deletes what the rollback points at."""
FLIPS = (
    "dynamodb_dns(enactors=2, freshness=in_batch, cleaner=transactional, rollback=tolerant, "
    "preamble=false, lock_expiry=true): publish pick_up(0) publish pick_up(1) acquire(0) build(0) "
    "take_over(1) build(1) flip(0) flip(1)"
)
"""The fixed protocol without the preamble: enactor 0 flips under a lock that it has lost."""
SEEN = ("alias", "rollback", "tree", "lock", "newest")
"""What everybody can see of the flagship."""


def event_of(taken: Taken, **more: Any) -> dict[str, Any]:
    """A step as an event, with all of its choices."""
    choices = zip(taken.step.choices, taken.choices, strict=True)
    texts = [c.domain.text(raw) for c, raw in choices if c.domain]
    return {"step": taken.step.name, "choices": texts, **more}


def events_of(trace: Trace | str, seen: Iterable[str] = SEEN) -> list[dict[str, Any]]:
    """The steps of a trace as events that tell which of some variables have changed."""
    trace = trace_of(trace) if isinstance(trace, str) else trace
    data, found = [state_data(trace.system, state) for state in trace.states], []
    for before, after, taken in zip(data, data[1:], trace.steps, strict=False):
        changed = [k for k in after if after[k] != before[k] and k.partition("[")[0] in seen]
        found.append(event_of(taken, state={k: after[k] for k in changed}))
    return found


def written(path: Path, head: dict[str, Any] | None, events: Iterable[dict[str, Any]]) -> str:
    """Write a log; without a head if that is None."""
    lines = [] if head is None else [{"log": "dnsrace", "version": 1, **head}]
    path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, *events]))
    return str(path)


def walk(system: System, random: Random, steps: int) -> Trace:
    """A random behaviour."""
    interpreter = Interpreter(system)
    state = initial = random.choice(list(interpreter.initial()))
    found: list[Taken] = []
    while len(found) < steps and (possible := list(interpreter.successors(state))):
        found.append(random.choice(possible))
        state = found[-1].state
    return Trace(system, initial, tuple(found))


def seen_of(trace: Trace, random: Random, hidden: set[str]) -> list[dict[str, Any]]:
    """The steps of a trace that are not hidden, as events that each tell a random part."""
    data, found = [state_data(trace.system, state) for state in trace.states], []

    def part(state: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in state.items() if random.random() < 0.3}

    for before, after, taken in zip(data, data[1:], trace.steps, strict=False):
        if taken.step.name in hidden:
            continue
        event = event_of(taken)
        event["choices"] = [c if random.random() < 0.7 else None for c in event["choices"]]
        event["state"] = part(after)
        if random.random() < 0.3:
            event["before"] = part(before)
        found.append(event)
    return found
