"""A line that tells how far a long search is; nothing when the output is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console

from dnsrace.findings.verdicts import Progress

T = TypeVar("T")


@contextmanager
def progress_line(
    console: Console, words: Callable[[T], str]
) -> Iterator[Callable[[T], None] | None]:
    """A listener that keeps one line on a terminal up to date with what `words` says of where the
    work is, or None without a terminal."""
    if not console.is_terminal:
        yield None
        return
    with console.status("searching ...") as status:
        yield lambda progress: status.update(words(progress))


def progress_text(progress: Progress) -> str:
    """`depth 31, 4,200,000 states, 300,000 waiting, 8.1 million/s, 85 MiB`."""
    rate = progress.states / progress.seconds if progress.seconds > 0 else 0.0
    return (
        (f"{progress.task}: " if progress.task else "")
        + f"depth {progress.depth}, {progress.states:,} states, {progress.waiting:,} waiting, "
        f"{rate / 1e6:.2f} million/s, {progress.memory / 2**20:,.0f} MiB ({progress.engine})"
    )
