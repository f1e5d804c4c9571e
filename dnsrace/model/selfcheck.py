"""Does the lifted form mean what the author's functions do?

Lifting cannot see every use that Python can make of a value: an identity test, a type, a text, the
clock. Some are refused from the source; the rest shows here, where the functions themselves are
run on concrete states, and the model is lifted a second time.
"""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dnsrace.errors import DnsraceError, DomainError, ModelError, Place
from dnsrace.model import direct, places
from dnsrace.model.direct import ConcreteState
from dnsrace.model.interpreter import Interpreter, state_text, step_text
from dnsrace.model.show import system_text
from dnsrace.model.system import State, Step, System

if TYPE_CHECKING:
    from dnsrace.model.language import Model

STATES = 100
"""States on which the lifted form is compared with the functions, the first that are reached."""
STEPS = 20_000
"""Steps that are compared, about: fewer states where each has very many."""

CURE = (
    "a step may use a value only with operators, not its identity, type or text, and nothing that "
    "changes from call to call"
)


@functools.lru_cache(maxsize=64)  # the source is the same whatever the parameters are
def refuse_identity_tests(function: Callable[..., Any]) -> None:
    """Refuse `is`, and `case True:` which means it, on the local values of a model's functions:
    they would silently be false. Raises ModelError with the line."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):
        return
    first = places.of_function(function)
    for inner in _inner_functions(tree):
        local = {n.arg for n in ast.walk(inner) if isinstance(n, ast.arg)}
        local |= {
            n.id
            for n in ast.walk(inner)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        for node in ast.walk(inner):
            if _is_identity_test(node, local):
                raise ModelError(
                    "an identity test (`is`, or `case` with True, False or None) cannot be "
                    "lifted: it would be false for every value of the state",
                    place=replace(first, line=first.line + _line(node) - 1),
                    cure="write == or !=",
                )


def _inner_functions(tree: ast.AST) -> Iterator[ast.AST]:
    outer = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    for node in ast.walk(outer):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)) and node is not outer:
            yield node


def _is_identity_test(node: ast.AST, local: set[str]) -> bool:
    if isinstance(node, ast.MatchSingleton):
        return True
    if not isinstance(node, ast.Compare):
        return False
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return bool(used & local) and any(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops)


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 1))


def lift_checked(model: Model, given: dict[str, Any], max_paths: int) -> System:
    """Lift a model, and compare the lifted form with the author's functions.

    Parameters
    ----------
    given: values of the model's parameters; defaults hold for the rest.

    Raises ModelError, UsageError.
    """
    system = model.lift(max_paths=max_paths, **given)
    check_against_functions(system, model.lift(max_paths=max_paths, **given))
    return system


def check_against_functions(system: System, again: System) -> None:
    """Compare the lifted form with the author's functions, and with itself lifted again.

    Raises ModelError naming the step or property that differs, with the state.
    """
    if system_text(system) != system_text(again):
        raise ModelError(
            "lifting the model twice gives two different systems",
            place=places.of_function(system.model.function),
            cure=CURE,
        )
    interpreter = Interpreter(system)
    most = max(2, min(STATES, STEPS // max(1, sum(1 for _ in _every_step(system)))))
    seen: dict[State, None] = {}
    for state in interpreter.initial():
        seen.setdefault(state)
        if len(seen) >= most // 2:
            break
    for state in _growing(seen):
        _compare_properties(system, interpreter, state)
        for successor in _compare_steps(system, interpreter, state):
            if len(seen) < most:
                seen.setdefault(successor)


def _growing(seen: dict[State, None]) -> Iterator[State]:
    """All elements, those added on the way included."""
    at = 0
    while at < len(seen):
        todo = list(seen)[at:]
        at = len(seen)
        yield from todo


def _compare_steps(system: System, interpreter: Interpreter, state: State) -> Iterator[State]:
    for step, choices in _every_step(system):
        lifted = _or_left(interpreter.take, state, step, choices)
        plain = _or_left(direct.take, system, state, step, choices)
        after = lifted if lifted in (None, LEFT) else lifted.state
        if after != plain:
            raise _difference(system, step_text(step, choices), step.place, state)
        if lifted not in (None, LEFT):
            yield lifted.state


def _every_step(system: System) -> Iterator[tuple[Step, tuple[int, ...]]]:
    return ((step, choices) for step in system.steps for choices in step.every_choice())


LEFT = "a value leaves its domain"


def _or_left(function: Callable[..., Any], *args: object) -> Any:
    try:
        return function(*args)
    except DomainError:
        return LEFT
    except (DnsraceError, KeyboardInterrupt):
        raise
    except BaseException as error:  # sys.exit() in a model must not be our exit code
        raise ModelError(
            f"run on a concrete state, this fails: {type(error).__name__}: {error}",
            place=places.of_error(error),
            cure=CURE,
        ) from error


def _compare_properties(system: System, interpreter: Interpreter, state: State) -> None:
    concrete = ConcreteState(system, state)
    for prop in (*system.properties, *system.lemmas):
        if prop.kind == "every_step":
            continue
        lifted = _or_left(interpreter.holds, prop, state)
        plain = _or_left(prop.function, concrete)
        if lifted != plain:
            raise _difference(system, f"the property {prop.name}", prop.place, state)


def _difference(system: System, what: str, place: Place, state: State) -> ModelError:
    return ModelError(
        f"{what} does not mean the same lifted and run, in the state {state_text(system, state)}",
        place=place,
        cure=CURE,
    )
