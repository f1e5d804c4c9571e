"""What `check_model` does: find the model, search it or walk through it, and judge the result."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from dnsrace.check import examine, fixed_values
from dnsrace.engines.hunt import PROFILES, HuntRequest
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.walks import LARGEST_SEED
from dnsrace.errors import UsageError
from dnsrace.findings.hunted import estimate
from dnsrace.findings.report import Report
from dnsrace.findings.schedule import Schedule
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.words import counted, listed
from dnsrace.hunt import hunt
from dnsrace.loader import find
from dnsrace.model.language import Model
from dnsrace.testing.driven import hunted
from dnsrace.testing.options import current
from dnsrace.testing.outcome import HuntWarning, NotViolated, Outcome, Unfinished, Violated, record
from dnsrace.testing.replayed import replayed
from dnsrace.testing.telling import unviolated, violation

ENGINES = ("explore", "hunt")
HUNTING, SEARCHING = ("walks", "seed", "profile"), ("depth", "bounded")
"""Arguments that mean something to one engine alone."""
NUMBERS = (("walks", 1, inf), ("seed", 0, LARGEST_SEED), ("seconds", 0, inf), ("depth", 0, inf))
"""Arguments that are numbers: the smallest and the largest."""
ANYTHING = "violated"
"""What a test expects that does not say which property is violated."""


@dataclass(frozen=True)
class Check:
    """What a test asks; see `check_model`."""

    model: str | os.PathLike[str] | Model | None
    given: Mapping[str, Any]
    fixed: bool = False
    engine: str | None = None
    properties: tuple[str, ...] = ()
    deadlock: bool = False
    expect: str | None = None
    bounded: bool = False
    profile: str | None = None
    seed: int | None = None
    walks: int | None = None
    seconds: float | None = None
    depth: int | None = None
    replay: str | Schedule | None = None

    def run(self) -> Outcome:
        """The outcome, told to whoever listens. Raises CheckFailed, DnsraceError."""
        __tracebackhide__ = True
        self._refuse()
        outcome, text = self._find()
        record(outcome)
        if self.expect is not None:
            if outcome.violated and self.expect in (ANYTHING, outcome.violated):
                return outcome
            raise NotViolated(self._missing(outcome, text), outcome)
        if outcome.violated:
            raise Violated(text, outcome)
        if outcome.engine == "explore" and outcome.verdict != "holds":
            if not (self.bounded and outcome.verdict == "holds within bounds"):
                raise Unfinished(_unfinished(outcome), outcome)
        elif outcome.walks == 0:
            raise Unfinished(f"{outcome.line}\n  give more time", outcome)
        for remark in outcome.remarks:
            warnings.warn(f"{outcome.variant}: {remark}", HuntWarning, stacklevel=3)
        return outcome

    def _refuse(self) -> None:
        """Raises UsageError for what does not go together."""
        for name, value, among in (
            ("engine", self._engine, ENGINES),
            ("profile", self.profile, (None, *PROFILES)),
        ):
            if value not in among:
                words = ", ".join(repr(word) for word in among if word)
                raise UsageError(f"{name}={value!r} is not one", cure=f"give one of {words}")
        for name, least, most in NUMBERS:
            value = getattr(self, name)
            whole = isinstance(value, int) or (name == "seconds" and isinstance(value, float))
            if value is not None and not (whole and least <= value <= most):
                raise UsageError(f"{name}={value!r} is not allowed", cure=f"give {least} or more")
        for engine, names in (("hunt", HUNTING), ("explore", SEARCHING)):
            for name in names:
                if engine != self._engine and getattr(self, name):
                    raise UsageError(
                        f'{name} is nothing for engine="{self._engine}"',
                        cure=f'leave it out, or give engine="{engine}"',
                    )

    @property
    def _engine(self) -> str:
        """The one that is named, that other arguments imply, or that the command line names."""
        if self.engine is None and any(getattr(self, name) for name in HUNTING):
            return "hunt"
        if self.engine is None and any(getattr(self, name) for name in SEARCHING):
            return "explore"
        return self.engine or current().engine or "explore"

    @property
    def _names(self) -> tuple[str, ...]:
        """The properties to look at."""
        if self.expect not in (None, ANYTHING, "deadlock") and not self.properties:
            return (str(self.expect),)
        return self.properties

    def _find(self) -> tuple[Outcome, str]:
        options, model, given = current(), self.model, dict(self.given)
        fixed, replay = self.fixed, self.replay
        chosen = None if model is None else find(model)
        if model is None:
            replay = replay or options.replay
            chosen, values = of_options(needed=replay is None)
            given = {**values, **given}
        if replay is not None:
            if fixed and chosen is not None:
                given = {**fixed_values(chosen), **given}
            return replayed(chosen, given, replay, self._names, self.expect)
        assert chosen is not None
        values = {**(fixed_values(chosen) if fixed else {}), **given}
        does: dict[str, Callable[[Model, dict[str, Any]], tuple[Outcome, str]]]
        does = {"explore": self._explore, "hunt": self._hunt}
        return does[self._engine](chosen, values)

    # -- the engines

    def _explore(self, model: Model, values: dict[str, Any]) -> tuple[Outcome, str]:
        limits = Limits(depth=self.depth, seconds=self.seconds)
        deadlock = self.deadlock or self.expect == "deadlock"
        request = Request(names=self._names, deadlock=deadlock, limits=limits)
        report = examine(model, values, request)
        exploration, statistics = report.exploration, report.exploration.statistics
        states, seconds = statistics.distinct_states, statistics.seconds
        failing = self._failing(exploration.findings)
        if failing:
            first, others = failing[0], [f.name for f in failing[1:]]
            said = report.explanations.get(first.name)
            return violation(report.system, "explore", first, said, others,
                             states=states, seconds=seconds)  # fmt: skip
        verdict, reach = _verdict(report)
        outcome = unviolated(
            report.system, "explore", verdict, reach, states=states, seconds=seconds
        )
        return outcome, ""

    def _hunt(self, model: Model, values: dict[str, Any]) -> tuple[Outcome, str]:
        options = current()
        deadlock = self.deadlock or self.expect == "deadlock"
        hunted(model.lift(**values), self._names, deadlock=deadlock)
        limits: tuple[int | None, float | None]
        limits = PROFILES[self.profile or options.profile or "quick"]
        if self.walks is not None or self.seconds is not None:
            limits = self.walks, self.seconds
        seed = self.seed if self.seed is not None else options.seed or 0
        request = HuntRequest(
            names=self._names, deadlock=deadlock, seed=seed, walks=limits[0], seconds=limits[1],
            cores=max(1, (os.cpu_count() or 1) // _workers()),
        )  # fmt: skip
        report = hunt(model, values, request)
        done = report.hunt
        numbers = {"walks": done.tally.walks, "seed": seed, "seconds": done.seconds}
        failing = self._failing(done.findings)
        if failing:
            first, others = failing[0], [f.name for f in failing[1:]]
            said = report.explanations.get(first.name)
            return violation(done.system, "hunt", first, said, others, **numbers)
        chance = estimate(0, done.tally.walks).text
        reach = f"{counted(done.tally.walks, 'walk')}, nothing found; no proof"
        reach += f": a violation is met by {chance}" if done.tally.walks else ""
        missed = [f"reached {name}" for name in done.unseen] + [f"took {n}" for n in done.idle]
        remark = f"no walk ever {', nor '.join(missed)}: what these walks did not do they did not "
        remark += "test; give more walks, or other parameters"
        outcome = unviolated(
            done.system, "hunt", "unknown", reach, remarks=(remark,) if missed else (), **numbers
        )
        return outcome, ""

    def _failing(self, findings: list[Finding]) -> list[Finding]:
        """What is violated, the expected one first, then what a trace shows."""
        found = [
            f
            for f in findings
            if f.verdict == "violated" and (f.name in self._names or not f.informative)
        ]
        return sorted(found, key=lambda f: (f.name != self.expect, f.trace is None))

    def _missing(self, outcome: Outcome, text: str) -> str:
        wanted = "a violation" if self.expect == ANYTHING else f"a violation of {self.expect}"
        if outcome.violated:
            return f"{wanted} is expected, but another property is violated\n\n{text}"
        there = "there is none" if outcome.verdict == "holds" else "none was found"
        return f"{wanted} is expected, and {there}: {outcome.line}"


def of_options(*, needed: bool = True) -> tuple[Model | None, dict[str, Any]]:
    """The model that pytest's options name, and the values that they give its parameters.

    Parameters
    ----------
    needed: None for the model is wrong.

    Raises UsageError.
    """
    options = current()
    if options.model is None:
        if needed or options.given or options.fixed:
            raise UsageError(
                "there is no model to check",
                cure="name one, or give --dnsrace-model ./my_model.py to pytest",
            )
        return None, {}
    model = find(options.model)
    known = {p.name: p for p in model.parameters}
    given = {n: known[n].parse(v) if n in known else v for n, v in options.given.items()}
    return model, {**(fixed_values(model) if options.fixed else {}), **given}


def properties_of_options() -> list[str]:
    """The properties of this model that the options' engine, or else a hunt, can violate.

    Raises UsageError, ModelError.
    """
    model, given = of_options()
    assert model is not None
    system = model.lift(**given)
    if current().engine == "explore":
        return [p.name for p in system.properties if not p.informative]
    return hunted(system, ())


def _workers() -> int:
    """How many processes of pytest share this machine."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT") or 1)


