"""What a generated file imports or defines in front of the templates; see `lanes` and, in `native`,
`intrinsics`."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
Ints = np.ndarray[Any, np.dtype[np.int64]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]

WORDS: int
BLOCK: int
FAN: int
ROOM: int
NOTES: int
PATHS: int
VIOLATED: int
BROKEN: int
ENDED: int
DEAD: int
FIRST_DEAD: int
ORBITS: int
REPRESENTED: int

def compiled(f: F) -> F: ...
def inner(f: F) -> F: ...
def merged(f: F) -> F: ...
def get(array: Ints, index: int) -> int: ...
def put(array: Ints, index: int, value: int) -> None: ...
def prefetch(array: Ints, index: int) -> None: ...
def pick(test: bool, yes: int, no: int) -> int: ...
def lowest(bits: int) -> int: ...
def find(table: Ints, at: int, entry: int, low_bits: int) -> int: ...
def expand_block(
    queue: Ints, low: int, count: int, lanes: Ints, made: Ints, out: Ints, tally: Ints, note: Ints
) -> int: ...
def check_block(queue: Ints, low: int, high: int, note: Ints) -> int: ...
