"""`dnsrace verify`: what follows from what all engines say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.running import dnsrace, timeless
from support import load_text, write_model

from dnsrace.findings.verified import Conclusion
from dnsrace.loader import load
from dnsrace.verify import VerifyRequest, verify

Golden = Callable[[str, str], None]
SMALL = ("--enactors", "2", "--walks", "200", "--max-depth", "14")


def conclusions(path: Path) -> dict[str, Conclusion]:
    data = json.loads(path.read_text())
    return {p["property"]: p["conclusion"] for p in data["properties"]}


def test_deployed_is_violated_by_all_that_can_say_so(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    done = dnsrace("verify", *SMALL, "-p", "no_empty_answer", "--json", str(file))
    assert done.code == 1
    data = json.loads(file.read_text())
    assert data["same_trace"] == ["search", "hunt", "bmc"]
    [found] = data["properties"]
    verdicts = {f["engine"]: f["verdict"] for f in found["findings"]}
    assert verdicts == {
        "search": "violated", "hunt": "violated", "bmc": "violated", "proof": "unknown",
    }  # fmt: skip
    assert {f["trace"] for f in found["findings"]} == {found["trace"]["text"], None}
    assert "search, hunt and bmc show one and the same trace." in done.out


def test_fixed_holds_by_search_for_these_sizes_and_by_proof_for_all(
    tmp_path: Path, golden: Golden
) -> None:
    file, review = tmp_path / "result.json", tmp_path / "review.md"
    done = dnsrace("verify", "--fixed", *SMALL, "--json", str(file), "--markdown", str(review))
    assert done.code == 0
    proved = ("no_empty_answer", "rollback_ready", "no_regression")
    rest = ("newest_plan_live", "recoverable", "converges")
    assert conclusions(file) == {
        **dict.fromkeys(proved, "proved for all sizes"),
        **dict.fromkeys(rest, "holds for these sizes"),
    }
    text = re.sub(r"\d+\.\d s\.", "T s.", review.read_text())
    golden("verify_markdown", text)


def test_the_document_shows_the_violation(tmp_path: Path) -> None:
    review = tmp_path / "review.md"
    args = ("peterson", "--entry", "flag_only", "--walks", "50", "--markdown", str(review))
    assert dnsrace("verify", *args).code == 1
    text = review.read_text()
    assert "mutual_exclusion is violated after 6 steps, and never earlier" in text
    assert "    dnsrace verify peterson --entry flag_only\n" in text
    assert "Memory weaker than sequential consistency" in text  # what the model leaves out
    for heading in ("What is asked", "What the engines say", "What was assumed", "How to repeat"):
        assert f"\n## {heading}" in text


def test_a_model_whose_head_does_not_say_what_it_leaves_out(tmp_path: Path) -> None:
    path = write_model(tmp_path, COUNTER, "counter")
    done = dnsrace("verify", str(path), "--walks", "5", "--markdown", "-")
    assert "has no paragraph that begins with *What is left out.*" in done.out


COUNTER = """
    @model
    def counter(most: Annotated[int, at_least(1), "the last number"] = 60):
        class Count(Range, low=0, high=most): ...
        class S(State):
            n = var(Count, start=0)
        @step(actor="it")
        def on(s):
            require(s.n < most)
            s.n += 1
        @always
        def never_back(s):
            return s.n >= 0
        @sometimes
        def arrives(s):
            return s.n == most
"""


def test_what_is_not_finished_says_so(tmp_path: Path) -> None:
    model = load_text(tmp_path, COUNTER)
    done = verify(model, {}, VerifyRequest(seconds=0.0))
    assert [r.conclusion for r in done.rows] == ["unknown", "unknown"]
    assert done.exit_code == 3
    assert {f.reach for c in done.columns for f in c.findings.values() if not f.looked} <= {
        "not looked at: the time was up", "induction is about always and every step",
    }  # fmt: skip


def test_control_c_keeps_what_is_known(tmp_path: Path) -> None:
    """Pressed when the hunt begins: the search is over then."""
    pressed = False

    def listen(progress: object) -> None:
        nonlocal pressed
        pressed = getattr(progress, "engine", "") == "hunt"

    request = VerifyRequest(listener=listen, interrupted=lambda: pressed)
    done = verify(load("dynamodb_dns"), {"enactors": 2}, request)
    assert done.interrupted
    search, hunt, bmc, proof = done.columns
    assert search.complete
    assert [f.verdict for f in search.findings.values()].count("violated") == 5
    assert re.fullmatch(r"\d+ walks?", hunt.says)
    assert {f.looked for c in (bmc, proof) for f in c.findings.values()} == {False}
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("given", "names", "proved", "says"),
    [
        ("peterson", ("mutual_exclusion",), (), "induction with lemmas that were found, for these"),
        ("two_phase_commit", ("consistent",), ("consistent",), "with lemmas that were found"),
        ("ewd840", ("sound",), (), "induction, for these sizes"),
    ],
    ids=["no sizes", "lemmas are found", "sizes cannot be left open"],
)
def test_models_without_lemmas(
    given: str, names: tuple[str, ...], proved: tuple[str, ...], says: str
) -> None:
    done = verify(load(given), {}, VerifyRequest(names, walks=20))
    column = done.column("proof")
    assert column is not None
    assert column.for_all == proved
    assert {f.verdict for f in column.findings.values()} == {"holds"}
    assert says in column.says


def test_a_model_that_states_nothing_is_no_pass(tmp_path: Path) -> None:
    path = write_model(
        tmp_path,
        """
        @model
        def toy():
            class S(State):
                on = var(bool, start=False)

            @step
            def flip(s):
                s.on = not s.on

            @always(lemma=True)
            def one_or_the_other(s):
                return s.on or not s.on
        """,
    )
    nothing = dnsrace("verify", str(path))
    assert nothing.code == 2
    assert "toy states nothing that could be verified" in nothing.err
    assert dnsrace("verify", str(path), "-p", "one_or_the_other").code == 0


def test_the_whole_output(golden: Golden, tmp_path: Path) -> None:
    done = dnsrace("verify", "peterson", "--entry", "turn_first", "--walks", "50")
    assert done.code == 1
    golden("verify", timeless(done.transcript()))
