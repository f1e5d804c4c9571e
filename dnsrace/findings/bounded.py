"""What a bounded check says: how deep it came, and what it found there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dnsrace.findings.explain import Explanation
from dnsrace.findings.verdicts import Finding
from dnsrace.model.system import System


@dataclass(frozen=True)
class Depth:
    """One depth that was asked about: what Z3 said (`sat`, `unsat` or `unknown`), and how long it
    took, in seconds."""

    depth: int
    said: str
    seconds: float


@dataclass(frozen=True)
class Size:
    """An open parameter, and the values of it that are looked at."""

    name: str
    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.name} from {self.low} to {self.high}"


@dataclass
class Bounded:
    """The result of a bounded check.

    Parameters
    ----------
    first: the first depth that was asked about.
    checked: the greatest depth about which everything is known; first - 1 where there is none.
    stopped: why it ended, in words.
    gave_up: whether it ended because the solver did not know, or was not given the time.
    diameter: the depth of the deepest state, where a finished search says it.
    moves: steps with their choices that may be enabled.
    symmetry: what was reduced, in words.
    sizes: the parameters that were left open.
    """

    system: System
    first: int
    checked: int
    stopped: str
    gave_up: bool
    diameter: int | None
    depths: list[Depth]
    findings: list[Finding]
    seconds: float
    moves: int
    symmetry: str
    sizes: tuple[Size, ...] = ()

    def finding(self, name: str) -> Finding | None:
        return next((f for f in self.findings if f.name == name), None)

    @property
    def exit_code(self) -> int:
        """0 every property holds, 1 something is violated, 3 unfinished or unknown."""
        if any(f.fails for f in self.findings):
            return 1
        looked = [f.verdict for f in self.findings if f.looked]
        return 3 if {"unknown", "holds within bounds"} & {*looked} else 0


@dataclass
class BoundedReport:
    """A bounded check with explanations of what it found: what the reports print.

    Parameters
    ----------
    headline: the property whose violation is explained in full, or an empty text.
    """

    bounded: Bounded
    explanations: dict[str, Explanation]
    headline: str

    @property
    def exit_code(self) -> int:
        return self.bounded.exit_code


@dataclass(frozen=True)
class BoundedProgress:
    """Where a bounded check is: given to a listener before each depth."""

    depth: int
    seconds: float
    found: tuple[str, ...]


BoundedListener = Callable[[BoundedProgress], None]
