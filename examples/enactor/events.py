"""One structured event for each action, so that a run can be compared with the model.

The events of a run are JSON objects, one a line, after a head that says what they are:

    {"log": "dnsrace", "version": 1, "model": "dynamodb_dns", "parameters": {...}, "shows": [...]}
    {"step": "flip", "choices": ["0"], "state": {"alias[0]": 2, "rollback[0]": 1}, ...}

An event is emitted right after the call that had the effect, before anybody else goes on. `state`
is what the service knows of the model's state at that moment. Calls that leave the model's state as
it is, such as a failed try for a lock, have none.

A call that timed out although it was carried out has an effect and no event. Runs with such faults
are therefore not compared with the model; it has no lost answers either. Crashes it has.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from dnsrace.schedule import note
from examples.enactor.settings import Settings

logger = logging.getLogger("enactor.events")

STEPS = ("publish", "pick_up", "acquire", "build", "flip", "release")


class Events:
    """Where the service's events go: the log, and the timeline of a run."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def emit(
        self, actor: str, step: str, choices: tuple[int, ...], state: Mapping[str, Any], text: str
    ) -> None:
        """Tell that a step of the model was taken."""
        event = {
            "step": step,
            "choices": [str(choice) for choice in choices],
            "state": dict(state),
            "time": self._clock(),
            "actor": actor,
            "text": text,
        }
        note(text, event=event)
        if logger.isEnabledFor(logging.INFO):
            logger.info(json.dumps(event))


def head(settings: Settings) -> dict[str, Any]:
    """The head of a log: the model, its parameters, and the steps that the log shows."""
    steps = list(STEPS)
    steps += ["inspect", "delete"] if settings.cleaner == "checked" else ["clean"]
    steps += ["take_over"] if settings.lease is not None else []
    steps += ["crash"] if settings.crashes else []
    return {
        "log": "dnsrace",
        "version": 1,
        "model": "dynamodb_dns",
        "parameters": {
            "enactors": settings.enactors,
            "plans": settings.plans,
            "endpoints": settings.endpoints,
            "retention": settings.retention,
            "freshness": settings.freshness,
            "cleaner": settings.cleaner,
            "rollback": settings.rollback,
            "lock_expiry": settings.lease is not None,
            "crashes": settings.crashes,
        },
        "shows": steps,
    }
