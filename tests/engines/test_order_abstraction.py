"""Order abstraction: it stands for every behaviour of every size, and claims no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from engines.ordering import CATCH_UP, FINE, TOY, TWICE, nodes_of, uncovered
from support import load_text

from dnsrace.check import check
from dnsrace.engines.order.opening import opened
from dnsrace.engines.order.run import Run
from dnsrace.engines.order.stepper import OrderStepper
from dnsrace.engines.order.terms import INF
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.findings.replay import confirm
from dnsrace.findings.report import Report
from dnsrace.loader import load
from dnsrace.model.language import Model
from dnsrace.model.system import State

FIXED = {"freshness": "in_batch", "cleaner": "transactional", "rollback": "tolerant"}


def setting(given: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in given.items()) or "deployed"


def missing(
    model: Model, given: dict[str, Any], name: str, sizes: list[dict[str, int]]
) -> list[State]:
    """The reachable states of instances that are not in the abstraction."""
    shape = opened(model, given, name, 1000)
    stepper = OrderStepper(shape, (), symmetric=False)
    nodes = nodes_of(stepper)
    found = (uncovered(shape, stepper, nodes, model.lift(**given, **size)) for size in sizes)
    return [state for states in found for state in states]


# -- it stands for every behaviour


@pytest.mark.parametrize(
    "given",
    [
        {},
        FIXED,
        {"freshness": "in_batch"},
        {"cleaner": "checked"},
        {"retry": "newest"},
        {"lock_expiry": True, "cleaner": "transactional"},
        {"crashes": True, **FIXED},
        {"operator": "repair", "enactors": 1},
        {"endpoints": 2, "enactors": 1},
    ],
    ids=setting,
)
def test_every_state_of_the_flagship_is_in_the_abstraction(given: dict[str, Any]) -> None:
    sizes = [{"plans": 4, "retention": 0}]
    assert missing(load("dynamodb_dns"), {"enactors": 2, **given}, "Plan", sizes) == []


GUARDS = (
    "s.mine[p] < s.newest", "s.flag[s.mine[p]]", "not s.flag[s.live]", "s.mine[p] == s.live",
    "s.newest - s.mine[p] > gap", "s.old[p] < s.live", "s.mine[p] > 1", "s.mine[p] <= s.old[p] + 1",
    "any(s.kept[q] == s.old[p] for q in Place)",
)  # fmt: skip
EFFECTS = (
    "s.mine[p] = s.newest", "s.live = s.mine[p]", "s.flag[s.mine[p]] = True", "s.old[p] = 1",
    "s.flag[s.live] = not s.flag[s.live]", "s.old[p] = 0", "s.mine[p] = 1", "s.kept[1] = s.live",
    "if s.old[p] >= 1: s.flag[s.old[p]] = False", "s.kept[0], s.kept[1] = s.kept[1], s.kept[0]",
    "if s.old[p] + 1 < s.mine[p]: s.old[p] += 1", "if s.mine[p] - 1 > gap: s.mine[p] -= 1",
    "s.old[p] = max(s.old[p], s.kept[0])",
)  # fmt: skip


def random_model(folder: Path, seed: int, count: int = 1) -> Model:
    """A model of processes that pass identifiers around."""
    lots, steps = Random(seed), ""
    for number in range(6):
        guards = "".join(f"        require({g})\n" for g in lots.sample(GUARDS, lots.randint(0, 1)))
        effects = "".join(f"        {e}\n" for e in lots.sample(EFFECTS, lots.randint(1, 3)))
        steps += (
            f"    @step\n    def work{number}(s: Everything, p: Process) -> None:\n"
            f"        require(s.phase[p] == Phase.{lots.choice('AAB')})\n{guards}{effects}"
            f"        s.phase[p] = Phase.{lots.choice('AAB')}\n"
        )
    text = f'''
@model
def passing(size: Annotated[int, at_least(1)] = 3, gap: Annotated[int, at_least(0)] = 0) -> None:
    """Identifiers are passed around."""
    class Item(Range, low=1, high=size, identifiers=True): ...
    class Old(Range, low=0, high=size, identifiers=Item): ...
    class Place(Range, low=0, high=1): ...
    class Process(Names, count={count}): ...
    class Phase(enum.Enum): A, B = range(2)
    class Everything(State):
        newest = var(Item, start=1)
        live = var(Item, start=1)
        kept = var(Item, per=Place, start=1)
        phase = var(Phase, per=Process, start=Phase.A)
        mine = var(Item, per=Process, start=1)
        old = var(Old, per=Process, start=0)
        flag = var(bool, per=Item, start=lambda i: i == 1)
    @step
    def publish(s: Everything) -> None:
        require(s.newest < size)
        s.newest += 1
{steps}
    @always
    def live_is_flagged(s: Everything) -> bool:
        return s.flag[s.live]
    @always
    def in_order(s: Everything) -> bool:
        return all(s.old[p] <= s.newest for p in Process)
    @every_step
    def forwards(before: Everything, after: Everything) -> bool:
        return before.live <= after.live
'''
    return load_text(folder, text, f"passing_{seed}")


SIZES = [{"size": n, "gap": gap} for n, gap in ((1, 0), (3, 0), (3, 1), (4, 0), (4, 2))]


ONE_PROCESS = (0, 1, 5, 6, 8, 11, 12, 15, 16, 19, 21, 22, 24, 26, 28, 29)
TWO_PROCESSES = (0, 2, 9, 10)
RANDOM = [(seed, 1) for seed in ONE_PROCESS] + [(seed, 2) for seed in TWO_PROCESSES]
"""Of the first seeds, those whose abstraction is neither tiny nor large."""


@pytest.mark.parametrize(("seed", "count"), RANDOM)
def test_every_state_of_random_models_is_in_the_abstraction(
    tmp_path: Path, seed: int, count: int
) -> None:
    assert missing(random_model(tmp_path, seed, count), {}, "Item", SIZES) == []


TWO_KINDS = """
@model
def two_kinds(size: Annotated[int, at_least(1)] = 3) -> None:
    class Item(Range, low=1, high=size, identifiers=True): ...
    class Reader(Names, count=1): ...
    class Writer(Names, count=1): ...
    class Phase(enum.Enum): A, B = range(2)
    class All(State):
        newest = var(Item, start=1)
        last = var(Item, start=1)
        read = var(Item, per=Reader, start=1)
        reader = var(Phase, per=Reader, start=Phase.A)
        written = var(Item, per=Writer, start=1)
        writer = var(Phase, per=Writer, start=Phase.A)
        met = var(bool, start=False)
        apart = var(bool, start=False)
    @step
    def publish(s: All) -> None:
        require(s.newest < size)
        s.newest += 1
    @step
    def pick(s: All, r: Reader) -> None:
        require(s.reader[r] == Phase.A)
        s.read[r] = s.newest
        s.reader[r] = Phase.B
    @step
    def note(s: All, w: Writer) -> None:
        require(s.writer[w] == Phase.A)
        s.written[w] = s.newest
        s.writer[w] = Phase.B
    @step
    def drop(s: All) -> None:
        s.last = s.newest
    @step
    def meet(s: All, r: Reader, w: Writer) -> None:
        {condition}
        s.{flag} = True
    @step
    def rest(s: All, r: Reader) -> None:
        require(s.reader[r] == Phase.B)
        require(s.read[r] < s.last)
        s.reader[r] = Phase.A
    @always
    def fine(s: All) -> bool:
        return s.last <= s.newest
