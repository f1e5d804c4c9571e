"""What a study of fixes says in words: the same for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dnsrace.findings.study import TOGETHER, Study
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.words import counted
from dnsrace.model.decisions import Changes, changes_text

ENOUGH, NOT_ENOUGH, UNDONE = "holds with", "still violated with", "undone by"


@dataclass(frozen=True)
class Line:
    """One set of changes and what becomes of a property with it; `trace` shows a violation."""

    relation: str
    changes: str
    note: str = ""
    trace: str = ""


@dataclass
class Section:
    """All that there is to say of one property."""

    title: str
    state: str
    """As deployed."""
    answer: str
    lines: list[Line] = field(default_factory=list)


def sections(study: Study) -> Iterator[Section]:
    """A section for each property that was checked, and one for all that must hold together."""
    names = study.checked
    for name in [*names, *([TOGETHER] if len(study.deciding) > 1 else [])]:
        answer = study.answer((), name) or "unknown"
        informative = name != TOGETHER and study.findings[name].informative
        state = as_deployed(study, name) + " (informative)" * informative
        section = Section(name, state, answer)
        section.lines += _enough(study, name)
        section.lines += [
            _violated(study, NOT_ENOUGH, name, changes) for changes in study.not_enough(name)
        ]
        section.lines += [
            _violated(
                study, UNDONE, name, conflict.changes,
                " and ".join(map(_alone, conflict.holding)),
            )
            for conflict in study.conflicts(name)
        ]  # fmt: skip
        yield section


def as_deployed(study: Study, name: str) -> str:
    """What a property does in the deployed design."""
    answer = study.answer((), name)
    if answer == "violated":
        separator = ":" if name == TOGETHER else ","
        return f"violated as deployed{separator} {_how(study, name, ())}"
    words = {"holds": "holds as deployed", "unknown": "not decided as deployed"}
    return words.get(str(answer), "not asked as deployed")


def _enough(study: Study, name: str) -> Iterator[Line]:
    found = study.enough(name)
    for changes in found:
        note = (
            ""
            if study.is_smallest(changes, name)
            else "perhaps less is enough: not all of it is known"
        )
        if changes:
            yield Line(ENOUGH, changes_text(changes), note)
    if not found:
        known = not study.with_answer(name, "unknown")
        yield Line(ENOUGH, "no combination" if known else "none that is known so far")


def _violated(study: Study, relation: str, name: str, changes: Changes, more: str = "") -> Line:
    result = study.results[changes]
    finding = result.finding(name)
    trace = "" if finding is None or finding.trace is None else finding.trace.text
    how = _how(study, name, changes)
    return Line(relation, changes_text(changes), f"{how}; {more}" if more else how, trace)


def _how(study: Study, name: str, changes: Changes) -> str:
    """How a property is violated in a combination."""
    if name == TOGETHER:
        names = [n for n in study.deciding if study.answer(changes, n) == "violated"]
        return ", ".join(names)
    finding = study.results[changes].finding(name)
    assert finding is not None
    if finding.trace is None:
        return finding.reach
    steps = counted(len(finding.trace.steps), "step")
    return f"after {steps}" if finding.shortest else f"by a trace of {steps}"


def _alone(changes: Changes) -> str:
    """What is left when a change is taken away again."""
    return f"holds with {changes_text(changes)} alone" if changes else "holds as deployed"


def cell(finding: Finding | None) -> str:
    """What a table of all combinations says of a property in one of them."""
    if finding is None:
        return ""
    if finding.verdict == "holds":
        return "holds"
    if finding.verdict != "violated":
        return "?"
    return "never" if finding.length is None else str(finding.length)


def values_row(study: Study, changes: Changes) -> list[str]:
    """The values of the decisions in a combination: all of the deployed design, and else those
    that are changed."""
    changed = {change.name: change.text for change in changes}
    deployed = {d.name: d.parameter.text(d.deployed) for d in study.decisions}
    return [changed.get(d.name, "" if changes else deployed[d.name]) for d in study.decisions]


def coverage(study: Study) -> str:
    """How much was searched, in a sentence or two."""
    planned, results = len(study.planned), study.results.values()
    whole = sum(result.complete for result in results)
    text = (
        counted(planned, "combination")
        if whole == planned
        else f"{whole} of {planned} combinations"
    )
    text += ", every one searched to the end" if whole == planned else " searched to the end"
    if study.stopped:
        text += f" ({study.stopped})"
    elif whole < planned:
        text += f" ({next(r.stopped for r in results if not r.complete)})"
    earlier = sum(result.earlier for result in results)
    if earlier:
        text += f"; {earlier} of them by an earlier run, which --fresh would search again"
    forms = "one lifted form for all of them" if study.forms == 1 else (
        f"compiled per combination: their variables or properties differ ({study.forms} lifted "
        f"forms)"
    )  # fmt: skip
    return f"{text}; {forms}."


def conclusion(study: Study) -> str:
    """The answer, in a sentence."""
    if not study.deciding:
        return "Nothing that must hold was checked."
    best = study.enough(TOGETHER)
    if best == [()]:
        good = "Everything that was checked holds as deployed."
    else:
        good = (
            f"Everything that was checked holds with {'; or with '.join(map(changes_text, best))}."
        )
    if study.exit_code == 0:
        return good
    if study.exit_code == 1:
        return "With no combination does everything hold that was checked."
    unknown = counted(len(study.unfinished), "combination")
    return (good + " " if best else "") + f"Not decided of {unknown}."
