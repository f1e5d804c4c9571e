"""What an engine may say. A closed set: nothing else is ever reported as a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from dnsrace.findings.trace import Trace
from dnsrace.model.system import PropertyKind

Verdict = Literal["violated", "holds", "holds within bounds", "unknown"]
Kind = PropertyKind | Literal["deadlock"]


@dataclass(frozen=True)
class Finding:
    """What one engine found out about one property.

    Parameters
    ----------
    name: of the property.
    reach: how far the verdict reaches, in words: `complete`, `to depth 12`, ...
    trace: of a violation, the behaviour that shows it; of a `sometimes` that holds, its witness.
    shortest: whether no shorter trace exists.
    canonical: of a shortest trace, whether it is the one that every engine shows.
    informative: the model says that a violation is interesting, but no failure.
    states: of a `recoverable`, how many states break it, as far as is known; None when nobody has
        looked.
    looked: False when nobody has looked, because it was not asked for.
    """

    name: str
    kind: Kind
    verdict: Verdict
    reach: str
    engine: str
    trace: Trace | None = None
    shortest: bool = False
    informative: bool = False
    states: int | None = None
    looked: bool = True
    canonical: bool = True

    @property
    def length(self) -> int | None:
        """Steps of the trace."""
        return None if self.trace is None else len(self.trace.steps)

    @property
    def fails(self) -> bool:
        return self.verdict == "violated" and not self.informative


@dataclass
class Statistics:
    """What a search counts. `represented_*` is without symmetry reduction."""

    distinct_states: int = 0
    represented_states: int = 0
    transitions: int = 0
    represented_transitions: int = 0
    depth: int = 0
    levels: list[int] = field(default_factory=list)
    seconds: float = 0.0
    compile_seconds: float = 0.0
    memory: int = 0
    ends: int = 0
    deadlocks: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    never: list[str] = field(default_factory=list)
    """Paths of steps that were never taken."""

    @property
    def states_per_second(self) -> float:
        return self.distinct_states / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class Unbounded:
    """Of a search by order abstraction: the domain whose identifiers were taken by their order,
    and the sizes left open, by name and in words."""

    domain: str
    open: tuple[str, ...]
    sizes: str


@dataclass
class Exploration:
    """The result of an exhaustive search."""

    engine: str
    symmetry: str
    """What was reduced, or why nothing was, in words."""
    complete: bool
    stopped: str
    """Why the search ended, in words; empty when every state was explored."""
    checked: int
    """The greatest depth of which every state was found and checked."""
    statistics: Statistics
    findings: list[Finding]
    unbounded: Unbounded | None = None

    def finding(self, name: str) -> Finding | None:
        return next((f for f in self.findings if f.name == name), None)

    @property
    def exit_code(self) -> int:
        """0 every property holds, 1 something is violated, 3 unfinished or unknown."""
        if any(f.fails for f in self.findings):
            return 1
        return 3 if any(f.verdict in ("unknown", "holds within bounds") for f in self.asked) else 0

    @property
    def asked(self) -> list[Finding]:
        """The findings that decide: all but those that nobody has looked at."""
        return [f for f in self.findings if f.looked]


@dataclass
class Progress:
    """Where a search is: given to a listener from time to time."""

    depth: int
    states: int
    waiting: int
    """States found, but not yet expanded."""
    seconds: float
    memory: int
    engine: str
    task: str = ""
    """Which of several searches it is, in words."""
    doing: str = ""
    """What is done once the states are known, in words; empty during the search itself."""


Listener = Callable[[Progress], None]
