"""What `dnsrace explore` and `dnsrace replay` print for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dnsrace.findings.explain import Explanation, WayOut
from dnsrace.findings.report import Report
from dnsrace.findings.trace import replay_command
from dnsrace.findings.verdicts import Exploration, Finding
from dnsrace.findings.words import can_show, counted, first_line
from dnsrace.model.language import Model
from dnsrace.model.system import System
from dnsrace.reports.behind import behind, indented
from dnsrace.reports.settings import command_line, parameter_options

MARKS = {
    "violated": ("✗", "bold red"),
    "holds": ("✓", "bold green"),
    "holds within bounds": ("~", "bold yellow"),
    "unknown": ("?", "yellow"),
}
PLAIN = {"✗": "x", "✓": "+"}
"""Marks for an output that has no others: there all of them would become a question mark."""

MOST_PATHS = 20
"""Paths that were never taken, as many as are listed for people."""


def print_report(console: Console, report: Report) -> None:
    """Print the whole report of an exploration."""
    console.print(Text(command_line(report.system), style="bold"))
    headline = report.explanations.get(report.headline)
    if headline is not None:
        finding = report.exploration.finding(report.headline)
        assert finding is not None
        print_violation(console, finding, headline)
    console.print()
    console.print(findings_table(report.exploration.findings, console.encoding))
    console.print()
    for line in _search_lines(report.exploration, report.system):
        console.print(Padding(line, (0, 0, 0, 2), expand=False))
    if report.fixed is not None:
        console.print()
        console.print(_fixed(report.system.model, report.fixed))
    console.print()
    console.print(_conclusion(report))


def print_violation(console: Console, finding: Finding, what: Explanation, *more: str) -> None:
    """What is violated, how, and the lines that show it again: the command, and `more`."""
    console.print()
    console.print(_violation(what.trace.system, finding))
    console.print(explanation(what))
    console.print(Text("\nSee it again", style="bold"))
    for line in (replay_command(what.trace), *more):
        # not wrapped, so that it can be copied as it is
        console.print(Text(f"  {line}"), soft_wrap=True)


def _violation(system: System, finding: Finding) -> RenderableType:
    prop = system.find_property(finding.name)
    text = Text.assemble(
        ("VIOLATED ", "bold red"),
        (finding.name, "bold"),
        f" {when_text(finding)}",
    )
    text.append(", and never earlier" if finding.shortest else "")
    if prop is not None and prop.doc:
        text.append(f"\n{first_line(prop.doc)}", "italic")
    return text


def when_text(finding: Finding) -> str:
    """`after 14 steps`, or of a loop how long it is, and what comes before."""
    length, loop = finding.length or 0, finding.trace.loop if finding.trace else None
    if loop is None:
        return f"after {counted(length, 'step')}"
    return f"in a loop of {counted(length - loop, 'step')}, after {counted(loop, 'step')}"


# -- a trace


def explanation(what: Explanation) -> RenderableType:
    """A trace as a table, what the world sees at its end, the way out, and how to replay it."""
    parts: list[RenderableType] = [Text(), trace_table(what)]
    if what.outcome:
        parts += [Text("\nWhat the world sees now", style="bold"), indented(what.outcome)]
    if what.way_out is not None:
        parts += [
            Text("\nWhen it was too late", style="bold"),
            indented(way_out_text(what, what.way_out)),
        ]
    elif what.inevitable:
        parts.append(indented("\nEvery behaviour of the model ends here, whatever is done."))
    return Group(*parts, *behind(what))


def trace_table(what: Explanation) -> Table:
    """One row for each step; a column for each actor that acts, and for each part of the state
    that the model shows. Only what changed is there."""
    table = Table(show_header=True, header_style="bold", pad_edge=False, expand=False)
    table.add_column("#", justify="right", style="dim")
    for actor in what.actors:
        table.add_column(Text(actor), style="cyan" if actor == what.actors[0] else "")
    for title in what.columns:
        table.add_column(Text(title), style="green")
    for row in what.rows:
        cells = [row.text if actor == row.actor else "" for actor in what.actors]
        shown = [row.shown.get(title, "") for title in what.columns]
        again = row.number == what.trace.loop
        table.add_row(*map(Text, (str(row.number), *cells, *shown)), end_section=again)
    return table


def way_out_text(what: Explanation, way: WayOut) -> str:
    """The last moment at which the violation could still be avoided, in a sentence or two."""
    if not way.searched and not way.instead:
        return "Not known: too many behaviours to look at."
    step = f"step {way.after + 1}, {what.trace.steps[way.after].text}"
    if not way.searched:
        text = f"Not before {step}: until then it could still be avoided."
    elif way.after + 1 == len(what.trace.steps):
        text = f"Only with the last step, {step}: until then it could still be avoided."
    else:
        text = f"With {step}: from there on every behaviour leads here."
    if way.instead:
        ends = "come to rest" if way.ends else "go on for ever"
        text += f" Had {way.instead} come first, the system could {ends} without it."
    return text


# -- verdicts and numbers


def findings_table(findings: Iterable[Finding], encoding: str) -> Table:
    """One row for each property, with its verdict and how far it reaches."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim")
    table.add_column()
    for finding in findings:
        mark, style = MARKS[finding.verdict]
        if finding.informative and finding.verdict == "violated":
            mark, style = "!", "yellow"
        if not finding.looked:
            mark, style = "-", "dim"
        shown = mark if can_show(encoding, mark) else PLAIN[mark]
        table.add_row(
            Text(shown, style=style),
            Text(finding.name),
            finding.kind.replace("_", " "),
            Text(_verdict_text(finding), style=style if mark in "✗~?" else ""),
        )
    return table


