"""The inner loops of the search over packed words: templates of source text.

They are copied into each generated file, behind the stepper that they call, and compiled there as
a whole. (A cached function that called an *imported* generated one would be keyed on its own file
only, and could explore the wrong model.) `generated.pyi` says what they may rely on.

`table` is the visited set, `run` expands states, `scan` looks through them again.
"""

from __future__ import annotations

from pathlib import Path

MARK = "# ---- the template begins here\n"


def templates() -> str:
    """The text behind the mark of each template, in the order in which they need each other."""
    folder = Path(__file__).parent
    texts = ((folder / f"{name}.py").read_text() for name in ("table", "run", "scan"))
    return "\n\n".join(text.split(MARK, 1)[1].strip("\n") for text in texts) + "\n"
