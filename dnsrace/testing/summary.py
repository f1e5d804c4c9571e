"""What the pytest plugin gathers from all tests: lines for people, and JSON."""

from __future__ import annotations

import json
from collections import Counter
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
        self.problem = ""
        """Why nothing was written, or an empty text."""
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
        """A line for each check that passed, for what a pass means differs; with -q one for all."""
        passed = [test for test in self._sorted() if test["outcome"] == "passed"]
        checks = [check for test in passed for check in test["checks"]]
        if checks and not terminalreporter.no_summary:
            if terminalreporter.config.get_verbosity() < 0:
                terminalreporter.line(_total(Counter(check["verdict"] for check in checks)))
            else:
                terminalreporter.section("dnsrace", sep="-")
                for test in passed:
                    terminalreporter.line(test["test"])
                    for check in test["checks"]:
                        terminalreporter.line(f"  {_outcome(check).line}")
        if self.target:
            terminalreporter.line(f"dnsrace: {self.problem or f'wrote {self.target}'}")

    def pytest_sessionfinish(self) -> None:
        """Write the JSON."""
        if self.target:
            data = {"schema_version": SCHEMA_VERSION, "tests": self._sorted()}
            text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
            try:
                Path(self.target).write_text(text, encoding="utf-8")
            except OSError as error:
                self.problem = f"{self.target} cannot be written: {error.strerror}"

    def _sorted(self) -> list[dict[str, Any]]:
        """In an order that does not depend on which worker was first."""
        return [self.tests[name] for name in sorted(self.tests)]


def _total(verdicts: Counter[str]) -> str:
    """`dnsrace: in tests that passed, 5 checks: 3 hold, 2 found nothing (no proof)`."""
    words = {
        "holds": "hold",
        "holds within bounds": "hold within bounds",
        "unknown": "found nothing (no proof)",
        "violated": "violated, as expected",
    }
    parts = [f"{verdicts[name]} {text}" for name, text in words.items() if verdicts[name]]
    number = sum(verdicts.values())
    checks = f"{number} check" + "s" * (number != 1)
    return f"dnsrace: in tests that passed, {checks}: {', '.join(parts)}"


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
