"""A trace as lines of plain text: what a test prints when it has found a race."""

from __future__ import annotations

from dnsrace.findings.explain import Explanation
from dnsrace.findings.schedule import schedule_of
from dnsrace.findings.trace import replay_command
from dnsrace.findings.words import counted


def timeline(what: Explanation, headline: str = "") -> str:
    """Who did what, in order, an actor named when it takes over; what the world sees then; and one
    line to see it again.

    Parameters
    ----------
    headline: what is violated, in a line; empty for none.
    """
    lines = [headline, ""] if headline else []
    width = max((len(actor) for actor in what.actors), default=0)
    digits = len(str(len(what.rows)))
    before = ""
    for row in what.rows[1:]:
        actor = row.actor if row.actor != before else ""
        before = row.actor
        lines.append(f"  {row.number:>{digits}}  {actor:<{width}}  {row.text}")
        if what.trace.loop == row.number:
            lines.append(f"  {'':>{digits}}  -- and from here for ever:")
    if what.outcome:
        lines += ["", *(f"  {line}" for line in what.outcome.splitlines())]
    lines += ["", f"  see it again:  {replay_command(what.trace)}"]
    if what.trace.loop is None:
        lines += [f"  its schedule:  {schedule_of(what.trace).text}"]
    return "\n".join(lines)


def violation_line(name: str, length: int, doc: str = "", *, shortest: bool = False) -> str:
    """`no_empty_answer is violated after 14 steps, and never earlier: A client never ...`."""
    text = f"{name} is violated after {counted(length, 'step')}"
    text += ", and never earlier" if shortest else ""
    return f"{text}: {doc}" if doc else text
