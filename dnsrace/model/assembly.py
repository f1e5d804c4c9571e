"""From what a model's function has declared to a System: each step and property is lifted, and the
declarations are checked against one another."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

from dnsrace.errors import ModelError, Place
from dnsrace.model import expressions as ex
from dnsrace.model import places
from dnsrace.model.builder import Builder, Declared, OneOf
from dnsrace.model.classes import domain_of
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import TRUE, Expr, Variable
from dnsrace.model.interpreter import Interpreter, slot_text
from dnsrace.model.lemmas import lemma_functions
from dnsrace.model.lifting import LiftedState, lift_step, lift_value
from dnsrace.model.paths import Run, explore, tree_value
from dnsrace.model.storing import stored
from dnsrace.model.symbols import Sym
from dnsrace.model.symmetry import check_symmetry
from dnsrace.model.system import Ago, Column, Property, PropertyKind, Step, System, walk_paths

if TYPE_CHECKING:
    from dnsrace.model.language import Model


MOST_ELEMENTS = 10_000
"""Of a state: far more than any search could store a useful number of."""


def assemble(
    model: Model, builder: Builder, values: dict[str, Any], open: tuple[str, ...], limit: int,
    lemma_file: Path | None, arguments: dict[str, Any],
) -> System:  # fmt: skip
    """The System of what a model's function has declared. `arguments`: of that function. Raises
    ModelError when it is broken."""
    place = places.of_function(model.function)
    if not builder.variables:
        raise ModelError("the model has no state", place=place, cure="declare a State class")
    if not builder.steps:
        raise ModelError("the model has no steps", place=place, cure="declare one with @step")
    _refuse_too_large(builder, place)
    variables = {n: _variable(n, d, limit) for n, d in builder.variables.items()}
    primed = {v: Variable(v.name + "'", v.domain, v.index) for v in variables.values()}
    property_names = frozenset(name for name, *_ in builder.properties)
    before = LiftedState(variables, property_names)
    after = LiftedState({v.name: primed[v] for v in variables.values()}, property_names)
    steps = tuple(
        lift_step(name, function, _choices(function), before, actor, limit)
        for name, function, actor in builder.steps
    )
    properties: list[Property] = []
    lemmas: list[Property] = []
    domains = _domains(variables.values(), steps)
    more = _more_lemmas(builder, lemma_file, domains, arguments)
    for name, kind, function, options in (*builder.properties, *more):
        options = dict(options)
        found = lemmas if options.pop("lemma", False) else properties
        args = (before, after) if kind == "every_step" else (before,)
        value, defined = lift_value(function, args, f"the property {name}", limit)
        found.append(
            Property(name, kind, value, defined, function, places.of_function(function),
                     doc=inspect.getdoc(function) or "", **options)
        )  # fmt: skip
        for fair in options.get("fair_steps", ()):
            if all(fair != step.name for step in steps):
                raise ModelError(
                    f"{name} names {fair} among its fair steps, which is no step",
                    place=places.of_function(function),
                    cure="name functions decorated with @step",
                )
    for lifted in steps:
        _check_sentences(lifted, steps)
    finish = None
    if builder.end is not None:
        finish, finish_defined = lift_value(builder.end, (before,), "end", limit)
        if finish_defined != TRUE and not open:
            raise ModelError(
                f"end reads a value that may leave its domain, where not {finish_defined}",
                place=places.of_function(builder.end),
                cure="guard the read with `if` or `and`",
            )
    system = System(
        model, values, open, tuple(variables.values()), primed, steps, tuple(properties),
        finish, _columns(builder), builder.outcomes, builder.called, builder.picture,
        domains, lemmas=tuple(lemmas), lemma_file=lemma_file,
    )  # fmt: skip
    if not open:
        check_symmetry(system)
        _check_start(system, builder.variables)
    return system


def _more_lemmas(
    builder: Builder, file: Path | None, domains: tuple[Domain, ...], arguments: dict[str, Any]
) -> list[tuple[str, PropertyKind, Callable[..., Any], dict[str, Any]]]:
    """The lemmas of a file, as if the model had declared them."""
    found: list[tuple[str, PropertyKind, Callable[..., Any], dict[str, Any]]] = []
    taken = {name for name, *_ in builder.properties}
    for function in lemma_functions(file, domains, arguments) if file else ():
        if function.__name__ in taken:
            raise ModelError(
                f"the model has a property {function.__name__} already",
                place=places.of_function(function),
                cure="rename the lemma",
            )
        both = len(inspect.signature(function).parameters) == 2
        kind: PropertyKind = "every_step" if both else "always"
        found.append((function.__name__, kind, function, {"lemma": True}))
    return found


def _refuse_too_large(builder: Builder, place: Place) -> None:
    """Raises ModelError for a state with so many elements that it could only be waited for."""
    elements = 0
    for declared in builder.variables.values():
        if not any(domain.is_open for domain in declared.index):
            elements += math.prod(domain.size for domain in declared.index)
    if elements > MOST_ELEMENTS:
        raise ModelError(
            f"the state has {elements:,} elements, more than {MOST_ELEMENTS:,}",
            place=place,
            cure="give smaller parameters",
        )


def _check_sentences(step: Step, steps: tuple[Step, ...]) -> None:
    """Raises ModelError when a sentence asks how long ago something was that cannot happen."""
    taking = {other.name: len(other.choices) for other in steps}
    for _, commit in walk_paths(step.tree):
        for part in commit.said:
            if isinstance(part, Ago) and len(part.choices) > taking.get(part.step, -1):
                known = part.step in taking
                raise ModelError(
                    f"ago() names {part.step}, "
                    + (f"which has only {taking[part.step]} choice(s)" if known else
                       "which is no step"),
                    place=commit.place,
                    cure="name a function decorated with @step, and values of its choices",
                )  # fmt: skip


def _variable(name: str, declared: Declared, limit: int) -> Variable:
    indices = tuple(ex.bound(f"i{n}", d) for n, d in enumerate(declared.index))
    starts = declared.start.values if isinstance(declared.start, OneOf) else (declared.start,)
    try:
        starts = tuple(value for start in starts for value in _values(start))
    except ModelError as error:  # the size of the domain is open
        error.place = error.place or declared.place
        raise
    names = declared.domain.of or declared.domain
    if names.kind == "names" and any(isinstance(start, int) for start in starts):
        raise ModelError(
            f"the start of {name} has a number, which singles out one of the interchangeable "
            f"{names.name} names",
            place=declared.place,
            cure=f"write start={names.name} for any of them (beside other values, "
            f"one_of(..., {names.name})), or declare {names.name} as a Range if they differ",
        )
    if len(starts) > 1 and any(isinstance(start, FunctionType) for start in starts):
        raise ModelError(
            f"one_of for the start of {name} has a function",
            place=declared.place,
            cure="give values: each element of an array is any of them, independently",
        )

    def alternative(start: Any) -> Expr:
        def body(_run: Run) -> Expr:
            value = start(*map(Sym, indices)) if isinstance(start, FunctionType) else start
            return stored(value, declared.domain, f"the start of {name}")

        try:
            return tree_value(explore(body, limit=limit))
        except ModelError as error:
            error.place = declared.place
            raise

    return Variable(name, declared.domain, declared.index, tuple(map(alternative, starts)))


def _values(start: Any) -> Iterable[Any]:
    """The values that a start stands for: a domain's class stands for all of its values."""
    if not isinstance(start, type):
        return [start]
    domain = domain_of(start)
    return [Sym(ex.const(raw, ex.sort_of(domain))) for raw in domain.raws]


