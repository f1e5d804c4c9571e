"""From the author's functions to the lifted form."""

from __future__ import annotations

import difflib
import enum
import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, NoReturn, TypeVar

from dnsrace.errors import ModelError, Place
from dnsrace.model import expressions as ex
from dnsrace.model import places
from dnsrace.model.domains import BOOL, INT, enum_domain
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.paths import (
    Blocked,
    Run,
    Write,
    current,
    explore,
    settled,
    tree_defined,
    tree_value,
)
from dnsrace.model.storing import stored
from dnsrace.model.symbols import MARK_CLOSE, MARK_OPEN, Sym, refuse, to_expr
from dnsrace.model.system import Ago, Commit, Sentence, Step

T = TypeVar("T")


class LiftedState:
    """What a step sees as its state while it is lifted."""

    __slots__ = ("_properties", "_variables")

    def __init__(self, variables: Mapping[str, Variable], properties: frozenset[str]) -> None:
        object.__setattr__(self, "_variables", variables)
        object.__setattr__(self, "_properties", properties)

    def __getattr__(self, name: str) -> Any:
        variable = self._find(name)
        return LiftedArray(variable) if variable.index else Sym(_read(variable, ()))

    def __setattr__(self, name: str, value: object) -> None:
        variable = self._find(name)
        if variable.index:
            refuse(
                f"{name} is an array; it cannot be assigned as a whole",
                f"assign to an element: s.{name}[...] = ...",
            )
        _write(variable, (), value)

    def _find(self, name: str) -> Variable:
        return find_variable(name, self._variables, self._properties)

    def _whole(self, *_: object) -> NoReturn:
        first = next(iter(self._variables))
        refuse("the state is used as a whole", f"use its variables, such as s.{first}")

    def __repr__(self) -> str:
        return "the state"

    __iter__ = __len__ = __eq__ = __bool__ = __contains__ = __hash__ = __delattr__ = _whole


def find_variable(  # noqa: RET503 - refuse() does not return
    name: str, variables: Mapping[str, Variable], properties: frozenset[str]
) -> Variable:
    """The variable of that name. Raises ModelError with the line and what may have been meant."""
    if name in variables:
        return variables[name]
    if name in properties:
        refuse(
            f"{name} is a property, not a part of the state",
            "properties follow from the state; keep what must be remembered in a variable",
        )
    close = difflib.get_close_matches(name, variables, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(variables)}"
    refuse(f"the state has no variable {name}", hint)


class LiftedArray:
    """An array variable while lifting: only its elements can be read and written."""

    __slots__ = ("_variable",)

    def __init__(self, variable: Variable) -> None:
        self._variable = variable

    def __getitem__(self, index: object) -> Sym:
        return Sym(_read(self._variable, _index(self._variable, index)))

    def __setitem__(self, index: object, value: object) -> None:
        _write(self._variable, _index(self._variable, index), value)

    def _whole(self, *_: object) -> NoReturn:
        name = self._variable.name
        domain = self._variable.index[0].name
        refuse(
            f"{name} is used as a whole",
            f"use its elements: s.{name}[i] for i in {domain}",
        )

    def __repr__(self) -> str:
        return f"the array {self._variable.name}"

    __iter__ = __len__ = __eq__ = __bool__ = __contains__ = __hash__ = _whole


def _index(variable: Variable, index: object) -> tuple[Expr, ...]:
    given = index if isinstance(index, tuple) else (index,)
    if len(given) != len(variable.index):
        names = ", ".join(domain.name for domain in variable.index)
        refuse(
            f"{variable.name} has {len(variable.index)} index(es), not {len(given)}",
            f"write s.{variable.name}[{names}]",
        )
    return tuple(
        stored(value, domain, f"the index of {variable.name}")
        for value, domain in zip(given, variable.index, strict=True)
    )


def _read(variable: Variable, index: tuple[Expr, ...]) -> Expr:
    """The value of an element now: before the step, or what this path has written over it."""
    run = current()
    value = ex.read(variable, index)
    for write in run.writes if run else ():
        if write.variable is variable:
            same = ex.TRUE
            for a, b in zip(write.index, index, strict=True):
                same = ex.and_(same, ex.eq(a, b))
            known = run.facts.decide(same) if run else None
            if known is not None:
                same = ex.TRUE if known else ex.FALSE
            value = ex.ite(same, write.value, value)
    return value


def _write(variable: Variable, index: tuple[Expr, ...], value: object) -> None:
    run = current()
    if run is None or not run.may_write:
        refuse(f"{variable.name} is assigned here", "only steps may change the state")
    shown = variable.name + (f"[{', '.join(map(str, index))}]" if index else "")
    expr = stored(value, variable.domain, shown)
    run.writes = [w for w in run.writes if w.variable is not variable or w.index != index]
    run.writes.append(Write(variable, index, expr, places.here()))


