"""How our docstrings are read for the page of the Python API.

They have numpydoc's heading with one line for each parameter, `name: text`. The parser knows the
same under the heading `Parameters:`, indented, with a name of its own for each.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

HEADING = re.compile(r"^Parameters\n-+\n", re.M)
ENTRY = re.compile(r"^(\w+(?:, \w+)*): ")


class Docstrings(griffe.Extension):
    """Rewrites docstrings before they are parsed."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of one function or class."""
        if obj.docstring is not None:
            names = [p.name for p in getattr(obj, "parameters", ())]
            obj.docstring.value = parameters(obj.docstring.value, names)


def parameters(text: str, names: list[str]) -> str:
    """The text with its section of parameters as Google's style has it.

    Parameters
    ----------
    names: of the parameters in the signature, stars included.
    """
    parts = HEADING.split(text, maxsplit=1)
    if len(parts) == 1:
        return text
    before, after = parts
    section, blank, rest = after.partition("\n\n")
    starred = {name.lstrip("*"): name for name in names}
    entries: list[list[str]] = []
    for line in section.splitlines():
        if ENTRY.match(line):
            entries.append([line])
        else:
            entries[-1].append(line)
    lines = ["Parameters:"]
    for first, *more in entries:
        together, _, said = first.partition(": ")
        for name in together.split(", "):
            lines.append(f"    {starred.get(name, name)}: {said}")
            lines += [f"    {line}" for line in more]
    return before + "\n".join(lines) + blank + rest
