"""A system with open parameters as one without: each is a variable that no step changes.

Such a variable begins with any value of its parameter, so the behaviours of the widened system are
those of all instances side by side. A domain whose bound depends on an open parameter becomes as
wide as it is for any value; what quantifies over it or chooses from it says that it stays within
the real bounds. Elements of arrays beyond these are never read or written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial, reduce
from itertools import product
from math import prod

from dnsrace.errors import UsageError
from dnsrace.findings.bounded import Size
from dnsrace.findings.words import counted, listed
from dnsrace.model import expressions as ex
from dnsrace.model.assembly import MOST_ELEMENTS
from dnsrace.model.bounds import Facts
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree, Write
from dnsrace.model.storing import as_expr
from dnsrace.model.symmetry import check_symmetry
from dnsrace.model.system import Commit, Property, Step, System


@dataclass
class Widened:
    """A widened system.

    Parameters
    ----------
    open: the system that it was made of.
    rigid: the variable of each open parameter, with the values that are looked at.
    free: these, and the variables whose initial value depends on them.
    initially: what else holds of the initial states.
    lawful: of the values of the parameters: there is a model with these.
    """

    system: System
    open: System
    rigid: dict[Size, Variable]
    free: list[Variable]
    initially: Expr
    lawful: Expr


def widened(system: System, up_to: int) -> Widened:
    """Widen a system.

    Parameters
    ----------
    up_to: the largest value of a parameter that is looked at, where the parameter has no smaller
        bound itself.

    Raises UsageError where a parameter cannot be open, or allows no value up to the largest one;
    ModelError when the model tells interchangeable names apart.
    """
    _refuse_names(system)
    return _Widening(system, _sizes(system, up_to)).result()


def _sizes(system: System, up_to: int) -> list[Size]:
    parameters = {p.name: p for p in system.model.parameters}
    found = []
    for name in system.open:
        bounds = parameters[name].bounds
        low = 0 if bounds.low is None else bounds.low
        high = up_to if bounds.high is None else min(up_to, bounds.high)
        if low > high:
            raise UsageError(
                f"{name} has no value from {low} to {high}", cure="give a larger --open-up-to"
            )
        found.append(Size(name, low, high))
    return found


def _refuse_names(system: System) -> None:
    for domain in system.domains:
        if domain.kind == "names":
            for name in _parameters(as_expr(domain.high)):
                raise UsageError(
                    f"{name} cannot be left open here: it says how many {domain.name} names there "
                    "are, and each of them takes steps of its own",
                    cure=f"give a value, or ask dnsrace prove, which leaves {name} open",
                )


def _parameters(expr: Expr) -> list[str]:
    return [e.data[0] for e in expr.walk() if e.op == "param"]


def _all(parts: Iterable[Expr]) -> Expr:
    return reduce(ex.and_, parts, ex.TRUE)


class _Widening:
    """The work of `widened`."""

    def __init__(self, system: System, sizes: list[Size]) -> None:
        self.open = system
        self._facts = Facts()
        self._domains: dict[Domain, Domain] = {}
        self._known: dict[Expr, Expr] = {}
        self._variables: dict[Variable, Variable] = {}
        self.rigid: dict[Size, Variable] = {}
        self.free: dict[Variable, Variable] = {}
        self._reads: dict[str, Expr] = {}
        lows = {p.name: p.bounds.low for p in system.model.parameters}
        for size in sizes:
            domain = Domain(size.name, "range", size.low, size.high)
            start = tuple(ex.integer(raw) for raw in domain.raws)
            # no variable of a model can be called so
            self.rigid[size] = Variable(f"any {size.name}", domain, (), start)
            self._reads[size.name] = ex.read(self.rigid[size], ())
            self._facts.narrowed[ex.param(size.name, lows[size.name])] = (size.low, size.high)

    def result(self) -> Widened:
        system, rigid = self.open, tuple(self.rigid.values())
        _refuse_large([tuple(map(self.domain, v.index)) for v in system.variables])
        variables = tuple(map(self._variable, system.variables))
        primed = {self._variables[v]: self._variables[p] for v, p in system.primed.items()}
        primed |= {v: Variable(v.name + "'", v.domain) for v in rigid}
        made = System(
            system.model, system.parameters, (), (*rigid, *variables), primed,
            tuple(map(self._step, system.steps)), tuple(map(self._property, system.properties)),
            None if system.end is None else self.expr(system.end),
            domains=tuple(map(self.domain, system.domains)),
            lemmas=tuple(map(self._property, system.lemmas)), lemma_file=system.lemma_file,
        )  # fmt: skip
        check_symmetry(made)
        initially = _all(self._begins(old, new) for old, new in self.free.items())
        free = [*rigid, *self.free.values()]
        return Widened(made, system, self.rigid, free, initially, self._lawful())

    # -- what stands for what

    def domain(self, domain: Domain) -> Domain:
        """The domain as wide as it is for any value of the parameters."""
        if domain not in self._domains:
            new = domain
            if domain.is_open:
                low, _ = self._facts.interval(as_expr(domain.low))
                _, high = self._facts.interval(as_expr(domain.high))
                if low is None or high is None:
                    raise UsageError(
                        f"no bounds are known of {domain.name} = {domain.values_text()}",
                        cure="give its parameters values",
                    )
                of = None if domain.of is None else self.domain(domain.of)
                new = replace(domain, low=low, high=high, of=of)
            self._domains[domain] = new
        return self._domains[domain]

    def within(self, value: Expr, domain: Domain) -> Expr:
        """A value of the wide domain is one of the real domain, or none of them."""
        low, high = self.expr(as_expr(domain.low)), self.expr(as_expr(domain.high))
        return ex.and_(ex.le(low, value), ex.le(value, high))

    def expr(self, expr: Expr) -> Expr:
        """The same expression in the widened system."""
        if expr not in self._known:
            self._known[expr] = self._expr(expr)
        return self._known[expr]

    def _expr(self, expr: Expr) -> Expr:
        if expr.op == "param":
            return self._reads[expr.data[0]]
        args, data = tuple(map(self.expr, expr.args)), expr.data
        inside = None if expr.domain is None else self.domain(expr.domain)
        if expr.op == "read":
            data = self._variables[data]
        elif expr.op in ("exists", "forall"):
            name, domain = data
            variable = ex.bound(name, self.domain(domain))
            body = args[0]
            if domain.is_open:
                join = ex.and_ if expr.op == "exists" else ex.implies
                body = join(self.within(variable, domain), body)
            return Expr(expr.op, (body,), expr.sort, (name, variable.domain))
        return Expr(expr.op, args, self.domain(expr.sort), data, inside)

    def _variable(self, old: Variable) -> Variable:
        index, domain = tuple(map(self.domain, old.index)), self.domain(old.domain)
        start, free = tuple(map(self.expr, old.start)), False
        if any(_parameters(e) for e in old.start) or not self._able(old):
            if len(old.start) > 1:
                raise UsageError(
                    f"{old.name} begins with one of several values that depend on "
                    f"{listed(self.open.open)}",
                    cure="give the parameters values",
                )
            start, free = tuple(ex.const(r, ex.sort_of(domain)) for r in domain.raws), True
        new = Variable(old.name, domain, index, start, old.doc)
        primed = self.open.primed[old]
        self._variables |= {old: new, primed: Variable(primed.name, domain, index)}
        if free:
            self.free[old] = new
        return new

    def _able(self, old: Variable) -> bool:
        """Whether also the elements that are never seen begin with a value of the domain."""
        interpreter = Interpreter(self.open)
        for index in product(*(self.domain(d).raws for d in old.index)):
            names = {f"i{n}": raw for n, raw in enumerate(index)}
            if any(
                interpreter.value(e, (), names) not in self.domain(old.domain).raws
                for e in old.start
            ):
                return False
        return True

    def _tree(self, tree: Tree[Commit | None]) -> Tree[Commit | None]:
        if isinstance(tree, Branch):
            return Branch(self.expr(tree.test), self._tree(tree.yes), self._tree(tree.no))
        if isinstance(tree, Ensure):
            return Ensure(self.expr(tree.condition), tree.failure, self._tree(tree.then))
        if tree.value is None:
            return tree
        writes = [
            Write(self._variables[w.variable], tuple(map(self.expr, w.index)), self.expr(w.value))
            for w in tree.value.writes
        ]
        return Leaf(Commit(tuple(writes), (), tree.value.place))

    def _step(self, step: Step) -> Step:
        choices, tree = tuple(map(self.expr, step.choices)), self._tree(step.tree)
        for old, new in zip(step.choices, choices, strict=True):
            if old.domain is not None and old.domain.is_open:
                tree = Branch(self.within(new, old.domain), tree, Leaf(None))
        return replace(step, choices=choices, tree=tree)

    def _property(self, prop: Property) -> Property:
        return replace(prop, value=self.expr(prop.value), defined=self.expr(prop.defined))

    # -- the start

    def _inside(self, variable: Variable, then: Callable[[Expr], Expr]) -> Expr:
        """Something holds of every initial value of all elements within the real bounds."""
        indices = [ex.bound(f"i{n}", self.domain(d)) for n, d in enumerate(variable.index)]
        body = _all(then(self.expr(start)) for start in variable.start)
        for index, domain in zip(indices, variable.index, strict=True):
            body = ex.implies(self.within(index, domain), body)
        for index in reversed(indices):
            body = ex.forall(index, body)
        return body

    def _begins(self, old: Variable, new: Variable) -> Expr:
        """What a free variable begins with."""
        indices = tuple(ex.bound(f"i{n}", d) for n, d in enumerate(new.index))
        return self._inside(old, lambda value: ex.eq(ex.read(new, indices), value))

    def _lawful(self) -> Expr:
        bounds = [tuple(map(as_expr, (d.low, d.high))) for d in self._domains if d.is_open]
        parts = [ex.le(self.expr(low), self.expr(high)) for low, high in bounds]
        for variable in self.open.variables:
            if (variable.domain.of or variable.domain).kind == "range":
                within = partial(self.within, domain=variable.domain)
                parts.append(self._inside(variable, within))
        return _all(parts)


def _refuse_large(indices: list[tuple[Domain, ...]]) -> None:
    elements = sum(prod(domain.size for domain in index) for index in indices)
    if elements > MOST_ELEMENTS:
        raise UsageError(
            f"the state has {counted(elements, 'element')} then, more than {MOST_ELEMENTS:,}",
            cure="give a smaller --open-up-to, or leave fewer parameters open",
        )
