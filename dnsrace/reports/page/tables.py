"""The parts of the page that stand still: the trace as a table, the same schedule in another
variant beside it, and what is known of each property."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from dnsrace.findings.compared import Beside, Compared
from dnsrace.findings.explain import Explanation, Row, columns_of
from dnsrace.findings.words import listed
from dnsrace.reports.page.data import Shown, late_step
from dnsrace.reports.settings import parameter_options

COLOURED = ("violated", "holds")
"""Verdicts with a colour of their own; the others settle nothing."""


def story_table(shown: Shown) -> Iterator[str]:
    """The trace, step by step; nothing without one."""
    what, beside = shown.what, shown.beside
    if what is None:
        return
    yield '<section aria-labelledby="story-title">'
    if beside is None:
        yield '<h2 id="story-title">Step by step</h2>'
    else:
        title = f"The same schedule, {beside.mine} and {beside.other}"
        yield f'<h2 id="story-title">{escape(title)}</h2>'
        yield f"<p>{escape(_difference(beside))}</p>"
    heads = ["#", "who", beside.mine if beside else "what", *what.columns]
    if beside is not None:
        heads += [beside.other, *(column.title for column in beside.system.columns)]
    yield '<table class="story"><thead><tr>'
    yield "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    yield "</tr></thead><tbody>"
    before: dict[str, str] = {}
    for row in what.rows:
        cells = _cells(row, what, beside)
        if beside is not None:
            state = beside.rows[row.number - 1].state if row.number else what.trace.initial
            after = columns_of(beside.system, state)
            cells += _other_cells(
                row, beside, {k: v for k, v in after.items() if before.get(k) != v}
            )
            before = after
        late = late_step(what) == row.number
        again = what.trace.loop is not None and row.number == what.trace.loop + 1
        classes = " ".join(["late"] * late + ["again"] * again)
        yield f'<tr data-step="{row.number}" class="{classes}">{"".join(cells)}</tr>'
    yield "</tbody></table>"
    yield "</section>"


def _cells(row: Row, what: Explanation, beside: Compared | None) -> list[str]:
    words = escape(row.text or "This is how it begins.")
    if late_step(what) == row.number:
        words += '<span class="marker">From here on it could not be avoided.</span>'
    if what.trace.loop is not None and row.number == what.trace.loop + 1:
        words += '<span class="marker">From here on, again and again.</span>'
    named = f' data-of="{escape(beside.mine)}"' if beside and row.number else ""
    cells = [f'<td class="n">{row.number}</td>', f'<td class="who">{escape(row.actor)}</td>',
             f"<td{named}>{words}</td>"]  # fmt: skip
    return cells + [_zone(title, row.shown.get(title, "")) for title in what.columns]


def _other_cells(row: Row, beside: Compared, changed: dict[str, str]) -> list[str]:
    if row.number == 0:
        cells = ["<td></td>"]
    else:
        there: Beside = beside.rows[row.number - 1]
        words = "the same" if there.kind == "same" else there.words
        name = escape(beside.other)
        cells = [f'<td class="{there.kind}" data-of="{name}">{escape(words)}</td>']
    return cells + [_zone(c.title, changed.get(c.title, "")) for c in beside.system.columns]


def _zone(title: str, text: str) -> str:
    named = f' data-of="{escape(title)}"' if text else ""
    return f'<td class="zone"{named}>{escape(text)}</td>'


def _difference(beside: Compared) -> str:
    """Where the other variant parts from this one, and what becomes of it."""
    options = parameter_options(beside.system.model, beside.options)
    text = f"{beside.other.capitalize()} means {options}. The same actors go in the same order. "
    at = beside.parts_at
    if at is None:
        text += "Nothing is different: the variants do the same in every step."
    else:
        row, actor = beside.rows[at - 1], beside.trace.actors[at - 1]
        text += f"They part at step {at}: {actor} {row.words}."
    violated = f"violates {listed(beside.broken)}" if beside.broken else "violates nothing"
    text += f" On this schedule the variant {beside.other} {violated}; one schedule is no proof."
    return text


def known_table(shown: Shown) -> Iterator[str]:
    """What is known of each property, with how far that reaches."""
    if not shown.findings:
        return
    yield '<section aria-labelledby="known-title"><h2 id="known-title">What is known</h2>'
    yield f"<p>{escape(shown.claim)}</p>"
    yield '<table class="known"><thead><tr>'
    yield "".join(f'<th scope="col">{head}</th>' for head in ("property", "kind", "verdict"))
    yield "</tr></thead><tbody>"
    for f in shown.findings:
        informative = " (informative)" if f.informative and f.verdict == "violated" else ""
        verdict = f"{f.verdict}{informative}: {f.reach}" if f.looked else f.reach
        style = f.verdict if f.verdict in COLOURED and f.looked and not informative else ""
        yield (
            f"<tr><td>{escape(f.name)}</td><td>{escape(f.kind.replace('_', ' '))}</td>"
            f'<td class="{style}">{escape(verdict)}</td></tr>'
        )
    yield "</tbody></table></section>"
