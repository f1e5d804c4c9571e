"""The planner: it watches the load balancers, and writes a plan now and then."""

from __future__ import annotations

import asyncio

from examples.enactor.events import Events
from examples.enactor.plan_store import Plan, PlanStore
from examples.enactor.settings import Settings


def make_plan(version: int) -> Plan:
    """A plan for two load balancers, whose addresses change with the version."""
    return Plan(
        version,
        (("lb-1", f"192.0.2.{version % 256}", 100), ("lb-2", f"198.51.100.{version % 256}", 50)),
    )


class Planner:
    """Writes the plans after the first one."""

    def __init__(self, settings: Settings, plans: PlanStore, events: Events) -> None:
        self._settings, self._plans, self._events = settings, plans, events

    async def run(self) -> None:
        """Write the plans that are missing, looking at the load balancers in between."""
        while True:
            try:
                version = (await self._plans.newest()).version + 1
                if version > self._settings.plans:
                    return
                for _ in range(self._settings.looks):
                    await asyncio.sleep(self._settings.interval)
                await self._plans.put(make_plan(version))
            except TimeoutError:  # it may have been written: look again
                continue
            text = f"makes plan {version}"
            self._events.emit("planner", "publish", (), {"newest": version}, text)
