"""What `dnsrace verify --markdown` writes: a whole document, for a design review."""

from __future__ import annotations

from collections.abc import Iterator

from dnsrace import __version__
from dnsrace.findings.proofs import ProofReport
from dnsrace.findings.trace import replay_command
from dnsrace.findings.verified import EngineName, Verification, alone, command
from dnsrace.findings.words import sizes
from dnsrace.reports.models import summary
from dnsrace.reports.settings import command_line
from dnsrace.reports.terminal import way_out_text
from dnsrace.reports.timeline import timeline, violation_line
from dnsrace.reports.verify_words import cell, conclusions, lines

MEANING: dict[EngineName, str] = {
    "search": "visits every reachable state at these sizes. *Complete* means all of them; a number "
    "of steps is that of a shortest violation.",
    "hunt": "takes random walks at these sizes. It finds violations; that it finds none proves "
    "nothing.",
    "bmc": "asks Z3 for a violation of n steps at these sizes, for growing n. It knows nothing of "
    "more steps than it says.",
    "proof": "asks Z3 whether every step keeps what is claimed, whatever the sizes: a proof by "
    "induction.",
}
LEFT_OUT = "What is left out."
"""How the paragraph of a model's head begins that says what it does not model."""


def verification_markdown(verification: Verification) -> str:
    """The whole result as a Markdown document."""
    return "\n".join(_document(verification)) + "\n"


def _document(verification: Verification) -> Iterator[str]:
    system = verification.system
    yield f"# Verification of {system.name}"
    yield ""
    yield summary(system.model)
    yield ""
    for _, sentence in conclusions(verification):
        yield f"- **{sentence}**"
    yield ""
    yield f"`{command_line(system)}`"
    if verification.interrupted:
        yield ""
        yield "This run was interrupted: it says what was known then."
    yield from _section("What is asked", _questions(verification))
    yield from _section("What the engines say", _table(verification))
    for name in verification.explanations:
        yield from _section(f"How {name} is violated", _violation(verification, name))
    yield from _section("What was assumed", _assumed(verification))
    yield from _section("What the model leaves out", [_left_out(system.model.head)])
    yield from _section("How to repeat this", _again(verification))


def _section(title: str, content: Iterator[str] | list[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from content


def _questions(verification: Verification) -> Iterator[str]:
    yield "| property | kind | in words |"
    yield "|---|---|---|"
    for p in verification.asked:
        words = " ".join(p.doc.split()) + " (informative)" * p.informative
        yield _row(p.name, p.kind.replace("_", " "), words)


def _table(verification: Verification) -> Iterator[str]:
    names = [column.engine for column in verification.columns]
    yield _row("property", *names, "together")
    yield "|---|" + "---|" * (len(names) + 1)
    for row in verification.rows:
        cells = []
        for column in verification.columns:
            finding = row.findings[column.engine]
            verdict = f"{finding.verdict}: " if finding.looked else "-: "
            cells.append(verdict + cell(column, finding))
        informative = " (informative)" * (row.conclusion == "violated" and not row.fails)
        yield _row(row.prop.name, *cells, f"**{row.conclusion}**{informative}")
    yield ""
    for engine, says in lines(verification):
        yield f"- **{engine}** {MEANING[engine]} Here: {says}."


def _violation(verification: Verification, name: str) -> Iterator[str]:
    what = verification.explanations[name]
    row = next(r for r in verification.rows if r.prop.name == name)
    assert row.shown is not None
    if name == verification.headline:
        steps, doc = len(what.trace.steps), " ".join(row.prop.doc.split())
        yield "```text"
        yield timeline(what, violation_line(name, steps, doc, shortest=row.shown.shortest))
        yield "```"
        if what.way_out is not None:
            yield ""
            yield f"When it was too late: {way_out_text(what, what.way_out)}"
    else:
        yield f"{row.shown.reach[:1].upper()}{row.shown.reach[1:]}."
        yield ""
        yield f"    {replay_command(what.trace)}"


def _assumed(verification: Verification) -> Iterator[str]:
    system, proof = verification.system, verification.proof
    fixed = [p for p in system.model.parameters if p.kind != "int"]
    given = {p.name: p.text(system.parameters[p.name]) for p in system.model.parameters}
    numbers = ", ".join(f"{n}={t}" for n, t in given.items() if n not in {p.name for p in fixed})
    if numbers:
        yield f"- Search, hunt and bmc: these sizes and no others, {numbers}."
    if fixed:
        yield f"- All engines: {', '.join(f'{p.name}={given[p.name]}' for p in fixed)}."
    if proof is not None and proof.proof.proved:
        yield f"- The proof: {sizes(proof.proof.system)}."
        yield from _lemmas(proof)
    yield "- A step is atomic. There is no time and no probability: what may happen may happen at"
    yield "  any moment."
    yield "- The verdicts are about the model. Whether the code does what the model says is another"
    yield "  question (`dnsrace conform`)."


def _lemmas(proof: ProofReport) -> Iterator[str]:
    if proof.found is not None:
        yield "- Lemmas of the proof, found by dnsrace and proved with it:"
        yield from (f"    {number}. {text}" for number, text in enumerate(proof.found.sentences, 1))
        return
    lemmas = [p for p in proof.proof.system.lemmas if p.name in proof.proof.proved]
    if lemmas:
        yield "- Lemmas of the proof, proved with it:"
        yield from (f"    - `{p.name}`: {' '.join(p.doc.split())}" for p in lemmas)


def _left_out(head: str) -> str:
    """The paragraph of the model's head on it."""
    for paragraph in head.split("\n\n"):
        text = " ".join(paragraph.split())
        if text.startswith(LEFT_OUT):
            return text.removeprefix(LEFT_OUT).strip()
    return f"The model's head has no paragraph that begins with *{LEFT_OUT}* Ask its author."


def _again(verification: Verification) -> Iterator[str]:
    names = {p.name for p in verification.asked}
    everything = names == {p.name for p in verification.system.properties}
    options = [] if everything else [w for n in sorted(names) for w in ("--property", n)]
    yield f"    {command(verification.system, options=options)}"
    yield ""
    yield "Each engine alone:"
    yield ""
    for column in verification.columns:
        yield f"    {alone(verification.system, column.engine)}"
    yield ""
    yield f"Written by dnsrace {__version__}."


def _row(*cells: str) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in cells) + " |"
