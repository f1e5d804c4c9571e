"""What `dnsrace verify` prints for people."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dnsrace.findings.bounded import BoundedProgress
from dnsrace.findings.hunted import HuntProgress
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.verified import Column, Conclusion, Verification
from dnsrace.findings.words import can_show
from dnsrace.reports.bmc import bmc_progress_text
from dnsrace.reports.hunt import hunt_progress_text
from dnsrace.reports.progress import progress_text
from dnsrace.reports.settings import command_line
from dnsrace.reports.terminal import MARKS, PLAIN, print_violation
from dnsrace.reports.verify_words import cell, conclusions, lines

WIDEST = 24
"""Up to so many letters, the name of a property stands on one line."""
STYLES: dict[Conclusion, str] = {
    "violated": "bold red", "proved for all sizes": "bold green", "holds for these sizes": "green",
    "holds within bounds": "yellow", "unknown": "yellow",
}  # fmt: skip


def verify_progress_text(progress: Any) -> str:
    """Which engine is at work, and how far it is: `search: depth 31, 4,200,000 states, ..`."""
    inner, words = progress.progress, "at work"
    if isinstance(inner, HuntProgress):
        words = hunt_progress_text(inner)
    elif isinstance(inner, BoundedProgress):
        words = bmc_progress_text(inner)
    elif inner is not None:
        words = progress_text(inner)
    return f"{progress.engine}: {words}"


def print_verification(console: Console, verification: Verification) -> None:
    """Print what all engines say."""
    console.print(Text(command_line(verification.system), style="bold"))
    rows = {row.prop.name: row for row in verification.rows}
    headline = verification.explanations.get(verification.headline)
    if headline is not None:
        shown = rows[verification.headline].shown
        assert shown is not None
        print_violation(console, shown, headline)
    console.print()
    console.print(_table(console, verification))
    for engine, says in lines(verification):
        console.print(Padding(f"{engine:<7} {says}", (0, 0, 0, 2), expand=False))
    if verification.interrupted:
        console.print(Text("\nInterrupted: what is above is what was known.", style="yellow"))
    console.print()
    for conclusion, sentence in conclusions(verification):
        console.print(Text(sentence, style=STYLES[conclusion]))


def _table(console: Console, verification: Verification) -> Table:
    """A row for each property, a column for each engine."""
    table = Table(header_style="bold", pad_edge=False, padding=(0, 1, 0, 0), box=SIMPLE_HEAD)
    longest = max((len(p.name) for p in verification.asked), default=0)
    table.add_column("property", overflow="fold", no_wrap=longest <= WIDEST)
    for column in verification.columns:
        table.add_column(column.engine)
    table.add_column("together")
    for row in verification.rows:
        cells = [_cell(console, c, row.findings[c.engine]) for c in verification.columns]
        noticed = row.conclusion == "violated" and not row.fails
        style = "yellow" if noticed else STYLES[row.conclusion]
        together = Text(row.conclusion + ", informative" * noticed, style=style)
        table.add_row(Text(row.prop.name), *cells, together)
    return table


def _cell(console: Console, column: Column, finding: Finding) -> Text:
    mark, style = MARKS[finding.verdict] if finding.looked else ("-", "dim")
    if finding.informative and finding.verdict == "violated":
        mark, style = "!", "yellow"
    shown = mark if can_show(console.encoding, mark) else PLAIN[mark]
    return Text(f"{shown} {cell(column, finding)}", style=style)
