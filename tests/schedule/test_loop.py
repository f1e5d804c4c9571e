"""Ordinary asyncio code behaves under the scheduler as it does elsewhere, but for time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from programs import Counter, call, locked_update, lost_update, one

from dnsrace.errors import UsageError
from dnsrace.schedule import Actors, Run, Walk, boundary, hunt, note, replay, run


def said(done: Run) -> list[str]:
    return [n.text for n in done.notes]


def test_a_declared_call_simply_runs_outside_of_the_scheduler() -> None:
    counter = Counter()
    asyncio.run(counter.increment())
    assert counter.value == 1


def test_effect_and_what_follows_happen_before_anything_else() -> None:
    done = replay(lost_update, "a b a b a b")
    assert [(n.actor, n.text, n.step) for n in done.notes] == [
        ("a", "writes 1", 5),
        ("b", "writes 1", 6),
    ]
    assert done.failure is not None
    assert done.failure.sentence == "nothing_is_lost: 2 increments, and the value is 1"


def test_values_of_notes_are_kept() -> None:
    assert replay(lost_update, "a*3 b*3").values("seen") == [0, 1]


def test_a_sleep_lasts_at_least_as_long_as_it_says() -> None:
    async def sleeper(seconds: float) -> None:
        await asyncio.sleep(seconds)
        note(f"{seconds:g} s at {asyncio.get_running_loop().time():g}")

    def program() -> Actors:
        return Actors({"a": lambda: sleeper(10), "b": lambda: sleeper(3)})

    assert said(replay(program, "a b b a")) == ["3 s at 3", "10 s at 10"]
    assert said(replay(program, "a b a b")) == ["10 s at 10", "3 s at 10"]


def test_of_one_actors_delays_the_earliest_ends_first() -> None:
    async def both() -> None:
        async def sleeper(seconds: float) -> None:
            await asyncio.sleep(seconds)
            note(f"{seconds:g}")

        await asyncio.gather(sleeper(2), sleeper(1))

    for seed in range(10):
        assert said(run(one(both), Walk(seed))) == ["1", "2"]


def test_gather_and_task_groups_complete_in_any_order() -> None:
    async def named(name: str) -> None:
        await call()
        note(name)

    async def gathered() -> None:
        await asyncio.gather(named("x"), named("y"))

    async def grouped() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(named("x"))
            group.create_task(named("y"))

    for function in (gathered, grouped):
        assert said(replay(one(function), "a a/call#2 a")) == ["y", "x"]
        assert said(replay(one(function), "a a a")) == ["x", "y"]


def test_a_timeout_may_be_shorter_than_what_it_limits() -> None:
    async def impatient() -> None:
        try:
            await asyncio.wait_for(call(), 5)
            note("answered")
        except TimeoutError:
            note("gave up")

    assert said(replay(one(impatient), "a a/call")) == ["answered"]
    assert said(replay(one(impatient), "a a/timeout")) == ["gave up"]


def test_a_cancelled_call_is_not_carried_out() -> None:
    counter = Counter()

    async def cancels() -> None:
        task = asyncio.create_task(counter.write(7))
        await call()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert replay(one(cancels), "a a/call").outcome == "passed"
    assert counter.value == 0
    assert replay(one(cancels), "a a/db.write a").outcome == "passed"
    assert counter.value == 7


def test_locks_queues_and_events_work() -> None:
    def program() -> Actors:
        queue: asyncio.Queue[int] = asyncio.Queue()
        done = asyncio.Event()

        async def producer() -> None:
            for number in range(3):
                await call()
                queue.put_nowait(number)
            await done.wait()

        async def consumer() -> None:
            for _ in range(3):
                note(str(await queue.get()))
                await call()
            done.set()

        return Actors({"producer": producer, "consumer": consumer})

    found = hunt(program, schedules=50)
    assert found.found is None
    assert found.cut == 0
    assert said(run(program)) == ["0", "1", "2"]
    assert hunt(locked_update, schedules=200).found is None


def test_a_declared_call_inside_of_another_is_a_part_of_it() -> None:
    @boundary("outer")
    async def outer() -> None:
        await call()
        await call()

    assert [step.name for step in run(one(outer)).steps] == ["start", "outer"]


def test_until_ends_services_that_run_for_ever() -> None:
    def program() -> Actors:
        counter = Counter()

        async def service() -> None:
            while True:
                await counter.increment()

        return Actors({"a": service}, until=lambda: counter.done == 3)

    done = run(program)
    assert done.outcome == "passed"
    assert said(done) == ["writes 1", "writes 2", "writes 3"]


def test_what_runs_for_ever_is_cut_and_that_is_no_pass() -> None:
    async def service() -> None:
        while True:
            await call()

    done = run(one(service), max_calls=7)
    assert (done.outcome, len(done.steps)) == ("cut", 7)
    assert "cut after 7 calls" in str(done)
    with pytest.raises(AssertionError, match="not a pass"):
        done.check()
    found = hunt(one(service), schedules=3, max_calls=7)
    assert found.cut == 3
    assert "3 of them were cut before their end: these are not passes" in str(found)
    with pytest.raises(AssertionError, match="give a larger max_calls"):
        found.check()


def test_a_deadlock_is_a_failure() -> None:
    def program() -> Actors:
        one_lock, two_lock = asyncio.Lock(), asyncio.Lock()

        async def go(first: asyncio.Lock, second: asyncio.Lock) -> None:
            async with first:
                await call()
                async with second:
                    pass

        return Actors({"a": lambda: go(one_lock, two_lock), "b": lambda: go(two_lock, one_lock)})

    done = replay(program, "a b a b")
    assert done.failure is not None
    assert done.failure.kind == "deadlock"
    assert done.failure.text.endswith("wait for ever: a, b")
    assert replay(program, "a*2 b*2").outcome == "passed"


def test_an_exception_is_a_failure_with_its_line() -> None:
    async def fails() -> None:
        await call()
        raise ValueError("the plan has no endpoints")

    failure = run(one(fails)).failure
    assert failure is not None
    assert failure.place is not None
    assert failure.place.file.endswith("test_loop.py")
    assert failure.sentence.startswith("a: ValueError at ")
    assert failure.sentence.endswith("the plan has no endpoints")


def test_the_error_of_a_task_that_nobody_awaits_is_a_failure() -> None:
    async def forgets() -> None:
        async def child() -> None:
            raise ValueError("unheard")

        forgotten = asyncio.create_task(child())
        await call()
        assert forgotten.done()

    failure = run(one(forgets)).failure
    assert failure is not None
    assert (failure.name, failure.text) == ("ValueError", "unheard")


def test_a_failure_carries_the_timeline_and_the_token() -> None:
    done = replay(lost_update, "a b a b a b")
    with pytest.raises(AssertionError) as caught:
        done.check()
    (text,) = caught.value.__notes__
    assert done.token in text
    assert "db.write  writes 1" in text
    with pytest.raises(AssertionError) as caught:
        done.check()
    assert len(caught.value.__notes__) == 1


def test_an_invariant_may_be_false_instead_of_raising() -> None:
    def program() -> Actors:
        counter = Counter()

        def small() -> bool:
            """The counter stays small."""
            return counter.value < 1

        return Actors({"a": counter.increment}, [small])

    failure = run(program).failure
    assert failure is not None
    assert failure.sentence == "small: The counter stays small."


def test_an_invariant_that_cannot_be_decided_is_a_failure() -> None:
    def broken() -> bool:
        return {}["alias"] == 1

    failure = run(lambda: Actors({"a": call}, [broken])).failure
    assert failure is not None
    assert failure.sentence.startswith("the invariant broken: KeyError at ")


def test_what_a_finally_says_after_the_end_is_dropped() -> None:
    kept: list[str] = []

    async def service() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            note("too late")
            kept.append("closed")

    done = run(lambda: Actors({"a": service}, until=lambda: True))
    assert done.notes == ()
    done = replay(lambda: Actors({"a": service, "b": call}), "a b*2")
    assert done.failure is not None
    assert done.notes == ()
    assert kept == ["closed"]


@pytest.mark.parametrize("name", ["", "two words", "copies", "1st"])
def test_names_that_a_token_could_not_hold_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of an actor"):
        Actors({name: call})


def test_wrong_uses_are_refused_with_a_cure() -> None:
    with pytest.raises(UsageError, match="there is no actor"):
        Actors({})
    with pytest.raises(UsageError, match="cannot be the name of a boundary"):
        boundary("a call")
    wrong: Any = dict
    with pytest.raises(UsageError, match="gives dict, not Actors"):
        run(wrong)

    async def inside() -> None:
        run(lost_update)

    with pytest.raises(UsageError, match="inside of a running event loop"):
        asyncio.run(inside())
