"""Faults are choices: which may happen, and how often in a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dnsrace.errors import UsageError
from dnsrace.schedule.actors import COPIES, Call, Timer

KINDS = ("crash", "timeout", "duplicate")
START = "start"
"""The call with which each actor begins."""


@dataclass(frozen=True)
class Faults:
    """At most so many faults of each kind in one run.

    Parameters
    ----------
    crash: an actor is gone with all that it was doing, no `finally` runs, and begins anew.
    timeout: a call is carried out, and its caller gets TimeoutError.
    duplicate: a call is carried out, and its second delivery is outstanding from then on.

    Raises UsageError for a negative number.
    """

    crash: int = 0
    timeout: int = 0
    duplicate: int = 0

    def __post_init__(self) -> None:
        for kind in KINDS:
            if getattr(self, kind) < 0:
                raise UsageError(f"{kind}={getattr(self, kind)}: faults are counted", cure="0 or 1")

    def __bool__(self) -> bool:
        return bool(self.crash or self.timeout or self.duplicate)

    def less(self, kind: str) -> Faults:
        """What is left after one fault."""
        return replace(self, **{kind: getattr(self, kind) - 1})

    def options(self, calls: Sequence[Call]) -> list[Call]:
        """The faults that may happen instead of the given options."""
        found: list[Call] = []
        at_work: set[str] = set()
        for call in calls:
            if call.name == START or call.actor == COPIES:
                continue
            if self.crash and call.actor not in at_work:
                at_work.add(call.actor)
                found.append(replace(call, fault="crash"))
            if isinstance(call, Timer):
                continue
            if self.timeout:
                found.append(replace(call, fault="timeout"))
            if self.duplicate:
                found.append(replace(call, fault="duplicate"))
        return found
