"""What a state is under order abstraction.

Of the identifiers of one domain, the *family*, only the order matters, so a state knows those that
are *live*, held by some variable, and renumbers them without gaps. The numbers up to the lowest
identifier mean themselves. A node is a tuple: the *head*, an element for each variable or element
that no identifier indexes; the *mark*, the greatest identifier that was ever live or written at;
then, for each live number from `first` on, a block with what is stored under it, in *cells*.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

from dnsrace.errors import ModelError
from dnsrace.model import places
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.system import System

UNKNOWN = 1 << 63
"""Stands for an element of which every value is possible; no domain has it."""

Element = tuple[Variable, tuple[int, ...]]
"""A variable with the raw values of its indices, those of the family left out."""


@dataclass(eq=False)
class Shape:
    """A system, lifted with its sizes open, and the domain whose identifiers are abstracted."""

    system: System
    family: Domain

    def __post_init__(self) -> None:
        for variable in self.system.variables:
            self._refuse(variable)
        for step in self.system.steps:
            for choice in filter(lambda c: self.holds(c.domain), step.choices):
                raise ModelError(
                    f"the choice {choice.data} is an identifier: only the order of "
                    f"{self.family.name} is known",
                    place=step.place,
                    cure="take the identifier from a variable that holds it",
                )

    def _refuse(self, variable: Variable) -> None:
        """Raises ModelError for a variable that has no place in a node."""
        by = sum(map(self.holds, variable.index))
        why = (
            "is indexed by identifiers twice" if by > 1 else
            "relates identifiers to identifiers" if by and self.holds(variable.domain) else ""
        )  # fmt: skip
        if why:
            raise ModelError(
                f"{variable.name} {why}: the order of {self.family.name} is not all that matters",
                place=places.of_function(self.system.model.function),
                cure="explore the model for some sizes, without --unbounded",
            )

    def holds(self, domain: Domain | None) -> bool:
        """Whether the values of a domain are identifiers of the family, or numbers below them."""
        return domain is not None and domain.identifiers == self.family.name

    @property
    def is_simple(self) -> bool:
        """Whether the identifiers go from a number to a parameter, with or without a number."""
        high = self.family.high
        if isinstance(high, Expr) and high.op in ("add", "sub") and high.args[1].op == "const":
            high = high.args[0]
        return isinstance(self.family.low, int) and isinstance(high, Expr) and high.op == "param"

    @property
    def size(self) -> tuple[str, int]:
        """The parameter that bounds the identifiers, and the greatest of them less this."""
        high = self.family.high
        assert isinstance(high, Expr)
        offset = 0
        if high.op in ("add", "sub"):
            offset = int(high.args[1].data) * (1 if high.op == "add" else -1)
            high = high.args[0]
        return str(high.data[0]), offset

    @cached_property
    def low(self) -> int:
        """The lowest identifier."""
        return self.family.lo

    def _low(self, domains: list[Domain]) -> int:
        return min((d.lo for d in domains if self.holds(d)), default=self.low)

    @cached_property
    def lowest(self) -> int:
        """The lowest number of any domain that holds identifiers."""
        own = [v.domain for v in self.system.variables]
        return min(self.low, self._low(own), self.first)

    @cached_property
    def first(self) -> int:
        """The lowest number that indexes something."""
        return self._low([d for v in self.system.variables for d in v.index])

    @cached_property
    def head(self) -> tuple[Element, ...]:
        """What each slot of the head is."""
        return tuple(
            (v, index)
            for v in self.system.variables
            if not any(map(self.holds, v.index))
            for index in itertools.product(*(d.raws for d in v.index))
        )

    @cached_property
    def cells(self) -> tuple[Element, ...]:
        """What each cell of a block is."""
        return tuple(
            (v, index)
            for v in self.system.variables
            if any(map(self.holds, v.index))
            for index in itertools.product(*(d.raws for d in v.index if not self.holds(d)))
        )

    @cached_property
    def offsets(self) -> dict[Variable, int]:
        """The first slot or cell of each variable, and of what it is after a step."""
        found: dict[Variable, int] = {}
        for elements in (self.head, self.cells):
            for at, (variable, _) in enumerate(elements):
                found.setdefault(variable, at)
        return found | {self.system.primed[v]: at for v, at in found.items()}

    @cached_property
    def mark(self) -> int:
        """The slot of the mark."""
        return len(self.head)

    @cached_property
    def identifiers(self) -> tuple[int, ...]:
        """The slots that hold identifiers, the mark not among them."""
        return tuple(i for i, (v, _) in enumerate(self.head) if self.holds(v.domain))

    @cached_property
    def lows(self) -> tuple[int, ...]:
        """For each cell, the lowest number that indexes it."""
        return tuple(next(d.lo for d in v.index if self.holds(d)) for v, _ in self.cells)

    def block(self, number: int) -> int:
        """Where the block of a live number begins."""
        return self.mark + 1 + (number - self.first) * len(self.cells)
