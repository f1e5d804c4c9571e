"""The commands in the documentation: finding them, running them, comparing what they print.

A page is read from top to bottom, in a directory of its own. A code block behind the comment
`<!-- file: NAME -->` is written to that file. In a `console` block, a line that begins with `$ `
is a command, and the lines below it are what it prints; `...` on a line of its own stands for any
lines, or none.
"""

from __future__ import annotations

import difflib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.running import dnsrace, timeless

ELISION = "..."
ALIKE = 0.6
"""Likeness from which on two lines are taken for the same line, then and now."""


@dataclass
class Written:
    """A file that a page shows."""

    name: str
    text: str


@dataclass
class Typed:
    """A command, and what the page says that it prints, from line `start` to line `stop`."""

    command: str
    expected: list[str]
    start: int
    stop: int


def read_page(text: str) -> Iterator[Written | Typed]:
    """What there is to do on a page, in order."""
    lines, name = text.splitlines(), ""
    at = 0
    while at < len(lines):
        comment = re.fullmatch(r"<!-- file: (\S+) -->", lines[at].strip())
        fence = re.fullmatch(r"(`{3,})(\w*).*", lines[at])
        if comment:
            name = comment[1]
        elif fence:
            stop = next(i for i in range(at + 1, len(lines)) if lines[i].strip() == fence[1])
            if name:
                yield Written(name, "\n".join(lines[at + 1 : stop]) + "\n")
                name = ""
            elif fence[2] == "console":
                yield from _commands(lines, at + 1, stop)
            at = stop
        at += 1


def _commands(lines: list[str], start: int, stop: int) -> Iterator[Typed]:
    begins = [i for i in range(start, stop) if lines[i].startswith("$ ")]
    assert begins[:1] == [start], f"line {start + 1}: a console block begins with a command"
    for begin, end in zip(begins, [*begins[1:], stop], strict=True):
        yield Typed(lines[begin][2:], lines[begin + 1 : end], begin + 1, end)


def run(command: str) -> list[str]:
    """What a command prints, as a terminal shows it, without the blanks at line ends."""
    program, *args = shlex.split(command)
    assert program in ("dnsrace", "python"), f"{command}: only dnsrace and python are run here"
    if program == "dnsrace":
        done = dnsrace(*args)
        text = done.out + done.err
    else:
        text = subprocess.run(
            [sys.executable, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=60,
        ).stdout  # fmt: skip
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def matches(expected: list[str], printed: list[str]) -> bool:
    """Whether the output is what is expected, times aside."""
    parts: list[list[str]] = [[]]
    for line in timeless("\n".join(expected).rstrip()).splitlines():
        if line == ELISION:
            parts.append([])
        else:
            parts[-1].append(line)
    rest = timeless("\n".join(printed)).splitlines()
    if len(parts) == 1:
        return rest == parts[0]
    first, *middle, last = parts
    if rest[: len(first)] != first:
        return False
    rest = rest[len(first) :]
    for part in middle:
        at = next((i for i in range(len(rest) + 1) if rest[i : i + len(part)] == part), None)
        if at is None:
            return False
        rest = rest[at + len(part) :]
    return not last or rest[-len(last) :] == last


def rewritten(expected: list[str], printed: list[str]) -> list[str]:
    """What the page should say: the output, with its three dots where they were."""
    if ELISION not in expected:
        return printed
    found: list[str] = []
    at, dots = 0, False
    for line in expected:
        if line == ELISION:
            dots = True
            continue
        likeness = [_likeness(line, other) for other in printed[at:]]
        best = max(likeness, default=0.0)
        if best < ALIKE:
            continue
        here = at + likeness.index(best)
        found += [ELISION] if dots else printed[at:here]
        found.append(printed[here])
        at, dots = here + 1, False
    if dots and expected[-1] != ELISION and at < len(printed):
        return [*found, ELISION, printed[-1]]
    return [*found, *([ELISION] if dots else printed[at:])]


def _likeness(line: str, other: str) -> float:
    if not line or not other:
        return float(line == other)
    return difflib.SequenceMatcher(None, timeless(line), timeless(other), autojunk=False).ratio()


def check_page(page: Path, directory: Path, *, rewrite: bool) -> list[str]:
    """Do all that a page shows, inside a directory. Returns the differences, or repairs them."""
    lines = page.read_text(encoding="utf-8").splitlines()
    wrong: list[tuple[Typed, list[str]]] = []
    for item in read_page("\n".join(lines)):
        if isinstance(item, Written):
            (directory / item.name).write_text(item.text, encoding="utf-8")
            continue
        printed = run(item.command)
        if not matches(item.expected, printed):
            wrong.append((item, printed))
    if rewrite and wrong:
        for item, printed in reversed(wrong):
            lines[item.start : item.stop] = rewritten(item.expected, printed)
        page.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return []
    return [
        f"{page.name}, line {item.start}: $ {item.command}\n"
        + "\n".join(
            difflib.unified_diff(
                item.expected, rewritten(item.expected, printed), "the page", "now", lineterm=""
            )
        )
        for item, printed in wrong
    ]
