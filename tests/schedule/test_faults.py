"""Crashes, time-outs and duplicates happen only when they are allowed, and as they are named."""

from __future__ import annotations

import asyncio
import contextlib
import itertools

import pytest
from programs import Counter, call, lost_update, one

from dnsrace.errors import TokenError, UsageError
from dnsrace.schedule import Actors, Faults, boundary, hunt, note, replay, run, walks


def counting() -> tuple[Counter, Actors]:
    counter = Counter()
    return counter, Actors({"a": counter.increment})


def test_none_happen_unless_they_are_allowed() -> None:
    for walk in itertools.islice(walks(), 50):
        assert not any(step.fault for step in run(lost_update, walk).steps)


@pytest.mark.parametrize("kind", ["crash", "timeout", "duplicate"])
def test_each_happens_at_most_as_often_as_allowed(kind: str) -> None:
    async def patient() -> None:
        for _ in range(20):
            with contextlib.suppress(TimeoutError):
                await call()

    most = 0
    for walk in itertools.islice(walks(), 100):
        done = run(lambda: Actors({"a": patient, "b": patient}), walk, faults=Faults(**{kind: 2}))
        faults = [step.fault for step in done.steps if step.fault]
        assert set(faults) <= {kind}
        most = max(most, len(faults))
    assert most == 2


def test_a_crash_runs_no_finally_and_begins_anew() -> None:
    told: list[str] = []

    async def careful() -> None:
        try:
            note("begins")
            await call()
            await call()
        finally:
            note("cleans up")

    def program() -> Actors:
        return Actors({"a": careful}, crashed=told.append)

    done = replay(program, "a*2 a!crash a*3")
    assert [n.text for n in done.notes] == ["begins", "begins", "cleans up"]
    assert told == ["a"]
    assert [s.name for s in done.steps] == ["start", "call", "call", "start", "call", "call"]


def test_all_tasks_of_a_crashed_actor_are_gone() -> None:
    async def child() -> None:
        await call()
        note("child")

    async def parent() -> None:
        await asyncio.gather(child(), child())

    done = replay(one(parent), "a a!crash a*3")
    assert [n.text for n in done.notes] == ["child", "child"]


def test_an_actor_that_has_finished_may_crash_in_what_it_left_behind() -> None:
    left = []

    def program() -> Actors:
        async def leaves_a_task() -> None:
            note("begins")
            left.append(asyncio.create_task(call()))

        async def other() -> None:
            await call()
            note("ends")

        return Actors({"a": leaves_a_task, "b": other})

    done = replay(program, "a b a!crash b a")
    assert done.outcome == "passed"
    assert [n.text for n in done.notes] == ["begins", "ends", "begins"]


def test_a_lock_of_a_crashed_actor_stays_held() -> None:
    def program() -> Actors:
        lock = asyncio.Lock()

        async def go() -> None:
            async with lock:
                await call()

        return Actors({"a": go, "b": go})

    failure = replay(program, "a a!crash a b").failure
    assert failure is not None
    assert failure.kind == "deadlock"


def test_a_call_that_timed_out_was_carried_out() -> None:
    counter = Counter()

    async def careful() -> None:
        try:
            await counter.increment()
        except TimeoutError as error:
            note(str(error))

    done = replay(one(careful), "a*2 a!timeout")
    assert counter.value == 1
    assert [n.text for n in done.notes] == [
        "db.write timed out; whether it was carried out is not known"
    ]


def test_a_refusal_is_not_heard_when_the_call_times_out() -> None:
    @boundary("refused")
    async def refused() -> None:
        raise ValueError("no")

    failure = replay(one(refused), "a a!timeout").failure
    assert failure is not None
    assert failure.name == "TimeoutError"


def test_a_duplicate_comes_at_any_later_time_and_nobody_reads_its_answer() -> None:
    def program() -> Actors:
        counter = Counter()

        async def twice() -> None:
            await counter.increment()
            await counter.increment()
            note(f"ends with {counter.value}")

        return Actors({"a": twice})

    late = replay(program, "a*2 a!duplicate a copies/a.db.write a")
    assert [n.text for n in late.notes if n.actor == "a"][-1] == "ends with 2"
    assert [s.actor for s in late.steps if s.name == "a.db.write"] == ["copies"]
    never = replay(program, "a*2 a!duplicate a*2")
    assert never.outcome == "passed"


def test_a_late_duplicate_undoes_what_came_after() -> None:
    def program() -> Actors:
        counter = Counter()

        async def twice() -> None:
            await counter.increment()
            await counter.increment()

        async def other() -> None:
            for _ in range(5):
                await call()

        return Actors({"a": twice, "b": other}, [counter.nothing_is_lost])

    assert hunt(program, schedules=200).found is None
    found = hunt(program, schedules=200, faults=Faults(duplicate=1))
    assert found.shortest is not None
    assert found.shortest.token.endswith("a*2 a!duplicate a*2 copies")


def test_a_fault_that_is_not_possible_is_refused() -> None:
    with pytest.raises(TokenError, match="entry 1 of the schedule, a!crash"):
        replay(lost_update, "s1-00000000: a!crash")
    with pytest.raises(UsageError, match="crash=-1"):
        Faults(crash=-1)
