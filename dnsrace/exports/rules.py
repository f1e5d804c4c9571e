"""What the targets share about expressions: one rule for each operator of the closed table.

A rule gives a text and how tightly it binds; `text` adds parentheses where it must. A target that
lacks an operator has a rule for it too: one that refuses, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dnsrace.errors import ModelError, Place
from dnsrace.exports.names import Names
from dnsrace.model.bounds import Facts
from dnsrace.model.domains import BOOL, Domain
from dnsrace.model.expressions import Expr, Variable

ATOM = 99
"""The strength of what never needs parentheses."""

Ruled = tuple[int, str]


class Rules:
    """The rules of one target.

    `target` is its name in refusals, `place` the line of the model that is being written, for
    them too. `scope` names the choices and bound variables that are in scope.
    """

    target = ""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.place: Place | None = None
        self.scope: dict[tuple[str, str], str] = {}

    def text(self, expr: Expr, outer: int = 0) -> str:
        """An expression, in parentheses where it binds less tightly than `outer`."""
        rule: Callable[[Expr], Ruled] = getattr(self, f"rule_{expr.op}")
        level, text = rule(expr)
        return f"({text})" if level < outer else text

    def refuse(self, cause: str, cure: str) -> ModelError:
        """The error that says what the target cannot express, and where the model says it."""
        return ModelError(f"{self.target} cannot express {cause}", place=self.place, cure=cure)

    # -- leaves that are alike everywhere

    def rule_param(self, expr: Expr) -> Ruled:
        """An open parameter has no value to write."""
        raise self.refuse(f"the open parameter {expr.data[0]}", "give it a value")

    def rule_choice(self, expr: Expr) -> Ruled:
        return ATOM, self.scope[expr.op, expr.data]

    def rule_bound(self, expr: Expr) -> Ruled:
        return ATOM, self.scope[expr.op, expr.data]

    # -- help for the rules

    def number(self, expr: Expr, outer: int) -> str:
        """An operand of arithmetic or of an order; a Bool counts as 0 or 1."""
        if expr.sort is BOOL:
            return self.as_number(expr)
        return self.text(expr, outer)

    def as_number(self, expr: Expr) -> str:
        """A Bool as 0 or 1."""
        raise NotImplementedError

    def infix(self, expr: Expr, symbol: str, level: int) -> Ruled:
        """A binary operator on numbers; operands that bind less tightly are in parentheses."""
        a, b = expr.args
        return level, f"{self.number(a, level)} {symbol} {self.number(b, level + 1)}"

    def divisor(self, expr: Expr) -> int:
        """The divisor of a division, which must be a positive constant. Raises ModelError."""
        divisor = expr.args[1]
        if divisor.op != "const" or divisor.data <= 0:
            raise self.refuse(
                f"{expr} as Python means it", "divide by a positive number that does not change"
            )
        return int(divisor.data)

    def floor(self, expr: Expr) -> tuple[str, str, bool]:
        """Dividend, divisor, and whether the dividend may be negative: then the division of C,
        which rounds towards zero, is not the one of Python."""
        low = Facts().interval(expr.args[0])[0]
        divisor = self.divisor(expr)
        return self.number(expr.args[0], ATOM), str(divisor), low is None or low < 0

    @contextmanager
    def binding(self, name: str) -> Iterator[str]:
        """A name for the variable of a quantifier while its scope lasts."""
        before = self.scope.get(("bound", name))
        given = self.scope["bound", name] = self.names.give(name, f"any_{name}")
        yield given
        self.names.drop(given)
        del self.scope["bound", name]
        if before is not None:
            self.scope["bound", name] = before

    @contextmanager
    def choosing(self, choices: tuple[Expr, ...]) -> Iterator[list[str]]:
        """Names for the choices of a step."""
        given = [self.names.give(str(c.data), f"the_{c.data}") for c in choices]
        for c, name in zip(choices, given, strict=True):
            self.scope[c.op, str(c.data)] = name
        yield given
        for c, name in zip(choices, given, strict=True):
            self.names.drop(name)
            del self.scope[c.op, str(c.data)]


def bound_variable(expr: Expr) -> Expr | None:
    """The variable that a quantifier binds, as its body has it; None when it is not used."""
    name, domain = expr.data
    return next(
        (e for e in expr.args[0].walk()
         if e.op == "bound" and e.data == name and e.domain is domain), None
    )  # fmt: skip


def is_primed(variable: Variable) -> bool:
    """Whether a variable stands for the state after a step."""
    return variable.name.endswith("'")


def domains_within(domain: Domain) -> Iterator[Domain]:
    """A domain and the one inside it, the inner one first."""
    if domain.of is not None:
        yield domain.of
    yield domain
