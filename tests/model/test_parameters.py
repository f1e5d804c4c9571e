"""A model's parameters: what a signature becomes, which texts and values are allowed."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import HEAD, load_text, without_paths, write_model

from dnsrace.errors import ModelError, UsageError
from dnsrace.loader import load
from dnsrace.model.language import Model
from dnsrace.model.parameters import Bounds, Parameter

SIGNATURE = """
class Mode(enum.Enum):
    FAST, VERY_SLOW = range(2)

@model(fixed={"careful": True, "mode": Mode.VERY_SLOW})
def toy(
    plain: int = 7,
    low: Annotated[int, at_least(2), "no less"] = 2,
    both: Annotated[int, "first words,", between(-1, 3), "more words"] = 0,
    careful: Annotated[bool, "look twice"] = False,
    disk: Literal["open", "fenced"] = "open",
    mode: Annotated[Mode, "how"] = Mode.FAST,
    bare=True,
):
    class S(State):
        x = var(bool, start=False)
    @step
    def f(s):
        s.x = True
"""


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return load_text(tmp_path, SIGNATURE)


def parameter(model: Model, name: str) -> Parameter:
    return next(p for p in model.parameters if p.name == name)


def test_a_signature_becomes_parameters(model: Model) -> None:
    assert [(p.name, p.kind, p.bounds, p.choices, p.help) for p in model.parameters] == [
        ("plain", "int", Bounds(), (), ""),
        ("low", "int", Bounds(2, None), (), "no less"),
        ("both", "int", Bounds(-1, 3), (), "first words, more words"),
        ("careful", "bool", Bounds(), (), "look twice"),
        ("disk", "choice", Bounds(), ("open", "fenced"), ""),
        ("mode", "choice", Bounds(), ("fast", "very-slow"), "how"),
        ("bare", "bool", Bounds(), (), ""),
    ]
    assert [p.option for p in model.parameters][:2] == ["--plain", "--low"]
    assert Parameter("lock_expiry", "bool", False).option == "--lock-expiry"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("plain", "0", 0),
        ("plain", "-12", -12),
        ("low", "2", 2),
        ("both", "-1", -1),
        ("both", "3", 3),
        ("careful", "true", True),
        ("careful", "False", False),
        ("disk", "fenced", "fenced"),
    ],
)
def test_texts_are_read(model: Model, name: str, text: str, value: object) -> None:
    parsed = parameter(model, name).parse(text)
    assert parsed == value
    assert type(parsed) is type(value)
    assert parameter(model, name).parse(parameter(model, name).text(parsed)) == value


def test_members_are_read_by_their_names(model: Model) -> None:
    mode = parameter(model, "mode")
    slow = mode.parse("very-slow")
    assert slow.name == "VERY_SLOW"
    assert mode.text(slow) == "very-slow"
    assert model.lift(mode="very-slow").parameters["mode"] is slow
    assert model.lift(**model.fixed).parameters["mode"] is slow


WRONG: list[tuple[str, Any]] = [
    ("plain", "seven"),
    ("plain", "7.0"),
    ("plain", ""),
    ("low", "1"),
    ("both", "-2"),
    ("both", "4"),
    ("careful", "yes"),
    ("careful", "1"),
    ("disk", "closed"),
    ("disk", "OPEN"),
    ("mode", "FAST"),
    ("mode", "very_slow"),
    ("bare", "none"),
]

WRONG_VALUES: list[tuple[str, Any]] = [
    ("plain", True),
    ("plain", 7.0),
    ("plain", None),
    ("low", 0),
    ("careful", 1),
    ("careful", "true"),
    ("disk", ["open"]),
    ("mode", 0),
]


def test_wrong_values_are_refused_with_what_is_allowed(
    model: Model, golden: Callable[[str, str], None]
) -> None:
    answers = []
    for name, text in WRONG:
        with pytest.raises(UsageError) as raised:
            parameter(model, name).parse(text)
        answers.append(f"{name} = {text}\n{raised.value}")
    for name, value in WRONG_VALUES:
        with pytest.raises(UsageError) as raised:
            model.lift(**{name: value})
        answers.append(f"lift({name}={value!r})\n{raised.value}")
    with pytest.raises(UsageError) as raised:
        model.lift(planes=3)
    answers.append(f"lift(planes=3)\n{raised.value}")
    golden("refusals_parameters", "\n\n".join(answers))


def test_defaults_hold_for_the_rest(model: Model) -> None:
    values = model.lift(low=5).parameters
    assert values.pop("mode").name == "FAST"
    assert values == {
        "plain": 7, "low": 5, "both": 0, "careful": False, "disk": "open", "bare": True
    }  # fmt: skip


SIGNATURES = {
    "no default": "n: int",
    "a default of another type": "n: int = 'three'",
    "a default that is a bool": "n: int = True",
    "a default below its limit": "n: Annotated[int, at_least(1)] = 0",
    "a default above its limit": "n: Annotated[int, between(1, 3)] = 4",
    "a default that is no choice": "n: Literal['a', 'b'] = 'c'",
    "limits the wrong way round": "n: Annotated[int, between(3, 1)] = 2",
    "a float": "n: float = 1.0",
    "a bare float": "n=1.5",
    "a text": "n: str = 'a'",
    "numbers to choose from": "n: Literal[1, 2] = 1",
    "perhaps a number": "n: int | None = None",
    "any number of them": "*n: int",
    "any names": "**n: int",
}


def test_signatures_that_cannot_become_options_are_refused(
    tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    answers = []
    for case, signature in SIGNATURES.items():
        path = write_model(tmp_path, f"@model\ndef toy({signature}):\n    pass\n")
        with pytest.raises(ModelError) as raised:
            load(str(path))
        message = without_paths(str(raised.value), tmp_path)
        answers.append(f"-- {case}\ndef toy({signature})\n{message}")
    golden("refusals_signatures", "\n\n".join(answers))


@pytest.mark.parametrize("fixed", ['{"m": 1}', '{"n": 0}', '{"n": "many"}'])
def test_a_fixed_variant_must_be_allowed(fixed: str, tmp_path: Path) -> None:
    text = f"@model(fixed={fixed})\ndef toy(n: Annotated[int, at_least(1)] = 1):\n    pass\n"
    path = write_model(tmp_path, text)
    with pytest.raises(ModelError, match="fixed"):
        load(str(path)).lift()


def test_annotations_of_parameters_may_be_texts(tmp_path: Path) -> None:
    """`from __future__ import annotations` does no harm where there are no choices."""
    path = tmp_path / "toy.py"
    path.write_text("from __future__ import annotations\n" + HEAD + textwrap.dedent(SIGNATURE))
    assert [p.kind for p in load(str(path)).parameters][:2] == ["int", "int"]
    assert load(str(path)).lift(low=3).parameters["low"] == 3
