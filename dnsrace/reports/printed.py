"""What the terminal would show, as a string."""

from __future__ import annotations

import io
from collections.abc import Callable

from rich.console import Console

WIDTH = 100
"""Columns."""


def printed(show: Callable[[Console], None]) -> str:
    """What `show` prints, without colours and the blank line at the end."""
    text = io.StringIO()
    show(Console(file=text, width=WIDTH, color_system=None, force_jupyter=False))
    return text.getvalue().rstrip()
