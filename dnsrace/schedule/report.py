"""A run as text: the failure, who did what, and one line to see it again."""

from __future__ import annotations

from collections.abc import Sequence

from dnsrace.schedule.actors import Note, Step
from dnsrace.schedule.failure import Failure


def report(
    program: str,
    outcome: str,
    failure: Failure | None,
    steps: Sequence[Step],
    notes: Sequence[Note],
    again: str,
) -> str:
    """The whole report of a run."""
    count = f"{len(steps)} call" + ("s" if len(steps) != 1 else "")
    calls = f"{count}, {steps[-1].time if steps else 0.0:g} s of virtual time"
    if failure is not None:
        head = f"{failure.sentence}\n\n{program} failed after {calls}:"
    elif outcome == "passed":
        head = f"{program} passed after {calls}"
    else:
        head = f"{program} was {outcome} after {calls}: not a pass"
    return "\n".join([head, "", *timeline(steps, notes), "", "See it again", f"  {again}"])


def timeline(steps: Sequence[Step], notes: Sequence[Note]) -> list[str]:
    """A line for each completed call; the actor's name stands where it changes."""
    said: dict[int, list[str]] = {}
    for note in notes:
        said.setdefault(note.step, []).append(note.text)
    actors = max((len(s.actor) for s in steps), default=0)
    calls = max((len(_call(s)) for s in steps), default=0)
    lines = [f"{'':{actors + calls + 4}}{text}" for text in said.get(0, [])]
    before = None
    for number, step in enumerate(steps, 1):
        name = step.actor if step.actor != before else ""
        texts = said.get(number, [""])
        lines.append(f"  {name:{actors}}  {_call(step):{calls}}  {texts[0]}".rstrip())
        lines += [f"  {'':{actors}}  {'':{calls}}  {text}" for text in texts[1:]]
        before = step.actor
    return lines


def _call(step: Step) -> str:
    return f"{step.name} !{step.fault}" if step.fault else step.name
