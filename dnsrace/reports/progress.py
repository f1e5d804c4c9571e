"""A line that tells how far a long search is; nothing when the output is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console

from dnsrace.findings.explained import Headway
from dnsrace.findings.verdicts import Progress

T = TypeVar("T")


@contextmanager
def progress_line(
    console: Console, text: Callable[[T], str]
) -> Iterator[Callable[[T], None] | None]:
    """A listener that keeps one line on a terminal up to date, or None without a terminal.

    Parameters
    ----------
    text: what the line says of what the listener is given.
    """
    if not console.is_terminal:
        yield None
        return
    with console.status("searching ...") as status:
        yield lambda progress: status.update(text(progress))


def progress_text(progress: Progress) -> str:
    """`depth 31, 4,200,000 states, 300,000 waiting, 8.1 million/s, 85 MiB`."""
    rate = progress.states / progress.seconds if progress.seconds > 0 else 0.0
    return (
        (f"{progress.task}: " if progress.task else "")
        + f"depth {progress.depth}, {progress.states:,} states, {progress.waiting:,} waiting, "
        f"{rate / 1e6:.2f} million/s, {progress.memory / 2**20:,.0f} MiB ({progress.engine})"
    )


def headway_text(headway: Headway) -> str:
    """`event 3,100 of 10,000, 24 states at once, 90,000 in all, 12 s`."""
    return (
        f"event {headway.events:,} of {headway.of:,}, {headway.at_once:,} states at once, "
        f"{headway.states:,} in all, {headway.seconds:,.0f} s"
    )
