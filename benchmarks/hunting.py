"""How soon random walks meet the outage, on settings from easy to hard.

For each setting twenty hunts with different seeds: how many of them met it within so many walks,
and the medians of walks, seconds and steps of those that did. Beside the walks with pauses stand
uniform walks and the state machine of a textbook: one Hypothesis rule for each step, choices drawn,
steps that are not possible ignored. `benchmarks code` does the same for real code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from benchmarks.running import table
from dnsrace.engines.hunt import HuntRequest, hunt
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.engines.walks import PAUSES
from dnsrace.findings.hunted import Hunt
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Step, System

QUESTION = "no_empty_answer"
SETTINGS: tuple[dict[str, Any], ...] = (
    {"enactors": 6},
    {"endpoints": 2},
    {},
    {"enactors": 2},
    {"cleaner": "checked"},
    {"plans": 9, "retention": 6},
    {"endpoints": 2, "freshness": "in_batch", "retry": "newest"},
    {"plans": 23, "retention": 20},
)
SEEDS = range(20)
WALKS = 5_000
EXAMPLES = 100
"""Of the textbook's state machine, by Hypothesis's own default; each has up to 50 steps."""


@dataclass(frozen=True)
class Tried:
    """One hunt: whether it met the outage, and after how much."""

    found: bool
    walks: int
    seconds: float
    before: int = 0
    after: int = 0


def main(times: int) -> None:
    """Print a row for each setting; `times` is not used: there are twenty hunts for each."""
    rows, rates = [], []
    for given in SETTINGS:
        system = load("dynamodb_dns").lift(**given)
        paused = [_hunted(system, number, PAUSES) for number in SEEDS]
        uniform = [_hunted(system, number, 1) for number in SEEDS]
        textbook = [_textbook(system, number) for number in SEEDS]
        rows.append([_name(given), *_columns(paused), _lengths(paused, _shortest(system)),
                     *_columns(uniform), _found(textbook)])  # fmt: skip
        rates.append([_name(given), *_rates(system)])
    head = ["setting", "found", "walks", "seconds", "steps: met, shrunk, shortest"]
    head += ["uniform: found", "walks", "seconds", "textbook: found"]
    table(head, rows)
    print()
    table(["setting", "walks/s in Python", "compiled, 1 core", "steps/s, 1 core"], rates)


def _name(given: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items()) or "the defaults"


def _hunted(system: System, number: int, pauses: int) -> Tried:
    request = HuntRequest((QUESTION,), seed=number, walks=WALKS, seconds=None, pauses=pauses,
                          engine="python")  # fmt: skip
    done = hunt(system, request)
    if QUESTION not in done.catches:
        return Tried(False, done.tally.walks, done.seconds)
    catch = done.catches[QUESTION]
    return Tried(True, catch.walk + 1, done.seconds, catch.length, catch.shrunk)


def _shortest(system: System) -> int | None:
    request = Request((QUESTION,), limits=Limits(seconds=60))
    found = explore(system, request).finding(QUESTION)
    return found.length if found is not None and found.shortest else None


def _found(tried: Sequence[Tried]) -> str:
    return f"{sum(t.found for t in tried)} of {len(tried)}"


def _columns(tried: Sequence[Tried]) -> list[str]:
    met = [t for t in tried if t.found]
    if not met:
        return [_found(tried), "", ""]
    return [
        _found(tried),
        f"{median(t.walks for t in met):.0f}",
        f"{median(t.seconds for t in met):.2f}",
    ]


def _lengths(tried: Sequence[Tried], shortest: int | None) -> str:
    met = [t for t in tried if t.found]
    before, after = median(t.before for t in met), sorted({t.after for t in met})
    counts = ", ".join(f"{n} ({sum(t.after == n for t in met)})" for n in after)
    return f"{before:.0f}, {counts}, {shortest or '?'}"


def _rates(system: System) -> list[str]:
    def rate(engine: Any, walks: int) -> Hunt:
        return hunt(system, HuntRequest((QUESTION,), walks=walks, seconds=None, keep_going=True,
                                        engine=engine, cores=1))  # fmt: skip

    rate("numba", 100)  # compiled here
    python, compiled = rate("python", 500), rate("numba", 100_000)
    steps = compiled.tally.steps / compiled.seconds
    return [
        f"{python.walks_per_second:,.0f}",
        f"{compiled.walks_per_second:,.0f}",
        f"{steps / 1e6:.1f} million",
    ]


# -- the state machine of a textbook


class _Met(Exception):
    """The outage."""


def _textbook(system: System, number: int) -> Tried:
    machine = _machine(system)
    quiet = settings(
        max_examples=EXAMPLES, deadline=None, database=None, verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate], print_blob=False,
    )  # fmt: skip
    begin = time.perf_counter()
    try:
        run_state_machine_as_test(seed(number)(machine), settings=quiet)
    except _Met:
        return Tried(True, 0, time.perf_counter() - begin)
    return Tried(False, EXAMPLES, time.perf_counter() - begin)


def _machine(system: System) -> type[RuleBasedStateMachine]:
    interpreter, question = Interpreter(system), system.find_property(QUESTION)
    assert question is not None
    first = next(interpreter.initial())

    def method(step: Step) -> Callable[..., None]:
        def take(self: Any, **drawn: int) -> None:
            choices = tuple(drawn[str(c.data)] for c in step.choices)
            taken = interpreter.take(self.state, step, choices)
            if taken is not None:
                self.state = taken.state
                if not interpreter.holds(question, taken.state):
                    raise _Met

        strategies = {
            str(c.data): st.integers(c.domain.lo, c.domain.hi) for c in step.choices if c.domain
        }
        return rule(**strategies)(take)  # type: ignore[no-any-return]

    def start(self: Any) -> None:
        RuleBasedStateMachine.__init__(self)
        self.state = first

    body: dict[str, Any] = {step.name: method(step) for step in system.steps}
    return type("Textbook", (RuleBasedStateMachine,), {"__init__": start, **body})
