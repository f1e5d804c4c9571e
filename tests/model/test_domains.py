"""Finite domains: raw values and author's values, how they are printed, and what states begin as."""  # noqa: E501

from __future__ import annotations

import enum
import itertools
from pathlib import Path
from typing import Any

import pytest
from support import lift_text

from dnsrace.model.classes import Maybe, Names, Range, domain_of
from dnsrace.model.domains import Domain
from dnsrace.model.interpreter import Interpreter, state_text


class Plan(Range, low=-1, high=2): ...


class Who(Names, count=2): ...


class Mood(enum.Enum):
    GOOD = "g"
    VERY_BAD = "b"


class PerhapsPlan(Maybe, of=Plan, none="no plan"): ...


class PerhapsWho(Maybe, of=Who): ...


class PerhapsMood(Maybe, of=Mood, none="calm"): ...


DOMAINS: list[tuple[Any, list[Any], list[str], str]] = [
    (bool, [False, True], ["false", "true"], "false | true"),
    (Plan, [-1, 0, 1, 2], ["-1", "0", "1", "2"], "-1..2"),
    (Who, [0, 1], ["0", "1"], "0..1"),
    (Mood, list(Mood), ["good", "very_bad"], "good | very_bad"),
    (PerhapsPlan, [PerhapsPlan.none, -1, 0, 1, 2], ["no plan", "-1", "0", "1", "2"],
     "no plan or -1..2"),
    (PerhapsWho, [PerhapsWho.none, 0, 1], ["none", "0", "1"], "none or 0..1"),
    (PerhapsMood, [PerhapsMood.none, *Mood], ["calm", "good", "very_bad"],
     "calm or good | very_bad"),
]  # fmt: skip


@pytest.mark.parametrize(("cls", "values", "texts", "words"), DOMAINS)
def test_values_go_in_and_come_out_again(
    cls: Any, values: list[Any], texts: list[str], words: str
) -> None:
    domain = domain_of(cls)
    assert domain.size == len(values)
    assert [domain.decode(raw) for raw in domain.raws] == values
    assert [domain.encode(value) for value in values] == list(domain.raws)
    assert [domain.text(raw) for raw in domain.raws] == texts
    assert [domain.parse(text) for text in texts] == list(domain.raws)
    assert domain.values_text() == words
    if cls is not bool and not issubclass(cls, enum.Enum):
        assert list(cls) == values
        assert len(cls) == len(values)


OUTSIDE: list[tuple[Any, list[Any]]] = [
    (bool, [0, 1, None, "true"]),
    (Plan, [-2, 3, True, 0.0, "0", None, PerhapsPlan.none]),
    (Who, [2, -1, False, None]),
    (Mood, ["g", 0, None, PerhapsMood.none]),
    (PerhapsPlan, [-2, 3, None, PerhapsWho.none, True]),
    (PerhapsWho, [-1, 2, None, PerhapsPlan.none]),
    (PerhapsMood, [-1, "calm", None]),
]


@pytest.mark.parametrize(("cls", "values"), OUTSIDE)
def test_nothing_else_is_in_the_domain(cls: Any, values: list[Any]) -> None:
    assert [domain_of(cls).encode(value) for value in values] == [None] * len(values)


@pytest.mark.parametrize("text", ["3", "", "GOOD", "No plan", "none of them"])
def test_other_texts_name_no_value(text: str) -> None:
    assert all(domain_of(cls).parse(text) is None for cls, *_ in DOMAINS)


def test_an_enumeration_is_one_domain() -> None:
    assert domain_of(Mood) is domain_of(Mood)
    assert isinstance(domain_of(PerhapsMood).of, Domain)
    assert domain_of(PerhapsMood).of is domain_of(Mood)


