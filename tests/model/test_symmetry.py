"""Interchangeable names: what treats them alike is reduced exactly, what does not is refused
(see the golden refusals), and what cannot be sorted is explored in full, with the reason."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from textwrap import dedent, indent

import pytest
from support import lift_text

from dnsrace.engines.layout import layout_of
from dnsrace.engines.request import EngineName, Request
from dnsrace.engines.search import explore
from dnsrace.engines.steppers import GeneratedStepper, renaming
from dnsrace.errors import ModelError, UsageError
from dnsrace.findings.verdicts import Exploration
from dnsrace.model.system import System

ENGINES: tuple[EngineName, ...] = ("python", "interpreter")


def found(system: System, engine: EngineName, symmetry: bool) -> Exploration:
    return explore(system, Request(engine=engine, symmetry=symmetry, keep_going=True))


def same_with_and_without(system: System) -> Exploration:
    """Explore in four ways, which must agree; gives back one with symmetry."""
    plain = found(system, "python", False)
    for engine in ENGINES:
        for symmetry in (False, True):
            other = found(system, engine, symmetry)
            counts = other.statistics
            assert counts.represented_states == plain.statistics.distinct_states
            assert counts.represented_transitions == plain.statistics.transitions
            assert counts.depth == plain.statistics.depth
            for mine, theirs in zip(other.findings, plain.findings, strict=True):
                assert (mine.verdict, mine.length) == (theirs.verdict, theirs.length)
                assert (mine.trace and mine.trace.text) == (theirs.trace and theirs.trace.text)
    reduced = [found(system, engine, True) for engine in ENGINES]
    assert len({r.statistics.distinct_states for r in reduced}) == 1
    assert len({r.symmetry for r in reduced}) == 1
    return reduced[0]


STATE = """
@model
def toy(n: int = 3):
    class W(Names, count=n): ...
    class V(Names, count=2): ...
    class Size(Range, low=0, high=n): ...
    class H(Maybe, of=W): ...
    class S(State):
        busy = var(bool, per=W, start=False)
        own = var(Size, per=W, start=0)
        held = var(bool, per=V, start=False)
        lock = var(H, start=H.none)
        boss = var(W, start=W)
        size = var(Size, start=0)
    @step
    def work(s, w: W):
        s.busy[w] = not s.busy[w]
        if s.busy[w]:
            s.lock = w
    @step
    def hold(s, v: V):
        s.held[v] = True
