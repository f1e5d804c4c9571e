"""Memory that is reserved at once and paid for when it is touched."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    import numpy as np

    Ints = np.ndarray[Any, np.dtype[np.int64]]

SAFE_SHARE = 0.75
"""Of the memory that is free now, what a search may take unless told otherwise."""


def safe_limit() -> int:
    """Bytes that a search may take by default: a share of what is free, control groups included."""
    free = int(psutil.virtual_memory().available)
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            with open(path) as file:
                text = file.read().strip()
        except OSError:
            continue
        if text.isdigit():
            free = min(free, int(text) - int(psutil.Process().memory_info().rss))
    return max(64 << 20, int(free * SAFE_SHARE))


def reserve(count: int) -> tuple[Ints, mmap.mmap]:
    """An array of zeros whose pages exist once they are touched, in large pages where the system
    has them: the visited set is read at random, and small pages would cost a walk each time.

    Raises MemoryError when not even the address space can be had.
    """
    import numpy as np

    size = max(mmap.PAGESIZE, count * 8)
    flags = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0)
    flags |= getattr(mmap, "MAP_NORESERVE", 0x4000)
    try:
        area = mmap.mmap(-1, size, flags=flags)
    except OSError as error:
        raise MemoryError(f"{size} bytes cannot be reserved: {error}") from None
    if hasattr(mmap, "MADV_HUGEPAGE"):
        # refused by systems without large pages: nothing is lost then but speed
        try:
            area.madvise(mmap.MADV_HUGEPAGE)
        except OSError:
            area.madvise(mmap.MADV_NORMAL)
    return np.frombuffer(area, dtype=np.int64), area


def release(area: mmap.mmap) -> None:
    """Give the pages of a reserved array back, where the system knows how: it is zeros again, or
    not to be used any more."""
    if hasattr(mmap, "MADV_DONTNEED"):
        area.madvise(mmap.MADV_DONTNEED)
