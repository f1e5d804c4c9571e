"""An enactor: it takes the newest plan, and makes Route 53 look like it.

The model's steps, and where they happen here: pick_up in `_newest_work`, acquire and take_over in
`_lock`, build in `_build`, flip in `_flip`, release in `_release`; the cleaner has its own file.
Each is decided by one call, a change batch mostly, and its event follows at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from dnsrace.schedule import boundary
from examples.enactor.cleaner import Cleaner
from examples.enactor.events import Events
from examples.enactor.lock import LockLost, ZoneLock
from examples.enactor.names import (
    alias_to,
    rollback_of,
    rollback_to,
    tree_records,
    version_of,
    zone_of,
)
from examples.enactor.plan_store import Plan, PlanStore
from examples.enactor.route53 import (
    Change,
    InvalidChangeBatch,
    Route53,
    replaced,
    unchanged,
)
from examples.enactor.settings import Settings


class RollbackGone(Exception):
    """The rollback record would have to point at a tree that is gone."""


class Enactor:
    """One of several that do not talk to each other. Doing the same work twice is harmless."""

    def __init__(
        self, number: int, settings: Settings, plans: PlanStore, client: Route53, events: Events,
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self.number, self.name = number, f"e{number}"
        self.idle = True
        self._settings, self._plans, self._client = settings, plans, client
        self._events, self._clock = events, clock
        self._cleaner = Cleaner(number, settings, client, events)

    async def run(self) -> None:
        """Install every plan that is newer than what is applied, for ever."""
        while True:
            try:
                await self._work()
            except TimeoutError:
                # nobody knows what was carried out: begin anew, as after a crash
                self.give_up()
                await asyncio.sleep(self._settings.backoff)

    def give_up(self) -> None:
        """Tell the log that the work is lost, if there was any. A lock stays as it is."""
        if not self.idle:
            self.idle = True
            self._emit("crash", {"phase": "idle"}, "crashes and restarts")

    async def _work(self) -> None:
        plan = await self._newest_work()
        if plan is None:
            await asyncio.sleep(self._settings.poll)
            return
        self.idle = False
        state = {"newest": plan.version, "plan": plan.version, "phase": "locking"}
        self._emit("pick_up", state, f"picks up plan {plan.version} (checked: newer)")
        for endpoint in range(self._settings.endpoints):
            await self._install(plan, endpoint)
        await self._cleaner.clean(plan)
        self.idle = True

    @boundary("pick_up")
    async def _newest_work(self) -> Plan | None:
        """The newest plan, if some endpoint has an older one.

        The bucket and the zones are read in one step, as in the model: reading them one after the
        other would only make the check older still, and it is not repeated in either case.
        """
        newest = await self._plans.newest()
        for endpoint in range(self._settings.endpoints):
            zone = zone_of(endpoint)
            records = await self._client.list_resource_record_sets(zone)
            if version_of(records, zone) < newest.version:
                return newest
        return None

    async def _install(self, plan: Plan, endpoint: int) -> None:
        while True:
            lock = await self._lock(endpoint)
            try:
                await self._build(plan, endpoint, lock)
                while not await self._flip(plan, endpoint, lock):
                    await self._build(plan, endpoint, lock)
            except LockLost:
                continue
            except RollbackGone:
                await lock.release()
                await asyncio.sleep(self._settings.backoff)
                continue
            return await self._release(plan, endpoint, lock)

    async def _lock(self, endpoint: int) -> ZoneLock:
        lock = ZoneLock(
            self._client, zone_of(endpoint), endpoint, self.name, self._settings.lease, self._clock
        )
        while not (how := await lock.acquire()):
            await asyncio.sleep(self._settings.backoff)
        words = "locks" if how == "acquire" else "takes over the expired lock of"
        self._emit(
            how, {f"lock[{endpoint}]": self.number, "phase": "building"}, f"{words} zone {endpoint}"
        )
        return lock

    async def _build(self, plan: Plan, endpoint: int, lock: ZoneLock) -> None:
        n = plan.version
        changes = [Change("UPSERT", record) for record in tree_records(endpoint, plan)]
        try:
            await lock.change(changes)
        except LockLost:
            text = f"cannot build: has lost the lock of zone {endpoint}"
            self._emit("build", {"phase": "locking"}, text)
            raise
        self._emit(
            "build", {f"tree[{endpoint},{n}]": True, "phase": "flipping"}, f"builds tree {n}"
        )

    async def _flip(self, plan: Plan, endpoint: int, lock: ZoneLock) -> bool:
        """Point the alias at the plan, and the rollback alias at what was live until then.

        False: the plan's tree is gone, and must be built again. What was read before may have
        changed meanwhile; so it is the batch that decides, or the flip is tried again. While the
        lock is held nobody else changes the alias, and the batch fails when the lock is not held.

        When the rollback alias would need a tree that is gone, the model rejects the flip and frees
        the lock in one step. Here these are two calls, and the event comes with the first. So with
        leases, and after an outage only, somebody may take over a lock that the model calls free.

        Raises LockLost and RollbackGone.
        """
        n, zone, keep_rollback = plan.version, zone_of(endpoint), False
        while True:
            records = await self._client.list_resource_record_sets(zone)
            live = version_of(records, zone)
            stale = self._settings.freshness == "in_batch" and n <= live
            try:
                await self._change(lock, zone, self._flip_changes(endpoint, n, live, keep_rollback))
            except LockLost:
                text = f"cannot flip: has lost the lock of zone {endpoint}"
                self._emit("flip", {"phase": "locking"}, text)
                raise
            except InvalidChangeBatch as error:
                if error.rejects(zone, "DELETE"):  # the alias is no longer what was read
                    continue
                if error.rejects(zone, "CREATE", "UPSERT"):
                    text = f"is rejected: tree {n} is gone; builds it again"
                    self._emit("flip", {f"tree[{endpoint},{n}]": False, "phase": "building"}, text)
                    return False
                # FIX: rollback. A tree that is gone must not keep a new plan from being installed
                if self._settings.rollback == "tolerant":
                    keep_rollback = True
                    continue
                text = f"is rejected: rollback would need tree {live}, which is gone; tries again"
                self._emit("flip", {f"tree[{endpoint},{live}]": False, "phase": "locking"}, text)
                raise RollbackGone(rollback_of(endpoint)) from error
            state: dict[str, Any] = {"phase": "releasing"}
            if stale:
                text = f"sees that plan {n} is not newer than plan {live}: skips it"
                state[f"alias[{endpoint}]"] = live
            else:
                text = f"installs plan {n} over plan {live}"
                state[f"alias[{endpoint}]"] = n
                if not keep_rollback:
                    state[f"rollback[{endpoint}]"] = live
            self._emit("flip", state, text)
            return True

    def _flip_changes(self, endpoint: int, n: int, live: int, keep_rollback: bool) -> list[Change]:
        rollback = [] if keep_rollback else [Change("UPSERT", rollback_to(endpoint, live))]
        # FIX: freshness. The plan is compared with what is live again, and the batch asserts that
        # this is still live when it is carried out
        if self._settings.freshness == "in_batch":
            if n <= live:
                return unchanged(alias_to(endpoint, live))
            return [*replaced(alias_to(endpoint, live), alias_to(endpoint, n)), *rollback]
        return [Change("UPSERT", alias_to(endpoint, n)), *rollback]

    async def _change(self, lock: ZoneLock, zone: str, changes: list[Change]) -> None:
        if self._settings.drift == "flip_without_preamble":  # DRIFT: the lock is not asserted
            await self._client.change_resource_record_sets(zone, changes)
        else:
            await lock.change(changes)

    async def _release(self, plan: Plan, endpoint: int, lock: ZoneLock) -> None:
        held = await lock.release()
        last = endpoint + 1 == self._settings.endpoints
        self.idle = last and not self._cleaner.has_work(plan)
        if not last:
            phase, text = "locking", f"releases zone {endpoint}, goes on to zone {endpoint + 1}"
        elif self.idle:
            phase, text = "idle", f"releases zone {endpoint}, rests"
        else:
            phase, text = "cleaning", f"releases zone {endpoint}, begins to clean"
        state: dict[str, Any] = {"phase": phase}
        if held:
            state[f"lock[{endpoint}]"] = "free"
        self._emit("release", state, text)

    def _emit(self, step: str, state: dict[str, Any], text: str) -> None:
        mine = {f"{k}[{self.number}]" if k in ("phase", "plan") else k: v for k, v in state.items()}
        self._events.emit(self.name, step, (self.number,), mine, text)
