"""With parameters left open, a bounded check finds what searches of all instances find: the least
of their shortest violations, with the least values that allow it, and the same trace."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support import load_text

from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.engines.open_bmc import check_opened
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.loader import load
from dnsrace.model.language import Model

Shown = dict[str, tuple[int, str]]
"""Of each property the length and the text of a violation; the text has the values in it."""
KINDS = ("always", "every_step", "deadlock")


def searched(model: Model, values: dict[str, Any], last: int) -> Shown:
    """What a search of one instance finds."""
    request = Request(
        engine="python", keep_going=True, deadlock=True, shallow=True, limits=Limits(depth=last + 1)
    )
    return {
        f.name: (len(f.trace.steps), f.trace.text)
        for f in explore(model.lift(**values), request).findings
        if f.kind in KINDS and f.trace is not None and len(f.trace.steps) <= last
    }


def agree(
    model: Model, given: dict[str, Any], opened: tuple[str, ...], up_to: int, last: int
) -> Shown:
    """Compare the two; what they agree on."""
    bounded = check_opened(
        model.lift(open=opened, **given),
        BoundedRequest(keep_going=True, deadlock=True, last=last, up_to=up_to),
    )
    least: Shown = {}
    for raws in product(*(range(size.low, size.high + 1) for size in bounded.sizes)):
        for name, here in searched(
            model, {**given, **dict(zip(opened, raws, strict=True))}, last
        ).items():
            # of values that allow the same length the first ones stay
            if name not in least or here[0] < least[name][0]:
                least[name] = here
    looked = [f for f in bounded.findings if f.kind in KINDS]
    shown = {f.name: (len(f.trace.steps), f.trace.text) for f in looked if f.trace is not None}
    assert shown == least
    assert all(f.shortest and f.canonical for f in looked if f.name in least)
    others = {(f.verdict, bounded.checked) for f in looked if f.name not in least}
    assert others <= {("holds within bounds", last)}
    return least


@pytest.mark.parametrize(
    ("given", "opened", "up_to", "last"),
    [
        ({}, ("retention",), 3, 15),
        ({"retention": 1}, ("plans",), 5, 14),
        ({}, ("plans", "retention"), 3, 13),
        ({}, ("retention", "plans"), 4, 13),
        ({"plans": 3}, ("endpoints",), 2, 13),
        ({"freshness": "in_batch"}, ("retention", "plans"), 3, 12),
        ({"cleaner": "checked"}, ("retention",), 2, 14),
        ({"operator": "rollback", "retry": "newest"}, ("plans",), 4, 13),
    ],
    ids=str,
)
def test_on_the_flagship(
    given: dict[str, Any], opened: tuple[str, ...], up_to: int, last: int
) -> None:
    found = agree(load("dynamodb_dns"), {"enactors": 2, **given}, opened, up_to, last)
    assert found


DECLARATIONS = """
@model
def toy(
    size: Annotated[int, at_least(1)] = 2, spare: Annotated[int, between(0, 1)] = 1
) -> None:
    class Who(Names, count=2): ...
    class Item(Range, low=1, high=size): ...
    class Mark(Range, low=0, high=size): ...
    class Room(Range, low=-spare, high=size + spare): ...
    class Held(Maybe, of=Item, none="nothing"): ...

    class S(State):
        newest = var(Item, start={newest})
        held = var(Held, per=Who, start=Held.none)
        mark = var(Mark, per=Item, start={mark})
        there = var(bool, per=Item, start=lambda i: {there})
        n = var(Room, start={n})
"""


class Writer:
    """Steps and properties drawn at random, in which no value leaves its domain."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def pick(self, *texts: str) -> str:
        return self.random.choice(texts)

    def item(self, s: str) -> str:
        return self.pick(f"{s}.newest", "1", "i", "size")

    def number(self, s: str) -> str:
        return self.pick(
            self.item(s), f"{s}.n", f"{s}.mark[{self.item(s)}]", "size", "spare", "size - spare"
        )

    def test(self, s: str) -> str:
        return self.pick(
            f"{s}.there[{self.item(s)}]",
            f"not {s}.there[{self.item(s)}]",
            f"{s}.held[w] == {self.pick('i', 'Held.none')}",
            f"{s}.held[w] == {s}.newest",
            f"{self.number(s)} {self.pick('<', '<=', '==', '!=')} {self.number(s)}",
        )

    def effect(self) -> str:
        return self.pick(
            f"s.there[{self.item('s')}] = {self.pick('True', 'False')}",
            f"s.mark[{self.item('s')}] = {self.item('s')}",
            f"s.newest = {self.item('s')}",
            f"s.held[w] = {self.pick('Held.none', 'i', 's.newest')}",
            "s.n = min(s.n + 1, size)",
        )

    def step(self, name: str) -> str:
        head = f"    @step\n    def {name}(s, w: Who, i: Item):\n"
        guard = f"        require({self.test('s')})\n" if self.random.random() < 0.7 else ""
        return head + guard + f"        {self.effect()}\n        {self.effect()}\n"

    def formula(self, s: str) -> str:
        test = f"{self.pick('any', 'all')}({self.test(s)} for i in Item)"
        return f"{self.pick('any', 'all')}({test} {self.pick('and', 'or')} {self.test(s)} \
for w in Who for i in Item)"

    def text(self) -> str:
        declared = DECLARATIONS.format(
            newest=self.pick("1", "size"),
            mark=self.pick("0", "size", "lambda i: i", "lambda i: size - i"),
            there=self.pick("i == 1", "i == size", "False"),
            n=self.pick("0", "size", "-spare"),
        )
        steps = [self.step(f"step_{n}") for n in range(3)]
        always = [
            f"    @always\n    def always_{n}(s):\n        return {self.formula('s')}\n"
            for n in range(3)
        ]
        every = (
            f"    @every_step\n    def every(s, after):\n        return {self.formula('after')}\n"
        )
        return "\n".join([declared, *steps, *always, every])


@pytest.mark.parametrize("seed", range(24))
def test_on_random_models(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    model = load_text(tmp_path, Writer(random).text())
    opened = random.choice([("size",), ("size", "spare"), ("spare", "size")])
    agree(model, {}, opened, 3, 4)


def test_random_models_have_deep_violations_and_such_that_need_large_values(
    tmp_path: Path,
) -> None:
    lengths, texts = set(), []
    for seed in range(24):
        random = Random(seed)
        model = load_text(tmp_path, Writer(random).text(), f"toy_{seed}")
        for values in product(range(1, 4), range(2)):
            found = searched(model, dict(zip(("size", "spare"), values, strict=True)), 4)
            lengths |= {length for length, _ in found.values()}
            texts += [values[0] for _ in found]
    assert lengths >= {0, 1, 2}
    assert {*texts} == {1, 2, 3}
