"""Fairness, on small models whose answers are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from engines.honesty import ENGINES
from support import lift_text

from dnsrace.engines import liveness
from dnsrace.engines.request import EngineName, Limits, Request
from dnsrace.engines.search import explore
from dnsrace.findings.lasso import fairness_of, unfairness
from dnsrace.findings.verdicts import Exploration, Finding
from dnsrace.loader import load
from dnsrace.model.system import System

LOCK = """
    @model
    def lock(fairness: Literal["none", "weak", "strong"] = "weak", who: bool = False):
        '''Two processes and a lock that anybody may take when it is free.'''
        class Process({kind}): ...
        class Holder(Maybe, of=Process, none="free"): ...
        class S(State):
            holder = var(Holder, start=Holder.none)
            served = var(bool, per=Process, start=False)
        @step
        def take(s, p: Process):
            require(s.holder == Holder.none)
            s.holder = p
        @step
        def give(s, p: Process):
            require(s.holder == p)
            s.holder = Holder.none
            s.served[p] = True
        @eventually(fairness=fairness)
        def all_served(s):
            return all(s.served[p] for p in Process)
        @eventually(name="some_served", fairness=fairness)
        def some(s):
            return any(s.served[p] for p in Process)
        @eventually(name="taken_for_good", stays=True, fairness=fairness)
        def held(s):
            return s.holder != Holder.none
"""
NAMES, RANGE = "Names, count=2", "Range, low=0, high=1"


def lock(tmp_path: Path, kind: str = NAMES, **given: Any) -> System:
    return lift_text(tmp_path, LOCK.replace("{kind}", kind), **given)


def search(system: System, *names: str, **request: Any) -> Exploration:
    return explore(system, Request(**{"engine": "python", "names": names, **request}))


def only(result: Exploration) -> Finding:
    [finding] = result.findings
    return finding


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("fairness", "name", "verdict"),
    [
        ("none", "all_served", "violated"),
        ("weak", "all_served", "violated"),
        ("strong", "all_served", "holds"),
        ("none", "some_served", "holds"),
        ("weak", "some_served", "holds"),
        ("weak", "taken_for_good", "violated"),
        ("strong", "taken_for_good", "violated"),
    ],
)
def test_a_lock_that_starves_somebody(
    tmp_path: Path, engine: EngineName, fairness: str, name: str, verdict: str
) -> None:
    """Whoever waits can take the lock at times, but never all the time: weak fairness does not
    help, strong fairness does."""
    finding = only(search(lock(tmp_path, fairness=fairness), name, engine=engine))
    assert finding.verdict == verdict
    assert finding.engine == engine


def test_the_loop_that_starves_is_short_and_explained(tmp_path: Path) -> None:
    system = lock(tmp_path)
    finding = only(search(system, "all_served"))
    prop = system.find_property("all_served")
    assert prop is not None
    assert finding.trace is not None
    assert finding.trace.text.endswith("(): take(0) give(0) repeat: take(0) give(0)")
    assert finding.reach.endswith("in 2 steps (short, not proved shortest)")
    assert not finding.shortest
    fairness = fairness_of(finding.trace, prop)
    assert fairness.taken == ("take(0)", "give(0)")
    assert fairness.never == ("give(1)",)
    assert fairness.at_times == ("take(1)",)
    assert unfairness(finding.trace, prop) == ""


@pytest.mark.parametrize("kind", [NAMES, RANGE])
def test_names_are_told_apart(tmp_path: Path, kind: str) -> None:
    """With names counted as one, somebody would always be served: the one in the corner."""
    system = lock(tmp_path, kind)
    result = search(system, "all_served")
    assert only(result).verdict == "violated"
    assert result.statistics.distinct_states == result.statistics.represented_states
    if kind == NAMES:
        assert result.symmetry == "off, since fairness tells names apart"
    unasked = search(system, keep_going=True)
    counts = unasked.statistics
    assert (counts.distinct_states < counts.represented_states) == (kind == NAMES)
    finding = unasked.finding("all_served")
    assert finding is not None
    assert finding.verdict == "violated"


@pytest.mark.parametrize("engine", ENGINES)
def test_peterson_lets_in_whoever_wants_to(engine: EngineName) -> None:
    system = load("peterson").lift()
    result = search(system, "process_0_gets_in", "process_1_gets_in", engine=engine)
    assert [f.verdict for f in result.findings] == ["holds", "holds"]
    half = load("peterson").lift(entry="flag_only")
    result = search(half, "process_0_gets_in", "process_1_gets_in", engine=engine)
    assert [f.verdict for f in result.findings] == ["holds", "violated"]


COUNTER = """
    @model
    def counter(fairness: Literal["none", "weak", "strong"] = "weak", fair: bool = True):
        '''Counts up to 3; at 1 it may also do nothing for ever.'''
        class Count(Range, low=0, high=3): ...
        class S(State):
            n = var(Count, start=0)
            idle = var(bool, start=False)
        @step
        def up(s):
            require(s.n < 3)
            s.n += 1
        @step
        def stay(s):
            require(s.n == 1)
            s.idle = False
        @eventually(fairness=fairness, fair_steps=[up] if fair else [stay])
        def arrives(s):
            return s.n == 3
        @eventually(name="ends_elsewhere", stays=True, fairness=fairness)
        def never_there(s):
            return s.n == 2
