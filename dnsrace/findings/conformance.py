"""What is known when a log was compared with a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dnsrace.findings.drift import Drift
from dnsrace.findings.events import Log
from dnsrace.findings.explained import Explained, Violation
from dnsrace.model.system import System

Answer = Literal["explained", "not explained", "unknown"]
CODES: dict[Answer, int] = {"explained": 0, "not explained": 1, "unknown": 3}


@dataclass
class Conformance:
    """The result of `dnsrace conform`.

    Parameters
    ----------
    answer: `explained` is said of a whole log only, `not explained` with a drift only.
    events: how many events are explained, from the first one on.
    stopped: why more is not known, in words; empty unless the answer is `unknown`.
    explanation: a behaviour that explains these events; none when the answer is `unknown`.
    violations: the properties that this behaviour violates.
    at_once: the largest number of states that the system may have been in.
    states: distinct states that were looked at.
    """

    system: System
    log: Log
    answer: Answer
    events: int
    stopped: str = ""
    explanation: Explained | None = None
    drift: Drift | None = None
    violations: tuple[Violation, ...] = field(default=())
    at_once: int = 0
    states: int = 0
    seconds: float = 0.0

    @property
    def explained(self) -> bool:
        """Whether the whole log is."""
        return self.answer == "explained"

    @property
    def only(self) -> bool:
        """Whether no other states explain the events: at every moment one is possible."""
        return self.at_once == 1

    @property
    def exit_code(self) -> int:
        """0 explained, 1 an event that nothing explains, 3 unknown."""
        return CODES[self.answer]
