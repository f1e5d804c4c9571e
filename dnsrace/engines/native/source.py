"""A generated file as it is read: constants, functions, and refusals with their line."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from pathlib import Path

from dnsrace.engines.native import intrinsics
from dnsrace.engines.native.arithmetic import FOLD
from dnsrace.engines.native.values import ANNOTATIONS, wrapped
from dnsrace.errors import InternalError, Place

MARKS = ("compiled", "inner", "merged")
OPERATIONS = ("get", "put", "prefetch", "pick", "lowest", "find", "squeeze")
UNARY: dict[type[ast.AST], Callable[[int], int]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
Shape = str | tuple[str, ...]
"""What a parameter is: `int`, `bool`, an array's kind, or a tuple of these."""


class Source:
    """The parts of a generated file.

    Raises InternalError, with the line, for a statement that has no place in such a file.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.constants: dict[str, int] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        self.marks: dict[str, str] = {}
        """Which of MARKS a function has; only Python calls those without one."""
        for statement in ast.parse(text).body:
            self._read(statement)

    def refused(self, node: ast.AST, cause: str) -> InternalError:
        """The error to raise for something that is outside of the subset."""
        line = getattr(node, "lineno", 1)
        return InternalError(
            f"the generated code cannot be compiled: {cause}", place=Place(str(self.path), line)
        )

    def _read(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.ImportFrom(module="__future__"):
                pass
            case ast.ImportFrom(module=intrinsics.__name__, names=names):
                for name in names:
                    if name.name not in MARKS + OPERATIONS or name.asname:
                        raise self.refused(statement, f"there is no {name.name}")
            case ast.Assign(targets=[target], value=value):
                self._constants(target, value)
            case ast.FunctionDef():
                self._function(statement)
            case _:
                raise self.refused(statement, f"a {type(statement).__name__} outside of functions")

    def _function(self, function: ast.FunctionDef) -> None:
        if function.name in self.functions:
            raise self.refused(function, f"{function.name} is defined twice")
        names = [d.id for d in function.decorator_list if isinstance(d, ast.Name)]
        if len(names) != len(function.decorator_list) or len(names) > 1 or {*names} - {*MARKS}:
            raise self.refused(function, "a decorator that is unknown")
        a = function.args
        if a.posonlyargs or a.vararg or a.kwonlyargs or a.kwarg or a.defaults:
            raise self.refused(function, "parameters that are not plain names")
        self.functions[function.name] = function
        if names:
            self.marks[function.name] = names[0]

    def _constants(self, target: ast.expr, value: ast.expr) -> None:
        values = self._values(value)
        match target:
            case ast.Name(id=name):
                pairs = [(name, values)]
            case ast.Tuple(elts=elements) if isinstance(values, list):
                if len(elements) != len(values) or not all(
                    isinstance(e, ast.Name) for e in elements
                ):
                    raise self.refused(target, "names and values that do not match")
                pairs = [(e.id, v) for e, v in zip(elements, values, strict=True)]  # type: ignore[attr-defined]
            case _:
                raise self.refused(target, "constants are integers")
        for name, number in pairs:
            if not isinstance(number, int) or wrapped(number) != number:
                raise self.refused(value, f"{name} is no integer of 64 bits")
            if name in self.constants:
                raise self.refused(target, f"{name} is given a value twice")
            self.constants[name] = number

    def _values(self, node: ast.expr) -> int | list[int]:
        match node:
            case ast.Tuple(elts=elements):
                return [self._number(e) for e in elements]
            case ast.Call(func=ast.Name(id="range"), args=[stop], keywords=[]):
                return list(range(self._number(stop)))
            case _:
                return self._number(node)

    def _number(self, node: ast.expr) -> int:
        match node:
            case ast.Constant(value=int(number)):
                return number
            case ast.Name(id=name) if name in self.constants:
                return self.constants[name]
            case ast.UnaryOp(op=op, operand=operand) if type(op) in UNARY:
                return UNARY[type(op)](self._number(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in FOLD:
                try:
                    return FOLD[type(op)](self._number(left), self._number(right))
                except (ArithmeticError, ValueError) as error:
                    raise self.refused(node, str(error)) from None
            case _:
                raise self.refused(node, "a constant that is not made of integers")

    # -- parameters

    def shapes(self, function: ast.FunctionDef) -> tuple[Shape, ...]:
        """What the annotations of a function say that its parameters are."""
        return tuple(self._shape(function, parameter) for parameter in function.args.args)

    def _shape(self, function: ast.FunctionDef, parameter: ast.arg) -> Shape:
        match parameter.annotation:
            case ast.Name(id=name) if name in ANNOTATIONS:
                return ANNOTATIONS[name]
            case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=elements)):
                kinds = [
                    ANNOTATIONS.get(e.id, "") if isinstance(e, ast.Name) else "" for e in elements
                ]
                match elements:
                    case [_, ast.Constant(value=value)] if value is ...:
                        kinds = kinds[:1] * _length(function, parameter.arg)
                if kinds and all(kinds):
                    return tuple(kinds)
        raise self.refused(parameter, f"what is {parameter.arg}, a parameter of {function.name}?")


def _length(function: ast.FunctionDef, name: str) -> int:
    """How many elements of a tuple the body of a function speaks of."""
    longest = 0
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Name(id=value)):
                if value == name:
                    longest = max(longest, len(targets))
            case ast.Subscript(value=ast.Name(id=value), slice=ast.Constant(value=int(index))):
                if value == name:
                    longest = max(longest, index + 1)
    return longest
