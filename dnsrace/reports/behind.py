"""What is printed below the table of a trap or of a lasso: what can happen then, and why."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dnsrace.findings.aftermath import Aftermath
from dnsrace.findings.explain import Explanation, sentence
from dnsrace.findings.lasso import Fairness
from dnsrace.findings.trace import Trace
from dnsrace.findings.words import counted, listed


def behind(what: Explanation) -> Iterable[RenderableType]:
    """The parts for an explanation; none for one that is neither of a trap nor of a lasso."""
    if what.aftermath is not None:
        yield from _trap(what.trace, what.aftermath)
    elif what.fairness is not None:
        yield from _fair(what.trace, what.fairness)
    elif what.trace.loop is not None:
        yield indented(f"\n{_again(what.trace)}")


def indented(text: str) -> RenderableType:
    """A text, two columns to the right."""
    return Padding(Text(text), (0, 0, 0, 2), expand=False)


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


# -- a trap


def _trap(trace: Trace, after: Aftermath) -> Iterable[RenderableType]:
    yield _heading("What closed the last way out")
    yield indented(_closing(trace, after))
    yield _heading("What can still happen there")
    count = counted(after.states, "state")
    text = f"{count} can follow. " if after.whole else f"More than {count} can follow. "
    if after.happens:
        text += f"Still happening: {listed(after.happens)}. "
    if after.ends:
        text += "It may come to an end, where nothing can happen at all."
    yield indented(text.rstrip())
    if after.loop is not None:
        yield indented(_round(after.loop))
    if after.never:
        yield _heading("What cannot happen again, and why")
        yield Padding(_never(after, len(trace.steps)), (0, 0, 0, 2), expand=False)


def _closing(trace: Trace, after: Aftermath) -> str:
    if not trace.steps:
        return "There never was one: the initial state is in the trap."
    last = len(trace.steps)
    text = f"Step {last}, {trace.steps[-1].text}: {trace.actors[-1]} {sentence(trace, last - 1)}."
    if not after.way_out:
        return text
    return f"{text} Until then a nearest way there was: {' '.join(after.way_out)}."


def _round(loop: Trace) -> str:
    """The loop in words: who does what, again and again."""
    assert loop.loop is not None
    parts, before = [], ""
    for at in range(loop.loop, len(loop.steps)):
        actor = "" if loop.actors[at] == before else f"{loop.actors[at]} "
        before = loop.actors[at]
        parts.append(actor + sentence(loop, at))
    return f"It can go round for ever: {', '.join(parts)}; and again from the start."


def _never(after: Aftermath, last: int) -> Table:
    table = Table(show_header=True, header_style="bold", box=None, pad_edge=False)
    table.add_column("never again", overflow="fold")
    table.add_column("needs (true nowhere there)", overflow="fold")
    table.add_column(f"after step {last}", overflow="fold", style="dim")
    for never in after.never:
        needs = " and ".join(never.needs) or "all of its requirements at once"
        table.add_row(Text(never.what), Text(needs), Text(", ".join(never.now)))
    return table


# -- a lasso


def _fair(trace: Trace, fairness: Fairness) -> Iterable[RenderableType]:
    if trace.loop is None:
        yield _heading("Why it may stop here")
        possible = "Nothing that fairness asks for is possible here, so nothing has to happen."
        yield indented(possible)
        return
    yield _heading("Why this is fair")
    yield indented(_again(trace))
    for title, steps in (
        ("Fair steps that happen in the loop", fairness.taken),
        ("Never possible in it", fairness.never),
        ("Possible at times, but not all the time", fairness.at_times),
    ):
        if steps:
            yield indented(f"{title}: {listed(steps)}.")


def _again(trace: Trace) -> str:
    assert trace.loop is not None
    first, last = trace.loop + 1, len(trace.steps)
    if first == last:
        return f"Step {last} leads back to where it began, and so it goes on for ever."
    return f"Steps {first} to {last} lead back to where they began, and so it goes on for ever."
