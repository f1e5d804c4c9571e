"""Kernels are compiled in two processes, as far ahead of the tests that wait for them as can be."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

import pytest
from rows import ROWS, SYMMETRIC_ROWS, Row
from searching import Searched, search

Compiled = Callable[[Row, bool], Searched]


@pytest.fixture(scope="session")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Two workers, with the environment of this session."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=2, mp_context=context) as executor:
        yield executor
        executor.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def compiled(pool: ProcessPoolExecutor) -> Compiled:
    """compiled(row, symmetry): what the numba engine finds in a row of the table."""
    asked: dict[tuple[Row, bool], Future[Searched]] = {}
    for row in ROWS:
        for symmetry in (False, *([True] if row in SYMMETRIC_ROWS else [])):
            given = row.given
            asked[row, symmetry] = pool.submit(search, "dynamodb_dns", given, "numba", symmetry)
    return lambda row, symmetry: asked[row, symmetry].result(timeout=300)
