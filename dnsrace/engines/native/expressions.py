"""Expressions of the subset, as instructions.

What there is: names, integers, True and False; arithmetic, comparisons, `and`, `or`, `not`, and
`x if test else y`; elements and sizes of arrays; calls.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from dnsrace.engines.native import operations
from dnsrace.engines.native.arithmetic import (
    COMPARISONS,
    FOLD,
    alike,
    as_integer,
    as_test,
    binary,
    inverted,
)
from dnsrace.engines.native.lines import Lines
from dnsrace.engines.native.source import Source
from dnsrace.engines.native.values import TYPES, Array, Kind, Pack, Value, boolean, integer, wrapped

ALL_ONES = integer(-1)


class Expressions:
    """Emits expressions of one function."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.lines = Lines()
        self.variables: dict[str, tuple[Kind, str]] = {}
        self.arrays: dict[str, Array | Pack] = {}

    # -- values

    def value(self, node: ast.expr) -> Value:
        """Emit an expression."""
        match node:
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.Constant(value=bool(test)):
                return boolean(test)
            case ast.Constant(value=int(number)):
                return self._literal(node, number)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in FOLD:
                return binary(self.lines, type(op), self.value(left), self.value(right))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self.call(node, name, args)
            case ast.Compare():
                return self._compare(node)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
                return self._literal(node, -number)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BoolOp(op=op, values=values):
                return self._joined(values, isinstance(op, ast.And))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._chosen(self.test(test), body, orelse)
            case ast.Subscript(value=array, slice=index):
                found = self.array(array)
                return operations.get(self.lines, found, self.index(index))
            case ast.Attribute(value=array, attr="size"):
                return self.array(array).size
        raise self.source.refused(node, f"{ast.unparse(node)}")

    def test(self, node: ast.expr) -> Value:
        """Emit an expression whose truth matters."""
        return as_test(self.lines, self.value(node))

    def integer(self, node: ast.expr) -> Value:
        """Emit an expression, as an integer."""
        return as_integer(self.lines, self.value(node))

    def index(self, node: ast.expr) -> Value:
        """Emit the index of an element, which must not be negative."""
        found = self.integer(node)
        if found.known is not None and found.known < 0:
            raise self.source.refused(node, "an index that is negative")
        return found

    def names_array(self, node: ast.expr) -> bool:
        """Whether an expression is an array's name, or an element of a tuple."""
        match node:
            case ast.Name(id=name):
                return name in self.arrays
            case ast.Subscript(value=ast.Name(id=name)):
                return isinstance(self.arrays.get(name), tuple)
        return False

    def array(self, node: ast.expr) -> Array:
        """The array of this name, or an element of a tuple."""
        match node:
            case ast.Name(id=name):
                found = self.arrays.get(name)
                if isinstance(found, Array):
                    return found
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int(index))):
                pack = self.arrays.get(name)
                if isinstance(pack, tuple) and 0 <= index < len(pack):
                    element = pack[index]
                    if isinstance(element, Array):
                        return element
        raise self.source.refused(node, f"{ast.unparse(node)} is no array here")

    def _name(self, node: ast.expr, name: str) -> Value:
        if name in self.variables:
            return self.lines.load(*self.variables[name])
        if name in self.source.constants:
            return integer(self.source.constants[name])
        raise self.source.refused(node, f"{name} has no value here that is a number")

    def _literal(self, node: ast.expr, number: int) -> Value:
        if wrapped(number) != number:
            raise self.source.refused(node, f"{number} does not fit 64 bits")
        return integer(number)

    def _unary(self, node: ast.UnaryOp) -> Value:
        match node.op:
            case ast.Not():
                return inverted(self.lines, self.test(node.operand))
            case ast.Invert():
                return binary(self.lines, ast.BitXor, self.integer(node.operand), ALL_ONES)
            case ast.USub():
                return binary(self.lines, ast.Sub, integer(0), self.integer(node.operand))
            case _:
                return self.integer(node.operand)

    def _compare(self, node: ast.Compare) -> Value:
        """Chained comparisons stop at the first that fails."""
        for op in node.ops:
            if type(op) not in COMPARISONS:
                raise self.source.refused(node, f"{ast.unparse(node)}")
        left = self.value(node.left)

        def pair(op: ast.cmpop, right: ast.expr) -> Callable[[], Value]:
            def emit() -> Value:
                nonlocal left
                before, left = left, self.value(right)
                return binary(self.lines, type(op), before, left)

            return emit

        return self._in_turn(
            [pair(op, right) for op, right in zip(node.ops, node.comparators, strict=True)], True
        )

    def _joined(self, nodes: Sequence[ast.expr], every: bool) -> Value:
        def emit(node: ast.expr) -> Callable[[], Value]:
            return lambda: self.value(node)

        return self._in_turn([emit(node) for node in nodes], every)

    def _in_turn(self, emits: Sequence[Callable[[], Value]], every: bool) -> Value:
        """`and`, or `or`: the first value that settles it, or else the last."""
        first = emits[0]()
        if len(emits) == 1:
            return first
        test = as_test(self.lines, first)
        if test.known is not None:
            return self._in_turn(emits[1:], every) if bool(test.known) == every else first
        again: Callable[[], Value] = lambda: self._in_turn(emits[1:], every)  # noqa: E731
        kept: Callable[[], Value] = lambda: first  # noqa: E731
        return self._either(test, again, kept) if every else self._either(test, kept, again)

    def _chosen(self, test: Value, yes: ast.expr, no: ast.expr) -> Value:
        if test.known is not None:
            return self.value(yes if test.known else no)
        return self._either(test, lambda: self.value(yes), lambda: self.value(no))

    def _either(self, test: Value, yes: Callable[[], Value], no: Callable[[], Value]) -> Value:
        """One of two values; only that one is computed."""
        lines = self.lines
        begins = [lines.fresh("b") for _ in range(2)]
        ends = [lines.fresh("b") for _ in range(2)]
        after = lines.fresh("b")
        lines.branch(test, *begins)
        values: list[Value] = []
        for begin, end, emit in zip(begins, ends, (yes, no), strict=True):
            lines.begin(begin)
            values.append(emit())
            lines.jump(end)
        # the kind of both is known only now, so each is made that kind in a block of its own
        a, b = values
        kind: Kind = a.kind if a.kind == b.kind else "int"
        texts = []
        for end, value in zip(ends, values, strict=True):
            lines.begin(end)
            texts.append((alike(lines, value, Value(kind, ""))[0]).text)
            lines.jump(after)
        lines.begin(after)
        (yes_text, no_text), (yes_end, no_end) = texts, ends
        return Value(
            kind, lines.new(f"phi {TYPES[kind]} [ {yes_text}, {yes_end} ], [ {no_text}, {no_end} ]")
        )

    def call(self, node: ast.Call, name: str, args: list[ast.expr]) -> Value:
        """Emit a call that has a value: see `calls`."""
        raise NotImplementedError
