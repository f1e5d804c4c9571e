"""`any`, `all`, `min`, `max` and `sum` over domains, written as ordinary Python.

A model's function is given these in place of the builtins (see `language`). On concrete values
they are the builtins. While lifting, `any(test(k) for k in Endpoint)` becomes one quantifier: the
generator is run on a symbolic k instead of on each value. Where that cannot be seen to mean the
same (a wrapper such as enumerate around the domain), the domain's values are taken one by one.
"""

from __future__ import annotations

import builtins
import dis
import inspect
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CellType, FunctionType, GeneratorType
from typing import Any

from dnsrace.model import expressions as ex
from dnsrace.model import places
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr
from dnsrace.model.paths import (
    Blocked,
    Run,
    Signal,
    Tree,
    current,
    explore,
    settled,
    tree_defined,
    tree_value,
)
from dnsrace.model.symbols import Sym, boolean, number, refuse

_GET_ITER = dis.opmap["GET_ITER"]
MAX_PATHS = 4096
"""The largest number of paths through the body of one quantifier."""


class DomainValues(Iterator[Any]):
    """Runs over a domain: its values in order or, for a quantifier, one symbolic value."""

    def __init__(self, domain: Domain, direct: bool) -> None:
        self.domain = domain
        self.direct = direct
        self._left: Iterator[int] | None = None
        self._given = False

    def __next__(self) -> Any:
        run = current()
        if run is not None and self.direct and run.quantifying is sys._getframe(1):
            if self._given:
                raise StopIteration
            self._given = True
            return Sym(_bind(run, self.domain))
        if self._left is None:
            if run is not None and self.domain.is_open:
                refuse(
                    f"a loop over {self.domain.name}, whose size is left open, cannot be lifted",
                    "say it with any() or all() over the domain",
                )
            self._left = iter(self.domain.raws)
        raw = next(self._left)
        if run is not None and self.domain.kind == "names":
            return Sym(ex.const(raw, self.domain))
        return self.domain.decode(raw)


def values_of(domain: Domain) -> DomainValues:
    """The iterator behind `for x in SomeDomain`."""
    frame = sys._getframe(2)
    direct = frame.f_code.co_code[frame.f_lasti] == _GET_ITER if frame.f_lasti >= 0 else False
    return DomainValues(domain, direct)


def _bind(run: Run, domain: Domain) -> Expr:
    """A fresh bound variable, named after its domain."""
    base, taken = domain.name.lower(), {variable.data for variable in run.bound}
    name = next(n for i in itertools.count(1) if (n := base + str(i) * (i > 1)) not in taken)
    run.bound = (*run.bound, ex.bound(name, domain))
    return run.bound[-1]


def _body(iterable: object) -> Callable[[], GeneratorType[Any, None, None]] | None:
    """How to make this generator again and again, or None when it is not one over a domain."""
    if not isinstance(iterable, GeneratorType) or current() is None:
        return None
    frame = iterable.gi_frame
    if inspect.getgeneratorstate(iterable) != inspect.GEN_CREATED or frame is None:
        return None
    source = frame.f_locals.get(".0")
    if not isinstance(source, DomainValues) or not source.direct:
        return None
    code, names = iterable.gi_code, frame.f_locals
    if not names.keys() >= set(code.co_freevars):
        return None  # a name that the generator itself assigns (:=) has no value yet
    cells = tuple(CellType(names[name]) for name in code.co_freevars)
    function = FunctionType(code, frame.f_globals, closure=cells)
    return lambda: function(DomainValues(source.domain, True))


@dataclass(frozen=True)
class _Kind:
    """What a quantifier does with the values that its generator yields."""

    bind: Callable[[Expr, Expr], Expr]
    """What a bound variable makes of the body."""
    convert: Callable[[object], Expr]
    neutral: Expr
    """The value of nothing at all: where a filter leaves nothing to yield."""
    stop: bool | None
    """The Bool after which the builtin looks no further; None where it takes all values."""


class _Several(Signal):
    """The generator yields more than one value for one value of what it binds."""