def _verdict_text(finding: Finding) -> str:
    if not finding.looked:
        return finding.reach
    verdict = finding.verdict
    if finding.informative and verdict == "violated":
        verdict = "violated (informative)"  # type: ignore[assignment]
    return f"{verdict}: {finding.reach}"


def _search_lines(exploration: Exploration, system: System) -> Iterable[Text]:
    s, unbounded = exploration.statistics, exploration.unbounded
    if exploration.complete:
        every = ": every reachable state was explored"
        every += f", as far as the order of {unbounded.domain} tells" if unbounded else ""
        yield Text.assemble(("COMPLETE", "bold green"), every)
    else:
        yield Text.assemble(
            ("INCOMPLETE", "bold yellow"),
            f": every state up to depth {exploration.checked} was checked; nothing is known beyond "
            f"({exploration.stopped})",
        )
    line = counted(s.distinct_states, "distinct state")
    if s.represented_states != s.distinct_states:
        line += f", standing for {s.represented_states:,} ({exploration.symmetry})"
    yield Text(line)
    yield Text(
        f"{counted(s.transitions, 'transition')}, depth {s.depth}, largest level "
        f"{counted(max(s.levels, default=0), 'state')}"
    )
    yield Text(
        f"{s.seconds:.3g} s of search with the {exploration.engine} engine "
        f"({_rate(s.states_per_second)} states/s), {s.memory / 2**20:,.1f} MiB of states",
        style="dim",
    )
    yield from _terminal_lines(exploration, system)
    taken = ", ".join(f"{name} {n:,}" for name, n in s.steps.items())
    yield Text(f"steps taken: {taken}", style="dim")
    if s.never and exploration.complete:
        more = len(s.never) - MOST_PATHS
        listed = "; ".join(s.never[:MOST_PATHS])
        listed += f"; and {more} more, which --json lists" if more > 0 else ""
        yield Text(f"never taken, in any state: {listed}", style="yellow")
    elif s.never:
        yield Text(
            f"{counted(len(s.never), 'path')} through steps not taken before the search stopped",
            style="dim",
        )


def _rate(per_second: float) -> str:
    if per_second >= 1e6:
        return f"{per_second / 1e6:.1f} million"
    return f"{per_second:,.0f}"


def _terminal_lines(exploration: Exploration, system: System) -> Iterable[Text]:
    s = exploration.statistics
    if s.ends:
        yield Text(f"{counted(s.ends, 'end')}: states where the model says that it may stop")
    if s.deadlocks and system.end is None:
        yield Text(
            f"{counted(s.deadlocks, 'state')} without a successor; the model does not say (with "
            "@end) whether that is fine"
        )
    elif s.deadlocks:
        yield Text(
            f"{counted(s.deadlocks, 'deadlock')}: nothing can happen there, and it is no end "
            "(--deadlock shows the shortest way into one)",
            style="yellow",
        )


def _fixed(model: Model, fixed: Report) -> RenderableType:
    options = parameter_options(model, dict(model.fixed))
    exploration = fixed.exploration
    names = {f.name: f for f in exploration.findings if f.looked}
    holding = [name for name, f in names.items() if f.verdict == "holds"]
    broken = [name for name, f in names.items() if f.fails]
    states = counted(exploration.statistics.distinct_states, "distinct state")
    if broken:
        verdict = Text.assemble(("violated", "bold red"), f" even so: {', '.join(broken)}")
    elif exploration.complete:
        verdict = Text.assemble(
            ("ruled out", "bold green"),
            f": all {states} explored, and {', '.join(holding)} hold" + "s" * (len(holding) == 1),
        )
    else:
        verdict = Text.assemble(
            ("not finished", "bold yellow"), f" after {states}; run it with --fixed to know"
        )
    return Text.assemble(("With the fix ", "bold"), f"({options}): ", verdict)


def _conclusion(report: Report) -> Text:
    exploration = report.exploration
    failing = [f.name for f in exploration.findings if f.fails]
    if failing:
        return Text(f"Violated: {', '.join(failing)}.", style="bold red")
    noticed = [f.name for f in exploration.findings if f.verdict == "violated"]
    bounded = [f.name for f in exploration.asked if f.verdict != "holds" and not f.informative]
    if bounded:
        why = (
            "Whether the model itself breaks it is not known: see above."
            if exploration.complete and exploration.unbounded
            else "There was no time or no room to look: see above."
            if exploration.complete
            else "This is no proof of anything beyond the depth that was reached."
        )
        return Text(f"Not decided: {', '.join(bounded)}. {why}", style="bold yellow")
    if not exploration.asked:
        return Text("The model states nothing that this engine checks.", style="bold yellow")
    if noticed:
        return Text(
            f"No failure; violated, but informative: {', '.join(noticed)}.", style="bold yellow"
        )
    unbounded = exploration.unbounded
    where = f"for {unbounded.sizes}" if unbounded else "on the whole space"
    return Text(f"Every property that was checked holds {where}.", style="bold green")
