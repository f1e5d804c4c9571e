"""Order abstraction: what it has no rule for is refused, with the line and a cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from engines.ordering import TOY
from support import load_text

from dnsrace.check import check
from dnsrace.engines.order.opening import opened
from dnsrace.engines.order.terms import Terms
from dnsrace.engines.request import Request
from dnsrace.errors import DnsraceError, ModelError, UsageError
from dnsrace.loader import load
from dnsrace.model.operators import OPERATORS


def test_every_operator_has_a_rule() -> None:
    shape = opened(load("dynamodb_dns"), {}, "Plan", 1000)
    assert set(Terms(shape).rules) == set(OPERATORS)


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("require(s.a * 2 > s.b)", "reckoned with"),
        ("require(s.a % 2 == 0)", "reckoned with"),
        ("require(s.a + s.b > 3)", "more than two"),
        ("require(s.a == s.at)", "reckoned with"),
        ("require(s.a < 2); s.at = s.a", "is used as a value of Place"),
        ("require(any(s.flag[i] for i in Item))", "runs over all of Item"),
        ("s.a = size", "is used as a value"),
    ],
)
def test_what_more_than_the_order_matters_to_is_refused(
    tmp_path: Path, body: str, cause: str
) -> None:
    model = load_text(tmp_path, TOY.format(body=body, choice=""))
    with pytest.raises(ModelError, match=cause) as caught:
        opened(model, {}, "Item", 1000)
    assert caught.value.place is not None
    assert caught.value.place.line == 18
    assert caught.value.cure


def test_a_choice_of_identifiers_is_refused(tmp_path: Path) -> None:
    model = load_text(tmp_path, TOY.format(body="s.a = i", choice=", i: Item"))
    with pytest.raises(ModelError, match="the choice i is an identifier"):
        opened(model, {}, "Item", 1000)


@pytest.mark.parametrize(
    ("given", "request_", "cause"),
    [
        ({}, Request(unbounded="Victim"), "no domain Victim of ordered identifiers"),
        ({"plans": 4}, Request(unbounded="Plan"), "plans is given a value"),
        ({}, Request(unbounded="Plan", names=("recoverable",)), "of the kind recoverable"),
        ({}, Request(unbounded="Plan", deadlock=True), "does not see where nothing can happen"),
        ({}, Request(unbounded="Plan", engine="numba"), "knows no order abstraction"),
    ],
)
def test_what_is_asked_wrongly(given: dict[str, Any], request_: Request, cause: str) -> None:
    with pytest.raises(UsageError, match=cause):
        check(load("dynamodb_dns"), given, request_)


@pytest.mark.parametrize(
    ("declared", "cause"),
    [
        ("low=0, high=3, identifiers=Place", "which has none"),
        ("low=0, high=9, identifiers=Item", "does not hold all identifiers"),
        ("low=2, high=3, identifiers=Item", "does not hold all identifiers"),
    ],
)
def test_domains_that_hold_identifiers_fit(tmp_path: Path, declared: str, cause: str) -> None:
    text = TOY.format(body="s.a = 1", choice="")
    text = text.replace("    class All", f"    class Old(Range, {declared}): ...\n    class All")
    with pytest.raises(DnsraceError, match=cause):
        load_text(tmp_path, text).lift()


def test_a_number_that_is_no_size_keeps_its_value(tmp_path: Path) -> None:
    model = load_text(tmp_path, TOY.format(body="require(s.at < other); s.a += 0", choice=""))
    shape = opened(model, {}, "Item", 1000)
    assert shape.system.open == ("size",)
    assert shape.system.parameters == {"other": 2}


def test_a_model_without_open_sizes_is_refused(tmp_path: Path) -> None:
    text = TOY.format(body="s.a = 1", choice="").replace("high=size", "high=3")
    with pytest.raises(ModelError, match="no parameter says how many"):
        opened(load_text(tmp_path, text), {}, "Item", 1000)
