"""The pipeline of `dnsrace prove`: lift a model with its sizes open, prove what can be proved, and
say of the rest whether it is violated or only not proved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dnsrace.engines.proof.certificates import write_certificates
from dnsrace.engines.proof.counterexample import counterexample
from dnsrace.engines.proof.discovery import discover
from dnsrace.engines.proof.induction import EFFORT, Attempt, Induction, provable
from dnsrace.engines.proof.instances import instance, instances
from dnsrace.engines.proof.trust import trust
from dnsrace.engines.proof.unrolled import EFFORT as K_EFFORT
from dnsrace.engines.proof.unrolled import Unrolling
from dnsrace.engines.proof.written import lemma_file, sentence
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.engines.solver import Effort, Stopped
from dnsrace.errors import ModelError, UsageError
from dnsrace.findings.explain import explain
from dnsrace.findings.proofs import Found, Proof, ProofReport, Query, Trust
from dnsrace.findings.verdicts import Exploration, Finding
from dnsrace.findings.words import listed
from dnsrace.model.language import MAX_PATHS, Model
from dnsrace.model.selfcheck import check_against_functions
from dnsrace.model.system import Property, System

ENGINE = "induction"
STATES = 200_000
SECONDS = 10.0
"""Of the search for a real violation of what is not proved, in the instance at the defaults."""


@dataclass(frozen=True)
class ProofRequest:
    """What is asked of a proof.

    Parameters
    ----------
    names: properties asked for; none means all `always` and `every_step` properties.
    lemmas: a file with more lemmas.
    k: for k-induction, its k; None: the open sizes, by plain induction.
    smt2: a folder for certificates.
    discover: look for lemmas, and use no others.
    write: a file for the lemmas that were found.
    seconds: of looking for lemmas and of all questions, after which it ends unfinished; a search
        for violations has a limit of its own.
    alone: say no more of what is not proved: look for no violation, show no counterexample to
        induction.
    interrupted: asked all the time; True ends it with a partial report.
    """

    names: tuple[str, ...] = ()
    lemmas: Path | None = None
    k: int | None = None
    smt2: Path | None = None
    discover: bool = False
    write: Path | None = None
    seconds: float | None = None
    alone: bool = False
    interrupted: Callable[[], bool] = lambda: False
    listener: Any = None


def prove(
    model: Model, given: dict[str, Any], request: ProofRequest, max_paths: int = MAX_PATHS
) -> ProofReport:
    """Prove the properties of a model for every size.

    Parameters
    ----------
    given: parameters with a value; the other whole-number ones stay open, unless `request.k` asks
        for a fixed size.

    Raises ModelError, UsageError; InternalError when formulas and interpreter disagree.
    """
    stop = _stop(request)
    if not request.discover:
        return _prove(model, given, request, max_paths, stop)
    system = lifted(model, given, replace(request, lemmas=None), max_paths)
    goals = [p for p in provable(_asked(system, request.names)) if p.kind == "always"]
    search = _search(instance(system), goals, request) if goals else None
    broken = {f.name for f in search.findings if f.verdict == "violated"} if search else set()
    try:
        found = discover(system, [p for p in goals if p.name not in broken], stop)
    except Stopped:
        return _prove(model, given, request, max_paths, stop, search)
    with TemporaryDirectory() as folder:
        path = request.write or Path(folder) / "found.py"
        if found.lemmas or request.write:
            _write_lemmas(path, lemma_file(system, found.lemmas))
        report = _prove(
            model, given, replace(request, lemmas=path if found.lemmas else None), max_paths, stop
        )
    sentences = tuple(map(sentence, found.lemmas))
    report.found = Found(
        found.made, found.states, found.kept, found.inductive, found.seconds, sentences
    )
    return report


def _stop(request: ProofRequest) -> Callable[[], str]:
    """Why all is to end, from now on, in words, or an empty text."""
    began = time.perf_counter()

    def stop() -> str:
        if request.interrupted():
            return "it was interrupted"
        if request.seconds is not None and time.perf_counter() - began > request.seconds:
            return f"the time limit of {request.seconds:g} s was reached"
        return ""

    return stop


def _write_lemmas(path: Path, text: str) -> None:
    """Write a file of lemmas. Raises UsageError."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"--write: {path} cannot be written: {error.strerror}",
            cure="give the path of a file, in a folder that exists",
        ) from None


def _prove(
    model: Model, given: dict[str, Any], request: ProofRequest, max_paths: int,
    stop: Callable[[], str], search: Exploration | None = None,
) -> ProofReport:  # fmt: skip
    """A proof with the lemmas that there are. `search` is one that was made already."""
    system = lifted(model, given, request, max_paths)
    if request.discover:
        # what is found must do without what the model says itself
        file = str(request.lemmas.resolve()) if request.lemmas else ""
        own = (p for p in system.lemmas if p.function.__code__.co_filename == file)
        system = replace(system, lemmas=tuple(own))
    small = instance(system)
    check_against_functions(small, instance(system))
    asked = _asked(system, request.names)
    wanted = provable((*system.properties, *system.lemmas))
    induction = Induction(system, replace(EFFORT, stop=stop))
    attempt = (
        Attempt(induction)
        if request.k is None
        else Unrolling(system, request.k, replace(K_EFFORT, stop=stop))
    )
    proof, lemmas = attempt.proof, tuple(p.name for p in system.lemmas)
    evidence, began = Trust(small, 0, 0, (), ()), time.perf_counter()
    try:
        attempt.prove(wanted)
        evidence = trust(induction, wanted, proof.proved, lemmas)
    except Stopped as stopped:
        proof.stopped, proof.proved = str(stopped), ()
        proof.seconds = time.perf_counter() - began
    written = 0
    if request.smt2 is not None and not proof.stopped:
        written = write_certificates(request.smt2, system, attempt.asked, proof.queries)
    missing = [p for p in wanted if p.name not in proof.proved]
    if missing and not (proof.stopped or request.alone):
        search = _search(small, missing, request)
    # k-induction looks back over k steps, so a counterexample to plain induction is none to it
    counterexamples = attempt.counterexamples if isinstance(attempt, Unrolling) else {}
    findings = [_finding(proof, p, search) for p in _shown(system, asked)]
    names = tuple(p.name for p in asked)
    report = ProofReport(proof, findings, names, lemmas, evidence, counterexamples, written=written)
    _explain_violations(report)
    if not (proof.stopped or request.alone):
        with suppress(Stopped):
            _explain_failures(report, small, search, induction.effort)
    return report


