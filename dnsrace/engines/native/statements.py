"""Statements of the subset, as instructions: the body of one function.

What there is: assignments, also in chains, of tuples and with an operator; `for` over a range or
an array, `while`, `if`, `break`, `continue`, `return`, `pass`; calls. A variable keeps its kind: an
integer may be given a Bool, not the other way round.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from dnsrace.engines.native import operations
from dnsrace.engines.native.arithmetic import FOLD, as_integer, as_test, binary
from dnsrace.engines.native.calls import Caller, Calls, Result, result_type
from dnsrace.engines.native.source import OPERATIONS
from dnsrace.engines.native.values import Array, Value, integer


class Body(Calls):
    """Emits statements; `result` is what they return."""

    def __init__(self, unit: Caller) -> None:
        super().__init__(unit)
        self.result: Result = None
        self._returned = False
        self._loops: list[tuple[str, str]] = []
        """Where `continue` and `break` go, for each loop around."""

    def whole(self, function: ast.FunctionDef) -> None:
        """Emit all of a function's statements."""
        self.block(function.body)
        if self.lines.open:
            if self.result is not None:
                raise self.source.refused(function, f"{function.name} may end without a result")
            self.lines.end("ret void")

    def block(self, statements: Sequence[ast.stmt]) -> None:
        """Emit statements, as far as they can be reached."""
        for statement in statements:
            if not self.lines.open:
                return
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """Emit a statement."""
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                self._several(node, targets, value)
            case ast.Assign(targets=[target], value=value) if self.names_array(value):
                self._name_array(target, self.array(value))
            case ast.Assign(targets=targets, value=value):
                found = self.value(value)
                for target in targets:
                    self._assign(target, found)
            case ast.AugAssign(target=target, op=op, value=value) if type(op) in FOLD:
                self._changed(target, type(op), value)
            case ast.For(target=ast.Name(), iter=over, orelse=[]):
                self._for(node, over)
            case ast.While(test=test, orelse=[]):
                self._while(test, node.body)
            case ast.If(test=test):
                self._if(node, self.test(test))
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=args, keywords=[]) as call):
                emit = self.operation if name in OPERATIONS else self.function
                emit(call, name, args)
            case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
                pass
            case ast.Break() | ast.Continue() if self._loops:
                again, after = self._loops[-1]
                self.lines.jump(after if isinstance(node, ast.Break) else again)
            case ast.Return(value=value):
                self._return(node, value)
            case _:
                raise self.source.refused(node, ast.unparse(node).split("\n")[0])

    # -- assignments

    def _assign(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                if name in self.arrays or name in self.source.constants:
                    raise self.source.refused(target, f"{name} is given a value and is no variable")
                if name not in self.variables:
                    self.variables[name] = value.kind, self.lines.local(value.kind)
                kind, place = self.variables[name]
                if kind != value.kind:
                    if kind == "bool":
                        raise self.source.refused(target, f"{name}, a Bool, is given an integer")
                    value = as_integer(self.lines, value)
                self.lines.store(value, place)
            case ast.Subscript(value=array, slice=index):
                found, at = self.array(array), self.index(index)
                operations.put(self.lines, found, at, as_integer(self.lines, value))
            case _:
                raise self.source.refused(target, f"{ast.unparse(target)} cannot be given a value")

    def _several(self, node: ast.Assign, targets: list[ast.expr], value: ast.expr) -> None:
        """`a, b = 1, 2`, `a, b = f()`, or the elements of a tuple of arrays."""
        match value:
            case ast.Tuple(elts=elements):
                values: Sequence[Value | Array] = [self.value(e) for e in elements]
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                found = self.function(value, name, args)
                values = found if isinstance(found, tuple) else ()
            case ast.Name(id=name) if isinstance(self.arrays.get(name), tuple):
                values = self.arrays[name]  # type: ignore[assignment]
            case _:
                values = ()
        if len(values) != len(targets):
            raise self.source.refused(node, f"{len(targets)} names, and {len(values)} values")
        for target, one in zip(targets, values, strict=True):
            if isinstance(one, Value):
                self._assign(target, one)
            else:
                self._name_array(target, one)

    def _name_array(self, target: ast.expr, array: Array) -> None:
        if not isinstance(target, ast.Name) or target.id in self.variables:
            raise self.source.refused(target, "an array needs a name of its own")
        if self.arrays.setdefault(target.id, array) != array:
            raise self.source.refused(target, f"{target.id} is two arrays")

    def _changed(self, target: ast.expr, op: type[ast.operator], value: ast.expr) -> None:
        """`target op= value`; the index of an element is computed once."""
        match target:
            case ast.Subscript(value=array, slice=index):
                found, at = self.array(array), self.index(index)
                before = operations.get(self.lines, found, at)
                after = binary(self.lines, op, before, self.value(value))
                operations.put(self.lines, found, at, as_integer(self.lines, after))
            case _:
                self._assign(target, binary(self.lines, op, self.value(target), self.value(value)))

    # -- control

    def _if(self, node: ast.If, test: Value) -> None:
        if test.known is not None:
            self.block(node.body if test.known else node.orelse)
            return
        lines = self.lines
        yes, no, after = (lines.fresh("b") for _ in range(3))
        lines.branch(test, yes, no)
        reached = False
        for begin, statements in ((yes, node.body), (no, node.orelse)):
            lines.begin(begin)
            self.block(statements)
            reached |= lines.open
            lines.jump(after)
        if reached:
            lines.begin(after)

    def _while(self, test: ast.expr, body: list[ast.stmt]) -> None:
        self._loop(lambda: self.test(test), lambda: None, body, lambda: None)

    def _loop(
        self,
        test: Callable[[], Value],
        first: Callable[[], None],
        body: list[ast.stmt],
        last: Callable[[], None],
    ) -> None:
        """While the test holds: first, body, last; `continue` goes to last."""
        lines = self.lines
        head, inside, again, after = (lines.fresh("b") for _ in range(4))
        lines.begin(head)
        found = as_test(lines, test())
        lines.branch(found, inside, after)
        lines.begin(inside)
        first()
        self._loops.append((again, after))
        self.block(body)
        self._loops.pop()
        lines.begin(again)
        last()
        lines.jump(head)
        lines.begin(after)

    def _for(self, node: ast.For, over: ast.expr) -> None:
        """A counter runs from 0 to the number of rounds: nobody can disturb it."""
        match over:
            case ast.Call(func=ast.Name(id="range"), args=[_, *_] as args, keywords=[]):
                numbers = [self.integer(arg) for arg in args]
                start = numbers[0] if len(numbers) > 1 else integer(0)
                stop = numbers[min(1, len(numbers) - 1)]
                step = numbers[2] if len(numbers) > 2 else integer(1)
                rounds = self._rounds(node, start, stop, step)

                def element(counter: Value) -> Value:
                    moved = binary(self.lines, ast.Mult, counter, step)
                    return binary(self.lines, ast.Add, start, moved)
            case _:
                array = self.array(over)
                rounds = array.size

                def element(counter: Value) -> Value:
                    return operations.get(self.lines, array, counter)

        lines = self.lines
        place = lines.local("int")
        lines.store(integer(0), place)

        def test() -> Value:
            counter = lines.load("int", place)
            return lines.boolean(f"icmp ult i64 {counter.text}, {rounds.text}")

        def first() -> None:
            self._assign(node.target, element(lines.load("int", place)))

        def last() -> None:
            counter = lines.load("int", place)
            lines.store(lines.integer(f"add nuw i64 {counter.text}, 1"), place)

        self._loop(test, first, node.body, last)

    def _rounds(self, node: ast.For, start: Value, stop: Value, step: Value) -> Value:
        if not step.known or len(getattr(node.iter, "args", ())) > 3:
            raise self.source.refused(node, "a range whose steps are not known")
        if start.known is not None and stop.known is not None:
            return integer(len(range(start.known, stop.known, step.known)))
        lines = self.lines
        low, high = (start, stop) if step.known > 0 else (stop, start)
        some = lines.new(f"icmp slt i64 {low.text}, {high.text}")
        # exact as a number without sign, even where it does not fit one with a sign
        width = lines.new(f"sub i64 {high.text}, {low.text}")
        if abs(step.known) != 1:
            before = lines.new(f"sub i64 {width}, 1")
            whole = lines.new(f"udiv i64 {before}, {abs(step.known)}")
            width = lines.new(f"add i64 {whole}, 1")
        return lines.integer(f"select i1 {some}, i64 {width}, i64 0")

    def _return(self, node: ast.Return, value: ast.expr | None) -> None:
        found: tuple[Value, ...] = ()
        match value:
            case None:
                kinds: Result = None
            case ast.Tuple(elts=elements):
                found = tuple(self.integer(e) for e in elements)
                kinds = tuple(one.kind for one in found)
            case _:
                found = (self.value(value),)
                if self.result == "int":
                    found = (as_integer(self.lines, found[0]),)
                kinds = found[0].kind
        if self._returned and kinds != self.result:
            raise self.source.refused(node, "another kind of result than before")
        self._returned, self.result = True, kinds
        text = result_type(kinds)
        if len(found) < 2:
            self.lines.end(f"ret {text} {found[0].text}" if found else "ret void")
            return
        whole = "poison"
        for i, one in enumerate(found):
            whole = self.lines.new(f"insertvalue {text} {whole}, i64 {one.text}, {i}")
        self.lines.end(f"ret {text} {whole}")
