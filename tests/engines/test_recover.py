"""Which states cannot get to a goal any more: of unfinished searches too, and no more than that."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from engines.honesty import ENGINES
from support import lift_text

from dnsrace.check import check
from dnsrace.engines import recover, search
from dnsrace.engines.graphs import Graph, NoRoom
from dnsrace.engines.python_space import PythonSpace
from dnsrace.engines.request import EngineName, Limits, Request
from dnsrace.engines.search import explore
from dnsrace.errors import DomainError
from dnsrace.findings.verdicts import Finding
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import System

CLIFF = """
    @model
    def cliff(length: int = 9, guard: bool = False):
        '''A walk along a cliff. Whoever falls at 3 lands on a ledge and walks up and down there.'''
        class Place(Range, low=0, high=length): ...
        class S(State):
            at = var(Place, start=0)
            fell = var(bool, start=False)
        @step
        def walk(s):
            require(not s.fell and s.at < length)
            s.at += 1
        @step
        def fall(s):
            require(s.at == 3 and not guard)
            s.fell = True
        @step
        def pace(s):
            require(s.fell)
            s.at = 4 if s.at == 3 else 3
        @always(question=True)
        def starts(s):
            return not s.fell
        @recoverable
        def home(s):
            '''One can always get home.'''
            return s.at == length and not s.fell
"""


def only(system: System, **request: Any) -> Finding:
    request = {"engine": "python", "names": ("home",), **request}
    [finding] = explore(system, Request(**request)).findings
    return finding


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("depth", "verdict", "states"),
    [(3, "unknown", None), (4, "unknown", None), (5, "unknown", None), (6, "violated", 2)],
)
def test_a_trap_counts_when_it_is_closed(
    tmp_path: Path, engine: EngineName, depth: int, verdict: str, states: int | None
) -> None:
    """The ledge has two states, at depth 4 and 5. Before the second is expanded, it may still lead
    home, for all that the search knows."""
    finding = only(lift_text(tmp_path, CLIFF), engine=engine, limits=Limits(depth=depth))
    assert (finding.verdict, finding.states) == (verdict, states)
    if verdict == "violated":
        assert finding.trace is not None
        assert [t.text for t in finding.trace.steps] == ["walk", "walk", "walk", "fall"]
        assert (
            finding.reach
            == "from at least 2 of 9 states nothing leads there; the nearest after 4 steps"
        )
        assert not finding.shortest
    else:
        assert (
            finding.reach == f"no trap is closed to depth {depth}: what lies beyond may lead there"
        )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_finished_search_knows_all(tmp_path: Path, engine: EngineName) -> None:
    finding = only(lift_text(tmp_path, CLIFF), engine=engine)
    assert (finding.verdict, finding.states, finding.length) == ("violated", 2, 4)
    assert finding.shortest
    finding = only(lift_text(tmp_path, CLIFF, guard=True), engine=engine)
    assert (finding.verdict, finding.states, finding.trace) == ("holds", 0, None)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_unfinished_search_claims_no_more_than_there_is(engine: EngineName) -> None:
    """The more is searched, the more is known; and never more than 46 states."""
    system = load("dynamodb_dns").lift(enactors=2)
    known = 0
    for depth in range(14, 29):
        request = Request(
            names=("recoverable",), engine=engine, symmetry=False, limits=Limits(depth=depth)
        )
        [finding] = explore(system, request).findings
        assert finding.verdict == ("violated" if finding.states else "unknown")
        assert known <= (finding.states or 0) <= 46
        known = finding.states or 0
    assert known > 0


def test_a_goal_that_is_never_reached(tmp_path: Path) -> None:
    text = CLIFF.replace(
        "return s.at == length and not s.fell", "return s.at > length - 1 and s.fell"
    )
    finding = only(lift_text(tmp_path, text))
    assert finding.states == 12
    assert finding.trace is not None
    assert finding.trace.steps == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_goal_that_is_not_defined_is_blamed(tmp_path: Path, engine: EngineName) -> None:
    text = CLIFF.replace("return s.at == length and not s.fell", "return s.way[s.at] and s.fell")
    text = text.replace("class S(State):", "class S(State):\n            way = var(bool, "
                        "per=Short, start=False)")  # fmt: skip
    text = text.replace(
        "class S(State)", "class Short(Range, low=0, high=5): ...\n        class S(State)"
    )
    with pytest.raises(DomainError, match="home reads a value outside its domain"):
        only(lift_text(tmp_path, text), engine=engine)


# -- time, memory, Ctrl-C


def asked(system: System, **request: Any) -> Finding:
    [finding] = explore(system, Request(engine="python", names=("home",), **request)).findings
    return finding


class Late:
    """A clock that stands still until the graph is asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        graph = PythonSpace.graph

        def later(space: PythonSpace, *args: Any) -> Graph:
            self.now = 99.0
            return graph(space, *args)

        monkeypatch.setattr(PythonSpace, "graph", later)
        monkeypatch.setattr(search, "time", SimpleNamespace(perf_counter=lambda: self.now))


