"""What `dnsrace prove` prints for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from dnsrace.findings.proofs import Found, Proof, ProofReport, QueryKind, ToInduction
from dnsrace.findings.words import counted, listed, sizes
from dnsrace.model.interpreter import slot_text, state_text
from dnsrace.model.system import State, System
from dnsrace.reports.behind import indented
from dnsrace.reports.settings import command_line
from dnsrace.reports.terminal import findings_table, print_violation

SAYS: dict[QueryKind, str] = {
    "initiation": "every initial state satisfies the invariant",
    "consecution": "no step leads out of it",
    "safety": "inside, nothing leaves its domain, and what is said of steps holds",
}


def print_proof(console: Console, report: ProofReport) -> None:
    """Print the whole report of a proof."""
    proof = report.proof
    console.print(Text(command_line(proof.system), style="bold"))
    headline = report.explanations.get(report.headline)
    finding = next((f for f in report.findings if f.name == report.headline), None)
    if headline is not None and finding is not None:
        print_violation(console, finding, headline)
    for shown in report.counterexamples.values():
        _print_counterexample(console, shown)
    if report.found is not None:
        _print_found(console, report.found)
    goals = [f for f in report.findings if f.name not in report.lemmas]
    lemmas = [f for f in report.findings if f.name in report.lemmas]
    console.print()
    console.print(findings_table(goals, console.encoding))
    if lemmas:
        console.print(Text("\nLemmas", style="bold"))
        console.print(findings_table(lemmas, console.encoding))
    console.print()
    for line in _numbers(report):
        console.print(Padding(line, (0, 0, 0, 2), expand=False))
    console.print()
    for line in _conclusion(report):
        console.print(line)


def _print_found(console: Console, found: Found) -> None:
    console.print(Text("\nFound", style="bold"))
    for number, sentence in enumerate(found.sentences, 1):
        console.print(indented(f"{number}. {sentence}"))
    if not found.sentences:
        console.print(indented("No lemma is needed, or none was found that helps."))
    console.print(
        indented(
            f"of {found.made:,} candidates {found.kept:,} are true in {found.states:,} explored "
            f"states, and {found.inductive:,} are kept by every step, in {found.seconds:.2g} s"
        )
    )


def _print_counterexample(console: Console, shown: ToInduction) -> None:
    values = " ".join(
        f"{p.name}={p.text(shown.system.parameters[p.name])}"
        for p in shown.system.model.parameters
        if shown.system.parameters[p.name] != p.default
    )
    title = Text.assemble(
        ("\nNOT INDUCTIVE ", "bold yellow"), (shown.fails or "that values stay in their domains"),
        ", which is no violation: ",
        "the first state is never reached" if shown.reachable is False
        else "the first state may never be reached",
        f" ({values or 'with the defaults'})",
    )  # fmt: skip
    console.print(title)
    console.print(indented(f"before  {state_text(shown.system, shown.states[0])}"))
    for number, step in enumerate(shown.steps):
        console.print(indented(f"step    {step}"))
        if number + 1 < len(shown.states):
            changed = _changes(shown.system, shown.states[number], shown.states[number + 1])
            console.print(indented(f"after   {changed}"))


def _changes(system: System, before: State, after: State) -> str:
    changed = [
        f"{slot_text(variable, index)}: {variable.domain.text(a)} -> {variable.domain.text(b)}"
        for (variable, index), a, b in zip(system.slots, before, after, strict=True)
        if a != b
    ]
    return ", ".join(changed) or "nothing changes"


def _numbers(report: ProofReport) -> Iterable[Text]:
    proof, evidence = report.proof, report.trust
    method = "induction" if proof.k == 1 else f"{proof.k}-induction"
    yield Text(
        f"{method}: {counted(len(proof.queries), 'query').replace('querys', 'queries')} in "
        f"{proof.seconds:.2g} s"
    )
    for kind, meaning in SAYS.items():
        number = sum(q.kind == kind and q.answer == "unsat" for q in proof.queries)
        asked = sum(q.kind == kind for q in proof.queries)
        if asked:
            yield Text(
                f"{kind:<12} {number} of {asked} shown, {proof.seconds_of(kind):.2g} s: {meaning}",
                style="dim" if number == asked else "yellow",
            )
    if proof.invariant:
        yield Text(f"the invariant, kept together: {listed(proof.invariant)}")
    if evidence.states:
        yield Text(
            f"formulas and interpreter agree: {counted(evidence.compared, 'step')}, possible or "
            f"not, in {counted(evidence.states, 'sampled state')}",
            style="dim",
        )
    if evidence.superfluous:
        yield Text(f"lemmas that nothing else needs: {listed(evidence.superfluous)}", style="dim")
    if report.written:
        yield Text(f"{counted(report.written, 'certificate')} written", style="dim")
    if evidence.vacuous:
        yield Text(
            f"LOOK HERE: {listed(evidence.vacuous)} can never be taken in a state that satisfies "
            "the invariant: what is proved says nothing about it",
            style="bold yellow",
        )


def _conclusion(report: ProofReport) -> Iterable[Text]:
    proof = report.proof
    if proof.stopped:
        yield Text(f"The proof was not finished: {proof.stopped}.", style="bold yellow")
    for query in proof.undefined:
        yield Text(
            f"Nothing is claimed: {query.text} is not proved, so a value might leave its domain.",
            style="bold yellow",
        )
    goals = [f for f in report.findings if f.looked and f.name not in report.lemmas]
    failing = [f.name for f in report.findings if f.fails]
    proved = [f.name for f in goals if f.verdict == "holds"]
    missing = [f.name for f in goals if f.verdict == "unknown"]
    if proved:
        yield Text(
            f"Proved for {sizes(proof.system)}: {listed(proved)}. {_assumed(proof)}",
            style="bold green",
        )
    if missing and not proof.stopped:
        yield Text(
            f"Not proved: {listed(missing)}. That is no violation: a lemma may be missing "
            "(--lemmas FILE), or it may be false (dnsrace explore, dnsrace hunt).",
            style="bold yellow",
        )
    if failing:
        yield Text(f"Violated: {', '.join(failing)}.", style="bold red")


def _assumed(proof: Proof) -> str:
    left = ", ".join(
        f"{name}={p.text(proof.system.parameters[name])}"
        for p in proof.system.model.parameters
        if (name := p.name) in proof.system.parameters
    )
    given = f"Assumed: {left}; and" if left else "Assumed:"
    return f"{given} what the model leaves out (dnsrace show)."
