"""Domains as a model declares them: as classes, so that the same words serve as annotations of
choices, as what a loop runs over, and as what type checkers see.

    class Plan(Range, low=1, high=plans): ...
    class Enactor(Names, count=enactors): ...
    class Holder(Maybe, of=Enactor, none="free"): ...
    class Phase(enum.Enum): IDLE = "idle"
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dnsrace.errors import ModelError
from dnsrace.model.arguments import a_text
from dnsrace.model.domains import BOOL, Domain, Nothing, enum_domain
from dnsrace.model.expressions import Expr
from dnsrace.model.quantify import values_of
from dnsrace.model.symbols import Sym


class DomainClass(type):
    """Metaclass of the classes that a model declares: `for p in Plan` works on the class."""

    domain: Domain

    def __iter__(cls) -> Iterator[Any]:
        return values_of(cls.domain)

    def __len__(cls) -> int:
        return cls.domain.size


def _bound(value: Any, what: str) -> int | Expr:
    """A bound as declared: a number, or the expression behind an open parameter."""
    if isinstance(value, Sym):
        return value.expr
    if not isinstance(value, int):
        raise ModelError(
            f"{what} is {value!r}, not a whole number",
            cure="reckon it from numbers and parameters of the model, with // for a division",
        )
    return value


def _family(name: str, low: int | Expr, high: int | Expr, of: Any) -> str:
    """The domain whose identifiers a range holds, by name. Raises ModelError."""
    if of is False:
        return ""
    if of is True:
        return name
    whose = getattr(of, "domain", None)
    if whose is None or whose.identifiers != whose.name:
        raise ModelError(
            f"{name} holds the identifiers of {getattr(of, '__name__', of)}, which has none",
            cure="name a Range that is declared with identifiers=True",
        )
    lower = isinstance(low, int) and isinstance(whose.low, int) and low <= whose.low
    if whose.high != high or not lower:
        raise ModelError(
            f"{name} does not hold all identifiers of {whose.name}",
            cure=f"give it the same high, and a low of {whose.low} or less",
        )
    return str(whose.name)


class Range(metaclass=DomainClass):
    """The integers from `low` to `high`, both included.

    `identifiers=True`: they identify things in their order, and are no quantities. A range that
    holds identifiers of another one, beside smaller numbers, names it: `identifiers=Plan`.
    """

    if TYPE_CHECKING:  # a value of a range is a number: let type checkers know

        def __add__(self, other: Any) -> Any: ...
        def __radd__(self, other: Any) -> Any: ...
        def __sub__(self, other: Any) -> Any: ...
        def __rsub__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...
        def __floordiv__(self, other: Any) -> Any: ...
        def __mod__(self, other: Any) -> Any: ...
        def __lt__(self, other: Any) -> bool: ...
        def __le__(self, other: Any) -> bool: ...
        def __gt__(self, other: Any) -> bool: ...
        def __ge__(self, other: Any) -> bool: ...

    def __init_subclass__(
        cls, *, low: int, high: int, identifiers: bool | type[Range] = False
    ) -> None:
        if isinstance(low, int) and isinstance(high, int) and low > high:
            raise ModelError(
                f"the range {cls.__name__} is empty: {low}..{high}",
                cure="low must not be greater than high; look at the parameters that it uses",
            )
        name = cls.__name__
        least, most = _bound(low, f"low of {name}"), _bound(high, f"high of {name}")
        family = _family(name, least, most, identifiers)
        cls.domain = Domain(name, "range", least, most, doc=_doc(cls), identifiers=family)


class Names(metaclass=DomainClass):
    """`count` interchangeable names, numbered from 0: they can be compared with == and used as
    an index or a value, and nothing else, so that states that differ only in who is who count as
    one under symmetry reduction."""

    def __init_subclass__(cls, *, count: int) -> None:
        if isinstance(count, int) and count < 1:
            raise ModelError(f"{cls.__name__} has no names", cure="count must be at least 1")
        _bound(count, f"count of {cls.__name__}")
        last = _bound(count - 1, f"count of {cls.__name__}")
        cls.domain = Domain(cls.__name__, "names", 0, last, doc=_doc(cls))


class Maybe(metaclass=DomainClass):
    """A value of the domain `of`, or none of them; `cls.none` is that value, printed as `none`."""

    none: Nothing

    def __init_subclass__(cls, *, of: type, none: str = "none") -> None:
        inner = domain_of(of)
        if inner.kind not in ("range", "names", "enum"):
            raise ModelError(
                f"{cls.__name__} cannot be an optional {inner.name}",
                cure="Maybe takes a Range, a Names or an Enum class",
            )
        a_text(none, f"none of {cls.__name__}", 'write none="free", or leave it out')
        low = inner.low - 1 if isinstance(inner.low, int) else inner.lo
        cls.none = Nothing(none)
        cls.domain = Domain(
            cls.__name__, "maybe", low, inner.high, of=inner, none=cls.none, doc=_doc(cls),
            identifiers=inner.identifiers,
        )  # fmt: skip
        cls.none.domain = cls.domain


def _doc(cls: type) -> str:
    return (cls.__doc__ or "").strip()


def domain_of(cls: Any) -> Domain:
    """The domain that a class stands for: a declared one, `bool`, or an `enum.Enum`.

    Raises ModelError for anything else.
    """
    if cls is bool:
        return BOOL
    if isinstance(cls, DomainClass) and hasattr(cls, "domain"):
        return cls.domain
    if isinstance(cls, type) and issubclass(cls, enum.Enum):
        if not tuple(cls):
            raise ModelError(f"{cls.__name__} has no members", cure="give it at least one")
        return enum_domain(cls)
    raise ModelError(
        f"{getattr(cls, '__name__', cls)!s} is not a finite domain",
        cure="use bool, an Enum class, or a class made from Range, Names or Maybe",
    )
