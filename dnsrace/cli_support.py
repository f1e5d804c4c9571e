"""What the commands share: turning options into a request, Ctrl-C, and files."""

from __future__ import annotations

import re
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dnsrace import __version__
from dnsrace.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from dnsrace.engines.bounded_request import BoundedRequest
    from dnsrace.engines.conform import Bounds
    from dnsrace.engines.hunt import HuntRequest
    from dnsrace.engines.request import Request
    from dnsrace.findings.explain import Explanation
    from dnsrace.findings.report import Report
    from dnsrace.findings.trace import Trace
    from dnsrace.prove import ProofRequest
    from dnsrace.verify import VerifyRequest

    R = TypeVar("R", Request, HuntRequest, BoundedRequest, Bounds, ProofRequest, VerifyRequest)


NARROWEST = 20
"""Columns that are used at least, on whatever terminal."""


def make_request(
    names: list[str] | None, engine: str, symmetry: bool, keep_going: bool, deadlock: bool,
    states: int | None, depth: int | None, memory: str | None, seconds: float | None,
    unbounded: str | None = None,
) -> Request:  # fmt: skip
    """What the options of `explore` ask for. Raises UsageError."""
    from dnsrace.engines.request import ENGINES, Limits, Request

    if engine not in ENGINES:
        raise UsageError(f"--engine: {engine!r} is not one", cure=f"give {', '.join(ENGINES)}")
    return Request(
        names=tuple(names or ()), engine=engine, symmetry=symmetry, keep_going=keep_going,
        deadlock=deadlock, unbounded=unbounded,
        limits=Limits(states, depth, _bytes(memory), seconds),
    )  # fmt: skip


def offered_engines(incomplete: str) -> list[str]:
    """The engines that a word may become, for the shell's completion."""
    from dnsrace.engines.request import ENGINES

    return [name for name in ENGINES if name.startswith(incomplete)]


def _bytes(text: str | None) -> int | None:
    """`500M` as a number of bytes. Raises UsageError."""
    if text is None:
        return None
    units = {"K": 10, "M": 20, "G": 30}
    number, unit = (text[:-1], text[-1].upper()) if text[-1:].upper() in units else (text, "")
    if not re.fullmatch("[0-9]+", number) or int(number) == 0:
        raise UsageError(f"--max-memory: {text!r} is no size", cure="write 500M or 8G")
    return int(number) << units.get(unit, 0)


@contextmanager
def interruptible(request: R, words: Callable[[Any], str] | None = None) -> Iterator[R]:
    """The request, with a line of progress; Ctrl-C ends it with a partial report, a second one at
    once.

    Parameters
    ----------
    words: what the line says of how far it is; by default what it says of a search.
    """
    from dnsrace.reports.progress import progress_line, progress_text

    pressed = False

    def press(*_: object) -> None:
        nonlocal pressed
        if pressed:
            print("interrupted twice: nothing is reported", file=sys.stderr)
            raise SystemExit(3)
        pressed = True

    before = signal.signal(signal.SIGINT, press)
    try:
        said: Callable[[Any], str] = words or progress_text
        with progress_line(console(stderr=True), said) as listener:
            yield replace(request, listener=listener, interrupted=lambda: pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def console(stderr: bool = False) -> Console:
    """A console that prints numbers as they are, and colours where the output has them."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False)
    made.width = max(made.width, NARROWEST)
    return made


def write_json(path: str, data: Any) -> None:
    """Write data as JSON to a file, or to standard output for `-`. Raises UsageError."""
    plain = path == "-" and sys.stdout.encoding.lower() not in ("utf-8", "utf8")
    write_text(path, json_text(data, plain=plain))


def json_text(data: Any, *, plain: bool = True) -> str:
    """Data as JSON; `plain`: in ASCII."""
    import json

    return json.dumps(data, indent=2, ensure_ascii=plain) + "\n"


def refuse_outputs(**paths: str | None) -> None:
    """Before there is anything to write: raises UsageError for files that cannot be written, and
    when two options want standard output."""
    for option, path in paths.items():
        if path is None or path == "-":
            continue
        if not path or Path(path).is_dir() or not Path(path).parent.is_dir():
            raise UsageError(
                f"--{option}: {path!r} cannot be written",
                cure="give the path of a file, in a folder that exists",
            )
    both = [f"--{option}" for option, path in paths.items() if path == "-"]
    if len(both) > 1:
        raise UsageError(
            f"{' and '.join(both)} cannot both be standard output",
            cure="write one of them to a file",
        )


def write_text(path: str, text: str) -> None:
    """Write a text to a file, or to standard output for `-`. Raises UsageError."""
    if path == "-":
        sys.stdout.write(text)
        return
    try:
        # a name that is no text (of a file, say) is written as JSON writes it
        Path(path).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", cure="give another path"
        ) from None


def write_trace(path: str, explanation: Explanation | None) -> None:
    """Write the explained trace, if there is one; a warning where there is none. Raises
    UsageError."""
    if explanation is None:
        warnings.warn(f"nothing is violated: there is no trace to write to {path}", stacklevel=2)
        return
    write_trace_file(path, explanation.trace)


def write_trace_file(path: str, trace: Trace) -> None:
    """Write a trace; the path's ending says in which form. Raises UsageError."""
    from dnsrace.findings.formats import itf
    from dnsrace.findings.trace import trace_data

    if path.endswith(".json"):
        write_json(path, itf(trace) if path.endswith(".itf.json") else trace_data(trace))
    else:
        write_text(path, trace.text + "\n")


def write_page(path: str, what: Report | Trace) -> None:
    """Write the interactive page of a search or of a trace; a warning where there is nothing to
    show. Raises UsageError."""
    from dnsrace.reports.page.document import document
    from dnsrace.reports.page.gather import shown_of

    with console(stderr=True).status("making the page"), redirect_stdout(sys.stderr):
        # what the model prints must not get into the page on standard output
        shown = shown_of(what)
        text = document(shown) if shown.what or shown.space else ""
    if text:
        write_text(path, text)
    else:
        warnings.warn(
            f"there is nothing to show: no trace, and no space to drive in; {path} is not written. "
            f"{shown.no_space}",
            stacklevel=2,
        )


def trace_text(given: str) -> str:
    """The text of a trace: given itself, in a file, or on standard input. Raises UsageError."""
    if given == "-":
        return sys.stdin.read()
    path = Path(given)
    cure = "give a trace in quotes, or the path of a text file with one"
    try:
        # not only plain files: `<(command)` is none
        if len(given) < 4096 and given and path.exists() and not path.is_dir():
            return path.read_text(encoding="utf-8")
    except OSError as error:
        if "(" not in given and "{" not in given:  # a long trace is no name that a file may have
            raise UsageError(f"{given} cannot be read: {error.strerror}", cure=cure) from None
    except UnicodeDecodeError:
        raise UsageError(f"{given} is no text", cure=cure) from None
    if "(" not in given and "{" not in given:
        raise UsageError(f"{given!r} is neither a file nor a trace", cure=cure)
    return given


def save_details() -> str:
    """Write the traceback of the exception in flight to a file, and give its path."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="dnsrace-error-", suffix=".txt", delete=False
    ) as file:
        file.write(f"dnsrace {__version__}, Python {sys.version}\n{sys.argv}\n")
        file.write(traceback.format_exc())
    return file.name
