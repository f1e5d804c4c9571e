"""`auto` begins in Python and compiles only what is large; the answer is the same."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest

from dnsrace.engines import search
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.findings.verdicts import Exploration
from dnsrace.loader import load
from dnsrace.model.system import System


@pytest.fixture
def flagship() -> System:
    """1481 states without symmetry."""
    return load("dynamodb_dns").lift(enactors=2, plans=4)


def answer(result: Exploration) -> dict[str, Any]:
    """What must not depend on the engine."""
    data = asdict(result.statistics)
    for name in ("seconds", "compile_seconds", "memory"):
        del data[name]
    findings = [
        (f.name, f.verdict, f.reach, f.shortest, f.trace.text if f.trace else None)
        for f in result.findings
    ]
    return {**data, "findings": findings, "complete": result.complete, "checked": result.checked}


def test_a_small_space_is_searched_by_python(flagship: System) -> None:
    result = explore(flagship, Request(symmetry=False, keep_going=True))
    assert result.engine == "python"
    assert {f.engine for f in result.findings} == {"python"}
    assert result.statistics.compile_seconds == 0.0


@pytest.mark.parametrize("keep_going", [True, False])
def test_a_large_one_is_compiled_with_the_same_answer(
    flagship: System, monkeypatch: pytest.MonkeyPatch, keep_going: bool
) -> None:
    expected = explore(flagship, Request(engine="python", symmetry=False, keep_going=keep_going))
    monkeypatch.setattr(search, "SWITCH", 300)
    result = explore(flagship, Request(symmetry=False, keep_going=keep_going))
    assert result.engine == "numba"
    assert {f.engine for f in result.findings} == {"numba"}
    assert answer(result) == answer(expected)
    assert result.statistics.compile_seconds > 0


def test_a_listener_hears_both_engines(flagship: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second search starts again from nothing."""
    heard: list[tuple[str, int]] = []
    monkeypatch.setattr(search, "SWITCH", 300)
    clock = itertools.count()
    monkeypatch.setattr(search, "time", SimpleNamespace(perf_counter=lambda: float(next(clock))))
    explore(
        flagship,
        Request(symmetry=False, listener=lambda p: heard.append((p.engine, p.states))),
    )
    engines = [engine for engine, _ in heard]
    assert engines == sorted(engines, reverse=True)
    assert set(engines) == {"python", "numba"}
    assert heard[engines.index("numba")] == ("numba", 1)


@pytest.mark.parametrize("states", [100, 299, 300])
def test_a_limit_below_the_switch_compiles_nothing(
    flagship: System, monkeypatch: pytest.MonkeyPatch, states: int
) -> None:
    monkeypatch.setattr(search, "SWITCH", 300)
    result = explore(
        flagship, Request(symmetry=False, keep_going=True, limits=Limits(states=states))
    )
    assert result.engine == "python"
    assert result.stopped == f"the limit of {states} states was reached"


# -- what is imported, and what when it cannot be


PROLOGUE = """
import json, sys
from dnsrace.engines import search
from dnsrace.engines.request import Request
from dnsrace.errors import DnsraceError
from dnsrace.loader import load
system = load("dynamodb_dns").lift(enactors=2, plans=4)
"""


def child(code: str) -> Any:
    """What a fresh Python prints, as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", PROLOGUE + code],
        env=dict(os.environ), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_neither_llvm_nor_numpy_is_imported_for_a_small_space() -> None:
    code = """
result = search.explore(system, Request(symmetry=False, keep_going=True))
print(json.dumps([result.engine, sorted({"numpy", "llvmlite"} & set(sys.modules))]))
"""
    assert child(code) == ["python", []]


def test_without_llvm_python_goes_on_by_itself_or_there_is_a_sentence() -> None:
    """On a platform where llvmlite is broken the small spaces work, and the large ones do too or
    say what to do."""
    code = """
sys.modules["llvmlite"] = None
small = search.explore(system, Request(symmetry=False, keep_going=True))
search.SWITCH = 300
try:
    large = search.explore(system, Request(symmetry=False, keep_going=True))
    said = [large.engine, large.statistics.distinct_states]
except DnsraceError as error:
    said = [bool(error.cause), bool(error.cure)]
print(json.dumps([small.statistics.distinct_states, said]))
"""
    assert child(code) in ([1481, ["python", 1481]], [1481, [True, True]])
