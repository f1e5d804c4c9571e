"""Small words that findings and reports need."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """`1 state`, `2,000 states`."""
    return f"{number:,} {noun}" + "s" * (number != 1)
