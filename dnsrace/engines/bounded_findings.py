"""What a bounded check says of each property, when it has ended."""

from __future__ import annotations

from dataclasses import dataclass

from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.findings.trace import Trace
from dnsrace.findings.verdicts import Finding, Kind, Verdict
from dnsrace.findings.words import counted
from dnsrace.model.system import Property

ENGINE = "bmc"
STUCK = "only a state where nothing can happen shows here that there is no way back"
OF_SOME = "not looked at: reached for some sizes, it may not be for others; give them values"
WHY_NOT: dict[str, str] = {
    "recoverable": "that a goal is not reached in n steps does not say that it never is",
    "eventually": "what goes on for ever has no last depth",
}


@dataclass(frozen=True)
class Hit:
    """A behaviour that is shown of a property.

    Parameters
    ----------
    sure: whether it is the one that every engine shows.
    values: of the open parameters, in words.
    """

    trace: Trace
    sure: bool
    values: str = ""


@dataclass(frozen=True)
class Reached:
    """How far a bounded check came.

    Parameters
    ----------
    found: what is shown, by the property's name.
    checked: the greatest depth about which everything is known.
    stopped, gave_up: why it ended; whether because the solver did not know.
    diameter: the depth of the deepest state, where that is known.
    sizes: the open parameters with the values that were looked at, in words.
    """

    request: BoundedRequest
    found: dict[str, Hit]
    checked: int
    stopped: str
    gave_up: bool
    diameter: int | None
    sizes: str = ""

    def finding(self, name: str, kind: Kind, prop: Property | None) -> Finding:
        """What is said of a property; `prop` is None of a deadlock."""
        diameter = self.diameter
        informative = prop is not None and prop.informative
        if name in self.found:
            return self._hit(name, kind, informative)
        if kind == "eventually" or (kind == "recoverable" and name not in self.request.names):
            asked = name in self.request.names
            reach = f"not looked at: {WHY_NOT[kind]}; dnsrace explore answers this"
            return Finding(name, kind, "unknown", reach, ENGINE, looked=asked)
        if kind == "sometimes" and self.sizes:
            asked = name in self.request.names
            return Finding(name, kind, "unknown", OF_SOME, ENGINE, looked=asked)
        if self.checked < self.request.first:
            reach = f"no depth was finished: {self.stopped}"
            return Finding(name, kind, "unknown", reach, ENGINE, informative=informative)
        reach = f"to depth {self.checked}"
        if self.request.first:
            reach += f", from {self.request.first} on"
        reach += f", for any {self.sizes}" if self.sizes else ""
        if self.gave_up:
            reach = f"nothing found {reach}; then {self.stopped}"
            return Finding(name, kind, "unknown", reach, ENGINE, informative=informative)
        if kind == "recoverable":
            return Finding(name, kind, "unknown", f"none {reach}: {STUCK}", ENGINE)
        # a step from the deepest states is one deeper
        needed = None if diameter is None else diameter + (kind == "every_step")
        whole = needed is not None and self.checked >= needed and not self.request.first
        if diameter is not None:
            reach += f"; no state is deeper than {diameter}"
        if kind == "sometimes":
            verdict: Verdict = "violated" if whole else "unknown"
            reach = f"complete, and never reached ({reach})" if whole else f"not reached {reach}"
        else:
            verdict = "holds" if whole else "holds within bounds"
            reach = f"complete: {reach}" if whole else reach
        return Finding(name, kind, verdict, reach, ENGINE, informative=informative)

    def _hit(self, name: str, kind: Kind, informative: bool) -> Finding:
        hit = self.found[name]
        trace, sure = hit.trace, hit.sure
        steps, shortest = counted(len(trace.steps), "step"), self.request.first == 0
        if kind == "sometimes":
            reach = f"reached after {steps}"
            return Finding(name, kind, "holds", reach, ENGINE, trace, shortest, canonical=sure)
        what = {"deadlock": "one", "recoverable": "way to where nothing can happen"}
        reach = f"a {'shortest ' if shortest else ''}{what.get(kind, 'violation')}, {steps}"
        reach += hit.values
        if not shortest:
            reach += f"; depths below {self.request.first} were not looked at"
        if not sure:
            reach += "; other engines may show another one of this length"
        return Finding(
            name, kind, "violated", reach, ENGINE, trace, shortest and kind != "recoverable",
            informative, canonical=sure,
        )  # fmt: skip
