"""Kernels are compiled in two other processes while this one runs the tests that need none."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

import pytest
from rows import ROWS, SYMMETRIC_ROWS, Row
from searching import Searched, search

CompiledRows = Callable[[Row, bool], Searched]


def _compiles(item: pytest.Item) -> bool:
    return any(name.startswith("compiled") for name in getattr(item, "fixturenames", ()))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that wait for a compiler come last."""
    items.sort(key=_compiles)


@pytest.fixture(scope="session")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Two workers, with the environment of this session."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=2, mp_context=context) as executor:
        yield executor
        executor.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def compiled_rows(pool: ProcessPoolExecutor) -> CompiledRows:
    """compiled_rows(row, symmetry): what the numba engine finds in a row of the table."""
    asked: dict[tuple[Row, bool], Future[Searched]] = {}
    for row in ROWS:
        for symmetry in (False, True) if row in SYMMETRIC_ROWS else (False,):
            given = row.given
            asked[row, symmetry] = pool.submit(search, "dynamodb_dns", given, "numba", symmetry)
    return lambda row, symmetry: asked[row, symmetry].result(timeout=600)


@pytest.fixture(scope="session", autouse=True)
def _ahead(request: pytest.FixtureRequest) -> None:
    """Begin to compile as soon as the first test runs, if any will want it."""
    if any("compiled_rows" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("compiled_rows")
