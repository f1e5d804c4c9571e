"""Order abstraction and names: what is sorted, and that a violation is found again."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import load_text

from dnsrace.check import check
from dnsrace.engines.order.opening import opened
from dnsrace.engines.order.stepper import reducible
from dnsrace.engines.request import Request
from dnsrace.errors import ModelError

TWO_NAMES = """
@model
def two(size: int = 3) -> None:
    class Item(Range, low=1, high=size, identifiers=True): ...
    class Reader(Names, count=3): ...
    class Writer(Names, count=3): ...
    class Source(Maybe, of=Writer, none="nobody"): ...
    class All(State):
        newest = var(Item, start=1)
        live = var(Item, start=1)
        source = var(Source, per=Reader, start=Source.none)
        read = var(Item, per=Reader, start=1)
        written = var(Item, per=Writer, start=1)
    @step
    def publish(s: All, w: Writer) -> None:
        require(s.newest < size)
        s.newest += 1
        s.written[w] = s.newest
    @step
    def take(s: All, r: Reader, w: Writer) -> None:
        require(s.source[r] != w)
        s.source[r] = w
        s.read[r] = s.written[w]
    @step
    def show(s: All, r: Reader) -> None:
        s.live = s.read[r]
    @always
    def fine(s: All) -> bool:
        return any(s.source[r] == Source.none for r in Reader) or s.newest < 3 or s.live < 3
"""


@pytest.mark.parametrize("symmetry", [True, False])
def test_names_that_are_related_to_other_names_are_found_again(
    tmp_path: Path, symmetry: bool
) -> None:
    """Readers and writers cannot both be sorted by each other: of one node there were two."""
    model = load_text(tmp_path, TWO_NAMES)
    shape = opened(model, {}, "Item", 1000)
    assert [d.name for d in reducible(shape)] == ["Reader"]
    request = Request(unbounded="Item", symmetry=symmetry)
    (found,) = check(model, {}, request).exploration.findings
    assert found.verdict == "violated"
    assert found.trace is not None
    assert len(found.trace.steps) == 6


NOT_TOUCHED = """
@model
def toy(size: int = 3) -> None:
    class Item(Range, low=1, high=size, identifiers=True): ...
    class Phase(enum.Enum): A, B = range(2)
    class All(State):
        newest = var(Item, start=1)
        one = var(Phase, per=Item, start=Phase.A)
        two = var(Phase, per=Item, start=Phase.A)
    @step
    def publish(s: All{choice}) -> None:
        require(s.newest < size)
        s.newest += 1
    @always
    def fine(s: All) -> bool:
        return s.one[s.newest] == Phase.A
"""


def test_what_belongs_to_identifiers_is_no_process(tmp_path: Path) -> None:
    model = load_text(tmp_path, NOT_TOUCHED.format(choice=""))
    (found,) = check(model, {}, Request(unbounded="Item")).exploration.findings
    assert found.verdict == "holds"


def test_a_choice_that_is_not_used_is_refused_with_its_step(tmp_path: Path) -> None:
    model = load_text(tmp_path, NOT_TOUCHED.format(choice=", i: Item"))
    with pytest.raises(ModelError, match="the choice i is an identifier") as caught:
        opened(model, {}, "Item", 1000)
    assert caught.value.place is not None
    assert caught.value.place.line == 15
