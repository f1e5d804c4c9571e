"""What a hunt has caught, as findings: violations made short, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dnsrace.engines.request import CHECKED, Limits, Request
from dnsrace.engines.shrink import Certificate, certify, shrink
from dnsrace.engines.walks import Course, Failure, Walker
from dnsrace.findings.hunted import Catch, Tally, estimate
from dnsrace.findings.trace import Trace
from dnsrace.findings.verdicts import Finding, Kind
from dnsrace.findings.words import counted
from dnsrace.model.system import Property

MOST_FAILURES = 3
"""Violations that are shrunk, to show the shortest result."""
NEARBY = 500
"""Walks behind the first violation that are looked through for more."""
PROOF = Limits(states=20_000_000, seconds=10.0)
"""What is spent on finding out whether a violation is a shortest one."""


def proved(
    course: Course, trace: Trace, name: str, engine: str,
    interrupted: Callable[[], bool] = lambda: False,
) -> Finding:  # fmt: skip
    """The finding of a violation that was made short: of a shortest one, where a search that does
    not take long finds one; else of this one, and perhaps it is not a shortest one."""
    proof = Certificate(None, -1)
    if not interrupted():
        request = Request(limits=PROOF, interrupted=interrupted)
        proof = certify(course, name, len(trace.steps), request)
    if proof.finding is not None:
        return replace(proof.finding, engine=engine)
    reach = f"shrunk to {counted(len(trace.steps), 'step')}, perhaps not a shortest one"
    if proof.checked >= 0:
        reach += f" (none has {counted(proof.checked, 'step')} or fewer)"
    prop = course.system.find_property(name)
    kind: Kind = "deadlock" if prop is None else prop.kind
    informative = prop is not None and prop.informative
    return Finding(name, kind, "violated", reach, engine, trace, informative=informative)


@dataclass
class Caught:
    """Makes findings of what walks have met."""

    walker: Walker
    tally: Tally
    engine: str
    interrupted: Callable[[], bool]

    def violation(self, name: str, first: Failure) -> tuple[Finding, Catch]:
        """A goal that was hit, made short; `first` is the first walk that did."""
        traces = [shrink(self.walker.course, f.trace, name) for f in self._some(first, name)]
        trace = min(traces, key=lambda t: (len(t.steps), t.switches))
        catch = Catch(first.number, len(first.trace.steps), len(trace.steps))
        met = f"met in walk {catch.walk:,}, after {counted(catch.length, 'step')}"
        finding = proved(self.walker.course, trace, name, self.engine, self.interrupted)
        return replace(finding, reach=f"{met}; {finding.reach}"), catch

    def _some(self, first: Failure, name: str) -> Iterator[Failure]:
        """The first violation, and a few more from the walks behind it."""
        failure: Failure | None = first
        for _ in range(MOST_FAILURES):
            if failure is None:
                return
            yield failure
            begin = failure.number + 1
            failure = self.walker.find(begin, first.number + NEARBY - begin, name)

    def unviolated(self, prop: Property, goals: list[str]) -> Finding:
        """A property that no walk violated, or that was not hunted for."""
        name, kind = prop.name, prop.kind
        if kind not in CHECKED:
            reach = f"walks cannot tell: dnsrace explore --property {name}"
            return Finding(name, kind, "unknown", reach, self.engine, looked=False)
        if not self.tally.seen.get(name):
            return self.without(name, kind, prop.informative)
        share = estimate(self.tally.seen[name], self.tally.walks)
        if kind == "sometimes":
            return Finding(name, kind, "holds", f"reached in {share.text}", self.engine)
        assert name not in goals
        reach = f"met in {share.text}; informative, so not hunted for without --property {name}"
        return Finding(name, kind, "unknown", reach, self.engine, informative=True, looked=False)

    def without(self, name: str, kind: Kind, informative: bool = False) -> Finding:
        """A property, or `deadlock`, that no walk met. This is no proof of anything."""
        what = "reached" if kind == "sometimes" else "met"
        share = estimate(0, self.tally.walks)
        reach = f"not {what} in {counted(self.tally.walks, 'walk')}: {share.text} meet it"
        return Finding(name, kind, "unknown", reach, self.engine, informative=informative)
