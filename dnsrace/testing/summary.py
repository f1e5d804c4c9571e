"""What the pytest plugin gathers from all tests: lines for people, and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from dnsrace.testing.outcome import Outcome

SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""


class Summary:
    """A plugin that sees every report, those of xdist's workers too.

    Parameters
    ----------
    target: the path of a file for JSON, or None.
    """

    def __init__(self, target: str | None) -> None:
        self.target = target
        self.tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what a test has checked."""
        checks = getattr(report, "dnsrace", None)
        if checks:
            known = self.tests.setdefault(
                report.nodeid,
                {"test": report.nodeid, "outcome": report.outcome, "checks": []},
            )
            # a test that is run again, or has parts, has several reports: the last one is whole
            known["outcome"], known["checks"] = report.outcome, checks

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """A line for each check that passed: what a pass means differs from engine to engine."""
        lines = [
            f"{test['test']}\n  {_outcome(check).line}"
            for test in self._sorted()
            if test["outcome"] == "passed"
            for check in test["checks"]
        ]
        if lines and not terminalreporter.no_summary:
            terminalreporter.section("dnsrace", sep="-")
            for line in lines:
                terminalreporter.line(line)
        if self.target:
            terminalreporter.line(f"dnsrace: wrote {self.target}")

    def pytest_sessionfinish(self) -> None:
        """Write the JSON."""
        if self.target:
            data = {"schema_version": SCHEMA_VERSION, "tests": self._sorted()}
            text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
            Path(self.target).write_text(text, encoding="utf-8")

    def _sorted(self) -> list[dict[str, Any]]:
        """In an order that does not depend on which worker was first."""
        return [self.tests[name] for name in sorted(self.tests)]


def _outcome(data: dict[str, Any]) -> Outcome:
    return Outcome(**{**data, "remarks": tuple(data["remarks"])})


def junit_properties(outcomes: Iterable[Outcome]) -> list[tuple[str, object]]:
    """Properties of a test case in JUnit's XML; those that do not apply are left out."""
    found: list[tuple[str, object]] = []
    for outcome in outcomes:
        data = outcome.data
        data["parameters"] = " ".join(
            f"{name}={str(value).lower() if isinstance(value, bool) else value}"
            for name, value in outcome.parameters.items()
        )
        names = (
            "model", "parameters", "engine", "verdict", "reach", "violated", "states", "walks",
            "seed", "schedule",
        )  # fmt: skip
        found += [(f"dnsrace.{name}", data[name]) for name in names if data[name] not in (None, "")]
    return found
