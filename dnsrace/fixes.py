"""Every combination of a model's design decisions, searched: the pipeline of `dnsrace fixes`."""

from __future__ import annotations

import hashlib
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dnsrace import __version__
from dnsrace.engines.cache import directory
from dnsrace.engines.request import CHECKED, Request
from dnsrace.engines.search import SWITCH, explore
from dnsrace.errors import DnsraceError, UsageError
from dnsrace.findings.lasso import confirm_unfair
from dnsrace.findings.ledger import Ledger
from dnsrace.findings.replay import transferred
from dnsrace.findings.study import Result, Study
from dnsrace.findings.verdicts import Exploration, Finding, Progress
from dnsrace.model.decisions import Changes, changes_text, values_of
from dnsrace.model.joint import Joint, join
from dnsrace.model.language import MAX_PATHS, Model
from dnsrace.model.plan import Plan
from dnsrace.model.selfcheck import check_against_functions
from dnsrace.model.show import system_hash
from dnsrace.model.system import System

WORTH_COMPILING = 4 * SWITCH
"""States still to come, reckoned from those so far, from which on one compilation pays."""
FORMAT = 2
"""Of results in a file; raised when they come to mean something else."""


def study(
    model: Model,
    given: dict[str, Any],
    plan: Plan,
    request: Request,
    *,
    max_paths: int = MAX_PATHS,
    path: Path | None = None,
    fresh: bool = False,
) -> Study:
    """Search every combination of a plan, for the shortest violation of each property.

    Parameters
    ----------
    given: values of the parameters that are not varied; defaults hold for the rest.
    request: its time limit is for all combinations, its other limits for each.
    path: the file that results are written to and, if it exists, read from; without one it is in
        the cache, and is deleted when nothing is left to be continued.
    fresh: forget the results in that file.

    Raises ModelError, UsageError, DomainError.
    """
    run = _Study(model, given, plan, request, max_paths)
    if request.names:
        request.properties(run.found.system)
    ledger = Ledger(path or run.default_path(), fresh=fresh)
    run.all(ledger)
    if path is None and not run.found.stopped and not run.unfinished:
        ledger.forget()
    return run.found


