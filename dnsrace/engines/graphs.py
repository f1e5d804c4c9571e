"""The graph of all states, once a search is over: successors as positions, in compressed rows.

`Arrays` is where its parts live: in Python's own containers, or in numpy's with compiled loops.
The loops themselves are the templates `graph`, `cycles` and `paths` of `kernel`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from dnsrace.engines.kernel import GRAPH, templates

PORTION = 1 << 22
"""States or edges between two looks at the clock."""

Pause = Callable[[], None]
"""Called between two portions of work; raises Unfinished when there may be no more."""


class Unfinished(Exception):
    """The time is up, or Ctrl-C was pressed, in the middle of a question about the graph."""


class NoRoom(Exception):
    """The graph does not fit into the memory that there is."""


class Arrays(ABC):
    """Makes arrays and counts their bytes. `room` is how many there may be at once."""

    kernel: Any
    """The functions of the templates."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.used = 0
        self.most = 0
        """The most bytes that were used at once."""

    def take(self, size: int) -> None:
        """Count bytes. Raises NoRoom when there are not so many."""
        self.used += size
        self.most = max(self.most, self.used)
        if self.used > self.room:
            raise NoRoom(
                f"no room for the graph of the states: {self.used >> 20:,} MiB beside them, "
                f"and there are {max(0, self.room) >> 20:,}"
            )

    def free(self, *sizes: int) -> None:
        """Bytes that were given back."""
        self.used -= sum(sizes)

    def shorts(self, count: int, fill: int = 0) -> Any:
        """An array of 32-bit numbers."""
        self.take(4 * count)
        return self._make("i", count, fill)

    def numbers(self, count: int, largest: int) -> Any:
        """An array of zeros, for numbers up to `largest`: of 8 bits, 32 bits, or else 64."""
        kind, size = ("B", 1) if largest < 1 << 8 else ("i", 4) if largest < 1 << 31 else ("q", 8)
        self.take(size * count)
        return self._make(kind, count, 0)

    def flags(self, count: int, fill: int = 0) -> Any:
        """An array of bytes."""
        self.take(count)
        return self._make("B", count, fill)

    def few(self, count: int) -> Any:
        """A small array of 64-bit zeros, which is not counted."""
        return self._make("q", count, 0)

    @abstractmethod
    def _make(self, kind: str, count: int, fill: int) -> Any:
        """An array; kind is the type's code in Python's module `array`."""


class PythonArrays(Arrays):
    """For small spaces: nothing has to be compiled, and numpy is not imported."""

    def __init__(self, room: int) -> None:
        super().__init__(room)
        scope: dict[str, Any] = {"compiled": lambda f: f}
        exec(compile(templates(GRAPH), "<graph>", "exec"), scope)
        self.kernel = SimpleNamespace(**scope)

    def _make(self, kind: str, count: int, fill: int) -> Any:
        return array(kind, [fill]) * count


@dataclass
class Graph:
    """Who can follow whom.

    Parameters
    ----------
    size: states.
    count: those that were expanded, the first ones. What the others lead to is not known.
    offsets, targets: the successors of v are targets[offsets[v]:offsets[v + 1]], v < count.
    labels: the action of each of these edges, once somebody has asked for it.
    """

    arrays: Arrays
    size: int
    count: int
    offsets: Any
    targets: Any
    labels: Any = None

    @property
    def complete(self) -> bool:
        """Whether every state was expanded."""
        return self.count == self.size

    def after(self, position: int) -> range:
        """The places of a state's edges."""
        return range(int(self.offsets[position]), int(self.offsets[position + 1]))


def portions(count: int, pause: Pause, size: int = PORTION) -> Any:
    """Ranges that cover 0 to count, with a pause before each."""
    for low in range(0, count, size):
        pause()
        yield low, min(count, low + size)
