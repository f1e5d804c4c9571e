"""What generated files import: marks of functions, and operations for which Python has no words.

Here is what these mean. What they become in machine code is in `operations`.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSequence
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Mark a function that Python calls: its parameters are annotated."""
    return function


def inner(function: F) -> F:
    """Mark a function that only compiled ones call."""
    return function


def merged(function: F) -> F:
    """Mark a function that is copied into those that call it."""
    return function


def get(array: MutableSequence[int], index: int) -> int:
    """`array[index]`."""
    return array[index]


def put(array: MutableSequence[int], index: int, value: int) -> None:
    """`array[index] = value`."""
    array[index] = value


def prefetch(array: MutableSequence[int], index: int) -> None:
    """Ask for the cache line of an element, to write to it soon."""


def pick(test: bool, yes: int, no: int) -> int:
    """One of two integers or Bools, without a branch; the other may be undefined."""
    return yes if test else no


def lowest(bits: int) -> int:
    """The position of the lowest bit that is set; there must be one."""
    return (bits & -bits).bit_length() - 1


def find(table: MutableSequence[int], at: int, entry: int, low_bits: int) -> int:
    """Compare the eight entries of `table` from position `at` on, which is a multiple of eight,
    with `entry`, leaving out their low bits. The result has a bit for each entry that is equal,
    256 upwards, and a bit for each that is equal or empty, 1 upwards. Entries are not negative."""
    found = 0
    for i in range(8):
        there = table[at + i]
        if there == 0:
            found |= 1 << i
        elif there >> low_bits == entry:
            found |= 257 << i
    return found


def squeeze(
    lanes: MutableSequence[int], at: int, flags: int, count: int, out: MutableSequence[int], n: int
) -> int:
    """Of the eight words of `lanes` from position `at` on, but no more than `count`, write those
    whose flag, from position `flags` on, is not negative to `out` from position n on; what lies
    behind them there, up to eight words, is spoilt. Returns how many there were."""
    many = 0
    for i in range(min(8, count)):
        if lanes[flags + i] >= 0:
            out[n + many] = lanes[at + i]
            many += 1
    return many
