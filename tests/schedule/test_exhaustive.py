"""Exhausting means every schedule, once each, and says how far it came."""

from __future__ import annotations

import itertools
from collections import Counter
from math import comb

import pytest
from programs import calling, locked_update, lost_update

from dnsrace.errors import UsageError
from dnsrace.schedule import Actors, Exhaustive, Faults, exhaust, run


def schedules(source: Exhaustive, **times: int) -> list[str]:
    program = calling(**times)
    return ["".join(s.actor for s in run(program, choices).steps) for choices in source]


def hand_overs(schedule: str) -> int:
    """Switches away from an actor that has calls left."""
    left = Counter(schedule)
    found = 0
    for now, following in itertools.pairwise(schedule):
        left[now] -= 1
        found += now != following and left[now] > 0
    return found


@pytest.mark.parametrize("times", [{"a": 2, "b": 2}, {"a": 1, "b": 3}, {"a": 1, "b": 1, "c": 1}])
def test_every_interleaving_once_and_fewest_hand_overs_first(times: dict[str, int]) -> None:
    # each actor has its start beside its calls
    letters = "".join(name * (count + 1) for name, count in times.items())
    expected = {"".join(p) for p in itertools.permutations(letters)}
    source = Exhaustive(hand_overs=len(letters))
    found = schedules(source, **times)
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert (source.finished, source.everything) == (True, True)
    numbers = [hand_overs(schedule) for schedule in found]
    assert numbers == sorted(numbers)
    for bound in range(3):
        source = Exhaustive(bound)
        assert set(schedules(source, **times)) == {s for s in expected if hand_overs(s) <= bound}
        assert (source.finished, source.everything) == (True, False)


def test_it_says_whether_these_were_all_schedules() -> None:
    some = exhaust(calling(a=3, b=3), 1)
    assert some.check().finished
    assert not some.everything
    assert str(some).endswith("schedules with at most 1 hand-over; nothing is known of others")
    every = exhaust(calling(a=3, b=3), 8)
    assert every.schedules == comb(8, 4)
    assert str(every).endswith("with at most 8 hand-overs; there are no others")


def test_an_unfinished_search_is_no_pass() -> None:
    stopped = exhaust(calling(a=3, b=3), 8, schedules=10)
    assert not stopped.finished
    assert "This is no proof" in str(stopped)
    with pytest.raises(AssertionError, match="This is no proof"):
        stopped.check()
    assert not exhaust(calling(a=3, b=3), 8, seconds=-1.0).finished
    cut = exhaust(calling(a=3, b=3), 1, max_calls=4)
    assert cut.cut == cut.schedules
    assert "not passes" in str(cut)
    assert "any of" not in str(cut)


def test_the_failure_with_fewest_hand_overs_comes_first() -> None:
    assert exhaust(lost_update, 0).found is None
    found = exhaust(lost_update, 3).found
    assert found is not None
    assert hand_overs("".join(step.actor for step in found.steps)) == 1
    assert exhaust(locked_update, 6).found is None


def test_faults_are_enumerated_too() -> None:
    crashes = Counter(
        sum(step.fault == "crash" for step in run(calling(a=2), c, faults=Faults(crash=1)).steps)
        for c in Exhaustive(0)
    )
    # the crash may come before either of the two calls, or not at all
    assert crashes == {0: 1, 1: 2}


def test_a_sleeping_actor_cannot_go_on() -> None:
    import asyncio

    async def sleeps() -> None:
        await asyncio.sleep(1)

    def program() -> Actors:
        return Actors({"a": sleeps, "b": sleeps})

    orders = {"".join(s.actor for s in run(program, choices).steps) for choices in Exhaustive(0)}
    assert {"abab", "abba", "baab", "baba"} <= orders


def test_a_negative_bound_is_refused() -> None:
    with pytest.raises(UsageError, match="-1 hand-overs"):
        Exhaustive(-1)
