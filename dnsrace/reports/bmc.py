"""What `dnsrace bmc` prints for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from dnsrace.findings.bounded import Bounded, BoundedProgress, BoundedReport
from dnsrace.findings.words import counted, listed
from dnsrace.reports.settings import command_line
from dnsrace.reports.terminal import findings_table, print_violation


def print_bmc(console: Console, report: BoundedReport) -> None:
    """Print the whole report of a bounded check."""
    bounded = report.bounded
    console.print(Text(command_line(bounded.system), style="bold"))
    headline = report.explanations.get(report.headline)
    finding = bounded.finding(report.headline)
    if headline is not None and finding is not None:
        print_violation(console, finding, headline)
    console.print()
    console.print(findings_table(bounded.findings, console.encoding))
    console.print()
    for line in _numbers(bounded):
        console.print(Padding(line, (0, 0, 0, 2), expand=False))
    console.print()
    console.print(_conclusion(bounded))


def bmc_progress_text(progress: BoundedProgress) -> str:
    """`depth 12, 3 s; found: rollback_ready (Z3)`."""
    found = f"; found: {', '.join(progress.found)}" if progress.found else ""
    return f"depth {progress.depth}, {progress.seconds:.0f} s{found} (Z3)"


def _numbers(bounded: Bounded) -> Iterable[Text]:
    depths = counted(len(bounded.depths), "depth")
    yield Text(f"{depths} from {bounded.first} on, in {bounded.seconds:.3g} s of search")
    yield Text(f"ended because {bounded.stopped}")
    moves = counted(bounded.moves, "step")
    yield Text(f"{moves} with their choices; symmetry: {bounded.symmetry}", style="dim")


def _conclusion(bounded: Bounded) -> Text:
    failing = [f.name for f in bounded.findings if f.fails]
    if failing:
        return Text(f"Violated: {', '.join(failing)}.", style="bold red")
    if bounded.exit_code == 0 and bounded.diameter is None:
        return Text("All that was asked about was reached.", style="bold green")
    if bounded.exit_code == 0:
        return Text(
            f"Proved: no state is deeper than {bounded.diameter}, and Z3 came there.",
            style="bold green",
        )
    if bounded.checked < bounded.first:
        return Text("Nothing is known: no depth was finished.", style="bold yellow")
    reach = f"up to {counted(bounded.checked, 'step')}"
    if bounded.first:
        reach = f"of {bounded.first} to {counted(bounded.checked, 'step')}"
    if bounded.sizes:
        reach += f", for any {listed(map(str, bounded.sizes))}"
    return Text(
        f"No violation {reach}. Nothing is known beyond, so this is no proof.",
        style="bold yellow",
    )
