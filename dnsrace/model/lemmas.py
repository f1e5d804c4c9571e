"""Lemmas from a file: plain Python like a model's own properties.

Each function at the top of the file is a lemma: of the state, or of the state before and after. It
may use the model's domains and parameters by their names. A function whose name begins with an
underscore only helps.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FunctionType
from typing import Any

from dnsrace.errors import ModelError, Place, UsageError
from dnsrace.model import places
from dnsrace.model.classes import DomainClass
from dnsrace.model.domains import Domain
from dnsrace.model.quantify import BUILTINS


def lemma_functions(
    path: Path, domains: Iterable[Domain], parameters: dict[str, Any]
) -> list[Callable[..., Any]]:
    """The functions of a file of lemmas, in order.

    Parameters
    ----------
    domains: those of the model, which the functions may name.
    parameters: the values of the model's parameters, symbolic where they are open.

    Raises UsageError when the file cannot be read, ModelError when it is broken.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(
            f"--lemmas: {path} cannot be read: {why}", cure="give the path of a file of lemmas"
        ) from None
    scope: dict[str, Any] = {**BUILTINS, **parameters, **_classes(domains)}
    file = str(path.resolve())
    try:
        exec(compile(text, file, "exec"), scope)
    except SyntaxError as error:
        raise ModelError(
            f"the file of lemmas is not Python: {error.msg}",
            place=Place(places.short(str(path)), error.lineno or 1),
            cure="correct that line",
        ) from None
    except Exception as error:
        raise ModelError(
            f"the file of lemmas cannot be run: {type(error).__name__}: {error}",
            place=places.of_error(error) or Place(places.short(str(path)), 1),
            cure="a file of lemmas needs functions of the state, and nothing else",
        ) from error
    found: list[Callable[..., Any]] = [
        value
        for name, value in scope.items()
        if isinstance(value, FunctionType)
        and value.__code__.co_filename == file
        and not name.startswith("_")
    ]
    if not found:
        raise UsageError(
            f"--lemmas: {path} has no lemma",
            cure="write a function of the state: def positive(s): return s.x > 0",
        )
    for function in found:
        if len(inspect.signature(function).parameters) not in (1, 2):
            raise ModelError(
                f"the lemma {function.__name__} takes neither one state nor two",
                place=places.of_function(function),
                cure=f"write def {function.__name__}(s), or let a helper begin with _",
            )
    return found


def _classes(domains: Iterable[Domain]) -> dict[str, Any]:
    """The classes that a model's file has for its domains, by name."""
    found: dict[str, Any] = {}
    for domain in domains:
        if domain.kind == "enum":
            found[domain.name] = type(domain.members[0])
        elif domain.kind != "bool":
            cls: Any = DomainClass(domain.name, (), {})
            cls.domain, cls.none = domain, domain.none
            found[domain.name] = cls
    return found