"""


@pytest.mark.parametrize(
    ("condition", "flag"),
    [
        ("require(s.read[r] == s.written[w])", "met"),
        ("require(s.read[r] < s.written[w])", "apart"),
        ("require(s.newest - s.last > 2)", "apart"),
        ("require(s.newest - s.last == 2)", "met"),
    ],
)
def test_processes_of_two_kinds_that_meet_are_in_the_abstraction(
    tmp_path: Path, condition: str, flag: str
) -> None:
    model = load_text(tmp_path, TWO_KINDS.format(condition=condition, flag=flag))
    assert missing(model, {}, "Item", [{"size": size} for size in (3, 4, 5)]) == []


def never_in_between(run: Run, x: float, by: int) -> Iterator[float]:
    yield from (z for z in ALL_WAYS(run, x, by) if z in run._live() or z > run.top)


def always_far(run: Run, x: float, y: float, low: float, high: float) -> bool:
    return run.distance(x, y)[1] + high > 0


def always_first(run: Run, ways: int) -> int:
    run.answers.append((0, 1))
    return 0


ALL_WAYS = Run._ways


@pytest.mark.parametrize(
    ("method", "mutation"),
    [("_ways", never_in_between), ("positive", always_far), ("choose", always_first)],
)
def test_each_way_in_which_it_adds_behaviour_is_needed(
    monkeypatch: pytest.MonkeyPatch, method: str, mutation: Any
) -> None:
    monkeypatch.setattr(Run, method, mutation)
    assert missing(load("dynamodb_dns"), {"enactors": 1}, "Plan", [{"plans": 4, "retention": 0}])


# -- verdicts


def by_order(given: dict[str, Any], **more: Any) -> Report:
    return check(load("dynamodb_dns"), given, Request(unbounded="Plan", **more))


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        (FIXED, {"no_empty_answer", "rollback_ready", "no_regression"}),
        ({"cleaner": "transactional"}, {"no_empty_answer", "rollback_ready"}),
        ({"freshness": "in_batch"}, {"no_empty_answer", "no_regression"}),
        ({}, set()),
    ],
    ids=lambda value: str(value if isinstance(value, dict) else sorted(value)),
)
def test_verdicts_on_the_flagship(given: dict[str, Any], holds: set[str]) -> None:
    report = by_order({"enactors": 2, **given}, keep_going=True)
    found = {f.name: f for f in report.exploration.findings if f.looked}
    assert {name for name, f in found.items() if f.verdict == "holds"} == holds
    for name in set(found) - holds:
        trace = found[name].trace
        assert trace is not None
        system = confirm(trace).system
        again = explore(system, Request(names=(name,))).finding(name)
        assert again is not None
        assert found[name].verdict == again.verdict == "violated"
        assert len(trace.steps) >= (again.length or 0)


@pytest.mark.parametrize(("seed", "count"), RANDOM)
def test_verdicts_agree_with_those_of_instances(tmp_path: Path, seed: int, count: int) -> None:
    model = random_model(tmp_path, seed, count)
    findings = check(model, {}, Request(unbounded="Item", keep_going=True)).exploration.findings
    for size in SIZES:
        for found in explore(model.lift(**size), Request(keep_going=True)).findings:
            mine = next(f for f in findings if f.name == found.name)
            assert (mine.verdict, found.verdict) != ("holds", "violated"), f"{size} {mine.name}"


def test_what_the_abstraction_alone_breaks_is_not_decided(tmp_path: Path) -> None:
    """The second counter catches up by exactly one, which the order does not show."""
    model = load_text(tmp_path, TOY.format(choice="", body=CATCH_UP).replace("s.a >= 1", FINE))
    report = check(model, {}, Request(unbounded="Item"))
    (found,) = report.exploration.findings
    assert (found.verdict, found.trace, report.exit_code) == ("unknown", None, 3)
    assert "after 2 steps (work work)" in found.reach
    assert report.exploration.complete
    assert explore(model.lift(size=6), Request()).findings[0].verdict == "holds"


def test_where_a_value_may_leave_its_domain_nothing_holds(tmp_path: Path) -> None:
    """Two steps back from where it went two steps: the order does not count them."""
    model = load_text(tmp_path, TOY.format(choice="", body=TWICE))
    report = check(model, {}, Request(unbounded="Item"))
    (found,) = report.exploration.findings
    assert (found.verdict, report.exit_code) == ("unknown", 3)
    assert "leaves Item" in found.reach


def test_time_that_is_up_ends_it(tmp_path: Path) -> None:
    report = by_order({}, limits=Limits(seconds=0.0))
    assert not report.exploration.complete
    assert report.exit_code == 3


def test_names_are_counted_once() -> None:
    given = {"enactors": 2, **FIXED}
    one, all_ = (by_order(given, symmetry=on).exploration.statistics for on in (True, False))
    assert one.distinct_states < all_.distinct_states == one.represented_states


def test_a_search_that_stops_early_is_no_proof() -> None:
    report = by_order(FIXED, limits=Limits(states=100))
    verdicts = {f.verdict for f in report.exploration.findings if f.looked}
    assert verdicts == {"holds within bounds"}
    assert report.exit_code == 3


# -- distances


def test_distances_that_were_learned_are_kept() -> None:
    shape = opened(load("dynamodb_dns"), FIXED, "Plan", 1000)
    stepper = OrderStepper(shape, (), symmetric=False)
    node = next(stepper.initial())
    node = (*node[: shape.mark], 3, *node[shape.mark + 1 :] * 3)
    run = Run(stepper.facts, node, [], ())
    assert run.distance(3, 1) == (2, INF)
    assert run.positive(3, 1, -2, -2)
    assert run.distance(3, 1) == (3, INF)
    assert run.distance(1, 3) == (-INF, -3)
    between = run.point(1, 1)
    assert between < 3
    assert run.distance(between, 1) == (1, 1)
