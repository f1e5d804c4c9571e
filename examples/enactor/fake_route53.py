"""Route 53 in memory, with the rules that the service depends on.

Each rule has a test with its source: tests/examples/test_route53_rules.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dnsrace.schedule import boundary
from examples.enactor.route53 import Change, InvalidChangeBatch, Reason, RecordSet, Rejection

Key = tuple[str, str]
Zone = dict[Key, dict[str | None, RecordSet]]
"""By name and type: the one record set, under None, or weighted ones by identifier."""

MOST_RECORDS = 1_000
MOST_CHARACTERS = 32_000


class InMemoryRoute53:
    """A client of a Route 53 that has these zones, and answers DNS queries too."""

    def __init__(self, zones: Iterable[str]) -> None:
        self._zones: dict[str, Zone] = {name: {} for name in zones}

    @boundary("route53.change")
    async def change_resource_record_sets(self, zone: str, changes: Sequence[Change]) -> None:
        """Carry out all changes, or none. Raises InvalidChangeBatch."""
        self.apply(zone, changes)

    @boundary("route53.list")
    async def list_resource_record_sets(self, zone: str) -> list[RecordSet]:
        """Every record set of the zone."""
        return [record for same in self._zones[zone].values() for record in same.values()]

    def apply(self, zone: str, changes: Sequence[Change]) -> None:
        """Carry out all changes, or none, at once."""
        staged = dict(self._zones[zone])
        rejections = _too_large(changes)
        for change in changes:
            reason = _apply(staged, change)
            if reason is not None:
                rejections.append(Rejection(change, reason))
        for change in changes:
            target = change.record.alias
            if change.action != "DELETE" and target and (target, change.record.type) not in staged:
                rejections.append(Rejection(change, "no alias target"))
        if rejections:
            raise InvalidChangeBatch(rejections)
        self._zones[zone] = staged

    def find(self, zone: str, name: str, type: str) -> dict[str | None, RecordSet]:
        """The record sets of a name and type, by identifier."""
        return self._zones[zone].get((name, type), {})

    def resolve(self, zone: str, name: str, type: str) -> tuple[str, ...]:
        """Every value that the zone's name servers may answer with; empty is NOERROR and no data.

        An alias whose target has no records answers nothing.
        """
        answers: tuple[str, ...] = ()
        light: tuple[str, ...] = ()
        for record in self.find(zone, name, type).values():
            if record.alias is not None:
                answers += self.resolve(zone, record.alias, type)
            elif record.weight == 0:
                light += record.values
            else:
                answers += record.values
        return answers or light


def _apply(staged: Zone, change: Change) -> Reason | None:
    """Change the staged zone, or give the reason why that is not possible."""
    action, record = change
    if not _is_well_formed(record):
        return "malformed"
    key = (record.name, record.type)
    same = staged.get(key, {})
    present = same.get(record.set_identifier)
    if action == "DELETE":
        if present is None:
            return "not found"
        if present != record:
            return "not as given"
        left = {i: r for i, r in same.items() if i != record.set_identifier}
        if left:
            staged[key] = left
        else:
            del staged[key]
        return None
    if action == "CREATE" and present is not None:
        return "exists"
    if present is None and same and (None in same or record.set_identifier is None):
        return "exists"  # a simple record set cannot stand beside weighted ones
    staged[key] = {**same, record.set_identifier: record}
    return None


def _is_well_formed(record: RecordSet) -> bool:
    if (record.weight is None) != (record.set_identifier is None):
        return False
    if record.weight is not None and not 0 <= record.weight <= 255:
        return False
    if record.alias is not None:
        return record.ttl is None and not record.values
    if record.type == "TXT" and not all(_is_quoted(value) for value in record.values):
        return False
    return record.ttl is not None and bool(record.values)


def _is_quoted(value: str) -> bool:
    return len(value) >= 2 and value[0] == value[-1] == '"' and len(value) - 2 <= 255


def _too_large(changes: Sequence[Change]) -> list[Rejection]:
    records = characters = 0
    for action, record in changes:
        times = 2 if action == "UPSERT" else 1
        records += times * len(record.values)
        characters += times * sum(map(len, record.values))
        if records > MOST_RECORDS or characters > MOST_CHARACTERS:
            return [Rejection(Change(action, record), "malformed")]
    return []
