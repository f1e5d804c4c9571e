"""Hypothesis (https://hypothesis.readthedocs.io) on any model: walks, schedules, a state machine.

Hypothesis looks for a failure and remembers it; `shrink` makes it short, for it knows what a
process is. So the settings of `profile` leave out Hypothesis's own shrinking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from hypothesis.strategies import DrawFn, SearchStrategy

from dnsrace.engines.walks import LARGEST_SEED, PAUSES, Walker
from dnsrace.errors import UsageError
from dnsrace.findings.schedule import Entry, Schedule
from dnsrace.model.interpreter import Taken
from dnsrace.model.show import system_hash
from dnsrace.model.system import State, System
from dnsrace.testing.driven import Ground, Journey
from dnsrace.testing.options import current

EXAMPLES = {"quick": 100, "ci": 1_000, "hunt": 100_000}
"""Examples of Hypothesis, by the name of the profile."""
BATCH = 25
"""Walks that one example takes."""
LENGTH = 200
"""Steps at which a drawn schedule is cut."""
STEPS = 50
"""Steps of an example of the state machine: longer ones find more each, and less in a second."""
NOBODY = "nobody"
"""Who goes where nobody can."""


def profile(name: str | None = None, system: System | None = None, **more: Any) -> settings:
    """Settings for a hunt: no deadline, the first failure ends it, no shrinking by Hypothesis.

    Parameters
    ----------
    name: `quick`, `ci` or `hunt`: 100, 1,000 or 100,000 examples; None: what pytest's option
        `--dnsrace-profile` says, or else `quick`.
    system: what is hunted in. Failures are kept in a directory of its own, since tests made from
        different systems would overwrite one another's.
    more: other settings of Hypothesis, such as derandomize=True.

    Raises UsageError for another name.
    """
    name = name or current().profile or "quick"
    if name not in EXAMPLES:
        raise UsageError(f"profile {name!r} is not one", cure=f"give {', '.join(EXAMPLES)}")
    chosen: dict[str, Any] = {
        "max_examples": EXAMPLES[name],
        "deadline": None,
        "report_multiple_bugs": False,
        "phases": (Phase.explicit, Phase.reuse, Phase.generate),
        "suppress_health_check": list(HealthCheck),
        "print_blob": False,
    }
    if system is not None and not more.get("derandomize"):
        own = Path(".hypothesis") / "dnsrace" / f"{system.name}-{system_hash(system)}"
        chosen["database"] = DirectoryBasedExampleDatabase(own)
    return settings(**{**chosen, **more})


# -- batches of walks


@dataclass(frozen=True)
class Walks:
    """A batch of random walks with pauses: those of a seed, with the numbers 0 to count - 1."""

    ground: Ground = field(repr=False)
    seed: int
    count: int = BATCH

    def check(self) -> None:
        """Take them, up to the first that violates something. Raises Violated."""
        walker = Walker(self.ground.course, self.seed)
        tally = walker.take(0, self.count)
        for goal in self.ground.goals:
            if tally.seen[goal]:
                failure = walker.find(0, self.count, goal)
                assert failure is not None
                raise self.ground.violated(goal, failure.trace)


def walks(
    system: System, *, properties: tuple[str, ...] = (), count: int = BATCH
) -> SearchStrategy[Walks]:
    """Batches of walks: ten times more schedules in a second than when each step is drawn.

    Parameters
    ----------
    properties: those to look at; none means all that walks can violate.
    count: walks in a batch.
    """
    ground = Ground(system, properties)
    # Hypothesis begins with 0: not every system shall be walked through with the same seed first
    salt = int(system_hash(system), 16) & LARGEST_SEED

    def batch(number: int) -> Walks:
        return Walks(ground, number ^ salt, count)

    return st.integers(0, LARGEST_SEED).map(batch)


# -- whole schedules


@st.composite
def _schedules(draw: DrawFn, ground: Ground, initial: State, length: int) -> Schedule:
    journey, pauses = Journey(ground, initial), draw(_pauses())
    entries: list[Entry] = []
    while journey.able and len(entries) < length:
        able = pauses.running(ground, journey.able)
        mine = able[draw(st.sampled_from(sorted(able)))]
        taken = draw(st.sampled_from(mine))
        entries.append(journey.entry(taken))
        before = journey.state
        journey.steps.append(taken)
        if ground.broken(journey.state, before):
            break  # what comes behind a violation does not matter
    return Schedule(tuple(entries))


def schedules(
    system: System, *, properties: tuple[str, ...] = (), length: int = LENGTH,
    initial: State | None = None,
) -> SearchStrategy[Schedule]:  # fmt: skip
    """Whole schedules, drawn while the system runs: who goes next, and who is kept waiting.

    Parameters
    ----------
    properties: a schedule ends where one of these is violated; none means all that can be.
    length: steps at which a schedule is cut.
    initial: where to begin; by default in the first initial state.
    """
    ground = Ground(system, properties)
    return _schedules(ground, initial or ground.starts[0], length)


def check_schedule(
    system: System, schedule: Schedule, *, properties: tuple[str, ...] = (),
    initial: State | None = None,
) -> None:  # fmt: skip
    """Run a schedule; entries that cannot go are skipped.

    Raises Violated, with a timeline as short as can be, and TraceError for an entry whose process
    or step the system does not have.
    """
    ground = system.keep(("ground", properties), lambda: Ground(system, properties))
    ground.processes.check(schedule)
    journey = Journey(ground, initial or ground.starts[0])
    journey.look()
    for entry in schedule.entries:
        journey.follow(entry)


# -- a state machine


def machine(
    system: System, *, properties: tuple[str, ...] = (), steps: int = STEPS, **more: Any
) -> type[RuleBasedStateMachine]:
    """A state machine with one rule, `step(who)`: use it as `TestStateful = machine(..).TestCase`.

    One rule, for Hypothesis switches rules off at random, and a race needs them all. A rule for
    each step of the model finds next to nothing.

    Parameters
    ----------
    properties: looked at after each step; none means all that can be violated.
    steps: of an example.
    more: for `profile`: its `name`, and other settings.
    """
    ground = Ground(system, properties)

    def candidates(stateful: Any) -> SearchStrategy[str]:
        journey = stateful.journey
        able = stateful.pauses.running(ground, journey.able)
        texts = {who: [journey.entry(taken).text for taken in able[who]] for who in sorted(able)}
        if all(len(some) == 1 for some in texts.values()):
            return st.sampled_from([some[0] for some in texts.values()] or [NOBODY])
        return st.sampled_from(list(texts.values())).flatmap(st.sampled_from)

    class Stateful(RuleBasedStateMachine):
        """Who goes next, until something is violated."""

        @initialize(start=st.sampled_from(range(len(ground.starts))), pauses=_pauses())
        def begin(self, start: int, pauses: _Pauses) -> None:
            self.pauses = pauses
            self.journey = Journey(ground, ground.starts[start])
            self.journey.look()

        @rule(who=st.runner().flatmap(candidates))
        def step(self, who: str) -> None:
            if who != NOBODY:
                self.journey.follow(Schedule.parse(who).entries[0])

    Stateful.__name__ = Stateful.__qualname__ = f"Stateful_{system.name}"
    Stateful.TestCase.settings = profile(
        system=system, **{"stateful_step_count": steps + 1, **more}
    )
    return Stateful


# -- what they share


@dataclass(frozen=True)
class _Pauses:
    """Which actions are kept waiting: a share of them, in quarters, that a salt picks."""

    share: int
    salt: int

    def running(self, ground: Ground, able: dict[str, list[Taken]]) -> dict[str, list[Taken]]:
        """Who goes with which steps; if all are paused, everybody."""
        if not self.share:
            return able
        number = ground.processes.action
        running = {
            who: [t for t in steps if not self._paused(number(t.step, t.choices))]
            for who, steps in able.items()
        }
        return {who: steps for who, steps in running.items() if steps} or able

    def _paused(self, action: int) -> bool:
        return hash((self.salt, action)) % PAUSES < self.share


def _pauses() -> SearchStrategy[_Pauses]:
    return st.builds(_Pauses, st.integers(0, PAUSES - 1), st.integers(0, (1 << 32) - 1))


def drawn(data: st.DataObject) -> Callable[[int], int]:
    """What draws numbers from 0 to n - 1 by Hypothesis: for real code that is driven by choices."""

    def draw(n: int) -> int:
        return data.draw(st.integers(0, n - 1)) if n > 1 else 0

    return draw
