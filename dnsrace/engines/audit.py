"""Is the machine code right? Compilers have bugs; a verdict must not rest on one.

After each compiled search some blocks of its states, spread over the queue, are stepped again by
the compiled stepper and by the plain one in Python. They must come to the same successors, as often
each, and to the same violations of `every_step` properties. (Written after LLVM 22 had compiled one
of our loops wrongly for AVX-512: only whole vectors of lanes were affected, and only with states of
two words.)
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from dnsrace.engines.space import Counters
from dnsrace.engines.steppers import GeneratedStepper
from dnsrace.errors import InternalError

if TYPE_CHECKING:
    from dnsrace.engines.numba_space import NumbaSpace

BLOCKS = 16
LENGTH = 64
"""States to a block: several vectors of lanes, whatever the machine's width."""


def audit(space: NumbaSpace) -> None:
    """Compare the compiled stepper with the plain one on some states of the space.

    Raises InternalError where they differ.
    """
    plain = GeneratedStepper(space.system, space.properties, space.symmetric)
    length = min(LENGTH, space.kernel.BLOCK, space.count)
    last = space.count - length
    for low in sorted({last * i // max(1, BLOCKS - 1) for i in range(BLOCKS)}):
        expected: Counter[Any] = Counter()
        broken: set[str] = set()
        for position in range(low, low + length):
            spare = Counters(taken=[0] * len(space.system.paths))
            after, violated = plain.expand(_node(space, position), spare)
            expected.update(after)
            broken.update(violated)
        found, told = stepped(space, low, length)
        if Counter(found) != expected or told != broken:
            raise InternalError(
                f"the machine code of {space.system.name} is wrong: the states {low} to "
                f"{low + length - 1} have {len(found)} successors by it, and "
                f"{expected.total()} by the plain stepper, or others; give --engine python"
            )


def _node(space: NumbaSpace, position: int) -> Any:
    at = position * space.words
    words = tuple(space.queue[at : at + space.words].tolist())
    return words if space.words > 1 else words[0]


def stepped(space: NumbaSpace, low: int, count: int) -> tuple[list[Any], set[str]]:
    """By the compiled stepper, the successors of a block of states from a position on, and the
    every_step properties that are violated there."""
    k = space.kernel
    n = space.kernel.successors(space.queue, low, count, space.work)
    _lanes, _made, out, _homes, _recent, note, _tally = space.work
    rows = [out[word * k.ROOM : word * k.ROOM + n].tolist() for word in range(space.words)]
    bits = int(note[k.VIOLATED])
    told = {name for i, name in enumerate(space.transitions) if bits >> i & 1}
    return (list(zip(*rows, strict=True)) if space.words > 1 else rows[0]), told
