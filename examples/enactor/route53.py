"""What the service needs of Route 53: record sets, change batches, and the client's interface.

Names and rules are those of the API reference (version 2013-04-01): ChangeResourceRecordSets,
ListResourceRecordSets, ResourceRecordSet, AliasTarget.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol


class RecordSet(NamedTuple):
    """A resource record set: values, or an alias of another name in the same zone."""

    name: str
    type: str
    ttl: int | None = None
    values: tuple[str, ...] = ()
    alias: str | None = None
    """AliasTarget.DNSName."""
    set_identifier: str | None = None
    weight: int | None = None


class Change(NamedTuple):
    """One change of a batch."""

    action: Literal["CREATE", "DELETE", "UPSERT"]
    record: RecordSet


Reason = Literal["not found", "not as given", "exists", "no alias target", "malformed"]


class Rejection(NamedTuple):
    """One message of InvalidChangeBatch."""

    change: Change
    reason: Reason


class InvalidChangeBatch(Exception):
    """The batch was not carried out, no part of it."""

    def __init__(self, messages: Sequence[Rejection]) -> None:
        super().__init__("; ".join(f"{m.change.record.name}: {m.reason}" for m in messages))
        self.messages = list(messages)

    def rejects(self, name: str, *actions: str) -> bool:
        """Whether a change of these kinds to the record sets of this name is a reason."""
        return any(
            m.change.record.name == name and m.change.action in actions for m in self.messages
        )


class Route53(Protocol):
    """The two operations that the service uses."""

    async def change_resource_record_sets(self, zone: str, changes: Sequence[Change]) -> None:
        """Carry out all changes, or none. Raises InvalidChangeBatch."""

    async def list_resource_record_sets(self, zone: str) -> list[RecordSet]:
        """Every record set of the zone; all pages, put together."""


def unchanged(record: RecordSet) -> list[Change]:
    """Changes that leave a record as it is, and fail when it is not as given.

    Route 53 has no conditional writes. But DELETE must match every value, and a batch is carried
    out as a whole or not at all: so deleting and creating the same record asserts, at the moment
    of the batch, that nobody has changed it since it was read.
    """
    return [Change("DELETE", record), Change("CREATE", record)]


def replaced(record: RecordSet, by: RecordSet) -> list[Change]:
    """Changes that replace a record, and fail when it is not as given."""
    return [Change("DELETE", record), Change("CREATE", by)]
