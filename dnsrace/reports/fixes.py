"""What `dnsrace fixes` prints for people, on the terminal and as Markdown."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from dnsrace.findings.study import Study
from dnsrace.model.decisions import changes_text
from dnsrace.reports.fixes_words import (
    ENOUGH,
    Section,
    cell,
    conclusion,
    coverage,
    sections,
    values_row,
)

MOST_ROWS = 32
"""Combinations that the terminal shows all of."""
STYLES = {"holds": "green", "violated": "red", "unknown": "yellow"}


def print_study(console: Console, study: Study) -> None:
    """Print the whole study."""
    console.print(Text(_heading(study), style="bold"))
    console.print(Text(f"Decisions, as deployed first: {_decisions(study)}"))
    console.print(Text(coverage(study)))
    if study.not_checked:
        console.print(Text(f"Not looked at: {', '.join(study.not_checked)}."))
    if len(study.planned) <= MOST_ROWS:
        console.print()
        for part in _tables(console, study):
            console.print(part)
    found = list(sections(study))
    for section in found:
        console.print()
        console.print(_title(section))
        console.print(_lines(section))
    if any(line.trace for section in found for line in section.lines):
        console.print(Text("\nSee why", style="bold"))
        for section in found:
            for line in section.lines:
                if line.trace:
                    console.print(Text(f"  {section.title} with {line.changes}:", style="dim"))
                    # not wrapped, so that it can be copied as it is
                    command = f"  dnsrace replay {shlex.quote(line.trace)}"
                    console.print(Text(command), soft_wrap=True)
    console.print()
    style = {0: "bold green", 1: "bold red"}.get(study.exit_code, "bold yellow")
    console.print(Text(conclusion(study), style=style))


def _heading(study: Study) -> str:
    """Model and the parameters that are not decisions."""
    decided = {d.name for d in study.decisions}
    values = " ".join(
        f"{p.name}={p.text(study.system.parameters[p.name])}"
        for p in study.system.model.parameters
        if p.name not in decided
    )
    return f"{study.system.model.reference}  {values}".rstrip()


def _decisions(study: Study) -> str:
    parts = []
    for decision in study.decisions:
        deployed = decision.parameter.text(decision.deployed)
        others = [text for text in decision.texts if text != deployed]
        parts.append(f"{decision.name} {' | '.join([deployed, *others])}")
    return ", ".join(parts)


def _tables(console: Console, study: Study) -> Iterable[RenderableType]:
    """A table of all combinations. Where names of properties make it too wide, letters stand for
    them."""
    names = study.checked
    table = _table(study, [name.replace("_", "_\n") for name in names])
    wide = console.options.update(max_width=10_000)
    if Measurement.get(console, wide, table).maximum <= console.width:
        yield table
    else:
        letters = [chr(ord("A") + i % 26) * (1 + i // 26) for i in range(len(names))]
        yield _table(study, letters)
        yield Text(", ".join(map(" ".join, zip(letters, names, strict=True))), style="dim")
    yield Text("A number: steps of the trace that shows a violation.", style="dim")


def _table(study: Study, headings: list[str]) -> Table:
    """A row for each combination that was searched."""
    table = Table(header_style="bold", pad_edge=False, padding=(0, 1, 0, 0), box=SIMPLE_HEAD)
    for decision in study.decisions:
        table.add_column(Text(decision.name), no_wrap=True)
    table.add_column("states", justify="right", style="dim", no_wrap=True)
    for heading in headings:
        table.add_column(Text(heading), no_wrap=True)
    for changes in study.planned:
        result = study.results.get(changes)
        if result is None:
            continue
        cells = [Text(text) for text in values_row(study, changes)]
        cells.append(Text(f"{result.numbers['distinct_states']:,}"))
        for name in study.checked:
            style = STYLES.get(str(study.answer(changes, name)), "")
            cells.append(Text(cell(result.finding(name)), style=style))
        table.add_row(*cells)
    return table


def _title(section: Section) -> Text:
    style = STYLES[section.answer]
    return Text.assemble((section.title, "bold"), ": ", (section.state, style))


def _lines(section: Section) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column()
    before = ""
    for line in section.lines:
        relation = f"  {line.relation}" if line.relation != before else ""
        before = line.relation
        style = "green" if line.relation == ENOUGH else "red"
        table.add_row(relation, Text(line.changes, style=style), Text(line.note))
    return table


# -- Markdown


def study_markdown(study: Study) -> str:
    """The whole study as a Markdown document."""
    return "\n".join(_markdown(study)) + "\n"


def _markdown(study: Study) -> Iterable[str]:
    yield f"# Fixes of {study.system.name}"
    yield ""
    yield f"`{_heading(study)}`"
    yield ""
    yield f"Decisions, as deployed first: {_code(_decisions(study))}."
    yield ""
    yield coverage(study)
    if study.not_checked:
        yield ""
        yield f"Not looked at: {', '.join(map(_code, study.not_checked))}."
    for section in sections(study):
        yield ""
        yield f"## {section.title}"
        yield ""
        yield f"{section.state[:1].upper()}{section.state[1:]}."
        if section.lines:
            yield ""
            yield "| | changes | |"
            yield "|---|---|---|"
            yield from (
                f"| {line.relation} | {_escaped(_code(line.changes))} | {_escaped(line.note)} |"
                for line in section.lines
            )
        for line in section.lines:
            if line.trace:
                yield ""
                yield f"With {_code(line.changes)}:"
                yield ""
                yield f"    dnsrace replay {shlex.quote(line.trace)}"
    yield ""
    yield "## Every combination"
    yield ""
    names = study.checked
    yield f"| {' | '.join(['changes', 'states', *map(_escaped, names)])} |"
    yield "|---|---:|" + "---|" * len(names)
    for changes in study.planned:
        result = study.results.get(changes)
        if result is None:
            yield f"| {_escaped(_code(changes_text(changes)))} | not searched |" + " |" * len(names)
            continue
        cells = [f"{result.numbers['distinct_states']:,}"]
        cells += [cell(result.finding(name)) for name in names]
        yield f"| {_escaped(_code(changes_text(changes)))} | {' | '.join(cells)} |"
    yield ""
    yield f"**{conclusion(study)}**"


def _code(text: str) -> str:
    return f"`{text}`"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
