"""What every unfinished search owes: `from engines.honesty import assert_is_honest`."""

from __future__ import annotations

from typing import Any

from dnsrace.engines.request import EngineName, Limits, Request
from dnsrace.engines.search import explore
from dnsrace.findings.verdicts import Exploration
from dnsrace.model.system import System

PYTHONS: list[EngineName] = ["python", "interpreter"]
ENGINES: list[EngineName] = [*PYTHONS, "numba"]


def run(system: System, engine: EngineName, *names: str, **limits: Any) -> Exploration:
    """Without symmetry, to the end unless a limit comes first."""
    request = Request(
        names=names, engine=engine, symmetry=False, keep_going=True, limits=Limits(**limits)
    )
    return explore(system, request)


def assert_is_honest(result: Exploration, levels: list[int]) -> None:
    """What every unfinished search must say, against the true sizes of the levels."""
    s = result.statistics
    assert not result.complete
    assert result.stopped
    assert s.distinct_states == sum(s.levels)
    assert s.levels[: result.checked + 1] == levels[: result.checked + 1]
    begun = s.levels[result.checked + 1 :]
    assert len(begun) <= 1
    assert all(0 < n <= levels[result.checked + 1] for n in begun)
    for finding in result.findings:
        if finding.kind in ("always", "every_step") and finding.verdict != "violated":
            assert finding.verdict == "holds within bounds"
            assert finding.reach == f"to depth {result.checked}"
        if finding.kind == "sometimes" and finding.verdict != "holds":
            assert finding.verdict == "unknown"
