"""Small words that findings and reports need."""

from __future__ import annotations

from collections.abc import Iterable

from dnsrace.model.system import System


def counted(number: int, noun: str) -> str:
    """`1 state`, `2,000 states`."""
    return f"{number:,} {noun}" + "s" * (number != 1)


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def sizes(system: System) -> str:
    """The sizes that a system leaves open, in words: `any enactors >= 1 and plans >= 1`."""
    parts = []
    for p in system.model.parameters:
        if p.name in system.open:
            low, high = p.bounds.low, p.bounds.high
            parts.append(
                (f"{low} <= " if low is not None and high is not None else "")
                + p.name
                + (f" <= {high}" if high is not None else f" >= {low}" if low is not None else "")
            )
    return f"any {listed(parts)}" if parts else "these parameters only"


def can_show(encoding: str, text: str) -> bool:
    """Whether an output with this encoding has all signs of a text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def first_line(doc: str) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(doc.split("\n\n")[0].split())
