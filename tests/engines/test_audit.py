"""Machine code that is wrong is not believed."""

from __future__ import annotations

from typing import Any

import pytest

from dnsrace.engines import audit
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.errors import InternalError
from dnsrace.loader import load

MANY = {"enactors": 5, "plans": 5}
"""Two words to a state, and blocks that are full: what one state at a time does not show."""


def test_full_blocks_of_wide_states_agree_with_python() -> None:
    system = load("dynamodb_dns").lift(**MANY)
    limits = Limits(depth=10)
    found = [
        explore(system, Request(engine=engine, symmetry=False, keep_going=True, limits=limits))
        for engine in ("numba", "python")
    ]
    assert found[0].statistics.levels == found[1].statistics.levels
    assert found[0].statistics.transitions == found[1].statistics.transitions
    assert found[0].statistics.steps == found[1].statistics.steps
    assert sum(found[0].statistics.levels) > 40_000


def one_bit_wrong(rows: list[Any], told: set[str]) -> tuple[list[Any], set[str]]:
    return [*rows[:-1], rows[-1] ^ 1], told


def one_twice(rows: list[Any], told: set[str]) -> tuple[list[Any], set[str]]:
    return [*rows[:-1], rows[0]], told


def none_violated(rows: list[Any], told: set[str]) -> tuple[list[Any], set[str]]:
    return rows, set()


@pytest.mark.parametrize("wrong", [one_bit_wrong, one_twice, none_violated])
@pytest.mark.parametrize("symmetry", [True, False])
def test_a_wrong_block_ends_the_search(
    wrong: Any, symmetry: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = audit.stepped
    monkeypatch.setattr(audit, "stepped", lambda *arguments: wrong(*right(*arguments)))
    system = load("dynamodb_dns").lift(enactors=2, plans=4)
    with pytest.raises(InternalError, match="the machine code of dynamodb_dns is wrong"):
        explore(system, Request(engine="numba", symmetry=symmetry, keep_going=True))
