"""The cleaner of an enactor: it deletes the trees of plans that are many generations old."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from examples.enactor.events import Events
from examples.enactor.names import alias_to, rollback_of, rollback_to, tree_of, version_of, zone_of
from examples.enactor.plan_store import Plan
from examples.enactor.route53 import Change, InvalidChangeBatch, RecordSet, Route53, unchanged
from examples.enactor.settings import Settings


class Cleaner:
    """Goes over the endpoints when a plan is installed everywhere. It needs no lock.

    The model's step clean happens in `_clean`; when the cleaner only looks before it deletes,
    these are inspect and delete.
    """

    def __init__(self, number: int, settings: Settings, client: Route53, events: Events) -> None:
        self._number, self._settings = number, settings
        self._client, self._events = client, events

    def has_work(self, plan: Plan) -> bool:
        """Whether some plan is old for the one that was installed."""
        return plan.version - 1 > self._settings.retention

    async def clean(self, plan: Plan) -> None:
        """Delete what is old for this plan."""
        for endpoint in range(self._settings.endpoints):
            for old in range(1, plan.version - self._settings.retention):
                last = old + 1 == plan.version - self._settings.retention
                ends = last and endpoint + 1 == self._settings.endpoints
                await self._clean(endpoint, old, plan.version, "idle" if ends else "cleaning")

    async def _clean(self, endpoint: int, old: int, version: int, next_phase: str) -> None:
        """Delete one tree.

        Being spared is decided when the zone is read, and being deleted by the batch.
        """
        zone = zone_of(endpoint)
        tree = f"tree[{endpoint},{old}]"
        step = "delete" if self._settings.cleaner == "checked" else "clean"
        looked = False
        while True:
            records = await self._client.list_resource_record_sets(zone)
            alias = version_of(records, zone)
            rollback = version_of(records, rollback_of(endpoint))
            in_use = old in (alias, rollback)
            if in_use and self._guarded and not looked:
                if self._settings.cleaner == "checked":
                    text = f"sees that tree {old} is in use, spares it"
                    return self._emit("inspect", {"phase": next_phase}, text)
                text = f"may not delete tree {old}: it is in use"
                return self._emit("clean", {"phase": next_phase}, text)
            if self._settings.cleaner == "checked" and not looked:
                text = f"sees that nothing points at tree {old}"
                self._emit("inspect", {"phase": "deleting"}, text)
                looked = True
            changes = self._delete_changes(endpoint, old, records, alias, rollback)
            try:
                if changes:
                    await self._client.change_resource_record_sets(zone, changes)
            except InvalidChangeBatch:  # the zone is no longer what was read
                continue
            state = {tree: False, "phase": next_phase}
            return self._emit(step, state, f"deletes tree {old} (old for plan {version})")

    @property
    def _guarded(self) -> bool:
        # FIX: cleaner. A tree that something points at is spared
        return (
            self._settings.cleaner != "blind"
            and self._settings.drift != "cleaner_without_guard"  # DRIFT: nobody looks
        )

    def _delete_changes(
        self, endpoint: int, old: int, records: Sequence[RecordSet], alias: int, rollback: int
    ) -> list[Change]:
        name = tree_of(endpoint, old)
        deletes = [Change("DELETE", record) for record in records if record.name == name]
        # FIX: cleaner. The batch asserts that nothing points at the tree when it is carried out
        if deletes and self._guarded and self._settings.cleaner == "transactional":
            deletes += unchanged(alias_to(endpoint, alias))
            deletes += unchanged(rollback_to(endpoint, rollback))
        return deletes

    def _emit(self, step: str, state: dict[str, Any], text: str) -> None:
        mine = {f"phase[{self._number}]" if k == "phase" else k: v for k, v in state.items()}
        self._events.emit(f"e{self._number}", step, (self._number,), mine, text)
