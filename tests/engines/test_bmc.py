"""How a bounded check ends, and what it never says."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import lift_text

from dnsrace.engines.bmc import check_bounded
from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.engines.smt.relation import Relation
from dnsrace.engines.smt.unrolling import Unrolling
from dnsrace.errors import InternalError, UsageError
from dnsrace.findings.bounded import Bounded, BoundedProgress
from dnsrace.loader import load
from dnsrace.model.system import System

COUNTER = """
@model
def toy():
    class Count(Range, low=0, high=5): ...
    class S(State):
        n = var(Count, start=0)

    @step
    def up(s):
        require(s.n < 5)
        s.n += 1

    @always
    def below_six(s):
        return s.n < 6
    @every_step
    def never_to_five(before, after):
        return after.n < 5
    @sometimes
    def six(s):
        return s.n > 5
    @recoverable
    def three(s):
        return s.n == 3
    @recoverable
    def five(s):
        return s.n == 5
"""


@pytest.fixture
def counter(tmp_path: Path) -> System:
    return lift_text(tmp_path, COUNTER)


def verdicts(bounded: Bounded) -> dict[str, str]:
    return {f.name: f.verdict for f in bounded.findings}


def test_no_violation_up_to_a_depth_is_never_a_pass(counter: System) -> None:
    bounded = check_bounded(counter, BoundedRequest(("below_six", "six"), last=30))
    assert verdicts(bounded) == {"below_six": "holds within bounds", "six": "unknown"}
    assert bounded.exit_code == 3


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (4, ["holds within bounds", "holds within bounds", "unknown"]),
        (5, ["holds", "violated", "violated"]),
    ],
)
def test_it_is_complete_once_it_is_as_deep_as_the_deepest_state(
    counter: System, last: int, expected: list[str]
) -> None:
    names = ("below_six", "never_to_five", "six")
    bounded = check_bounded(
        counter, BoundedRequest(names, last=last, complete=True, keep_going=True)
    )
    assert list(verdicts(bounded).values()) == expected
    assert bounded.diameter == 5


def test_a_step_out_of_the_deepest_state_is_one_deeper(tmp_path: Path) -> None:
    text = """
    @model
    def toy():
        class S(State):
            on = var(bool, start=False)
        @step
        def switch(s):
            s.on = not s.on
        @every_step
        def changes(before, after):
            return before.on != after.on
    """
    system = lift_text(tmp_path, text)
    said = [
        verdicts(check_bounded(system, BoundedRequest(last=last, complete=True)))["changes"]
        for last in (1, 2)
    ]
    assert said == ["holds within bounds", "holds"]


def test_where_nothing_can_happen_there_is_no_way_back(counter: System) -> None:
    bounded = check_bounded(counter, BoundedRequest(("three", "five"), last=9, keep_going=True))
    assert verdicts(bounded) == {"three": "violated", "five": "unknown"}
    three = bounded.finding("three")
    assert three is not None
    assert three.length == 5
    # search says that the nearest trap is one step nearer
    assert not three.shortest


def test_what_is_not_looked_at_says_why() -> None:
    bounded = check_bounded(load("dynamodb_dns").lift(), BoundedRequest(last=2))
    reasons = {f.name: f.reach for f in bounded.findings if not f.looked}
    assert set(reasons) == {"recoverable", "converges"}
    assert all(reason.startswith("not looked at: ") for reason in reasons.values())


def test_what_the_solver_does_not_know_is_unknown() -> None:
    system = load("dynamodb_dns").lift(freshness="in_batch")
    for limits in (BoundedRequest(effort=1), BoundedRequest(seconds=0.0)):
        bounded = check_bounded(system, limits)
        looked = [f.verdict for f in bounded.findings if f.looked]
        assert set(looked) == {"unknown"}
        assert bounded.exit_code == 3
        assert bounded.gave_up


def test_an_interruption_keeps_what_is_known() -> None:
    seen: list[int] = []

    def listen(progress: BoundedProgress) -> None:
        seen.append(progress.depth)

    request = BoundedRequest(listener=listen, interrupted=lambda: len(seen) > 4)
    bounded = check_bounded(load("dynamodb_dns").lift(), request)
    # the question about depth 4 is not waited for
    assert (bounded.checked, bounded.stopped) == (3, "it was interrupted")
    assert seen == [0, 1, 2, 3, 4]
    assert bounded.exit_code == 3


def test_from_a_depth_on_nothing_is_called_shortest() -> None:
    system = load("dynamodb_dns").lift(enactors=2)
    bounded = check_bounded(system, BoundedRequest(("rollback_ready",), first=9))
    found = bounded.finding("rollback_ready")
    assert found is not None
    assert (found.length, found.shortest) == (9, False)


def test_a_trace_that_was_not_made_the_first_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dnsrace.engines.bmc.TIDYING", 0.0)
    system = load("dynamodb_dns").lift(enactors=2)
    found = check_bounded(system, BoundedRequest(("rollback_ready",))).finding("rollback_ready")
    assert found is not None
    assert found.reach.endswith("other engines may show another one of this length")
    assert found.shortest


def test_what_z3_finds_is_replayed_by_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A relation that is wrong cannot lead to a verdict."""
    system = load("dynamodb_dns").lift(enactors=2)
    build = Relation.parts
    monkeypatch.setattr(
        Relation, "parts", lambda self: [p for p in build(self) if "alias" not in str(p)[:60]]
    )
    with pytest.raises(InternalError):
        check_bounded(system, BoundedRequest(("no_empty_answer",)))


def test_what_z3_calls_a_violation_is_judged_by_the_interpreter(
    counter: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor can a formula that is not the property."""
    monkeypatch.setattr(Unrolling, "test", lambda _, expr, **__: expr.op == "const")
    with pytest.raises(InternalError, match="for Z3 it ends in never_to_five"):
        check_bounded(counter, BoundedRequest(("never_to_five",)))


def test_open_parameters_are_refused() -> None:
    with pytest.raises(UsageError, match="needs the values of plans"):
        check_bounded(load("dynamodb_dns").lift(open=["plans"]), BoundedRequest())
