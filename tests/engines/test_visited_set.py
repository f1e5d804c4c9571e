"""The compiled engine's visited set is exact: however it grows, no two states are taken for one."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import load_text

from dnsrace.engines import lanes, numba_space
from dnsrace.engines.layout import WORD_BITS, layout_of, pack, unpack
from dnsrace.engines.memory import safe_limit
from dnsrace.engines.numba_space import NumbaSpace
from dnsrace.engines.python_space import PythonSpace
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import Search
from dnsrace.engines.space import Space
from dnsrace.engines.steppers import GeneratedStepper
from dnsrace.errors import InternalError
from dnsrace.findings.verdicts import Exploration
from dnsrace.loader import load
from dnsrace.model.system import State, System

SWITCHES = """
    @model
    def switches(count: int = 70):
        '''Any switch may be turned at any moment: 2**count states, binomials by depth.'''
        class Switch(Range, low=1, high=count): ...
        class S(State):
            on = var(bool, per=Switch, start=False)
        @step
        def turn(s, i: Switch):
            s.on[i] = not s.on[i]
        @always
        def never_the_first_and_the_last(s):
            return not (s.on[1] and s.on[count])
"""
SIZES = {2: 70, 3: 130}
"""Switches that take so many words."""
WORDS = (1, 2, 3)


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> dict[int, System]:
    """A system for each number of words that a state may take."""
    model = load_text(tmp_path_factory.mktemp("switches"), SWITCHES)
    found = {1: load("dynamodb_dns").lift(enactors=2, plans=4)}
    found |= {words: model.lift(count=count) for words, count in SIZES.items()}
    assert [layout_of(found[words]).words for words in WORDS] == [1, 2, 3]
    return found


def searched(space: Space) -> Exploration:
    """Everything, or all pairs of switches."""
    depth = 2 if space.system.name == "switches" else None
    request = Request(keep_going=True, symmetry=False, limits=Limits(depth=depth))
    return Search(space.system, request, space, time.perf_counter()).run()


def numba_space_of(system: System) -> NumbaSpace:
    return NumbaSpace(system, system.properties, False, safe_limit())


def python_space(system: System) -> PythonSpace:
    stepper = GeneratedStepper(system, system.properties, False)
    return PythonSpace(system, system.properties, False, stepper)


def states_of(space: Space) -> Counter[State]:
    return Counter(space.state(i) for i in range(space.count))


def watch(space: NumbaSpace, *, obey: bool) -> list[bool]:
    """What growing in place answers. Unless it is obeyed, it is declared a failure each time,
    after the table has been moved about: it must then be filled anew."""
    answers: list[bool] = []
    grow = space._grow

    def watched(used: int, buckets: int, fill: Any) -> bool:
        done = grow(used, buckets, fill)
        answers.append(done)
        return done and obey

    space._grow = watched  # type: ignore[method-assign]
    return answers


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room is asked for block by block: with small ones a table is well filled when it grows."""
    monkeypatch.setattr(lanes, "LARGEST_BLOCK", 8)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("obey", [True, False])
def test_a_table_that_grows_often_loses_and_doubles_nothing(
    systems: dict[int, System], words: int, obey: bool, small_blocks: None
) -> None:
    reference = python_space(systems[words])
    expected = searched(reference)
    space = numba_space_of(systems[words])
    space.buckets = 2
    answers = watch(space, obey=obey)
    result = searched(space)
    assert len(answers) >= 8
    assert space.count > 0.4 * 8 * space.buckets
    found = states_of(space)
    assert max(found.values()) == 1
    assert found == states_of(reference)
    for name in ("distinct_states", "represented_states", "transitions", "levels", "steps"):
        assert getattr(result.statistics, name) == getattr(expected.statistics, name), name
    traces = [f.trace.text if f.trace else None for f in result.findings]
    assert traces == [f.trace.text if f.trace else None for f in expected.findings]


