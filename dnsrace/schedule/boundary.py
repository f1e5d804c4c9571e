"""How code declares a call that leaves it, and what it wants to be told of a run.

Neither needs the scheduler: outside of it a declared call simply runs, and a note is dropped. So
production code may keep both.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from dnsrace.errors import UsageError
from dnsrace.schedule.actors import Call

P = ParamSpec("P")
T = TypeVar("T")

INSIDE: ContextVar[bool] = ContextVar("INSIDE", default=False)
"""Whether the running code belongs to a declared call already."""


class Scheduler(asyncio.AbstractEventLoop):
    """What a declared call asks of the event loop that controls it."""

    def enter(self, name: str) -> Call:
        """Make a call outstanding; its future gets the fault, or None, when it is chosen."""
        raise NotImplementedError

    def leave(self, call: Call) -> None:
        """Take back a call whose caller was cancelled."""
        raise NotImplementedError

    def repeat(self, name: str, call: Callable[[], Awaitable[object]]) -> None:
        """Make a second delivery of a call outstanding, whose answer nobody reads."""
        raise NotImplementedError

    def note(self, text: str, values: dict[str, Any]) -> None:
        """Keep a note in the run's timeline."""
        raise NotImplementedError


def boundary(
    name: str,
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Coroutine[Any, Any, T]]]:
    """Declare an async function as a call to the outside: a database, a queue, an HTTP API.

        @boundary("route53.change")
        async def change_resource_record_sets(self, zone, batch): ...

    Under the scheduler the call is outstanding until it is chosen; then the function runs, and its
    caller goes on to its next await, before anything else happens. A declared call inside of a
    declared call is a part of it. Elsewhere the function just runs.

    Parameters
    ----------
    name: letters, digits, `_`, `.` and `-`; it stands in timelines and tokens.

    Raises UsageError for another name.
    """
    if not name or not all(c.isalnum() or c in "_.-" for c in name):
        raise UsageError(
            f"{name!r} cannot be the name of a boundary", cure="letters, digits, `_`, `.` and `-`"
        )

    def declare(function: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        @functools.wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            loop = asyncio.get_running_loop()
            if not isinstance(loop, Scheduler) or INSIDE.get():
                return await function(*args, **kwargs)
            waiting = loop.enter(name)
            assert waiting.chosen is not None
            try:
                fault = await waiting.chosen
            except asyncio.CancelledError:
                loop.leave(waiting)
                raise
            if fault == "duplicate":
                loop.repeat(name, functools.partial(function, *args, **kwargs))
            token = INSIDE.set(True)
            try:
                if fault != "timeout":
                    return await function(*args, **kwargs)
                with contextlib.suppress(Exception):  # the caller hears no refusal either
                    await function(*args, **kwargs)
                raise TimeoutError(f"{name} timed out; whether it was carried out is not known")
            finally:
                INSIDE.reset(token)

        return call

    return declare


def note(text: str, **values: Any) -> None:
    """Tell the run's timeline what has just happened, in words for people.

    Parameters
    ----------
    text: what happened, with the values of this moment.
    values: kept beside the text for programs, in `Run.notes`.
    """
    loop = asyncio._get_running_loop()
    if isinstance(loop, Scheduler):
        loop.note(text, values)
