"""A compiler for generated files: from a small part of Python to machine code, through LLVM.

A generated file uses integers of 64 bits, Bools and one-dimensional arrays, and little of the
language; so no general compiler is needed, and this one takes milliseconds where a general one
takes seconds. What is outside of that part is refused, with the line.

`source` reads a file; `unit` collects the functions that are needed, with the kinds of their
arguments; `statements`, `calls`, `expressions`, `arithmetic` and `operations` write instructions,
on `lines` of `values`; `machine` has LLVM optimise them for this processor; `library` keeps the
machine code beside the file; `doors` lets Python call it. `intrinsics` is what generated files
import.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType


def load(stem: str, text: str) -> ModuleType:
    """The module with this source, as `cache.load` imports it, but with its functions compiled.

    Raises ImportError where llvmlite is missing, InternalError for source that is not in the
    subset.
    """
    from dnsrace.engines import cache
    from dnsrace.engines.native.library import Library, version

    module = cache.load(stem, text, version())
    for name, door in Library(Path(str(module.__file__)), text).doors().items():
        setattr(module, name, door)
    return module
