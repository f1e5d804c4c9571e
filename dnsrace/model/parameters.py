"""The parameters of a model: read from the signature of its function."""

from __future__ import annotations

import enum
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from dnsrace.errors import ModelError, UsageError
from dnsrace.model import places


@dataclass(frozen=True)
class Bounds:
    """Smallest and largest allowed value of an integer parameter; None where there is none."""

    low: int | None = None
    high: int | None = None

    def allow(self, value: int) -> bool:
        """Whether a value is inside."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def at_least(low: int) -> Bounds:
    """For `Annotated[int, at_least(1), "help"]`."""
    return Bounds(low=low)


def between(low: int, high: int) -> Bounds:
    """For `Annotated[int, between(1, 9), "help"]`; both ends are allowed."""
    return Bounds(low, high)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a model and the values that it may take."""

    name: str
    kind: Literal["int", "bool", "choice"]
    default: Any
    bounds: Bounds = Bounds()
    choices: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    help: str = ""

    @property
    def option(self) -> str:
        """The spelling on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        if self.kind == "bool":
            return "true or false"
        if self.kind == "choice":
            return ", ".join(self.choices)
        low, high = self.bounds.low, self.bounds.high
        if low is not None and high is not None:
            return f"a whole number from {low} to {high}"
        return (
            "a whole number"
            + (f" >= {low}" if low is not None else "")
            + (f" <= {high}" if high is not None else "")
        )

    def text(self, value: Any) -> str:
        """How a value is printed, and read back by `parse`."""
        if isinstance(value, enum.Enum):
            return self.choices[self.values.index(value)]
        return str(value).lower() if isinstance(value, bool) else str(value)

    def parse(self, text: str) -> Any:
        """The value that a text names. Raises UsageError, naming the allowed values."""
        value: Any = text
        if self.kind == "bool":
            value = {"true": True, "false": False}.get(text.lower(), text)
        elif self.kind == "int":
            try:
                value = int(text)
            except ValueError:
                value = text
        return self.check(value)

    def check(self, value: Any) -> Any:
        """The value itself when it is allowed. Raises UsageError otherwise."""
        if self.kind == "choice" and isinstance(value, str) and value in self.choices:
            return self.values[self.choices.index(value)]
        good = {
            "bool": isinstance(value, bool),
            "choice": value in self.values,
            "int": isinstance(value, int)
            and not isinstance(value, bool)
            and self.bounds.allow(value),
        }[self.kind]
        if not good:
            raise UsageError(
                f"{self.option}: {value!r} is not allowed", cure=f"give {self.allowed}"
            )
        return value


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """The parameters of a model's function, in order.

    Raises ModelError for one without a default or of a type that cannot become an option.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    found = []
    for name, signature in inspect.signature(function).parameters.items():
        if signature.default is inspect.Parameter.empty:
            raise ModelError(
                f"the parameter {name} of {function.__name__} has no default",
                place=places.of_function(function),
                cure=f"write {name}: int = 3, or another value that makes a small first run",
            )
        found.append(_parameter(function, name, hints.get(name, type(signature.default)),
                                signature.default))  # fmt: skip
    return tuple(found)


def _parameter(function: Callable[..., Any], name: str, hint: Any, default: Any) -> Parameter:
    notes: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        notes = tuple(rest)
    text = " ".join(note for note in notes if isinstance(note, str))
    bounds = next((note for note in notes if isinstance(note, Bounds)), Bounds())
    if hint is bool:
        parameter = Parameter(name, "bool", default, help=text)
    elif hint is int:
        parameter = Parameter(name, "int", default, bounds, help=text)
    elif get_origin(hint) is Literal and all(isinstance(v, str) for v in get_args(hint)):
        values = get_args(hint)
        parameter = Parameter(name, "choice", default, choices=values, values=values, help=text)
    elif isinstance(hint, type) and issubclass(hint, enum.Enum):
        members = tuple(hint)
        names = tuple(member.name.lower().replace("_", "-") for member in members)
        parameter = Parameter(name, "choice", default, choices=names, values=members, help=text)
    else:
        raise ModelError(
            f"the parameter {name} of {function.__name__} has a type that is no option: {hint}",
            place=places.of_function(function),
            cure='use int, bool, Literal["a", "b"] or an Enum',
        )
    try:
        parameter.check(default)
    except UsageError as error:
        raise ModelError(
            f"the default of {name} is not allowed: {default!r}",
            place=places.of_function(function),
            cure=error.cure,
        ) from None
    return parameter
