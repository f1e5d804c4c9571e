"""Explored states of small instances, and formulas on all of them at once: one column of a matrix
for each slot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dnsrace.engines.space import Counters
from dnsrace.engines.steppers import GeneratedStepper
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.system import State, System

Array = Any

RULES: dict[str, Callable[..., Array]] = {
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not, "eq": np.equal,
    "lt": np.less, "le": np.less_equal, "add": np.add, "sub": np.subtract, "min": np.minimum,
    "max": np.maximum,
}  # fmt: skip
"""What candidates are made of: no others of the closed table."""


class States:
    """Explored states of an instance of an open system.

    Parameters
    ----------
    system: the open system whose expressions are evaluated.
    instance: the one that the states are of.
    """

    def __init__(self, system: System, instance: System, states: Sequence[State]) -> None:
        self.system, self.instance = system, instance
        self.matrix = np.array(states, dtype=np.int64).reshape(len(states), -1)
        self._own = {v.name: v for v in instance.variables}
        self._domains = {d.name: d for d in instance.domains}
        self._rows = np.arange(len(states))

    def table(self, expr: Expr, bound: Sequence[Expr]) -> Array:
        """The truth of a test in one row: for all values of the bound variables, state by state."""
        shape = [1] * len(bound)
        names: dict[str, Array] = {}
        for place, variable in enumerate(bound):
            assert variable.domain is not None
            raws = self._domains[variable.domain.name].raws
            axes = [*shape, 1]
            axes[place] = len(raws)
            names[variable.data] = np.array(raws).reshape(axes)
        value = self._value(expr, names)
        full = (*(n.size for n in names.values()), len(self._rows))
        return np.broadcast_to(value, full).astype(bool).ravel()

    def _value(self, expr: Expr, names: dict[str, Array]) -> Array:
        if expr.op == "const":
            return np.int64(expr.data)
        if expr.op == "param":
            return np.int64(self.instance.parameters[expr.data[0]])
        if expr.op == "bound":
            return names[expr.data]
        args = [self._value(a, names) for a in expr.args]
        if expr.op != "read":
            return RULES[expr.op](*args)
        variable: Variable = self._own[expr.data.name]
        at: Array = np.int64(0)
        for domain, index in zip(variable.index, args, strict=True):
            at = at * domain.size + index - domain.lo
        return self.matrix[self._rows, self.instance.offsets[variable] + at]


def explored(system: System, most: int) -> tuple[System, list[State]]:
    """The first states of a closed system, breadth first."""
    stepper = GeneratedStepper(system, (), symmetric=False)
    spare = Counters(taken=[0] * len(system.paths))
    found = dict.fromkeys(stepper.initial())
    queue = list(found)
    for node in queue:
        if len(queue) >= most:
            break
        for after in stepper.expand(node, spare)[0]:
            if after not in found:
                found[after] = None
                queue.append(after)
    return system, [stepper.state(node) for node in queue[:most]]
