"""What the tests taken so far on a path say about the values of expressions.

Bound propagation over linear facts (Harvey and Stuckey, "Improving linear constraint propagation
by changing constraint representation", Constraints 8, 2003, section 2): enough to drop branches
that can never be taken and to see that most assignments stay in their domains. It is sound and
not complete: "don't know" leads to a check at run time, never to a wrong answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from dnsrace.model.expressions import Expr

Interval = tuple[int | None, int | None]
"""Lower and upper bound; None where there is none."""


@dataclass(frozen=True)
class Linear:
    """sum of coefficient * atom, plus a constant."""

    terms: tuple[tuple[Expr, int], ...]
    constant: int

    @staticmethod
    def of(expr: Expr) -> Linear:
        terms: dict[Expr, int] = {}
        constant = _collect(expr, 1, terms)
        kept = [(atom, factor) for atom, factor in terms.items() if factor]
        return Linear(tuple(sorted(kept, key=lambda t: hash(t[0]))), constant)

    def minus(self, other: Linear) -> Linear:
        terms = dict(self.terms)
        for atom, factor in other.terms:
            terms[atom] = terms.get(atom, 0) - factor
        kept = [(atom, factor) for atom, factor in terms.items() if factor]
        return Linear(tuple(sorted(kept, key=lambda t: hash(t[0]))), self.constant - other.constant)

    def plus(self, constant: int) -> Linear:
        return Linear(self.terms, self.constant + constant)

    def negated(self) -> Linear:
        return Linear(tuple((atom, -factor) for atom, factor in self.terms), -self.constant)


def _collect(expr: Expr, factor: int, terms: dict[Expr, int]) -> int:
    if expr.op == "const":
        return factor * int(expr.data)
    if expr.op == "add":
        return _collect(expr.args[0], factor, terms) + _collect(expr.args[1], factor, terms)
    if expr.op == "sub":
        return _collect(expr.args[0], factor, terms) + _collect(expr.args[1], -factor, terms)
    if expr.op == "mul" and expr.args[1].op == "const":
        return _collect(expr.args[0], factor * int(expr.args[1].data), terms)
    terms[expr] = terms.get(expr, 0) + factor
    return 0


class Facts:
    """The tests decided on a path, and the bounds that follow. `parent` are facts of an enclosing
    path: those of the step around a quantifier's body."""

    def __init__(self, parent: Facts | None = None) -> None:
        self.known: dict[Expr, bool] = dict(parent.known) if parent else {}
        self.at_most_zero: list[Linear] = list(parent.at_most_zero) if parent else []
        self.narrowed: dict[Expr, Interval] = dict(parent.narrowed) if parent else {}

    def learn(self, expr: Expr, outcome: bool) -> None:
        """Add that a Bool expression is true, or false."""
        self.known[expr] = outcome
        if expr.op == "not":
            self.learn(expr.args[0], not outcome)
        elif (expr.op == "and" and outcome) or (expr.op == "or" and not outcome):
            self.learn(expr.args[0], outcome)
            self.learn(expr.args[1], outcome)
        elif expr.op in ("eq", "lt", "le"):
            self._learn_comparison(expr, outcome)

    def _learn_comparison(self, expr: Expr, outcome: bool) -> None:
        difference = Linear.of(expr.args[0]).minus(Linear.of(expr.args[1]))
        if expr.op == "lt":
            fact = difference.plus(1) if outcome else difference.negated()
            self.at_most_zero.append(fact)
        elif expr.op == "le":
            fact = difference if outcome else difference.negated().plus(1)
            self.at_most_zero.append(fact)
        elif outcome:
            self.at_most_zero += [difference, difference.negated()]
        elif expr.args[1].op == "const":
            self._exclude(expr.args[0], int(expr.args[1].data))
        self._propagate()

    def _exclude(self, atom: Expr, value: int) -> None:
        lo, hi = self.interval(atom)
        if lo == value and lo is not None:
            self.narrowed[atom] = (lo + 1, hi)
        elif hi == value and hi is not None:
            self.narrowed[atom] = (lo, hi - 1)

    def _propagate(self) -> None:
        for _ in range(4):
            before = dict(self.narrowed)
            for fact in self.at_most_zero:
                for atom, factor in fact.terms:
                    self._narrow(fact, atom, factor)
            if self.narrowed == before:
                return

    def _narrow(self, fact: Linear, atom: Expr, factor: int) -> None:
        """From factor * atom <= -(the least that the rest of the sum can be)."""
        rest = Linear(tuple(t for t in fact.terms if t[0] != atom), fact.constant)
        least = self.range_of(rest)[0]
        if least is None:
            return
        lo, hi = self.interval(atom)
        if factor > 0:
            limit = (-least) // factor
            if hi is None or limit < hi:
                self.narrowed[atom] = (lo, limit)
        else:
            limit = -((-least) // -factor)
            if lo is None or limit > lo:
                self.narrowed[atom] = (limit, hi)

    def range_of(self, linear: Linear) -> Interval:
        """Bounds of a linear sum."""
        lo: int | None = linear.constant
        hi: int | None = linear.constant
        for atom, factor in linear.terms:
            low, high = self.interval(atom)
            if factor < 0:
                low, high = high, low
            lo = None if lo is None or low is None else lo + factor * low
            hi = None if hi is None or high is None else hi + factor * high
        return lo, hi

    def interval(self, expr: Expr) -> Interval:
        """Bounds of the value of an expression under what is known."""
        if expr.op == "const":
            return int(expr.data), int(expr.data)
        own = self._own_interval(expr)
        lo, hi = self.narrowed.get(expr, (None, None))
        return _highest(own[0], lo), _lowest(own[1], hi)

    def _own_interval(self, expr: Expr) -> Interval:
        if expr.sort.kind == "bool":
            return 0, 1
        if expr.op == "param":
            return expr.data[1], None
        if expr.domain is not None:  # read, choice, bound
            return _number(expr.domain.low), _number(expr.domain.high)
        if expr.op in ("add", "sub"):
            return self.range_of(Linear.of(expr))
        if expr.op == "ite":
            (a, b), (c, d) = self.interval(expr.args[1]), self.interval(expr.args[2])
            return _both(min, a, c), _both(max, b, d)
        if expr.op in ("min", "max", "mul", "div", "mod"):
            return self._arithmetic(expr)
        return None, None

    def _arithmetic(self, expr: Expr) -> Interval:
        (a, b), (c, d) = self.interval(expr.args[0]), self.interval(expr.args[1])
        if expr.op == "min":
            return _both(min, a, c), _lowest(b, d)
        if expr.op == "max":
            return _highest(a, c), _both(max, b, d)
        if expr.op == "mod":
            return 0, None if d is None else d - 1
        if a is None or b is None or c is None or d is None:
            return None, None
        if expr.op == "mul":
            corners = [a * c, a * d, b * c, b * d]
        else:
            corners = [a // c, a // d, b // c, b // d]
        return min(corners), max(corners)

    def decide(self, expr: Expr) -> bool | None:
        """True or False when the facts settle a Bool expression, else None."""
        if expr.op == "const":
            return bool(expr.data)
        if expr in self.known:
            return self.known[expr]
        if expr.op == "not":
            inner = self.decide(expr.args[0])
            return None if inner is None else not inner
        if expr.op in ("and", "or"):
            a, b = self.decide(expr.args[0]), self.decide(expr.args[1])
            absorbing = expr.op == "or"
            if a is absorbing or b is absorbing:
                return absorbing
            return None if a is None or b is None else not absorbing
        if expr.op in ("lt", "le", "eq"):
            return self._decide_comparison(expr)
        return None

    def _decide_comparison(self, expr: Expr) -> bool | None:
        difference = Linear.of(expr.args[0]).minus(Linear.of(expr.args[1]))
        if expr.op == "eq":
            lo, hi = self.range_of(difference)
            if lo == 0 and hi == 0:
                return True
            apart = (lo is not None and lo > 0) or (hi is not None and hi < 0)
            return False if apart else None
        question = difference.plus(1) if expr.op == "lt" else difference
        if self._at_most_zero(question):
            return True
        return False if self._at_most_zero(question.negated().plus(1)) else None

    def _at_most_zero(self, question: Linear) -> bool:
        hi = self.range_of(question)[1]
        if hi is not None and hi <= 0:
            return True
        return any(
            fact.terms == question.terms and question.constant <= fact.constant
            for fact in self.at_most_zero
        )


def _number(bound: object) -> int | None:
    return bound if isinstance(bound, int) else None


def _highest(a: int | None, b: int | None) -> int | None:
    return a if b is None else b if a is None else max(a, b)


def _lowest(a: int | None, b: int | None) -> int | None:
    return a if b is None else b if a is None else min(a, b)


def _both(pick: object, a: int | None, b: int | None) -> int | None:
    if a is None or b is None:
        return None
    return min(a, b) if pick is min else max(a, b)