"""

ALIKE = {
    "a loop that does the same to all": """
        for w in W:
            s.busy[w] = False
    """,
    "a loop that does the same to all, backwards": """
        for w in reversed(list(W)):
            s.own[w] = s.size
    """,
    "a loop that tests each by itself": """
        for w in W:
            if s.busy[w]:
                s.own[w] = 1
        s.lock = H.none
    """,
    "a sum": """
        s.size = sum(s.busy[w] for w in W)
    """,
    "a maximum": """
        s.size = max(s.own[w] for w in W)
    """,
    "any and all": """
        require(any(s.busy[w] for w in W) and not all(s.own[w] == s.size for w in W))
        s.size = 0
    """,
    "two of them": """
        require(any(s.busy[w] and not s.busy[v] for w in W for v in W if v != w))
        s.size = 1
    """,
    "counting in a loop": """
        count = 0
        for w in W:
            count += 1
        s.size = count
    """,
    "all but one": """
        for w in W:
            s.busy[w] = s.boss != w
    """,
    "the same to all, and then something else to one": """
        for w in W:
            s.own[w] = 0
            s.busy[w] = True
        s.busy[s.boss] = False
        s.own[s.boss] = s.size
    """,
    "something to one, and then the same to all": """
        s.own[s.boss] = 1
        s.busy[s.boss] = True
        for w in W:
            s.busy[w] = False
    """,
    "a member of a tuple": """
        require(s.lock != H.none and s.boss in (s.lock, s.lock))
        s.size = 0
    """,
    "all names, in a list": """
        require(s.boss in list(W))
        s.size = 0
    """,
}


@pytest.mark.parametrize("case", ALIKE)
def test_what_treats_the_names_alike_is_reduced(case: str, tmp_path: Path) -> None:
    body = indent(dedent(ALIKE[case]), " " * 8)
    system = lift_text(tmp_path, f"{STATE}    @step\n    def f(s):\n{body}", n=2)
    reduced = same_with_and_without(system)
    assert reduced.symmetry == "2! renamings of W, 2! renamings of V"
    assert reduced.statistics.distinct_states < reduced.statistics.represented_states


def test_the_same_names_under_a_choice_are_not_told_apart(tmp_path: Path) -> None:
    system = lift_text(tmp_path, STATE)
    reduced = same_with_and_without(system)
    assert reduced.symmetry == "3! renamings of W, 2! renamings of V"
    factor = reduced.statistics.represented_states / reduced.statistics.distinct_states
    assert 1 < factor <= math.factorial(3) * math.factorial(2)


UNSORTED = {
    "a name for each name": (
        "next = var(W, per=W, start=lambda w: w)",
        "s.next[w] = v",
        "none: next relates names to names",
    ),
    "perhaps a name for each name": (
        "next = var(H, per=W, start=H.none)",
        "s.next[w] = v",
        "none: next relates names to names",
    ),
    "a table of names by names": (
        "likes = var(bool, per=(W, W), start=lambda w, v: w == v)",
        "s.likes[w, v] = True",
        "none: likes relates names to names",
    ),
    "an index that may be a name": (
        "seen = var(bool, per=H, start=False)",
        "s.seen[w] = v == w",
        "none: seen is indexed by a W or none",
    ),
    "more than a word for each name": (
        "own = var(Wide, per=(W, Many), start=0)",
        "s.own[w, 0] = 1 - s.own[v, 1]",
        "none: what belongs to one W takes 70 bits",
    ),
}


@pytest.mark.parametrize("case", UNSORTED)
def test_what_cannot_be_sorted_is_explored_in_full(case: str, tmp_path: Path) -> None:
    variable, write, reason = UNSORTED[case]
    system = lift_text(
        tmp_path,
        f"""
        @model
        def toy():
            class W(Names, count=3): ...
            class H(Maybe, of=W): ...
            class Many(Range, low=0, high=9): ...
            class Wide(Range, low=0, high=100): ...
            class S(State):
                {variable}
            @step
            def f(s, w: W, v: W):
                {write}
        """,
    )
    whole = same_with_and_without(system)
    assert whole.symmetry == reason
    assert whole.statistics.distinct_states == whole.statistics.represented_states


def test_one_domain_may_be_sorted_and_another_not(tmp_path: Path) -> None:
    system = lift_text(
        tmp_path,
        """
        @model
        def toy():
            class W(Names, count=3): ...
            class V(Names, count=3): ...
            class S(State):
                likes = var(bool, per=(W, W), start=False)
                busy = var(bool, per=V, start=False)
            @step
            def f(s, w: W, v: V):
                s.likes[w, w] = not s.busy[v]
                s.busy[v] = True
        """,
    )
    reduced = same_with_and_without(system)
    assert reduced.symmetry == "3! renamings of V"
    assert reduced.statistics.distinct_states < reduced.statistics.represented_states


def test_a_single_name_has_nothing_to_rename(tmp_path: Path) -> None:
    whole = same_with_and_without(lift_text(tmp_path, STATE, n=1))
    assert whole.symmetry == "2! renamings of V"


SPREAD = """
@model
def toy():
    class W(Names, count=5): ...
    class H(Maybe, of=W): ...
    class Size(Range, low=-3, high=1020): ...
    class I(Range, low=1, high=3): ...
    class S(State):
        size = var(Size, per=(I, W), start=-3)
        lock = var(H, per=I, start=H.none)
        boss = var(W, start=W)
    @step
    def grow(s, i: I, w: W):
        require(s.size[i, w] < 1018)
        require(all(s.size[j, w] == -3 for j in I))
        s.size[i, w] = max(s.size[i, w], 1019 - i)
        s.lock[i] = w
    @step
    def forget(s, i: I):
        require(s.lock[i] != s.boss)
        s.size[i, s.boss] = -3
        s.lock[i] = s.boss
