"""A model: a function of its parameters.

`Model.lift` runs the function once: its classes declare domains and the state, its decorated
functions are steps and properties (see `declarations`). What they declare becomes a System in
`assembly`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any, overload

from dnsrace.errors import ModelError, UsageError
from dnsrace.model import expressions as ex
from dnsrace.model import places
from dnsrace.model.assembly import assemble
from dnsrace.model.builder import building
from dnsrace.model.decisions import declared_decisions
from dnsrace.model.parameters import Parameter, parameters_of
from dnsrace.model.paths import Blocked
from dnsrace.model.quantify import BUILTINS
from dnsrace.model.selfcheck import refuse_identity_tests
from dnsrace.model.symbols import Sym
from dnsrace.model.system import System

MAX_PATHS = 1000
"""Default of the largest number of paths through one step."""


@dataclass(eq=False)
class Model:
    """A model: its function, parameters and fixed variant. `lift` makes a System of it."""

    function: Callable[..., None]
    fixed: dict[str, Any]
    declared: Iterable[str] | None = None

    def __post_init__(self) -> None:
        self.name = self.function.__name__
        self.parameters: tuple[Parameter, ...] = parameters_of(self.function)
        self.head: str = inspect.cleandoc(self.function.__globals__.get("__doc__") or "")
        """The docstring of the model's file: what is modelled, what is left out, what to expect."""
        self.doc: str = inspect.getdoc(self.function) or self.head
        self.path = Path(self.function.__code__.co_filename)
        self.reference = self.name
        """How to name the model on the command line; the loader sets it for a user's file."""
        for parameter in self.parameters:
            if parameter.name in ("self", "open", "max_paths", "lemmas"):
                raise ModelError(
                    f"a parameter cannot be called {parameter.name}: the word is taken",
                    place=places.of_function(self.function),
                    cure="rename it",
                )
        try:
            self.values(self.fixed)
        except UsageError as error:
            raise ModelError(
                f"fixed is wrong: {error.cause}",
                place=places.of_function(self.function),
                cure=error.cure,
            ) from None
        self.decisions = declared_decisions(
            self.parameters, self.fixed, self.declared, places.of_function(self.function)
        )
        """The names of the parameters that are design decisions."""

    def values(self, given: dict[str, Any]) -> dict[str, Any]:
        """All parameters with their values. Raises UsageError for unknown or forbidden ones."""
        known = {p.name: p for p in self.parameters}
        for name in given:
            if name not in known:
                raise UsageError(
                    f"{self.name} has no parameter {name}",
                    cure=f"its parameters are: {', '.join(known)}",
                )
        return {
            name: p.check(given[name]) if name in given else p.default for name, p in known.items()
        }

    def lift(
        self,
        *,
        open: Iterable[str] = (),
        max_paths: int = MAX_PATHS,
        lemmas: Path | None = None,
        **given: Any,
    ) -> System:
        """The lifted form.

        Parameters
        ----------
        open: names of integer parameters to leave without a value.
        max_paths: the largest number of paths through one step.
        lemmas: a file with more lemmas than the model has itself.
        given: values of parameters; defaults hold for the rest.

        Raises ModelError when the model is broken, UsageError for a wrong parameter.
        """
        open = tuple(dict.fromkeys(open))
        values = self.values(given)
        arguments = dict(values)
        for name in open:
            parameter = next((p for p in self.parameters if p.name == name), None)
            if parameter is None or parameter.kind != "int":
                able = ", ".join(p.name for p in self.parameters if p.kind == "int")
                raise UsageError(
                    f"{name} cannot be left open",
                    cure=f"only whole-number parameters can: {able}"
                    if able
                    else f"{self.name} has no whole-number parameter: leave --open out",
                )
            arguments[name] = Sym(ex.param(name, parameter.bounds.low))
            del values[name]
        refuse_identity_tests(self.function)
        try:
            with building(self.name) as builder:
                with_builtins(self.function)(**arguments)
        except (ModelError, UsageError) as error:
            error.place = error.place or places.of_error(error)
            raise
        except KeyboardInterrupt:
            raise
        except Blocked:
            raise ModelError(
                "require() outside of a step",
                place=places.of_function(self.function),
                cure="limit parameters with at_least and between",
            ) from None
        except BaseException as error:  # sys.exit() in a model must not be our exit code
            raise ModelError(
                f"{type(error).__name__}: {error}", place=places.of_error(error)
            ) from error
        return assemble(self, builder, values, open, max_paths, lemmas, arguments)


@overload
def model(function: Callable[..., None]) -> Model: ...
@overload
def model(
    *, fixed: dict[str, Any] | None = None, decisions: Iterable[str] | None = None
) -> Callable[[Callable[..., None]], Model]: ...
def model(
    function: Any = None,
    *,
    fixed: dict[str, Any] | None = None,
    decisions: Iterable[str] | None = None,
) -> Any:
    """Declare a model.

    Parameters
    ----------
    fixed: the parameter values of its fixed variant, for `--fixed`.
    decisions: the names of the parameters of which each value is another design, for `dnsrace
        fixes`; without them, those that `fixed` sets.
    """
    if function is not None:
        return Model(function, {})
    return lambda f: Model(f, dict(fixed or {}), decisions)


def with_builtins(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, and all that it defines inside, with our any, all, min, max and sum."""
    assert isinstance(function, FunctionType)
    scope = {**BUILTINS, **function.__globals__}
    return FunctionType(
        function.__code__, scope, function.__name__, function.__defaults__, function.__closure__
    )
