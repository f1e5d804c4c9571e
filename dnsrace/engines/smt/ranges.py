"""Which values each variable can have after n steps, as intervals.

Interval analysis (Cousot and Cousot, "Abstract interpretation: a unified lattice model for static
analysis of programs", POPL 1977), a step at a time and without widening. It forgets what the values
of several variables have to do with each other, so it allows too much and never too little: what it
says is true of every behaviour, and the solver need not find it out. Where a counter has to grow
before something can happen, that settles all the depths before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dnsrace.errors import ModelError
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.operators import OPERATORS
from dnsrace.model.paths import Branch, Ensure, Tree
from dnsrace.model.system import Commit, System

Interval = tuple[int, int]
"""The least and the greatest raw value."""
Names = Mapping[str, int]


class Ranges:
    """The values of the slots of a system without open parameters, depth by depth.

    Parameters
    ----------
    slots: an interval for each slot, at the depth of now.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self.grows = True
        """False once nothing more can be added: every depth from here on has these ranges."""
        self.slots = self._start()

    def deepen(self) -> None:
        """One step more."""
        if not self.grows:
            return
        after = list(self.slots)
        for step in self.system.steps:
            for choices in step.every_choice():
                names = {str(c.data): raw for c, raw in zip(step.choices, choices, strict=True)}
                self._step(step.tree, names, after)
        self.grows = after != self.slots
        self.slots = after

    def narrowed(self) -> list[tuple[int, Interval]]:
        """The slots that cannot have every value of their domains."""
        return [
            (slot, here)
            for slot, (here, (v, _)) in enumerate(zip(self.slots, self.system.slots, strict=True))
            if here != (v.domain.lo, v.domain.hi)
        ]

    def _start(self) -> list[Interval]:
        if self.system.starts is not None:
            return [(min(raws), max(raws)) for raws in zip(*self.system.starts(), strict=True)]
        found, interpreter = [], Interpreter(self.system)
        for variable, index in self.system.slots:
            names = {f"i{n}": raw for n, raw in enumerate(index)}
            raws = [interpreter.value(e, (), names) for e in variable.start]
            found.append((min(raws), max(raws)))
        return found

    # -- steps

    def _step(self, tree: Tree[Commit | None], names: Names, after: list[Interval]) -> None:
        """Add what a step may write."""
        if isinstance(tree, Branch):
            low, high = self.of(tree.test, names)
            if high:
                self._step(tree.yes, names, after)
            if not low:
                self._step(tree.no, names, after)
        elif isinstance(tree, Ensure):
            if self.of(tree.condition, names)[1]:
                self._step(tree.then, names, after)
        elif tree.value is not None:
            for write in tree.value.writes:
                domain = write.variable.domain
                low, high = self.of(write.value, names)
                # a value outside its domain is refused, and not written
                low, high = max(low, domain.lo), min(high, domain.hi)
                if low <= high:
                    for slot in self._places(write.variable, write.index, names):
                        after[slot] = joined(after[slot], (low, high))

    def _places(self, variable: Variable, index: Sequence[Expr], names: Names) -> Sequence[int]:
        """The slots of the elements that these indices may mean."""
        places: Sequence[int] = (0,)
        for expr, domain in zip(index, variable.index, strict=True):
            low, high = self.of(expr, names)
            # where none is left, the element is one that nobody asks for
            raws = range(max(low, domain.lo), min(high, domain.hi) + 1) or domain.raws
            size, lo = domain.size, domain.lo
            places = [at * size + raw - lo for at in places for raw in raws]
        first = self.system.offsets[variable]
        return [first + at for at in places]

    # -- expressions: a rule for each operator

    def of(self, expr: Expr, names: Names) -> Interval:
        """The values that an expression can have; of a part that is not defined, any."""
        rule: Callable[[Expr, Names], Interval] = getattr(self, f"rule_{expr.op}")
        return rule(expr, names)

    def _both(self, expr: Expr, names: Names) -> tuple[Interval, Interval]:
        return self.of(expr.args[0], names), self.of(expr.args[1], names)

    def rule_const(self, expr: Expr, names: Names) -> Interval:
        return expr.data, expr.data

    def rule_param(self, expr: Expr, names: Names) -> Interval:
        raise ModelError(f"the parameter {expr.data[0]} is open", cure="give it a value")

    def rule_choice(self, expr: Expr, names: Names) -> Interval:
        return names[expr.data], names[expr.data]

    rule_bound = rule_choice

    def rule_read(self, expr: Expr, names: Names) -> Interval:
        places = self._places(expr.data, expr.args, names)
        return joined(*(self.slots[at] for at in places))

    def rule_and(self, expr: Expr, names: Names) -> Interval:
        low, high = self.of(expr.args[0], names)
        return least((low, high), self.of(expr.args[1], names)) if high else (0, 0)

    def rule_or(self, expr: Expr, names: Names) -> Interval:
        low, high = self.of(expr.args[0], names)
        return (1, 1) if low else greatest((low, high), self.of(expr.args[1], names))

    def rule_ite(self, expr: Expr, names: Names) -> Interval:
        test, yes, no = expr.args
        low, high = self.of(test, names)
        if low == high:
            return self.of(yes if low else no, names)
        return joined(self.of(yes, names), self.of(no, names))

    def _every(self, expr: Expr, names: Names) -> list[Interval]:
        name, domain = expr.data
        return [self.of(expr.args[0], {**names, name: raw}) for raw in domain.raws]

    def rule_exists(self, expr: Expr, names: Names) -> Interval:
        return greatest(*self._every(expr, names))

    def rule_forall(self, expr: Expr, names: Names) -> Interval:
        return least(*self._every(expr, names))

    def rule_not(self, expr: Expr, names: Names) -> Interval:
        low, high = self.of(expr.args[0], names)
        return 1 - high, 1 - low

    def rule_eq(self, expr: Expr, names: Names) -> Interval:
        a, b = self._both(expr, names)
        if a[1] < b[0] or b[1] < a[0]:
            return 0, 0
        return int(a[0] == a[1] == b[0] == b[1]), 1

    def rule_lt(self, expr: Expr, names: Names) -> Interval:
        a, b = self._both(expr, names)
        return int(a[1] < b[0]), int(a[0] < b[1])

    def rule_le(self, expr: Expr, names: Names) -> Interval:
        a, b = self._both(expr, names)
        return int(a[1] <= b[0]), int(a[0] <= b[1])

    def _of_ends(self, expr: Expr, names: Names) -> Interval:
        """Of an operator that goes one way in each operand, whatever the other one is."""
        a, b = self._both(expr, names)
        evaluate = OPERATORS[expr.op].evaluate
        assert evaluate is not None
        ends = [evaluate(x, y) for x in a for y in b]
        return min(ends), max(ends)

    rule_add = rule_sub = rule_mul = rule_min = rule_max = _of_ends

    def rule_div(self, expr: Expr, names: Names) -> Interval:
        a, b = self._both(expr, names)
        if b[0] > 0:
            return self._of_ends(expr, names)
        most = max(abs(a[0]), abs(a[1]))
        return -most, most

    def rule_mod(self, expr: Expr, names: Names) -> Interval:
        a, b = self._both(expr, names)
        if a[0] == a[1] and b[0] == b[1] and b[0]:
            return a[0] % b[0], a[0] % b[0]
        # it has the divisor's sign
        return min(0, b[0] + 1), max(0, b[1] - 1)


def joined(*intervals: Interval) -> Interval:
    """The least interval around all of some."""
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def least(*intervals: Interval) -> Interval:
    """The least of one value of each."""
    return min(low for low, _ in intervals), min(high for _, high in intervals)


def greatest(*intervals: Interval) -> Interval:
    """The greatest of one value of each."""
    return max(low for low, _ in intervals), max(high for _, high in intervals)
