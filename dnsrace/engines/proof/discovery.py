"""Lemmas found, not written: Houdini (Flanagan and Leino, FME 2001) over candidates from the
model's own words.

Candidates that an explored state breaks are dropped. Of the rest, those that a step of a small
instance does not keep are dropped, until all that are left are kept together. What the properties
need of them is read off unsatisfiable cores. The result is no proof yet: it is written as lemmas,
and proved for every size like any others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dnsrace.engines.proof.candidates import Candidate, candidates, contexts
from dnsrace.engines.proof.explored import States, explored
from dnsrace.engines.proof.houdini import EFFORT, Houdini
from dnsrace.engines.proof.instances import instances, largest, sampled
from dnsrace.engines.solver import Stopped
from dnsrace.model import expressions as ex
from dnsrace.model.expressions import Expr
from dnsrace.model.system import Property, System

STATES = 8_000
"""Explored states of one instance, at most."""
SECONDS = 60.0
"""Of all rounds together."""


@dataclass
class Discovery:
    """What was found.

    Parameters
    ----------
    made, kept, inductive: how many candidates there were, how many no explored state breaks, and
        how many the steps of the small instance keep.
    lemmas: those that the properties need.
    """

    made: int = 0
    states: int = 0
    kept: int = 0
    inductive: int = 0
    lemmas: list[Candidate] = field(default_factory=list)
    seconds: float = 0.0


def discover(
    system: System, goals: Sequence[Property], stop: Callable[[], str] = lambda: ""
) -> Discovery:
    """Look for lemmas that make these `always` properties of an open system inductive.

    Parameters
    ----------
    stop: asked all the time: why this is to end, in words, or an empty text.

    Raises Stopped when it says so.
    """
    began = time.perf_counter()
    done = Discovery()
    tables = _tables(system)
    done.states = sum(len(t.matrix) for t in tables)
    left = _filtered(system, tables, done, stop)
    done.kept = len(left)
    houdini = Houdini(system, goals, left, replace(EFFORT, stop=stop))
    alive = houdini.run(began + SECONDS)
    done.inductive = sum(i >= len(goals) for i in alive)
    done.lemmas = [left[i - len(goals)] for i in houdini.needed(alive) if i >= len(goals)]
    done.seconds = time.perf_counter() - began
    return done


def _tables(system: System) -> list[States]:
    small = [explored(one, STATES) for one in instances(system)]
    walked = sampled(largest(system))
    return [
        *(States(system, one, states) for one, states in small),
        States(system, walked.system, walked.states),
    ]


def _filtered(
    system: System, tables: Sequence[States], done: Discovery, stop: Callable[[], str]
) -> list[Candidate]:
    """The candidates that no explored state breaks, the shortest ones first; one that follows from
    a shorter one is left out."""
    left: list[Candidate] = []
    for context in contexts(system):
        truth: dict[Expr, list[Any]] = {}

        def rows(test: Expr, bound: tuple[Expr, ...] = context.bound) -> list[Any]:
            if test not in truth:  # noqa: B023
                truth[test] = [t.table(test, bound) for t in tables]  # noqa: B023
            return truth[test]  # noqa: B023

        strong: set[tuple[frozenset[Expr], Expr]] = set()
        seen: dict[tuple[Expr, ...], list[Any]] = {}
        for candidate in candidates(context):
            done.made += 1
            if why := stop():
                raise Stopped(why)
            if _follows(candidate, strong):
                continue
            if candidate.guards not in seen:
                seen[candidate.guards] = _all([rows(g) for g in candidate.guards], tables)
            at = seen[candidate.guards]
            # what never applies says nothing that a test alone would not say
            if candidate.guards and candidate.atom != ex.FALSE and not any(g.any() for g in at):
                continue
            if not any((g & ~a).any() for g, a in zip(at, rows(candidate.atom), strict=True)):
                strong.add((frozenset(candidate.guards), candidate.atom))
                left.append(candidate)
    return left


def _follows(candidate: Candidate, strong: set[tuple[frozenset[Expr], Expr]]) -> bool:
    parts = [frozenset(), *(frozenset((g,)) for g in candidate.guards)]
    return any((part, candidate.atom) in strong for part in parts)


def _all(parts: Sequence[list[Any]], tables: Sequence[States]) -> list[Any]:
    """All of some tests, for each table; none at all is always true."""
    found = []
    for number in range(len(tables)):
        rows = [part[number] for part in parts]
        result: Any = True
        for row in rows:
            result = result & row
        found.append(result if rows else _TRUE)
    return found


class _True:
    """True in every state."""

    def __and__(self, other: Any) -> Any:
        return other

    def any(self) -> bool:
        return True


_TRUE = _True()
