"""A module for LLVM: functions of a generated file that Python calls, and those that they need.

A function is compiled for each combination of kinds of arguments that it is called with. Python's
door to it takes one argument: the address of its numbers, one after the other, an array as its
address and its size; the results are written over the first of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dnsrace.engines.native.calls import Result, result_type
from dnsrace.engines.native.operations import DECLARATIONS
from dnsrace.engines.native.source import Shape, Source
from dnsrace.engines.native.statements import Body
from dnsrace.engines.native.values import ELEMENTS, TYPES, Array, Kind, Value


@dataclass
class Instance:
    """A function for certain kinds of arguments."""

    name: str
    result: Result


@dataclass(frozen=True)
class Entry:
    """A door for Python: what a function's parameters are, and what it returns."""

    name: str
    shapes: tuple[Shape, ...]
    result: Result


class Unit:
    """Compiles functions of a generated file; `text` is the module then.

    Raises InternalError, with the line, for what is outside of the subset.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.used: set[str] = set()
        self.entries: list[Entry] = []
        self._instances: dict[tuple[str, tuple[Shape, ...], bool], Instance | None] = {}
        self._texts: list[str] = []

    @property
    def text(self) -> str:
        """The whole module."""
        declarations = [DECLARATIONS[name] for name in sorted(self.used)]
        return "\n".join([*declarations, *self._texts]) + "\n"

    def add(self, name: str, shapes: tuple[Shape, ...] | None = None) -> None:
        """Make a door to a function, for parameters as they are annotated unless told others."""
        function = self.source.functions[name]
        if shapes is None:
            shapes = self.source.shapes(function)
        made = self.instance(function, name, shapes, True)
        flat = [kind for shape in shapes for kind in _kinds(shape)]
        lines, arguments, at = [], [], 0
        for kind in flat:
            for type_ in ("ptr", "i64") if kind in ELEMENTS else ("i64",):
                lines.append(f"  %a{at} = getelementptr i64, ptr %given, i64 {at}")
                lines.append(f"  %x{at} = load {type_}, ptr %a{at}")
                if kind == "bool":
                    lines.append(f"  %t{at} = icmp ne i64 %x{at}, 0")
                arguments.append(f"i1 %t{at}" if kind == "bool" else f"{type_} %x{at}")
                at += 1
        called = f"call {result_type(made.result)} {made.name}({', '.join(arguments)})"
        if made.result is None:
            lines.append(f"  {called}")
        else:
            lines.append(f"  %r = {called}")
            lines += _results(made.result)
        body = "\n".join(lines)
        self._texts.append(f'define void @"{name}"(ptr %given) {{\n{body}\n  ret void\n}}')
        self.entries.append(Entry(name, shapes, made.result))

    def instance(
        self, node: ast.AST, name: str, shapes: tuple[Shape, ...], apart: bool
    ) -> Instance:
        """The function for arguments like these; `apart`: no two arrays share memory."""
        key = name, shapes, apart
        found = self._instances.get(key)
        if found is not None:
            return found
        if key in self._instances:
            raise self.source.refused(node, f"{name} calls itself")
        self._instances[key] = None
        function = self.source.functions[name]
        body = Body(self)
        parameters = list(_bind(body, function, shapes, apart))
        body.whole(function)
        made = Instance(f'@"{name}.{len(self._instances)}"', body.result)
        self._instances[key] = made
        copied = ""
        if self.source.marks[name] == "merged":
            copied = " alwaysinline"
        elif any(kind in ELEMENTS for shape in shapes for kind in _kinds(shape)):
            # it has loops: copies would make nothing faster but have LLVM do its work again
            copied = " noinline"
        head = f"define internal {result_type(made.result)} {made.name}({', '.join(parameters)})"
        lines = "\n".join([*body.lines.locals, *body.lines.texts])
        self._texts.append(f"{head} nounwind{copied} {{\n{lines}\n}}")
        return made


def _kinds(shape: Shape) -> tuple[str, ...]:
    return (shape,) if isinstance(shape, str) else shape


def _bind(
    body: Body, function: ast.FunctionDef, shapes: Sequence[Shape], apart: bool
) -> Iterator[str]:
    """Give a function's parameters to its body; yields their declarations."""
    for parameter, shape in zip(function.args.args, shapes, strict=True):
        name = parameter.arg
        if name in body.source.constants:
            raise body.source.refused(parameter, f"{name} is a constant too")
        pack: list[Value | Array] = []
        for i, kind in enumerate(_kinds(shape)):
            register = f"%a.{name}.{i}"
            if kind in ELEMENTS:
                size = Value("int", f"{register}.size")
                origin = register if apart else "shared"
                pack.append(Array(kind, register, size, origin))
                yield f"ptr{' noalias' if apart else ''} {register}, i64 {size.text}"
            else:
                scalar: Kind = "bool" if kind == "bool" else "int"
                pack.append(Value(scalar, register))
                yield f"{TYPES[scalar]} {register}"
        if not isinstance(shape, str):
            body.arrays[name] = tuple(pack)
        elif isinstance(pack[0], Array):
            body.arrays[name] = pack[0]
        else:
            place = body.lines.local(pack[0].kind)
            body.lines.store(pack[0], place)
            body.variables[name] = pack[0].kind, place


def _results(result: Result) -> Iterator[str]:
    """Lines that write the results over the arguments."""
    if result == "bool":
        yield "  %w = zext i1 %r to i64"
        yield "  store i64 %w, ptr %given"
    elif result == "int":
        yield "  store i64 %r, ptr %given"
    elif isinstance(result, tuple):
        for i in range(len(result)):
            yield f"  %o{i} = getelementptr i64, ptr %given, i64 {i}"
            yield f"  %w{i} = extractvalue {result_type(result)} %r, {i}"
            yield f"  store i64 %w{i}, ptr %o{i}"
