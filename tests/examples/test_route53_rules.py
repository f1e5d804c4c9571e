"""The in-memory Route 53 has the rules of the real one. Each test names its source.

API: Amazon Route 53 API Reference, API version 2013-04-01. Guide: Amazon Route 53 Developer Guide.
"""

from __future__ import annotations

import asyncio

import pytest

from examples.enactor.fake_route53 import InMemoryRoute53
from examples.enactor.route53 import Change, InvalidChangeBatch, RecordSet, replaced, unchanged

ZONE = "example."
SIMPLE = RecordSet("simple.example.", "A", 60, ("192.0.2.1",))
LEFT = RecordSet("tree.example.", "A", 60, ("192.0.2.2",), None, "left", 1)
RIGHT = RecordSet("tree.example.", "A", 60, ("192.0.2.3",), None, "right", 2)
ALIAS = RecordSet("example.", "A", alias="tree.example.")
TEXT = RecordSet("lock.example.", "TXT", 5, ('"e0 17"',))


def client(*records: RecordSet) -> InMemoryRoute53:
    made = InMemoryRoute53([ZONE])
    made.apply(ZONE, [Change("CREATE", record) for record in records])
    return made


def listed(made: InMemoryRoute53) -> set[RecordSet]:
    return set(asyncio.run(made.list_resource_record_sets(ZONE)))


def rejected(made: InMemoryRoute53, *changes: Change) -> list[str]:
    """The reasons, one for each message; nothing may have changed."""
    before = listed(made)
    with pytest.raises(InvalidChangeBatch) as caught:
        asyncio.run(made.change_resource_record_sets(ZONE, changes))
    assert listed(made) == before
    return [message.reason for message in caught.value.messages]


def test_a_batch_is_carried_out_as_a_whole_or_not_at_all() -> None:
    """API, ChangeResourceRecordSets, "Change Batches and Transactional Changes"."""
    made = client(SIMPLE)
    assert rejected(made, Change("CREATE", LEFT), Change("CREATE", SIMPLE)) == ["exists"]
    made.apply(ZONE, [Change("CREATE", LEFT), Change("DELETE", SIMPLE)])
    assert listed(made) == {LEFT}


@pytest.mark.parametrize(
    "other",
    [
        SIMPLE._replace(ttl=61),
        SIMPLE._replace(values=("192.0.2.9",)),
        SIMPLE._replace(ttl=None, values=(), alias="tree.example."),
    ],
    ids=["ttl", "value", "alias"],
)
def test_delete_must_match_every_value(other: RecordSet) -> None:
    """API, ChangeResourceRecordSets, "Deleting Resource Record Sets"."""
    assert rejected(client(SIMPLE, LEFT), Change("DELETE", other)) == ["not as given"]


def test_delete_must_match_name_type_and_identifier() -> None:
    """API, ChangeResourceRecordSets, "Deleting Resource Record Sets"."""
    made = client(SIMPLE, LEFT)
    for other in (
        SIMPLE._replace(name="other.example."),
        SIMPLE._replace(type="AAAA"),
        LEFT._replace(set_identifier="middle"),
    ):
        assert rejected(made, Change("DELETE", other)) == ["not found"]
    assert rejected(made, Change("DELETE", LEFT._replace(weight=9))) == ["not as given"]


def test_a_record_set_is_deleted_once_in_a_batch() -> None:
    """API, ChangeResourceRecordSets, note under "Change Batches and Transactional Changes"."""
    twice = [Change("DELETE", SIMPLE), Change("DELETE", SIMPLE)]
    assert rejected(client(SIMPLE), *twice) == ["not found"]


def test_create_must_not_exist_and_upsert_may() -> None:
    """API, Change, "Action": CREATE, DELETE and UPSERT."""
    made = client(SIMPLE)
    other = SIMPLE._replace(values=("192.0.2.9",))
    assert rejected(made, Change("CREATE", other)) == ["exists"]
    made.apply(ZONE, [Change("UPSERT", other), Change("UPSERT", TEXT)])
    assert listed(made) == {other, TEXT}


def test_the_target_of_an_alias_must_exist_in_the_zone() -> None:
    """API, AliasTarget, "DNSName", on another record set in the same hosted zone; AWS re:Invent
    2025, session DAT453: the batch is rejected when the target's tree is gone."""
    made = client(SIMPLE)
    for action in ("CREATE", "UPSERT"):
        assert rejected(made, Change(action, ALIAS)) == ["no alias target"]
    # of another type it is no target
    assert rejected(made, Change("CREATE", ALIAS._replace(alias="simple.example.", type="AAAA")))
    made.apply(ZONE, [Change("CREATE", ALIAS), Change("CREATE", LEFT)])
    assert ALIAS in listed(made)


