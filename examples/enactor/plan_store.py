"""Plans, and the bucket that they are kept in."""

from __future__ import annotations

from typing import NamedTuple

from dnsrace.schedule import boundary


class Plan(NamedTuple):
    """A version of the region's DNS: load balancers with their addresses and weights."""

    version: int
    balancers: tuple[tuple[str, str, int], ...]


class PlanStore:
    """Versioned plans, as objects in a bucket."""

    def __init__(self, first: Plan) -> None:
        self._plans = {first.version: first}

    @property
    def latest(self) -> Plan:
        """The newest plan, for people who look at the bucket."""
        return self._plans[max(self._plans)]

    @boundary("plans.put")
    async def put(self, plan: Plan) -> None:
        """Write a plan; writing it twice is harmless."""
        self._plans[plan.version] = plan

    @boundary("plans.newest")
    async def newest(self) -> Plan:
        """Read the newest plan."""
        return self.latest
