"""What the combinations of a model's design decisions say, taken together: which changes are
enough, which are not, and which undo one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dnsrace.findings.verdicts import Finding
from dnsrace.model.decisions import Change, Changes, Decision
from dnsrace.model.system import System

Answer = Literal["holds", "violated", "unknown"]
TOGETHER = "everything together"
"""Stands for all properties that decide, as if they were one."""


@dataclass(frozen=True)
class Result:
    """What one combination was found to do.

    Parameters
    ----------
    findings: one for each property, with the shortest violation.
    numbers: states, transitions and so on, by their names in JSON.
    complete: whether every state was explored.
    stopped: why not, in words.
    earlier: whether an earlier run found it.
    """

    changes: Changes
    findings: tuple[Finding, ...]
    numbers: dict[str, Any]
    complete: bool
    stopped: str = ""
    earlier: bool = False

    @property
    def settled(self) -> bool:
        """Whether no limit has kept anything from being known."""
        known = all(f.verdict in ("holds", "violated") or not f.looked for f in self.findings)
        return self.complete and known

    def finding(self, name: str) -> Finding | None:
        return next((f for f in self.findings if f.name == name), None)


@dataclass(frozen=True)
class Conflict:
    """Changes that a property does not bear together: it is violated with all of them, and holds
    with any one of `without` left out."""

    changes: Changes
    without: tuple[Change, ...]

    @property
    def holding(self) -> list[Changes]:
        """The smaller sets with which the property holds."""
        return [tuple(c for c in self.changes if c != one) for one in self.without]


@dataclass
class Study:
    """All that `dnsrace fixes` has to say, for the reports to print.

    Parameters
    ----------
    system: the lifted form of the deployed design.
    planned: the combinations to look at, the deployed design first.
    forms: how many lifted forms stand for all of them: one, when they could be joined.
    stopped: why not all of them were looked at, in words.
    names: properties asked for by name; none means all.
    """

    system: System
    decisions: tuple[Decision, ...]
    planned: tuple[Changes, ...]
    names: tuple[str, ...] = ()
    forms: int = 1
    results: dict[Changes, Result] = field(default_factory=dict)
    stopped: str = ""
    seconds: float = 0.0

    # -- properties

    @property
    def findings(self) -> dict[str, Finding]:
        """One finding of each property, from whichever combination has it first."""
        found: dict[str, Finding] = {}
        for result in self.results.values():
            for finding in result.findings:
                found.setdefault(finding.name, finding)
        return found

    @property
    def checked(self) -> list[str]:
        """The properties that were checked."""
        return [name for name, f in self.findings.items() if f.looked]

    @property
    def not_checked(self) -> list[str]:
        """The properties that nobody has looked at."""
        return [name for name, f in self.findings.items() if not f.looked]

    @property
    def deciding(self) -> list[str]:
        """The properties that must hold: not those that are informative, unless asked for, nor
        those that no engine was asked to check."""
        known = self.findings.items()
        return [name for name, f in known if name in self.names or (f.looked and not f.informative)]

    # -- answers

    def answer(self, changes: Changes, name: str) -> Answer | None:
        """What a combination says of a property, or of everything together; None where it has no
        such property."""
        result = self.results.get(changes)
        if result is None:
            return "unknown"
        if name == TOGETHER:
            answers = [self.answer(changes, each) for each in self.deciding]
            if "violated" in answers:
                return "violated"
            return "unknown" if "unknown" in answers or not answers else "holds"
        finding = result.finding(name)
        if finding is None:
            return None
        if finding.verdict in ("holds", "violated"):
            return "holds" if finding.verdict == "holds" else "violated"
        return "unknown"

    def with_answer(self, name: str, answer: Answer) -> list[Changes]:
        """The combinations that give an answer, the smallest first."""
        return [changes for changes in self.planned if self.answer(changes, name) == answer]

    def enough(self, name: str) -> list[Changes]:
        """The smallest sets of changes with which a property holds: without any one part of such a
        set it is not known to hold. The empty set: it holds as deployed."""
        return _smallest(self.with_answer(name, "holds"))

    def is_smallest(self, changes: Changes, name: str) -> bool:
        """Whether every smaller set of these changes is known not to be enough; one that was not
        searched, or not to the end, might be."""
        smaller = [other for other in self.planned if _inside(other, changes)]
        return all(self.answer(other, name) == "violated" for other in smaller) and (
            len(smaller) == 2 ** len(changes) - 1
        )

    def not_enough(self, name: str) -> list[Changes]:
        """Single changes of a design that violates a property, with which it still does."""
        if self.answer((), name) != "violated":
            return []
        return [c for c in self.with_answer(name, "violated") if len(c) == 1]

    def conflicts(self, name: str) -> list[Conflict]:
        """The smallest sets of changes that violate a property which holds with one of them left
        out."""
        holding = set(self.with_answer(name, "holds"))
        found = {}
        for changes in self.with_answer(name, "violated"):
            without = tuple(
                one for one in changes if tuple(c for c in changes if c != one) in holding
            )
            if without:
                found[changes] = Conflict(changes, without)
        return [found[changes] for changes in _smallest(list(found))]

    # -- the whole

    @property
    def unfinished(self) -> list[Changes]:
        """Combinations of which not everything that decides is known."""
        return self.with_answer(TOGETHER, "unknown")

    @property
    def exit_code(self) -> int:
        """0 everything holds with some combination, 1 with none, 3 it is not known of all."""
        if self.unfinished or not self.deciding:
            return 3
        return 0 if self.with_answer(TOGETHER, "holds") else 1


def _inside(smaller: Changes, larger: Changes) -> bool:
    return set(smaller) < set(larger)


def _smallest(sets: Sequence[Changes]) -> list[Changes]:
    """Those without another one inside."""
    return [s for s in sets if not any(_inside(other, s) for other in sets)]
