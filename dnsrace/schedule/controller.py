"""The scheduler: it completes outstanding calls one by one, as a source of choices says.

How long a call takes is not a number but a choice. Completing one call at a time is the idea of
systematic testing of message-passing code (Deligiannis et al., "Uncovering Bugs in Distributed
Storage Systems during Testing (Not in Production!)", FAST 2016).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from functools import partial
from typing import Any

from dnsrace.schedule.actors import COPIES, Actors, Call, Note, Process, Step, Timer
from dnsrace.schedule.boundary import INSIDE
from dnsrace.schedule.choices import Choices
from dnsrace.schedule.failure import Broken, Failure, of_error
from dnsrace.schedule.faults import START, Faults
from dnsrace.schedule.loop import PROCESS, VirtualLoop


class Controller(VirtualLoop):
    """Runs a program once.

    Parameters
    ----------
    actors: the program, made for this run.
    choices: says which outstanding call completes next.
    faults: how many of each kind may be chosen.
    max_calls: the run is cut after so many completed calls.
    places: whether to keep where each call is made, which takes time.
    """

    def __init__(
        self, actors: Actors, choices: Choices, faults: Faults, max_calls: int, places: bool
    ) -> None:
        super().__init__(places)
        self.steps: list[Step] = []
        self.notes: list[Note] = []
        self._actors, self._choices = actors, choices
        self._faults, self._max_calls = faults, max_calls
        self._copies = Process(COPIES)
        self._processes = [Process(name) for name in actors.functions]
        self._unfinished = len(self._processes)

    def run(self) -> tuple[str, Failure | None]:
        """How the run ended: passed, failed, cut or stopped. Raises ScheduleError."""
        asyncio._set_running_loop(self)
        try:
            for process in self._processes:
                self.call(process, START, action=partial(self._start, process))
            return self._until_the_end()
        finally:
            self.close()
            asyncio._set_running_loop(None)

    def _until_the_end(self) -> tuple[str, Failure | None]:
        last = None
        while True:
            self.drain()
            failure = self.failure or self._broken_invariant()
            if self.refusal:
                raise self.refusal
            if failure:
                return "failed", failure
            if self._is_finished():
                failure = self._unheard()
                return ("failed", failure) if failure else ("passed", None)
            options = self._options()
            if not options:
                return "failed", self._deadlock()
            if len(self.steps) >= self._max_calls:
                return "cut", None
            option = self._choices.choose(options, last)
            if option is None:
                return "stopped", None
            self._complete(option)
            last = option.process.name

    def _options(self) -> list[Call]:
        options: list[Call] = []
        for process in self._processes:
            options += process.calls
            if process.timers:
                options.append(process.timers[0])
        options += self._copies.calls
        if self._faults and options:
            options += self._faults.options(options)
        return options

    def _complete(self, option: Call) -> None:
        process, fault = option.process, option.fault
        self._record(option)
        if fault:
            self._faults = self._faults.less(fault)
        if fault == "crash":
            self._crash(process)
        elif isinstance(option, Timer):
            del process.timers[0]
            assert option.handle is not None
            self.ready.append(option.handle)
        else:
            process.calls = [c for c in process.calls if c.number != option.number]
            if option.chosen is not None:
                option.chosen.set_result(fault)
            elif option.action is not None:
                option.action()

    def _record(self, option: Call) -> None:
        process, nth, alone = option.process, 1, True
        if len(process.calls) + len(process.timers) > 1:
            alone = False
            nth += sum(c.name == option.name and c.number < option.number for c in process.calls)
        if isinstance(option, Timer) and option.fault is None:
            self.now = max(self.now, option.due)
        self.steps.append(
            Step(process.name, option.name, nth, alone, option.fault, self.now, option.place)
        )

    # -- actors

    def _start(self, process: Process) -> None:
        context = copy_context()
        context.run(PROCESS.set, process)
        process.task = context.run(self.create_task, self._live(process))

    async def _live(self, process: Process) -> None:
        try:
            await self._actors.functions[process.name]()
        except Exception as error:  # whatever the code raises is what the run has found
            self.failure = self.failure or of_error(error, process.name)
        finally:
            self._unfinished -= 1

    def _crash(self, process: Process) -> None:
        process.dead = self.any_dead = True
        process.calls, process.timers = [], []
        if process.task is not None and process.task.done():  # only its other tasks were left
            self._unfinished += 1
        again = Process(process.name)
        self._processes[self._processes.index(process)] = again
        self.call(again, START, action=partial(self._start, again))
        if self._actors.crashed is not None:
            context = copy_context()
            context.run(PROCESS.set, process)
            context.run(self._actors.crashed, process.name)

    def _is_finished(self) -> bool:
        if self._actors.until is not None and self._actors.until():
            return True
        return not self._unfinished

    def repeat(self, name: str, call: Callable[[], Awaitable[object]]) -> None:
        """Make a second delivery of a call outstanding."""

        async def deliver() -> None:
            with contextlib.suppress(Exception):  # nobody reads the answer
                await call()

        def start() -> None:
            context = copy_context()
            context.run(PROCESS.set, self._copies)
            context.run(INSIDE.set, True)
            context.run(self.create_task, deliver())

        self.call(self._copies, f"{PROCESS.get().name}.{name}", action=start)

    def note(self, text: str, values: dict[str, Any]) -> None:
        """Keep what the running actor says."""
        if not self.over:
            process = PROCESS.get(None)
            name = process.name if process is not None else ""
            self.notes.append(Note(len(self.steps), name, text, values))

    # -- what may be wrong

    def _broken_invariant(self) -> Failure | None:
        for invariant in self._actors.invariants:
            name = getattr(invariant, "__name__", repr(invariant))
            try:
                if invariant() is False:
                    raise Broken((invariant.__doc__ or "it is False").strip().splitlines()[0])
            except AssertionError as error:
                return Failure("invariant", name, str(error) or "its assertion failed", error)
            except Exception as error:  # it could not be decided, and that is no pass
                return of_error(error, f"the invariant {name}")
        return None

    def _deadlock(self) -> Failure:
        stuck = [p.name for p in self._processes if p.task is None or not p.task.done()]
        text = f"nothing is outstanding, and these wait for ever: {', '.join(stuck)}"
        return Failure("deadlock", "deadlock", text, Broken(text))

    def _unheard(self) -> Failure | None:
        """The error of a task that ended and that nobody awaited."""
        for task in self.tasks:
            if task.done() and not task.cancelled() and getattr(task, "_log_traceback", False):
                error = task.exception()
                if isinstance(error, Exception):
                    return of_error(error, task.get_name())
        return None
