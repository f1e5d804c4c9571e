"""The checker that the course is read with finds what dnsrace finds, to the last state: it is the
same protocol, written a second time."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import pytest
from agreement.searching import search

from dnsrace.loader import load
from dnsrace.testing import Schedule, Violated, check_schedule
from docs.learn import tiny_checker
from docs.learn.tiny_checker import Explored, Protocol, Region, answers, explore

FILE = Path(tiny_checker.__file__)
GUARDS = {
    "check_in_flip": {"freshness": "in_batch"},
    "check_in_delete": {"cleaner": "transactional"},
    "flip_without_rollback": {"rollback": "tolerant"},
}


def found_by(protocol: Protocol) -> Explored[Region]:
    return explore(protocol.start(), protocol.steps, answers)


def nearest(found: Explored[Region]) -> int | None:
    """How far the nearest bad state is."""
    return len(found.way_to(found.bad[0])) if found.bad else None


@pytest.mark.parametrize(
    "guards",
    [(), *((name,) for name in GUARDS), tuple(GUARDS)],
    ids=["deployed", *GUARDS, "fixed"],
)
@pytest.mark.parametrize(
    "size",
    [(2, 3, 1), (2, 4, 1), (2, 5, 2), (3, 3, 0)],
    ids=lambda size: "enactors={},plans={},retention={}".format(*size),
)
def test_it_counts_what_dnsrace_counts(size: tuple[int, int, int], guards: tuple[str, ...]) -> None:
    enactors, plans, retention = size
    given: dict[str, Any] = {"enactors": enactors, "plans": plans, "retention": retention}
    for guard in guards:
        given |= GUARDS[guard]
    protocol = Protocol(*size, **dict.fromkeys(guards, True))
    found, outcome = found_by(protocol), search("dynamodb_dns", given, "python").outcome
    assert (len(found.came_from), found.transitions, found.depth) == (
        outcome.states,
        outcome.transitions,
        outcome.depth,
    )
    assert nearest(found) == outcome.lengths.get("no_empty_answer")
    spare = explore(protocol.start(), protocol.steps, lambda r: r.rollback in r.trees)
    assert nearest(spare) == outcome.lengths.get("rollback_ready")


def test_dnsrace_can_follow_its_trace() -> None:
    """The actors of the trace, one after the other, lead the flagship into the outage as well."""
    found = found_by(Protocol())
    actors = [step[:9].removeprefix("enactor").strip() for step in found.way_to(found.bad[0])]
    assert len(actors) == 14
    with pytest.raises(Violated, match="no_empty_answer is violated after 14 steps"):
        check_schedule(
            load("dynamodb_dns").lift(enactors=2),
            Schedule.parse(" ".join(actors)),
            properties=("no_empty_answer",),
        )


def test_a_way_leads_from_the_start_to_the_state() -> None:
    """Every way, taken step by step: it is possible, and as long as the breadth-first level."""
    protocol = Protocol()
    found = found_by(protocol)
    lengths = []
    for state in found.came_from:
        region = protocol.start()
        way = found.way_to(state)
        for step in way:
            region = dict(protocol.steps(region))[step]
        assert region == state
        lengths.append(len(way))
    assert lengths == sorted(lengths)
    assert lengths[-1] == found.depth


def test_it_is_short_and_needs_nothing_but_python() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 200
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            name = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            assert name is not None
            assert name.split(".")[0] in sys.stdlib_module_names
