"""The bundled models: counts, verdicts and lengths, each as the head of its file says."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.findings.verdicts import Exploration
from dnsrace.loader import bundled, load
from dnsrace.model.direct import ConcreteState
from dnsrace.model.interpreter import Interpreter


@dataclass(frozen=True)
class Case:
    """A model with some parameters; `head` are phrases of its file's docstring."""

    model: str
    given: dict[str, Any]
    states: int
    transitions: int
    depth: int
    reduced: int | None = None
    violated: dict[str, int | None] = field(default_factory=dict)
    head: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.model + "".join(f",{name}={value}" for name, value in self.given.items())


CASES = [
    Case(
        "two_phase_commit", {}, 288, 1145, 10, reduced=80,
        head=("288 for three\nmanagers", "1,145 transitions", "three managers have 80 states"),
    ),
    Case(
        "two_phase_commit", {"managers": 5}, 8832, 58145, 16, reduced=314,
        head=("8,832 for five", "five 314"),
    ),
    Case(
        "two_phase_commit", {"managers": 6}, 50816, 402305, 19, reduced=553,
        head=("50,816 for six", "six 553"),
    ),
    Case("peterson", {}, 42, 76, 10, head=("42 distinct states and 76 transitions, 10 steps",)),
    Case(
        "peterson", {"entry": "turn_first"}, 72, 138, 12, violated={"mutual_exclusion": 8},
        head=("both get in after 8 steps", "72 and 25 states"),
    ),
    Case(
        "peterson", {"entry": "flag_only"}, 25, 47, 8,
        violated={"mutual_exclusion": 6, "process_1_gets_in": 7},
        head=("after 6", "72 and 25 states", "process 1 may starve"),
    ),
    Case(
        "ewd840", {}, 302, 1625, 8,
        head=("302 for three nodes", "192 are initial", "1,625 and 13,938"),
    ),
    Case(
        "ewd840", {"nodes": 4}, 1566, 13938, 11,
        head=("1,566 for four", "1,024\nare", "1,625 and 13,938"),
    ),
    Case(
        "ewd840", {"stained": False}, 248, 1344, 6, violated={"sound": 5, "invariant": 3},
        head=("node 0 believes too early, after 5 steps",),
    ),
    Case("ewd840", {"messages": False}, 234, 567, 3),
]  # fmt: skip


def searched(case: Case, symmetry: bool) -> Exploration:
    request = Request(engine="python", symmetry=symmetry, keep_going=True)
    return explore(load(case.model).lift(**case.given), request)


@pytest.mark.parametrize("symmetry", [False, True], ids=["plain", "symmetric"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_counts_and_verdicts_are_exact(case: Case, symmetry: bool) -> None:
    found = searched(case, symmetry)
    counts = found.statistics
    assert found.complete
    assert (counts.represented_states, counts.represented_transitions, counts.depth) == (
        case.states,
        case.transitions,
        case.depth,
    )
    assert {f.name: f.length for f in found.findings if f.verdict == "violated"} == case.violated
    if symmetry and case.reduced is not None:
        assert counts.distinct_states == case.reduced


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_head_of_the_file_says_so(case: Case) -> None:
    head = sys.modules[load(case.model).function.__module__].__doc__ or ""
    for phrase in case.head:
        assert phrase in head


@pytest.mark.parametrize(("nodes", "initial"), [(2, 32), (3, 192), (4, 1024)])
def test_the_ring_begins_in_any_way(nodes: int, initial: int) -> None:
    found = searched(Case("ewd840", {"nodes": nodes}, 0, 0, 0), symmetry=False)
    assert found.statistics.levels[0] == initial


def test_every_bundled_model_is_in_a_table() -> None:
    """The flagship's counts are those of tests/agreement."""
    assert {m.name for m in bundled()} == {case.model for case in CASES} | {"dynamodb_dns"}


@pytest.mark.parametrize("model", bundled(), ids=lambda model: model.name)
def test_only_symmetric_models_are_reduced(model: Any) -> None:
    found = explore(model.lift(), Request(engine="python"))
    interchangeable = {"dynamodb_dns": "3! renamings of Enactor",
                       "two_phase_commit": "3! renamings of Manager"}  # fmt: skip
    expected = interchangeable.get(model.name, "none: the model declares nothing interchangeable")
    assert found.symmetry == expected


@pytest.mark.parametrize("model", bundled(), ids=lambda model: model.name)
def test_the_fixed_variant_violates_nothing(model: Any) -> None:
    found = explore(model.lift(**model.fixed), Request(engine="python", keep_going=True))
    assert found.complete
    assert [f.name for f in found.findings if f.verdict == "violated"] == []


@pytest.mark.parametrize(("nodes", "generated"), [(3, 2001), (4, 15986)])
def test_counting_as_tlc_does_gives_the_count_of_tlc(nodes: int, generated: int) -> None:
    """Each alternative of a guard that is true, and the initial states: see the model's head."""
    system = load("ewd840").lift(nodes=nodes)
    interpreter = Interpreter(system)
    seen = dict.fromkeys(interpreter.initial())
    counted, waiting = len(seen), list(seen)
    while waiting:
        state = waiting.pop()
        s = ConcreteState(system, state)
        black = [s.color[n].name == "BLACK" for n in range(nodes)]
        token_black = s.token_color.name == "BLACK"
        for taken in interpreter.successors(state):
            if taken.step.name == "start_round":
                counted += token_black + black[0]
            elif taken.step.name == "pass_token":
                [n] = taken.choices
                counted += (not s.works[n]) + black[n] + token_black
            else:
                counted += 1
            if taken.state not in seen:
                seen[taken.state] = None
                waiting.append(taken.state)
    assert counted == generated
