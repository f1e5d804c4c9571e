"""Design decisions: the parameters of a model of which each value is another design, such as "look
before deleting". The others say how large the model is, or what may go wrong."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from dnsrace.errors import ModelError, Place, UsageError
from dnsrace.model.parameters import Parameter


@dataclass(frozen=True, order=True)
class Change:
    """Another value for one decision than the deployed one."""

    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name}={self.text}"


Changes = tuple[Change, ...]
"""A set of changes to the deployed design, in the order of the decisions: a combination."""


@dataclass(frozen=True)
class Decision:
    """A parameter with the values that it may take; `deployed` is the one that is in use."""

    parameter: Parameter
    values: tuple[Any, ...]
    deployed: Any

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as they are printed."""
        return tuple(map(self.parameter.text, self.values))

    def changes(self) -> list[Change]:
        """The other values than the deployed one."""
        deployed = self.parameter.text(self.deployed)
        return [Change(self.name, text) for text in self.texts if text != deployed]


def declared_decisions(
    parameters: Sequence[Parameter], fixed: dict[str, Any], declared: Iterable[str] | None,
    place: Place,
) -> tuple[str, ...]:  # fmt: skip
    """The names of a model's decisions: those that it declares, or else what its fixed variant
    sets. Raises ModelError for what is no parameter with a few values."""
    able = [p.name for p in parameters if p.kind != "int"]

    def wrong(cause: str) -> NoReturn:
        cure = f"name parameters with a few values: {', '.join(able) or 'the model has none'}"
        raise ModelError(f"decisions is wrong: {cause}", place=place, cure=cure)

    if declared is None:
        return tuple(name for name in able if name in fixed)
    if isinstance(declared, str) or not isinstance(declared, Iterable):
        wrong(f'{declared!r} is no list of names, as in decisions=("a", "b")')
    names = tuple(declared)
    for name in names:
        known = next((p for p in parameters if p.name == name), None)
        if known is None:
            wrong(f"there is no parameter {name}")
        if known.kind == "int":
            wrong(f"{name} is a number")
        if names.count(name) > 1:
            wrong(f"{name} is named twice")
    return names


def decisions_of(
    parameters: Sequence[Parameter], names: Iterable[str], deployed: dict[str, Any]
) -> tuple[Decision, ...]:
    """Decisions by their names, in the order of the parameters. Raises UsageError for a name that
    can be none."""
    known = {p.name: p for p in parameters}
    wanted = dict.fromkeys(names)
    able = ", ".join(p.name for p in parameters if p.kind != "int")
    for name in wanted:
        if name not in known or known[name].kind == "int":
            raise UsageError(
                f"{name} is a number, not a decision" if name in known else
                f"there is no parameter {name} to vary",
                cure=f"name some of: {able}" if able else
                "the model has no parameter with a few values to choose from",
            )  # fmt: skip
    return tuple(
        Decision(p, p.values if p.kind == "choice" else (False, True), deployed[p.name])
        for p in parameters
        if p.name in wanted
    )


def combinations(decisions: Sequence[Decision]) -> Iterator[Changes]:
    """Every set of changes, the smallest first; the first is empty, the deployed design."""
    for size in range(len(decisions) + 1):
        for some in itertools.combinations(decisions, size):
            yield from itertools.product(*(decision.changes() for decision in some))


def changes_text(changes: Changes) -> str:
    """`freshness=in_batch, retry=newest`, or `as deployed`."""
    return ", ".join(map(str, changes)) or "as deployed"


def change_from(decision: Decision, text: str) -> Change | None:
    """The change that sets a decision to a value; None when that is the deployed one. Raises
    UsageError for a value that is not allowed."""
    parameter = decision.parameter
    value = parameter.parse(text)
    return None if value == decision.deployed else Change(parameter.name, parameter.text(value))


def values_of(decisions: Sequence[Decision], changes: Changes) -> dict[str, Any]:
    """The value of every decision in a combination."""
    changed = {change.name: change.text for change in changes}
    return {
        d.name: d.values[d.texts.index(changed[d.name])] if d.name in changed else d.deployed
        for d in decisions
    }
