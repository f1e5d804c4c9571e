"""A trace: an initial state, and steps with their choices. Its text form is one line:

    dynamodb_dns(enactors=2): publish pick_up(0) publish acquire(0)

A *lasso* goes round for ever: its loop stands behind a word,

    dynamodb_dns(enactors=2): publish pick_up(0) repeat: acquire(0) build(0) flip(0)

Parameters that have their default are left out. When the model has several initial states, the
one meant is in brackets before the colon: `peterson()[turn=1]: ...`, with the variables in which
they differ.
"""

from __future__ import annotations

import enum
import shlex
from dataclasses import dataclass
from typing import Any

from dnsrace.model.interpreter import Taken, slot_text
from dnsrace.model.system import State, System

REPEAT = "repeat:"
"""Stands before the loop of a lasso."""


@dataclass(frozen=True)
class Trace:
    """A behaviour of a system: `states` has one element more than `steps`.

    `loop` is the number of steps before those that are repeated for ever; the last state is that
    of `states[loop]` then. None: the behaviour has an end, or what follows does not matter.
    """

    system: System
    initial: State
    steps: tuple[Taken, ...]
    loop: int | None = None

    @property
    def states(self) -> tuple[State, ...]:
        return (self.initial, *(taken.state for taken in self.steps))

    @property
    def last(self) -> State:
        return self.states[-1]

    @property
    def text(self) -> str:
        """The trace on one line; `formats.read` reads it back."""
        words = [t.text for t in self.steps]
        if self.loop is not None:
            words.insert(self.loop, REPEAT)
        return f"{heading(self.system, self.initial)}: " + " ".join(words)

    @property
    def actors(self) -> tuple[str, ...]:
        """Who took each step."""
        return tuple(t.step.actor_of(t.choices) for t in self.steps)

    @property
    def switches(self) -> int:
        """How often another actor takes over."""
        return sum(a != b for a, b in zip(self.actors, self.actors[1:], strict=False))


def replay_command(trace: Trace) -> str:
    """A command that shows a trace again; of a model without a file, as in a notebook, the call."""
    model = trace.system.model
    if not model.path.is_file():
        return f"dnsrace.api.replay({trace.text!r}, {model.name})"
    return f"dnsrace replay {shlex.quote(trace.text)}"


def heading(system: System, initial: State) -> str:
    """Model, parameters and, where it matters, the initial state."""
    return f"{variant(system)}{start_text(system, initial)}"


def variant(system: System) -> str:
    """Model, and the parameters that do not have their default."""
    model = system.model
    given = ", ".join(
        f"{p.name}={p.text(system.parameters[p.name])}"
        for p in model.parameters
        if system.parameters[p.name] != p.default
    )
    return f"{model.reference}({given})"


def start_text(system: System, initial: State) -> str:
    """Of several initial states, which: the slots that differ among them."""
    differing = differing_slots(system)
    if not differing:
        return ""
    inside = ",".join(
        f"{slot_text(*system.slots[i])}={system.slots[i][0].domain.text(initial[i])}"
        for i in differing
    )
    return f"[{inside}]"


def differing_slots(system: System) -> list[int]:
    """The slots that have more than one initial value."""
    return [i for i, (variable, _) in enumerate(system.slots) if len(variable.start) > 1]


def trace_data(trace: Trace) -> dict[str, Any]:
    """The trace as plain data for JSON: parameters, states and steps, with printed values."""
    system = trace.system
    return {
        "model": system.model.reference,
        "parameters": parameters_data(system),
        "text": trace.text,
        "loop": trace.loop,
        "states": [state_data(system, state) for state in trace.states],
        "steps": [
            {
                "step": taken.step.name,
                "choices": [
                    c.domain.text(raw)
                    for c, raw in zip(taken.step.choices, taken.choices, strict=True)
                    if c.domain
                ],
                "actor": actor,
            }
            for taken, actor in zip(trace.steps, trace.actors, strict=True)
        ],
    }


def parameters_data(system: System) -> dict[str, Any]:
    """Parameters as JSON values."""
    return {
        p.name: plain(value, p.text(value))
        for p in system.model.parameters
        if (value := system.parameters.get(p.name)) is not None
    }


def state_data(system: System, state: State) -> dict[str, Any]:
    """`{"newest": 4, "alias[0]": 2, ...}`, values as in the model."""
    return {
        slot_text(variable, index): plain(variable.domain.decode(raw), variable.domain.text(raw))
        for (variable, index), raw in zip(system.slots, state, strict=True)
    }


def plain(value: Any, text: str) -> Any:
    """A value for JSON: a number or Bool as it is, anything else as it is printed."""
    if isinstance(value, enum.Enum):
        return text
    return value if isinstance(value, (bool, int)) else text