def say(text: str) -> None:
    """Say in words what this path of the step does, for explanations.

    The text is an f-string; values in it are those at this moment. The actor's name is put in
    front: `say(f"installs plan {n}")` becomes "enactor 0 installs plan 2".
    """
    if not isinstance(text, str):
        shown = text.expr if isinstance(text, Sym) else repr(text)
        refuse(f"say() needs a text, not {shown}", 'write an f-string: say(f"picks up plan {n}")')
    run = current()
    if run is not None:
        run.said.append(text)


def ago(step: Callable[..., Any], *choices: object) -> str:
    """In a `say`: how many steps ago `step` was last taken with these choices."""
    run = current()
    if run is None:
        return "some"
    if not isinstance(step, FunctionType):
        refuse(f"ago() is given {step!r}, not a step", "name the step itself: ago(some_step)")
    args = tuple(_literal(c) for c in choices)
    run.phrases.append(Ago(step.__name__, args))
    return f"{MARK_OPEN}{len(run.phrases) - 1}{MARK_CLOSE}"


def _literal(value: object) -> Expr:
    """A choice named in a sentence: a value of the state, or a constant."""
    if isinstance(value, Sym):
        return value.expr
    sort = enum_domain(type(value)) if isinstance(value, enum.Enum) else INT
    expr = to_expr(value, BOOL if isinstance(value, bool) else sort)
    if expr is None:
        refuse(f"ago() is given {value!r}", "name the step and values of its choices")
    return expr


def require(condition: object) -> None:
    """The step is enabled only where this holds. Raises ModelError when it is not a Bool."""
    if not isinstance(condition, (bool, Sym)):
        refuse(
            f"require() needs a Bool, not {condition!r}", "compare something: require(s.x == ...)"
        )
    if not condition:
        raise Blocked


def lift_step(
    name: str,
    function: Callable[..., Any],
    choices: tuple[Expr, ...],
    state: LiftedState,
    actor: str | None,
    limit: int,
) -> Step:
    """Run a step along every path. Raises ModelError for what cannot be lifted."""
    place = places.of_function(function)

    def body(run: Run) -> Commit | None:
        run.bound = choices  # their names are taken: no quantifier may bind them again
        try:
            result = function(state, *(Sym(choice) for choice in choices))
        except Blocked:
            return None
        if result is not None:
            raise ModelError(
                f"the step {name} returns a value",
                place=place,
                cure="a step changes the state and returns nothing; a guard is require(...)",
            )
        if not run.writes:
            when = " and ".join(
                f"{test}" if yes else f"not ({test})"
                for test, yes in run.trail
                if isinstance(yes, bool)
            )
            raise ModelError(
                f"the step {name} writes nothing when {when or 'it is taken'}",
                place=place,
                cure="a step that must not happen is forbidden with require(...)",
            )
        return Commit(tuple(run.writes), _sentence(run), run.writes[-1].place)

    def where() -> Place | None:
        return places.inside(function, place.file)

    tree = _placed(place, lambda: explore(body, limit=limit, may_write=True, where=where))
    doc = inspect.getdoc(function) or ""
    return Step(name, choices, tree, actor, function, place, doc)


def lift_value(
    function: Callable[..., Any], args: tuple[object, ...], what: str, limit: int
) -> tuple[Expr, Expr]:
    """A Bool function of the state as an expression, and when it is defined."""

    place = places.of_function(function)

    def body(run: Run) -> Expr:
        try:
            result = function(*args)
        except Blocked:
            raise ModelError(
                f"require() in {what}", place=place, cure="return a Bool instead"
            ) from None
        expr = to_expr(result, BOOL)
        if expr is None:
            shown = result.expr if isinstance(result, Sym) else repr(result)
            raise ModelError(
                f"{what} is {shown}, not a Bool", place=place, cure="return a comparison"
            )
        return settled(run, expr)

    tree = _placed(place, lambda: explore(body, limit=limit))
    return tree_value(tree), tree_defined(tree)


def _placed(place: Place, work: Callable[[], T]) -> T:
    """Do something; an error that does not know its place gets this one."""
    try:
        return work()
    except ModelError as error:
        error.place = error.place or place
        raise


def _sentence(run: Run) -> Sentence:
    """The texts given to `say` on this path, with the expressions back in place."""
    parts: list[str | Expr | Ago] = []
    for piece in "; ".join(run.said).split(MARK_OPEN):
        number, mark, rest = piece.partition(MARK_CLOSE)
        if mark:
            parts.append(run.phrases[int(number)])
        else:
            rest = piece
        if rest:
            parts.append(rest)
    return tuple(parts)
