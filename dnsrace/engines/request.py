"""What is asked of a search, and where it must stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from dnsrace.errors import UsageError
from dnsrace.findings.verdicts import Listener
from dnsrace.model.system import Property, System

EngineName = Literal["auto", "numba", "python", "interpreter"]
ENGINES: tuple[EngineName, ...] = ("auto", "numba", "python", "interpreter")
CHECKED = ("always", "every_step", "sometimes")
"""The kinds of property that a search answers on its way; the others need the graph of all states,
once the search is over."""


@dataclass(frozen=True)
class Limits:
    """Where a search stops unfinished. None: no limit; for memory: a safe share of what is free.

    Parameters
    ----------
    states: distinct states.
    depth: steps from an initial state.
    memory: bytes for the states and the visited set.
    seconds: of search, compilation included.
    """

    states: int | None = None
    depth: int | None = None
    memory: int | None = None
    seconds: float | None = None


@dataclass
class Request:
    """What is asked of a search.

    Parameters
    ----------
    names: properties asked for by name; none means all that the model has.
    keep_going: go on after the first violation, for the shortest one of each property.
    deadlock: treat a state without successors that is no end as a violation.
    interrupted: asked from time to time; True ends the search with a partial report.
    unbounded: a domain whose identifiers are taken by their order alone, in any number.
    shallow: leave alone what needs the graph of all states, unless it is asked for by name.
    began: when the time limit began to run, by time.perf_counter(); None: with the search.
    """

    names: tuple[str, ...] = ()
    engine: EngineName = "auto"
    symmetry: bool = True
    keep_going: bool = False
    deadlock: bool = False
    limits: Limits = field(default_factory=Limits)
    listener: Listener | None = None
    interrupted: Callable[[], bool] = lambda: False
    began: float | None = None
    shallow: bool = False
    unbounded: str | None = None

    def properties(self, system: System) -> tuple[Property, ...]:
        """The properties asked for. Raises UsageError for a name that the model does not have."""
        for name in self.names:
            if system.find_property(name) is None:
                raise UsageError(
                    f"{system.name} has no property {name}",
                    cure="its properties are: " + ", ".join(p.name for p in system.properties),
                )
        if not self.names:
            return system.properties
        return tuple(p for p in (*system.properties, *system.lemmas) if p.name in self.names)

    def wants(self, prop: Property) -> bool:
        """Whether a property is asked for, and not only there."""
        return prop.name in self.names or (self.keep_going and not self.shallow)

    def wants_graph(self, system: System) -> bool:
        """Whether something is asked for by name that needs the graph of all states: then no
        violation of anything else may end the search."""
        return any(p.kind not in CHECKED for p in system.properties if p.name in self.names)

    def reduces(self, system: System) -> bool:
        """Whether symmetry reduction may be used. Not where fairness is asked for by name: it is
        for each actor by itself, and a reduced space does not tell actors apart."""
        named = (p for p in self.properties(system) if p.name in self.names)
        return self.symmetry and all(p.kind != "eventually" for p in named)
