"""The JSON output, against its published schema and against what it is made from."""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from support import load_text

from dnsrace.check import check
from dnsrace.engines.request import Limits, Request
from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.findings.trace import trace_data
from dnsrace.loader import bundled, load
from dnsrace.reports import machine
from dnsrace.reports.machine import report_data

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads(Path(machine.__file__).with_name("explore.schema.json").read_text())
PAGE = ROOT / "docs" / "reference" / "json.md"


def strict(schema: Any) -> Any:
    """The schema with no room for fields that it does not know."""
    schema = copy.deepcopy(schema)
    for part in _objects(schema):
        if "properties" in part and "required" in part:
            part["additionalProperties"] = False
    return schema


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from _objects(value)
    elif isinstance(part, list):
        for value in part:
            yield from _objects(value)


STRICT = Draft202012Validator(strict(SCHEMA))
LENIENT = Draft202012Validator(SCHEMA)


def data_of(model: str, given: dict[str, Any] | None = None, **request: Any) -> dict[str, Any]:
    """A real output, as somebody else reads it."""
    report = check(load(model), given or {}, Request(**{"engine": "python", **request}))
    data: dict[str, Any] = json.loads(json.dumps(report_data(report), allow_nan=False))
    return data


def finding(data: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [f for f in data["findings"] if f["property"] == name]
    return dict(found)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == machine.SCHEMA_VERSION


# -- real outputs


REQUESTS: list[dict[str, Any]] = [
    {},
    {"keep_going": True, "deadlock": True},
    {"limits": Limits(depth=0)},
    {"limits": Limits(depth=7), "deadlock": True},
    {"limits": Limits(states=100), "keep_going": True},
    {"limits": Limits(memory=8_000)},
    {"limits": Limits(seconds=0.0)},
    {"interrupted": lambda: True},
]


@pytest.mark.parametrize("model", [m.name for m in bundled()])
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: " ".join(r) or "plain")
def test_every_output_of_every_model_is_valid(model: str, request_: dict[str, Any]) -> None:
    STRICT.validate(data_of(model, **request_))


@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("dynamodb_dns", {"cleaner": "checked", "enactors": 2}),
        ("dynamodb_dns", {"crashes": True, "operator": "repair", "enactors": 2, "plans": 3}),
        ("peterson", {"entry": "flag_only"}),
        ("peterson", {"entry": "turn_first"}),
        ("two_phase_commit", {"managers": 1}),
        ("ewd840", {"nodes": 1}),
        ("ewd840", {"nodes": 2}),
    ],
)
def test_other_parameters_too(model: str, given: dict[str, Any]) -> None:
    STRICT.validate(data_of(model, given, keep_going=True))


@pytest.mark.parametrize("engine", ["interpreter", "numba", "auto"])
def test_every_engine_writes_the_same_format(engine: str) -> None:
    data = data_of("peterson", engine=engine, keep_going=True)
    STRICT.validate(data)
    assert data["engine"] == (engine if engine != "auto" else "python")
    assert (data["compile_seconds"] > 0) == (engine == "numba")


@pytest.mark.parametrize("name", ["recoverable", "converges"])
def test_a_property_that_needs_all_states_is_valid(name: str) -> None:
    data = data_of("dynamodb_dns", names=(name,))
    STRICT.validate(data)
    assert data["exit_code"] == 1
    found = finding(data, name)
    assert found["states"] == (1337 if name == "recoverable" else None)
    assert found["loop"] == (None if name == "recoverable" else found["length"] - 3)
    explained = found["explanation"]
    assert (explained["aftermath"] is None) == (name == "converges")
    assert (explained["fairness"] is None) == (name == "recoverable")


def test_what_nobody_looked_at_is_valid() -> None:
    data = data_of("dynamodb_dns")
    STRICT.validate(data)
    found = finding(data, "recoverable")
    assert (found["verdict"], found["states"], found["trace"]) == ("unknown", None, None)


def test_a_property_that_is_never_reached_is_valid(tmp_path: Path) -> None:
    model = load_text(
        tmp_path,
        """
        @model
        def still(up: bool = False):
            class S(State):
                on = var(bool, start=False)
            @step
            def stay(s):
                s.on = False
            @sometimes
            def shines(s):
                return s.on
        """,
    )
    data = json.loads(json.dumps(report_data(check(model, {}, Request(engine="python")))))
    STRICT.validate(data)
    assert finding(data, "shines")["verdict"] == "violated"
    assert finding(data, "shines")["trace"] is None
    assert data["exit_code"] == 1


# -- what is in it


def test_the_outage_in_json() -> None:
    data = data_of("dynamodb_dns")
    told = finding(data, "no_empty_answer")
    assert (told["verdict"], told["length"], told["shortest"]) == ("violated", 14, True)
    assert len(told["trace"]["steps"]) == 14
    assert len(told["trace"]["states"]) == 15
    explained = told["explanation"]
    assert len(explained["sentences"]) == 14
    assert explained["sentences"][11].endswith("its one check was 10 steps ago")
    assert "ANSWER: 0" in explained["outcome"]
    assert explained["avoidable_until_after_step"] == 13
    assert explained["avoided_by"] == "release(0)"
    assert data["exit_code"] == 1
    assert data["fixed"]["complete"] is True
    assert data["fixed"]["exit_code"] == 0
    assert data["fixed"]["parameters"]["freshness"] == "in_batch"
    assert data["fixed"]["fixed"] is None


def test_all_parameters_are_there_with_their_types() -> None:
    parameters = data_of("dynamodb_dns")["parameters"]
    assert set(parameters) == {p.name for p in load("dynamodb_dns").parameters}
    assert parameters["enactors"] == 3
    assert parameters["crashes"] is False
    assert parameters["cleaner"] == "blind"