STARTS: dict[str, tuple[str, list[str]]] = {
    "a value": ("x = var(I, start=1)", ["x=1"]),
    "the same for each element": ("x = var(I, per=I, start=2)", ["x[0]=2 x[1]=2 x[2]=2"]),
    "a function of the index": ("x = var(I, per=I, start=lambda i: 2 - i)", ["x[0]=2 x[1]=1 x[2]=0"]),  # noqa: E501
    "a function with a test": (
        "x = var(I, per=I, start=lambda i: 2 if i == 1 or i > 1 else 0)",
        ["x[0]=0 x[1]=2 x[2]=2"],
    ),
    "a function of two indices": (
        "x = var(bool, per=(B, I), start=lambda b, i: b == (i > 1))",
        ["x[false,0]=true x[false,1]=true x[false,2]=false "
         "x[true,0]=false x[true,1]=false x[true,2]=true"],
    ),
    "one of several": ("x = var(I, start=one_of(2, 0))", ["x=2", "x=0"]),
    "any of a domain": ("x = var(Mood, start=Mood)", ["x=good", "x=bad"]),
    "any Bool": ("x = var(bool, start=bool)", ["x=false", "x=true"]),
    "any name": ("x = var(W, start=W)", ["x=0", "x=1"]),
    "any name or none": ("x = var(H, start=H)", ["x=free", "x=0", "x=1"]),
    "any name, but not none": ("x = var(H, start=W)", ["x=0", "x=1"]),
    "none": ("x = var(H, start=H.none)", ["x=free"]),
    "each element by itself": (
        "x = var(bool, per=W, start=bool)",
        ["x[0]=false x[1]=false", "x[0]=false x[1]=true", "x[0]=true x[1]=false",
         "x[0]=true x[1]=true"],
    ),
    "each element one of two": (
        "x = var(I, per=W, start=one_of(0, 2))",
        ["x[0]=0 x[1]=0", "x[0]=0 x[1]=2", "x[0]=2 x[1]=0", "x[0]=2 x[1]=2"],
    ),
    "each name itself": ("x = var(W, per=W, start=lambda w: w)", ["x[0]=0 x[1]=1"]),
    "an index of an enumeration": (
        "x = var(I, per=Mood, start=lambda m: 1 if m == Mood.BAD else 0)",
        ["x[good]=0 x[bad]=1"],
    ),
    "an index that may be none": (
        "x = var(bool, per=H, start=lambda h: h == H.none)",
        ["x[free]=true x[0]=false x[1]=false"],
    ),
    "two variables": ("x = var(bool, start=bool)\n        y = var(W, start=W)",
        ["x=false y=0", "x=false y=1", "x=true y=0", "x=true y=1"]),
}  # fmt: skip


@pytest.mark.parametrize("case", STARTS)
def test_initial_states_are_those_declared(case: str, tmp_path: Path) -> None:
    declaration, expected = STARTS[case]
    system = lift_text(
        tmp_path,
        f"""
@model
def toy():
    B = bool
    class I(Range, low=0, high=2): ...
    class W(Names, count=2): ...
    class H(Maybe, of=W, none="free"): ...
    class Mood(enum.Enum):
        GOOD, BAD = range(2)
    class S(State):
        {declaration}
        done = var(bool, start=False)
    @step
    def f(s):
        s.done = True
""",
    )
    states = [state_text(system, state) for state in Interpreter(system).initial()]
    assert states == [f"{text} done=false" for text in expected]


def test_slots_are_in_the_order_of_declaration_row_by_row(tmp_path: Path) -> None:
    system = lift_text(
        tmp_path,
        """
        @model
        def toy():
            class I(Range, low=1, high=2): ...
            class M(Maybe, of=I): ...
            class S(State):
                y = var(bool, start=False)
                x = var(bool, per=(I, M, bool), start=False)
            @step
            def f(s):
                s.y = True
        """,
    )
    names = [(v.name, index) for v, index in system.slots]
    assert names == [("y", ()), *(("x", i) for i in itertools.product((1, 2), (0, 1, 2), (0, 1)))]
    assert [system.offsets[v] for v in system.variables] == [0, 1]
