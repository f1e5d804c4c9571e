"""Each operator of the closed table, over all small values: the interpreter, the simplifying
constructors, the bounds and the generated code must all give what Python means by it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from support import lift_text

from dnsrace.engines.codegen import Writer
from dnsrace.engines.layout import layout_of, pack
from dnsrace.engines.packed import Packed
from dnsrace.errors import ModelError
from dnsrace.model import expressions as ex
from dnsrace.model.bounds import Facts
from dnsrace.model.domains import BOOL, INT, Domain
from dnsrace.model.expressions import Expr
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.operators import OPERATORS
from dnsrace.model.system import System

SMALL = Domain("Small", "range", -4, 4)
A, B = ex.choice("a", SMALL), ex.choice("b", SMALL)
P, Q, R = (ex.choice(name, BOOL) for name in "pqr")
NUMBERS, DIVISORS, BITS = range(-4, 5), range(1, 5), (0, 1)

Meaning = Callable[..., int]
Row = tuple[Expr, Meaning, tuple[range | tuple[int, ...], ...]]

STRICT: dict[str, Row] = {
    "not": (Expr("not", (P,), BOOL), lambda p: not p, (BITS,)),
    "and": (Expr("and", (P, Q), BOOL), lambda p, q: p and q, (BITS, BITS)),
    "or": (Expr("or", (P, Q), BOOL), lambda p, q: p or q, (BITS, BITS)),
    "ite": (Expr("ite", (P, A, B), INT), lambda p, a, b: a if p else b, (BITS, NUMBERS, NUMBERS)),
    "eq": (Expr("eq", (A, B), BOOL), lambda a, b: a == b, (NUMBERS, NUMBERS)),
    "lt": (Expr("lt", (A, B), BOOL), lambda a, b: a < b, (NUMBERS, NUMBERS)),
    "le": (Expr("le", (A, B), BOOL), lambda a, b: a <= b, (NUMBERS, NUMBERS)),
    "add": (Expr("add", (A, B), INT), lambda a, b: a + b, (NUMBERS, NUMBERS)),
    "sub": (Expr("sub", (A, B), INT), lambda a, b: a - b, (NUMBERS, NUMBERS)),
    "mul": (Expr("mul", (A, B), INT), lambda a, b: a * b, (NUMBERS, NUMBERS)),
    "div": (Expr("div", (A, B), INT), lambda a, b: a // b, (NUMBERS, DIVISORS)),
    "mod": (Expr("mod", (A, B), INT), lambda a, b: a % b, (NUMBERS, DIVISORS)),
    "min": (Expr("min", (A, B), INT), lambda a, b: min(a, b), (NUMBERS, NUMBERS)),
    "max": (Expr("max", (A, B), INT), lambda a, b: max(a, b), (NUMBERS, NUMBERS)),
}
"""The operators that compute a value from values: an application, and what Python makes of it."""

OF_BOOLS: dict[str, Row] = {
    "eq": (Expr("eq", (P, Q), BOOL), lambda p, q: p == q, (BITS, BITS)),
    "ite": (Expr("ite", (P, Q, R), BOOL), lambda p, q, r: q if p else r, (BITS, BITS, BITS)),
}
"""Those of them that take Bools as well as numbers."""

ELSEWHERE = {
    "const": "test_a_constant_is_its_value",
    "choice": "test_a_name_is_what_it_stands_for",
    "bound": "test_a_name_is_what_it_stands_for",
    "read": "test_a_read_is_the_element_of_the_state",
    "exists": "test_a_quantifier_is_any_or_all",
    "forall": "test_a_quantifier_is_any_or_all",
    "param": "test_an_open_parameter_has_no_value",
}
"""The leaves and the binders, with the test of each."""

CASES = [pytest.param(row, id=name) for name, row in STRICT.items()]
CASES += [pytest.param(row, id=f"{name} of Bools") for name, row in OF_BOOLS.items()]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    """A state to read from: a number for each index, negative ones among both."""
    return lift_text(
        tmp_path_factory.mktemp("operators"),
        """
        @model
        def toy():
            class Place(Range, low=-1, high=1): ...
            class Value(Range, low=-4, high=4): ...
            class S(State):
                x = var(Value, per=Place, start=lambda p: 3 * p - 1)
                up = var(bool, per=Place, start=lambda p: p == 0)
            @step
            def nothing(s):
                s.x[0] = s.x[0]
        """,
    )


def interpreted(system: System, expr: Expr, names: dict[str, int]) -> int:
    interpreter = Interpreter(system)
    return interpreter.value(expr, next(interpreter.initial()), names)


def generated(system: System, expr: Expr, names: dict[str, int]) -> int:
    """The value of the generated text, with all helper functions that it brings along."""
    packed = Packed(layout_of(system))
    writer = Writer(packed)
    texts = [packed.number(expr, writer)]
    if expr.sort is BOOL:
        texts.append(packed.boolean(expr, writer))
    scope: dict[str, object] = {"compiled": lambda f: f, "inner": lambda f: f}
    exec("\n".join(packed.helpers), scope)
    words = pack(system, packed.layout, next(Interpreter(system).initial()))
    scope |= {f"w{i}": word for i, word in enumerate(words)}
    scope |= {f"{kind}_{name}": raw for name, raw in names.items() for kind in "cb"}
    values = [eval(text, scope) for text in texts]
    assert all(value == values[0] for value in values)
    return int(values[0])


def bounded(expr: Expr, names: dict[str, int]) -> tuple[int | None, int | None]:
    """What is known of the expression when only its operands' values are."""
    facts = Facts()
    for node in expr.walk():
        if node.op == "choice" and node.sort is INT:
            facts.learn(Expr("eq", (node, ex.integer(names[node.data])), BOOL), True)
        elif node.op == "choice":
            facts.learn(node, bool(names[node.data]))
    decided = facts.decide(expr) if expr.sort is BOOL else None
    return (int(decided), int(decided)) if decided is not None else facts.interval(expr)


