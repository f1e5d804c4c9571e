"""Expressions over packed words, as Python text.

One rule for each operator of the closed table. Reads of the state before a step are from words
w0, w1, ..., reads of the state after it (primed variables) from x0, x1, ...
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from dnsrace.engines.layout import Home, Layout, Row
from dnsrace.engines.writer import Writer
from dnsrace.errors import ModelError
from dnsrace.model.domains import BOOL, Domain
from dnsrace.model.expressions import Expr, Variable, const, replaced

UNROLL = 8
"""Quantifiers over at most so many values are written out; others become a function."""

COMPARISONS = {"eq": "==", "lt": "<", "le": "<="}
ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "div": "//", "mod": "%"}


def shifted(text: str, by: int) -> str:
    """`text + by`, written plainly."""
    if by == 0:
        return text
    return f"{text} + {by}" if by > 0 else f"{text} - {-by}"


def scaled(base: int, index: str | int, factor: int) -> str | int:
    """`base + index * factor`: a number when the index is known."""
    if isinstance(index, int):
        return base + index * factor
    text = index if factor == 1 else f"{index} * {factor}"
    return f"({base} + {text})" if base else f"({text})"


def plus(a: str, b: str) -> str:
    """Text of a sum."""
    return a if b == "0" else b if a == "0" else f"({a} + {b})"


class Packed:
    """The rules for one layout. `helpers` collects the functions of quantifiers."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.helpers: list[str] = []
        self.plain_names: dict[str, Variable] = {v.name: v for v in layout.homes}

    # -- names

    def name(self, expr: Expr) -> str:
        """The local variable of a choice or bound variable."""
        return ("c_" if expr.op == "choice" else "b_") + str(expr.data)

    def is_free(self, expr: Expr) -> bool:
        """Whether a read is better not named: it costs nothing, is of the state after the step,
        or is of a holder, which is mostly compared and seldom needed as a number."""
        variable: Variable = expr.data
        if variable.name.endswith("'"):
            return True
        home = self.layout.homes[variable]
        return home.bits == 0 or home.kind == "holder"

    # -- expressions

    def boolean(self, expr: Expr, writer: Writer) -> str:
        """Text of a Bool expression, as a Python bool."""
        op = expr.op
        if op == "const":
            return str(bool(expr.data))
        if op in ("and", "or"):
            a, b = (self.boolean(e, writer) for e in expr.args)
            return writer.both(a, b) if op == "and" else writer.either(a, b)
        if op == "not":
            return f"(not {self.boolean(expr.args[0], writer)})"
        if op == "ite":
            a, b, c = (self.boolean(e, writer) for e in expr.args)
            return writer.pick(a, b, c)
        if op in ("exists", "forall"):
            return self._quantifier(expr, writer)
        if op == "eq" and self._is_holder(expr.args[0]):
            return self._held_by(expr.args[0], expr.args[1], writer)
        if op == "eq" and self._is_holder(expr.args[1]):
            return self._held_by(expr.args[1], expr.args[0], writer)
        if op in COMPARISONS:
            a, b = (self.number(e, writer) for e in expr.args)
            if op == "eq" and expr.args[0].sort is BOOL:
                a, b = (self.boolean(e, writer) for e in expr.args)
            return f"({a} {COMPARISONS[op]} {b})"
        return f"({self.number(expr, writer)} == 1)"

    def number(self, expr: Expr, writer: Writer) -> str:
        """Text of an expression as a raw integer; a Bool is 0 or 1."""
        op = expr.op
        if op == "param":
            raise ModelError(f"the parameter {expr.data[0]} is open", cure="give it a value")
        if op == "const":
            return str(expr.data) if expr.data >= 0 else f"({expr.data})"
        if op in ("choice", "bound"):
            return self.name(expr)
        if op == "read":
            return writer.named(expr) or self._read(expr, writer)
        if expr.sort is BOOL:
            return writer.pick(self.boolean(expr, writer), "1", "0")
        if op == "ite":
            a = self.boolean(expr.args[0], writer)
            b, c = (self.number(e, writer) for e in expr.args[1:])
            return writer.pick(a, b, c)
        a, b = (self.number(e, writer) for e in expr.args)
        if op in ("min", "max"):
            return f"{op}({a}, {b})"
        return f"({a} {ARITHMETIC[op]} {b})"

    # -- reading

    def _read(self, expr: Expr, writer: Writer) -> str:
        variable, word = self._source(expr.data)
        home = self.layout.homes[variable]
        domain = variable.domain
        if home.kind == "holder":
            inner = self.flat(variable, expr.args, writer, None)
            terms = [
                f"(({word}{w} >> {scaled(shift + home.offset, inner, 1)!s}) & 1) * {e + 1}"
                for e in range(home.row.count)
                for w, shift in [home.row.place(e)]
            ]
            return f"({' + '.join(terms)} - 1)"
        if home.bits == 0:
            return str(domain.lo)
        value = self._field(variable, home, expr.args, writer, word)
        return f"({shifted(value, domain.lo)})" if domain.lo else value

    def _source(self, variable: Variable) -> tuple[Variable, str]:
        if variable.name.endswith("'"):
            return self.plain_names[variable.name[:-1]], "x"
        return variable, "w"

    def _field(
        self, variable: Variable, home: Home, args: tuple[Expr, ...], writer: Writer, word: str
    ) -> str:
        shift, index = self._shift(variable, home, args, writer)
        mask = (1 << home.bits) - 1
        return f"(({self._word(home.row, index, word, writer)} >> {shift}) & {mask})"

    def _shift(
        self, variable: Variable, home: Home, args: tuple[Expr, ...], writer: Writer
    ) -> tuple[str, str | int]:
        """The shift of an element, and its index in the row: a number when it is known."""
        if home.kind == "plain":
            index = self.flat(variable, args, writer, None)
            return self.row_shift(home.row, index, writer), index
        name = self.index(args[home.names], variable.index[home.names], writer)
        inner = self.flat(variable, args, writer, home.names)
        base = self.row_shift(home.row, name, writer)
        return plus(base, str(scaled(home.offset, inner, home.bits))), name

    def row_shift(self, row: Row, index: str | int, writer: Writer) -> str:
        """The shift of an element of a row, in whichever word it lies."""
        if isinstance(index, int):
            return str(row.place(index)[1])

        def inside(word: int) -> str:
            low = (word - row.word) * row.per_word
            return f"({shifted(index, -low)})" if low else index

        return str(scaled(row.shift, self._by_word(row, index, writer, inside), row.width))

    def _word(self, row: Row, index: str | int, prefix: str, writer: Writer) -> str:
        """The word that holds an element."""
        if isinstance(index, int):
            return f"{prefix}{row.place(index)[0]}"
        return self._by_word(row, index, writer, lambda word: f"{prefix}{word}")

    def _by_word(self, row: Row, index: str, writer: Writer, text: Callable[[int], str]) -> str:
        """One text for each word of a row; which one is evaluated depends on the index."""
        last = row.place(row.count - 1)[0]
        result = text(last)
        for word in range(last - 1, row.word - 1, -1):
            below = (word - row.word + 1) * row.per_word
            result = writer.pick(f"{index} < {below}", text(word), result)
        return result

    def flat(
        self, variable: Variable, args: tuple[Expr, ...], writer: Writer, skip: int | None
    ) -> str | int:
        """The position of an element, row by row, leaving out one index."""
        known, parts, factor = 0, [], 1
        for position in reversed(range(len(args))):
            if position == skip:
                continue
            domain = variable.index[position]
            index = self.index(args[position], domain, writer)
            if isinstance(index, int):
                known += index * factor
            else:
                parts.append(index if factor == 1 else f"{index} * {factor}")
            factor *= domain.size
        if not parts:
            return known
        return f"({' + '.join([*reversed(parts), *([str(known)] if known else [])])})"

    def index(self, arg: Expr, domain: Domain, writer: Writer) -> str | int:
        """An index counted from 0."""
        if domain.size == 1:
            return 0
        if arg.op == "const":
            return int(arg.data) - domain.lo
        text = self.number(arg, writer)
        return f"({shifted(text, -domain.lo)})" if domain.lo else text

    # -- holders: a name as a value is a bit in that name's sub-state

    def _is_holder(self, expr: Expr) -> bool:
        if expr.op != "read":
            return False
        return self.layout.homes[self._source(expr.data)[0]].kind == "holder"

    def _held_by(self, expr: Expr, who: Expr, writer: Writer) -> str:
        variable, word = self._source(expr.data)
        home = self.layout.homes[variable]
        inner = self.flat(variable, expr.args, writer, None)
        if who.op == "const" and who.data < 0:
            return reduce(writer.both, (
                f"((({word}{w} >> {scaled(0, inner, 1)!s}) & {mask}) == 0)"
                for w, mask in self.holder_masks(home)
            ))  # fmt: skip
        if who.sort.kind != "names" or (self._is_holder(who)):
            return f"({self._read(expr, writer)} == {self.number(who, writer)})"
        name: str | int = who.data if who.op == "const" else self.number(who, writer)
        base = self.row_shift(home.row, name, writer)
        shift = plus(base, str(scaled(home.offset, inner, 1)))
        return f"((({self._word(home.row, name, word, writer)} >> {shift}) & 1) == 1)"

    def holder_masks(self, home: Home) -> list[tuple[int, int]]:
        """For each word, the bits of element 0 in all sub-states there."""
        masks: dict[int, int] = {}
        for e in range(home.row.count):
            word, shift = home.row.place(e)
            masks[word] = masks.get(word, 0) | 1 << (shift + home.offset)
        return list(masks.items())

    # -- quantifiers

    def _quantifier(self, expr: Expr, writer: Writer) -> str:
        name, domain = expr.data
        variable = next(
            (e for e in expr.args[0].walk() if e.op == "bound" and e.data == name), None
        )
        if variable is None:
            return self.boolean(expr.args[0], writer)
        if domain.size <= UNROLL:
            bodies = [
                replaced(expr.args[0], {variable: const(r, variable.sort)}) for r in domain.raws
            ]
            joint = writer.either if expr.op == "exists" else writer.both
            return reduce(joint, (self.boolean(b, writer) for b in bodies))
        return self._helper(expr, variable, domain, writer)

    def _helper(self, expr: Expr, variable: Expr, domain: Domain, writer: Writer) -> str:
        """A function that loops over a large domain."""
        # a quantifier inside has a variable of its own
        bound = {e.data[0] for e in expr.walk() if e.op in ("exists", "forall")}
        free = sorted(
            {
                self.name(e)
                for e in expr.args[0].walk()
                if e.op == "choice" or (e.op == "bound" and e.data not in bound)
            }
        )
        primed = any(e.op == "read" and e.data.name.endswith("'") for e in expr.walk())
        state = [f"w{i}" for i in range(self.layout.words)]
        state += [f"x{i}" for i in range(self.layout.words)] if primed else []
        inner = Writer(self)
        body = self.boolean(expr.args[0], inner)
        found = expr.op == "exists"
        called = f"quantifier{len(self.helpers)}"
        self.helpers.append(
            f"@inner\n"
            f"def {called}({', '.join([*state, *free])}):\n"
            f"    for {self.name(variable)} in range({domain.lo}, {domain.hi + 1}):\n"
            f"        if {body if found else f'not ({body})'}:\n"
            f"            return {found}\n"
            f"    return {not found}\n\n"
        )
        return f"{called}({', '.join([*state, *free])})"
