"""How domains become types of Murphi.

Enumerations are `enum` and interchangeable names are `scalarset`, so that Rumur can use their
symmetry. Neither can be mixed with anything: a variable of an optional domain over one of them is
undefined where it has none. Where a model needs more than that of such a domain, it becomes a range
of numbers, and the head says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dnsrace.exports.survey import domains, expressions
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.system import System


@dataclass
class Types:
    """`ranges` are the enumerations and names that become numbers, each with the reason."""

    domains: list[Domain]
    ranges: dict[Domain, str] = field(default_factory=dict)

    def is_type(self, domain: Domain) -> bool:
        """Whether a domain is an enum or scalarset."""
        return domain.kind in ("enum", "names") and domain not in self.ranges

    def is_undefinable(self, domain: Domain) -> bool:
        """Whether none is said by a variable that is undefined."""
        return domain.kind == "maybe" and domain.of is not None and self.is_type(domain.of)


def types_of(system: System) -> Types:
    """What becomes of each domain."""
    types = Types(domains(system))
    for domain, why in _reasons(system):
        types.ranges.setdefault(domain, why)
    return types


def _reasons(system: System) -> Iterator[tuple[Domain, str]]:
    """Domains that cannot be enum or scalarset."""
    if system.asymmetry is not None:
        for domain in domains(system):
            if domain.kind == "names":
                yield domain, "the model does not treat its names alike"
    for variable in system.variables:
        for domain in variable.index:
            if domain.of is not None:
                yield domain.of, f"{variable.name} has an element for none of them too"
        yield from _of_start(variable)
    for step in system.steps:
        for chosen in step.choices:
            if chosen.domain is not None and chosen.domain.of is not None:
                yield chosen.domain.of, f"{step.name} may choose none of them"
    for expr, _ in expressions(system):
        for part in expr.walk():
            yield from _of_expression(part)


def _of_start(variable: Variable) -> Iterator[tuple[Domain, str]]:
    domain = variable.domain
    if domain.of is not None and len(variable.start) > 1:
        yield domain.of, f"{variable.name} starts with none or with one of them"
    elif not any_of_all(variable):
        for start in variable.start:
            for part in start.walk():
                yield from _of_expression(part)


def any_of_all(variable: Variable) -> bool:
    """Whether an element may start with any value of its domain."""
    found = [start.data for start in variable.start if start.op == "const"]
    return len(found) == len(variable.start) > 1 and found == list(variable.domain.raws)


def _of_expression(expr: Expr) -> Iterator[tuple[Domain, str]]:
    if expr.op in ("exists", "forall") and expr.data[1].of is not None:
        yield expr.data[1].of, "a quantifier is over them and none of them"
    if expr.op != "const":
        return
    sort = expr.sort
    if sort.kind == "maybe" and sort.of is not None and expr.data != sort.lo:
        sort = sort.of
    if sort.kind == "names":
        yield sort, "the model has a loop over them, in which each is taken by itself"
