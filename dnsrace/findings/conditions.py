"""A test of the model as it reads in one state, for people who ask why a step is not possible."""

from __future__ import annotations

from collections.abc import Iterable

from dnsrace.errors import DomainError
from dnsrace.model.expressions import Expr, const, rebuild
from dnsrace.model.interpreter import Interpreter, slot_text
from dnsrace.model.system import State


def reads(
    interpreter: Interpreter, expr: Expr, state: State, names: dict[str, int]
) -> Iterable[str]:
    """What an expression reads, indices first: `endpoint[1] = 0`, `lock[0] = free`. Quantifiers
    read too much to be told."""
    if expr.op in ("exists", "forall"):
        return
    for arg in expr.args:
        yield from reads(interpreter, arg, state, names)
    if expr.op == "read" and expr.data.domain.size > 1:
        try:
            index = tuple(interpreter.value(a, state, names) for a in expr.args)
            raw = interpreter.value(expr, state, names)
        except DomainError:
            return
        yield f"{slot_text(expr.data, index)} = {expr.data.domain.text(raw)}"


def worked_out(interpreter: Interpreter, expr: Expr, state: State, names: dict[str, int]) -> Expr:
    """An expression with its choices and indices replaced by their values: `lock[endpoint[e]] = e`
    becomes `lock[0] = 1`. What a quantifier binds stays, and an index that is not defined; so does
    all of it, where the values alone would settle it."""

    def leaf(part: Expr) -> Expr | None:
        if part.op == "choice":
            return const(names[part.data], part.sort)
        if part.op == "read" and not any(a.op == "bound" for i in part.args for a in i.walk()):
            try:
                values = [const(interpreter.value(a, state, names), a.sort) for a in part.args]
            except DomainError:  # the test does not come so far
                return part
            return Expr("read", tuple(values), part.sort, part.data, part.domain)
        return None

    done = rebuild(expr, leaf)
    return expr if done.op == "const" else done
