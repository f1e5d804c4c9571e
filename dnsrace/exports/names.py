"""Names that the target allows, each used once."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Names:
    """Hands out identifiers. `reserved` are taken from the start; `fold`: in whatever case."""

    def __init__(self, reserved: Iterable[str], *, fold: bool = False) -> None:
        self.taken = set(reserved)
        self.folded = {name.lower() for name in reserved} if fold else set()

    def give(self, *wanted: str) -> str:
        """The first of the wanted names that is free, as near as an identifier can come to it."""
        candidates = [identifier(name) for name in wanted]
        last = candidates[-1]
        candidates += [f"{last}_{n}" for n in range(1, len(self.taken) + len(self.folded) + 2)]
        name = next(
            name
            for name in candidates
            if name not in self.taken and name.lower() not in self.folded
        )
        self.taken.add(name)
        return name

    def drop(self, name: str) -> None:
        """Make a name free again: its scope has ended."""
        self.taken.discard(name)


def identifier(text: str) -> str:
    """The text as letters, digits and underscores, a letter first."""
    found = re.sub(r"[^A-Za-z0-9_]", "_", text)
    if not re.match(r"[A-Za-z]", found):
        found = "x" + found
    return "x" + found if found.startswith(("WF_", "SF_")) else found


def camel(text: str) -> str:
    """`pick_up` as `PickUp`."""
    return "".join(part[:1].upper() + part[1:] for part in identifier(text).split("_"))
