"""Are the arguments of declarations of the right kind? Python itself would notice a wrong one only
much later, in the middle of a report and with words that the author of the model does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any, NoReturn

from dnsrace.errors import ModelError
from dnsrace.model import places

FAIRNESS = ("none", "weak", "strong")


def a_function(value: object, decorator: str) -> None:
    """Raises ModelError when what is decorated is no function, as in `@step("name")`."""
    if not isinstance(value, FunctionType):
        _wrong(
            f"@{decorator} is given {value!r}, not a function",
            f"write @{decorator} alone on the line above `def`, or options with their names",
        )


def a_text(value: object, what: str, cure: str) -> None:
    """Raises ModelError when a name or a title is no text."""
    if not isinstance(value, str):
        _wrong(f"{what} is {value!r}, not a text", cure)


def a_fairness(value: object) -> None:
    """Raises ModelError for a word that means no fairness."""
    if value not in FAIRNESS:
        _wrong(f"fairness is {value!r}", f"give one of {', '.join(map(repr, FAIRNESS))}")


def names_of(functions: Iterable[Callable[..., Any]]) -> tuple[str, ...]:
    """The names of the steps given as `fair_steps`. Raises ModelError for anything else."""
    cure = "give functions decorated with @step, in brackets: fair_steps=[some_step]"
    if isinstance(functions, (str, FunctionType)) or not isinstance(functions, Iterable):
        _wrong(f"fair_steps is {_shown(functions)}, not a list of steps", cure)
    given = list(functions)
    for function in given:
        if not isinstance(function, FunctionType):
            _wrong(f"{function!r} among fair_steps is no function", cure)
    return tuple(function.__name__ for function in given)


def _shown(value: object) -> str:
    return value.__name__ if isinstance(value, FunctionType) else repr(value)


def _wrong(cause: str, cure: str) -> NoReturn:
    raise ModelError(cause, place=places.here(), cure=cure)
