"""What an expression of a model is lifted to, and that it keeps Python's meaning in every state."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from support import lift_text

from dnsrace.engines.steppers import GeneratedStepper
from dnsrace.model.direct import ConcreteState
from dnsrace.model.expressions import Expr
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import System

EXPRESSIONS = """
s.up[0]
not s.up[0]
s.up[0] and s.up[1]
s.up[0] or not s.up[1]
s.up[0] & s.up[1] | s.up[2]
s.up[0] == s.up[1]
s.up[0] != (s.x[0] > 1)
True and s.up[0]
s.x[0] == s.x[1]
s.x[0] != 2
1 == s.x[0]
0 < s.x[0] < 2
0 < s.x[0] <= s.x[1] < 2
s.x[0] + s.x[1] == 2
s.x[0] - s.x[1] < 0
2 - s.x[0] > s.x[1]
-s.x[0] < -1
s.x[0] * 2 >= s.x[1] + 2
s.x[0] * s.x[1] == 2
(s.x[0] - 2) // 2 == -1
(s.x[0] - 2) % 2 == 1
min(s.x[0], s.x[1], 1) == 1
max(s.x[0] - 1, s.x[1]) > 0
min(s.x[k] for k in K) == 0
max(s.x[k] + s.x[0] for k in K) > 2
sum(s.up[k] for k in K) == 2
sum(s.x[k] for k in K if s.up[k]) == 2
sum(1 for k in K if s.up[k] if s.x[k] > 0) == 1
sum(s.x[k] for k in K for j in K if s.up[j]) == 4
sum(s.x[k] == v for k in K for v in (1, 2)) == 2
sum((s.x[k] for k in K), 1) == 3
sum([s.x[k] for k in K]) > 2
len([k for k in K if s.up[k]]) == 2
s.x[0] in (0, 2)
s.x[0] not in (s.x[1], 2)
s.x[s.x[0]] in [1, 2]
s.x[1] in range(1, 3)
s.x[0] + s.x[1] in K
s.who == W.none
s.who == 2
s.who == s.x[0]
s.who != s.x[0] and s.who in (0, 1)
s.mood == Mood.GOOD
s.mood in (Mood.BAD,)
(s.mood if s.up[0] else Mood.BAD) == Mood.GOOD
(W.none if s.up[0] else s.x[1]) == s.who
(s.x[0], s.x[1]) == (1, 2)
(s.x[0], s.mood) != (1, Mood.BAD)
any(s.up[k] for k in K)
all(s.up[k] for k in K)
not any(s.x[k] == 0 for k in K)
any(s.up[k] and s.x[k] == 0 for k in K)
any(s.up[k] or s.x[k] == 0 for k in K)
any(s.x[k] == 0 for k in K if s.up[k])
all(s.x[k] == 0 for k in K if s.up[k] if k > 0)
any(s.x[k] < s.x[j] for k in K for j in K)
all(s.x[k] <= s.x[j] for k in K for j in K if k < j)
all(any(s.x[k] == s.x[j] for j in K if j != k) for k in K)
any(all(s.x[k] >= s.x[j] for j in K) and s.up[k] for k in K)
any(s.x[k] == v for k in K for v in (1, 2))
all(s.x[k] != v for k in K for v in (1, 2) if s.up[k])
any(s.x[k] == v for v in (1, 2) for k in K)
any(s.up[k] and s.mood == m for k in K for m in Mood)
all(s.up[k] == b for k in K for b in (True, s.up[0]))
any(n < 2 and s.x[k] == n for n, k in enumerate(K))
all(s.x[a] == 0 or s.x[b] > 0 for a, b in zip(K, list(K)[1:]))
any(s.x[a] == s.x[b] for a, b in itertools.combinations(K, 2))
any([s.up[k] for k in K])
all((s.up[0], s.up[1]))
any(map(lambda k: s.up[k], K))
any(reversed([s.up[k] and s.x[k] == 0 for k in K]))
any(sum([s.x[j] for j in K if j != k]) == 1 for k in K)
any(max(s.x[j] for j in K) == s.x[k] for k in K if s.up[k])
sum(any(s.x[j] == k for j in K) for k in K) == 3
any(s.x[2 - k] == k for k in K)
any(k < 2 and s.x[k + 1] > s.x[k] for k in K)
all(k == 2 or s.x[k] <= s.x[k + 1] for k in K)
any(s.up[k] for k in K) == any(s.x[k] == 0 for k in K)
any(s.up[k] for k in K) & any(s.x[k] == 0 for k in K)
some_up(s) and s.x[0] == 0
all(some_up(s) == s.up[k] for k in K)
any((some_up(s) & (s.x[k] == 0)) for k in K)
any((t & s.up[k]) for t in [some_up(s)] for k in K)
shared(s)
shared_twice(s)
stops_early(s)
counts_down(s) == 2
""".strip().splitlines()

TEXT = """
import itertools

