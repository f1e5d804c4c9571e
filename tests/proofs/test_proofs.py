"""What is proved, what is not, and what is only said to be not inductive."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from agreement.random_models import made, text
from cli.running import dnsrace
from support import load_text

from dnsrace.engines.proof.induction import Attempt, Induction, provable
from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.engines.solver import Effort, ask, z3
from dnsrace.errors import DnsraceError, UsageError
from dnsrace.findings.proofs import ProofReport
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import State
from dnsrace.prove import ProofRequest, prove

SIZES = ("enactors", "plans", "endpoints", "retention")
FIXED = {"freshness": "in_batch", "cleaner": "transactional", "rollback": "tolerant"}
ANYTHING_GOES = {"crashes": True, "lock_expiry": True}


def proved(**given: Any) -> set[str]:
    """What is proved of the flagship for every size."""
    system = load("dynamodb_dns").lift(open=SIZES, **given)
    properties = provable((*system.properties, *system.lemmas))
    return set(Attempt(Induction(system)).prove(properties).proved)


def report(model: str, given: dict[str, Any] | None = None, **request: Any) -> ProofReport:
    return prove(load(model), given or {}, ProofRequest(**request))


BOTH = {"no_empty_answer", "rollback_ready"}
LOCK = {"writers_hold_the_lock", "one_writer"}


@pytest.mark.parametrize(
    ("given", "holds", "fails"),
    [
        (FIXED, {*BOTH, *LOCK, "no_regression"}, set()),
        ({"cleaner": "transactional"}, {*BOTH, *LOCK}, {"no_regression"}),
        (
            {"freshness": "in_batch"},
            {"no_empty_answer", "no_regression", *LOCK},
            {"rollback_ready"},
        ),
        ({**FIXED, "crashes": True}, {*BOTH, *LOCK}, set()),
        ({**FIXED, **ANYTHING_GOES}, BOTH, set()),
        ({"cleaner": "transactional", **ANYTHING_GOES}, BOTH, set()),
        ({"freshness": "in_batch", **ANYTHING_GOES}, {"no_empty_answer"}, {"rollback_ready"}),
        ({}, {*LOCK, "wedged_for_ever"}, {*BOTH, "no_regression"}),
        ({"rollback": "tolerant"}, LOCK, BOTH),
        ({"freshness": "in_batch", "retry": "newest"}, LOCK, BOTH),
        ({"cleaner": "checked"}, LOCK, BOTH),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
def test_the_flagship_for_every_size(
    given: dict[str, Any], holds: set[str], fails: set[str]
) -> None:
    found = proved(**given)
    assert holds <= found
    assert not fails & found


def test_wedged_endpoints_are_those_that_nothing_can_repair() -> None:
    """The closed trap, in all reachable states of a small instance: no behaviour leads from one of
    its states to a converged one; and it is all of the trap that the search finds, but states in
    which the last plan itself is lost."""
    system = load("dynamodb_dns").lift(enactors=2, plans=4)
    interpreter = Interpreter(system)
    [initial] = interpreter.initial()
    after: dict[State, list[State]] = {}
    waiting = [initial]
    while waiting:
        state = waiting.pop()
        if state not in after:
            after[state] = [taken.state for taken in interpreter.successors(state)]
            waiting += after[state]
    goal, trap = system.find_property("recoverable"), system.find_property("wedged_for_ever")
    assert goal is not None
    assert trap is not None
    able = {state for state in after if interpreter.holds(goal, state)}
    grown = -1
    while grown != len(able):
        grown = len(able)
        able |= {state for state in after if not able.isdisjoint(after[state])}
    # no endpoint is wedged in the initial state: a step to there would leave the trap
    wedged = {state for state in after if not interpreter.holds(trap, state, initial)}
    assert len(after) == 1481
    assert len(after) - len(able) == 46
    assert wedged
    assert not wedged & able


def test_what_is_proved_of_random_models_is_not_violated() -> None:
    holding = 0
    for seed in range(40):
        try:
            system = made(text(Random(seed), safe=True)).lift()
            found = explore(system, Request(engine="python", keep_going=True))
        except DnsraceError:
            continue
        proof = Attempt(Induction(system)).prove(provable(system.properties))
        holding += len(proof.proved)
        broken = {f.name for f in found.findings if f.verdict == "violated"}
        assert not broken & set(proof.proved), seed
    assert holding >= 5


def test_no_answer_is_no_proof() -> None:
    """A query that the solver gives up proves nothing, and nothing is said to be violated."""
    system = load("dynamodb_dns").lift(open=SIZES, **FIXED)
    proof = Attempt(Induction(system, Effort(resources=1))).prove(provable(system.properties))
    assert proof.proved == ()
    assert {q.answer for q in proof.failed.values()} == {"unknown"}
    solver = z3.Solver()
    x, y = z3.Ints("x y")
    solver.add(x * x * x + y * y * y == 33, x > 1000)
    assert ask(solver, effort=Effort(resources=1000)).answer == "unknown"


def test_a_violation_comes_with_a_trace_and_the_rest_with_none() -> None:
    found = report("dynamodb_dns")
    assert (found.exit_code, found.headline) == (1, "no_empty_answer")
    lengths = {f.name: f.length for f in found.findings if f.verdict == "violated"}
    assert lengths == {"no_empty_answer": 14, "rollback_ready": 8, "no_regression": 11}
    assert found.counterexamples == {}


def test_a_counterexample_to_induction_is_no_violation() -> None:
    found = report("peterson")
    assert found.exit_code == 3
    shown = found.counterexamples["mutual_exclusion"]
    interpreter = Interpreter(shown.system)
    prop = shown.system.find_property("mutual_exclusion")
    assert prop is not None
    assert [interpreter.holds(prop, state) for state in shown.states] == [True, False]
    assert shown.states[1] in [t.state for t in interpreter.successors(shown.states[0])]
    assert shown.reachable is False


def test_a_parameter_and_a_variable_of_one_name_are_two_things(tmp_path: Path) -> None:
    text = """
    @model
    def toy(size: Annotated[int, at_least(2)] = 3):
        class Level(Range, low=0, high=size): ...
        class S(State):
            size = var(Level, start=0)
            on = var(bool, start=False)
        @step
        def switch(s):
            s.on = not s.on
        @always
        def full(s):
            return s.size == size
    """
    found = prove(load_text(tmp_path, text), {}, ProofRequest())
    assert found.exit_code == 1
    assert found.proof.proved == ()


LEAK = """
    @model
    def leak(size: Annotated[int, at_least(2)] = 3):
        class Level(Range, low=0, high=size): ...
        class S(State):
            level = var(Level, start=0)
            valve = var(bool, start=False)
        @step
        def pour(s):
            require(not s.valve)
            s.level += 1
            s.valve = s.level == size
        @always
        def never_negative(s):
            return s.level >= 0
