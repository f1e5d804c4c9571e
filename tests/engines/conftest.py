"""The flagship in two sizes."""

from __future__ import annotations

import pytest

from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import System


@pytest.fixture(scope="module")
def small() -> System:
    """1481 states; the question is violated after 14 steps, another invariant after 8."""
    return load("dynamodb_dns").lift(enactors=2, plans=4)


@pytest.fixture(scope="module")
def large() -> System:
    """Tens of millions of states."""
    return load("dynamodb_dns").lift(enactors=4, plans=6)


@pytest.fixture(scope="module")
def levels(small: System) -> list[int]:
    """How many states there are at each depth, by the simplest search there is."""
    interpreter = Interpreter(small)
    frontier = set(interpreter.initial())
    seen, sizes = set(frontier), []
    while frontier:
        sizes.append(len(frontier))
        frontier = {t.state for s in frontier for t in interpreter.successors(s)} - seen
        seen |= frontier
    return sizes