def test_the_target_of_an_alias_may_be_deleted_and_then_the_answer_is_empty() -> None:
    """AWS, "Summary of the Amazon DynamoDB service disruption" (message 101925): the plan that was
    live was deleted, and the name had an empty record."""
    made = client(LEFT, ALIAS)
    assert made.resolve(ZONE, "example.", "A") == ("192.0.2.2",)
    made.apply(ZONE, [Change("DELETE", LEFT)])
    assert made.resolve(ZONE, "example.", "A") == ()
    assert listed(made) == {ALIAS}


def test_weighted_records_share_a_name_and_have_identifiers_of_their_own() -> None:
    """API, ResourceRecordSet, "SetIdentifier" and "Weight"."""
    made = client(LEFT, RIGHT)
    assert sorted(made.resolve(ZONE, "tree.example.", "A")) == ["192.0.2.2", "192.0.2.3"]
    assert rejected(made, Change("CREATE", RIGHT)) == ["exists"]
    made.apply(ZONE, [Change("DELETE", LEFT)])
    assert made.resolve(ZONE, "tree.example.", "A") == ("192.0.2.3",)


def test_a_record_of_weight_0_is_not_answered_beside_others() -> None:
    """API, ResourceRecordSet, "Weight"."""
    made = client(LEFT._replace(weight=0), RIGHT)
    assert made.resolve(ZONE, "tree.example.", "A") == ("192.0.2.3",)
    only = client(LEFT._replace(weight=0))
    assert only.resolve(ZONE, "tree.example.", "A") == ("192.0.2.2",)


@pytest.mark.parametrize(
    "wrong",
    [
        LEFT._replace(weight=None),
        LEFT._replace(set_identifier=None),
        LEFT._replace(weight=256),
        LEFT._replace(weight=-1),
    ],
    ids=["no weight", "no identifier", "too heavy", "negative"],
)
def test_a_weight_is_0_to_255_and_comes_with_an_identifier(wrong: RecordSet) -> None:
    """API, ResourceRecordSet, "SetIdentifier" and "Weight"."""
    assert rejected(client(), Change("CREATE", wrong)) == ["malformed"]


def test_a_simple_record_cannot_stand_beside_weighted_ones() -> None:
    """API, ResourceRecordSet, "Weight": no other routing policy for the same name and type."""
    plain = LEFT._replace(set_identifier=None, weight=None)
    assert rejected(client(LEFT), Change("CREATE", plain)) == ["exists"]
    assert rejected(client(plain), Change("UPSERT", LEFT)) == ["exists"]


def test_an_alias_has_neither_ttl_nor_values_and_others_have_both() -> None:
    """API, ResourceRecordSet, "TTL" and "ResourceRecords"."""
    made = client(LEFT)
    for wrong in (ALIAS._replace(ttl=60), ALIAS._replace(values=("192.0.2.1",)),
                  SIMPLE._replace(ttl=None), SIMPLE._replace(values=())):  # fmt: skip
        assert rejected(made, Change("CREATE", wrong)) == ["malformed"]


@pytest.mark.parametrize("value", ["bare", '"', '"' + "x" * 256 + '"'])
def test_text_is_in_quotes_and_not_too_long(value: str) -> None:
    """Guide, "TXT record type": strings in quotation marks, of at most 255 characters."""
    assert rejected(client(), Change("CREATE", TEXT._replace(values=(value,)))) == ["malformed"]


def test_a_request_has_limits_and_upsert_counts_twice() -> None:
    """Guide, "Quotas", "Maximums on API requests": 1,000 ResourceRecord elements and 32,000
    characters, counted twice for UPSERT."""
    many = RecordSet("many.example.", "A", 60, tuple(f"{n}" for n in range(501)))
    made = client()
    assert rejected(made, Change("UPSERT", many)) == ["malformed"]
    made.apply(ZONE, [Change("CREATE", many)])
    long = RecordSet("long.example.", "TXT", 60, tuple(f'"{n:0200}"' for n in range(100)))
    assert rejected(made, Change("UPSERT", long)) == ["malformed"]
    made.apply(ZONE, [Change("CREATE", long)])


def test_deleting_and_creating_the_same_record_asserts_that_it_is_unchanged() -> None:
    """What the lock, the fresh flip and the guarded cleaner rest on; it follows from the above."""
    made = client(TEXT)
    made.apply(ZONE, unchanged(TEXT))
    renewed = TEXT._replace(values=('"e0 18"',))
    made.apply(ZONE, replaced(TEXT, renewed))
    assert listed(made) == {renewed}
    assert rejected(made, *unchanged(TEXT)) == ["not as given", "exists"]
