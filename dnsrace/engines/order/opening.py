"""Which sizes order abstraction leaves open: the one that bounds the identifiers, and those that
nothing but distances of identifiers are compared with."""

from __future__ import annotations

from typing import Any

from dnsrace.engines.order.shape import Shape
from dnsrace.engines.order.stepper import OrderStepper
from dnsrace.errors import ModelError, UsageError
from dnsrace.model import places
from dnsrace.model.domains import Domain
from dnsrace.model.language import Model
from dnsrace.model.parameters import Parameter
from dnsrace.model.system import System


def opened(model: Model, given: dict[str, Any], name: str, max_paths: int) -> Shape:
    """A model lifted for order abstraction of a domain.

    Parameters
    ----------
    given: parameters with a value; the other whole-number ones are left open where only distances
        of identifiers are compared with them.
    name: of the domain.

    Raises UsageError when the domain has no ordered identifiers, ModelError for what a model does
    with them beside ordering them, with the line.
    """
    closed = model.lift(max_paths=max_paths, **given)
    family = _family(closed, name)
    numbers = [p for p in model.parameters if p.kind == "int"]
    size = next((p for p in numbers if _bounds(p, closed, given, max_paths, family)), None)
    place = places.of_function(model.function)
    if size is None:
        raise ModelError(
            f"no parameter says how many identifiers {name} has, so their number is not open",
            place=place,
            cure=f"declare {name} with a high that is a parameter of the model",
        )
    if size.name in given:
        raise UsageError(
            f"{size.name} is given a value, and --unbounded {name} leaves it open",
            cure="leave out one of the two options",
        )
    shape = _shape(model, given, [size.name], name, max_paths)
    extra: list[str] = []
    for other in numbers:
        if other is not size and other.name not in given:
            try:
                shape = _shape(model, given, [size.name, *extra, other.name], name, max_paths)
                extra.append(other.name)
            except (ModelError, UsageError):
                continue  # something but a distance depends on it: it keeps its value
    return shape


def _family(closed: System, name: str) -> Domain:
    """The domain with this name. Raises UsageError when it has no identifiers."""
    able = [d.name for d in closed.domains if d.identifiers == d.name]
    if name not in able:
        raise UsageError(
            f"{closed.name} has no domain {name} of ordered identifiers",
            cure=f"give {' or '.join(able)}" if able else
            "declare one: class Token(Range, low=0, high=grants, identifiers=True)",
        )  # fmt: skip
    return next(d for d in closed.domains if d.name == name)


def _bounds(
    p: Parameter, closed: System, given: dict[str, Any], max_paths: int, family: Domain
) -> bool:
    """Whether a parameter says how far a domain goes: with another value it goes elsewhere."""
    value = closed.parameters[p.name]
    other = value + 1 if p.bounds.high is None or value < p.bounds.high else value - 1
    try:
        changed = closed.model.lift(max_paths=max_paths, **{**given, p.name: other})
    except (ModelError, UsageError):
        return False
    found = next((d for d in changed.domains if d.name == family.name), family)
    return found.hi != family.hi


def _shape(
    model: Model, given: dict[str, Any], open: list[str], name: str, max_paths: int
) -> Shape:
    """The model with these sizes open. Raises ModelError when more than the order matters."""
    system = model.lift(open=open, max_paths=max_paths, **given)
    family = next(d for d in system.domains if d.name == name)
    place = places.of_function(model.function)
    for domain in system.domains:
        if domain.is_open and domain.identifiers != name:
            raise ModelError(
                f"the size of {domain.name} depends on {', '.join(open)} as well",
                place=place,
                cure=f"declare it with identifiers={name}, or give it a size of its own",
            )
    shape = Shape(system, family)
    if not shape.is_simple:
        raise ModelError(
            f"{name} is {family.values_text()}, which is no number and a parameter, with or "
            "without a number added",
            place=place,
            cure="for example low=1, high=plans",
        )
    OrderStepper(shape, system.properties, symmetric=False)
    return shape
