"""Hunts: the same catch whoever walks, honest numbers, and where they end."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import pytest
from support import lift_text

from dnsrace.engines import walks as walks_module
from dnsrace.engines.hunt import PATIENCE, HuntRequest, hunt
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.errors import UsageError
from dnsrace.findings.hunted import Hunt, HuntProgress, Tally, estimate
from dnsrace.loader import load
from dnsrace.model.system import System
from dnsrace.reports.hunt import hunt_progress_text

FLAGSHIP: dict[str, System] = {
    "deployed": load("dynamodb_dns").lift(),
    "fixed": load("dynamodb_dns").lift(**load("dynamodb_dns").fixed),
    "rare": load("dynamodb_dns").lift(
        enactors=2, endpoints=2, freshness="in_batch", retry="newest"
    ),
}


def run(name: str, **request: Any) -> Hunt:
    return hunt(FLAGSHIP[name], HuntRequest(**{"seconds": None, "walks": 20_000, **request}))


@pytest.mark.parametrize("name", ["deployed", "rare"])
def test_the_catch_is_the_same_whoever_walks(name: str) -> None:
    hunts = [
        run(name, seed=1, engine="python"),
        run(name, seed=1, engine="numba", cores=1),
        run(name, seed=1, engine="numba", cores=2),
        run(name, seed=1),
    ]
    assert len({h.catches["no_empty_answer"] for h in hunts}) == 1
    texts = {f.trace.text for h in hunts if (f := h.finding("no_empty_answer")) and f.trace}
    assert len(texts) == 1


@pytest.mark.parametrize("name", ["deployed", "rare"])
def test_what_is_shown_is_what_a_search_shows(name: str) -> None:
    found = run(name).finding("no_empty_answer")
    searched = explore(FLAGSHIP[name], Request(("no_empty_answer",))).finding("no_empty_answer")
    assert found is not None
    assert searched is not None
    assert found.shortest
    assert found.trace is not None
    assert searched.trace is not None
    assert found.trace.text == searched.trace.text


def test_a_violation_that_no_search_has_looked_for_may_not_be_a_shortest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dnsrace.engines import caught

    monkeypatch.setattr(caught, "PROOF", Limits(states=200))
    found = run("deployed").finding("no_empty_answer")
    assert found is not None
    assert found.verdict == "violated"
    assert not found.shortest
    assert "perhaps not a shortest one (none has " in found.reach


def test_nothing_found_is_never_holds() -> None:
    result = run("fixed", walks=3_000)
    assert result.tally.walks == 3_000
    assert result.exit_code == 3
    assert result.stopped == "3,000 walks"
    verdicts = {f.name: f.verdict for f in result.findings}
    assert verdicts.pop("newest_plan_live") == "holds"  # a walk came there: that is a proof
    assert set(verdicts.values()) == {"unknown"}
    found = result.finding("no_empty_answer")
    assert found is not None
    assert found.reach == "not met in 3,000 walks: less than 0.13 % of walks (95 %) meet it"


def test_what_is_informative_is_hunted_for_only_by_name() -> None:
    found = run("deployed").finding("no_regression")
    assert found is not None
    assert (found.verdict, found.looked) == ("unknown", False)
    result = run("deployed", names=("no_regression",))
    found = result.finding("no_regression")
    assert found is not None
    assert (found.verdict, found.length, found.fails) == ("violated", 11, False)
    assert [f.name for f in result.findings] == ["no_regression"]


def test_what_walks_cannot_tell_is_said() -> None:
    found = run("deployed", names=("recoverable",), walks=50).finding("recoverable")
    assert found is not None
    assert (found.verdict, found.looked) == ("unknown", False)
    assert "walks cannot tell" in found.reach


def test_keep_going_counts_to_the_limit() -> None:
    result = run("deployed", keep_going=True, walks=4_000)
    assert result.tally.walks == 4_000
    chance = result.chance("no_empty_answer")
    # 6.9 % of 100,000 walks of another seed: five standard deviations
    assert abs(chance.met / 4_000 - 0.069) < 5 * math.sqrt(0.069 * 0.931 / 4_000)
    assert chance.low < chance.met / chance.walks < chance.high


def test_a_hunt_ends_with_the_question() -> None:
    result = run("deployed")
    assert result.stopped == "found"
    assert result.catches["no_empty_answer"].walk < result.tally.walks <= PATIENCE
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("request_", "stopped"),
    [({"seconds": 0.0}, "0 s"), ({"interrupted": lambda: True}, "interrupted")],
)
def test_no_walk_at_all(request_: dict[str, Any], stopped: str) -> None:
    result = run("deployed", **request_)
    assert (result.tally.walks, result.stopped, result.exit_code) == (0, stopped, 3)
    assert all(f.verdict == "unknown" for f in result.findings)


def test_a_listener_hears_of_the_hunt() -> None:
    heard: list[HuntProgress] = []
    run("deployed", listener=heard.append, keep_going=True, walks=1_500)
    assert [p.walks for p in heard] == sorted(p.walks for p in heard)
    assert heard[-1].walks == 1_500
    assert {p.engine for p in heard} == {"python", "numba"}
    assert set(heard[-1].found) == {"no_empty_answer", "rollback_ready"}
    assert [p.lag for p in heard] == sorted(p.lag for p in heard)
    assert heard[-1].unseen == ()
    assert heard[0].unseen == ()  # one walk to the end does everything that the model can
    assert hunt_progress_text(HuntProgress(1, 0.0, "python", ())) == (
        "1 walk, 0/s, stalest 0 steps (python)"
    )
    assert hunt_progress_text(HuntProgress(2_000, 0.1, "numba", ("a", "b"), 45, ("c",))) == (
        "2,000 walks, 20,000/s, stalest 45 steps; found: a, b; never yet: c (numba)"
    )


# -- what walks did not do


SHY = """
    @model
    def shy(depth: int = 3):
        class Place(Range, low=0, high=30): ...
        class S(State):
            at = var(Place, start=0)
        @step
        def forth(s):
            require(s.at < depth)
            s.at += 1
        @step
        def back(s):
            s.at = 0
        @step
        def jump(s):
            require(s.at == 30)
            s.at = 29
        @sometimes
        def far(s):
            return s.at == 30
        @always
        def near(s):
            return s.at != 29
