"""The JSON output of bounded checks, against its published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from reports.test_json import SCHEMA as EXPLORE
from reports.test_json import strict

from dnsrace.bmc import bmc
from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.loader import bundled, load
from dnsrace.reports import bmc_machine
from dnsrace.reports.bmc_machine import bmc_data

SCHEMA = json.loads(Path(bmc_machine.__file__).with_name("bmc.schema.json").read_text())
REGISTRY: Any = Registry().with_resource(EXPLORE["$id"], Resource.from_contents(strict(EXPLORE)))
STRICT = Draft202012Validator(strict(SCHEMA), registry=REGISTRY)


def data_of(model: str, given: dict[str, Any], **request: Any) -> dict[str, Any]:
    """A real output, as somebody else reads it."""
    report = bmc(load(model), given, BoundedRequest(**{"last": 6, **request}))
    data: dict[str, Any] = json.loads(json.dumps(bmc_data(report), allow_nan=False))
    return data


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == bmc_machine.SCHEMA_VERSION


@pytest.mark.parametrize("model", [m.name for m in bundled()])
@pytest.mark.parametrize(
    "request_",
    [{}, {"keep_going": True, "deadlock": True}, {"seconds": 0.0}, {"first": 5}, {"effort": 1}],
    ids=lambda r: " ".join(r) or "plain",
)
def test_every_output_of_every_model_is_valid(model: str, request_: dict[str, Any]) -> None:
    STRICT.validate(data_of(model, {}, **request_))


def test_what_is_in_it() -> None:
    data = data_of("dynamodb_dns", {"enactors": 2}, names=("rollback_ready",), last=20)
    STRICT.validate(data)
    assert (data["exit_code"], data["checked_depth"], data["deepest_state"]) == (1, 8, None)
    assert [(d["depth"], d["answer"]) for d in data["depths"]] == [
        (depth, "sat" if depth == 8 else "unsat") for depth in range(9)
    ]
    [found] = data["findings"]
    assert (found["verdict"], found["length"], found["shortest"]) == ("violated", 8, True)
    assert len(found["explanation"]["sentences"]) == 8
    assert len(replay(load("dynamodb_dns").lift(enactors=2), read(found["trace"]["text"])).steps)


def test_open_parameters_are_in_it_with_the_values_that_were_looked_at() -> None:
    request = BoundedRequest(("rollback_ready",), up_to=9)
    report = bmc(load("dynamodb_dns"), {"enactors": 2}, request, open=["retention"])
    data = json.loads(json.dumps(bmc_data(report), allow_nan=False))
    STRICT.validate(data)
    assert data["open"] == {"retention": {"from": 0, "to": 9}}
    assert "retention" not in data["parameters"]
    assert data["findings"][0]["trace"]["parameters"]["retention"] == 0


def test_a_finished_search_says_how_deep_the_deepest_state_is() -> None:
    data = data_of("peterson", {}, complete=True, last=12)
    STRICT.validate(data)
    assert data["deepest_state"] == 10
    assert {f["property"]: f["verdict"] for f in data["findings"] if f["looked"]} == {
        "mutual_exclusion": "holds", "compete": "holds",
    }  # fmt: skip
