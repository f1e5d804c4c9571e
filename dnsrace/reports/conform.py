"""What `dnsrace conform` prints for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dnsrace.findings.conformance import Conformance
from dnsrace.findings.drift_words import Section, headline, sections, told
from dnsrace.findings.explained import Headway, Violation
from dnsrace.findings.words import counted, listed
from dnsrace.reports.settings import command_line

STYLES = {"explained": "bold green", "not explained": "bold red", "unknown": "bold yellow"}


def print_conformance(console: Console, done: Conformance, whole: bool = False) -> None:
    """Print the whole result; `whole`: with every step of the explanation."""
    console.print(Text(command_line(done.system), style="bold"))
    console.print(Text(_log_line(done)))
    for remark in done.log.remarks:
        console.print(Text(remark, style="yellow"))
    if whole and done.explanation is not None:
        console.print(_heading("The explanation"))
        console.print(_table(told(done.explanation)))
    console.print()
    if done.drift is not None:
        console.print(Text(headline(done.drift), style=STYLES[done.answer]))
        for section in sections(done.drift):
            console.print(_heading(section.title))
            for part, soft in _parts(section):
                console.print(part, soft_wrap=soft)
        console.print()
    for violation in done.violations:
        console.print(Text(_violation(done, violation), style="yellow"))
    for line in _work(done):
        console.print(Text(line, style="dim"))
    console.print(Text(conclusion(done), style=STYLES[done.answer]))


def headway_text(headway: Headway) -> str:
    """`event 3,100 of 10,000, 24 states at once, 90,000 in all, 12 s`."""
    return (
        f"event {headway.events:,} of {headway.of:,}, {headway.at_once:,} states at once, "
        f"{headway.states:,} in all, {headway.seconds:.0f} s"
    )


def conclusion(done: Conformance) -> str:
    """The answer, in a sentence."""
    number = counted(len(done.log.events), "event")
    if done.answer == "explained":
        return f"The model explains the whole log: {number}."
    if done.drift is not None:
        event = done.drift.event
        return f"The model does not explain {event.record.where}, {event.text}."
    if not done.log.events:
        return f"Unknown: {done.stopped}."
    if done.events == len(done.log.events):
        return f"Unknown: {done.stopped}. Every event is possible, but nothing was confirmed."
    return (
        f"Unknown: {done.stopped}. Of {number} the first {done.events:,} are possible; nothing is "
        "known of the rest."
    )


def _log_line(done: Conformance) -> str:
    log = done.log
    hidden = [step.name for step in done.system.steps if step.name not in log.shown]
    unseen = f"; {listed(hidden)} may happen unseen" if hidden else "; it shows every step"
    file = log.recording.file or "the log"
    return f"{file}: {counted(len(log.events), 'event')}{unseen}"


def _violation(done: Conformance, violation: Violation) -> str:
    assert done.explanation is not None
    run = "The run" if done.only else "The run, as explained,"
    where = "at its start"
    if violation.events:
        event = done.explanation.events[violation.events - 1]
        where = f"with {event.record.where}, {event.text}"
        if done.explanation.at[violation.events - 1] + 1 < violation.steps:
            where = f"with an unseen step behind {event.record.where}, {event.text}"
    elif violation.steps:
        where = "with an unseen step before the first event"
    kind = " (informative)" if violation.informative else ""
    return f"{run} violates {violation.name}{kind} {where}. The model allows that."


def _work(done: Conformance) -> Iterator[str]:
    if done.explanation is not None:
        only = "no other states explain it" if done.only else "there may be other explanations"
        yield f"{counted(done.explanation.unseen, 'unseen step')}; {only}"
    if done.states:
        yield (
            f"{counted(done.states, 'distinct state')}, at most {done.at_once:,} possible at once; "
            f"{done.seconds:.3g} s of search"
        )


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _parts(section: Section) -> Iterator[tuple[RenderableType, bool]]:
    """What to print of a section, and whether it must not be wrapped, to be copied as it is."""
    if len(section.lines[0]) > 1:
        yield _table(section.lines), False
        return
    for (line,) in section.lines:
        command = line.startswith("dnsrace ")
        indent = 2 + len(line) - len(line.lstrip())
        text = Text(line.strip())
        if command:
            yield Text(f"  {line}"), True
        else:
            yield Padding(text, (0, 0, 0, indent), expand=False), False


def _table(rows: Iterable[tuple[str, ...]]) -> RenderableType:
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*map(Text, row))
    return Padding(table, (0, 0, 0, 2), expand=False)
