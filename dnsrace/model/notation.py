"""How expressions are written for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnsrace.model.operators import OPERATORS

if TYPE_CHECKING:
    from dnsrace.model.expressions import Expr

_PRECEDENCE = {"or": 1, "and": 2, "not": 3, "eq": 4, "lt": 4, "le": 4, "add": 5, "sub": 5, "mul": 6,
               "div": 6, "mod": 6}  # fmt: skip


def expression_text(expr: Expr, outer: int = 0) -> str:
    """An expression in infix notation, with as few parentheses as precedence allows."""
    own = _PRECEDENCE.get(expr.op, 9)
    text = _text(expr, own)
    return f"({text})" if own < outer else text


def _text(expr: Expr, own: int) -> str:
    args = expr.args
    if expr.op == "const":
        return expr.sort.text(expr.data) if expr.sort.kind != "int" else str(expr.data)
    if expr.op == "param":
        return str(expr.data[0])
    if expr.op in ("choice", "bound"):
        return str(expr.data)
    if expr.op == "read":
        index = ", ".join(map(expression_text, args))
        return f"{expr.data.name}[{index}]" if args else str(expr.data.name)
    if expr.op == "not":
        if args[0].op == "eq":
            return f"{expression_text(args[0].args[0], 5)} != {_side(args[0])}"
        return f"not {expression_text(args[0], own + 1)}"
    if expr.op == "eq":
        return f"{expression_text(args[0], 5)} = {_side(expr)}"
    if expr.op == "ite":
        a, b, c = map(expression_text, args)
        return f"({b} if {a} else {c})"
    if expr.op in ("exists", "forall"):
        name, domain = expr.data
        word = OPERATORS[expr.op].symbol
        return f"({word} {name} in {domain.name}: {expression_text(args[0])})"
    if expr.op in ("min", "max"):
        return f"{expr.op}({', '.join(map(expression_text, args))})"
    right = own if OPERATORS[expr.op].commutes else own + 1
    symbol = OPERATORS[expr.op].symbol
    return f"{expression_text(args[0], own)} {symbol} {expression_text(args[1], right)}"


def _side(expr: Expr) -> str:
    """The right side of an equality; a value of an optional domain is named as there."""
    left, right = expr.args
    if right.op == "const" and left.sort.kind == "maybe":
        return left.sort.text(right.data)
    return expression_text(right, 5)
