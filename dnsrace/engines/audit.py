"""Is the machine code right? Compilers have bugs; a verdict must not rest on one.

After each compiled search some blocks of its states, spread over the queue, are stepped again by
the compiled stepper and by the plain one in Python. They must come to the same successors, as often
each, and to the same violations of `every_step` properties. (Written after LLVM 22 had compiled one
of our loops wrongly for AVX-512: only whole vectors of lanes were affected, and only with states of
two words.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from dnsrace.engines.python_space import GeneratedStepper
from dnsrace.engines.space import Counters
from dnsrace.errors import InternalError

BLOCKS = 16
LENGTH = 64
"""States to a block: several vectors of lanes, whatever the machine's width."""


def audit(
    plain: GeneratedStepper,
    count: int,
    node_at: Callable[[int], Any],
    step: Callable[[int, int], tuple[Sequence[Any], set[str]]],
) -> None:
    """Compare two steppers on some of the `count` states of a queue.

    Parameters
    ----------
    plain: the stepper that is believed.
    node_at: the state at a position, as `plain` takes it.
    step: takes a position and a number of states; gives the successors of that block, and which
        every_step properties are violated on the way.

    Raises InternalError where they differ.
    """
    length = min(LENGTH, count)
    last = count - length
    lows = sorted({last * i // max(1, BLOCKS - 1) for i in range(BLOCKS)})
    for low in lows:
        expected: Counter[Any] = Counter()
        broken: set[str] = set()
        for position in range(low, low + length):
            spare = Counters(taken=[0] * len(plain.system.paths))
            after, violated = plain.expand(node_at(position), spare)
            expected.update(after)
            broken.update(violated)
        found, told = step(low, length)
        if Counter(found) != expected or told != broken:
            raise InternalError(
                f"the machine code of {plain.system.name} is wrong: the states {low} to "
                f"{low + length - 1} have {len(found)} successors by it, and "
                f"{expected.total()} by the plain stepper, or others; give --engine python"
            )
