"""The JSON output of proofs, against its published schema."""

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
from dnsrace.prove import ProofRequest, prove
from dnsrace.reports import prove_machine
from dnsrace.reports.prove_machine import proof_data

SCHEMA = json.loads(Path(prove_machine.__file__).with_name("prove.schema.json").read_text())
REGISTRY: Any = Registry().with_resource(EXPLORE["$id"], Resource.from_contents(strict(EXPLORE)))
STRICT = Draft202012Validator(strict(SCHEMA), registry=REGISTRY)


def data_of(model: str, given: dict[str, Any], **request: Any) -> dict[str, Any]:
    """A real output, as somebody else reads it."""
    report = prove(load(model), given, ProofRequest(**request))
    data: dict[str, Any] = json.loads(json.dumps(proof_data(report), allow_nan=False))
    return data


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == prove_machine.SCHEMA_VERSION


@pytest.mark.parametrize(
    ("model", "given", "request_"),
    [
        ("peterson", {}, {}),
        ("peterson", {"entry": "turn_first"}, {}),
        ("two_phase_commit", {}, {}),
        ("peterson", {}, {"discover": True}),
        ("ewd840", {}, {"k": 2}),
        ("dynamodb_dns", {"enactors": 2, "plans": 3}, {"k": 1}),
    ],
    ids=str,
)
def test_every_output_is_valid(model: str, given: dict[str, Any], request_: dict[str, Any]) -> None:
    STRICT.validate(data_of(model, given, **request_))


def test_what_is_in_it(tmp_path: Path) -> None:
    data = data_of("dynamodb_dns", {"freshness": "in_batch"}, smt2=tmp_path)
    STRICT.validate(data)
    assert data["open"] == ["enactors", "plans", "endpoints", "retention"]
    assert not set(data["open"]) & set(data["parameters"])
    assert (data["exit_code"], data["k"]) == (1, 1)
    assert data["certificates"] == len(data["queries"]) == len(list(tmp_path.iterdir()))
    found = {f["property"]: f for f in data["findings"]}
    assert found["no_empty_answer"]["verdict"] == "holds"
    assert found["nothing_older_behind"]["lemma"]
    broken = found["rollback_ready"]
    assert broken["failed_query"]["step"] == "clean"
    system = load("dynamodb_dns").lift(freshness="in_batch")
    assert len(replay(system, read(broken["trace"]["text"])).steps) == 8
