"""One search, boiled down to plain data that can come from another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dnsrace.engines.request import EngineName, Limits, Request
from dnsrace.engines.search import explore
from dnsrace.findings.verdicts import Exploration
from dnsrace.loader import load
from dnsrace.model.system import System


@dataclass(frozen=True)
class Outcome:
    """What every engine must say alike, with symmetry reduction and without."""

    states: int
    transitions: int
    depth: int
    verdicts: dict[str, str]
    lengths: dict[str, int | None]
    traces: dict[str, str]
    unrecoverable: dict[str, int | None]


@dataclass(frozen=True)
class Searched:
    """An outcome, and what differs: how much was reduced, and why not."""

    outcome: Outcome
    distinct: int
    symmetry: str
    words: int = 0
    taken: tuple[tuple[str, int], ...] = ()
    ends: int = 0
    deadlocks: int = 0


def search(
    reference: str, given: dict[str, Any], engine: EngineName, symmetry: bool = False
) -> Searched:
    """Explore a model by name or path completely."""
    return searched(load(reference).lift(**given), engine, symmetry)


def searched(
    system: System, engine: EngineName, symmetry: bool = False, depth: int | None = None
) -> Searched:
    """Explore a system completely, or down to a depth."""
    request = Request(
        engine=engine, symmetry=symmetry, keep_going=True, deadlock=True, limits=Limits(depth=depth)
    )
    return boiled_down(explore(system, request))


def boiled_down(found: Exploration) -> Searched:
    """The plain data of an exploration."""
    counts, findings = found.statistics, found.findings
    return Searched(
        Outcome(
            counts.represented_states,
            counts.represented_transitions,
            counts.depth,
            {f.name: f.verdict for f in findings},
            {f.name: f.length for f in findings if f.shortest},
            {f.name: f.trace.text for f in findings if f.trace},
            {f.name: f.states for f in findings if f.kind == "recoverable"},
        ),
        counts.distinct_states,
        found.symmetry,
        taken=tuple(counts.steps.items()),
        ends=counts.ends,
        deadlocks=counts.deadlocks,
    )
