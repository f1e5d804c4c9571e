"""Bounded model checking of arrays that have a variable for each place of reading: on random models
whose indices come from the state, it finds what the search finds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, note, settings
from random_models import made
from support import HEAD, lift_text
from test_bounded_agreement import agree_or_refuse, said
from test_random_models import randoms, unhurried

from dnsrace.engines.bmc import check_bounded
from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.engines.smt.memory import large_arrays
from dnsrace.engines.smt.relation import Relation
from dnsrace.engines.smt.tracking import Known, Place, Tracking
from dnsrace.engines.smt.values import Bool
from dnsrace.loader import load

DECLARATIONS = """
@model
def toy():
    class Who(Names, count=2): ...
    class Side(Range, low=0, high=1): ...
    class Slot(Range, low=0, high=4): ...
    class Value(Range, low=-1, high=1): ...

    class S(State):
        note = var(Value, per=Slot, start=lambda i: (i + 1) % 3 - 1)
        mark = var(bool, per=(Side, Slot), start=lambda k, i: i == k)
        next = var(Slot, per=Slot, start=lambda i: (i + 2) % 5)
        n = var(Slot, start=0)
        side = var(Side, start=0)
        held = var(Value, start=0)
        at = var(Slot, per=Who, start=1)
"""


class Writer:
    """Expressions and steps, drawn at random; indices of arrays come from the state."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def pick(self, *texts: str) -> str:
        return self.random.choice(texts)

    def slot(self, s: str, deep: int = 2) -> str:
        if not deep:
            return self.pick(f"{s}.n", f"{s}.at[w]")
        inner = self.slot(s, deep - 1)
        return self.pick(f"{s}.n", f"{s}.at[w]", f"{s}.next[{inner}]", f"({inner} + 1) % 5")

    def value(self, s: str) -> str:
        at = self.slot(s)
        return self.pick(f"{s}.held", f"{s}.note[{at}]", f"{s}.note[{at}]", "-1", "0", "1")

    def test(self, s: str) -> str:
        return self.pick(
            f"{s}.mark[{s}.side, {self.slot(s)}]",
            f"not {s}.mark[{self.pick('0', '1', f'{s}.side')}, {self.slot(s)}]",
            f"{self.value(s)} {self.pick('<', '==', '!=')} {self.value(s)}",
            f"{self.slot(s)} {self.pick('<', '==', '!=')} {self.slot(s)}",
        )

    def assignment(self) -> str:
        at = self.slot("s", 1)
        return self.pick(
            f"s.note[{at}] = {self.value('s')}",
            f"s.mark[{self.pick('0', 's.side')}, {at}] = {self.pick('True', 'False')}",
            f"s.next[{at}] = {self.slot('s')}",
            f"s.n = {self.slot('s')}",
            f"s.at[w] = {self.slot('s')}",
            "s.at[w] = s.at[w] + 1",
            "s.side = 1 - s.side",
            f"s.held = {self.value('s')}",
        )

    def step(self, number: int) -> list[str]:
        lines = ["", "    @step", f"    def step{number}(s, w: Who):"]
        lines += [f"        require({self.test('s')})"]
        lines += [f"        {self.assignment()}" for _ in range(self.random.randint(1, 2))]
        lines += [f"        if {self.test('s')}:"]
        lines += [f"            {self.assignment()}" for _ in range(self.random.randint(1, 2))]
        return [*lines, "        else:", f"            {self.assignment()}"]

    def properties(self) -> list[str]:
        states = [f"return any({self.test('s')} and {self.test('s')} for w in Who)"]
        states += [f"return all({self.test('s')} or {self.test('s')} for w in Who)"]
        lines = []
        for n, (kind, body) in enumerate(zip(("sometimes", "always"), states, strict=True)):
            lines += ["", f"    @{kind}", f"    def property{n}(s):", f"        {body}"]
        both = f"{self.test('a')} or {self.test('b')} or {self.test('b')}"
        lines += ["", "    @every_step", "    def change(b, a):"]
        return [*lines, f"        return all({both} for w in Who)"]

    def text(self) -> str:
        steps = [line for n in range(self.random.randint(2, 4)) for line in self.step(n)]
        return HEAD + DECLARATIONS + "\n".join([*steps, *self.properties()])


