"""Follow the events of a run through the model: every step of the model has its event."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from dnsrace.findings.trace import state_data
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter, state_text
from dnsrace.model.system import System


@cache
def lifted(**parameters: Any) -> System:
    return load("dynamodb_dns").lift(**parameters)


def follow(head: dict[str, Any], events: Sequence[dict[str, Any]]) -> str | None:
    """What the model says against the first event that it does not explain, or None."""
    system = lifted(**head["parameters"])
    interpreter = Interpreter(system)
    (state,) = interpreter.initial()
    for event in events:
        assert event["step"] in head["shows"]
        step = system.find_step(event["step"])
        assert step is not None
        choices = tuple(int(text) for text in event["choices"])
        words = f"{step.name}{list(choices)}"
        taken = interpreter.take(state, step, choices)
        if taken is None:
            guard = interpreter.blocking_test(state, step, choices)
            return f"{words} needs {guard}; the state is {state_text(system, state)}"
        after = state_data(system, taken.state)
        for name, value in event["state"].items():
            if after[name] != value:
                return f"{words}: {name} is {value}, in the model {after[name]}; " + (
                    f"the state before is {state_text(system, state)}"
                )
        state = taken.state
    return None
