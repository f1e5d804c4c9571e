"""One schedule in two variants."""

from __future__ import annotations

from pathlib import Path

from support import write_model

from dnsrace.findings.compared import Compared, compared
from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.loader import load

OUTAGE = (
    "publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) flip(1) release(1) "
    "acquire(0) build(0) flip(0) clean(1) clean(1)"
)


def beside(text: str) -> Compared | None:
    script = read(text)
    model = load(script.model)
    return compared(replay(model.lift(**model.values(script.parameters)), script))


def test_the_fixed_protocol_skips_the_old_plan_and_spares_the_tree() -> None:
    found = beside(f"dynamodb_dns(): {OUTAGE}")
    assert found is not None
    assert (found.mine, found.other) == ("as deployed", "fixed")
    assert [row.kind for row in found.rows] == ["same"] * 11 + ["other", "other", "same"]
    assert found.parts_at == 12
    assert found.rows[11].words == "sees that plan 2 is not newer than plan 4: skips it"
    assert found.rows[12].words == "may not delete tree 1: it is in use"
    assert found.rows[13].words == "deletes tree 2 (old for plan 4)"
    assert found.broken == ()


def test_of_the_fixed_protocol_the_other_one_is_as_deployed() -> None:
    fixed = "freshness=in_batch, cleaner=transactional, rollback=tolerant"
    found = beside(f"dynamodb_dns({fixed}): {OUTAGE}")
    assert found is not None
    assert (found.mine, found.other) == ("fixed", "as deployed")
    assert found.rows[11].words == "installs plan 2 over plan 4: its one check was 10 steps ago"
    assert found.broken == ("no_empty_answer", "no_regression")


def test_a_variant_may_have_other_steps() -> None:
    """Who inspects and deletes here, cleans there; whoever has nothing to do, waits."""
    steps = OUTAGE.replace("clean(1) clean(1)", "inspect(1) delete(1)")
    found = beside(f"dynamodb_dns(cleaner=checked): {steps}")
    assert found is not None
    assert found.mine == "this variant"
    assert [row.text for row in found.rows[-2:]] == ["clean(1)", "clean(1)"]
    assert [row.kind for row in found.rows[-2:]] == ["other", "other"]


def test_who_cannot_go_says_what_is_missing(tmp_path: Path) -> None:
    path = write_model(
        tmp_path,
        """
        @model(fixed={"most": 1})
        def tap(most: int = 2):
            class N(Range, low=0, high=3): ...
            class S(State):
                n = var(N, start=0)
            @step(actor="hand")
            def turn(s):
                require(s.n < most)
                s.n += 1
                say("turns")
            @always
            def low(s):
                return s.n < 2
        """,
    )
    found = beside(f"{path}(): turn turn")
    assert found is not None
    assert [row.kind for row in found.rows] == ["same", "blocked"]
    assert found.rows[1].words == "cannot go: turn needs n < 1"
    assert found.rows[1].state == found.rows[0].state
    assert found.broken == ()


def test_without_another_variant_there_is_nothing_beside() -> None:
    assert beside("two_phase_commit(): prepare(0)") is None
    assert beside("peterson(): wake(0)") is None
    assert beside("peterson(entry=flag_only): wake(0)") is not None