def test_time_that_is_up_in_the_middle_of_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Late(monkeypatch)
    system = lift_text(tmp_path, CLIFF)
    result = explore(system, Request(engine="python", names=("home",), limits=Limits(seconds=5)))
    [finding] = result.findings
    assert result.complete
    assert (finding.verdict, finding.looked) == ("unknown", True)
    assert finding.reach == "not looked at: the time limit of 5 s was reached"
    assert result.exit_code == 3


def test_what_holds_still_holds_when_time_is_up_for_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Late(monkeypatch)
    system = lift_text(tmp_path, CLIFF, guard=True)
    result = explore(system, Request(engine="python", limits=Limits(seconds=5)))
    assert [(f.verdict, f.looked) for f in result.findings] == [("holds", True), ("unknown", False)]
    assert result.exit_code == 0


def test_control_c_in_the_middle_of_the_question(tmp_path: Path) -> None:
    """Whenever it comes, what the search has found stays, and the rest is not known."""
    system = lift_text(tmp_path, CLIFF)
    said = set()
    for calls in range(12):
        asking = iter([False] * calls)
        request = Request(
            engine="python", names=("home",), interrupted=lambda a=asking: next(a, True)
        )
        result = explore(system, request)
        [finding] = result.findings
        said.add((result.complete, finding.verdict))
        if finding.verdict == "unknown":
            assert finding.reach == "not looked at: it was interrupted"
            assert result.exit_code == 3
    assert said == {(False, "unknown"), (True, "unknown"), (True, "violated")}


def test_room_for_the_states_and_not_for_the_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(space: PythonSpace, expanded: int, room: int, pause: Callable[[], None]) -> Graph:
        raise NoRoom("no room for the graph of the states")

    monkeypatch.setattr(PythonSpace, "graph", nothing)
    finding = asked(lift_text(tmp_path, CLIFF))
    assert (finding.verdict, finding.looked) == ("unknown", True)
    assert finding.reach == "not looked at: no room for the graph of the states"
    report = check(load("dynamodb_dns"), dict(load("dynamodb_dns").fixed), Request(engine="python"))
    assert report.exit_code == 0
    unasked = report.exploration.finding("recoverable")
    assert unasked is not None
    assert not unasked.looked


@pytest.mark.parametrize("symmetry", [False, True])
def test_the_graph_is_small(symmetry: bool) -> None:
    """At most 40 bytes for each state beside the visited set, whatever is asked of the graph."""
    from dnsrace.engines.memory import safe_limit
    from dnsrace.engines.numba_space import NumbaSpace

    system = load("dynamodb_dns").lift(enactors=3, plans=5)
    space = NumbaSpace(system, system.properties, symmetry, safe_limit())
    request = Request(keep_going=True, symmetry=symmetry)
    run = search.Search(system, request, space, time.perf_counter())
    space.start()
    run._levels()
    graph = space.graph(space.count, safe_limit(), lambda: None)
    prop = system.find_property("recoverable")
    assert prop is not None
    found = recover.unrecoverable(space, graph, run.levels, prop, lambda: None)
    assert found.states > 0
    assert graph.arrays.most <= 40 * space.count
    # and by the way that takes the most
    marks = space.values(graph, prop, lambda: None)
    recover._close(graph, marks, lambda: None)
    assert space.represented(marks, lambda: None) == found.states
    assert graph.arrays.most <= 40 * space.count


def test_nothing_leads_out_of_the_trap(tmp_path: Path) -> None:
    system = load("dynamodb_dns").lift(operator="rollback")
    finding = explore(system, Request(names=("recoverable",))).finding("recoverable")
    assert finding is not None
    assert finding.trace is not None
    assert finding.states == 176
    prop = system.find_property("recoverable")
    assert prop is not None
    interpreter = Interpreter(system)
    waiting, seen = [finding.trace.last], {finding.trace.last}
    while waiting:
        state = waiting.pop()
        assert not interpreter.holds(prop, state)
        after = {t.state for t in interpreter.successors(state)} - seen
        seen |= after
        waiting += after
    assert len(seen) <= 176
