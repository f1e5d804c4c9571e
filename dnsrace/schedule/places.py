"""Where in the user's code something happens."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from types import FrameType

from dnsrace.errors import Place

_OURS = str(Path(__file__).resolve().parent) + "/"
_LIBRARIES = (sysconfig.get_path("stdlib") + "/", "/site-packages/", "/dist-packages/")


def is_users(frame: FrameType) -> bool:
    """Whether a frame runs the user's code: no library, and not the scheduler."""
    name = frame.f_code.co_filename
    return not name.startswith(("<", _OURS)) and not any(part in name for part in _LIBRARIES)


def here() -> Place | None:
    """The innermost line of the user's code that is running, or None."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_users(frame):
        frame = frame.f_back
    return None if frame is None else Place(short(frame.f_code.co_filename), frame.f_lineno)


def short(filename: str) -> str:
    """A path relative to the working directory when it lies below."""
    try:
        return str(Path(filename).resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):  # elsewhere, or the working directory is gone
        return filename
