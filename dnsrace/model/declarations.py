"""What stands inside a model: the state's declaration, and the decorators of steps and properties.

They only collect, into the Builder of the model whose function is running (see `builder`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar, overload

from dnsrace.errors import ModelError
from dnsrace.model import places
from dnsrace.model.arguments import a_fairness, a_function, a_text, names_of
from dnsrace.model.builder import Declared, OneOf, builder_of
from dnsrace.model.classes import domain_of
from dnsrace.model.system import PropertyKind

F = TypeVar("F", bound=Callable[..., Any])


def one_of(*values: Any) -> Any:
    """For `var(..., start=one_of(a, b))`: one initial state for each value; of an array, each
    element is any of them, independently of the others."""
    if not values:
        raise ModelError(
            "one_of() has no values", place=places.here(), cure="give at least one, or a domain"
        )
    return OneOf(values)


def var(domain: Any, *, per: Any = (), start: Any) -> Any:
    """Declare a state variable, in the body of a class made from State.

    Parameters
    ----------
    domain: the values: a domain class, an Enum class, or bool.
    per: for an array, its index domain, or a tuple of them.
    start: the initial value: a value; `one_of(...)` several; a domain's class for any of its
        values; or, for an array, a function of the indices.
    """
    index = per if isinstance(per, tuple) else (per,)
    return Declared(domain_of(domain), tuple(domain_of(d) for d in index), start, places.here())


class State:
    """Base of the class that declares the state variables, one `name = var(...)` each."""

    def __init_subclass__(cls) -> None:
        builder = builder_of("a State class")
        if builder.variables:
            raise ModelError(
                "the model has two State classes", place=places.here(), cure="put them into one"
            )
        for name, declared in vars(cls).items():
            if isinstance(declared, Declared):
                builder.variables[name] = declared
            elif not name.startswith("__"):
                raise ModelError(
                    f"{name} in the State class is not a variable",
                    place=places.here(),
                    cure=f"write {name} = var(Domain, start=...)",
                )


@overload
def step(function: F) -> F: ...
@overload
def step(*, actor: str | None = None) -> Callable[[F], F]: ...
def step(function: Any = None, *, actor: str | None = None) -> Any:
    """Declare a step. Its first parameter is the state, the others are choices: each is annotated
    with the domain that it is drawn from. `actor` is who takes it, for a step whose first choice
    does not say so."""

    if actor is not None:
        a_text(actor, "the actor of a step", 'write actor="planner"')

    def declare(f: F) -> F:
        a_function(f, "step")
        builder = builder_of(f"the step {f.__name__}")
        if any(name == f.__name__ for name, _, _ in builder.steps):
            raise ModelError(
                f"two steps are called {f.__name__}",
                place=places.of_function(f),
                cure="rename one of them",
            )
        builder.steps.append((f.__name__, f, actor))
        return f

    return declare if function is None else declare(function)


def _property(kind: PropertyKind, function: Any, name: str | None, **options: Any) -> Any:
    if name is not None:
        a_text(name, "the name of a property", 'write name="some_name"')

    def declare(f: F) -> F:
        a_function(f, kind)
        called = name or f.__name__
        builder = builder_of(f"the property {called}")
        if called == "deadlock":
            raise ModelError(
                "a property cannot be called deadlock: --deadlock asks for that by itself",
                place=places.of_function(f),
                cure="rename it",
            )
        if any(other == called for other, *_ in builder.properties):
            raise ModelError(
                f"two properties are called {called}",
                place=places.of_function(f),
                cure="rename one of them",
            )
        builder.properties.append((called, kind, f, options))
        return f

    return declare if function is None else declare(function)


@overload
def always(function: F) -> F: ...
@overload
def always(
    *,
    name: str | None = None,
    question: bool = False,
    informative: bool = False,
    lemma: bool = False,
) -> Callable[[F], F]: ...
def always(
    function: Any = None,
    *,
    name: str | None = None,
    question: bool = False,
    informative: bool = False,
    lemma: bool = False,
) -> Any:
    """An invariant: a Bool function of the state, true in every reachable state.

    `question` marks what the model exists to ask: a search stops when it is answered.
    `informative`: a violation is shown, but is no failure.
    `lemma`: a step of a proof (see `dnsrace prove`); other commands look at it when it is asked
    for by name.
    """
    return _property(
        "always", function, name, question=question, informative=informative, lemma=lemma
    )


@overload
def every_step(function: F) -> F: ...
@overload
def every_step(
    *,
    name: str | None = None,
    question: bool = False,
    informative: bool = False,
    lemma: bool = False,
) -> Callable[[F], F]: ...
def every_step(
    function: Any = None,
    *,
    name: str | None = None,
    question: bool = False,
    informative: bool = False,
    lemma: bool = False,
) -> Any:
    """A Bool function of the state before and the state after, true for every step; marks as for
    `always`."""
    return _property(
        "every_step", function, name, question=question, informative=informative, lemma=lemma
    )


@overload
def sometimes(function: F) -> F: ...
@overload
def sometimes(*, name: str | None = None) -> Callable[[F], F]: ...
def sometimes(function: Any = None, *, name: str | None = None) -> Any:
    """A Bool function of the state, true in at least one reachable state: a model that never gets
    there is safe for the wrong reason."""
    return _property("sometimes", function, name)


@overload
def recoverable(function: F) -> F: ...
@overload
def recoverable(*, name: str | None = None) -> Callable[[F], F]: ...
def recoverable(function: Any = None, *, name: str | None = None) -> Any:
    """From every reachable state, some continuation reaches a state where this is true."""
    return _property("recoverable", function, name)


@overload
def eventually(function: F) -> F: ...
@overload
def eventually(
    *,
    name: str | None = None,
    stays: bool = False,
    fairness: Literal["none", "weak", "strong"] = "weak",
    fair_steps: Iterable[Callable[..., Any]] = (),
) -> Callable[[F], F]: ...
def eventually(
    function: Any = None,
    *,
    name: str | None = None,
    stays: bool = False,
    fairness: Literal["none", "weak", "strong"] = "weak",
    fair_steps: Iterable[Callable[..., Any]] = (),
) -> Any:
    """Every fair execution reaches a state where this is true and, with `stays`, remains true.

    `fairness` holds for each of `fair_steps` (all steps when none is named) and each of its first
    choices by itself.
    """
    a_fairness(fairness)
    options = {"stays": stays, "fairness": fairness, "fair_steps": names_of(fair_steps)}
    return _property("eventually", function, name, **options)


def end(function: F) -> F:
    """A Bool function of the state: where the system may stop for good. Any other state without
    a successor is a deadlock."""
    a_function(function, "end")
    builder = builder_of("end")
    if builder.end is not None:
        raise ModelError(
            "the model has two functions marked @end",
            place=places.of_function(function),
            cure="join them with `or`",
        )
    builder.end = function
    return function


@overload
def column(function: F) -> F: ...
@overload
def column(*, per: Any = None, title: str = "") -> Callable[[F], F]: ...
def column(function: Any = None, *, per: Any = None, title: str = "") -> Any:
    """A column in a trace's table, or one for each value of `per`: a function of the state (and
    that value) that gives a short text."""
    a_text(title, "the title of a column", 'write title="zone"')

    def declare(f: F) -> F:
        a_function(f, "column")
        builder_of("column").columns.append((f, per, title or f.__name__.replace("_", " ")))
        return f

    return declare if function is None else declare(function)


def outcome(of: Callable[..., Any], *, called: str = "") -> Callable[[F], F]:
    """What the world sees when the property `of` is violated: a function of the last state that
    gives a text. `called` is what people call that, in a word: `outage`."""

    a_text(called, "what a violation is called", 'write called="outage"')
    builder = builder_of("outcome")
    if all(of is not function for _, _, function, _ in builder.properties):
        raise ModelError(
            f"outcome is given {getattr(of, '__name__', of)}, which is no property",
            place=places.here(),
            cure="name a property that stands above: @outcome(some_property)",
        )

    def declare(f: F) -> F:
        builder.outcomes[of.__name__] = f
        builder.called[of.__name__] = called
        return f

    return declare


def picture(function: F) -> F:
    """How a state is drawn: a function of the state that yields `Box` and `Arrow`, or gives a list
    of them."""
    a_function(function, "picture")
    builder = builder_of("picture")
    if builder.picture is not None:
        raise ModelError(
            "the model has two pictures", place=places.of_function(function), cure="join them"
        )
    builder.picture = function
    return function
