"""Canonical forms under symmetry, as Python text: the sorted sub-states of each domain's names.

Two states have the same canonical form just when a renaming turns one into the other: see `layout`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from dnsrace.engines.layout import Layout, Row
from dnsrace.engines.writer import Writer


def sort_substates(writer: Writer, layout: Layout) -> None:
    """Lines that make the words w0, w1, ... canonical."""
    for row in layout.substates.values():
        _take_apart(writer, row)
        for a, b in _sorting_network(row.count):
            writer.line(f"low = min(s{a}, s{b})")
            writer.line(f"s{b} = max(s{a}, s{b})")
            writer.line(f"s{a} = low")
        for word in sorted({row.place(i)[0] for i in range(row.count)}):
            here = [(i, row.place(i)[1]) for i in range(row.count) if row.place(i)[0] == word]
            mask = sum(((1 << row.width) - 1) << shift for _, shift in here)
            parts = " | ".join(f"(s{i} << {shift})" for i, shift in here)
            writer.line(f"w{word} = (w{word} & {~mask}) | {parts}")


def orbit_size(writer: Writer, layout: Layout) -> str:
    """Text of the number of arrangements of the sorted sub-states, after lines that prepare it:
    a product of multinomials, n! divided by the factorials of the lengths of runs of equals."""
    ways = 1
    writer.line("runs = 1")
    for row in layout.substates.values():
        ways *= math.factorial(row.count)
        _take_apart(writer, row)
        writer.line("same = 1")
        for i in range(1, row.count):
            writer.line(f"same = {writer.pick(f's{i} == s{i - 1}', 'same', '0')} + 1")
            writer.line("runs = runs * same")
    # a float holds these exactly, and divides faster
    return f"int({float(ways)} / runs)" if ways < 1 << 53 else f"{ways} // runs"


def _take_apart(writer: Writer, row: Row) -> None:
    for i in range(row.count):
        word, shift = row.place(i)
        writer.line(f"s{i} = (w{word} >> {shift}) & {(1 << row.width) - 1}")


def _sorting_network(n: int) -> Iterator[tuple[int, int]]:
    """Pairs to compare and swap: odd-even merge sort (Knuth, TAOCP 3, 5.2.2, algorithm M)."""
    t = (n - 1).bit_length()
    p = 1 << max(0, t - 1)
    while p > 0:
        q, r, d = 1 << max(0, t - 1), 0, p
        while d > 0:
            for i in range(n - d):
                if i & p == r:
                    yield i, i + d
            d, q, r = q - p, q >> 1, p
        p >>= 1