def _check_start(system: System, declared: dict[str, Declared]) -> None:
    """Raises ModelError for an initial value outside its domain."""
    interpreter = Interpreter(system)
    for variable, index in system.slots:
        names = {f"i{n}": raw for n, raw in enumerate(index)}
        for start in variable.start:
            raw = interpreter.value(start, (), names)
            if not variable.domain.lo <= raw <= variable.domain.hi:
                raise ModelError(
                    f"the start of {slot_text(variable, index)} is {raw}, outside of "
                    f"{variable.domain.name} = {variable.domain.values_text()}",
                    place=declared[variable.name].place,
                )


def _choices(function: Callable[..., Any]) -> tuple[Expr, ...]:
    found = []
    place = places.of_function(function)
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters:
        raise ModelError(
            f"the step {function.__name__} does not take the state",
            place=place,
            cure="its first parameter is the state: def step(s: State)",
        )
    for parameter in parameters[1:]:
        name = parameter.name
        annotation = function.__annotations__.get(name)
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or (
            parameter.default is not parameter.empty
        ):
            raise ModelError(
                f"the choice {name} of the step {function.__name__} has a default, or is no plain "
                "parameter",
                place=place,
                cure=f"write {name}: SomeDomain; every value of the domain is tried",
            )
        if isinstance(annotation, str):
            raise ModelError(
                f"the annotation of {name} is a text",
                place=place,
                cure="remove `from __future__ import annotations` from the model's file",
            )
        if annotation is None:
            raise ModelError(
                f"the choice {name} of the step {function.__name__} has no domain",
                place=place,
                cure=f"annotate it: {name}: SomeDomain",
            )
        try:
            found.append(ex.choice(name, domain_of(annotation)))
        except ModelError as error:
            error.place = place
            raise
    return tuple(found)


def _columns(builder: Builder) -> tuple[Column, ...]:
    found = []
    for function, per, title in builder.columns:
        if per is None:
            found.append(Column(title, (), function))
            continue
        try:
            domain = domain_of(per)
        except ModelError as error:
            error.place = places.of_function(function)
            raise
        for raw in () if domain.is_open else domain.raws:
            found.append(Column(f"{title} {domain.text(raw)}", (domain.decode(raw),), function))
    return tuple(found)


def _domains(variables: Iterable[Variable], steps: Iterable[Step]) -> tuple[Domain, ...]:
    """All domains in use, in order of first appearance, those inside optional ones first."""
    found: dict[Domain, None] = {}
    for variable in variables:
        for domain in (*variable.index, variable.domain):
            if domain.of is not None:
                found.setdefault(domain.of)
            found.setdefault(domain)
    for lifted in steps:
        for chosen in lifted.choices:
            if chosen.domain is not None:
                found.setdefault(chosen.domain)
    return tuple(found)
