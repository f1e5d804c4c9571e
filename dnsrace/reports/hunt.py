"""What `dnsrace hunt` prints for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from dnsrace.findings.hunted import Hunt, HuntProgress, HuntReport
from dnsrace.findings.schedule import schedule_text
from dnsrace.findings.words import counted, listed
from dnsrace.reports.settings import command_line
from dnsrace.reports.terminal import (
    MOST_PATHS,
    findings_table,
    print_violation,
)


def print_hunt(console: Console, report: HuntReport) -> None:
    """Print the whole report of a hunt."""
    hunt = report.hunt
    console.print(Text(command_line(hunt.system), style="bold"))
    headline = report.explanations.get(report.headline)
    finding = hunt.finding(report.headline)
    if headline is not None and finding is not None:
        print_violation(console, finding, headline, schedule_text(headline.trace))
    console.print()
    console.print(findings_table(hunt.findings, console.encoding))
    console.print()
    for line in _numbers(hunt):
        console.print(Padding(line, (0, 0, 0, 2), expand=False))
    console.print()
    for line in _conclusion(hunt):
        console.print(line)


def hunt_progress_text(progress: HuntProgress) -> str:
    """`120,000 walks, 24,000/s, stalest 45 steps; found: a; never yet: b (numba)`."""
    rate = progress.walks / progress.seconds if progress.seconds > 0 else 0.0
    found = f"; found: {', '.join(progress.found)}" if progress.found else ""
    unseen = f"; never yet: {', '.join(progress.unseen)}" if progress.unseen else ""
    return (
        f"{counted(progress.walks, 'walk')}, {rate:,.0f}/s, stalest "
        f"{counted(progress.lag, 'step')}{found}{unseen} ({progress.engine})"
    )


def _numbers(hunt: Hunt) -> Iterable[Text]:
    tally = hunt.tally
    cores = f" on {counted(hunt.cores, 'core')}" if hunt.cores > 1 else ""
    engine = {"numba": f"compiled{cores}", "python": "in Python"}[hunt.engine]
    yield Text(
        f"{counted(tally.walks, 'walk')} of seed {hunt.seed}, {counted(tally.steps, 'step')}, in "
        f"{hunt.seconds:.3g} s ({hunt.walks_per_second:,.0f} walks/s, {engine}); ended by: "
        f"{hunt.stopped}"
    )
    for name in hunt.catches:
        if name in tally.seen:
            yield Text(f"{name} is met by {hunt.chance(name).text}")
    ends = [f"at an end of the model {tally.ended:,}"] if tally.ended else []
    ends += [f"in a deadlock {tally.deadlocks:,}"] if tally.deadlocks else []
    ends += [f"cut after {counted(hunt.length, 'step')} {tally.cut:,}"] if tally.cut else []
    if ends:
        yield Text(f"where walks ended: {listed(ends)}", style="dim")
    if tally.lag:
        yield Text(
            f"the stalest: {tally.laggard} went on after {counted(tally.lag, 'step')} of others "
            f"(walk {tally.lag_walk:,})",
            style="dim",
        )
    taken = ", ".join(f"{name} {times:,}" for name, times in hunt.steps.items())
    yield Text(f"steps taken: {taken}", style="dim")
    if hunt.never:
        listed_paths = "; ".join(hunt.never[:MOST_PATHS])
        more = len(hunt.never) - MOST_PATHS
        listed_paths += f"; and {more} more, which --json lists" if more > 0 else ""
        yield Text(f"paths never taken: {listed_paths}", style="dim")


def _conclusion(hunt: Hunt) -> Iterable[Text]:
    missed = [f"reached {name}" for name in hunt.unseen] + [f"took {name}" for name in hunt.idle]
    if missed and hunt.tally.walks:
        yield Text(
            f"LOOK HERE: no walk ever {', nor '.join(missed)}. What these walks did not do they "
            "did not test: give more --walks, a larger --length, or other parameters.",
            style="bold yellow",
        )
    failing = [f.name for f in hunt.findings if f.fails]
    if failing:
        yield Text(f"Violated: {', '.join(failing)}.", style="bold red")
    else:
        yield Text(
            f"Nothing was found in {counted(hunt.tally.walks, 'walk')}. That is no proof: "
            "dnsrace explore looks at every state.",
            style="bold yellow",
        )
