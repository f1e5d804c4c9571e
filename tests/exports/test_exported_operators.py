"""Each operator of the closed table in each target: Spin and Rumur evaluate it over all small
values, and must come to what the interpreter says; TLA+ is compared as text.

A property says, for all values of the operands, what the result is. That it is looked at is seen
from its twin, which is wrong for one choice of values and must be violated there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from exports.tools import rumur, spin
from support import lift_text

from dnsrace.errors import ModelError
from dnsrace.exports.murphi_rules import MurphiRules
from dnsrace.exports.murphi_types import types_of
from dnsrace.exports.names import Names
from dnsrace.exports.promela_rules import PromelaRules
from dnsrace.exports.rules import Rules
from dnsrace.exports.targets import export
from dnsrace.exports.tla_rules import TlaRules
from dnsrace.model import expressions as ex
from dnsrace.model.domains import BOOL, INT, Domain
from dnsrace.model.expressions import Expr
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.operators import OPERATORS
from dnsrace.model.system import Property, State, System

MODEL = """
@model
def toy():
    class Small(Range, low=-3, high=3): ...
    class Maybe_(Maybe, of=Small): ...
    class S(State):
        a = var(Small, start=Small)
        b = var(Small, start=Small)
        p = var(bool, start=bool)
        q = var(bool, start=bool)
        x = var(Small, per=Small, start=lambda i: i * i % 7 - 3)
        up = var(bool, per=(bool, Small), start=lambda b, i: b or i < 0)
        m = var(Maybe_, start=one_of(Maybe_.none, -3))

    @step
    def nothing(s, c: Small):
        s.a = s.a
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    return lift_text(tmp_path_factory.mktemp("operators"), MODEL)


def applications(system: System) -> dict[str, tuple[Expr, tuple[Expr, ...]]]:
    """An expression for each operator, and more where one is not enough; with its operands."""
    variables = {v.name: v for v in system.variables}
    a, b, p, q, m = (ex.read(variables[name], ()) for name in "abpqm")
    small = variables["a"].domain

    def apply(op: str, *args: Expr) -> Expr:
        return Expr(op, args, BOOL if op in ("and", "or", "not", "eq", "lt", "le") else INT)

    def between(k: Expr) -> Expr:
        return Expr("and", (ex.le(a, k), ex.lt(k, b)), BOOL)

    found = {
        "const": (ex.add(a, ex.integer(-2)), (a,)),
        "read": (ex.read(variables["x"], (a,)), (a,)),
        "read of two": (ex.read(variables["up"], (p, b)), (p, b)),
        "and": (apply("and", p, q), (p, q)),
        "or": (apply("or", p, q), (p, q)),
        "not": (apply("not", p), (p,)),
        "not of eq": (apply("not", apply("eq", a, b)), (a, b)),
        "not of lt": (apply("not", apply("lt", a, b)), (a, b)),
        "not of le": (apply("not", apply("le", a, b)), (a, b)),
        "ite": (apply("ite", p, a, b), (p, a, b)),
        "ite of Bools": (Expr("ite", (p, q, apply("lt", a, b)), BOOL), (p, q, a, b)),
        "eq": (apply("eq", a, b), (a, b)),
        "eq of Bools": (apply("eq", p, apply("and", p, q)), (p, q)),
        "eq of an optional": (apply("eq", m, a), (m, a)),
        "eq of none": (apply("eq", m, ex.const(small.lo - 1, m.sort)), (m,)),
        "lt": (apply("lt", a, b), (a, b)),
        "le": (apply("le", a, b), (a, b)),
        "add": (apply("add", a, b), (a, b)),
        "add of a Bool": (apply("add", a, p), (a, p)),
        "sub": (apply("sub", a, apply("sub", b, a)), (a, b)),
        "mul": (apply("mul", apply("add", a, b), apply("sub", a, b)), (a, b)),
        "min": (apply("min", a, b), (a, b)),
        "max": (apply("max", a, b), (a, b)),
    }
    for n in (1, 2, 3, 4):
        found[f"div by {n}"] = (apply("div", a, ex.integer(n)), (a,))
        found[f"mod by {n}"] = (apply("mod", a, ex.integer(n)), (a,))
        three = apply("add", a, ex.integer(3))
        found[f"div of naturals by {n}"] = (apply("div", three, ex.integer(n)), (a,))
        found[f"mod of naturals by {n}"] = (apply("mod", three, ex.integer(n)), (a,))
    for size in (1, 2, 9):
        k = ex.bound("k", Domain("D", "range", -2, size - 3))
        found[f"exists of {size}"] = (ex.exists(k, between(k)), (a, b))
        found[f"forall of {size}"] = (ex.forall(k, ex.not_(between(k))), (a, b))
    return found


def told(system: System, expr: Expr, operands: tuple[Expr, ...], wrong_at: State | None) -> Expr:
    """For all values of the operands: the expression has the value that the interpreter gives it.
    With `wrong_at` this is said of one state only, and of another value there."""
    interpreter = Interpreter(system)
    results: dict[tuple[int, ...], int] = {}
    for state in [wrong_at] if wrong_at else interpreter.initial():
        key = tuple(interpreter.value(o, state, {}) for o in operands)
        results[key] = interpreter.value(expr, state, {})
        if wrong_at:
            results[key] = 1 - results[key] if expr.sort is BOOL else results[key] + 1
    if wrong_at:
        operands = (*operands, *(ex.read(v, ()) for v in system.variables if not v.index))
        values = [interpreter.value(o, wrong_at, {}) for o in operands]
        results = {tuple(values): next(iter(results.values()))}
    whole: Expr = ex.TRUE
    for key, result in results.items():
        here: Expr = ex.TRUE
        for operand, raw in zip(operands, key, strict=True):
            here = ex.and_(here, ex.eq(operand, ex.const(raw, operand.sort)))
        whole = ex.and_(whole, ex.implies(here, ex.eq(expr, ex.const(result, expr.sort))))
    return whole


