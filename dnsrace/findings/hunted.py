"""What a hunt says: random walks, what they met, and how sure one may be of what they did not."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from dnsrace.findings.explain import Explanation
from dnsrace.findings.verdicts import Finding
from dnsrace.model.system import System

SCORE = 1.959964
"""Standard deviations to either side that hold 95 % of a normal distribution."""


@dataclass
class Tally:
    """What walks have met; `lag` is the most steps of others between two of one process."""

    walks: int = 0
    steps: int = 0
    ended: int = 0
    deadlocks: int = 0
    cut: int = 0
    lag: int = 0
    laggard: str = ""
    lag_walk: int = 0
    actions: list[int] = field(default_factory=list)
    paths: list[int] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    """Walks that met each property: violated it, or reached a `sometimes`."""

    def add(self, other: Tally) -> None:
        """Take in what other walks have met."""
        for name in ("walks", "steps", "ended", "deadlocks", "cut"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if (other.lag, -other.lag_walk) > (self.lag, -self.lag_walk):
            self.lag, self.laggard, self.lag_walk = other.lag, other.laggard, other.lag_walk
        self.actions = _sums(self.actions, other.actions)
        self.paths = _sums(self.paths, other.paths)
        names = {**self.seen, **other.seen}
        self.seen = {n: self.seen.get(n, 0) + other.seen.get(n, 0) for n in names}


def _sums(a: list[int], b: list[int]) -> list[int]:
    return [x + y for x, y in zip(a, b, strict=True)] if a and b else list(a or b)


def steps_taken(system: System, tally: Tally) -> dict[str, int]:
    """How often each step was taken, by its name."""
    found = dict.fromkeys((step.name for step in system.steps), 0)
    for path, times in zip(system.paths, tally.paths, strict=False):
        found[path.step.name] += times
    return found


def never_reached(system: System, tally: Tally) -> list[str]:
    """Properties of kind sometimes that no walk reached."""
    kinds = {p.name for p in system.properties if p.kind == "sometimes"}
    return [n for n, times in tally.seen.items() if n in kinds and not times]


@dataclass(frozen=True)
class Estimate:
    """The chance that a walk meets something: 95 % of such intervals hold the true one."""

    met: int
    walks: int
    low: float
    high: float

    @property
    def text(self) -> str:
        """`7.1 % of walks (95 %: 6.8 to 7.5 %)`, or `less than 0.02 % of walks (95 %)`."""
        if not self.walks:
            return "no walks"
        if not self.met:
            return f"less than {percent(self.high)} % of walks (95 %)"
        low, high = percent(self.low), percent(self.high)
        return f"{percent(self.met / self.walks)} % of walks (95 %: {low} to {high} %)"


def percent(share: float) -> str:
    """A share in percent, with two digits that matter."""
    value = 100 * share
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def estimate(met: int, walks: int) -> Estimate:
    """The score interval (E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22, 1927)."""
    if walks == 0:
        return Estimate(0, 0, 0.0, 1.0)
    share, square = met / walks, SCORE * SCORE
    middle = share + square / (2 * walks)
    spread = SCORE * math.sqrt(share * (1 - share) / walks + square / (4 * walks * walks))
    whole = 1 + square / walks
    low = 0.0 if met == 0 else (middle - spread) / whole
    high = 1.0 if met == walks else (middle + spread) / whole
    return Estimate(met, walks, low, high)


@dataclass(frozen=True)
class Catch:
    """How a violation was met, before it was made short.

    Parameters
    ----------
    walk: the number of the first walk that met it; the walk's seed and number give it again.
    length: its steps up to there.
    shrunk: steps that the shrinker left.
    """

    walk: int
    length: int
    shrunk: int


@dataclass
class Hunt:
    """The result of a hunt.

    Parameters
    ----------
    stopped: why it ended, in words.
    catches: how each violated property was met.
    """

    system: System
    engine: str
    seed: int
    cores: int
    length: int
    stopped: str
    seconds: float
    tally: Tally
    findings: list[Finding]
    catches: dict[str, Catch]

    def finding(self, name: str) -> Finding | None:
        return next((f for f in self.findings if f.name == name), None)

    def chance(self, name: str) -> Estimate:
        """The chance that a walk meets a property's violation, or reaches it."""
        return estimate(self.tally.seen.get(name, 0), self.tally.walks)

    @property
    def walks_per_second(self) -> float:
        return self.tally.walks / self.seconds if self.seconds > 0 else 0.0

    @property
    def steps(self) -> dict[str, int]:
        """How often each step was taken, by its name."""
        return steps_taken(self.system, self.tally)

    @property
    def paths(self) -> dict[str, int]:
        """How often each path through a step was taken, by its name."""
        return dict(zip(self.system.path_names, self.tally.paths, strict=False))

    @property
    def never(self) -> list[str]:
        """Paths of steps that no walk took."""
        return [name for name, times in self.paths.items() if not times]

    @property
    def unseen(self) -> list[str]:
        """Properties of kind sometimes that no walk reached: what they mean was not hunted in."""
        return never_reached(self.system, self.tally)

    @property
    def idle(self) -> list[str]:
        """Steps that no walk took."""
        return [name for name, times in self.steps.items() if not times]

    @property
    def exit_code(self) -> int:
        """1 something is violated; 3 nothing was found, which is no proof of anything."""
        return 1 if any(f.fails for f in self.findings) else 3


@dataclass
class HuntReport:
    """A hunt with explanations of what it caught: what the reports print.

    Parameters
    ----------
    headline: the property whose violation is explained in full, or an empty text.
    """

    hunt: Hunt
    explanations: dict[str, Explanation]
    headline: str

    @property
    def exit_code(self) -> int:
        return self.hunt.exit_code


@dataclass(frozen=True)
class HuntProgress:
    """Where a hunt is: given to a listener from time to time.

    Parameters
    ----------
    found: the properties that were met.
    lag: the longest time that an actor was kept waiting, in steps of others.
    unseen: what no walk has reached or taken so far.
    """

    walks: int
    seconds: float
    engine: str
    found: tuple[str, ...]
    lag: int = 0
    unseen: tuple[str, ...] = ()


HuntListener = Callable[[HuntProgress], None]
