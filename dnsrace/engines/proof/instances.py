"""Small instances of an open model: where formulas are compared with the interpreter, and where
counterexamples are shown."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import State, System

WALKS = 10
LENGTH = 50


@dataclass(frozen=True)
class Sample:
    """States of an instance that random walks have met, in order of their first meeting."""

    system: System
    states: tuple[State, ...]


def instance(system: System, more: dict[str, int] | None = None) -> System:
    """A lifted model with its open parameters closed: at their defaults, plus `more`."""
    defaults = {p.name: p.default for p in system.model.parameters}
    values = {name: defaults[name] + (more or {}).get(name, 0) for name in system.open}
    return system.model.lift(lemmas=system.lemma_file, **{**system.parameters, **values})


def instances(system: System) -> Iterator[System]:
    """The instance at the defaults, then those with one open parameter one larger."""
    yield instance(system)
    highs = {p.name: (p.default, p.bounds.high) for p in system.model.parameters}
    for name in system.open:
        default, high = highs[name]
        if high is None or default < high:
            yield instance(system, {name: 1})


def largest(system: System) -> System:
    """The instance with every open parameter one larger than its default, where it may be."""
    parameters = {p.name: p for p in system.model.parameters}
    more = {
        name: 1
        for name in system.open
        if (high := parameters[name].bounds.high) is None or parameters[name].default < high
    }
    return instance(system, more)


def sampled(system: System, seed: int = 0, walks: int = WALKS, length: int = LENGTH) -> Sample:
    """What random walks meet, by the interpreter.

    Half of the walks let each actor alone with probability three quarters for a while: states in
    which somebody has fallen behind are rare otherwise.
    """
    lots = random.Random(seed)
    interpreter = Interpreter(system)
    initial = list(interpreter.initial()) if small_start(system) else [next(interpreter.initial())]
    found: dict[State, None] = {}
    for walk in range(walks):
        state = lots.choice(initial)
        found.setdefault(state)
        lazy: set[str] = set()
        for _ in range(length):
            able = list(interpreter.successors(state))
            if not able:
                break
            if walk % 2 and lots.random() < 0.2:
                actors = {t.step.actor_of(t.choices) for t in able}
                lazy = {a for a in sorted(actors) if lots.random() < 0.75}
            awake = [t for t in able if t.step.actor_of(t.choices) not in lazy]
            state = lots.choice(awake or able).state
            found.setdefault(state)
    return Sample(system, tuple(found))


MOST_STARTS = 1000


def small_start(system: System) -> bool:
    """Whether there are few enough initial states to list them."""
    return system.start_count <= MOST_STARTS
