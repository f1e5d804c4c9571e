"""Functions that Python calls: arrays go in as addresses, and results come back as numbers.

While machine code runs, other threads do too, and Ctrl-C is noted.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from dnsrace.engines.native.source import Shape
from dnsrace.engines.native.unit import Entry
from dnsrace.engines.native.values import ELEMENTS
from dnsrace.errors import InternalError

DOOR = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Door:
    """A compiled function.

    Parameters
    ----------
    keep: what owns the machine code.
    other: gives the door for arguments of these shapes, where arrays have other elements.
    """

    def __init__(
        self,
        entry: Entry,
        address: int,
        keep: object,
        other: Callable[[str, tuple[Shape, ...]], Door],
    ) -> None:
        self.entry = entry
        self._code = DOOR(address)
        self._keep = keep
        self._other = other

    def __call__(self, *args: Any) -> Any:
        """Run the function; an int, a bool, a tuple of ints or None, as it returns.

        Raises InternalError for arrays that it could not work on, or that share memory.
        """
        numbers: list[int] = []
        areas: list[tuple[int, int]] = []
        shapes: list[Shape] = []
        for shape, arg in zip(self.entry.shapes, args, strict=True):
            if isinstance(shape, str):
                shapes.append(self._put(shape, arg, numbers, areas))
            else:
                if len(arg) < len(shape):
                    raise InternalError(f"{self.entry.name} takes a tuple of {len(shape)}")
                pairs = zip(shape, arg, strict=False)
                shapes.append(tuple(self._put(kind, one, numbers, areas) for kind, one in pairs))
        if (found := tuple(shapes)) != self.entry.shapes:
            return self._other(self.entry.name, found)(*args)
        areas.sort()
        if any(end > begin for (_, end), (begin, _) in pairwise(areas)):
            raise InternalError(f"two arrays for {self.entry.name} share memory")
        result = self.entry.result
        room = max(1, len(numbers), len(result) if isinstance(result, tuple) else 1)
        given = (ctypes.c_int64 * room)(*numbers)
        self._code(given)
        if result is None:
            return None
        if isinstance(result, tuple):
            return tuple(given[: len(result)])
        return bool(given[0]) if result == "bool" else given[0]

    def _put(self, kind: str, arg: Any, numbers: list[int], areas: list[tuple[int, int]]) -> str:
        """Append what an argument is passed as. Returns its kind."""
        if kind not in ELEMENTS:
            numbers.append(int(arg))
            return kind
        # numpy's text for the type begins with the order of bytes
        found = str(arg.dtype.str[1:])
        flags = arg.flags
        fits = arg.ndim == 1 and flags.c_contiguous and flags.aligned and flags.writeable
        if found not in ELEMENTS or not arg.dtype.isnative or not fits:
            raise InternalError(f"{self.entry.name} cannot work on an array of {arg.dtype}")
        begin, size = arg.__array_interface__["data"][0], arg.size
        numbers += (begin, size)
        if size:
            areas.append((begin, begin + arg.nbytes))
        return found
