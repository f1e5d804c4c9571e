"""What is asked of a bounded check, and where it must stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dnsrace.engines.request import Request
from dnsrace.engines.space import DEADLOCK
from dnsrace.findings.bounded import BoundedListener
from dnsrace.model.system import Property, System

MAX_DEPTH = 20
"""Steps, unless something else is said."""


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
    listener: BoundedListener | None = None
    interrupted: Callable[[], bool] = lambda: False

    def properties(self, system: System) -> tuple[Property, ...]:
        """The properties asked for. Raises UsageError."""
        return Request(names=self.names).properties(system)

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
