"""What a model uses, and whether a target's numbers are wide enough for it."""

from __future__ import annotations

from collections.abc import Iterator

from dnsrace.errors import ModelError, Place
from dnsrace.exports.rules import domains_within
from dnsrace.model import places
from dnsrace.model.bounds import Facts
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr
from dnsrace.model.system import System, expressions_of


def expressions(system: System) -> Iterator[tuple[Expr, Place | None]]:
    """Every expression of steps and properties, whole, with its line in the model."""
    for step in system.steps:
        for expr, place in expressions_of(step.tree):
            yield expr, place or step.place
    for prop in system.properties:
        yield prop.value, prop.place
        yield prop.defined, prop.place


def domains(system: System) -> list[Domain]:
    """All domains in use, the one inside an optional domain before it."""
    found: dict[Domain, None] = {}
    used = [*system.domains]
    used += [e.data[1] for expr, _ in expressions(system) for e in expr.walk()
             if e.op in ("exists", "forall")]  # fmt: skip
    for domain in used:
        for part in domains_within(domain):
            found.setdefault(part)
    return list(found)


def place_of(system: System) -> Place:
    """The line on which the model begins."""
    return places.of_function(system.model.function)


def refuse_wide(system: System, target: str, bits: int) -> None:
    """Raises ModelError for a number that may not fit into the target's, with its line."""
    limit = 1 << (bits - 1)
    facts = Facts()
    for domain in domains(system):
        if domain.lo < -limit or domain.hi >= limit:
            raise ModelError(
                f"{target} cannot express {domain.name} = {domain.values_text()}: its numbers have "
                f"{bits} bits",
                place=place_of(system),
                cure="use a smaller domain",
            )
    for expr, place in expressions(system):
        for part in expr.walk():
            if part.op not in ("add", "sub", "mul"):
                continue
            low, high = facts.interval(part)
            if low is None or high is None or low < -limit or high >= limit:
                raise ModelError(
                    f"{target} cannot express {part}: its value may need more than {bits} bits",
                    place=place,
                    cure="use smaller domains",
                )
