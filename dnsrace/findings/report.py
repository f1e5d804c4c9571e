"""A search with its explanations: what the reports print."""

from __future__ import annotations

from dataclasses import dataclass, field

from dnsrace.findings.explain import Explanation
from dnsrace.findings.verdicts import Exploration
from dnsrace.model.system import System


@dataclass
class Report:
    """All that `dnsrace explore` has to say, for the reports to print."""

    system: System
    exploration: Exploration
    explanations: dict[str, Explanation] = field(default_factory=dict)
    headline: str = ""
    """The property whose violation is explained in full."""
    fixed: Report | None = None

    @property
    def exit_code(self) -> int:
        return self.exploration.exit_code
