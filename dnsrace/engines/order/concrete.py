"""From a violation in the abstraction to one of the model itself, if there is one.

The abstraction adds behaviour, so what it breaks may hold. A behaviour of it is a sequence of
steps; the model is made to take these steps for a few sizes. Where the abstraction makes do with
one step, as from one identifier to the next that matters, the model may need to repeat it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from dnsrace.engines.order.shape import Shape
from dnsrace.engines.order.stepper import Move, OrderStepper
from dnsrace.engines.python_space import PythonSpace
from dnsrace.engines.shortest import layers_to
from dnsrace.engines.space import hits
from dnsrace.errors import InternalError
from dnsrace.findings.replay import confirm
from dnsrace.findings.trace import Trace
from dnsrace.model.interpreter import Interpreter, Taken, step_text
from dnsrace.model.system import Property, State, System

MORE = 6
"""Sizes that are tried beyond the default."""
NODES = 20_000
"""States that are looked at for each choice of sizes."""

Steps = tuple[tuple[str, tuple[int, ...]], ...]
"""Steps by name, with their raw choices."""


def schedule_to(space: PythonSpace, stepper: OrderStepper, levels: list[int], goal: str) -> Steps:
    """The steps of a shortest behaviour of the abstraction that hits a goal."""
    position = space.hits[goal]
    level = next(i for i, end in enumerate(levels[1:]) if position < end)
    layers = layers_to(space, levels, level, [position])
    keys = [{space.queue[at] for at in layer} for layer in layers]
    node = next(n for n in stepper.plain_initial() if stepper.node(n) in keys[0])
    found: list[Move] = []
    for key in keys[1:]:
        found.append(next(m for m in stepper.moves(node) if m.node and stepper.node(m.node) in key))
        node = found[-1].node
    last = [m for m in stepper.moves(node) if goal in m.hits]
    return tuple((m.step.name, m.choices) for m in (*found, *last[:1]))


def steps_text(system: System, steps: Steps) -> str:
    """`publish pick_up(0) publish`."""
    texts = []
    for name, choices in steps:
        step = system.find_step(name)
        assert step is not None
        texts.append(step_text(step, choices))
    return " ".join(texts)


def made_concrete(
    shape: Shape, prop: Property, steps: Steps, hurry: Callable[[], str]
) -> Trace | None:
    """A behaviour of the model that breaks a property by these steps, replayed; None when there is
    none for the sizes that are tried. `hurry`: why there is no more time, or an empty text."""
    for sizes in tried(shape):
        if hurry():
            return None
        system = shape.system.model.lift(**{**shape.system.parameters, **sizes})
        found = _along(system, prop.name, steps)
        if found is not None:
            return confirm(found)
    return None


def tried(shape: Shape) -> Iterator[dict[str, Any]]:
    """The sizes that are tried: the others at their defaults first, the number of identifiers
    growing."""
    parameters = {p.name: p for p in shape.system.model.parameters}
    size, _ = shape.size
    others = [name for name in shape.system.open if name != size]
    ranges = []
    for name in others:
        p = parameters[name]
        near = (p.default, p.bounds.low, p.default + 1)
        ranges.append([v for v in dict.fromkeys(near) if v is not None and p.bounds.allow(v)])
    for values in product(*ranges):
        for more in range(0, MORE + 1, 2):
            number = parameters[size].default + more
            if parameters[size].bounds.allow(number):
                yield {size: number, **dict(zip(others, values, strict=True))}


def _along(system: System, name: str, steps: Steps) -> Trace | None:
    """A behaviour that takes these steps in their order, each once or more often, until the
    property is broken; breadth first."""
    interpreter, prop = Interpreter(system), system.find_property(name)
    if prop is None:
        raise InternalError(f"the property {name} is gone for the sizes {system.parameters}")
    came: dict[tuple[int, State], tuple[tuple[int, State], Taken] | None] = {
        (0, state): None for state in interpreter.initial()
    }
    waiting = list(came)
    for at, state in waiting:
        if prop.kind == "always" and hits(interpreter, prop, state):
            return _trace(system, came, (at, state))
        for to in (at + 1, at):
            if not 0 < to <= len(steps):
                continue
            step = system.find_step(steps[to - 1][0])
            taken = interpreter.take(state, step, steps[to - 1][1]) if step is not None else None
            if taken is None or (to, taken.state) in came:
                continue
            came[to, taken.state] = ((at, state), taken)
            if prop.kind == "every_step" and not interpreter.holds(prop, state, taken.state):
                return _trace(system, came, (to, taken.state))
            waiting.append((to, taken.state))
        if len(waiting) > NODES:
            return None
    return None


def _trace(
    system: System,
    came: dict[tuple[int, State], tuple[tuple[int, State], Taken] | None],
    end: tuple[int, State],
) -> Trace:
    taken: list[Taken] = []
    before = came[end]
    while before is not None:
        end = before[0]
        taken.insert(0, before[1])
        before = came[end]
    return Trace(system, end[1], tuple(taken))
