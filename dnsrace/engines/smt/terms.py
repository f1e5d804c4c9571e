"""Expressions of the lifted form over Z3 terms: a rule for each operator.

Quantifiers are expanded over their domains. An element of an array is a variable of its own, and a
read with an index that is not known is a chain of if-then-else. What a large array is read for is
a variable; `memory` says what it means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dnsrace.engines.smt.memory import Reads
from dnsrace.engines.smt.values import (
    Bool,
    Number,
    Value,
    and_,
    divided,
    equal,
    ite,
    less,
    not_,
    number,
    or_,
    ring,
)
from dnsrace.errors import ModelError
from dnsrace.model.expressions import Expr, Variable

Names = Mapping[str, int]
"""The raw values of choices and bound variables."""
Slots = Mapping[Variable, Sequence[Value]]
"""The values of the slots of each variable, in order."""


class Terms:
    """Expressions over the values of some slots; a rule for each operator is a method
    `rule_<name>`.

    Parameters
    ----------
    reads: where a variable without slots, a large array, is read.
    of_step: an index may depend on the state after a step.
    """

    def __init__(self, slots: Slots, reads: Reads | None = None, *, of_step: bool = False) -> None:
        self.slots = slots
        self.reads = reads
        self.of_step = of_step
        self._known: dict[tuple[Expr, tuple[tuple[str, int], ...]], Value] = {}

    def of(self, expr: Expr, names: Names) -> Value:
        """The value of an expression. Raises ModelError for a parameter that is left open."""
        key = (expr, tuple(names.items()))
        if key not in self._known:
            rule: Callable[[Expr, Names], Value] = getattr(self, f"rule_{expr.op}")
            self._known[key] = rule(expr, names)
        return self._known[key]

    def test(self, expr: Expr, names: Names) -> Bool:
        """The value of an expression whose sort is Bool."""
        value = self.of(expr, names)
        return equal(value, Number(1, 1)) if isinstance(value, Number) else value

    def rule_const(self, expr: Expr, names: Names) -> Value:
        return bool(expr.data) if expr.sort.kind == "bool" else Number(expr.data, expr.data)

    def rule_param(self, expr: Expr, names: Names) -> Value:
        raise ModelError(f"the parameter {expr.data[0]} is open", cure="give it a value")

    def rule_choice(self, expr: Expr, names: Names) -> Value:
        raw = names[expr.data]
        return bool(raw) if expr.sort.kind == "bool" else Number(raw, raw)

    rule_bound = rule_choice

    def rule_read(self, expr: Expr, names: Names) -> Value:
        index = [number(self.of(arg, names)) for arg in expr.args]
        if self.reads is not None and expr.data not in self.slots:
            return self.reads.of(expr.data, index, of_step=self.of_step)
        return self._element(expr.data, index, 0)

    def _element(self, variable: Variable, index: list[Number], at: int) -> Value:
        """The element behind the indices, of which the first ones have led to the position `at`."""
        done = len(variable.index) - len(index)
        if not index:
            return self.slots[variable][at]
        domain, first = variable.index[done], index[0]
        raws = [raw for raw in domain.raws if first.low <= raw <= first.high] or [domain.lo]
        places = [at * domain.size + raw - domain.lo for raw in raws]
        found = self._element(variable, index[1:], places[-1])
        for raw, place in zip(raws[-2::-1], places[-2::-1], strict=True):
            here = self._element(variable, index[1:], place)
            found = ite(equal(first, Number(raw, raw)), here, found)
        return found

    def rule_and(self, expr: Expr, names: Names) -> Value:
        return and_(self.test(arg, names) for arg in expr.args)

    def rule_or(self, expr: Expr, names: Names) -> Value:
        return or_(self.test(arg, names) for arg in expr.args)

    def rule_ite(self, expr: Expr, names: Names) -> Value:
        test, yes, no = expr.args
        return ite(self.test(test, names), self.of(yes, names), self.of(no, names))

    def _every(self, expr: Expr, names: Names) -> list[Bool]:
        name, domain = expr.data
        return [self.test(expr.args[0], {**names, name: raw}) for raw in domain.raws]

    def rule_exists(self, expr: Expr, names: Names) -> Value:
        return or_(self._every(expr, names))

    def rule_forall(self, expr: Expr, names: Names) -> Value:
        return and_(self._every(expr, names))

    def rule_not(self, expr: Expr, names: Names) -> Value:
        return not_(self.test(expr.args[0], names))

    def rule_eq(self, expr: Expr, names: Names) -> Value:
        return equal(*(self.of(arg, names) for arg in expr.args))

    def rule_lt(self, expr: Expr, names: Names) -> Value:
        return less(*self._numbers(expr, names), strictly=True)

    def rule_le(self, expr: Expr, names: Names) -> Value:
        return less(*self._numbers(expr, names), strictly=False)

    def _numbers(self, expr: Expr, names: Names) -> tuple[Number, Number]:
        a, b = (number(self.of(arg, names)) for arg in expr.args)
        return a, b

    def rule_add(self, expr: Expr, names: Names) -> Value:
        return ring("add", *self._numbers(expr, names))

    def rule_sub(self, expr: Expr, names: Names) -> Value:
        return ring("sub", *self._numbers(expr, names))

    def rule_mul(self, expr: Expr, names: Names) -> Value:
        return ring("mul", *self._numbers(expr, names))

    def rule_div(self, expr: Expr, names: Names) -> Value:
        return divided("div", *self._numbers(expr, names))

    def rule_mod(self, expr: Expr, names: Names) -> Value:
        return divided("mod", *self._numbers(expr, names))

    def rule_min(self, expr: Expr, names: Names) -> Value:
        a, b = self._numbers(expr, names)
        return ite(less(a, b, strictly=False), a, b)

    def rule_max(self, expr: Expr, names: Names) -> Value:
        a, b = self._numbers(expr, names)
        return ite(less(a, b, strictly=False), b, a)
