"""Lines of generated source, and the names that were given in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from dnsrace.engines.layout import Layout
from dnsrace.model.expressions import Expr


class Rules(Protocol):
    """How expressions are written: `packed.Packed`."""

    layout: Layout

    def boolean(self, expr: Expr, writer: Writer) -> str:
        """Text of a Bool expression."""
        ...

    def number(self, expr: Expr, writer: Writer) -> str:
        """Text of any expression as a raw integer."""
        ...

    def is_free(self, expr: Expr) -> bool:
        """Whether a read is better not named."""
        ...


class Writer:
    """Lines of source, indented, with subexpressions named once per scope.

    Parameters
    ----------
    packed: the rules for expressions over packed words.
    flat: write no branches inside expressions, so that a loop around them can be vectorised;
        both sides of every choice are then evaluated, wanted or not.
    """

    def __init__(self, packed: Rules, *, flat: bool = False) -> None:
        self.packed = packed
        self.flat = flat
        self.lines: list[str] = []
        self.depth = 0
        self._names: list[dict[Expr, str]] = [{}]
        self._fresh = 0

    def line(self, text: str) -> None:
        """Add a line at the current depth."""
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """A compound statement; names given inside end with it."""
        self.line(header)
        self.depth += 1
        self._names.append({})
        before = len(self.lines)
        yield
        if all(line.lstrip().startswith("#") for line in self.lines[before:]):
            self.line("pass")
        self._names.pop()
        self.depth -= 1

    def words(self, prefix: str) -> str:
        """`w0, w1`."""
        return ", ".join(f"{prefix}{i}" for i in range(self.packed.layout.words))

    def fresh(self, prefix: str) -> str:
        """A name that is not used yet."""
        self._fresh += 1
        return f"{prefix}{self._fresh}"

    def named(self, expr: Expr) -> str | None:
        """The name that an expression was given here or around, if any."""
        return next((scope[expr] for scope in reversed(self._names) if expr in scope), None)

    def name_reads(self, expr: Expr) -> None:
        """Give a name to each read that is certain to be evaluated here."""
        if expr.op in ("and", "or", "ite") and not self.flat:
            self.name_reads(expr.args[0])
            return
        if expr.op in ("exists", "forall"):
            return
        for arg in expr.args:
            self.name_reads(arg)
        if expr.op == "read" and self.named(expr) is None and not self.packed.is_free(expr):
            text = self.packed.number(expr, self)
            name = self.fresh("t")
            self.line(f"{name} = {text}")
            self._names[-1][expr] = name

    def condition(self, expr: Expr) -> str:
        """Text of a Bool, after lines that name what it reads."""
        self.name_reads(expr)
        return self.packed.boolean(expr, self)

    def pick(self, test: str, yes: str, no: str) -> str:
        """Text of one of two values. Flat: `pick` selects without a branch, and what it does not
        select may be undefined."""
        return f"pick({test}, {yes}, {no})" if self.flat else f"({yes} if {test} else {no})"

    def both(self, a: str, b: str) -> str:
        """Text of a conjunction."""
        return f"pick({a}, {b}, False)" if self.flat else f"({a} and {b})"

    def either(self, a: str, b: str) -> str:
        """Text of a disjunction."""
        return f"pick({a}, True, {b})" if self.flat else f"({a} or {b})"
