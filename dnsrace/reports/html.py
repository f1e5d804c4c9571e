"""Traces, verdicts and fixes as HTML tables: how results show themselves in a notebook.

Colours come from `currentColor` and transparency alone, so that they suit light and dark pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from dnsrace.findings.explain import Explanation
from dnsrace.findings.report import Report
from dnsrace.findings.study import Study
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.words import counted
from dnsrace.reports.fixes_words import cell, conclusion, values_row
from dnsrace.reports.settings import command_line
from dnsrace.reports.terminal import MARKS, way_out_text

STYLE = """<style>
.dnsrace { font-size: 13px; line-height: 1.4; overflow-x: auto }
.dnsrace table { border-collapse: collapse; margin: .6em 0 }
.dnsrace th, .dnsrace td { text-align: left; vertical-align: top; padding: .2em .7em;
  white-space: normal; max-width: 11em;
  border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
.dnsrace td.number { text-align: right; opacity: .6 }
.dnsrace .state { font-weight: 600 }
.dnsrace .bad { color: #c62828 } .dnsrace .good { color: #2e7d32 }
.dnsrace .perhaps { color: #b26a00 }
.dnsrace pre { margin: .4em 0; white-space: pre-wrap }
</style>"""
COLOURS = {"violated": "bad", "holds": "good", "holds within bounds": "perhaps", "unknown": ""}


def report_html(report: Report) -> str:
    """The headline's trace, a verdict for each property, and how far the search came."""
    parts = [f"<p><b>{escape(command_line(report.system))}</b></p>"]
    headline = report.explanations.get(report.headline)
    if headline is not None:
        parts += [f"<p class='bad'><b>{escape(report.headline)} is violated</b></p>"]
        parts += [_trace(headline)]
    statistics, exploration = report.exploration.statistics, report.exploration
    whole = "every reachable state" if exploration.complete else f"stopped: {exploration.stopped}"
    states = counted(statistics.distinct_states, "distinct state")
    parts += [_findings(exploration.findings), f"<p>{escape(f'{states}; {whole}')}.</p>"]
    return _whole(parts)


def trace_html(what: Explanation) -> str:
    """A trace: a row for each step, a column for each actor and each part of the state."""
    return _whole([_trace(what)])


def study_html(study: Study) -> str:
    """A row for each combination of the design decisions, and the conclusion."""
    names = study.checked
    head = [*(d.name for d in study.decisions), "states", *names]
    rows = []
    for changes in study.planned:
        result = study.results.get(changes)
        if result is None:
            continue
        cells = [_cell(text) for text in values_row(study, changes)]
        cells.append(_cell(f"{result.numbers['distinct_states']:,}", "number"))
        for name in names:
            colour = COLOURS[str(study.answer(changes, name) or "unknown")]
            cells.append(_cell(cell(result.finding(name)), colour))
        rows.append(cells)
    return _whole([_table(head, rows), f"<p><b>{escape(conclusion(study))}</b></p>"])


def _whole(parts: Iterable[str]) -> str:
    return f"<div class='dnsrace'>{STYLE}{''.join(parts)}</div>"


def _trace(what: Explanation) -> str:
    rows = []
    for row in what.rows:
        cells = [_cell(str(row.number), "number")]
        cells += [_cell(row.text if actor == row.actor else "") for actor in what.actors]
        cells += [_cell(row.shown.get(title, ""), "state") for title in what.columns]
        rows.append(cells)
    parts = [_table(["#", *what.actors, *what.columns], rows)]
    if what.trace.loop is not None:
        again = f"What comes after step {what.trace.loop} is repeated for ever."
        parts.append(f"<p>{escape(again)}</p>")
    if what.outcome:
        parts.append(f"<pre>{escape(what.outcome)}</pre>")
    if what.way_out is not None:
        too_late = way_out_text(what, what.way_out)
        parts.append(f"<p><b>When it was too late.</b> {escape(too_late)}</p>")
    return "".join(parts)


def _findings(findings: Iterable[Finding]) -> str:
    rows = []
    for finding in findings:
        colour = COLOURS[finding.verdict] if finding.looked else ""
        if finding.informative and finding.verdict == "violated":
            colour = "perhaps"
        mark = MARKS[finding.verdict][0] if finding.looked else "-"
        verdict = f"{finding.verdict}: {finding.reach}" if finding.looked else finding.reach
        kind = finding.kind.replace("_", " ")
        rows.append([_cell(mark, colour), _cell(finding.name), _cell(kind), _cell(verdict, colour)])
    return _table([], rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    heads = "".join(f"<th>{escape(text)}</th>" for text in head)
    lines = [f"<thead><tr>{heads}</tr></thead>"] if head else []
    lines += ["<tbody>", *(f"<tr>{''.join(cells)}</tr>" for cells in rows), "</tbody>"]
    return f"<table class='dnsrace-table'>{''.join(lines)}</table>"


def _cell(text: str, kind: str = "") -> str:
    return f"<td class='{kind}'>{escape(text)}</td>" if kind else f"<td>{escape(text)}</td>"
