"""k-induction: what it proves, and its counterexamples."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from agreement.random_models import made, text
from support import lift_text

from dnsrace.engines.proof.induction import provable
from dnsrace.engines.proof.unrolled import Unrolling
from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.errors import DnsraceError
from dnsrace.model.interpreter import Interpreter

COUNTER = """
    @model
    def counter(last: int = 7):
        class I(Range, low=0, high=last): ...
        class S(State):
            x = var(I, start=0)
        @step
        def next(s):
            require(s.x < last)
            s.x = 0 if s.x == 3 else s.x + 1
        @always
        def low(s):
            return s.x != last
"""


@pytest.mark.parametrize("k", range(1, 6))
def test_what_needs_a_look_back_of_some_steps(tmp_path: Path, k: int) -> None:
    """From 4 on it runs up to 7, which it never reaches: 4, 5, 6, 7 are three steps."""
    system = lift_text(tmp_path, COUNTER)
    unrolling = Unrolling(system, k)
    proof = unrolling.prove(provable(system.properties))
    assert proof.proved == (("low",) if k > 3 else ())
    if k <= 3:
        shown = unrolling.counterexamples["low"]
        assert [state[0] for state in shown.states] == list(range(7 - k, 8))
        assert len(shown.steps) == k


def test_a_violation_near_the_start_is_none_of_the_induction(tmp_path: Path) -> None:
    system = lift_text(tmp_path, COUNTER.replace("s.x != last", "s.x != 2"))
    unrolling = Unrolling(system, 4)
    assert unrolling.prove(provable(system.properties)).proved == ()
    assert unrolling.proof.failed["low"].kind == "initiation"
    assert unrolling.counterexamples == {}


def test_each_moment_has_a_choice_of_its_own(tmp_path: Path) -> None:
    """Only two different names, one after the other, break this."""
    text = """
    @model
    def pair():
        class Name(Names, count=2): ...
        class S(State):
            on = var(bool, per=Name, start=False)
        @step
        def switch(s, n: Name):
            require(not s.on[n])
            s.on[n] = True
        @always
        def not_both(s):
            return not all(s.on[n] for n in Name)
    """
    system = lift_text(tmp_path, text)
    unrolling = Unrolling(system, 3)
    assert unrolling.prove(provable(system.properties)).proved == ()
    assert unrolling.proof.failed["not_both"].kind == "initiation"


def test_what_is_proved_of_random_models_is_not_violated() -> None:
    holding = 0
    for seed in range(30):
        try:
            system = made(text(Random(seed), safe=True)).lift()
            found = explore(system, Request(engine="python", keep_going=True))
        except DnsraceError:
            continue
        unrolling = Unrolling(system, 3)
        proof = unrolling.prove(provable(system.properties))
        holding += len(proof.proved)
        broken = {f.name for f in found.findings if f.verdict == "violated"}
        assert not broken & set(proof.proved), seed
        for name, shown in unrolling.counterexamples.items():
            prop = system.find_property(name)
            assert prop is not None
            if prop.kind == "always":
                holds = [Interpreter(system).holds(prop, state) for state in shown.states]
                assert holds == [True] * 3 + [False]
    assert holding >= 5
