"""The JSON output of hunts, against its published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from reports.test_json import SCHEMA as EXPLORE
from reports.test_json import strict

from dnsrace.engines.hunt import HuntRequest
from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.hunt import hunt
from dnsrace.loader import bundled, load
from dnsrace.reports import hunt_machine
from dnsrace.reports.hunt_machine import hunt_data

SCHEMA = json.loads(Path(hunt_machine.__file__).with_name("hunt.schema.json").read_text())
REGISTRY: Any = Registry().with_resource(EXPLORE["$id"], Resource.from_contents(strict(EXPLORE)))
STRICT = Draft202012Validator(strict(SCHEMA), registry=REGISTRY)


def data_of(model: str, given: dict[str, Any], **request: Any) -> dict[str, Any]:
    """A real output, as somebody else reads it."""
    report = hunt(load(model), given, HuntRequest(**{"engine": "python", "walks": 60, **request}))
    data: dict[str, Any] = json.loads(json.dumps(hunt_data(report), allow_nan=False))
    return data


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == hunt_machine.SCHEMA_VERSION


@pytest.mark.parametrize("model", [m.name for m in bundled()])
@pytest.mark.parametrize(
    "request_",
    [{}, {"keep_going": True, "deadlock": True}, {"walks": 0}, {"length": 1}, {"seconds": 0.0}],
    ids=lambda r: " ".join(r) or "plain",
)
def test_every_output_of_every_model_is_valid(model: str, request_: dict[str, Any]) -> None:
    STRICT.validate(data_of(model, {}, **request_))


@pytest.mark.parametrize("engine", ["numba", "auto"])
def test_every_engine_writes_the_same_format(engine: str) -> None:
    data = data_of("peterson", {"entry": "turn_first"}, engine=engine, walks=1_000)
    STRICT.validate(data)
    assert data["exit_code"] == 1


def test_what_is_in_it() -> None:
    data = data_of("dynamodb_dns", {"enactors": 2}, seed=3, walks=500)
    STRICT.validate(data)
    assert (data["seed"], data["engine"], data["cores"]) == (3, "python", 1)
    assert sum(data["steps"].values()) == data["steps_taken"]
    [found] = [f for f in data["findings"] if f["property"] == "no_empty_answer"]
    assert (found["verdict"], found["length"], found["shortest"]) == ("violated", 14, True)
    assert found["walk"] < data["walks"]
    assert len(found["explanation"]["sentences"]) == 14
    system = load("dynamodb_dns").lift(enactors=2)
    head = "dynamodb_dns(enactors=2): "
    by_steps = replay(system, read(found["trace"]["text"]))
    by_schedule = replay(system, read(f"{head}schedule: {found['schedule']}"))
    assert by_steps == by_schedule
