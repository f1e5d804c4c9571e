"""The lemmas that a model states, in this variant of it or in others: a model may state one only
where some parameters have certain values."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dnsrace.model.builder import building
from dnsrace.model.decisions import Change
from dnsrace.model.language import Model, with_builtins
from dnsrace.model.parameters import Parameter
from dnsrace.model.system import PropertyKind, System

Variant = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Lemma:
    """A lemma of a model.

    Parameters
    ----------
    here: whether the variant that was asked about states it.
    only: the parameters on which it depends, each by itself, with values that it is stated for.
    """

    name: str
    kind: PropertyKind
    doc: str
    here: bool
    only: tuple[Change, ...]


def stated_lemmas(system: System) -> list[Lemma]:
    """The lemmas of a model: those of this variant, then those that its fixed variant states, or a
    variant with one other value of one parameter. Sizes are left as they are."""
    stated = _Stated(system.model)
    here = tuple(({p.name: p.default for p in system.model.parameters} | system.parameters).items())
    found: dict[str, Lemma] = {}
    for variant in stated.near(here):
        for name, (kind, doc) in (stated.of(variant) or {}).items():
            if name not in found:
                only = stated.needed(variant, name)
                found[name] = Lemma(name, kind, doc, variant == here, only)
    return list(found.values())


class _Stated:
    """What the variants of a model state. The model's function only declares, so it is quick."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._known: dict[Variant, dict[str, tuple[PropertyKind, str]] | None] = {}

    def of(self, variant: Variant) -> dict[str, tuple[PropertyKind, str]] | None:
        """Kind and docstring of each lemma; None where the model refuses such parameters."""
        if variant not in self._known:
            try:
                with building(self.model.name) as builder:
                    with_builtins(self.model.function)(**dict(variant))
            except KeyboardInterrupt:
                raise
            except BaseException:  # whatever a model does, also where nobody asked for it
                self._known[variant] = None
                return None
            self._known[variant] = {
                name: (kind, " ".join((inspect.getdoc(function) or "").split()))
                for name, kind, function, options in builder.properties
                if options.get("lemma")
            }
        return self._known[variant]

    def near(self, here: Variant) -> Iterator[Variant]:
        """This variant, the fixed one, and those with another value of one parameter."""
        yield here
        yield tuple((dict(here) | self.model.fixed).items())
        for parameter in self.model.parameters:
            yield from self._others(here, parameter)

    def needed(self, variant: Variant, name: str) -> tuple[Change, ...]:
        """The parameters that state the lemma no more when they alone have another value."""
        return tuple(
            Change(p.name, p.text(dict(variant)[p.name]))
            for p in self.model.parameters
            if any(
                name not in stated
                for stated in map(self.of, self._others(variant, p))
                if stated is not None
            )
        )

    def _others(self, variant: Variant, parameter: Parameter) -> Iterator[Variant]:
        values = (False, True) if parameter.kind == "bool" else parameter.values
        for value in values:
            if value != dict(variant)[parameter.name]:
                yield tuple((dict(variant) | {parameter.name: value}).items())
