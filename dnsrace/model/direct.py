"""Running the author's own functions on a concrete state, without lifting.

This is what a debugger sees, what columns and outcomes are computed with, and what the lifted
form is tested against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from dnsrace.errors import DnsraceError, DomainError, ModelError
from dnsrace.model import places
from dnsrace.model.expressions import Variable
from dnsrace.model.lifting import find_variable
from dnsrace.model.paths import Blocked
from dnsrace.model.system import State, Step, System

T = TypeVar("T")


class ConcreteState:
    """A state with the author's names and values: `s.alias[0]`, `s.phase[1] == Phase.IDLE`."""

    __slots__ = ("_system", "_values")

    def __init__(self, system: System, state: State) -> None:
        object.__setattr__(self, "_system", system)
        object.__setattr__(self, "_values", list(state))

    def __getattr__(self, name: str) -> Any:
        variable = self._find(name)
        return ConcreteArray(self, variable) if variable.index else self._read(variable, ())

    def __setattr__(self, name: str, value: object) -> None:
        variable = self._find(name)
        if variable.index:
            raise ModelError(f"{name} is an array", place=places.here(), cure="assign to elements")
        self._write(variable, (), value)

    def _find(self, name: str) -> Variable:
        system: System = self._system
        found = system.by_name.get(name)
        return found or find_variable(
            name, system.by_name, frozenset(p.name for p in (*system.properties, *system.lemmas))
        )

    def _slot(self, variable: Variable, index: tuple[Any, ...]) -> int:
        """The slot of an element, by the author's index values."""
        at = 0
        for domain, value in zip(variable.index, index, strict=True):
            raw = domain.encode(value)
            if raw is None:
                raise DomainError(
                    f"the index {value!r} of {variable.name} leaves {domain.name}",
                    place=places.here(),
                )
            at = at * domain.size + raw - domain.lo
        return int(self._system.offsets[variable]) + at

    def _read(self, variable: Variable, index: tuple[Any, ...]) -> Any:
        return variable.domain.decode(self._values[self._slot(variable, index)])

    def _write(self, variable: Variable, index: tuple[Any, ...], value: Any) -> None:
        raw = variable.domain.encode(value)
        if raw is None:
            raise DomainError(
                f"{variable.name} := {value!r} leaves {variable.domain.name} = "
                f"{variable.domain.values_text()}",
                place=places.here(),
            )
        self._values[self._slot(variable, index)] = raw

    def _raw(self) -> State:
        """The state as a tuple of raw values."""
        return tuple(self._values)


class ConcreteArray:
    """An array variable of a concrete state."""

    __slots__ = ("_state", "_variable")

    def __init__(self, state: ConcreteState, variable: Variable) -> None:
        self._state = state
        self._variable = variable

    def __getitem__(self, index: Any) -> Any:
        return self._state._read(self._variable, index if isinstance(index, tuple) else (index,))

    def __setitem__(self, index: Any, value: Any) -> None:
        given = index if isinstance(index, tuple) else (index,)
        self._state._write(self._variable, given, value)


def described(function: Callable[..., str], *args: Any) -> str:
    """The text that a model's column or outcome gives. Raises ModelError when it fails, or gives
    something else."""
    text = called(function, lambda: function(*args))
    if not isinstance(text, str):
        raise ModelError(
            f"{function.__name__} gives {text!r}",
            place=places.of_function(function),
            cure="return a text",
        )
    return text


def called(function: Callable[..., Any], run: Callable[[], T]) -> T:
    """What `run` gives, which calls a model's function that is for people only. Raises ModelError
    when that fails."""
    try:
        return run()
    except (DnsraceError, KeyboardInterrupt):
        raise
    except Blocked:
        raise ModelError(
            f"require() in {function.__name__}",
            place=places.of_function(function),
            cure="it only shows the state: leave require() to the steps",
        ) from None
    except BaseException as error:  # sys.exit() in a model must not be our exit code
        raise ModelError(
            f"{function.__name__} failed: {type(error).__name__}: {error}",
            place=places.of_error(error) or places.of_function(function),
        ) from error


def take(system: System, state: State, step: Step, choices: tuple[int, ...]) -> State | None:
    """The state after a step, or None where it is not enabled.

    Raises DomainError when a value leaves its domain.
    """
    after = ConcreteState(system, state)
    values = [
        c.domain.decode(raw) for c, raw in zip(step.choices, choices, strict=True) if c.domain
    ]
    try:
        step.function(after, *values)
    except Blocked:
        return None
    return after._raw()


def successors(system: System, state: State) -> Iterator[tuple[Step, tuple[int, ...], State]]:
    """Every enabled step with its choices and the state after it."""
    for step in system.steps:
        for choices in step.every_choice():
            after = take(system, state, step, choices)
            if after is not None:
                yield step, choices, after
