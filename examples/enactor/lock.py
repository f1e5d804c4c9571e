"""The lock of a zone: a TXT record that names its holder and an expiry in seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from examples.enactor.names import lock_of
from examples.enactor.route53 import Change, InvalidChangeBatch, RecordSet, Route53, replaced

TTL = 5


class LockLost(Exception):
    """Somebody else holds the zone's lock."""


class ZoneLock:
    """The lock of one zone, as one enactor sees it.

    Every batch of a holder begins with DELETE of the exact record and CREATE of it with a new
    timestamp. So no batch is carried out by somebody who has lost the lock without knowing.

    Parameters
    ----------
    lease: seconds until another enactor may take the lock over; None: never.
    """

    def __init__(
        self, client: Route53, zone: str, endpoint: int, holder: str, lease: float | None,
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self._client, self._zone = client, zone
        self._name = lock_of(endpoint)
        self._holder, self._lease, self._clock = holder, lease, clock
        self._record: RecordSet | None = None

    async def acquire(self) -> str | None:
        """Try once: `acquire` or `take_over` says how it was got; None: somebody else has it."""
        mine = self._renewed()
        try:
            await self._client.change_resource_record_sets(self._zone, [Change("CREATE", mine)])
        except InvalidChangeBatch:
            return await self._take_over() if self._lease is not None else None
        self._record = mine
        return "acquire"

    async def _take_over(self) -> str | None:
        records = await self._client.list_resource_record_sets(self._zone)
        held = next((r for r in records if r.name == self._name), None)
        if held is None or int(held.values[0].strip('"').split()[1]) > self._clock():
            return None
        mine = self._renewed()
        try:
            await self._client.change_resource_record_sets(self._zone, replaced(held, mine))
        except InvalidChangeBatch:  # another one was faster, or its holder has renewed it
            return None
        self._record = mine
        return "take_over"

    async def change(self, changes: Sequence[Change]) -> None:
        """Carry out a batch, if the lock is still held. Raises LockLost, InvalidChangeBatch."""
        assert self._record is not None
        mine = self._renewed()
        try:
            await self._client.change_resource_record_sets(
                self._zone, [*replaced(self._record, mine), *changes]
            )
        except InvalidChangeBatch as error:
            if error.rejects(self._name, "DELETE"):
                self._record = None
                raise LockLost(self._zone) from error
            raise
        self._record = mine

    async def release(self) -> bool:
        """Free the lock; False: it was lost already."""
        assert self._record is not None
        record, self._record = self._record, None
        try:
            await self._client.change_resource_record_sets(self._zone, [Change("DELETE", record)])
        except InvalidChangeBatch:
            return False
        return True

    def _renewed(self) -> RecordSet:
        expiry = int(self._clock() + (self._lease or 0))
        return RecordSet(self._name, "TXT", TTL, (f'"{self._holder} {expiry}"',))