@pytest.mark.parametrize("row", CASES)
def test_every_way_to_compute_it_gives_what_python_means(system: System, row: Row) -> None:
    expr, meaning, ranges = row
    names = [e.data for e in expr.args]
    for values in itertools.product(*ranges):
        given = dict(zip(names, values, strict=True))
        expected = int(meaning(*values))
        assert interpreted(system, expr, given) == expected
        assert generated(system, expr, given) == expected
        constants = {e: ex.const(given[e.data], e.sort) for e in expr.args}
        assert ex.replaced(expr, constants) == ex.const(expected, expr.sort)
        low, high = bounded(expr, given)
        assert low is None or low <= expected
        assert high is None or expected <= high


@pytest.mark.parametrize("row", CASES)
def test_simplifying_with_one_constant_operand_changes_nothing(system: System, row: Row) -> None:
    expr, meaning, ranges = row
    for values in itertools.product(*ranges):
        given = dict(zip((e.data for e in expr.args), values, strict=True))
        for known in expr.args:
            simpler = ex.replaced(expr, {known: ex.const(given[known.data], known.sort)})
            assert interpreted(system, simpler, given) == int(meaning(*values))
            assert generated(system, simpler, given) == int(meaning(*values))


@pytest.mark.parametrize("row", [case for case in CASES if len(case.values[0][0].args) > 1])
def test_the_same_operand_twice_means_the_same(system: System, row: Row) -> None:
    expr, meaning, ranges = row
    one, other = expr.args[-2:]
    twice = ex.replaced(expr, {other: one})
    for values in itertools.product(*ranges):
        if values[-1] == values[-2]:
            given = dict(zip((e.data for e in expr.args), values, strict=True))
            assert interpreted(system, twice, given) == int(meaning(*values))
            assert generated(system, twice, given) == int(meaning(*values))