def test_the_numbers_fit_each_other() -> None:
    for request in REQUESTS:
        data = data_of("dynamodb_dns", {"enactors": 2}, **request)
        assert sum(data["levels"]) == data["distinct_states"]
        assert len(data["levels"]) == data["depth"] + 1
        assert sum(data["steps"].values()) == data["transitions"]
        assert data["checked_depth"] in (data["depth"], data["depth"] - 1)
        assert data["represented_states"] >= data["distinct_states"]
        assert data["represented_transitions"] >= data["transitions"]
        if data["seconds"]:
            rate = data["distinct_states"] / data["seconds"]
            assert data["states_per_second"] == pytest.approx(rate)


def test_a_partial_output_says_why() -> None:
    data = data_of("dynamodb_dns", names=("no_empty_answer",), limits=Limits(depth=5))
    assert data["complete"] is False
    assert data["stopped"] == "the limit of 5 steps was reached"
    assert data["checked_depth"] == 5
    assert data["exit_code"] == 3
    assert finding(data, "no_empty_answer")["verdict"] == "holds within bounds"


def test_traces_in_the_output_can_be_replayed() -> None:
    for model in ("dynamodb_dns", "two_phase_commit", "ewd840"):
        data = data_of(model)
        for found in data["findings"]:
            if found["trace"] is None:
                continue
            system = load(model).lift()
            for text in (json.dumps(found), json.dumps(found["trace"]), found["trace"]["text"]):
                assert trace_data(replay(system, read(text))) == found["trace"]


# -- the schema refuses what is wrong


def _broken() -> Iterator[tuple[str, dict[str, Any]]]:
    """One wrong thing each."""
    good = data_of("dynamodb_dns")
    for field in SCHEMA["required"]:
        yield f"without {field}", {k: v for k, v in good.items() if k != field}
    for field, value in [
        ("schema_version", 2), ("complete", "yes"), ("complete", True), ("stopped", ""),
        ("stopped", None), ("levels", []), ("distinct_states", 0), ("seconds", -1.0),
        ("steps", {"publish": -1}), ("exit_code", 2), ("engine", "auto"), ("fixed", {}),
        ("parameters", {"enactors": None}), ("findings", [{}]),
    ]:  # fmt: skip
        yield f"{field} = {value!r}", {**good, field: value}
    [told] = [f for f in good["findings"] if f["property"] == "no_empty_answer"]
    for field, value in [
        ("verdict", "holds"), ("verdict", "unknown"), ("verdict", "passed"), ("kind", "never"),
        ("trace", None), ("length", None), ("explanation", None), ("reach", ""),
        ("trace", {**told["trace"], "states": []}),
        ("trace", {**told["trace"], "steps": [{"step": "publish"}]}),
    ]:  # fmt: skip
        yield f"finding {field} = {str(value)[:20]}", {**good, "findings": [{**told, field: value}]}


def test_what_is_wrong_is_refused() -> None:
    accepted = [what for what, data in _broken() if LENIENT.is_valid(data)]
    assert accepted == []


def test_new_fields_are_allowed_within_a_version() -> None:
    data = {**data_of("peterson"), "planet": "earth"}
    LENIENT.validate(data)
    with pytest.raises(ValidationError):
        STRICT.validate(data)


# -- the page that describes it


def _fields(schema: Any) -> Iterator[str]:
    for part in _objects(schema):
        yield from part.get("properties", {}) if "required" in part else ()


def test_every_field_is_described_in_the_schema() -> None:
    for part in _objects(SCHEMA):
        if "required" not in part:
            continue
        for name, field in part["properties"].items():
            words = field.get("description") or SCHEMA["$defs"]["parameters"]["description"]
            assert words.endswith("."), name


def test_the_page_has_every_field_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.M)
    assert set(rows) == set(_fields(SCHEMA))


def test_the_page_has_every_word_that_a_field_may_be() -> None:
    text = PAGE.read_text()
    for part in _objects(SCHEMA["$defs"]["finding"]["properties"]):
        for word in part.get("enum", ()):
            assert f"`{word}`" in text
    assert str(machine.SCHEMA_VERSION) in text


def test_the_example_on_the_page_is_valid() -> None:
    examples = re.findall(
        r"^\$ dnsrace explore .*--json -\n(.*?)^```", PAGE.read_text(), re.M | re.S
    )
    assert examples
    for example in examples:
        STRICT.validate(json.loads(example))


def test_order_abstraction_says_what_was_open() -> None:
    holds = data_of("dynamodb_dns", {"enactors": 1}, engine="auto", unbounded="Plan")
    STRICT.validate(holds)
    assert holds["engine"] == "order"
    assert holds["unbounded"] == {
        "domain": "Plan",
        "open": ["plans", "retention"],
        "sizes": "any plans >= 1 and retention >= 0",
    }
    assert "plans" not in holds["parameters"]
    broken = data_of("dynamodb_dns", {"enactors": 2}, engine="auto", unbounded="Plan")
    STRICT.validate(broken)
    trace = next(f for f in broken["findings"] if f["verdict"] == "violated")["trace"]
    assert trace["parameters"]["plans"] == 4
    assert broken["fixed"]["unbounded"] == holds["unbounded"]


def test_required_means_all() -> None:
    """What is documented is always there: nobody has to ask whether a field exists."""
    for part in itertools.chain([SCHEMA], SCHEMA["$defs"].values()):
        if "required" in part:
            assert part["required"] == list(part["properties"])
