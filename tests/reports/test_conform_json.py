"""The JSON of `dnsrace conform`, against its schema, its page, and what it is made from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from logs import CLEANS, FLIPS, OUTAGE, events_of
from reports.test_json import strict

from dnsrace.conform import conform
from dnsrace.findings.conformance import Conformance
from dnsrace.findings.explained import Headway
from dnsrace.loader import load
from dnsrace.reports import conform_machine
from dnsrace.reports.conform import headway_text
from dnsrace.reports.conform_machine import conformance_data

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads(Path(conform_machine.__file__).with_name("conform.schema.json").read_text())
PAGE = (ROOT / "docs" / "reference" / "conform.md").read_text()
STRICT = Draft202012Validator(strict(SCHEMA))
FLAGSHIP = load("dynamodb_dns")
EVERY = {"shows": ["publish", "pick_up", "acquire", "build", "flip", "release", "clean"]}


def data_of(result: Conformance) -> dict[str, Any]:
    """An output as somebody else reads it."""
    data: dict[str, Any] = json.loads(json.dumps(conformance_data(result), allow_nan=False))
    STRICT.validate(data)
    assert data["exit_code"] == result.exit_code
    return data


def fixed(trace: str, **more: Any) -> dict[str, Any]:
    given = {**FLAGSHIP.fixed, "enactors": 2, **more}
    return data_of(conform(FLAGSHIP, {}, events_of(trace), given=given))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == conform_machine.SCHEMA_VERSION


def test_a_run_that_conforms() -> None:
    events = events_of(f"dynamodb_dns(enactors=2): {OUTAGE}")
    data = data_of(conform(FLAGSHIP, {}, events, given={"enactors": 2}))
    assert (data["answer"], data["explained"], data["drift"]) == ("explained", 14, None)
    assert data["explanation"] == {
        "trace": f"dynamodb_dns(enactors=2): {OUTAGE}",
        "events_at": list(range(14)),
        "unseen_steps": 0,
        "only": True,
    }
    assert [v["property"] for v in data["violations"]] == ["no_empty_answer", "no_regression"]


def test_the_drifts() -> None:
    drift = fixed(CLEANS)["drift"]
    assert (drift["event"], drift["line"], drift["text"]) == (8, None, "clean(0)")
    assert drift["logged"] == {"step": "clean", "choices": ["0"], "state": {"tree[0,1]": False}}
    [reason] = drift["reasons"]
    assert reason["needs"][0]["here"] == "rollback[0] != victim[0]"
    assert re.search(r"dynamodb_dns\.py:\d+$", reason["needs"][0]["place"])
    assert reason["differences"] == [{"name": "tree[0,1]", "model": "true", "log": "false"}]
    [reason] = fixed(FLIPS, lock_expiry=True)["drift"]["reasons"]
    assert reason["needs"][0]["test"] == "lock[endpoint[e]] = e"


@pytest.mark.parametrize(
    "event",
    [
        {"step": "flip", "choices": ["0"]},
        {"step": "publish", "before": {"newest": 2}},
        {"step": "publish", "state": {"newest": 3}},
    ],
)
def test_every_kind_of_reason(event: dict[str, Any]) -> None:
    data = data_of(conform(FLAGSHIP, EVERY, [event]))
    assert data["answer"] == "not explained"
    assert data["drift"]["allowed"]


def test_what_is_not_known() -> None:
    empty = data_of(conform(FLAGSHIP, {}, []))
    assert (empty["stopped"], empty["explanation"]) == (
        "the log has no events: nothing was checked", None,
    )  # fmt: skip
    data = data_of(conform(FLAGSHIP, EVERY, [{"step": "publish"}] * 3, max_states=2))
    assert (data["answer"], data["explained"], data["states"]) == ("unknown", 2, 2)


def test_an_answer_without_its_reason_is_refused() -> None:
    good = fixed(CLEANS)
    for field, value in [
        ("drift", None), ("exit_code", 0), ("answer", "explained"), ("explanation", None),
        ("stopped", "x"), ("answer", "passed"), ("events", -1), ("shows", [""]),
    ]:  # fmt: skip
        assert not STRICT.is_valid({**good, field: value}), field
    for field in SCHEMA["required"]:
        assert not STRICT.is_valid({k: v for k, v in good.items() if k != field})


def test_how_far_it_is_in_words() -> None:
    text = headway_text(Headway(3_100, 10_000, 24, 90_000, 12.3))
    assert text == "event 3,100 of 10,000, 24 states at once, 90,000 in all, 12 s"


def objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from objects(value)
    elif isinstance(part, list):
        for value in part:
            yield from objects(value)


def test_required_means_all_and_everything_is_described() -> None:
    for part in objects(SCHEMA):
        if "required" in part:
            assert part["required"] == list(part["properties"])
            for field in part["properties"].values():
                assert field["description"].endswith(".")


def test_the_page_has_every_field_and_no_other() -> None:
    fields = {name for part in objects(SCHEMA) if "required" in part for name in part["required"]}
    table = PAGE.split("## JSON")[1]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == fields
