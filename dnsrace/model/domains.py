"""Finite domains: Bool, ranges, enumerations, interchangeable names, and "one of these or none".

Inside, a value is always an `int`, its *raw* value; the domain knows how to turn it into what the
author of the model wrote, and back. (What the author writes is in `classes`.)
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dnsrace.errors import ModelError

if TYPE_CHECKING:
    from dnsrace.model.expressions import Expr

Kind = Literal["bool", "int", "range", "enum", "names", "maybe"]


class Nothing:
    """The value of an optional domain that stands for "none of them"; compare it with ==."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.domain: Domain

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, eq=False)
class Domain:
    """A finite set of values.

    Parameters
    ----------
    name: as printed.
    kind: what sort of set; `int` is the sort of arithmetic and never the domain of a variable.
    low, high: the smallest and largest raw value; expressions when a size parameter is left open.
    members: the author's values by raw value (enumerations only).
    of, none: for optional domains, the domain inside and the value that stands for none.
    identifiers: the name of the domain whose ordered identifiers these are; empty for all others.
    """

    name: str
    kind: Kind
    low: int | Expr
    high: int | Expr
    members: tuple[Any, ...] = ()
    of: Domain | None = None
    none: Nothing | None = None
    doc: str = ""
    identifiers: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the size depends on a parameter that was left open."""
        return not (isinstance(self.low, int) and isinstance(self.high, int))

    @property
    def lo(self) -> int:
        """The smallest raw value; refuses when the size is open."""
        return self._closed(self.low)

    @property
    def hi(self) -> int:
        """The largest raw value; refuses when the size is open."""
        return self._closed(self.high)

    def _closed(self, bound: int | Expr) -> int:
        if not isinstance(bound, int):
            raise ModelError(
                f"the size of {self.name} is left open, but this needs its value",
                cure="give the parameter a value, or say it with any() or all() over the domain",
            )
        return bound

    @property
    def size(self) -> int:
        return self.hi - self.lo + 1

    @property
    def raws(self) -> range:
        """All raw values, in order."""
        return range(self.lo, self.hi + 1)

    def encode(self, value: Any) -> int | None:
        """The raw value of an author's value, or None when it is not in the domain."""
        raw: int | None
        if self.kind == "bool":
            return int(value) if isinstance(value, bool) else None
        if self.kind == "enum":
            return self.members.index(value) if value in self.members else None
        if self.kind == "maybe":
            assert self.of is not None
            return self.lo if value is self.none else self.of.encode(value)
        raw = value if isinstance(value, int) and not isinstance(value, bool) else None
        return raw if raw is not None and self.lo <= raw <= self.hi else None

    def decode(self, raw: int) -> Any:
        """The author's value of a raw value."""
        if self.kind == "bool":
            return bool(raw)
        if self.kind == "enum":
            return self.members[raw]
        if self.kind == "maybe":
            assert self.of is not None
            return self.none if raw == self.low else self.of.decode(raw)
        return raw

    def text(self, raw: int) -> str:
        """How a raw value is printed."""
        value = self.decode(raw)
        if isinstance(value, enum.Enum):
            return str(value.name).lower()
        return str(value).lower() if isinstance(value, bool) else str(value)

    def parse(self, text: str) -> int | None:
        """The raw value that prints as `text`, or None."""
        return next((raw for raw in self.raws if self.text(raw) == text), None)

    def values_text(self) -> str:
        """The set in words: `1..4`, `free or 0..2`, `idle | busy`."""
        if self.kind == "bool":
            return "false | true"
        if self.kind == "enum":
            return " | ".join(self.text(raw) for raw in self.raws)
        if self.kind == "maybe":
            assert self.of is not None
            return f"{self.none} or {self.of.values_text()}"
        return f"{self.low}..{self.high}"


BOOL = Domain("Bool", "bool", 0, 1)
INT = Domain("integer", "int", 0, 0)
"""The sort of arithmetic. It has no bounds of its own: an expression's bounds follow from its
parts."""


_ENUM_DOMAIN = "_dnsrace_domain"
"""The attribute of an Enum class that keeps its domain: it lives as long as the class does."""


def enum_domain(cls: type[enum.Enum]) -> Domain:
    """The domain of an Enum class: its members, in order."""
    if _ENUM_DOMAIN not in vars(cls):
        members = tuple(cls)
        doc = (cls.__doc__ or "").strip()
        domain = Domain(cls.__name__, "enum", 0, len(members) - 1, members, doc=doc)
        setattr(cls, _ENUM_DOMAIN, domain)
    found: Domain = getattr(cls, _ENUM_DOMAIN)
    return found