"""


def test_where_a_value_might_leave_its_domain_nothing_is_claimed(tmp_path: Path) -> None:
    model = load_text(tmp_path, LEAK)
    found = prove(model, {}, ProofRequest())
    assert found.exit_code == 3
    assert found.proof.proved == ()
    assert [q.text for q in found.proof.undefined] == ["safety of pour: no value leaves its domain"]
    assert "level" in found.counterexamples[""].steps[0]

    lemmas = tmp_path / "lemmas.py"
    lemmas.write_text(
        "def shut_when_full(s):\n    '''Full means shut.'''\n    return s.valve or s.level < size\n"
    )
    found = prove(model, {}, ProofRequest(lemmas=lemmas))
    assert found.exit_code == 0
    assert found.proof.proved == ("never_negative", "shut_when_full")
    assert found.trust.superfluous == ()


PETERSON = '''
def _inside(s, p):
    return s.line[p] in (Line.WAIT, Line.CRITICAL, Line.LEAVE)

def flags(s):
    """A flag is up from the second line on."""
    return all(s.flag[p] == (s.line[p] not in (Line.REST, Line.FLAG)) for p in Process)

def turns(s):
    """Whoever is in and finds the other one waiting has the turn."""
    return all(
        not (s.line[p] in (Line.CRITICAL, Line.LEAVE) and _inside(s, 1 - p)) or s.turn == p
        for p in Process
    )

def false(s):
    """Nobody ever gets in."""
    return all(s.line[p] != Line.CRITICAL for p in Process)

def steps(before, after):
    """The turn is given away, never taken."""
    return before.turn == after.turn or before.line[before.turn] == Line.TURN
'''


def test_lemmas_from_a_file(tmp_path: Path) -> None:
    """True ones prove the property, a false one is found out, and spoils nothing."""
    file = tmp_path / "peterson_lemmas.py"
    file.write_text(PETERSON)
    found = report("peterson", lemmas=file)
    verdicts = {f.name: f.verdict for f in found.findings if f.looked}
    assert verdicts == {
        "mutual_exclusion": "holds", "flags": "holds", "turns": "holds", "false": "violated",
        "steps": "holds",
    }  # fmt: skip
    assert found.exit_code == 1
    assert found.trust.superfluous == ("steps",)


def test_a_given_size_stays_and_others_are_open() -> None:
    found = report("dynamodb_dns", {**FIXED, "endpoints": 2})
    assert found.proof.system.open == ("enactors", "plans", "retention")
    assert found.proof.system.parameters["endpoints"] == 2
    assert found.exit_code == 0


def test_the_lemmas_of_the_model_are_checked_by_a_search_that_asks_for_them() -> None:
    system = load("dynamodb_dns").lift(enactors=2, plans=3, **FIXED)
    names = tuple(p.name for p in system.lemmas)
    found = explore(system, Request(names=names, keep_going=True))
    assert {f.name: f.verdict for f in found.findings} == dict.fromkeys(names, "holds")


@pytest.mark.parametrize("name", ["recoverable", "newest_plan_live", "no_such"])
def test_what_induction_is_not_about_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        report("dynamodb_dns", names=(name,))


def test_how_a_counterexample_to_induction_and_found_lemmas_are_printed() -> None:
    """Which state and which lemmas depends on the solver, so no output is compared as a whole."""
    done = dnsrace("prove", "peterson")
    assert done.code == 3
    assert "NOT INDUCTIVE mutual_exclusion, which is no violation" in done.out
    before, step, after = re.findall(r"^  (before|step|after)  +(.+)$", done.out, re.M)
    assert [before[0], step[0], after[0]] == ["before", "step", "after"]
    assert step[1].startswith("get_in(")
    assert "wait -> critical" in after[1]
    assert "Violated" not in done.out

    done = dnsrace("prove", "peterson", "--discover")
    assert done.code == 0
    assert re.search(r"^Found$\n  1\. For each x of Process", done.out, re.M)
    assert re.search(r"^  of 780 candidates 90 are true in 84 explored states", done.out, re.M)
