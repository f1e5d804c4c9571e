"""What is not controlled is refused, with the line and a cure: no run may depend on it."""

from __future__ import annotations

import asyncio
import functools
import itertools
import logging
import random
import threading
import time
import uuid
from collections.abc import Awaitable, Callable

import pytest
from programs import call, one

from dnsrace.errors import ScheduleError, UsageError
from dnsrace.schedule import Actors, DrawnChoices, check_determinism, hunt, note, run


async def thread() -> None:
    await asyncio.to_thread(print)


async def bare_thread() -> None:
    threading.Thread(target=print).start()


async def socket() -> None:
    await asyncio.open_connection("192.0.2.1", 53)


async def process() -> None:
    await asyncio.create_subprocess_exec("true")


async def clock() -> None:
    time.time()


async def blocking() -> None:
    time.sleep(0)


async def dice() -> None:
    random.random()


async def identifier() -> None:
    uuid.uuid4()


async def spinning() -> None:
    while True:
        await asyncio.sleep(0)


async def swallowing() -> None:
    try:
        time.monotonic()
    except Exception:
        await call()


CASES: list[tuple[Callable[[], Awaitable[object]], str]] = [
    (thread, r"run_in_executor\(\): a thread runs when it likes"),
    (bare_thread, r"Thread.start\(\) starts a thread"),
    (socket, r"\(\): sockets, processes and signals"),
    (process, r"subprocess_exec\(\): sockets, processes and signals"),
    (clock, r"time.time\(\) reads the clock of the system"),
    (blocking, r"time.sleep\(\) blocks the whole program"),
    (dice, r"random.random\(\) uses random numbers"),
    (identifier, r"uuid.uuid4\(\) uses random numbers"),
    (swallowing, r"time.monotonic\(\) reads the clock"),
]


@pytest.mark.parametrize(("function", "message"), CASES, ids=lambda x: getattr(x, "__name__", ""))
def test_the_line_is_named(function: Callable[[], Awaitable[object]], message: str) -> None:
    with pytest.raises(ScheduleError, match=message) as caught:
        run(one(function))
    place = caught.value.place
    assert place is not None
    assert place.file.endswith("test_uncontrolled.py")
    inside = range(function.__code__.co_firstlineno, function.__code__.co_firstlineno + 5)  # type: ignore[attr-defined]
    assert place.line in inside
    assert caught.value.cure


def test_a_loop_that_waits_for_nothing_is_refused() -> None:
    with pytest.raises(ScheduleError, match="a goes on and on without waiting"):
        run(one(spinning))


def test_nothing_stays_replaced() -> None:
    before = time.time, random.random, threading.Thread.start
    run(one(call))
    assert (time.time, random.random, threading.Thread.start) == before


def test_libraries_choices_and_other_code_may_look_at_the_clock() -> None:
    async def logs(caplog: object = None) -> None:
        logging.getLogger("test").warning("a record has the time of the system")
        await call()

    # the draw is a line of the user's too, but not one of the program
    done = run(one(logs), DrawnChoices(lambda n: random.randrange(n)))
    assert done.outcome == "passed"


# -- running twice


OUTSIDE = itertools.count()


def leaking() -> Actors:
    """Depends on what outlives a run."""

    async def go() -> None:
        for _ in range(next(OUTSIDE)):
            await call()
        await asyncio.sleep(1)

    return Actors({"a": go})


def test_state_that_outlives_a_run_is_found_by_running_twice() -> None:
    with pytest.raises(
        ScheduleError, match="leaking is not the same when it is run again"
    ) as caught:
        check_determinism(leaking)
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("test_uncontrolled.py")
    assert "call 2 was a's " in caught.value.cause
    with pytest.raises(ScheduleError, match="not the same"):
        hunt(leaking)


def test_different_words_are_a_difference_too() -> None:
    async def go() -> None:
        await call()
        note(f"the {next(OUTSIDE)}th")

    with pytest.raises(ScheduleError, match=r"call 2 .*th\), and then .*th\)"):
        check_determinism(one(go))


def test_another_ending_is_a_difference_too() -> None:
    moods = itertools.cycle([False, True])

    async def go() -> None:
        await call()
        if next(moods):
            raise ValueError("now and then")

    with pytest.raises(ScheduleError, match="it ended with passed after 2 calls, and then with a:"):
        check_determinism(one(go))


def ordered_by_a_set(prefix: str) -> Actors:
    """Works through a set of strings; its order is another one in each process."""

    async def go() -> None:
        for word in {f"{prefix}{number}" for number in range(20)}:
            await call()
            note(word)

    return Actors({"a": go})


def ordered() -> Actors:
    """Works through a sorted set."""

    async def go() -> None:
        for word in sorted({f"plan-{number}" for number in range(20)}):
            await call()
            note(word)

    return Actors({"a": go})


def test_the_order_of_a_set_is_found_in_other_processes() -> None:
    program = functools.partial(ordered_by_a_set, "plan-")
    assert check_determinism(program).outcome == "passed"
    with pytest.raises(ScheduleError, match="ordered_by_a_set is not the same") as caught:
        check_determinism(program, hash_seeds=(1, 2))
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("test_uncontrolled.py")
    assert check_determinism(ordered, hash_seeds=(1, 2)).outcome == "passed"


def test_a_program_that_cannot_be_sent_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be sent to another process"):
        check_determinism(one(call), hash_seeds=(1,))
