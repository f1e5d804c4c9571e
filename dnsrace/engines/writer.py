"""Writing source text, with subexpressions named once per scope."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from dnsrace.engines.layout import Layout
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.paths import Write


class Rules(Protocol):
    """How expressions are written: `packed.Packed`."""

    layout: Layout
    plain_names: dict[str, Variable]

    def name(self, expr: Expr) -> str:
        """The local variable of a choice or bound variable."""
        ...

    def store(self, write: Write, writer: Writer) -> list[str]:
        """Statements that carry out an assignment."""
        ...

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
    """Lines of source, indented, with subexpressions named once per scope."""

    def __init__(self, packed: Rules) -> None:
        self.packed = packed
        self.lines: list[str] = []
        self.depth = 0
        self._names: list[dict[Expr, str]] = [{}]
        self._fresh = 0

    def line(self, text: str) -> None:
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

    def named(self, expr: Expr) -> str | None:
        return next((scope[expr] for scope in reversed(self._names) if expr in scope), None)

    def name_reads(self, expr: Expr) -> None:
        """Give a name to each read that is certain to be evaluated here."""
        if expr.op in ("and", "or", "ite"):
            self.name_reads(expr.args[0])
            return
        if expr.op in ("exists", "forall"):
            return
        for arg in expr.args:
            self.name_reads(arg)
        if expr.op == "read" and self.named(expr) is None and not self.packed.is_free(expr):
            self._fresh += 1
            text = self.packed.number(expr, self)
            self.line(f"t{self._fresh} = {text}")
            self._names[-1][expr] = f"t{self._fresh}"

    def condition(self, expr: Expr) -> str:
        self.name_reads(expr)
        return self.packed.boolean(expr, self)
