"""A region with all its parts, wired up for a hunt."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from dnsrace import schedule
from examples.enactor.enactor import Enactor
from examples.enactor.events import Events, head
from examples.enactor.fake_route53 import InMemoryRoute53
from examples.enactor.names import alias_to, rollback_of, rollback_to, tree_records, zone_of
from examples.enactor.plan_store import PlanStore
from examples.enactor.planner import Planner, make_plan
from examples.enactor.route53 import Change
from examples.enactor.settings import DEPLOYED, Settings


class Region:
    """Zones in which plan 1 is live, and everybody who works on them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.plans = PlanStore(make_plan(1))
        self.route53 = InMemoryRoute53(map(zone_of, range(settings.endpoints)))
        for endpoint in range(settings.endpoints):
            records = tree_records(endpoint, make_plan(1))
            records += [alias_to(endpoint, 1), rollback_to(endpoint, 1)]
            self.route53.apply(zone_of(endpoint), [Change("CREATE", r) for r in records])
        self.events = Events(_now)
        self.planner = Planner(settings, self.plans, self.events)
        self.enactors: dict[str, Enactor] = {}

    def actors(self, again: str) -> schedule.Actors:
        """The program of this region; `again` is the command that replays a schedule."""
        functions: dict[str, Callable[[], Awaitable[object]]] = {"planner": self.planner.run}
        for number in range(self.settings.enactors):
            functions[f"e{number}"] = functools.partial(self._enact, number)
        invariants = [self.no_empty_answer]
        if self.settings.cleaner == "transactional":  # the others do not promise it
            invariants.append(self.rollback_ready)
        return schedule.Actors(functions, invariants, self.is_at_rest, self.crashed, again)

    async def _enact(self, number: int) -> None:
        enactor = Enactor(number, self.settings, self.plans, self.route53, self.events, _now)
        self.enactors[enactor.name] = enactor
        await enactor.run()

    def crashed(self, name: str) -> None:
        """Tell the log what an actor that crashed was doing."""
        if name in self.enactors:
            self.enactors[name].give_up()

    def is_at_rest(self) -> bool:
        """All plans are out, the newest is live everywhere, and every enactor rests."""
        newest = self.plans.latest.version
        return (
            newest == self.settings.plans
            and all(enactor.idle for enactor in self.enactors.values())
            and all(
                self.route53.find(zone_of(k), zone_of(k), "A")[None] == alias_to(k, newest)
                for k in range(self.settings.endpoints)
            )
        )

    def no_empty_answer(self) -> None:
        """A client never gets an empty answer."""
        self._answers(zone_of, "alias")

    def rollback_ready(self) -> None:
        """Rollback is one flip away: its records are there."""
        self._answers(rollback_of, "rollback alias")

    def _answers(self, name_of: Callable[[int], str], what: str) -> None:
        for k in range(self.settings.endpoints):
            name = name_of(k)
            if not self.route53.resolve(zone_of(k), name, "A"):
                target = self.route53.find(zone_of(k), name, "A")[None].alias or ""
                plan = target.partition(".")[0]
                raise AssertionError(
                    f"endpoint {k} answers NOERROR and no addresses: its {what} points at {plan}, "
                    "which has no records"
                )


def _now() -> float:
    return asyncio.get_running_loop().time()


def program(settings: Settings, again: str = "") -> schedule.Actors:
    """A fresh region, ready to run."""
    return Region(settings).actors(again)


deployed = functools.partial(program, DEPLOYED)


def write_log(settings: Settings, run: schedule.Run, path: Path) -> None:
    """Write the events of a run as JSON lines, with their head."""
    lines = [head(settings), *run.values("event")]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