def claims(system: System, *, wrong: bool) -> System:
    """The system with a property for each application; when they are wrong, each in a state of its
    own."""
    starts = list(dict.fromkeys(Interpreter(system).initial()))
    place = system.steps[0].place
    properties = []
    for n, (expr, operands) in enumerate(applications(system).values()):
        value = told(system, expr, operands, starts[5 * n] if wrong else None)
        properties.append(Property(f"claim_{n}", "always", value, ex.TRUE, lambda s: True, place))
    return dataclasses.replace(system, properties=tuple(properties))


def test_spin_means_the_same(system: System, tmp_path: Path) -> None:
    right, wrong = claims(system, wrong=False), claims(system, wrong=True)
    names = [f"CHECK_{p.name}" for p in right.properties]
    assert spin(export(right, "promela").text, tmp_path, *names).error == ""
    text = export(wrong, "promela").text
    assert spin(text, tmp_path, *names, go_on=True).errors == len(names)


def test_rumur_means_the_same(system: System, tmp_path: Path) -> None:
    right, wrong = claims(system, wrong=False), claims(system, wrong=True)
    names = [f"CHECK_{p.name}" for p in right.properties]
    assert rumur(export(right, "murphi").text, tmp_path, *names).errors == 0
    found = rumur(export(wrong, "murphi").text, tmp_path, *names, most_errors=10_000)
    assert {p.name for p in wrong.properties if f'"{p.name}" failed' in found.told} == {
        p.name for p in wrong.properties
    }


A, B, P, Q = (ex.choice(name, BOOL if name in "pq" else INT) for name in "abpq")
SMALL = Domain("Small", "range", -3, 3)
K = ex.bound("k", SMALL)

IN_TLA: dict[str, tuple[Expr, str]] = {
    "const": (ex.integer(-3), "-3"),
    "choice": (A, "a"),
    "bound": (ex.exists(K, ex.lt(K, A)), "\\E k \\in Small : k < a"),
    "and": (ex.and_(P, ex.or_(Q, P)), "p /\\ (q \\/ p)"),
    "or": (ex.or_(ex.and_(P, Q), Q), "(p /\\ q) \\/ q"),
    "not": (ex.not_(ex.and_(P, Q)), "~(p /\\ q)"),
    "ite": (ex.ite(P, A, B), "IF p THEN a ELSE b"),
    "exists": (ex.and_(P, ex.exists(K, ex.lt(K, A))), "p /\\ (\\E k \\in Small : k < a)"),
    "forall": (ex.forall(K, ex.le(K, A)), "\\A k \\in Small : k <= a"),
    "eq": (ex.eq(A, ex.add(B, ex.integer(1))), "a = b + 1"),
    "lt": (ex.lt(ex.ite(P, A, B), B), "(IF p THEN a ELSE b) < b"),
    "le": (ex.le(A, B), "a <= b"),
    "add": (ex.add(A, ex.mod(B, ex.integer(2))), "a + (b % 2)"),
    "sub": (ex.sub(A, ex.sub(B, ex.integer(-1))), "a - (b - (-1))"),
    "mul": (ex.mul(ex.add(A, B), ex.integer(-2)), "(a + b) * (-2)"),
    "div": (ex.div(ex.sub(A, B), ex.integer(2)), "(a - b) \\div 2"),
    "mod": (ex.mod(ex.integer(-7), ex.integer(2)), "1"),
    "min": (ex.min_(A, ex.ite(P, A, B)), "Min(a, IF p THEN a ELSE b)"),
    "max": (ex.max_(A, B), "Max(a, b)"),
}


def rules_of(target: str, system: System) -> Rules:
    if target == "tla":
        rules: Rules = TlaRules(Names([]))
    elif target == "promela":
        rules = PromelaRules(Names([]))
    else:
        rules = MurphiRules(Names([]), types_of(system))
    rules.scope = {("choice", name): name for name in "abpq"}
    return rules


@pytest.mark.parametrize("name", IN_TLA)
def test_the_text_in_tla(name: str, system: System) -> None:
    rules = rules_of("tla", system)
    assert isinstance(rules, TlaRules)
    rules.sets[SMALL] = "Small"
    expr, text = IN_TLA[name]
    assert rules.text(expr) == text


@pytest.mark.parametrize("target", ["tla", "promela", "murphi"])
@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_has_a_rule_or_a_refusal(name: str, target: str, system: System) -> None:
    rule: Callable[[Expr], object] | None = getattr(rules_of(target, system), f"rule_{name}", None)
    assert rule is not None
    if name == "param":
        with pytest.raises(ModelError, match="cannot express the open parameter n"):
            rule(ex.param("n", 1))


def test_every_operator_is_evaluated_somewhere(system: System) -> None:
    """A new operator fails here until it is in the tables above."""
    used = {e.op for expr, _ in applications(system).values() for e in expr.walk()}
    assert used | {"choice", "param"} == set(OPERATORS)
    assert set(IN_TLA) | {"read", "param"} == set(OPERATORS)


@pytest.mark.parametrize("target", ["tla", "promela", "murphi"])
@pytest.mark.parametrize("divisor", [ex.integer(0), ex.integer(-2), A])
def test_a_division_that_means_something_else_there_is_refused(
    target: str, divisor: Expr, system: System
) -> None:
    for op in ("div", "mod"):
        with pytest.raises(ModelError, match="as Python means it"):
            rules_of(target, system).text(Expr(op, (B, divisor), INT))
