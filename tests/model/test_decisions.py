"""Design decisions: which parameters are some, and which combinations of them there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import load_text

from dnsrace.errors import ModelError, UsageError
from dnsrace.loader import bundled, load
from dnsrace.model.decisions import Change, changes_text, values_of
from dnsrace.model.language import Model
from dnsrace.model.plan import MOST, plan

TOY = """
    class Mode(enum.Enum):
        QUICK, VERY_SLOW = range(2)

    @model({options})
    def toy(
        size: Annotated[int, between(1, 3)] = 2,
        careful: bool = False,
        mode: Mode = Mode.QUICK,
        order: Literal["up", "down", "any"] = "down",
    ):
        pass
"""


def toy(tmp_path: Path, options: str = "") -> Model:
    return load_text(tmp_path, TOY.format(options=options))


# -- which parameters are decisions


def test_the_flagship_declares_four() -> None:
    assert load("dynamodb_dns").decisions == ("freshness", "cleaner", "rollback", "retry")


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("fixed={}", ()),
        ('fixed={"size": 3, "order": "up", "careful": True}', ("careful", "order")),
        ('fixed={"careful": True}, decisions=["mode"]', ("mode",)),
        ('decisions=("order", "careful")', ("order", "careful")),
        ("decisions=()", ()),
    ],
)
def test_those_named_or_else_those_of_the_fixed_variant(
    tmp_path: Path, options: str, names: tuple[str, ...]
) -> None:
    assert toy(tmp_path, options).decisions == names


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ('("carefull",)', "there is no parameter carefull"),
        ('("size",)', "size is a number"),
        ('("mode", "careful", "mode")', "mode is named twice"),
        ('"mode"', "'mode' is no list of names"),
        ("3", "3 is no list of names"),
    ],
)
def test_a_wrong_declaration_is_refused_with_its_line(
    tmp_path: Path, declared: str, says: str
) -> None:
    with pytest.raises(ModelError) as caught:
        toy(tmp_path, f"decisions={declared}")
    assert says in caught.value.cause
    assert caught.value.place is not None
    assert caught.value.place.line == 10
    assert "careful, mode, order" in caught.value.cure


# -- which combinations


def texts(model: Model, given: dict[str, Any] | None = None, **asked: Any) -> list[str]:
    _, planned = plan(model, given or {}, **asked)
    return [changes_text(changes) for changes in planned]


def test_every_combination_the_smallest_first(tmp_path: Path) -> None:
    model = toy(tmp_path, 'decisions=("careful", "order")')
    assert texts(model) == [
        "as deployed", "careful=true", "order=up", "order=any",
        "careful=true, order=up", "careful=true, order=any",
    ]  # fmt: skip


def test_the_flagship_has_twenty_four() -> None:
    decisions, planned = plan(load("dynamodb_dns"), {})
    assert len(set(planned)) == len(planned) == 24
    assert [len(c) for c in planned] == sorted(len(c) for c in planned)
    values = [tuple(values_of(decisions, changes).values()) for changes in planned]
    assert len(set(values)) == 24
    assert values[0] == ("once", "blind", "strict", "same")


@pytest.mark.parametrize("vary", [["careful,order"], ["order", "careful"], ["order , careful,"]])
def test_decisions_can_be_named(tmp_path: Path, vary: list[str]) -> None:
    assert len(texts(toy(tmp_path), vary=vary)) == 6


def test_a_decision_with_a_value_is_not_varied(tmp_path: Path) -> None:
    model = toy(tmp_path, 'decisions=("careful", "order")')
    assert texts(model, {"order": "up"}) == ["as deployed", "careful=true"]


def test_the_deployed_value_is_that_of_the_option(tmp_path: Path) -> None:
    """Names of enumerations are those of the command line."""
    model = toy(tmp_path)
    decisions, planned = plan(model, {"careful": True}, vary=["mode"])
    assert planned == ((), (Change("mode", "very-slow"),))
    assert values_of(decisions, planned[1])["mode"].name == "VERY_SLOW"


def test_single_combinations_can_be_named(tmp_path: Path) -> None:
    named = ["order=any,careful=true", "careful=true", "order=down", "careful=true"]
    assert texts(toy(tmp_path), named=named) == [
        "as deployed", "careful=true", "careful=true, order=any",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "asked", "says"),
    [
        ({}, {}, "toy declares no design decisions"),
        ({}, {"vary": ["size"]}, "size is a number, not a decision"),
        ({}, {"vary": ["speed"]}, "there is no parameter speed to vary"),
        ({"mode": "quick"}, {"vary": ["mode"]}, "mode is given a value and varied"),
        ({"mode": "quick"}, {"named": ["mode=quick"]}, "mode is given a value and varied"),
        ({}, {"vary": ["mode"], "named": ["mode=quick"]}, "--vary and --combination both"),
        ({}, {"named": ["mode=slow"]}, "'slow' is not allowed"),
        ({}, {"named": ["careful"]}, "'careful' is not name=value"),
        ({}, {"named": ["mode=quick,mode=quick"]}, "a second value for one decision"),
    ],
)
def test_what_cannot_be_varied_is_refused(
    tmp_path: Path, given: dict[str, Any], asked: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        plan(toy(tmp_path), given, **asked)
    assert says in caught.value.cause
    assert caught.value.cure


def test_every_decision_with_a_value_leaves_nothing_to_vary(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="every decision of toy is given a value"):
        plan(toy(tmp_path, 'fixed={"careful": True}'), {"careful": False})


def test_very_many_combinations_are_refused(tmp_path: Path) -> None:
    names = [f"b{n}" for n in range(11)]
    parameters = ", ".join(f"{name}: bool = False" for name in names)
    model = load_text(tmp_path, f"@model(decisions={names})\ndef many({parameters}):\n    pass\n")
    with pytest.raises(UsageError, match="2,048 combinations are more than 1,000"):
        plan(model, {})
    assert len(texts(model, vary=names[:9])) == 512 <= MOST


@pytest.mark.parametrize("model", bundled(), ids=lambda m: m.name)
def test_the_fixed_variants_of_the_bundled_models_are_combinations(model: Model) -> None:
    if model.decisions:
        decisions, planned = plan(model, {})
        wanted = {d.name: model.fixed.get(d.name, d.deployed) for d in decisions}
        assert wanted in [values_of(decisions, changes) for changes in planned]