@pytest.mark.parametrize("name", [n for n, row in OPERATORS.items() if row.commutes])
def test_what_the_table_says_commutes_does(name: str) -> None:
    _, meaning, ranges = STRICT[name]
    assert all(meaning(a, b) == meaning(b, a) for a, b in itertools.product(ranges[0], ranges[0]))


@pytest.mark.parametrize("value", NUMBERS)
def test_a_constant_is_its_value(system: System, value: int) -> None:
    assert interpreted(system, ex.integer(value), {}) == value
    assert generated(system, ex.integer(value), {}) == value
    assert Facts().interval(ex.integer(value)) == (value, value)


@pytest.mark.parametrize("value", NUMBERS)
def test_a_name_is_what_it_stands_for(system: System, value: int) -> None:
    for make in (ex.choice, ex.bound):
        assert interpreted(system, make("a", SMALL), {"a": value}) == value
        assert generated(system, make("a", SMALL), {"a": value}) == value
        assert Facts().interval(make("a", SMALL)) == (-4, 4)


@pytest.mark.parametrize("index", [-1, 0, 1])
def test_a_read_is_the_element_of_the_state(system: System, index: int) -> None:
    x, up = system.variables
    for at in (ex.integer(index), A):
        assert interpreted(system, ex.read(x, (at,)), {"a": index}) == 3 * index - 1
        assert generated(system, ex.read(x, (at,)), {"a": index}) == 3 * index - 1
        assert generated(system, ex.read(up, (at,)), {"a": index}) == (index == 0)
    assert Facts().interval(ex.read(x, (A,))) == (-4, 4)


@pytest.mark.parametrize("size", [1, 2, 8, 9, 20])
def test_a_quantifier_is_any_or_all(system: System, size: int) -> None:
    domain = Domain("D", "range", -2, size - 3)
    k = ex.bound("d", domain)
    for low, high in itertools.product(range(-4, size), repeat=2):
        inside = Expr("and", (ex.le(ex.integer(low), k), ex.le(k, ex.choice("a", SMALL))), BOOL)
        meant = [low <= value <= high for value in domain.raws]
        for build, meaning in ((ex.exists, any), (ex.forall, all)):
            expr = build(k, inside)
            assert interpreted(system, expr, {"a": high}) == meaning(meant)
            assert generated(system, expr, {"a": high}) == meaning(meant)


def test_an_open_parameter_has_no_value(system: System) -> None:
    expr = ex.param("n", 1)
    with pytest.raises(ModelError, match="the parameter n is open"):
        interpreted(system, expr, {})
    with pytest.raises(ModelError):
        generated(system, expr, {})
    assert Facts().interval(expr) == (1, None)


@pytest.mark.parametrize("name", OPERATORS)
def test_every_row_of_the_table_has_a_test_and_a_text(name: str) -> None:
    """A new operator fails here until it is in one of the tables above, and can be printed."""
    assert (name in STRICT) != (name in ELSEWHERE)
    if name in ELSEWHERE:
        assert ELSEWHERE[name] in globals()
        return
    expr, _, _ = STRICT[name]
    assert OPERATORS[name].arity == len(expr.args)
    assert all(str(e) in str(expr) for e in expr.args)
    assert OPERATORS[name].symbol in str(expr)


def test_the_tables_name_no_operator_that_is_gone() -> None:
    assert set(STRICT) | set(ELSEWHERE) == set(OPERATORS)
    assert set(OF_BOOLS) <= set(STRICT)


def test_only_lazy_operators_and_leaves_have_no_meaning_on_numbers() -> None:
    without = {name for name, row in OPERATORS.items() if row.evaluate is None}
    assert without == {*ELSEWHERE, "and", "or", "ite"}
    for name, row in OPERATORS.items():
        if row.evaluate is not None:
            _, meaning, ranges = STRICT[name]
            for values in itertools.product(*ranges):
                assert row.evaluate(*values) == int(meaning(*values))