"""


def test_what_was_never_reached_is_known(tmp_path: Path) -> None:
    system = lift_text(tmp_path, SHY)
    result = hunt(system, HuntRequest(walks=100, length=50))
    assert (result.unseen, result.idle) == (["far"], ["jump"])
    assert result.never == ["jump (line 22)"]
    found = result.finding("far")
    assert found is not None
    assert found.verdict == "unknown"
    assert found.reach.startswith("not reached in 100 walks")


# -- machine code that is missing


def test_without_a_compiler_python_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(self: object) -> object:
        raise ImportError("no llvmlite here")

    monkeypatch.setattr(walks_module.Course, "compiled", property(missing))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        result = run("fixed", walks=PATIENCE + 50)
    assert result.tally.walks == PATIENCE + 50
    assert result.engine == "python"
    assert [str(w.message) for w in said] == [
        "no llvmlite here; going on in Python, which is much slower"
    ]
    with pytest.raises(UsageError, match="no machine code: no llvmlite here"):
        run("fixed", engine="numba")


def test_open_parameters_are_refused() -> None:
    system = load("dynamodb_dns").lift(open=["plans"])
    with pytest.raises(UsageError, match="a hunt needs the values of plans"):
        hunt(system, HuntRequest())


# -- numbers


@pytest.mark.parametrize(
    ("met", "walks", "low", "high"),
    [  # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_score_interval(met: int, walks: int, low: float, high: float) -> None:
    found = estimate(met, walks)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_no_walks_say_nothing() -> None:
    found = estimate(0, 0)
    assert (found.low, found.high, found.text) == (0.0, 1.0, "no walks")


def test_tallies_add_up() -> None:
    a = Tally(2, 10, 1, 0, 1, 4, "a", 7, [1, 2], [3], {"p": 1})
    b = Tally(3, 20, 1, 1, 1, 4, "b", 3, [5, 6], [7], {"p": 2, "q": 1})
    total = Tally()
    total.add(a)
    total.add(b)
    assert total == Tally(5, 30, 2, 1, 2, 4, "b", 3, [6, 8], [10], {"p": 3, "q": 1})
