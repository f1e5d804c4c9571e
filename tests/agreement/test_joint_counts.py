"""One form for all combinations of decisions: the numbers and traces of each form by itself."""

from __future__ import annotations

from typing import Any

import pytest
from rows import LENGTHS, ROWS, Row

from dnsrace.engines.request import EngineName, Request
from dnsrace.engines.search import explore
from dnsrace.fixes import study
from dnsrace.loader import load
from dnsrace.model.decisions import Changes, changes_text, values_of
from dnsrace.model.joint import join
from dnsrace.model.plan import plan
from dnsrace.model.system import System

MODEL = load("dynamodb_dns")
DECISIONS, PLANNED = plan(MODEL, {})


def numbers(system: System, engine: EngineName, symmetry: bool) -> Any:
    """All that a search counts, and what it found."""
    done = explore(system, Request(engine=engine, symmetry=symmetry, keep_going=True))
    s = done.statistics
    findings = [(f.name, f.verdict, f.trace and f.trace.text) for f in done.findings]
    return (
        s.distinct_states, s.represented_states, s.transitions, s.represented_transitions, s.levels,
        s.ends, s.deadlocks, findings,
    )  # fmt: skip


@pytest.mark.parametrize("symmetry", [True, False])
def test_all_combinations_with_two_enactors(symmetry: bool) -> None:
    forms = {c: MODEL.lift(enactors=2, **values_of(DECISIONS, c)) for c in PLANNED}
    [joint] = join({d.name: d.texts for d in DECISIONS}, _members(forms))
    for view, (_, form) in zip(joint.views, joint.members, strict=True):
        assert numbers(view, "python", symmetry) == numbers(form, "python", symmetry)


def _members(forms: dict[Changes, System]) -> list[tuple[tuple[int, ...], System]]:
    found = []
    for changes, form in forms.items():
        values = values_of(DECISIONS, changes)
        found.append((tuple(d.values.index(values[d.name]) for d in DECISIONS), form))
    return found


def _varies(row: Row) -> bool:
    return bool(set(row.given) & {d.name for d in DECISIONS}) or row.given == {
        "enactors": 3, "plans": 4,
    }  # fmt: skip


@pytest.mark.parametrize("row", [r for r in ROWS if _varies(r)], ids=lambda r: r.parameters)
def test_the_table_of_exact_counts(row: Row) -> None:
    """Without symmetry reduction, from the form that stands for all 24 combinations."""
    decided = {d.name for d in DECISIONS}
    given = {name: value for name, value in row.given.items() if name not in decided}
    wanted = [c for c in PLANNED if values_of(DECISIONS, c) == _deployed() | _only(row, decided)]
    forms = {c: MODEL.lift(**given, **values_of(DECISIONS, c)) for c in PLANNED}
    [joint] = join({d.name: d.texts for d in DECISIONS}, _members(forms))
    view = joint.views[PLANNED.index(wanted[0])]
    done = explore(view, Request(engine="python", symmetry=False, keep_going=True))
    s = done.statistics
    assert (s.distinct_states, s.transitions, s.depth) == (row.states, row.transitions, row.depth)
    lengths = tuple(
        f.length if (f := done.finding(name)) and f.verdict == "violated" else None
        for name in LENGTHS
    )
    assert lengths == row.lengths


def _deployed() -> dict[str, Any]:
    return {d.name: d.deployed for d in DECISIONS}


def _only(row: Row, names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.given.items() if name in names}


def test_three_enactors_compiled_once() -> None:
    """The same kernel searches every combination, and finds what Python does."""
    some = ((), *(c for c in PLANNED if changes_text(c) in SOME))
    given = {"enactors": 3}
    one = study(MODEL, given, (DECISIONS, some), Request(engine="numba"))
    two = study(MODEL, given, (DECISIONS, some), Request(engine="python"))
    assert one.forms == two.forms == 1
    for changes in some:
        compiled, plain = one.results[changes], two.results[changes]
        assert compiled.numbers | {"engine": "", "seconds": 0} == plain.numbers | {
            "engine": "", "seconds": 0,
        }  # fmt: skip
        assert compiled.numbers["engine"] == "numba"
        for a, b in zip(compiled.findings, plain.findings, strict=True):
            assert (a.name, a.verdict, a.trace and a.trace.text) == (
                b.name, b.verdict, b.trace and b.trace.text,
            )  # fmt: skip


SOME = {
    "cleaner=checked",
    "freshness=in_batch, retry=newest",
    "freshness=in_batch, cleaner=transactional, rollback=tolerant, retry=newest",
}


def test_a_study_compiles_one_kernel(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("one")
    monkeypatch.setenv("DNSRACE_CACHE", str(directory))
    decisions, planned = plan(MODEL, {}, vary=["freshness", "retry"])
    request = Request(names=("no_empty_answer", "no_regression"), engine="numba")
    found = study(MODEL, {"enactors": 2}, (decisions, planned), request)
    assert [r.numbers["engine"] for r in found.results.values()] == ["numba"] * 4
    assert len(list(directory.glob("*.py"))) == 1


def test_a_study_that_has_become_large_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` begins in Python, and changes over when much is left to do."""
    monkeypatch.setattr("dnsrace.fixes.WORTH_COMPILING", 1500)
    decisions, planned = plan(MODEL, {}, vary=["freshness", "retry"])
    found = study(MODEL, {"enactors": 2}, (decisions, planned), Request())
    engines = [r.numbers["engine"] for r in found.results.values()]
    # 774 states, and three times as many still to come
    assert engines == ["python", "numba", "numba", "numba"]
