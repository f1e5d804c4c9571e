"""Small programs with known races: `from programs import ...`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from dnsrace.schedule import Actors, boundary, note


@boundary("call")
async def call() -> None:
    """A call whose effect does not matter."""


class Counter:
    """Read, think, write: increments are lost when two do it at once."""

    def __init__(self) -> None:
        self.value = 0
        self.done = 0

    @boundary("db.read")
    async def read(self) -> int:
        return self.value

    @boundary("db.write")
    async def write(self, value: int) -> None:
        self.value = value

    async def increment(self) -> None:
        seen = await self.read()
        await self.write(seen + 1)
        self.done += 1
        note(f"writes {seen + 1}", seen=seen)

    def nothing_is_lost(self) -> None:
        """Whoever has finished has been counted."""
        assert self.value >= self.done, f"{self.done} increments, and the value is {self.value}"


def lost_update() -> Actors:
    """Two increments of one counter."""
    counter = Counter()
    functions = {"a": counter.increment, "b": counter.increment}
    return Actors(functions, [counter.nothing_is_lost])


def locked_update() -> Actors:
    """The same, with a lock around each increment."""
    counter, lock = Counter(), asyncio.Lock()

    async def increment() -> None:
        async with lock:
            await counter.increment()

    return Actors({"a": increment, "b": increment}, [counter.nothing_is_lost])


def calling(**times: int) -> Callable[[], Actors]:
    """Actors that only make calls, each so many."""

    def program() -> Actors:
        def actor(count: int) -> Callable[[], Awaitable[None]]:
            async def go() -> None:
                for _ in range(count):
                    await call()

            return go

        return Actors({name: actor(count) for name, count in times.items()})

    return program


def one(function: Callable[[], Awaitable[object]]) -> Callable[[], Actors]:
    """A program with one actor, named a."""
    return lambda: Actors({"a": function})