def _quantifier(make: Callable[[], GeneratorType[Any, None, None]], kind: _Kind) -> Sym:
    """One expression for what the builtin would make of the generator."""
    outer = current()
    assert outer is not None
    bound: dict[str, Expr] = {}
    one_by_one = False

    def body(run: Run) -> Expr:
        generator = make()
        run.quantifying = generator.gi_frame
        before = len(run.bound)
        total = kind.neutral
        try:
            for number, value in enumerate(generator):
                expr = kind.convert(value)
                if kind.stop is None:
                    total = ex.add(total, expr)
                elif one_by_one:
                    total = settled(run, expr)
                    if run.decide(expr) is kind.stop:
                        break
                elif number == 0:
                    total = settled(run, expr)
                else:
                    # a loop inside the generator: later values count only if earlier ones allow
                    raise _Several
        except Blocked:
            refuse("require() inside a quantifier", "use `if` or `and` there")
        bound.update((variable.data, variable) for variable in run.bound[before:])
        return settled(run, total) if total.sort.kind == "bool" else total

    try:
        tree: Tree[Expr] = explore(body, limit=MAX_PATHS)
    except _Several:
        one_by_one = True
        tree = explore(body, limit=MAX_PATHS)
    value, defined = tree_value(tree), tree_defined(tree)
    for variable in reversed(list(bound.values())):
        value = kind.bind(variable, value)
        defined = ex.forall(variable, defined)
    outer.ensure(defined, "a value used inside a quantifier leaves its domain", places.here())
    return Sym(value)


def _sum_over(variable: Expr, body: Expr) -> Expr:
    assert variable.domain is not None
    total = ex.integer(0)
    for raw in variable.domain.raws:
        total = ex.add(total, ex.replaced(body, {variable: ex.const(raw, variable.sort)}))
    return total


def _summand(value: object) -> Expr:
    if isinstance(value, Sym) and value.expr.sort.kind == "bool":
        return ex.ite(value.expr, ex.integer(1), ex.integer(0))
    return number(int(value) if isinstance(value, bool) else value, "sum")


def _is_true(value: object) -> Expr:
    return boolean(value, "any() or all()")


_ANY = _Kind(ex.exists, _is_true, ex.FALSE, stop=True)
_ALL = _Kind(ex.forall, _is_true, ex.TRUE, stop=False)
_SUM = _Kind(_sum_over, _summand, ex.integer(0), stop=None)


def any_(iterable: Iterable[object]) -> Any:
    """`any`, lifted to "there is one in the domain"."""
    make = _body(iterable)
    return builtins.any(iterable) if make is None else _quantifier(make, _ANY)


def all_(iterable: Iterable[object]) -> Any:
    """`all`, lifted to "for each one in the domain"."""
    make = _body(iterable)
    return builtins.all(iterable) if make is None else _quantifier(make, _ALL)


def _extreme(build: Callable[[Expr, Expr], Expr], plain: Callable[..., Any]) -> Callable[..., Any]:
    def pick(*args: Any, **options: Any) -> Any:
        values = list(args[0]) if len(args) == 1 else list(args)
        if options or not any(isinstance(v, Sym) for v in values):
            return plain(values, **options)
        result = number(values[0], plain.__name__)
        for value in values[1:]:
            result = build(result, number(value, plain.__name__))
        return Sym(result)

    return pick


min_ = _extreme(ex.min_, builtins.min)
max_ = _extreme(ex.max_, builtins.max)


def sum_(iterable: Iterable[Any], /, start: Any = 0) -> Any:
    """`sum`; Bools count as 0 and 1."""
    make = _body(iterable)
    if make is not None:
        return _quantifier(make, _SUM) + start
    values = list(iterable)
    if not any(isinstance(v, Sym) for v in values):
        return builtins.sum(values, start)
    for value in values:
        start = start + Sym(_summand(value))
    return start


BUILTINS = {"any": any_, "all": all_, "min": min_, "max": max_, "sum": sum_}
