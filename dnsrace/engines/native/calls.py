"""Calls, as instructions: numbers of numbers, operations of `intrinsics`, functions of the file."""

from __future__ import annotations

import ast
from typing import Protocol

from dnsrace.engines.native import operations
from dnsrace.engines.native.arithmetic import as_integer, extreme, quotient
from dnsrace.engines.native.expressions import Expressions
from dnsrace.engines.native.source import OPERATIONS, Shape, Source
from dnsrace.engines.native.values import TYPES, Array, Kind, Value

Result = tuple[Kind, ...] | Kind | None
"""What a function returns: a value, several integers, or nothing."""


class Made(Protocol):
    """A function that was compiled for certain arguments."""

    name: str
    result: Result


class Caller(Protocol):
    """What expressions need to know of the file that they stand in: `unit.Unit`."""

    source: Source
    used: set[str]

    def instance(self, node: ast.AST, name: str, shapes: tuple[Shape, ...], apart: bool) -> Made:
        """The compiled function for arguments like these; `apart`: no two arrays are one."""
        ...


class Calls(Expressions):
    """Emits calls, and the expressions in them."""

    def __init__(self, unit: Caller) -> None:
        super().__init__(unit.source)
        self.unit = unit

    def call(self, node: ast.Call, name: str, args: list[ast.expr]) -> Value:
        if name in ("min", "max") and len(args) > 1:
            found = self.integer(args[0])
            for arg in args[1:]:
                found = extreme(self.lines, name, found, self.integer(arg))
            return found
        if name == "int" and len(args) == 1:
            return self._int(args[0])
        if name == "bool" and len(args) == 1:
            return self.test(args[0])
        call = self.operation if name in OPERATIONS else self.function
        result = call(node, name, args)
        if not isinstance(result, Value):
            raise self.source.refused(node, f"{name} returns no single value")
        return result

    def _int(self, node: ast.expr) -> Value:
        match node:
            case ast.BinOp(left=ast.Constant(value=float(a)), op=ast.Div(), right=right):
                if not abs(a) < 1 << 53:
                    raise self.source.refused(node, f"{a} is too large")
                return quotient(self.lines, a, self.integer(right))
        return self.integer(node)

    def operation(self, node: ast.Call, name: str, args: list[ast.expr]) -> Value | None:
        """One of OPERATIONS. Returns its value, or None for none."""
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
                found, to = self._words(rows), self._words(out)
                return operations.squeeze(lines, found, a, b, c, to, d)
        raise self.source.refused(node, f"{name} takes other arguments")

    def _words(self, node: ast.expr) -> Array:
        found = self.array(node)
        if found.kind != "i8":
            raise self.source.refused(node, f"{ast.unparse(node)} holds no words of 64 bits")
        return found

    def function(
        self, node: ast.Call, name: str, args: list[ast.expr]
    ) -> Value | tuple[Value, ...] | None:
        """Call a function of the file. Returns its value, its values, or None for none."""
        function = self.source.functions.get(name)
        if function is None or name not in self.source.marks:
            raise self.source.refused(node, f"there is no compiled function {name}")
        parameters = function.args.args
        if len(parameters) != len(args):
            raise self.source.refused(node, f"{name} takes {len(parameters)} arguments")
        given: list[Value | Array] = []
        for parameter, arg in zip(parameters, args, strict=True):
            if self.names_array(arg):
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
