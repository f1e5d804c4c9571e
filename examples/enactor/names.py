"""The names of the region's DNS, and the record sets behind them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from examples.enactor.plan_store import Plan
from examples.enactor.route53 import RecordSet

TTL = 60


@cache
def zone_of(endpoint: int) -> str:
    """The hosted zone of an endpoint; its name is what clients resolve."""
    return f"endpoint-{endpoint}.dynamodb.us-east-1.example."


@cache
def tree_of(endpoint: int, version: int) -> str:
    """Under this name lie the weighted records of a plan."""
    return f"plan-{version}.{zone_of(endpoint)}"


@cache
def rollback_of(endpoint: int) -> str:
    """The alias that remembers which plan was live before."""
    return f"rollback.{zone_of(endpoint)}"


@cache
def lock_of(endpoint: int) -> str:
    """The TXT record that is the zone's lock."""
    return f"lock.{zone_of(endpoint)}"


def tree_records(endpoint: int, plan: Plan) -> list[RecordSet]:
    """The weighted records of a plan."""
    return [
        RecordSet(tree_of(endpoint, plan.version), "A", TTL, (address,), None, balancer, weight)
        for balancer, address, weight in plan.balancers
    ]


def alias_to(endpoint: int, version: int) -> RecordSet:
    """The alias that makes a plan live."""
    return RecordSet(zone_of(endpoint), "A", alias=tree_of(endpoint, version))


def rollback_to(endpoint: int, version: int) -> RecordSet:
    """The rollback alias that remembers a plan."""
    return RecordSet(rollback_of(endpoint), "A", alias=tree_of(endpoint, version))


def version_of(records: Iterable[RecordSet], name: str) -> int:
    """The version that an alias points at."""
    target = next(r.alias for r in records if r.name == name and r.alias)
    return int(target.partition(".")[0].removeprefix("plan-"))