"""
"""A name's own part takes 34 bits, so the five lie in as many words."""


def test_sub_states_spread_over_several_words(tmp_path: Path) -> None:
    system = lift_text(tmp_path, SPREAD)
    layout = layout_of(system)
    (row,) = layout.substates.values()
    assert (row.width, row.per_word, layout.words) == (34, 1, 5)
    request = Request(engine="python", symmetry=False, keep_going=True)
    plain = explore(system, request)
    reduced = explore(system, Request(engine="python", keep_going=True))
    assert reduced.statistics.represented_states == plain.statistics.distinct_states
    assert reduced.statistics.represented_transitions == plain.statistics.transitions
    assert reduced.statistics.levels != plain.statistics.levels
    assert len(reduced.statistics.levels) == len(plain.statistics.levels)


@pytest.mark.parametrize("count", range(2, 7))
def test_sorting_is_canonical_and_orbits_are_exact(count: int, tmp_path: Path) -> None:
    """For every way to give out three values and a lock: all renamings have one canonical form,
    and the orbit's size is the number of different renamings."""
    system = lift_text(
        tmp_path,
        f"""
        @model
        def toy():
            class W(Names, count={count}): ...
            class H(Maybe, of=W): ...
            class Size(Range, low=-1, high=1): ...
            class S(State):
                own = var(Size, per=W, start=0)
                lock = var(H, start=H.none)
            @step
            def f(s, w: W):
                s.own[w] = 1
                s.lock = w
        """,
    )
    stepper = GeneratedStepper(system, (), True)
    (domain,) = layout_of(system).substates
    some = [*itertools.islice(itertools.permutations(range(count)), 0, None, 29)]
    some.append(tuple(reversed(range(count))))
    renamings = [renaming(system, {domain: p}) for p in some]
    forms = set()
    total = 0
    for own in itertools.combinations_with_replacement((-1, 0, 1), count):
        for lock in range(-1, count):
            state = (*own, lock)
            node = stepper.node(state)
            assert {stepper.node(r(state)) for r in renamings} == {node}
            assert stepper.node(stepper.state(node)) == node
            if node not in forms:
                forms.add(node)
                total += stepper.orbit(node)
    assert total == 3**count * (count + 1)


BROKEN = """
@model
def toy(early: bool = False):
    class W(Names, count=2): ...
    class S(State):
        busy = var(bool, per=W, start=False)
    @step
    def f(s):
        for w in W:
            s.busy[w] = True
            if early:
                break
"""


def test_a_model_that_breaks_its_symmetry_is_refused(tmp_path: Path) -> None:
    assert len(lift_text(tmp_path, BROKEN).steps) == 1
    with pytest.raises(ModelError, match="the step f does not treat the W names alike"):
        lift_text(tmp_path, BROKEN, early=True)


def test_more_renamings_than_64_bits_count_are_refused_by_compiled_code_only(
    tmp_path: Path,
) -> None:
    system = lift_text(
        tmp_path,
        """
        @model
        def toy():
            class W(Names, count=18): ...
            class S(State):
                a = var(bool, per=W, start=False)
            @step
            def f(s, w: W):
                require(not s.a[w])
                s.a[w] = True
        """,
    )
    with pytest.raises(UsageError, match="18 W names can be renamed in too many ways"):
        explore(system, Request(engine="numba"))
    statistics = explore(system, Request(engine="python")).statistics
    assert (statistics.distinct_states, statistics.represented_states) == (19, 2**18)
    assert statistics.represented_transitions == 18 * 2**17


def test_a_broadcast_is_one_path(tmp_path: Path) -> None:
    """However many names there are."""
    body = indent(dedent(ALIKE["the same to all, and then something else to one"]), " " * 8)
    for n in (2, 7):
        system = lift_text(tmp_path, f"{STATE}    @step\n    def f(s):\n{body}", n=n)
        assert [path.step.name for path in system.paths].count("f") == 1
