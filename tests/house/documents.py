"""The commands in the documentation: finding them, running them, comparing what they print.

A page is read from top to bottom, in a directory of its own. A code block behind the comment
`<!-- file: NAME -->` is written to that file. One behind `<!-- from: NAME -->` is a piece of the
file of that name beside the page. In a `console` block, a line that begins with `$ ` is a command,
and the lines below it are what it prints; `...` on a line of its own stands for any lines, or none.
Blocks may be indented, as inside of a solution that unfolds.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.running import WIDTH, dnsrace, timeless

ELISION = "..."
ALIKE = 0.6
"""Likeness from which on two lines are taken for the same line, then and now."""


@dataclass
class Written:
    """A file that a page shows."""

    name: str
    text: str


@dataclass
class Quoted:
    """A piece of a file beside the page, shown from line `start` on."""

    name: str
    text: str
    start: int


@dataclass
class Typed:
    """A command, and what the page says that it prints, from line `start` to line `stop`."""

    command: str
    expected: list[str]
    start: int
    stop: int
    indent: str = ""


def read_page(text: str) -> Iterator[Written | Quoted | Typed]:
    """What there is to do on a page, in order."""
    lines, kind, name = text.splitlines(), "", ""
    at = 0
    while at < len(lines):
        comment = re.fullmatch(r"<!-- (file|from): (\S+) -->", lines[at].strip())
        fence = re.fullmatch(r"( *)(`{3,})(\w*).*", lines[at])
        if comment:
            kind, name = comment[1], comment[2]
        elif fence:
            stop = next(i for i in range(at + 1, len(lines)) if lines[i].strip() == fence[2])
            inside = [line.removeprefix(fence[1]) for line in lines[at + 1 : stop]]
            block = "\n".join(inside) + "\n"
            if kind == "file":
                yield Written(name, block)
            elif kind == "from":
                yield Quoted(name, block, at + 1)
            elif fence[3] == "console":
                yield from _commands(inside, at + 1, fence[1])
            at, kind = stop, ""
        at += 1


def _commands(block: list[str], first: int, indent: str) -> Iterator[Typed]:
    begins = [i for i, line in enumerate(block) if line.startswith("$ ")]
    assert begins[:1] == [0], f"line {first + 1}: a console block begins with a command"
    for begin, end in zip(begins, [*begins[1:], len(block)], strict=True):
        expected = block[begin + 1 : end]
        yield Typed(block[begin][2:], expected, first + begin + 1, first + end, indent)


def run(command: str) -> list[str]:
    """What a command prints, as a terminal shows it, without the blanks at line ends."""
    program, *args = shlex.split(command)
    known = {"python": [], "pytest": ["-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist"]}
    assert program in ("dnsrace", *known), f"{command}: this program is not run here"
    if program == "dnsrace":
        done = dnsrace(*args)
        text = done.out + done.err
    else:
        text = subprocess.run(
            [sys.executable, *known[program], *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            env={**os.environ, "COLUMNS": str(WIDTH)},
        ).stdout
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
    """Do all that a page shows, inside a directory that has the Python files beside the page.

    Returns the differences, or repairs them."""
    lines = page.read_text(encoding="utf-8").splitlines()
    if directory != page.parent:
        for beside in page.parent.glob("*.py"):
            shutil.copy(beside, directory)
    misquoted: list[str] = []
    wrong: list[tuple[Typed, list[str]]] = []
    for item in read_page("\n".join(lines)):
        if isinstance(item, Written):
            (directory / item.name).write_text(item.text, encoding="utf-8")
            continue
        if isinstance(item, Quoted):
            if item.text not in (page.parent / item.name).read_text(encoding="utf-8"):
                misquoted.append(f"{page.name}, line {item.start}: {item.name} says something else")
            continue
        printed = run(item.command)
        if not matches(item.expected, printed):
            wrong.append((item, printed))
    if rewrite and wrong:
        for item, printed in reversed(wrong):
            new = rewritten(item.expected, printed)
            lines[item.start : item.stop] = [(item.indent + line).rstrip() for line in new]
        page.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return misquoted
    return misquoted + [
        f"{page.name}, line {item.start}: $ {item.command}\n"
        + "\n".join(
            difflib.unified_diff(
                item.expected, rewritten(item.expected, printed), "the page", "now", lineterm=""
            )
        )
        for item, printed in wrong
    ]
