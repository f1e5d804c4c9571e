"""Where in the user's file something happened."""

from __future__ import annotations

import sys
import sysconfig
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

from dnsrace.errors import Place

_PACKAGE = str(Path(__file__).resolve().parent.parent) + "/"
_BUNDLED = _PACKAGE + "models/"
_LIBRARIES = (sysconfig.get_path("stdlib") + "/", "/site-packages/", "/dist-packages/")


def _is_users(filename: str) -> bool:
    if filename.startswith(_BUNDLED):
        return True
    foreign = any(library in filename for library in _LIBRARIES)
    return not (foreign or filename.startswith(("<", _PACKAGE)))


def short(filename: str) -> str:
    """A path relative to the working directory when that is shorter."""
    try:
        return str(Path(filename).resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):  # elsewhere, or the working directory is gone
        return filename


def here() -> Place | None:
    """The line of the user's code that called into dnsrace, or None."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not _is_users(frame.f_code.co_filename):
        frame = frame.f_back
    return None if frame is None else Place(short(frame.f_code.co_filename), frame.f_lineno)


def inside(function: Any, file: str) -> Place | None:
    """The line that a running function has come to, whatever it has called; `file` is its file."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not function.__code__:
        frame = frame.f_back
    return None if frame is None else Place(file, frame.f_lineno)


def of_error(error: BaseException) -> Place | None:
    """The innermost line of the user's code on the way to an exception."""
    places = [
        Place(short(entry.filename), entry.lineno or 0)
        for entry in traceback.extract_tb(error.__traceback__)
        if _is_users(entry.filename)
    ]
    return places[-1] if places else None


def of_function(function: Any) -> Place:
    """The line on which a function begins."""
    code = function.__code__
    return Place(short(code.co_filename), code.co_firstlineno)
