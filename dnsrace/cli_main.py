"""Runs the command line; every error becomes a sentence and an exit code."""

from __future__ import annotations

import io
import os
import sys
import warnings

_said: set[str] = set()


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """Print a warning, once: one command may search several times."""
    if str(message) not in _said:
        _said.add(str(message))
        print(f"warning: {message}", file=sys.stderr)


def _stand_somewhere() -> None:
    """Raises UsageError where the current directory was deleted: no path means anything there."""
    from dnsrace.errors import UsageError

    try:
        os.getcwd()
    except FileNotFoundError:
        raise UsageError(
            "the current directory does not exist any more", cure="go to one that does (cd)"
        ) from None


def main() -> None:
    """Entry point: run the command line, and turn every error into a sentence and an exit code."""
    from dnsrace.cli import app
    from dnsrace.cli_support import save_details
    from dnsrace.errors import DnsraceError, InternalError

    if os.environ.get("COLUMNS", "").strip() == "0":
        del os.environ["COLUMNS"]  # some terminals say so when they do not know
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a poor encoding costs a sign, not the report
    _said.clear()
    warnings.showwarning = _warn
    try:
        _stand_somewhere()
        app()
    except DnsraceError as error:
        kind = "internal error" if isinstance(error, InternalError) else "error"
        print(f"{kind}: {error}", file=sys.stderr)
        if isinstance(error, InternalError):
            print("  This is a bug in dnsrace; please report the lines above.", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except MemoryError:
        print("error: out of memory\n  cure: give --max-memory, or smaller parameters",
              file=sys.stderr)  # fmt: skip
        raise SystemExit(3) from None
    except Exception as error:
        print(f"internal error: {type(error).__name__}: {error}", file=sys.stderr)
        print(f"  This is a bug in dnsrace; please report it with {save_details()}",
              file=sys.stderr)  # fmt: skip
        raise SystemExit(InternalError.exit_code) from None
