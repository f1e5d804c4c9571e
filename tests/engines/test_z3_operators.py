"""Each operator of the closed table as Z3 terms, over all small values: for no values of the
operands may Z3 find a result other than the interpreter's."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports.test_exported_operators import MODEL, applications
from support import lift_text

from dnsrace.engines.smt.solving import Solver
from dnsrace.engines.smt.terms import Terms
from dnsrace.engines.smt.transitions import terms_over, variables
from dnsrace.engines.smt.unrolling import is_raw
from dnsrace.engines.smt.values import Number, and_, not_, or_
from dnsrace.errors import ModelError
from dnsrace.model import expressions as ex
from dnsrace.model.domains import BOOL, INT
from dnsrace.model.expressions import Expr
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.operators import OPERATORS
from dnsrace.model.system import System


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> System:
    return lift_text(tmp_path_factory.mktemp("operators"), MODEL)


def more_divisions(system: System) -> dict[str, tuple[Expr, tuple[Expr, ...]]]:
    """By what is negative, and by what is not known."""
    a, b = (ex.read(v, ()) for v in system.variables if v.name in "ab")
    by = ex.ite(ex.eq(b, ex.integer(0)), ex.integer(-2), b)
    far = ex.sub(a, ex.integer(9))
    return {
        f"{op} of {name}": (Expr(op, (x, by), INT), (a, b))
        for op in ("div", "mod")
        for name, x in {"a": a, "far": far, "constant": ex.integer(-7)}.items()
    }


def test_every_operator_means_what_the_interpreter_says(system: System) -> None:
    cases = {**applications(system), **more_divisions(system)}
    state = variables(system, "")
    terms, interpreter = terms_over(system, state), Interpreter(system)
    starts = list(dict.fromkeys(interpreter.initial()))
    solver = Solver()
    # arrays do not vary
    for slot, raw in enumerate(starts[0]):
        if system.slots[slot][1]:
            solver.add(is_raw(state[slot], raw))
    for name, (expr, operands) in cases.items():
        value = terms.of(expr, {})
        results = {}
        for start in starts:
            key = tuple(interpreter.value(o, start, {}) for o in operands)
            results[key] = interpreter.value(expr, start, {})
        if isinstance(value, Number):
            assert value.low <= min(results.values()), name
            assert value.high >= max(results.values()), name
        here = [
            and_(is_raw(terms.of(o, {}), raw) for o, raw in zip(operands, key, strict=True))
            for key in results
        ]
        right = [is_raw(value, raw) for raw in results.values()]
        pairs = list(zip(here, right, strict=True))
        wrong = or_(and_((at, not_(ok))) for at, ok in pairs)
        assert solver.check(wrong).said == "unsat", name
        # and each of these states is possible, so that something was said
        assert all(solver.check(at, ok).said == "sat" for at, ok in pairs[:5]), name


def test_every_operator_has_a_rule_and_is_evaluated(system: System) -> None:
    cases = {**applications(system), **more_divisions(system)}
    used = {e.op for expr, _ in cases.values() for e in expr.walk()}
    assert used | {"choice", "param"} == set(OPERATORS)
    assert all(hasattr(Terms, f"rule_{name}") for name in OPERATORS)


def test_a_choice_is_what_was_chosen(system: System) -> None:
    terms = Terms({})
    chosen = terms.of(ex.choice("c", INT), {"c": -2})
    assert chosen == Number(-2, -2)
    assert terms.of(ex.choice("p", BOOL), {"p": 1}) is True


def test_an_open_parameter_is_refused() -> None:
    with pytest.raises(ModelError, match="the parameter n is open"):
        Terms({}).of(ex.param("n", 1), {})


def test_sums_and_products_do_not_wrap_around(tmp_path: Path) -> None:
    text = """
    @model
    def toy():
        class Wide(Range, low=-100, high=200): ...
        class S(State):
            a = var(Wide, start=Wide)
            b = var(Wide, start=Wide)

        @step
        def nothing(s):
            s.a = s.a

        @always
        def p(s):
            return True
    """
    wide = lift_text(tmp_path, text)
    state = variables(wide, "")
    a, b = (ex.read(v, ()) for v in wide.variables)
    terms, interpreter, solver = terms_over(wide, state), Interpreter(wide), Solver()
    for values in [(-100, -100), (-100, 200), (200, -100), (200, 200), (0, -1), (127, 128)]:
        here = and_(is_raw(v, raw) for v, raw in zip(state, values, strict=True))
        for op in ("add", "sub", "mul", "min", "max"):
            expr = Expr(op, (a, Expr(op, (b, a), INT)), INT)
            raw = interpreter.value(expr, values, {})
            assert solver.check(here, not_(is_raw(terms.of(expr, {}), raw))).said == "unsat"
            assert solver.check(here, is_raw(terms.of(expr, {}), raw)).said == "sat"
