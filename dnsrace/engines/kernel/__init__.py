"""The inner loops of the search over packed words: templates of source text.

They are copied into each generated file, behind the stepper that they call, and compiled there as
a whole. (A cached function that called an *imported* generated one would be keyed on its own file
only, and could explore the wrong model.) `generated.pyi` says what they may rely on.

`walk` takes random walks, in a file of its own with a stepper for one state.

`table` is the visited set, `run` expands states, `scan` looks through them again, `edges` makes a
graph of them. What is done with a graph, in `graph`, `cycles` and `paths`, is the same for every
model: that is a file of its own, which Python runs as it is where a space is small.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

MARK = "# ---- the template begins here\n"


MODEL = ("table", "run", "scan", "edges")
"""The templates behind a model's stepper, in the order in which they need each other."""

GRAPH = ("graph", "cycles", "paths")
"""The templates of the file about graphs."""


def templates(names: Sequence[str] = MODEL) -> str:
    """The text behind the mark of each template."""
    folder = Path(__file__).parent
    texts = ((folder / f"{name}.py").read_text() for name in names)
    return "\n\n".join(text.split(MARK, 1)[1].strip("\n") for text in texts) + "\n"
