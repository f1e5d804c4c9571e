"""What many results say together: what is enough, what is not, and what undoes what."""

from __future__ import annotations

from typing import Any

import pytest

from dnsrace.findings.study import TOGETHER, Result, Study
from dnsrace.findings.verdicts import Finding
from dnsrace.model.decisions import Change, Changes, Decision, combinations
from dnsrace.model.parameters import Parameter

A, B, C = (Change(name, "true") for name in "abc")
DECISIONS = tuple(Decision(Parameter(n, "bool", False), (False, True), False) for n in "abc")
PLANNED = tuple(combinations(DECISIONS))


def sets(text: str) -> list[Changes]:
    """`- a bc`: the empty set, a alone, b and c."""
    by_name = {"a": A, "b": B, "c": C}
    return [tuple(by_name[n] for n in word if n != "-") for word in text.split()]


def finding(verdict: Any, name: str = "p", **more: Any) -> Finding:
    return Finding(name, "always", verdict, more.pop("reach", "complete"), "python", **more)


def study(
    *, holds: str = "", unknown: str = "", missing: str = "", planned: str = "", names: Any = (),
    **more: Any,
) -> Study:  # fmt: skip
    """A study of one property that is violated wherever nothing else is said."""
    every = tuple(sets(planned)) if planned else PLANNED
    found = Study(None, DECISIONS, every, names)  # type: ignore[arg-type]
    for changes in every:
        verdict = "violated"
        if changes in sets(holds):
            verdict = "holds"
        if changes in sets(unknown):
            verdict = "holds within bounds"
        if changes not in sets(missing):
            whole = verdict != "holds within bounds"
            found.results[changes] = Result(changes, (finding(verdict, **more),), {}, whole)
    return found


@pytest.mark.parametrize(
    ("holds", "enough", "not_enough", "conflicts"),
    [
        ("", "", "a b c", ""),
        ("a ab ac abc", "a", "b c", ""),
        ("a b ab ac bc abc", "a b", "c", ""),
        ("bc abc", "bc", "a b c", ""),
        ("a bc ac abc", "a bc", "b c", "ab"),
        ("a ac abc", "a", "b c", "ab"),
        ("a ab ac", "a", "b c", "abc"),
        ("a b", "a b", "c", "ab ac bc"),
        ("- a b c ab ac bc abc", "-", "", ""),
        ("- a b ab", "-", "", "c"),
        ("- ab", "-", "", "a b c"),
        ("c", "c", "a b", "ac bc"),
        ("abc", "abc", "a b c", ""),
    ],
)
def test_from_what_holds_follows_the_rest(
    holds: str, enough: str, not_enough: str, conflicts: str
) -> None:
    found = study(holds=holds)
    assert found.enough("p") == sets(enough)
    assert found.not_enough("p") == sets(not_enough)
    assert [c.changes for c in found.conflicts("p")] == sets(conflicts)
    assert all(found.is_smallest(c, "p") for c in found.enough("p"))
    assert found.exit_code == (0 if holds else 1)


def test_a_conflict_names_what_holds_without() -> None:
    [conflict] = study(holds="a ac abc").conflicts("p")
    assert (conflict.changes, conflict.without) == ((A, B), (B,))
    assert conflict.holding == [(A,)]
    [conflict] = study(holds="- a b c ac bc abc").conflicts("p")
    assert conflict.without == (A, B)
    assert conflict.holding == [(B,), (A,)]


# -- what is not known


def test_what_was_not_finished_does_not_hold() -> None:
    found = study(holds="ab abc", unknown="a")
    assert found.enough("p") == sets("ab")
    assert not found.is_smallest((A, B), "p")
    assert found.answer((A,), "p") == "unknown"
    assert found.exit_code == 3


def test_what_was_not_searched_is_not_known() -> None:
    found = study(holds="ab", missing="b c abc")
    assert found.answer((B,), "p") == "unknown"
    assert not found.is_smallest((A, B), "p")
    assert found.exit_code == 3
    assert [len(c) for c in found.unfinished] == [1, 1, 3]


def test_a_conflict_needs_both_sides_to_be_known() -> None:
    assert study(holds="a", unknown="ab ac abc").conflicts("p") == []
    assert study(unknown="a b c -").conflicts("p") == []


def test_of_named_combinations_smaller_ones_may_be_missing() -> None:
    found = study(holds="ab", planned="- ab")
    assert found.enough("p") == [(A, B)]
    assert not found.is_smallest((A, B), "p")
    assert found.exit_code == 0


# -- which properties decide


def test_what_is_informative_does_not_decide() -> None:
    assert study(informative=True).deciding == []
    assert study(informative=True).exit_code == 3
    asked = study(informative=True, names=("p",))
    assert asked.deciding == ["p"]
    assert asked.exit_code == 1


def test_what_nobody_looked_at_does_not_decide_unless_asked_for() -> None:
    whole = {"unknown": "- a b c ab ac bc abc", "reach": "not looked at: ask"}
    found = study(**whole, looked=False)
    assert (found.checked, found.not_checked, found.deciding) == ([], ["p"], [])
    asked = study(**whole, names=("p",))
    assert asked.deciding == ["p"]
    assert asked.exit_code == 3


def test_everything_together_is_all_that_decides() -> None:
    found = Study(None, DECISIONS[:2], tuple(combinations(DECISIONS[:2])))  # type: ignore[arg-type]
    for changes, p, q, r in [
        ((), "violated", "holds", "violated"),
        ((A,), "holds", "violated", "holds"),
        ((B,), "violated", "unknown", "violated"),
        ((A, B), "holds", "holds", "violated"),
    ]:
        findings = (finding(p), finding(q, "q"), finding(r, "r", informative=True))
        found.results[changes] = Result(changes, findings, {}, True)
    answers = [found.answer(c, TOGETHER) for c in found.planned]
    assert answers == ["violated", "violated", "violated", "holds"]
    assert found.enough(TOGETHER) == [(A, B)]
    assert found.enough("p") == [(A,)]
    assert found.enough("q") == [()]
    assert [c.changes for c in found.conflicts("q")] == [(A,)]
    assert found.exit_code == 0


def test_a_property_that_only_some_combinations_have() -> None:
    found = study(holds="a ab ac abc")
    found.results[()] = Result((), (finding("holds", "q"),), {}, True)
    assert found.answer((), "p") is None
    assert found.answer((), TOGETHER) == "holds"
    assert found.not_enough("p") == []
