"""An event loop with virtual time, which offers what is outstanding instead of waiting for it.

It runs ordinary `async def` code: tasks, locks, queues, gather, TaskGroup, wait_for. What is ready
runs in order. A declared call or a delay stays outstanding until somebody chooses it; nothing here
waits for the real world, and what would is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar
from typing import Any

from dnsrace.errors import Place, ScheduleError
from dnsrace.schedule.actors import Call, Process, Timer
from dnsrace.schedule.boundary import Scheduler
from dnsrace.schedule.failure import Failure, of_error
from dnsrace.schedule.places import here

PROCESS: ContextVar[Process] = ContextVar("PROCESS")
"""Whose code is running; tasks inherit it."""
MOST_CALLBACKS = 100_000
"""So many callbacks without a choice are a loop that waits for nothing."""


class VirtualLoop(Scheduler):
    """The part of the scheduler that asyncio and declared calls see.

    Parameters
    ----------
    places: whether to keep where each call is made, which takes time.
    """

    def __init__(self, places: bool) -> None:
        self.now = 0.0
        self.failure: Failure | None = None
        self.refusal: ScheduleError | None = None
        self.over = False
        self.any_dead = False
        self.tasks: list[asyncio.Task[Any]] = []
        self.ready: deque[asyncio.Handle] = deque()
        self._places = places
        self._numbers = 0

    def drain(self) -> None:
        """Run everything that is ready. Raises ScheduleError when that does not end."""
        callbacks = 0
        while self.ready:
            handle = self.ready.popleft()
            if handle._cancelled or (self.any_dead and _owner(handle).dead):
                continue
            handle._run()
            callbacks += 1
            if callbacks > MOST_CALLBACKS:
                raise ScheduleError(
                    f"{_owner(handle).name} goes on and on without waiting: {MOST_CALLBACKS:,} "
                    "callbacks since the last completed call",
                    cure="wait for an asyncio.Event, or sleep for a while: sleep(0) is no delay",
                )

    def close(self) -> None:
        """Close what is unfinished, here and now: not whenever garbage is collected."""
        self.over = True
        for task in self.tasks:
            if not task.done():
                task._log_destroy_pending = False  # type: ignore[attr-defined]
                with contextlib.suppress(RuntimeError):  # it awaits in its `finally`
                    task.get_coro().close()

    def refuse(self, cause: str, cure: str) -> ScheduleError:
        """The error for what is not controlled; it ends the run even where the code catches it."""
        error = ScheduleError(cause, place=here(), cure=cure)
        self.refusal = self.refusal or error
        return error

    # -- declared calls

    def call(self, process: Process, name: str, **more: Any) -> Call:
        """Make a call outstanding."""
        call = Call(process, name, self._number(), **more)
        process.calls.append(call)
        return call

    def enter(self, name: str) -> Call:
        """Make a call of the running actor outstanding."""
        if self.over:
            raise asyncio.CancelledError
        future: asyncio.Future[str | None] = asyncio.Future(loop=self)
        return self.call(PROCESS.get(), name, chosen=future, place=self._place())

    def leave(self, call: Call) -> None:
        """Take back a call whose caller was cancelled."""
        if call in call.process.calls:
            call.process.calls.remove(call)

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _place(self) -> Place | None:
        return here() if self._places else None

    # -- what asyncio needs of an event loop

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self.now

    def is_running(self) -> bool:
        """True until the run is over."""
        return not self.over

    def is_closed(self) -> bool:
        """Whether the run is over."""
        return self.over

    def get_debug(self) -> bool:
        """False."""
        return False

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run the callback before the next choice."""
        handle = asyncio.Handle(callback, args, self, context)
        self.ready.append(handle)
        return handle

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: Any,
        context: Context | None = None,
    ) -> Timer:  # fmt: skip
        """Run the callback when this timer is chosen, but not before its time."""
        return self.call_at(self.now + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any,
        context: Context | None = None,
    ) -> Timer:  # fmt: skip
        """Run the callback when this timer is chosen, but not before its time."""
        sleeps = getattr(callback, "__name__", "") == "_set_result_unless_cancelled"
        timer = Timer(
            PROCESS.get(),
            "sleep" if sleeps else "timeout",
            self._number(),
            place=self._place(),
            due=when,
            handle=asyncio.Handle(callback, args, self, context),
        )
        timer.set()
        return timer

    def create_future(self) -> asyncio.Future[Any]:
        """A future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]
        self, coro: Coroutine[Any, Any, Any], *, name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[Any]:  # fmt: skip
        """A task of the running actor."""
        task = asyncio.Task(coro, loop=self, name=name, context=context)
        self.tasks.append(task)
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """An error in a callback is a failure of the run; other remarks of asyncio are dropped."""
        error = context.get("exception")
        if isinstance(error, Exception) and not self.over:
            self.failure = self.failure or of_error(error, context.get("message", "a callback"))


def _owner(handle: asyncio.Handle) -> Process:
    process: Process = handle._context[PROCESS]  # type: ignore[attr-defined]
    return process


def _refusal(name: str) -> Callable[..., Any]:
    if "executor" in name or "threadsafe" in name:
        cause = "a thread runs when it likes, and cannot be controlled"
        cure = "declare the call with @boundary, and let its fake answer without a thread"
    elif name.startswith(("run", "stop", "close", "shutdown", "set_", "get_", "default")):
        cause = "the event loop belongs to the scheduler"
        cure = "leave that to the code that starts the service"
    else:
        cause = "sockets, processes and signals of the system cannot be controlled"
        cure = "declare the call with @boundary, and put a fake behind it"

    def refuse(self: VirtualLoop, *args: object, **kwargs: object) -> Any:
        raise self.refuse(f"{name}(): {cause}", cure)

    return refuse


for _name in vars(asyncio.AbstractEventLoop):
    if not _name.startswith("_") and _name not in vars(VirtualLoop):
        setattr(VirtualLoop, _name, _refusal(_name))