def test_the_states_are_as_many_as_there_are_pairs(systems: dict[int, System]) -> None:
    for words, count in SIZES.items():
        levels = searched(numba_space_of(systems[words])).statistics.levels
        assert levels == [1, count, count * (count - 1) // 2]


class Table:
    """The visited set of a space that has been searched, handled from outside."""

    def __init__(self, space: NumbaSpace) -> None:
        self.space, self.count, self.words = space, space.count, space.words
        self.queue = space.queue[: self.count * self.words]

    def refill(self, buckets: int) -> None:
        """A smaller table; what the larger one held behind it must be gone, as it always is."""
        self.space._table[: self.used] = 0
        self.space._refill(buckets)

    @property
    def used(self) -> int:
        return int(8 * (self.space.buckets + self.space.kernel.SPARE))

    def grow(self, buckets: int, scratch: int) -> bool:
        fill = np.zeros(buckets + self.space.kernel.SPARE, np.uint8)
        areas = np.zeros(scratch, np.int64), np.zeros(scratch, np.int64)
        done = self.space.kernel.grow(self.space._table, self.used, buckets, *areas, fill)
        self.space.buckets = buckets
        return bool(done)

    def is_new(self, words: Any) -> bool:
        """Whether the state would be put behind the queue; nothing is changed."""
        space = self.space
        before, counts = space._table[: self.used].copy(), space._counts.copy()
        space._recent[:] = -1
        space._insert(words)
        new = space.count > self.count
        space._table[: self.used], space._counts[:] = before, counts
        return new

    def check(self) -> None:
        """It knows every state, and no other."""
        assert np.count_nonzero(self.space._table[: self.used]) == self.count
        rows = self.queue.reshape(self.count, self.words)
        known = {tuple(row) for row in rows.tolist()}
        for row in rows[:: max(1, self.count // 100)]:
            assert not self.is_new(row.copy())
        flipped = [(*row[:-1], row[-1] ^ 1 << bit) for row in list(known)[:9] for bit in range(62)]
        strangers = [row for row in flipped if row not in known]
        assert strangers
        for row in strangers[:: max(1, len(strangers) // 100)]:
            assert self.is_new(np.array(row, np.int64))


@pytest.fixture
def overfull(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables fuller than the search ever lets them become: many entries are out of their place."""
    monkeypatch.setattr(numba_space, "LOAD", 1e6)


@pytest.mark.parametrize("words", WORDS)
def test_a_full_table_is_filled_and_grown_exactly(
    systems: dict[int, System], words: int, overfull: None
) -> None:
    space = numba_space_of(systems[words])
    searched(space)
    table = Table(space)
    table.refill(space.count // 8)
    table.check()
    for buckets in (space.count // 6, space.count // 4, space.count):
        assert table.grow(buckets, scratch=1 << 17)
        table.check()


@pytest.mark.parametrize("words", WORDS)
def test_where_growing_in_place_is_refused_filling_anew_helps(
    systems: dict[int, System], words: int, overfull: None
) -> None:
    """Entries far behind their place, and a scratch area of two: some would have to move down."""
    space = numba_space_of(systems[words])
    searched(space)
    table = Table(space)
    table.refill(space.count // 9)
    assert not table.grow(space.count // 8, scratch=2)
    table.refill(space.count // 4)
    table.check()


@pytest.mark.parametrize("words", WORDS)
def test_an_entry_that_runs_over_the_end_is_an_error_and_not_lost(
    systems: dict[int, System], words: int, overfull: None
) -> None:
    space = numba_space_of(systems[words])
    searched(space)
    with pytest.raises(InternalError, match="ran over its end"):
        Table(space).refill(1)


# -- packing


PACKED = [
    load("dynamodb_dns").lift(enactors=1, plans=1),
    load("dynamodb_dns").lift(enactors=2, plans=4),
    load("dynamodb_dns").lift(enactors=5, plans=6, endpoints=2),
    load("dynamodb_dns").lift(enactors=6, plans=6, endpoints=3),
    load("two_phase_commit").lift(managers=20),
    load("two_phase_commit").lift(managers=40),
    load("peterson").lift(),
    load("ewd840").lift(nodes=6),
]


def any_state(system: System) -> st.SearchStrategy[State]:
    """Any values inside the domains, reachable or not."""
    return st.tuples(*(st.sampled_from(variable.domain.raws) for variable, _ in system.slots))


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_packing_and_unpacking_gives_the_state_back(data: st.DataObject) -> None:
    system = data.draw(st.sampled_from(PACKED))
    state = data.draw(any_state(system))
    layout = layout_of(system)
    words = pack(system, layout, state)
    assert len(words) == layout.words
    assert all(0 <= word < 1 << WORD_BITS for word in words)
    assert unpack(system, layout, words) == state


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_no_two_states_have_the_same_words(data: st.DataObject) -> None:
    system = data.draw(st.sampled_from(PACKED))
    layout = layout_of(system)
    a = data.draw(any_state(system))
    slot = data.draw(st.integers(0, len(a) - 1))
    other = data.draw(st.sampled_from(system.slots[slot][0].domain.raws))
    b = (*a[:slot], other, *a[slot + 1 :])
    assert (pack(system, layout, a) == pack(system, layout, b)) == (a == b)


def test_the_systems_take_one_to_three_words() -> None:
    assert {layout_of(system).words for system in PACKED} >= {1, 2, 3}
