"""The JSON output of `dnsrace verify`, against its published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from reports.test_json import SCHEMA as EXPLORE
from reports.test_json import strict

from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.loader import load
from dnsrace.reports import verify_machine
from dnsrace.reports.verify_machine import verification_data
from dnsrace.verify import VerifyRequest, verify

SCHEMA = json.loads(Path(verify_machine.__file__).with_name("verify.schema.json").read_text())
REGISTRY: Any = Registry().with_resource(EXPLORE["$id"], Resource.from_contents(strict(EXPLORE)))
STRICT = Draft202012Validator(strict(SCHEMA), registry=REGISTRY)


def data_of(model: str, given: dict[str, Any], **request: Any) -> dict[str, Any]:
    """A real output, as somebody else reads it."""
    done = verify(load(model), given, VerifyRequest(**{"walks": 50, **request}))
    data: dict[str, Any] = json.loads(json.dumps(verification_data(done), allow_nan=False))
    return data


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == verify_machine.SCHEMA_VERSION


@pytest.mark.parametrize(
    ("model", "given", "request_"),
    [
        ("peterson", {"entry": "flag_only"}, {}),
        ("peterson", {}, {"seconds": None, "names": ("quiet", "process_0_gets_in")}),
        ("peterson", {}, {"names": ("mutual_exclusion",)}),
        ("ewd840", {}, {"seconds": 0.0}),
        ("ewd840", {}, {"interrupted": lambda: True}),
    ],
    ids=["violated", "of the graph", "lemmas found", "no time", "interrupted"],
)
def test_every_output_is_valid(model: str, given: dict[str, Any], request_: dict[str, Any]) -> None:
    STRICT.validate(data_of(model, given, **request_))


def test_what_is_in_it() -> None:
    given = {"enactors": 2, "freshness": "in_batch"}
    data = data_of("dynamodb_dns", given, names=("no_empty_answer", "rollback_ready"), depth=8)
    STRICT.validate(data)
    assert (data["exit_code"], data["shown"]) == (1, "rollback_ready")
    assert data["same_trace"] == ["search", "hunt", "bmc"]
    assert data["command"] == "dnsrace verify dynamodb_dns --enactors 2 --freshness in_batch"
    assert [e["engine"] for e in data["engines"]] == ["search", "hunt", "bmc", "proof"]
    search, hunt, bmc, proof = data["engines"]
    assert (search["complete"], hunt["checked_depth"], bmc["checked_depth"]) == (True, None, 8)
    assert proof["for_all_sizes"] == ["no_empty_answer"]
    assert data["proof"]["open"] == ["enactors", "plans", "endpoints", "retention"]
    holds, violated = data["properties"]
    assert (holds["conclusion"], holds["trace"]) == ("proved for all sizes", None)
    assert (violated["conclusion"], violated["fails"]) == ("violated", True)
    system = load("dynamodb_dns").lift(**given)
    assert len(replay(system, read(violated["trace"]["text"])).steps) == 8
    assert len(violated["sentences"]) == 8
    assert {f["length"] for f in violated["findings"] if f["engine"] != "proof"} == {8}
