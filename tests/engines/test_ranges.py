"""The ranges that are told to the solver hold of every state, and say enough to be worth it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from exports.test_exported_operators import MODEL, applications
from support import lift_text
from test_z3_operators import more_divisions

from dnsrace.engines.smt.ranges import Ranges
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.operators import OPERATORS
from dnsrace.model.system import System


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    return lift_text(tmp_path_factory.mktemp("operators"), MODEL)


def test_every_operator_has_a_rule() -> None:
    assert all(hasattr(Ranges, f"rule_{name}") for name in OPERATORS)


def test_every_operator_stays_within_its_range(system: System) -> None:
    """Of single states, where it must be exact but for the rest of a division; and of all between
    two, whatever they are."""
    ranges, interpreter = Ranges(system), Interpreter(system)
    starts = list(dict.fromkeys(interpreter.initial()))
    assert len(starts) == 7 * 7 * 2 * 2 * 2
    for name, (expr, _) in {**applications(system), **more_divisions(system)}.items():
        values = [interpreter.value(expr, start, {}) for start in starts]
        for start, value in zip(starts, values, strict=True):
            ranges.slots = [(raw, raw) for raw in start]
            low, high = ranges.of(expr, {})
            assert low <= value <= high, (name, start)
        for first in range(0, len(starts), 37):
            for second in range(first, len(starts), 53):
                box = [(min(p), max(p)) for p in zip(starts[first], starts[second], strict=True)]
                ranges.slots = box
                low, high = ranges.of(expr, {})
                for start, value in zip(starts, values, strict=True):
                    if all(a <= raw <= b for raw, (a, b) in zip(start, box, strict=True)):
                        assert low <= value <= high, (name, box, start)


@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("dynamodb_dns", {"enactors": 2, "plans": 4}),
        ("dynamodb_dns", {"enactors": 2, "endpoints": 2, "cleaner": "checked"}),
        ("dynamodb_dns", {"enactors": 1, "crashes": True, "lock_expiry": True, "plans": 7}),
        ("peterson", {}),
        ("two_phase_commit", {}),
        ("ewd840", {}),
    ],
    ids=["deployed", "checked", "crashes", "peterson", "two_phase_commit", "ewd840"],
)
def test_every_state_of_a_depth_is_within_its_ranges(model: str, given: dict[str, Any]) -> None:
    system = load(model).lift(**given)
    ranges, interpreter = Ranges(system), Interpreter(system)
    level = set(interpreter.initial())
    for _ in range(9):
        for state in level:
            assert all(a <= raw <= b for raw, (a, b) in zip(state, ranges.slots, strict=True))
        level = {t.state for state in sorted(level)[:400] for t in interpreter.successors(state)}
        ranges.deepen()


def test_what_has_to_be_counted_first_is_not_possible_before() -> None:
    """With retention 20 nobody cleans before 22 plans are made, which takes 21 steps."""
    system = load("dynamodb_dns").lift(plans=23, retention=20)
    ranges = Ranges(system)
    phases = [n for n, (v, _) in enumerate(system.slots) if v.name == "phase"]
    newest = [n for n, (v, _) in enumerate(system.slots) if v.name == "newest"]
    for depth in range(23):
        assert [ranges.slots[n] for n in newest] == [(1, min(23, depth + 1))]
        # 4 is releasing, 5 is cleaning
        assert all(ranges.slots[n][1] <= 4 for n in phases)
        ranges.deepen()
    assert [ranges.slots[n][1] for n in phases] == [5, 5, 5]


def test_it_ends_once_nothing_can_be_added(tmp_path: Path) -> None:
    text = """
    @model
    def toy():
        class Count(Range, low=0, high=9): ...
        class S(State):
            n = var(Count, start=2)

        @step
        def up(s):
            s.n = min(s.n + 1, 5)

        @always
        def p(s):
            return True
    """
    ranges = Ranges(lift_text(tmp_path, text))
    seen = []
    while ranges.grows:
        seen.append(ranges.slots)
        ranges.deepen()
    assert seen == [[(2, 2)], [(2, 3)], [(2, 4)], [(2, 5)]]
    assert ranges.narrowed() == [(0, (2, 5))]
