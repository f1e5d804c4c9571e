"""What a bounded check says when parameters are left open, and what it never says."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.running import dnsrace
from support import lift_text

from dnsrace.engines.bounded_request import UP_TO, BoundedRequest
from dnsrace.engines.open_bmc import check_opened
from dnsrace.engines.widened import _Widening
from dnsrace.errors import DomainError, InternalError, UsageError
from dnsrace.loader import load
from dnsrace.model.expressions import TRUE
from dnsrace.model.system import System

CHOICE = """
@model
def toy(size: Annotated[int, at_least(1)] = 2):
    class Item(Range, low=1, high=size): ...
    class S(State):
        x = var(Item, start={start})
    @step
    def choose(s, i: Item):
        s.x = {value}
    @always
    def not_five(s):
        return s.x != 5
    @sometimes
    def two(s):
        return s.x == 2
"""


def opened(directory: Path, *, start: str = "1", value: str = "i") -> System:
    return lift_text(directory, CHOICE.format(start=start, value=value), open=["size"])


def test_the_least_value_and_the_trace_of_its_instance(tmp_path: Path) -> None:
    bounded = check_opened(opened(tmp_path), BoundedRequest(up_to=9))
    found = bounded.finding("not_five")
    assert found is not None
    assert found.trace is not None
    assert found.reach == "a shortest violation, 1 step, with size=5, the least"
    assert found.trace.system.parameters == {"size": 5}
    assert found.trace.text.endswith("(size=5): choose(5)")


def test_below_that_value_nothing_is_found_and_that_is_no_pass(tmp_path: Path) -> None:
    bounded = check_opened(opened(tmp_path), BoundedRequest(up_to=4, last=3))
    found = bounded.finding("not_five")
    assert found is not None
    assert (found.verdict, bounded.exit_code) == ("holds within bounds", 3)
    assert found.reach == "to depth 3, for any size from 1 to 4"


def test_reached_for_one_value_is_not_reached_for_every_one(tmp_path: Path) -> None:
    bounded = check_opened(opened(tmp_path), BoundedRequest(("two",), up_to=4, last=3))
    found = bounded.finding("two")
    assert found is not None
    assert (found.verdict, found.looked, bounded.exit_code) == ("unknown", True, 3)


def test_without_the_time_a_value_is_not_called_the_least(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dnsrace.engines.bmc.TIDYING", 0.0)
    system = load("dynamodb_dns").lift(open=["retention"], enactors=2)
    found = check_opened(system, BoundedRequest(("rollback_ready",))).finding("rollback_ready")
    assert found is not None
    assert "perhaps not the least" in found.reach or "retention=0, the least" in found.reach
    assert not found.canonical


def test_what_the_solver_does_not_know_is_unknown() -> None:
    system = load("dynamodb_dns").lift(open=["retention"], freshness="in_batch")
    for limits in (BoundedRequest(effort=1), BoundedRequest(seconds=0.0)):
        bounded = check_opened(system, limits)
        assert {f.verdict for f in bounded.findings if f.looked} == {"unknown"}
        assert (bounded.exit_code, bounded.gave_up) == (3, True)


def test_a_value_that_leaves_its_domain_is_shown_with_real_bounds(tmp_path: Path) -> None:
    system = opened(tmp_path, value="i + s.x - 1")
    with pytest.raises(DomainError, match=r"leaves Item = 1\.\.[2-9] in step choose") as error:
        check_opened(system, BoundedRequest(up_to=4))
    assert error.value.place is not None


def test_values_for_which_there_is_no_model_are_refused(tmp_path: Path) -> None:
    system = opened(tmp_path, start="3")
    with pytest.raises(UsageError, match=r"size cannot be left open: with size=[12], the start"):
        check_opened(system, BoundedRequest(up_to=9))


def test_what_only_the_widened_system_does_is_no_violation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A domain that is too wide cannot lead to a verdict."""
    monkeypatch.setattr(_Widening, "within", lambda self, value, domain: TRUE)
    with pytest.raises(InternalError):
        check_opened(opened(tmp_path), BoundedRequest(up_to=9))


def test_the_help_says_how_far_open_parameters_go() -> None:
    """It is written out there, for importing the number would make --help slow."""
    assert f"Default: {UP_TO}." in " ".join(dnsrace("bmc", "--help").out.replace("│", " ").split())
