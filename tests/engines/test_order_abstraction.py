"""Order abstraction: it stands for every behaviour of every size, and claims no more."""

from __future__ import annotations

from typing import Any

import pytest
from engines.ordering import nodes_of, uncovered

from dnsrace.engines.order.opening import opened
from dnsrace.engines.order.stepper import OrderStepper
from dnsrace.loader import load

FIXED = {"freshness": "in_batch", "cleaner": "transactional", "rollback": "tolerant"}

SETTINGS: list[dict[str, Any]] = [
    {},
    FIXED,
    {"freshness": "in_batch"},
    {"cleaner": "transactional"},
    {"rollback": "tolerant"},
    {"cleaner": "checked"},
    {"retry": "newest"},
    {"lock_expiry": True},
    {"crashes": True, **FIXED},
    {"preamble": False, "cleaner": "transactional"},
    {"operator": "rollback"},
    {"operator": "repair"},
]


def setting(given: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in given.items()) or "deployed"


@pytest.mark.parametrize("given", SETTINGS, ids=setting)
def test_every_state_of_the_flagship_is_in_the_abstraction(given: dict[str, Any]) -> None:
    model, given = load("dynamodb_dns"), {"enactors": 2, **given}
    shape = opened(model, given, "Plan", 1000)
    stepper = OrderStepper(shape, (), symmetric=False)
    nodes = nodes_of(stepper)
    for plans, retention in ((4, 0), (4, 1), (5, 2)):
        instance = model.lift(plans=plans, retention=retention, **given)
        assert uncovered(shape, stepper, nodes, instance) == []
