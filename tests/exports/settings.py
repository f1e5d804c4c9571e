"""Models with parameters on which all tools must agree: all that are built in, and the flagship in
small sizes of everything that can be switched on in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, State, System


@dataclass(frozen=True)
class Setting:
    """A model with parameters; of a brief one, one violation is looked at, and not each."""

    model: str
    parameters: str
    brief: bool = False

    @property
    def system(self) -> System:
        model = load(self.model)
        known = {p.name: p for p in model.parameters}
        pairs = [pair.split("=") for pair in self.parameters.split()]
        given: dict[str, Any] = {name: known[name].parse(value) for name, value in pairs}
        return model.lift(**given)

    def __str__(self) -> str:
        return re.sub(r"\W+", "-", f"{self.model} {self.parameters}".strip())


FIXED = "freshness=in_batch cleaner=transactional rollback=tolerant"

SETTINGS = [
    Setting("peterson", ""),
    Setting("peterson", "entry=turn_first", brief=True),
    Setting("peterson", "entry=flag_only"),
    Setting("two_phase_commit", "managers=3"),
    Setting("ewd840", "nodes=3"),
    Setting("ewd840", "nodes=2 stained=false"),
    Setting("ewd840", "nodes=3 messages=false"),
    Setting("dynamodb_dns", "enactors=2 plans=3", brief=True),
    Setting("dynamodb_dns", "enactors=2 plans=4"),
    Setting("dynamodb_dns", "enactors=2 plans=4 lock_expiry=true", brief=True),
    Setting("dynamodb_dns", "enactors=2 plans=3 lock_expiry=true crashes=true"),
    Setting("dynamodb_dns", "enactors=2 plans=3 endpoints=2"),
    Setting("dynamodb_dns", "enactors=2 plans=4 cleaner=checked", brief=True),
    Setting("dynamodb_dns", "enactors=2 plans=4 operator=rollback"),
    Setting("dynamodb_dns", "enactors=2 plans=4 operator=repair", brief=True),
    Setting("dynamodb_dns", "enactors=2 plans=4 retry=newest", brief=True),
    Setting("dynamodb_dns", f"enactors=2 plans=4 {FIXED}"),
    Setting("dynamodb_dns", f"enactors=2 plans=4 crashes=true {FIXED}"),
]


def starts(system: System) -> int:
    """The number of initial states."""
    return len(set(Interpreter(system).initial()))


def recovers(system: System, prop: Property) -> bool:
    """Whether from every state some continuation reaches one where the property is true: by the
    interpreter, forwards to find all states and backwards from the good ones."""
    interpreter = Interpreter(system)
    before: dict[State, list[State]] = {state: [] for state in interpreter.initial()}
    todo = list(before)
    while todo:
        state = todo.pop()
        for taken in interpreter.successors(state):
            if taken.state not in before:
                before[taken.state] = []
                todo.append(taken.state)
            before[taken.state].append(state)
    good = {state for state in before if interpreter.holds(prop, state)}
    todo = list(good)
    while todo:
        for state in before[todo.pop()]:
            if state not in good:
                good.add(state)
                todo.append(state)
    return len(good) == len(before)
