"""What `dnsrace verify` says in words: the same for the terminal and for Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dnsrace.findings.verdicts import Finding
from dnsrace.findings.verified import Column, Conclusion, EngineName, Row, Verification
from dnsrace.findings.words import counted, listed

SAYS: dict[Conclusion, str] = {
    "violated": "Violated",
    "proved for all sizes": "Proved for all sizes",
    "holds for these sizes": "Holds for these sizes",
    "holds within bounds": "Not decided, nothing found within bounds",
    "unknown": "Not decided",
}


def cell(column: Column, finding: Finding) -> str:
    """What one engine says of one property, in a few words."""
    if not finding.looked:
        return _first(finding.reach.removeprefix("not looked at: "))
    if finding.verdict == "violated":
        return _violated(finding)
    if finding.verdict == "holds" and finding.kind == "sometimes":
        steps = finding.length
        return "reached" if steps is None else f"reached after {counted(steps, 'step')}"
    if finding.verdict == "holds" and column.engine == "proof":
        return "proved for any size" if finding.name in column.for_all else "proved for these sizes"
    return _first(finding.reach)


def _violated(finding: Finding) -> str:
    trace = finding.trace
    if trace is None:
        return "never reached"
    if trace.loop is not None:
        return f"loop after {counted(trace.loop, 'step')}"
    return counted(len(trace.steps), "step") + " or fewer" * (not finding.shortest)


def _first(text: str) -> str:
    """A text without what it adds behind a colon or the like."""
    return re.split(r"[;:(]|, ", text)[0].strip()


def lines(verification: Verification) -> Iterator[tuple[EngineName, str]]:
    """Each engine, and how far it came."""
    for column in verification.columns:
        yield column.engine, f"{column.says}, in {column.seconds:.1f} s"


def conclusions(verification: Verification) -> Iterator[tuple[Conclusion, str]]:
    """What follows for each property, in a few sentences."""
    rows = list(verification.rows)
    for conclusion, words in SAYS.items():
        names = [r.prop.name for r in rows if r.conclusion == conclusion and not _noticed(r)]
        if names:
            yield conclusion, f"{words}: {', '.join(names)}."
        noticed = [r.prop.name for r in rows if r.conclusion == conclusion and _noticed(r)]
        if noticed:
            yield "unknown", f"Violated, but informative: {', '.join(noticed)}."
    together = same_trace(verification)
    if together:
        yield "violated", f"{listed(together)} show one and the same trace."


def _noticed(row: Row) -> bool:
    return row.conclusion == "violated" and not row.fails


def same_trace(verification: Verification) -> list[EngineName]:
    """The engines that show the trace of the violation that is shown, if there are several."""
    row = next((r for r in verification.rows if r.prop.name == verification.headline), None)
    if row is None or row.shown is None or row.shown.trace is None:
        return []
    text = row.shown.trace.text
    found = [e for e, f in row.findings.items() if f.trace is not None and f.trace.text == text]
    return found if len(found) > 1 else []
