"""The exact counts of the flagship model: states, transitions, depth and shortest violations are
the same to the last one with every engine, and so is the trace that is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rows import LENGTHS, OUTAGE, ROWS, SMALL_ROWS, SYMMETRIC_ROWS, Row
from searching import Searched, search


def name(row: Row) -> str:
    return row.parameters.replace(", ", ",")


def agrees(row: Row, found: Searched) -> None:
    outcome = found.outcome
    assert (outcome.states, outcome.transitions, outcome.depth) == (
        row.states,
        row.transitions,
        row.depth,
    )
    assert tuple(outcome.lengths.get(p) for p in LENGTHS) == row.lengths
    assert [outcome.verdicts[p] for p in LENGTHS] == [
        "holds" if length is None else "violated" for length in row.lengths
    ]
    assert outcome.unrecoverable == {"recoverable": row.unrecoverable}
    assert outcome.verdicts["recoverable"] == ("violated" if row.unrecoverable else "holds")
    # whoever can get into a trap need not converge
    assert not row.unrecoverable or outcome.verdicts["converges"] == "violated"


def in_python(row: Row, symmetry: bool = False) -> Searched:
    return search("dynamodb_dns", row.given, "python", symmetry)


@pytest.fixture(scope="session")
def reference() -> Callable[[Row], Searched]:
    """What the python engine finds without symmetry, searched once for each row."""
    found: dict[Row, Searched] = {}

    def look_up(row: Row) -> Searched:
        if row not in found:
            found[row] = in_python(row)
        return found[row]

    return look_up


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_python_engine_counts_exactly(reference: Callable[[Row], Searched], row: Row) -> None:
    found = reference(row)
    agrees(row, found)
    assert found.distinct == row.states
    assert found.symmetry == "off"


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_symmetry_stands_for_the_same_and_shows_the_same_trace(
    reference: Callable[[Row], Searched], row: Row
) -> None:
    found = in_python(row, symmetry=True)
    agrees(row, found)
    assert found.distinct < row.states
    assert found.symmetry == f"{row.given['enactors']}! renamings of Enactor"
    assert found.outcome == reference(row).outcome


@pytest.mark.parametrize("symmetry", [False, True], ids=["plain", "symmetric"])
@pytest.mark.parametrize("row", SMALL_ROWS, ids=name)
def test_the_interpreter_counts_exactly(
    reference: Callable[[Row], Searched], row: Row, symmetry: bool
) -> None:
    found = search("dynamodb_dns", row.given, "interpreter", symmetry)
    agrees(row, found)
    assert found.outcome == reference(row).outcome


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_compiled_engine_counts_exactly(
    compiled_rows: Callable[[Row, bool], Searched], reference: Callable[[Row], Searched], row: Row
) -> None:
    found = compiled_rows(row, False)
    agrees(row, found)
    assert found == reference(row)


@pytest.mark.parametrize("row", SYMMETRIC_ROWS, ids=name)
def test_the_compiled_engine_counts_exactly_with_symmetry(
    compiled_rows: Callable[[Row, bool], Searched], row: Row
) -> None:
    found = compiled_rows(row, True)
    agrees(row, found)
    assert found == in_python(row, symmetry=True)


def test_the_canonical_trace_is_the_story_of_the_outage() -> None:
    found = search("dynamodb_dns", {"enactors": 2}, "python", symmetry=True)
    assert found.outcome.traces["no_empty_answer"] == f"dynamodb_dns(enactors=2): {OUTAGE}"
