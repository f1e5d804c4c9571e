"""What the declarations of a model leave behind while its function runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dnsrace.errors import ModelError, Place
from dnsrace.model import places
from dnsrace.model.domains import Domain
from dnsrace.model.system import PropertyKind


@dataclass(frozen=True)
class OneOf:
    """Alternatives for the initial value of each element."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Declared:
    """What `var` leaves behind in the body of a State class."""

    domain: Domain
    index: tuple[Domain, ...]
    start: Any
    place: Place | None


@dataclass
class Builder:
    """What the decorators have collected while the model's function runs."""

    model: str
    variables: dict[str, Declared] = field(default_factory=dict)
    steps: list[tuple[str, Callable[..., Any], str | None]] = field(default_factory=list)
    properties: list[tuple[str, PropertyKind, Callable[..., Any], dict[str, Any]]] = field(
        default_factory=list
    )
    end: Callable[..., Any] | None = None
    columns: list[tuple[Callable[..., str], Any, str]] = field(default_factory=list)
    outcomes: dict[str, Callable[..., str]] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    picture: Callable[..., Any] | None = None


_BUILDERS: list[Builder] = []


@contextmanager
def building(model: str) -> Iterator[Builder]:
    """Collect what is declared inside, for the model of that name."""
    _BUILDERS.append(Builder(model))
    try:
        yield _BUILDERS[-1]
    finally:
        _BUILDERS.pop()


def builder_of(what: str) -> Builder:
    """The builder of the model whose function is running. Raises ModelError, naming what stands
    outside of any."""
    if not _BUILDERS:
        raise ModelError(
            f"{what} stands outside of a model",
            place=places.here(),
            cure="put it inside a function decorated with @model",
        )
    return _BUILDERS[-1]
