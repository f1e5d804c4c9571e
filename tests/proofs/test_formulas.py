"""The formulas of a proof mean what the interpreter says that the lifted form means."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from agreement.random_models import made, text
from exports.odd_models import NAMES
from support import lift_text

from dnsrace.engines.proof import terms as terms_module
from dnsrace.engines.proof.induction import Induction
from dnsrace.engines.proof.instances import largest, sampled
from dnsrace.engines.proof.terms import RULES
from dnsrace.engines.proof.trust import compare, trust
from dnsrace.engines.solver import z3
from dnsrace.errors import DnsraceError, InternalError
from dnsrace.loader import bundled, load
from dnsrace.model.operators import OPERATORS
from dnsrace.model.system import System

SIZES = ("enactors", "plans", "endpoints", "retention")
NUMBERS, BITS = range(-4, 5), (False, True)
MEANING: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "and": (lambda p, q: p and q, [BITS, BITS]),
    "or": (lambda p, q: p or q, [BITS, BITS]),
    "not": (lambda p: not p, [BITS]),
    "ite": (lambda p, a, b: a if p else b, [BITS, NUMBERS, NUMBERS]),
}


@pytest.mark.parametrize("op", RULES)
def test_an_operator_is_what_it_is_in_the_closed_table(op: str) -> None:
    meaning, domains = MEANING.get(op, (OPERATORS[op].evaluate, [NUMBERS, NUMBERS]))
    assert meaning is not None
    for values in itertools.product(*domains):
        if op in ("div", "mod") and values[1] == 0:
            continue
        args = [z3.BoolVal(v) if isinstance(v, bool) else z3.IntVal(v) for v in values]
        result = z3.simplify(RULES[op](*args))
        found = z3.is_true(result) if z3.is_bool(result) else result.as_long()
        assert found == meaning(*values), values


def agrees(system: System, states: int = 10) -> int:
    """Compare all steps in some states; how many comparisons."""
    induction = Induction(system)
    sample = sampled(largest(system), walks=4, length=30)
    some = sample.states[:: max(1, len(sample.states) // states)]
    return sum(compare(induction, sample.system, some, step) for step in induction.steps)


@pytest.mark.parametrize("model", [m.name for m in bundled()])
def test_steps_of_the_built_in_models(model: str) -> None:
    assert agrees(load(model).lift()) >= 100


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"freshness": "in_batch", "cleaner": "checked", "retry": "newest"},
        {"lock_expiry": True, "crashes": True, "operator": "repair"},
        {"operator": "rollback", "rollback": "tolerant", "preamble": False},
    ],
    ids=str,
)
def test_steps_with_open_sizes_on_an_instance(given: dict[str, Any]) -> None:
    assert agrees(load("dynamodb_dns").lift(open=SIZES, **given), states=6) >= 100


def test_steps_with_odd_domains(tmp_path: Path) -> None:
    """Optional values, Bool and enumerated indices, negative numbers, assignments that swap."""
    assert agrees(lift_text(tmp_path, NAMES)) >= 100


def test_steps_of_random_models() -> None:
    compared = 0
    for seed in range(40):
        try:
            compared += agrees(made(text(Random(seed), safe=True)).lift(), states=4)
        except DnsraceError as error:
            # the model itself is refused, or leaves a domain: formulas say nothing of it
            assert not isinstance(error, InternalError), (seed, error)
    assert compared >= 500


@pytest.mark.parametrize("op", ["le", "lt", "eq", "add"])
def test_a_wrong_formula_does_not_go_unnoticed(op: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"le": RULES["lt"], "lt": RULES["le"], "eq": RULES["le"], "add": RULES["sub"]}
    monkeypatch.setitem(terms_module.RULES, op, wrong[op])
    given = {"freshness": "in_batch", "cleaner": "transactional", "retry": "newest"}
    system = load("dynamodb_dns").lift(open=SIZES, **given)
    with pytest.raises(InternalError, match="do not give what the interpreter gives"):
        trust(Induction(system), (), (), ())


def test_a_step_that_is_never_possible_is_said(tmp_path: Path) -> None:
    text = """
    @model
    def toy():
        class S(State):
            on = var(bool, start=False)
            broken = var(bool, start=False)
        @step
        def switch(s):
            s.on = not s.on
        @step
        def never(s):
            require(s.broken)
            s.on = True
        @always
        def whole(s):
            return not s.broken
    """
    system = lift_text(tmp_path, text)
    found = trust(Induction(system), system.properties, ("whole",), ())
    assert found.vacuous == ("never",)