@model
def toy():
    class K(Range, low=0, high=2): ...
    class W(Maybe, of=K): ...
    class Mood(enum.Enum):
        GOOD, BAD = range(2)
    class S(State):
        x = var(K, per=K, start=0)
        up = var(bool, per=K, start=False)
        who = var(W, start=W.none)
        mood = var(Mood, start=Mood.GOOD)
    @step
    def nothing(s):
        s.x[0] = s.x[0]

    def some_up(s):
        return any(s.up[k] for k in K)
    def shared(s):
        some = any(s.up[k] for k in K)
        return any(some & (s.x[k] == 0) for k in K)
    def shared_twice(s):
        zero = any(s.x[k] == 0 for k in K)
        both = all((s.up[k] == zero) for k in K)
        return any((both == s.up[k]) & (zero | (s.x[k] == 1)) for k in K)
    def stops_early(s):
        for k in K:
            if s.up[k]:
                return s.x[k] == 1
        return False
    def counts_down(s):
        left = 2
        while left > 0 and not s.up[left]:
            left -= 1
        return left
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    """A property for each expression."""
    properties = "".join(
        f"    @always\n    def p{n}(s):\n        return {expression}\n"
        for n, expression in enumerate(EXPRESSIONS)
    )
    return lift_text(tmp_path_factory.mktemp("expressions"), TEXT + properties)


@pytest.fixture(scope="module")
def states(system: System) -> list[tuple[int, ...]]:
    return list(itertools.product(*(v.domain.raws for v, _ in system.slots)))


def test_expressions_are_lifted_as_they_should(
    system: System, golden: Callable[[str, str], None]
) -> None:
    pairs = zip(EXPRESSIONS, system.properties, strict=True)
    golden("lifted_expressions", "\n".join(f"{text}\n    {p.value}" for text, p in pairs))


@pytest.mark.parametrize("number", range(len(EXPRESSIONS)), ids=EXPRESSIONS)
def test_a_lifted_expression_means_what_python_means(
    system: System, states: list[tuple[int, ...]], number: int
) -> None:
    prop = system.properties[number]
    interpreter = Interpreter(system)
    seen = set()
    for state in states[number % 3 :: 3]:
        expected = bool(prop.function(ConcreteState(system, state)))
        assert interpreter.holds(prop, state) == expected, state
        seen.add(expected)
    assert seen == {True, False}


@pytest.mark.parametrize("number", range(len(EXPRESSIONS)), ids=EXPRESSIONS)
def test_the_generated_code_means_what_python_means(
    system: System, states: list[tuple[int, ...]], number: int
) -> None:
    prop = system.properties[number]
    stepper = GeneratedStepper(system, (prop,), False)
    for state in states[::3]:
        expected = bool(prop.function(ConcreteState(system, state)))
        assert (stepper.check(stepper.node(state)) == []) == expected, state


def operators(expr: Expr) -> list[str]:
    return [node.op for node in expr.walk() if node.op in ("exists", "forall")]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("any(s.up[k] for k in K)", ["exists"]),
        ("all(s.up[k] for k in K)", ["forall"]),
        ("all(s.x[k] <= s.x[j] for k in K for j in K if k < j)", ["forall", "forall"]),
        ("all(any(s.x[k] == s.x[j] for j in K if j != k) for k in K)", ["forall", "exists"]),
        ("any(s.x[k] == 0 for k in K if s.up[k])", ["exists"]),
        ("sum(any(s.x[j] == k for j in K) for k in K) == 3", ["exists"] * 3),
        ("any(n < 2 and s.x[k] == n for n, k in enumerate(K))", []),
        ("all(s.x[a] == 0 or s.x[b] > 0 for a, b in zip(K, list(K)[1:]))", []),
        ("any([s.up[k] for k in K])", []),
    ],
)
def test_quantifiers_stay_operators(system: System, expression: str, expected: list[str]) -> None:
    assert operators(system.properties[EXPRESSIONS.index(expression)].value) == expected


CLASHES = """
@model
def toy():
    class Plan(Range, low=0, high=2): ...
    class S(State):
        x = var(Plan, per=Plan, start=0)
        best = var(bool, start=False)
    @step
    def f(s, plan: Plan, plan2: Plan):
        s.best = all(s.x[p] <= s.x[plan] for p in Plan) or any(
            s.x[p] == q and q != plan2 for p in Plan for q in Plan
        )
"""


def test_a_choice_may_be_called_like_a_bound_variable(tmp_path: Path) -> None:
    system = lift_text(tmp_path, CLASHES)
    interpreter, step = Interpreter(system), system.steps[0]
    for state in itertools.product(*(v.domain.raws for v, _ in system.slots)):
        for plan, plan2 in itertools.product(range(3), repeat=2):
            x = state[:3]
            expected = all(v <= x[plan] for v in x) or any(v != plan2 for v in x)
            taken = interpreter.take(state, step, (plan, plan2))
            assert taken is not None
            assert taken.state == (*x, int(expected))
