"""What is asked of a bounded check, and where it must stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dnsrace.engines.request import Request
from dnsrace.engines.space import DEADLOCK
from dnsrace.errors import UsageError
from dnsrace.findings.bounded import BoundedListener
from dnsrace.model.system import Property, System

MAX_DEPTH = 20
"""Steps, unless something else is said."""
UP_TO = 64
"""Likewise the largest value of a parameter that is left open."""


@dataclass
class BoundedRequest:
    """What is asked of a bounded check.

    Parameters
    ----------
    names: properties asked for by name; none means all that the model has.
    deadlock: treat a state without successors that is no end as a violation.
    keep_going: go on after the first violation.
    first, last: the depths to ask about, in steps.
    seconds: of it all, after which it ends unfinished.
    effort: Z3's resource limit for each question; 0: none.
    complete: search for the depth of the deepest state, within what is left of the seconds.
    diameter: that depth, where a finished search has told it.
    up_to: the largest value of a parameter that is left open.
    interrupted: asked from time to time; True ends it with a partial report.
    """

    names: tuple[str, ...] = ()
    deadlock: bool = False
    keep_going: bool = False
    first: int = 0
    last: int = MAX_DEPTH
    seconds: float | None = None
    effort: int = 0
    complete: bool = False
    diameter: int | None = None
    up_to: int = UP_TO
    listener: BoundedListener | None = None
    interrupted: Callable[[], bool] = lambda: False

    def properties(self, system: System) -> tuple[Property, ...]:
        """The properties asked for. Raises UsageError."""
        return Request(names=self.names).properties(system)

    def refuse_wrong(self, system: System) -> None:
        """Raises UsageError for depths or properties that cannot be asked about."""
        if self.first > self.last:
            raise UsageError(
                f"--from-depth {self.first} is beyond --max-depth {self.last}",
                cure="give a larger --max-depth",
            )
        self.properties(system)

    def stopping(self, system: System) -> set[str]:
        """What ends the check when it is violated: what the model asks, or else all."""
        if self.keep_going:
            return set()
        able = [
            p
            for p in self.properties(system)
            if p.kind in ("always", "every_step") and (self.names or not p.informative)
        ]
        questions = [] if self.names else [p for p in able if p.question]
        return {p.name for p in questions or able} | ({DEADLOCK} if self.deadlock else set())
