"""Candidates for lemmas, made from a model's own variables.

A candidate says of every value of one or two domains: where some tests hold, so does another one.
The tests are what a model can say of these values in a few words: in which phase somebody is, who
holds what, which of two numbers is larger.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dnsrace.model import expressions as ex
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.storing import as_expr
from dnsrace.model.system import System

MOST_ATOMS = 2500
"""Of one context: what a larger model has beyond is left out."""
MOST_PAIRS = 200
"""Of guards."""


@dataclass(frozen=True)
class Context:
    """The bound variables of a family of candidates, with the tests that these are made of."""

    bound: tuple[Expr, ...]
    guards: tuple[tuple[Expr, ...], ...]
    """Sets of tests to stand before the arrow."""
    atoms: tuple[Expr, ...]
    """Tests to stand behind it."""


@dataclass(frozen=True)
class Candidate:
    """For all values of the bound variables: where all guards hold, the atom does."""

    bound: tuple[Expr, ...]
    guards: tuple[Expr, ...]
    atom: Expr

    @property
    def expr(self) -> Expr:
        """The candidate as a formula."""
        body = self.atom
        for guard in reversed(self.guards):
            body = ex.implies(guard, body)
        for variable in reversed(self.bound):
            body = ex.forall(variable, body)
        return body


def contexts(system: System) -> Iterator[Context]:
    """All contexts of a system: one value, two of one domain, one each of two domains, none."""
    words = _Words(system)
    yield _alone(words, ())
    for domain in words.indices:
        x = ex.bound("x", domain)
        yield _alone(words, (x,))
        if domain.kind == "names" or words.phases(x):
            yield _two(words, x, ex.bound("y", domain))
        for other in words.indices:
            if other is not domain and words.phases(x):
                yield _across(words, x, ex.bound("k", other))


def _alone(words: _Words, bound: tuple[Expr, ...]) -> Context:
    terms = words.terms(bound)
    simple = words.tests(bound)
    pairs = [p for p in itertools.combinations(simple, 2) if not _one_term(*p)]
    pairs = pairs if len(pairs) <= MOST_PAIRS else []
    guards = [(), *((g,) for g in simple), *pairs]
    return Context(bound, tuple(guards), tuple(words.atoms(terms, bound))[:MOST_ATOMS])


def _two(words: _Words, x: Expr, y: Expr) -> Context:
    tests = words.phases(x)
    swapped = [ex.replaced(test, {x: y}) for test in tests]
    apart = ex.not_(ex.eq(x, y))
    guards = [(apart, a, b) for a, b in itertools.product(tests, swapped)]
    own = [t for t in words.terms((x,)) if x in t.args]
    atoms = [ex.not_(ex.eq(t, ex.replaced(t, {x: y}))) for t in own if t.sort.kind != "bool"]
    return Context((x, y), tuple(guards), (ex.FALSE, *atoms))


def _across(words: _Words, x: Expr, k: Expr) -> Context:
    of_x = [t for t in words.terms((x,)) if x in t.args]
    of_k = [t for t in words.terms((k,)) if k in t.args]
    places = [t for t in of_x if t.domain is k.domain]
    where = [r for t in places for r in (ex.lt(k, t), ex.eq(k, t), ex.lt(t, k))]
    guards: list[tuple[Expr, ...]] = [(p, w) for p in words.phases(x) for w in where]
    guards += [(p,) for p in words.phases(x)]
    pairs = (*itertools.product(of_k, of_x), *itertools.product(of_x, of_k))
    atoms = [a for s, t in pairs for a in words.compared(s, t)]
    return Context((x, k), tuple(guards), tuple(atoms)[:MOST_ATOMS])


class _Words:
    """What can be said in a model."""

    def __init__(self, system: System) -> None:
        self.system = system
        found: dict[Domain, None] = {}
        for variable in system.variables:
            if len(variable.index) == 1 and variable.index[0].kind in ("names", "range"):
                found.setdefault(variable.index[0])
        self.indices = tuple(found)
        bounds = [as_expr(b) for d in system.domains for b in (d.low, d.high)]
        sizes = {e.data[0] for b in bounds for e in b.walk() if e.op == "param"}
        lows = {p.name: p.bounds.low for p in system.model.parameters}
        self.margins = [ex.param(n, lows[n]) for n in system.open if n not in sizes]
        """Open parameters that are no domain's size: distances, in comparisons."""

    def terms(self, bound: Sequence[Expr]) -> list[Expr]:
        """Reads of variables at bound values, at scalars and at one another."""
        variables = self.system.variables
        found = dict.fromkeys([*bound, *(ex.read(v, ()) for v in variables if not v.index)])
        for _ in range(3):
            known = list(found)
            for v in variables:
                for index in itertools.product(*(_fitting(d, known) for d in v.index)):
                    if index:
                        found.setdefault(ex.read(v, index))
            if len(found) > MOST_ATOMS:
                break
        return [t for t in found if t not in bound]

    def phases(self, x: Expr) -> list[Expr]:
        """In which phase x is: an enumerated variable of x has some value."""
        return [
            test
            for v in self.system.variables
            if v.index == (x.domain,) and v.domain.kind == "enum"
            for test in _values(ex.read(v, (x,)), v)
        ]

    def tests(self, bound: Sequence[Expr]) -> list[Expr]:
        """Phases and Bools of the bound values, and of the system as a whole."""
        found: list[Expr] = []
        for v in self.system.variables:
            indices = [()] if not v.index else [(x,) for x in bound if v.index == (x.domain,)]
            for index in indices:
                term = ex.read(v, index)
                if v.domain.kind == "enum":
                    found += _values(term, v)
                elif v.domain.kind == "bool":
                    found += [term, ex.not_(term)]
        return found

    def atoms(self, terms: Sequence[Expr], bound: Sequence[Expr]) -> Iterator[Expr]:
        """Tests of these terms, and of pairs of them."""
        for t in terms:
            if t.sort.kind == "bool":
                yield from (t, ex.not_(t))
            elif t.sort.kind in ("enum", "maybe") and t.domain is not None:
                of = t.domain
                raws = of.raws if of.kind == "enum" else (of.lo,)
                same = [ex.eq(t, ex.const(raw, of)) for raw in raws]
                same += [ex.eq(t, x) for x in bound if of.of is x.domain]
                yield from (e for test in same for e in (test, ex.not_(test)))
            elif t.domain is not None and t.domain.kind == "range":
                low = as_expr(t.domain.low)
                yield from (ex.eq(t, low), ex.lt(low, t))
        for a, b in itertools.permutations((*bound, *terms), 2):
            yield from self.compared(a, b)

    def compared(self, a: Expr, b: Expr) -> Iterator[Expr]:
        """Tests of two numbers that may be compared, or of two names."""
        if a.domain is None or b.domain is None:
            return
        if a.domain.kind == b.domain.kind == "range" and _alike(a.domain, b.domain):
            yield from (ex.le(a, b), ex.lt(a, b), ex.eq(a, b))
            yield from (ex.lt(ex.add(a, m), b) for m in self.margins)
        elif a.domain is b.domain and a.domain.kind in ("names", "maybe"):
            yield from (ex.eq(a, b), ex.not_(ex.eq(a, b)))


def _one_term(a: Expr, b: Expr) -> bool:
    """Whether two tests are of one and the same read: one of them says it all."""
    reads = [{e for e in test.walk() if e.op == "read"} for test in (a, b)]
    return reads[0] == reads[1]


def _fitting(domain: Domain, terms: Iterable[Expr]) -> list[Expr]:
    """The terms that are sure to be indices of a domain."""
    return [t for t in terms if t.domain is domain]


def _values(term: Expr, variable: Variable) -> list[Expr]:
    domain = variable.domain
    return [ex.eq(term, ex.const(raw, domain)) for raw in domain.raws]


def _alike(a: Domain, b: Domain) -> bool:
    """Whether two ranges count the same things: their largest values are one and the same."""
    return as_expr(a.high) == as_expr(b.high)


def candidates(context: Context) -> Iterator[Candidate]:
    """All candidates of a context, but the empty ones."""
    for guards in context.guards:
        for atom in context.atoms:
            if atom.op == "const" and atom.data:
                continue
            if atom not in guards and ex.not_(atom) not in guards:
                yield Candidate(context.bound, guards, atom)
