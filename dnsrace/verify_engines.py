"""Each engine of `dnsrace verify`, asked about the same properties within its share of the time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from dnsrace.engines.bmc import check_bounded
from dnsrace.engines.bounded_request import BoundedRequest
from dnsrace.engines.hunt import HuntRequest, hunt
from dnsrace.engines.proof.induction import provable
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.errors import ModelError
from dnsrace.findings.proofs import ProofReport
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.verified import Column, EngineName, Verification
from dnsrace.findings.words import counted, listed
from dnsrace.model.system import Property, System
from dnsrace.prove import ProofRequest, prove

CURE = "lemmas may be missing, which dnsrace prove --discover looks for"
INDUCTION = "induction is about always and every step"
SILENT: dict[tuple[EngineName, str], str] = {
    ("hunt", "recoverable"): "a walk shows one way only",
    ("hunt", "eventually"): "fairness needs the graph",
    ("bmc", "recoverable"): "what is not reached in n steps may be later",
    ("bmc", "eventually"): "fairness needs the graph",
    ("proof", "sometimes"): INDUCTION,
    ("proof", "recoverable"): INDUCTION,
    ("proof", "eventually"): INDUCTION,
}
"""Why an engine says nothing of properties of a kind."""
MOST_K = 4
"""The greatest k that k-induction is tried with: formulas grow with it."""


@dataclass(frozen=True)
class Share:
    """What one engine is given.

    Parameters
    ----------
    given: parameters that were given a value; defaults hold for the rest.
    names: properties that were asked for by name; none means all that the model has.
    asked: the same as properties.
    seconds: that it may take, about.
    walks, depth: where a hunt and a bounded check end in any case.
    tell: of an engine and of how far it is.
    """

    system: System
    given: dict[str, Any]
    names: tuple[str, ...]
    asked: tuple[Property, ...]
    seconds: float | None
    walks: int
    depth: int
    max_paths: int
    interrupted: Callable[[], bool]
    tell: Callable[[EngineName, Any], None]

    def column(self, engine: EngineName, findings: Iterable[Finding], says: str) -> Column:
        """What the engine says, and why it says nothing of the rest."""
        known = {f.name: f for f in findings if f.looked}
        silent = {f.name: f.reach for f in findings}
        found = {
            p.name: known.get(p.name)
            or _silent(engine, p, SILENT.get((engine, p.kind)) or silent.get(p.name, "a lemma"))
            for p in self.asked
        }
        return Column(engine, found, says)


def _silent(engine: EngineName, prop: Property, why: str) -> Finding:
    """That an engine says nothing of a property, and why."""
    return Finding(
        prop.name, prop.kind, "unknown", why, engine, informative=prop.informative, looked=False
    )


def not_asked(share: Share, engine: EngineName, why: str) -> Column:
    """The column of an engine that was not asked, or that cannot do it, and why."""
    return share.column(engine, [_silent(engine, p, why) for p in share.asked], why)


def search(share: Share, _: Verification) -> Column:
    """Every state, for the shortest violation of each property."""
    request = Request(
        names=share.names, keep_going=True, limits=Limits(seconds=share.seconds),
        listener=lambda p: share.tell("search", p), interrupted=share.interrupted,
        began=time.perf_counter(),
    )  # fmt: skip
    done = explore(share.system, request)
    states = counted(done.statistics.distinct_states, "distinct state")
    says = f"complete: all {states}, none deeper than {done.statistics.depth}"
    if not done.complete:
        says = f"{states}, all up to depth {done.checked}; then {done.stopped}"
    column = share.column("search", done.findings, says)
    column.checked = done.statistics.depth if done.complete else done.checked
    column.complete = done.complete
    return column


def walks(share: Share, _: Verification) -> Column:
    """Random walks, until each property that can be violated is, or up to a limit."""
    system = share.system
    names = tuple(p.name for p in share.asked if p in system.properties)
    if not names:
        return not_asked(share, "hunt", "walks do not watch lemmas")
    request = HuntRequest(
        names=names, walks=share.walks, seconds=share.seconds,
        listener=lambda p: share.tell("hunt", p), interrupted=share.interrupted,
    )  # fmt: skip
    if not request.goals(system) and not any(p.kind == "sometimes" for p in share.asked):
        return not_asked(share, "hunt", "walks meet states and steps, and nothing is asked of them")
    done = hunt(system, request)
    return share.column("hunt", done.findings, counted(done.tally.walks, "walk"))


def bounded(share: Share, so_far: Verification) -> Column:
    """Behaviours of n steps, depth by depth; beyond the deepest state, if the search knows it."""
    known = so_far.column("search")
    diameter = known.checked if known is not None and known.complete else None
    last = share.depth if diameter is None else min(share.depth, diameter + 1)
    request = BoundedRequest(
        names=share.names, keep_going=True, last=last, seconds=share.seconds, diameter=diameter,
        listener=lambda p: share.tell("bmc", p), interrupted=share.interrupted,
    )  # fmt: skip
    done = check_bounded(share.system, request)
    column = share.column("bmc", done.findings, f"to depth {done.checked}: {done.stopped}")
    column.checked = done.checked if done.checked >= 0 else None
    if column.checked is None:
        column.says = f"no depth was finished: {done.stopped}"
    return column


def proof(share: Share, so_far: Verification) -> Column:
    """Induction for all sizes. What is neither proved nor violated is tried with lemmas that are
    looked for and by k-induction at these sizes, where the model states no lemmas itself."""
    began = time.perf_counter()
    column = not_asked(share, "proof", INDUCTION)
    names = left = [p.name for p in provable(share.asked)]
    violated = {row.prop.name for row in so_far.rows if row.conclusion == "violated"}
    share.tell("proof", None)
    for given, request in _attempts(share):
        spent = time.perf_counter() - began
        rest = None if share.seconds is None else round(share.seconds - spent, 1)
        if not left or share.interrupted() or (rest is not None and rest <= 0):
            break
        request = replace(request, names=tuple(left), seconds=rest)
        try:
            report = prove(share.system.model, given, request, share.max_paths)
        except ModelError as error:  # what has no form with open sizes may have one at these
            why = f"not for all sizes: {error.cause}"
            column.findings |= {p.name: _silent("proof", p, why) for p in provable(share.asked)}
        else:
            so_far.proof = so_far.proof or report
            _take(column, report, so_far)
        left = [n for n in names if column.findings[n].verdict != "holds" and n not in violated]
    for name in left if not share.system.lemmas else ():
        found = column.findings[name]
        column.findings[name] = replace(found, reach=f"{found.reach}; {CURE}")
    return column


def _attempts(share: Share) -> Iterator[tuple[dict[str, Any], ProofRequest]]:
    """What is tried, one after the other: values of parameters, and what is asked of a proof."""
    sizes = {p.name for p in share.system.model.parameters if p.kind == "int"}
    for_all = {name: value for name, value in share.given.items() if name not in sizes}
    request = ProofRequest(alone=True, interrupted=share.interrupted)
    yield for_all, request
    if not share.system.lemmas:
        yield for_all, replace(request, discover=True)
        yield from ((share.given, replace(request, k=k)) for k in range(1, MOST_K + 1))


def _take(column: Column, report: ProofReport, so_far: Verification) -> None:
    """Take over what a proof says: all of the first one, and of later ones what they prove."""
    proof, sizes = report.proof, report.proof.system.open
    reach = f"any {listed(sizes)}" if sizes else "these sizes"
    method = "induction" if proof.k == 1 else f"{proof.k}-induction"
    method += " with lemmas that were found" * bool(report.found)
    for found in report.findings:
        if found.name not in report.asked or not found.looked:
            continue
        if found.verdict == "holds":
            known = so_far.proof
            so_far.proof = report if sizes or known is None or not known.proof.proved else known
            column.for_all += (found.name,) if sizes else ()
            found = replace(found, reach=f"proved for {reach} by {method}")
        elif column.findings[found.name].looked:
            continue
        column.findings[found.name] = found
        column.says = f"{method}, for {reach}" + f"; then {proof.stopped}" * bool(proof.stopped)
