"""What a run must not depend on, refused at the line that uses it.

Only what is cheap to watch is watched: functions of the standard library that can be replaced while
a run lasts. `datetime.now`, the order of a set and whatever a library does on its own are found by
running twice (`determinism.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import pkgutil
import sys
from collections.abc import Callable, Iterator
from typing import Any

from dnsrace.schedule.loop import VirtualLoop
from dnsrace.schedule.places import is_users

_CLOCK = ("reads the clock of the system", "asyncio.get_running_loop().time() is the virtual time")
_RANDOM = (
    "uses random numbers that no seed of this run controls",
    "give the actor a random.Random(seed) of its own",
)
WATCHED: tuple[tuple[str, tuple[str, ...], tuple[str, str]], ...] = (
    (
        "time",
        ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"),
        _CLOCK,
    ),
    ("time", ("sleep",), ("blocks the whole program", "await asyncio.sleep(seconds)")),
    (
        "random",
        ("random", "uniform", "randint", "randrange", "choice", "choices", "sample", "shuffle",
         "gauss", "expovariate", "getrandbits"),
        _RANDOM,
    ),
    ("os", ("urandom",), _RANDOM),
    ("uuid", ("uuid1", "uuid4"), _RANDOM),
    (
        "threading:Thread", ("start",),
        ("starts a thread, which runs when it likes", "make it a task: asyncio.create_task(...)"),
    ),
    ("secrets", ("token_bytes", "token_hex", "token_urlsafe", "randbelow", "choice"), _RANDOM),
)  # fmt: skip
"""Module, functions, what is wrong with them and what to do instead."""

_watching = False


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Refuse these functions to code under the scheduler, while the block lasts.

    Other threads and other code are not touched. Blocks may be inside of one another.
    """
    global _watching
    if _watching:
        yield
        return
    kept = [(owner, name, getattr(owner, name), cause, cure) for owner, name, cause, cure in _all()]
    try:
        _watching = True
        for owner, name, original, cause, cure in kept:
            setattr(owner, name, _refusing(original, f"{owner.__name__}.{name}() {cause}", cure))
        yield
    finally:
        for owner, name, original, *_ in kept:
            setattr(owner, name, original)
        _watching = False


def _all() -> Iterator[tuple[Any, str, str, str]]:
    for module, names, (cause, cure) in WATCHED:
        owner = pkgutil.resolve_name(module)
        for name in names:
            yield owner, name, cause, cure


def _refusing(original: Callable[..., Any], cause: str, cure: str) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        loop = asyncio._get_running_loop()
        # libraries may look at the clock, as logging does; only a line of the user's is refused
        if (
            isinstance(loop, VirtualLoop)
            and not loop.over
            and asyncio.current_task(loop) is not None
            and is_users(sys._getframe(1))
        ):
            raise loop.refuse(cause, cure)
        return original(*args, **kwargs)

    return call
