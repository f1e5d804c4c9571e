"""Which lemmas a model states, and for which of its variants."""

from __future__ import annotations

from pathlib import Path

from support import lift_text

from dnsrace.loader import load
from dnsrace.model.stated import stated_lemmas

TOY = """
    @model(fixed={"careful": True, "speed": "slow"})
    def toy(
        careful: bool = False, speed: Literal["slow", "fast", "wild"] = "fast", size: int = 2
    ):
        if speed == "wild" and not careful:
            raise ValueError("no such thing")
        class Count(Range, low=0, high=size): ...
        class S(State):
            n = var(Count, start=0)
        @step(actor="it")
        def on(s):
            require(s.n < size)
            s.n += 1
        @always(lemma=True)
        def everywhere(s):
            '''Said of
            each of them.'''
            return s.n >= 0
        if careful and speed == "slow":
            @always(lemma=True)
            def fixed_only(s):
                return s.n >= 0
        if not careful:
            @every_step(lemma=True)
            def as_deployed(before, after):
                return after.n >= before.n
"""


def test_each_lemma_is_said_with_what_it_depends_on(tmp_path: Path) -> None:
    found = stated_lemmas(lift_text(tmp_path, TOY))
    assert [(m.name, m.kind, m.here, " ".join(map(str, m.only))) for m in found] == [
        # one variant is refused by the model itself: that says nothing of the lemma
        ("everywhere", "always", True, ""),
        ("as_deployed", "every_step", True, "careful=false"),
        ("fixed_only", "always", False, "careful=true speed=slow"),
    ]
    assert found[0].doc == "Said of each of them."


def test_the_lemmas_of_the_flagship_stay_where_they_belong() -> None:
    system = load("dynamodb_dns").lift(freshness="in_batch", lock_expiry=True)
    found = {m.name: (m.here, " ".join(map(str, m.only))) for m in stated_lemmas(system)}
    assert found == {
        "victims_are_old": (True, ""),
        "nothing_older_behind": (True, "freshness=in_batch retry=same"),
        "wedged_for_ever": (True, "rollback=strict operator=none"),
        "writers_hold_the_lock": (False, "lock_expiry=false"),
        "one_writer": (False, "lock_expiry=false"),
    }
    assert {m.name for m in stated_lemmas(system) if m.here} == {p.name for p in system.lemmas}