def _verdict(report: Report) -> tuple[str, str]:
    """Of a search that violated nothing that fails: the verdict, and how far it reaches."""
    exploration = report.exploration
    states = counted(exploration.statistics.distinct_states, "distinct state")
    ignored = [f.name for f in exploration.findings if not f.looked]
    rest = f"; nobody looked at {listed(ignored)}" if ignored else ""
    if report.exit_code == 0 and exploration.complete:
        return "holds", f"all {states} explored{rest}"
    partly = f"{states} to depth {exploration.checked}, then {exploration.stopped}{rest}"
    if report.exit_code == 0 and exploration.asked:
        return "holds", partly  # each of them is of the kind sometimes, and was reached
    unknown = [f for f in exploration.asked if f.verdict != "holds"]
    bounded = any(f.verdict == "holds within bounds" for f in unknown)
    verdict = "holds within bounds" if bounded else "unknown"
    if exploration.complete:
        return verdict, "; ".join(f"{f.name}: {f.reach}" for f in unknown)
    return verdict, partly


def _unfinished(outcome: Outcome) -> str:
    return (
        f"not known: {outcome.line}\n"
        "  An unfinished search is no pass. Give it more time or memory or smaller parameters, or "
        'say bounded=True where such bounds are enough, or engine="hunt".'
    )