def lifted(model: Model, given: dict[str, Any], request: ProofRequest, max_paths: int) -> System:
    """The model with its parameters as a proof wants them. Raises ModelError, UsageError."""
    sizes = [p.name for p in model.parameters if p.kind == "int" and p.name not in given]
    opened = [] if request.k is not None else sizes
    try:
        return model.lift(open=opened, max_paths=max_paths, lemmas=request.lemmas, **given)
    except ModelError as error:
        if opened and "open" in error.cause:
            example = next(p for p in model.parameters if p.name == opened[0])
            error.cure += f"; or give a value, as in {example.option} {example.default}"
        raise


def _asked(system: System, names: tuple[str, ...]) -> tuple[Property, ...]:
    """The properties asked for. Raises UsageError where induction has nothing to say of them."""
    asked = Request(names=names).properties(system)
    for prop in asked if names else ():
        if prop not in provable(asked):
            raise UsageError(
                f"{prop.name} is of the kind {prop.kind}: induction is about always and every_step",
                cure=f"ask dnsrace explore --property {prop.name}",
            )
    if not provable(asked):
        raise UsageError(
            f"{system.name} states nothing that induction is about",
            cure="declare a property with @always or @every_step",
        )
    return asked


def _shown(system: System, asked: Iterable[Property]) -> Sequence[Property]:
    """What the report has a line for: what was asked for, and all lemmas."""
    return list(dict.fromkeys((*asked, *system.lemmas)))


def _search(small: System, missing: Sequence[Property], request: ProofRequest) -> Exploration:
    """Look for real violations of what is not proved."""
    names = tuple(p.name for p in missing)
    return explore(
        small,
        Request(names=names, keep_going=True, limits=Limits(states=STATES, seconds=SECONDS),
                interrupted=request.interrupted, listener=request.listener),
    )  # fmt: skip


def _finding(proof: Proof, prop: Property, search: Exploration | None) -> Finding:
    def say(verdict: Any, reach: str, looked: bool = True) -> Finding:
        return Finding(prop.name, prop.kind, verdict, reach, ENGINE,
                       informative=prop.informative, looked=looked)  # fmt: skip

    if prop.kind not in ("always", "every_step"):
        return say("unknown", "not looked at: induction is about always and every_step", False)
    if prop.name in proof.proved:
        sizes = proof.system.open
        return say("holds", f"proved for {f'any {listed(sizes)}' if sizes else 'these parameters'}")
    found = search.finding(prop.name) if search else None
    if found is not None and found.verdict == "violated":
        return found
    if proof.stopped:
        return say("unknown", f"not proved: {proof.stopped}")
    query = proof.failed.get(prop.name) or next(iter(proof.undefined), None)
    assert query is not None
    why = "the solver gave up" if query.answer == "unknown" else "a step may break it"
    return say("unknown", f"not proved: {why} ({query.text})")


def _explain_violations(report: ProofReport) -> None:
    for finding in report.findings:
        if finding.verdict == "violated" and finding.trace is not None:
            prop = finding.trace.system.find_property(finding.name)
            report.explanations[finding.name] = explain(finding.trace, prop)
    failing = [f.name for f in report.findings if f.name in report.explanations and f.fails]
    questions = [p.name for p in report.proof.system.properties if p.question]
    report.headline = next((n for n in questions if n in failing), next(iter(failing), ""))


def _explain_failures(
    report: ProofReport, small: System, search: Exploration | None, effort: Effort
) -> None:
    """A counterexample to induction for what is neither proved nor violated, if there is one.
    Raises Stopped."""
    proof, system = report.proof, report.proof.system
    everything = {p.name: p for p in (*system.properties, *system.lemmas)}
    invariant = [everything[name] for name in proof.invariant]
    failed: list[tuple[str, Property | None, Query]] = [
        (f.name, everything[f.name], proof.failed[f.name])
        for f in report.findings
        if f.name in proof.failed and proof.k == 1 and f.verdict == "unknown"
    ]
    failed += [("", None, query) for query in proof.undefined[:1]]
    for name, prop, query in failed:
        for size in instances(system) if query.kind != "initiation" or prop is None else ():
            found = counterexample(size, invariant, prop, query, effort)
            if found is not None:
                report.counterexamples[name] = found
                break
    complete = search is not None and search.complete
    for name, shown in report.counterexamples.items():
        # a complete search without a violation: the first state cannot be among those it met
        if complete and shown.system.parameters == small.parameters and name:
            report.counterexamples[name] = replace(shown, reachable=False)
