"""Running the command line inside this process: `from cli.running import dnsrace`."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
import warnings
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest import mock

# typer looks at these once, when it is imported
os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"
os.environ.pop("TERMINAL_WIDTH", None)

from dnsrace.loader import directory

WIDTH = 100
"""Columns of every output that is compared as a whole."""


@dataclass
class Done:
    """What a command has printed, and its exit code."""

    args: tuple[str, ...]
    code: int
    out: str
    err: str

    def transcript(self) -> str:
        """The command as typed, all that it printed, and its exit code."""
        words = " ".join(w if re.fullmatch(r"[\w./:=-]+", w) else f"'{w}'" for w in self.args)
        return f"$ dnsrace {words}\n{timeless(self.out)}{timeless(self.err)}exit code {self.code}\n"


class _Terminal(io.StringIO):
    """Standard output or error as a file: it has the encoding that a file has."""

    encoding = "utf-8"


def dnsrace(*args: str, input: str = "", may_fail_inside: bool = False) -> Done:
    """Run `dnsrace ARGS`. A traceback, or an error of our own making, fails the test at once."""
    from dnsrace.cli_main import main

    out, err = _Terminal(), _Terminal()
    handler = signal.getsignal(signal.SIGINT)
    code: object = 0
    with ExitStack() as stack:
        enter = stack.enter_context
        enter(warnings.catch_warnings())
        enter(mock.patch.dict(os.environ, {"COLUMNS": str(WIDTH), "NO_COLOR": "1"}))
        for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
            os.environ.pop(name, None)
        enter(mock.patch.object(sys, "argv", ["dnsrace", *args]))
        enter(mock.patch.object(sys.modules["__main__"], "__package__", None))
        enter(mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(input.encode()))))
        enter(redirect_stdout(out))
        enter(redirect_stderr(err))
        try:
            main()
        except SystemExit as end:
            code = end.code
    assert signal.getsignal(signal.SIGINT) is handler
    done = Done(args, int(code or 0), out.getvalue(), err.getvalue())  # type: ignore[call-overload]
    assert "Traceback" not in done.err
    if not may_fail_inside:
        assert done.code in (0, 1, 2, 3), done.err
    return done


_TIMES = [
    (r"\b(passed|failed) in [\d.]+s\b", r"\1 in T s"),
    (r"\b[\d.]+(e[+-]?\d+)? s of search", "T s of search"),
    (r"\([\d.,]+( million)? states/s\)", "(R states/s)"),
    (r"in\s+[\d.]+(e[+-]?\d+)?\s+s\s+\([\d,]+\s+walks/s", "in T s (R walks/s"),
    (r'"((compile_)?seconds|states_per_second|walks_per_second)": [\d.e+-]+', r'"\1": T'),
    (r"\b(in|shown,)\s+[\d.]+(e[+-]?\d+)? s(?=$|:)", r"\1 T s"),
    (r"[ \t]+$", ""),
]


def timeless(text: str) -> str:
    """The same without what differs from run to run and from machine to machine, and without
    blanks at line ends."""
    text = text.replace(str(directory()), "MODELS")
    for pattern, replacement in _TIMES:
        text = re.sub(pattern, replacement, text, flags=re.M)
    return text
