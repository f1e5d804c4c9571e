"""A drift in words, for people who are tired: what happened, why the model forbids it, and what it
would have allowed."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dnsrace.findings.drift import Drift, Misfit, Needed
from dnsrace.findings.events import Event, Seen
from dnsrace.findings.explain import sentence
from dnsrace.findings.explained import Explained
from dnsrace.findings.trace import Trace
from dnsrace.findings.words import counted, listed
from dnsrace.model.interpreter import slot_text
from dnsrace.model.system import System

LAST = 5
"""Events before the drift that are shown."""
MOST = 12
"""Steps that the model allows, as many as are listed."""
OTHERS = 4
"""Other reasons that are listed."""
LONGEST = 3_000
"""Signs of a trace that is shown as a command: a terminal's command has some limit."""


@dataclass(frozen=True)
class Section:
    """A heading and lines; a table has several cells in each."""

    title: str
    lines: tuple[tuple[str, ...], ...]


def drift_text(drift: Drift) -> str:
    """All of a drift, in lines: what `str` of it gives."""
    return "\n".join(_plain(headline(drift), sections(drift)))


def _plain(first: str, parts: Iterable[Section]) -> Iterator[str]:
    yield first
    for part in parts:
        yield ""
        yield part.title
        widths = [max(map(len, cells)) for cells in zip(*part.lines, strict=True)]
        for line in part.lines:
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            yield "  " + "  ".join(cells).rstrip()


def headline(drift: Drift) -> str:
    """Which event, and how many are explained before it."""
    event = drift.event
    return (
        f"NOT EXPLAINED {event.record.where}, {event.text}, "
        f"after {counted(drift.explained, 'explained event')}"
    )


def sections(drift: Drift) -> Iterator[Section]:
    """The parts of a drift, to be shown one below the other."""
    system = drift.before.trace.system
    yield Section("What the log says", tuple((line,) for line in _said(system, drift.event)))
    before = tuple(told(drift.before, drift.explained - LAST))
    if before:
        yield Section("What came before", before)
    yield Section("Why nothing explains it", tuple((line,) for line in _why(drift)))
    yield Section("What the model would have allowed", tuple(_allowed(drift)))
    text = drift.before.trace.text
    command = f"dnsrace replay {shlex.quote(text)}"
    if len(text) > LONGEST:
        command = "--trace PATH writes the explained part, for dnsrace replay PATH"
    yield Section("See the explained part", ((command,),))


def told(explained: Explained, first: int = 0) -> Iterator[tuple[str, str, str]]:
    """The steps of an explanation from an event on, in rows: which event it is, or that it was
    unseen; the step; and what it does in the model's words."""
    where = {
        at: event.record.where for event, at in zip(explained.events, explained.at, strict=True)
    }
    begin = explained.at[first] if first > 0 else 0
    for step in range(begin, len(explained.trace.steps)):
        text = explained.trace.steps[step].text
        yield where.get(step, "unseen"), text, in_words(explained.trace, step)


def in_words(trace: Trace, at: int) -> str:
    """What the step at a position does, without its name."""
    return sentence(trace, at).removeprefix(f"{trace.steps[at].text}: ")


def _said(system: System, event: Event) -> Iterator[str]:
    by = f" by {event.actor}" if event.actor else ""
    yield f"{event.text}{by}"
    for word, seen in (("right before it", event.before), ("right behind it", event.after)):
        if seen:
            yield f"{word}: {_seen(system, seen)}"
    known = ("step", "choices", "before", "state", "actor")
    other = [f"{key}={value}" for key, value in event.record.data.items() if key not in known]
    if other:
        yield ", ".join(other)


def _seen(system: System, seen: Seen) -> str:
    slots = ((system.slots[slot], raw) for slot, raw in seen)
    return ", ".join(f"{slot_text(*slot)} = {slot[0].domain.text(raw)}" for slot, raw in slots)


def _why(drift: Drift) -> Iterator[str]:
    (nearest, count), *others = drift.misfits
    if drift.states > 1:
        alike = f", and {count - 1:,} more like it" if count > 1 else ""
        yield (
            f"The system may be in any of {counted(drift.states, 'state')} there, as unseen steps "
            f"may have happened. The nearest{alike}:"
        )
    yield from _reason(nearest)
    if nearest.kind == "effect" and not nearest.instead:
        leading = [allowed.step for allowed in drift.allowed if allowed.seen]
        if leading:
            yield f"What was seen is what {' or '.join(leading)} would lead to."
    for misfit, number in others[:OTHERS]:
        yield f"In {counted(number, 'other state')}: {short(misfit)}"
    rest = sum(number for _, number in others[OTHERS:])
    if rest:
        yield f"In {counted(rest, 'other state')} it is something else."
    if drift.looked_at < drift.states:
        yield f"The {drift.states - drift.looked_at:,} states farthest away were not asked why."


def _reason(misfit: Misfit) -> Iterator[str]:
    if misfit.kind == "before":
        yield "The model cannot be in the state that was seen right before it:"
        yield from _differences(misfit)
    elif misfit.kind == "blocked" and not misfit.needs:
        yield f"{misfit.step} is possible in no state: what it requires is never true."
    elif misfit.kind == "blocked":
        yield f"{misfit.step} is not possible there. It needs"
        yield from _needed(misfit.needs)
        yield (
            "Either the implementation does not make this test, or the log lacks something that "
            "happened before."
        )
    else:
        yield f"{misfit.step} is possible there, but the model does something else:"
        yield f"  {misfit.says}"
        yield from _differences(misfit)
        if misfit.instead:
            yield f"What was seen is another path of {misfit.step.partition('(')[0]}:"
            yield f"  {misfit.instead}"
            yield "The model takes that path only if"
            yield from _needed(misfit.needs)
            tests = "this test" if len(misfit.needs) == 1 else "these tests"
            yield f"The implementation behaves as if it did not make {tests}."
        else:
            yield f"No path of {misfit.step} leads to what was seen, whatever its tests say."


def _differences(misfit: Misfit) -> Iterator[str]:
    for one in misfit.differences:
        yield f"  {one.name} is {one.model} in the model, {one.log} in the log"


def _needed(some: Iterable[Needed]) -> Iterator[str]:
    for needed in some:
        yield f"  {needed.test}"
        here = [f"that is {needed.here}"] if needed.here != needed.test else []
        values = [f"there {listed(needed.values)}"] if needed.values else []
        if here or values:
            yield f"    {'; '.join(here + values)}"
        if needed.place:
            yield f"    asked in {needed.place}"


def short(misfit: Misfit) -> str:
    """A reason on one line."""
    if misfit.kind == "blocked":
        return _short_of_blocked(misfit)
    differing = listed(f"{one.name} = {one.model}" for one in misfit.differences)
    return (
        f"it has {differing}" if misfit.kind == "before" else f"{misfit.step} leads to {differing}"
    )


def _short_of_blocked(misfit: Misfit) -> str:
    if not misfit.needs:
        return f"{misfit.step} is possible in no state"
    [needed] = misfit.needs
    values = f", but {listed(needed.values)}" if needed.values else ""
    return f"{misfit.step} needs {needed.here}{values}"


def _allowed(drift: Drift) -> Iterator[tuple[str, str]]:
    for allowed in drift.allowed[:MOST]:
        yield allowed.step, allowed.says
    more = len(drift.allowed) - MOST
    if more > 0:
        yield f"and {more} more", ""
    if not drift.allowed:
        yield "nothing: no step is possible there", ""
