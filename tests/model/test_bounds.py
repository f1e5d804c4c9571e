"""What a path knows about the values of expressions is true of every value that gets there."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnsrace.model import expressions as ex
from dnsrace.model.bounds import Facts
from dnsrace.model.domains import BOOL, Domain
from dnsrace.model.expressions import Expr
from dnsrace.model.operators import OPERATORS

SMALL = Domain("Small", "range", -2, 2)
LARGE = Domain("Large", "range", 1, 4)
NAMES = [ex.choice("a", SMALL), ex.choice("b", SMALL), ex.choice("c", LARGE)]
BIT = ex.choice("p", BOOL)


def number(random: Random, depth: int) -> Expr:
    if depth == 0 or random.random() < 0.2:
        return random.choice([*NAMES, *NAMES, ex.integer(random.randint(-3, 3))])
    op = random.choice(["add", "sub", "add", "sub", "mul", "div", "mod", "min", "max", "ite"])
    if op == "ite":
        return ex.ite(test(random, 0), number(random, depth - 1), number(random, depth - 1))
    if op in ("div", "mod"):
        return ex.BUILDERS[op](number(random, depth - 1), ex.integer(random.randint(1, 3)))
    if op == "mul":
        return ex.mul(number(random, depth - 1), ex.integer(random.randint(-2, 2)))
    return ex.BUILDERS[op](number(random, depth - 1), number(random, depth - 1))


def test(random: Random, depth: int) -> Expr:
    if random.random() < 0.1:
        return BIT
    if depth > 0 and random.random() < 0.4:
        op = random.choice(["and", "or", "not"])
        args = [test(random, depth - 1) for _ in range(1 if op == "not" else 2)]
        return ex.BUILDERS[op](*args)
    op = random.choice([ex.eq, ex.lt, ex.le])
    return op(number(random, 2), number(random, 2))


test.__test__ = False  # type: ignore[attr-defined]  # a builder, not a test


def value(expr: Expr, names: dict[str, int]) -> int:
    """The meaning by the table of operators alone."""
    if expr.op == "const":
        return int(expr.data)
    if expr.op == "choice":
        return names[expr.data]
    args = [value(a, names) for a in expr.args]
    if expr.op == "and":
        return args[0] and args[1]
    if expr.op == "or":
        return args[0] or args[1]
    if expr.op == "ite":
        return args[1] if args[0] else args[2]
    evaluate = OPERATORS[expr.op].evaluate
    assert evaluate is not None
    return evaluate(*args)


ALL = [
    {"a": a, "b": b, "c": c, "p": p}
    for a, b in itertools.product(SMALL.raws, SMALL.raws)
    for c in LARGE.raws
    for p in (0, 1)
]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_no_fact_is_ever_wrong(seed: int) -> None:
    random = Random(seed)
    tests = [test(random, 2) for _ in range(random.randint(0, 4))]
    outcomes = [bool(value(t, random.choice(ALL))) for t in tests]
    facts = Facts()
    for t, outcome in zip(tests, outcomes, strict=True):
        facts.learn(t, outcome)
    asked, sums = [test(random, 1) for _ in range(5)], [number(random, 2) for _ in range(5)]
    for names in ALL:
        if [bool(value(t, names)) for t in tests] != outcomes:
            continue
        for question in asked:
            assert facts.decide(question) in (None, bool(value(question, names)))
        for expr in sums:
            low, high = facts.interval(expr)
            assert low is None or low <= value(expr, names)
            assert high is None or value(expr, names) <= high


A, B, C = NAMES
KNOWN = [
    ([], ex.le(A, ex.integer(2)), True),
    ([], ex.lt(C, ex.integer(1)), False),
    ([], ex.le(ex.add(A, B), ex.integer(4)), True),
    ([], ex.eq(ex.add(A, B), C), None),
    ([ex.lt(A, B)], ex.lt(A, B), True),
    ([ex.lt(A, B)], ex.le(A, B), True),
    ([ex.lt(A, B)], ex.lt(B, A), False),
    ([ex.lt(A, ex.integer(0))], ex.le(ex.add(A, ex.integer(1)), ex.integer(0)), True),
    ([ex.eq(A, ex.integer(2))], ex.eq(A, ex.integer(2)), True),
    ([ex.eq(A, ex.integer(2))], ex.lt(ex.integer(1), A), True),
    ([ex.not_(ex.eq(A, ex.integer(2)))], ex.lt(A, ex.integer(2)), True),
    ([ex.not_(ex.eq(C, ex.integer(1)))], ex.le(ex.integer(2), C), True),
    ([ex.lt(C, A)], ex.eq(C, ex.integer(1)), True),
    ([ex.le(ex.add(A, C), ex.integer(-1))], ex.eq(A, ex.integer(-2)), True),
    ([ex.and_(BIT, ex.lt(A, B))], BIT, True),
    ([ex.or_(BIT, ex.lt(A, B))], BIT, None),
    ([ex.not_(ex.or_(BIT, ex.lt(A, B)))], ex.le(B, A), True),
    ([], ex.lt(ex.mod(A, ex.integer(3)), ex.integer(3)), True),
    ([], ex.le(ex.integer(-1), ex.div(A, ex.integer(2))), True),
    ([], ex.le(ex.min_(A, C), ex.integer(2)), True),
    ([], ex.le(ex.integer(1), ex.max_(A, C)), True),
    ([], ex.le(ex.ite(BIT, A, ex.integer(1)), ex.integer(2)), True),
]


@pytest.mark.parametrize(("learned", "question", "expected"), KNOWN)
def test_the_obvious_is_known(learned: list[Expr], question: Expr, expected: bool | None) -> None:
    facts = Facts()
    for fact in learned:
        facts.learn(fact, True)
    assert facts.decide(question) is expected
