"""What the solutions of the course say without running it: each is done to the file in question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from house.documents import Written, read_page

from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.findings.proofs import ProofReport
from dnsrace.loader import load
from dnsrace.prove import ProofRequest, prove

LEARN = Path(__file__).parents[2] / "docs" / "learn"


def on_page(page: str, name: str) -> str:
    """A file that a page of the course shows."""
    items = read_page((LEARN / page).read_text(encoding="utf-8"))
    [text] = [item.text for item in items if isinstance(item, Written) and item.name == name]
    return text


def changed(directory: Path, text: str, *replacements: tuple[str, str]) -> str:
    """A model's file with some of its text replaced, each piece once."""
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (directory / "changed.py").write_text(text, encoding="utf-8")
    return str(directory / "changed.py")


def violated(file: str, **given: Any) -> dict[str, int | None]:
    """The violations of a whole search, with their lengths."""
    found = explore(load(file).lift(**given), Request(engine="python", keep_going=True))
    assert found.complete
    return {f.name: f.length for f in found.findings if f.verdict == "violated"}


def asked(file: str, name: str, lemmas: Path | None = None, **given: Any) -> ProofReport:
    return prove(load(file), given, ProofRequest(names=(name,), lemmas=lemmas))


def verdicts(report: ProofReport, name: str) -> list[str]:
    return [f.verdict for f in report.findings if f.name == name]


def test_a_token_that_is_kept_is_as_safe(tmp_path: Path) -> None:
    """Page 5, exercise 3."""
    finish = "        s.working[w] = False\n"
    file = changed(
        tmp_path,
        on_page("05-asking-z3.md", "gate.py"),
        (finish + "        s.token = Holder.none\n", finish),
    )
    lemmas = tmp_path / "gate_lemmas.py"
    lemmas.write_text(on_page("05-asking-z3.md", "gate_lemmas.py"), encoding="utf-8")
    assert verdicts(asked(file, "alone", lemmas), "alone") == ["holds"]


def test_sparing_what_was_never_listed_is_not_enough(tmp_path: Path) -> None:
    """Page 8, exercise 1."""
    marked = "        marked = var(bool, per=Blob, start=False)\n"
    publish = "        s.listed[s.blob[c]] = True\n"
    mark = "        require(s.stored[b] and not s.marked[b])\n"
    file = changed(
        tmp_path,
        (LEARN / "registry_2.py").read_text(encoding="utf-8"),
        (marked, marked + marked.replace("marked", "seen")),
        (publish, publish + publish.replace("listed", "seen")),
        (mark, mark + "        require(s.seen[b])\n"),
    )
    assert violated(file) == {"pullable": 8}


def test_pins_are_not_inductive_without_the_lemma(tmp_path: Path) -> None:
    """Page 8, exercise 3."""
    condition = 'if pins == "own" and collector == "transactional":'
    registry = (LEARN / "registry.py").read_text(encoding="utf-8")
    file = changed(tmp_path, registry, (condition, "if False:"))
    report = asked(file, "pullable", collector="transactional", pins="own")
    assert verdicts(report, "pullable") == ["unknown"]
    counterexample = report.counterexamples["pullable"]
    assert counterexample.steps[0].startswith("publish(")
    assert counterexample.reachable is False


def test_three_steps_in_one_cannot_race(tmp_path: Path) -> None:
    """Page 9, exercise 2."""
    text = on_page("09-other-models.md", "three_steps.py")
    begin, end = text.index("    @step\n    def receive"), text.index("    @always")
    enact = """\
    @step
    def enact(s: Region, e: Enactor) -> None:
        require(s.live < s.newest)
        s.plan[e] = s.newest
        s.live = s.newest
        for p in range(1, plans + 1):
            if s.newest - p > retention:
                s.deleted[p] = True

"""
    file = changed(tmp_path, text[:begin] + enact + text[end:])
    assert violated(file, enactors=4, plans=6) == {}
