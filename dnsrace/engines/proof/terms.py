"""A system's expressions as Z3 terms.

Raw values stay what they are: Bools are Bools, all others integers with their bounds as
constraints, open parameters integers too. A variable is a function of its indices. A *view* says
what is read: the variables themselves, or what a step makes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

from dnsrace.engines.solver import conjunction, disjunction, z3
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.operators import OPERATORS
from dnsrace.model.system import System

Term = Any
"""A Z3 expression: Z3's Python interface has no types."""
View = Callable[[Variable, tuple[Term, ...]], Term]

MOST_EXPANDED = 64
"""Values of a closed domain up to which a quantifier over it is written out."""


def _floor_division(a: Term, b: Term) -> Term:
    # SMT-LIB rounds so that the rest is not negative; Python rounds down
    return z3.If(b > 0, a / b, (-a) / (-b))


RULES: dict[str, Callable[..., Term]] = {
    "and": z3.And,
    "or": z3.Or,
    "not": z3.Not,
    "ite": z3.If,
    "eq": lambda a, b: a == b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _floor_division,
    "mod": lambda a, b: a - b * _floor_division(a, b),
    "min": lambda a, b: z3.If(a <= b, a, b),
    "max": lambda a, b: z3.If(a >= b, a, b),
}
LEAVES = ("const", "param", "choice", "bound", "read")
BINDERS = ("exists", "forall")
assert {*RULES, *LEAVES, *BINDERS} == set(OPERATORS)


class Terms:
    """The terms of one system. `mark` distinguishes the variables of several states."""

    def __init__(self, system: System, mark: str = "") -> None:
        self.system, self.mark = system, mark
        # a variable may have the name of a parameter
        self.parameters = {name: z3.Int(f"parameter!{name}") for name in system.open}
        self._state = {v: _symbol(v, mark) for v in system.variables}
        self._fresh = 0

    def now(self, variable: Variable, index: tuple[Term, ...]) -> Term:
        """The view of the state itself."""
        symbol = self._state[variable]
        return symbol(*index) if index else symbol

    def term(
        self, expr: Expr, names: dict[str, Term] | None = None, view: View | None = None,
        after: View | None = None,
    ) -> Term:  # fmt: skip
        """An expression as a term.

        Parameters
        ----------
        names: the terms of choices and bound variables.
        view: what is read; by default the state itself.
        after: what primed variables read.
        """
        return self._term(expr, names or {}, view or self.now, after)

    def _term(self, expr: Expr, names: dict[str, Term], view: View, after: View | None) -> Term:
        op = expr.op
        if op == "const":
            return raw_term(expr.sort, expr.data)
        if op == "param":
            return self.parameters[expr.data[0]]
        if op in ("choice", "bound"):
            return names[str(expr.data)]
        if op in BINDERS:
            return self._quantified(expr, names, view, after)
        args = tuple(self._term(a, names, view, after) for a in expr.args)
        if op != "read":
            return RULES[op](*args)
        variable: Variable = expr.data
        if not variable.name.endswith("'"):
            return view(variable, args)
        assert after is not None
        return after(self._plain(variable), args)

    def _plain(self, primed: Variable) -> Variable:
        return next(v for v, p in self.system.primed.items() if p is primed)

    def _quantified(
        self, expr: Expr, names: dict[str, Term], view: View, after: View | None
    ) -> Term:
        name, domain = expr.data
        body = expr.args[0]
        join = conjunction if expr.op == "forall" else disjunction
        if not domain.is_open and domain.size <= MOST_EXPANDED:
            return join(
                *(
                    self._term(body, {**names, name: raw_term(domain, raw)}, view, after)
                    for raw in domain.raws
                )
            )
        bound = self.fresh(domain, name)
        inner = self._term(body, {**names, name: bound}, view, after)
        if expr.op == "forall":
            return z3.ForAll([bound], z3.Implies(self.inside(domain, bound), inner))
        return z3.Exists([bound], conjunction(self.inside(domain, bound), inner))

    def fresh(self, domain: Domain, name: str) -> Term:
        """A new constant for a value of a domain; its bounds are not part of it."""
        self._fresh += 1
        return z3.Const(f"{name}!{self._fresh}", sort(domain))

    def inside(self, domain: Domain, term: Term) -> Term:
        """That a term is in a domain."""
        if domain.kind == "bool":
            return z3.BoolVal(True)
        return conjunction(self._bound(domain.low) <= term, term <= self._bound(domain.high))

    def _bound(self, bound: int | Expr) -> Term:
        return self.term(bound) if isinstance(bound, Expr) else z3.IntVal(bound)

    def for_each(self, variable: Variable, say: Callable[[tuple[Term, ...]], Term]) -> Term:
        """That something holds for every element of a variable."""
        closed = all(not d.is_open for d in variable.index)
        if closed and reduce(lambda n, d: n * d.size, variable.index, 1) <= MOST_EXPANDED:
            return conjunction(*(say(index) for index in _indices(variable.index)))
        bound = tuple(self.fresh(d, f"i{n}") for n, d in enumerate(variable.index))
        within = conjunction(*map(self.inside, variable.index, bound))
        return z3.ForAll(list(bound), z3.Implies(within, say(bound)))

    # -- what is known of every state

    def limits(self) -> list[Term]:
        """The limits of open parameters, and that no domain is empty."""
        found = []
        for parameter in self.system.model.parameters:
            if parameter.name in self.parameters:
                term, bounds = self.parameters[parameter.name], parameter.bounds
                found += [] if bounds.low is None else [term >= bounds.low]
                found += [] if bounds.high is None else [term <= bounds.high]
        return found + [
            self._bound(d.low) <= self._bound(d.high) for d in self.system.domains if d.is_open
        ]

    def all_typed(self) -> list[Term]:
        """That each variable is in its domain."""
        return [self.typed(v) for v in self.system.variables if v.domain.kind != "bool"]

    def typed(self, variable: Variable) -> Term:
        """That all elements of a variable are in its domain."""
        return self.for_each(
            variable, lambda index: self.inside(variable.domain, self.now(variable, index))
        )

    def starts(self) -> list[Term]:
        """That the state is an initial one."""

        def begins(variable: Variable) -> Callable[[tuple[Term, ...]], Term]:
            def say(index: tuple[Term, ...]) -> Term:
                names = {f"i{n}": term for n, term in enumerate(index)}
                here = self.now(variable, index)
                return disjunction(*(here == self.term(start, names) for start in variable.start))

            return say

        return [self.for_each(v, begins(v)) for v in self.system.variables]


def sort(domain: Domain) -> Term:
    """The Z3 sort of a domain's values."""
    return z3.BoolSort() if domain.kind == "bool" else z3.IntSort()


def raw_term(domain: Domain, raw: int) -> Term:
    """A raw value as a term."""
    return z3.BoolVal(bool(raw)) if domain.kind == "bool" else z3.IntVal(raw)


def _symbol(variable: Variable, mark: str) -> Term:
    name = variable.name + mark
    if not variable.index:
        return z3.Const(name, sort(variable.domain))
    return z3.Function(name, *map(sort, variable.index), sort(variable.domain))


def _indices(domains: tuple[Domain, ...]) -> Iterator[tuple[Term, ...]]:
    if not domains:
        yield ()
        return
    for raw in domains[0].raws:
        for rest in _indices(domains[1:]):
            yield (raw_term(domains[0], raw), *rest)