class _Study:
    """The run of one study."""

    def __init__(
        self, model: Model, given: dict[str, Any], plan: Plan, request: Request, max_paths: int
    ) -> None:
        self.began = time.perf_counter()
        self.request = replace(request, keep_going=True, began=self.began)
        self.unfinished = False
        self.decisions, self.planned = plan
        self.model, self.given, self.max_paths = model, given, max_paths
        forms = {}
        for changes in self.planned:
            with _said(changes):
                forms[changes] = self._lift(changes)
        texts = {d.name: d.texts for d in self.decisions}
        members = [(self._positions(changes), form) for changes, form in forms.items()]
        joints = join(texts, members)
        by_form = {id(form): changes for changes, form in forms.items()}
        self.place: dict[Changes, tuple[Joint, int]] = {
            by_form[id(form)]: (joint, at)
            for joint in joints
            for at, (_, form) in enumerate(joint.members)
        }
        self.forms = forms
        self.keys = {changes: self._key(form) for changes, form in forms.items()}
        self.compiled: set[int] = set()
        """The joint forms that there is compiled code for."""
        self.engine = request.engine
        self.found = Study(forms[()], self.decisions, self.planned, request.names, len(joints))

    def _lift(self, changes: Changes) -> System:
        values = self.given | values_of(self.decisions, changes)
        return self.model.lift(max_paths=self.max_paths, **values)

    def _positions(self, changes: Changes) -> tuple[int, ...]:
        values = values_of(self.decisions, changes)
        return tuple(d.values.index(values[d.name]) for d in self.decisions)

    def _key(self, form: System) -> str:
        """Two combinations with the same key have the same result."""
        request = self.request
        parts = (FORMAT, __version__, system_hash(form), request.names, request.symmetry, CHECKED)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]

    def default_path(self) -> Path:
        """The file for just these combinations."""
        digest = hashlib.sha256(" ".join(self.keys.values()).encode()).hexdigest()[:16]
        return directory() / f"fixes_{self.found.system.name}_{digest}.jsonl"

    def all(self, ledger: Ledger) -> None:
        """Search one combination after the other."""
        study = self.found
        for number, changes in enumerate(self.planned, 1):
            result = ledger.find(self.keys[changes], changes, self.forms[changes])
            if result is None:
                study.stopped = self._time_is_up()
                if study.stopped:
                    break
                with _said(changes):
                    result = self._one(changes, number)
                if result.settled:
                    ledger.add(self.keys[changes], result)
                self.unfinished = self.unfinished or not result.settled
            study.results[changes] = result
        study.stopped = study.stopped or (self._time_is_up() if self.unfinished else "")
        study.seconds = time.perf_counter() - self.began

    def _time_is_up(self) -> str:
        seconds = self.request.limits.seconds
        if self.request.interrupted():
            return "it was interrupted"
        if seconds is not None and time.perf_counter() - self.began > seconds:
            return f"the time limit of {seconds:g} s was reached"
        return ""

    def _one(self, changes: Changes, number: int) -> Result:
        form = self.forms[changes]
        check_against_functions(form, self._lift(changes))
        joint, at = self.place[changes]
        task = f"combination {number} of {len(self.planned)}, {changes_text(changes)}"
        tell = self.request.listener

        def listen(progress: Progress) -> None:
            if tell is not None:
                tell(replace(progress, task=task))

        request = replace(self.request, listener=listen)
        done = self._explore(joint, at, request)
        findings = tuple(_said_of(form, f) for f in done.findings)
        return Result(changes, findings, _numbers(done), done.complete, done.stopped)

    def _explore(self, joint: Joint, at: int, request: Request) -> Exploration:
        """Search from the initial states of one member; compiled if that pays, or was done."""
        view = joint.views[at]
        if self.engine == "auto" and (id(joint) in self.compiled or self._pays()):
            try:
                done = explore(view, replace(request, engine="numba"))
            except UsageError as error:
                warnings.warn(f"{error.cause}; going on in Python, much slower", stacklevel=2)
                self.engine = "python"
                done = explore(view, replace(request, engine="python"))
        else:
            done = explore(view, replace(request, engine=self.engine))
        if done.engine == "numba":
            self.compiled.add(id(joint))
        return done

    def _pays(self) -> bool:
        """Whether so many states are still to come that the compiler is worth waiting for."""
        # fairness tells names apart: it needs every state that a reduced one stands for
        fair = any(p.kind == "eventually" for p in self.request.properties(self.found.system))
        count = "represented_states" if fair else "distinct_states"
        states = [int(r.numbers[count]) for r in self.found.results.values()]
        left = len(self.planned) - len(states)
        return (
            bool(states) and sum(states) / len(states) * left / self.found.forms > WORTH_COMPILING
        )


def _said_of(form: System, finding: Finding) -> Finding:
    """A finding with its trace said in the form of the combination by itself."""
    if finding.trace is None:
        return finding
    trace = transferred(finding.trace, form)
    prop = form.find_property(finding.name)
    if finding.kind == "eventually" and prop is not None:
        confirm_unfair(trace, prop)
    return replace(finding, trace=trace)


def _numbers(done: Exploration) -> dict[str, Any]:
    s = done.statistics
    return {
        "engine": done.engine,
        "distinct_states": s.distinct_states,
        "represented_states": s.represented_states,
        "transitions": s.transitions,
        "represented_transitions": s.represented_transitions,
        "depth": s.depth,
        "seconds": s.seconds,
    }


@contextmanager
def _said(changes: Changes) -> Iterator[None]:
    """An error says with which combination it came."""
    try:
        yield
    except DnsraceError as error:
        if changes:
            error.cause += f" (with {changes_text(changes)})"
        raise