def test_on_random_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """With values that were left open and had to be defined after all."""
    defined = 0
    define = Tracking.define

    def counted(self: Tracking, places: Sequence[Place], at: Known) -> list[Bool]:
        nonlocal defined
        found = define(self, places, at)
        defined += len(found)
        return found

    monkeypatch.setattr(Tracking, "define", counted)

    @settings(unhurried, max_examples=30)
    @given(randoms)
    def on(random: Random) -> None:
        source, last = Writer(random).text(), 5
        note(source)
        system = made(source).lift()
        assert {v.name for v in large_arrays(system)} == {"note", "mark", "next"}
        agree_or_refuse(system, last)

    on()
    assert defined > 100


@pytest.mark.parametrize(
    ("model", "given_", "expected"),
    [
        ("dynamodb_dns", {"plans": 23, "retention": 20}, {"tree": 1}),
        ("dynamodb_dns", {"plans": 4}, {"tree": 1}),
        ("dynamodb_dns", {"plans": 3}, {}),
        # properties look at alias and rollback endpoint by endpoint; steps at one lock
        ("dynamodb_dns", {"endpoints": 5}, {"tree": 1, "lock": 0}),
        ("dynamodb_dns", {"endpoints": 9}, {"lock": 0}),
        ("peterson", {}, {}),
        ("ewd840", {}, {}),
    ],
    ids=["23 plans", "4 plans", "short", "5 endpoints", "many rows", "peterson", "ewd840"],
)
def test_which_arrays_have_no_variables_for_their_elements(
    model: str, given_: dict[str, Any], expected: dict[str, int]
) -> None:
    system = load(model).lift(**given_)
    large = large_arrays(system)
    assert {v.name: along for v, along in large.items()} == expected
    for value, (variable, _) in zip(Relation(system).before, system.slots, strict=True):
        assert (value is None) == (variable in large)


MIXED = """
@model
def toy():
    class Slot(Range, low=0, high=4): ...
    class S(State):
        next = var(Slot, per=Slot, start=lambda i: (i + 2) % 5)
        mark = var(bool, per=Slot, start=lambda i: i == 1)
        n = var(Slot, start=0)
    @step
    def go(s):
        s.n = s.next[s.n]
    @step
    def turn(s):
        s.mark[s.n] = not s.mark[s.n]
    @step
    def link(s):
        require(s.mark[s.n])
        s.next[s.next[s.n]] = s.n
    @always
    def marked(s):
        return not s.mark[s.next[s.n]] or s.next[s.n] != 1
    @every_step
    def change(b, a):
        return {formula}
"""


@pytest.mark.parametrize(
    "formula",
    [
        "a.next[b.n] == b.next[a.n] or b.n != a.n",
        "b.mark[a.n] or not b.mark[a.next[b.n]]",
        "a.next[b.next[a.n]] == b.next[a.next[b.n]]",
        "b.next[a.n] != b.n",
        "a.mark[b.next[b.n]] or a.n < 3",
    ],
)
def test_an_index_of_one_state_may_be_read_in_the_other(tmp_path: Path, formula: str) -> None:
    """A property of steps may read what was stored before under what is there after, and so on."""
    system, last = lift_text(tmp_path, MIXED.format(formula=formula)), 7
    assert {v.name for v in large_arrays(system)} == {"next", "mark"}
    searched = explore(system, Request(keep_going=True, limits=Limits(depth=last)))
    bounded = check_bounded(system, BoundedRequest(keep_going=True, last=last))
    assert said(bounded.findings, last) == said(searched.findings, last)
    traces = [[f.trace and f.trace.text for f in r.findings] for r in (searched, bounded)]
    assert traces[0] == traces[1]


def test_many_plans_are_checked_without_their_trees() -> None:
    """The outage, and the trace that a search shows of it, where no plan is old before there are
    9 of them."""
    given_ = {"enactors": 2, "plans": 9, "retention": 6}
    system = load("dynamodb_dns").lift(**given_)
    asked = ("no_empty_answer",)
    bounded = check_bounded(system, BoundedRequest(asked, last=30)).finding(*asked)
    searched = explore(system, Request(names=asked, engine="python")).finding(*asked)
    assert bounded is not None
    assert searched is not None
    assert bounded.trace is not None
    assert searched.trace is not None
    assert (bounded.length, bounded.trace.text) == (19, searched.trace.text)