"""


@pytest.mark.parametrize(
    ("fairness", "fair", "expected"),
    [
        ("none", True, "up repeat: stay"),
        ("weak", True, None),
        ("strong", True, None),
        ("weak", False, ""),
        ("strong", False, ""),
    ],
)
def test_what_is_not_fair_need_not_happen(
    tmp_path: Path, fairness: str, fair: bool, expected: str | None
) -> None:
    """`none` asks for some step wherever one is possible; the others ask for the fair steps, and
    where none of these is possible a behaviour may stop."""
    finding = only(search(lift_text(tmp_path, COUNTER, fairness=fairness, fair=fair), "arrives"))
    if expected is None:
        assert (finding.verdict, finding.trace) == ("holds", None)
    else:
        assert finding.trace is not None
        assert finding.trace.text.partition(": ")[2] == expected


def test_an_end_without_it_is_a_violation_and_proved_shortest(tmp_path: Path) -> None:
    finding = only(search(lift_text(tmp_path, COUNTER), "ends_elsewhere"))
    assert finding.trace is not None
    assert finding.trace.loop is None
    assert [t.text for t in finding.trace.steps] == ["up", "up", "up"]
    assert finding.reach == "it may stop for good after 3 steps"
    assert finding.shortest


STRONG = """
    @model
    def door(fairness: Literal["weak", "strong"] = "strong"):
        '''A door swings for ever; whoever is quick gets through while it is open.'''
        class S(State):
            open = var(bool, start=False)
            through = var(bool, start=False)
            noise = var(bool, start=False)
        @step
        def swing(s):
            s.open = not s.open
        @step
        def pass_through(s):
            require(s.open and not s.through)
            s.through = True
        @step
        def hum(s):
            require(not s.open)
            s.noise = not s.noise
        @eventually(fairness=fairness, fair_steps=[pass_through])
        def gets_through(s):
            return s.through
"""


def test_strong_fairness_leaves_the_loops_where_nothing_is_due(tmp_path: Path) -> None:
    """While the door stays shut, nobody has to get through it: there is a smaller loop in the
    component that is fair even so."""
    system = lift_text(tmp_path, STRONG)
    finding = only(search(system, "gets_through"))
    assert finding.trace is not None
    # only pass_through is fair, and it is not possible at the start: nothing has to happen
    assert finding.trace.steps == ()
    weak = only(search(lift_text(tmp_path, STRONG, fairness="weak"), "gets_through"))
    assert weak.verdict == "violated"
    both = STRONG.replace("[pass_through]", "[pass_through, hum]")
    finding = only(search(lift_text(tmp_path, both), "gets_through"))
    assert finding.trace is not None
    assert {t.step.name for t in finding.trace.steps[finding.trace.loop :]} == {"hum"}


# -- limits


@pytest.mark.parametrize("engine", ENGINES)
def test_a_loop_among_few_states_is_a_loop(engine: EngineName) -> None:
    """What was expanded is known in full, so a fair loop there is a violation; nothing else is."""
    system = load("dynamodb_dns").lift(enactors=2)
    for depth in (5, 16, 21, 27):
        result = search(system, "converges", engine=engine, limits=Limits(depth=depth))
        finding = only(result)
        assert not result.complete
        if finding.verdict == "violated":
            prop = system.find_property("converges")
            assert prop is not None
            assert finding.trace is not None
            assert unfairness(finding.trace, prop) == ""
            assert not finding.shortest
        else:
            assert finding.verdict == "unknown"
            assert (
                finding.reach
                == f"no fair behaviour breaks it to depth {depth}; it may go on beyond"
            )
        assert finding.verdict == ("unknown" if depth < 20 else "violated")


def test_a_large_space_is_not_searched_again_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    from dnsrace.engines import answers

    system = load("dynamodb_dns").lift(
        enactors=2, freshness="in_batch", cleaner="transactional", rollback="tolerant"
    )
    first = search(system).finding("converges")
    assert first is not None
    assert (first.verdict, first.looked) == ("holds", True)
    monkeypatch.setattr(answers, "MOST_UNASKED", 100)
    result = search(system)
    second = result.finding("converges")
    assert second is not None
    assert (second.verdict, second.looked) == ("unknown", False)
    assert "without symmetry reduction; ask with --property converges" in second.reach
    assert result.exit_code == 0
    asked = search(system, keep_going=True).finding("converges")
    assert asked is not None
    assert asked.verdict == "holds"


@pytest.mark.parametrize("portion", [1, 50])
def test_portions_do_not_matter(monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    system = load("dynamodb_dns").lift(enactors=2)
    whole = only(search(system, "converges"))
    monkeypatch.setattr(liveness, "PORTION", portion)
    again = only(search(system, "converges"))
    assert whole.trace is not None
    assert again.trace is not None
    assert again.trace.text == whole.trace.text
