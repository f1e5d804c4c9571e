"""Expressions of the subset, as instructions. What there is: names, integers, True and False;
arithmetic, comparisons, `and`, `or`, `not`, `x if test else y`; elements and sizes of arrays; calls.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Protocol

from dnsrace.engines.native import operations
from dnsrace.engines.native.arithmetic import (
    COMPARISONS,
    FOLD,
    alike,
    as_integer,
    as_test,
    binary,
    extreme,
    inverted,
    quotient,
)
from dnsrace.engines.native.lines import Lines
from dnsrace.engines.native.source import OPERATIONS, Shape, Source
from dnsrace.engines.native.values import TYPES, Array, Kind, Pack, Value, boolean, integer, wrapped

Result = tuple[Kind, ...] | Kind | None
"""What a function returns: a value, several integers, or nothing."""

ALL_ONES = integer(-1)


class Made(Protocol):
    """A function that was compiled for certain arguments."""

    name: str
    result: Result


class Caller(Protocol):
    """What expressions need to know of the file that they stand in: `unit.Unit`."""

    source: Source
    wide: bool
    used: set[str]

    def instance(
        self, node: ast.AST, name: str, shapes: tuple[Shape, ...], apart: bool
    ) -> Made:
        """The compiled function for arguments like these; `apart`: no two arrays are one."""
        ...


class Expressions:
    """Emits expressions of one function."""

    def __init__(self, unit: Caller) -> None:
        self.unit = unit
        self.source = unit.source
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
                if wrapped(number) != number:
                    self.source.refuse(node, f"{number} does not fit 64 bits")
                return integer(number)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in FOLD:
                return binary(self.lines, type(op), self.value(left), self.value(right))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(node, name, args)
            case ast.Compare():
                return self._compare(node)
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
        self.source.refuse(node, f"{ast.unparse(node)}")

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
            self.source.refuse(node, "an index that is negative")
        return found

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
                    found = pack[index]
                    if isinstance(found, Array):
                        return found
        self.source.refuse(node, f"{ast.unparse(node)} is no array here")

    def _name(self, node: ast.expr, name: str) -> Value:
        if name in self.variables:
            return self.lines.load(*self.variables[name])
        if name in self.source.constants:
            return integer(self.source.constants[name])
        self.source.refuse(node, f"{name} has no value here that is a number")

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
                self.source.refuse(node, f"{ast.unparse(node)}")
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

    # -- calls

    def _call(self, node: ast.Call, name: str, args: list[ast.expr]) -> Value:
        if name in ("min", "max") and len(args) > 1:
            found = self.integer(args[0])
            for arg in args[1:]:
                found = extreme(self.lines, name, found, self.integer(arg))
            return found
        if name == "int" and len(args) == 1:
            return self._int(args[0])
        if name in OPERATIONS:
            result = self._operation(node, name, args)
        else:
            result = self.function(node, name, args)
        if not isinstance(result, Value):
            self.source.refuse(node, f"{name} returns no single value")
        return result

    def _int(self, node: ast.expr) -> Value:
        match node:
            case ast.BinOp(left=ast.Constant(value=float(a)), op=ast.Div(), right=right):
                if not abs(a) < 1 << 53:
                    self.source.refuse(node, f"{a} is too large")
                return quotient(self.lines, a, self.integer(right))
        return self.integer(node)

    def _operation(self, node: ast.Call, name: str, args: list[ast.expr]) -> Value | None:
        lines = self.lines
        match name, args:
            case "get", [array, index]:
                return operations.get(lines, self.array(array), self.index(index))
            case "put", [array, index, value]:
                found, at = self.array(array), self.index(index)
                operations.put(lines, found, at, self.integer(value))
                return None
            case "prefetch", [array, index]:
                self.unit.used.add(operations.PREFETCH)
                operations.prefetch(lines, self.array(array), self.integer(index))
                return None
            case "pick", [test, yes, no]:
                return operations.pick(lines, self.test(test), self.value(yes), self.value(no))
            case "lowest", [bits]:
                self.unit.used.add("llvm.cttz.i64")
                return operations.lowest(lines, self.integer(bits))
            case "find", [table, *numbers] if len(numbers) == 3:
                a, b, c = (self.integer(number) for number in numbers)
                return operations.find(lines, self._words(table), a, b, c)
            case "squeeze", [rows, at, flags, count, out, n]:
                a, b, c, d = (self.integer(number) for number in (at, flags, count, n))
                self.unit.used |= {operations.COMPRESS, "llvm.ctpop.i64"} if self.unit.wide else {}
                found, to = self._words(rows), self._words(out)
                return operations.squeeze(lines, self.unit.wide, found, a, b, c, to, d)
        self.source.refuse(node, f"{name} takes other arguments")

    def _words(self, node: ast.expr) -> Array:
        found = self.array(node)
        if found.kind != "i8":
            self.source.refuse(node, f"{ast.unparse(node)} holds no words of 64 bits")
        return found

    def function(
        self, node: ast.Call, name: str, args: list[ast.expr]
    ) -> Value | tuple[Value, ...] | None:
        """Call a function of the file. Returns its value, its values, or None for none."""
        function = self.source.functions.get(name)
        if function is None or name not in self.source.marks:
            self.source.refuse(node, f"there is no compiled function {name}")
        parameters = function.args.args
        if len(parameters) != len(args):
            self.source.refuse(node, f"{name} takes {len(parameters)} arguments")
        given: list[Value | Array] = []
        for parameter, arg in zip(parameters, args, strict=True):
            if isinstance(arg, ast.Name) and arg.id in self.arrays:
                given.append(self.array(arg))
                continue
            value = self.value(arg)
            is_int = isinstance(parameter.annotation, ast.Name) and parameter.annotation.id == "int"
            given.append(as_integer(self.lines, value) if is_int else value)
        origins = [v.origin for v in given if isinstance(v, Array)]
        apart = len(origins) == len({*origins})
        made = self.unit.instance(node, name, tuple(v.kind for v in given), apart)
        texts = ", ".join(_argument(value) for value in given)
        if made.result is None:
            self.lines.do(f"call void {made.name}({texts})")
            return None
        called = self.lines.new(f"call {result_type(made.result)} {made.name}({texts})")
        if isinstance(made.result, str):
            return Value(made.result, called)
        return tuple(
            self.lines.integer(f"extractvalue {result_type(made.result)} {called}, {i}")
            for i in range(len(made.result))
        )


def _argument(value: Value | Array) -> str:
    if isinstance(value, Array):
        return f"ptr {value.data}, i64 {value.size.text}"
    return f"{TYPES[value.kind]} {value.text}"


def result_type(result: Result) -> str:
    """How LLVM calls what a function returns."""
    if result is None:
        return "void"
    if isinstance(result, str):
        return TYPES[result]
    return f"{{ {', '.join(TYPES[kind] for kind in result)} }}"
