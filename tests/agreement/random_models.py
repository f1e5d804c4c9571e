"""Random models as source text: what `test_random_models` and its neighbours feed to the engines.

`text` draws from anything with the methods of `random.Random`, so that Hypothesis can shrink what
it draws and a seed can fix it. With `safe`, no value can leave its domain; otherwise a model may
reckon itself out of a range, read beyond an array, or follow an optional name that is none. In
the bodies of any() and all() everything is safe: they stop early in Python.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from support import HEAD

from dnsrace.model.language import Model


@dataclass(frozen=True)
class Dom:
    """A domain as the text declares it."""

    name: str
    kind: str
    low: int = 0
    high: int = 1
    of: Dom | None = None
    members: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return self.high - self.low + 1

    @property
    def declaration(self) -> str:
        if self.kind == "range":
            return f"class {self.name}(Range, low={self.low}, high={self.high}): ..."
        if self.kind == "names":
            return f"class {self.name}(Names, count={self.size}): ..."
        if self.kind == "maybe":
            assert self.of is not None
            return f"class {self.name}(Maybe, of={self.of.name}): ..."
        return f"class {self.name}(enum.Enum): {', '.join(self.members)} = range({self.size})"


BOOL = Dom("bool", "bool")


@dataclass(frozen=True)
class Var:
    name: str
    dom: Dom
    index: tuple[Dom, ...]


@dataclass
class Text:
    """Draws one model. `reading` is how the state is spelled where an expression is drawn."""

    random: Random
    wide: bool
    safe: bool
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    scope: list[tuple[str, Dom]] = field(default_factory=list)
    states: tuple[str, ...] = ("s",)
    helpers: list[tuple[str, Dom]] = field(default_factory=list)
    quantifiers: int = 0
    loops: int = 0
    fresh: int = 0

    # -- choosing

    def chance(self, percent: int) -> bool:
        return self.random.randint(1, 100) <= percent

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def pick(self, options: Any) -> Any:
        options = list(options)
        return options[self.random.randint(0, len(options) - 1)]

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        self.line(header)
        self.depth += 1
        before = len(self.scope)
        yield
        del self.scope[before:]
        self.depth -= 1

    # -- the whole

    def model(self) -> str:
        self.lines = ["@model", "def toy():"]
        self._domains()
        self._variables()
        self.line("")
        for n in range(self.number(0, 1)):
            dom = self.pick(self.indices)
            self.scope = [("k", dom)]
            self.line(f"def h{n}(s, k):")
            self.line(f"    return {self.boolean(2, True)}")
            self.scope = []
            self.helpers.append((f"h{n}", dom))
        for n in range(self.number(1, 3)):
            self._step(n)
        self.helpers, self.scope = [], []
        for kind in ("always", "sometimes", "every_step"):
            if self.chance(60):
                self._property(kind)
        return HEAD + "\n".join(self.lines) + "\n"

    def _domains(self) -> None:
        self.ranges = []
        for n in range(self.number(1, 2)):
            low = self.number(-2, 3)
            size = self.number(5, 12) if self.wide else self.number(1, 4)
            self.ranges.append(Dom("AB"[n], "range", low, low + size - 1))
        self.enum = Dom("E", "enum", 0, self.number(1, 3))
        self.enum = Dom("E", "enum", 0, self.enum.high, None, tuple("PQRT"[: self.enum.size]))
        self.names = Dom("N", "names", 0, self.number(2, 4) if self.wide else self.number(0, 2))
        self.maybes = [
            Dom(f"M{d.name}", "maybe", d.low - 1, d.high, d)
            for d in (self.ranges[0], self.enum, self.names)
        ]
        self.indices = [*self.ranges, self.enum, self.names, BOOL]
        self.domains = [*self.indices, *self.maybes]
        for dom in self.domains:
            if dom is not BOOL:
                self.line(dom.declaration)

    def _variables(self) -> None:
        self.vars: list[Var] = []
        self.line("class S(State):")
        for n in range(self.number(3, 6) if self.wide else self.number(2, 4)):
            dom = self.pick(self.domains if n > 0 else self.ranges)
            index: tuple[Dom, ...] = ()
            if n > 0 and self.chance(60):
                index = tuple(self.pick(self.indices) for _ in range(self.number(1, 2)))
                if self.chance(10):
                    index = (self.pick(self.maybes),)
            if math.prod(d.size for d in index) > 60:
                index = index[:1]
            if dom is self.names and dom not in index and math.prod(d.size for d in index) > 3:
                dom = self.maybes[2]  # names can begin in every combination only
            self.vars.append(Var(f"v{n}", dom, index))
            per = f", per=({', '.join(d.name for d in index)},)" if index else ""
            self.line(f"    v{n} = var({dom.name}{per}, start={self._start(dom, index)})")

    def _start(self, dom: Dom, index: tuple[Dom, ...]) -> str:
        if dom.kind == "names":
            if dom in index:
                names = [f"i{n}" for n in range(len(index))]
                return f"lambda {', '.join(names)}: {names[index.index(dom)]}"
            return dom.name
        first = self._literal(dom)
        if not index and self.chance(30):
            return f"one_of({first}, {self._literal(dom)})"
        if not index and self.chance(15):
            return dom.name
        return first

    def _literal(self, dom: Dom) -> str:
        if dom.kind == "bool":
            return self.pick(["False", "True"])
        if dom.kind == "enum":
            return f"{dom.name}.{self.pick(dom.members)}"
        if dom.kind == "maybe":
            assert dom.of is not None
            if dom.of.kind == "names" or self.chance(50):
                return f"{dom.name}.none"
            return self._literal(dom.of)
        return str(self.number(dom.low, dom.high))

    # -- statements

    def _step(self, n: int) -> None:
        self.line("@step")
        doms = [self.pick(self.indices) for _ in range(self.number(0, 2))]
        names = [self.pick([f"c{i}", d.name.lower()]) for i, d in enumerate(doms)]
        if len(set(names)) < len(names):
            names = ["c0", "c1"]
        choices = "".join(f", {c}: {d.name}" for c, d in zip(names, doms, strict=True))
        with self.block(f"def f{n}(s{choices}):"):
            self.scope = list(zip(names, doms, strict=True))
            if self.chance(60):
                self.line(f"require({self.boolean(2, self.safe)})")
            self._write(True)
            for _ in range(self.number(1, 3)):
                self._statement(2)
        self.scope = []

    def _statement(self, depth: int) -> None:
        kind = self.pick(["write"] * 4 + ["if"] * 3 + ["require", "local", "loop", "return"])
        if kind == "if" and depth > 0:
            with self.block(f"if {self.boolean(2, self.safe)}:"):
                self._statement(depth - 1)
            if self.chance(40):
                with self.block(f"elif {self.boolean(1, self.safe)}:"):
                    self._statement(depth - 1)
            if self.chance(60):
                with self.block("else:"):
                    self._statement(depth - 1)
        elif kind == "require" and depth < 2:
            self.line(f"require({self.boolean(1, self.safe)})")
        elif kind == "return" and depth < 2:
            self.line("return")
        elif kind == "local":
            dom = self.pick(self.indices)
            value = self.value(dom, 2, self.safe)
            if value is not None:
                self.fresh += 1
                self.line(f"t{self.fresh} = {value}")
                self.scope.append((f"t{self.fresh}", dom))
            self._write(self.safe)
        elif kind == "loop" and depth > 0 and self.loops < 2:
            self.loops += 1
            dom = self.pick([d for d in (*self.ranges, self.enum) if d.size <= 5] or [self.enum])
            with self.block(f"for i{self.loops} in {dom.name}:"):
                self.scope.append((f"i{self.loops}", dom))
                if self.chance(30):
                    with self.block(f"if {self.boolean(0, self.safe)}:"):
                        self._write(self.safe)
                else:
                    self._write(self.safe)
            self.loops -= 1
        else:
            self._write(self.safe)

    def _write(self, safe: bool) -> None:
        for _ in range(10):
            var = self.pick(self.vars)
            depth = 1 if self.wide else 2  # what is nested in many words is long
            target = self._element("s", var, depth, safe)
            value = self.value(var.dom, depth, safe)
            if target is not None and value is not None:
                if var.dom.kind == "range" and not safe and self.chance(20):
                    self.line(f"{target} {self.pick('+-')}= {self.number(1, 2)}")
                else:
                    self.line(f"{target} = {value}")
                return
        self.line(f"s.{self.vars[0].name} = s.{self.vars[0].name}")

    def _property(self, kind: str) -> None:
        self.line(f"@{kind}")
        self.states = ("before", "after") if kind == "every_step" else ("s",)
        with self.block(f"def {kind}_holds({', '.join(self.states)}):"):
            if self.chance(30):
                with self.block(f"if {self.boolean(1, self.safe)}:"):
                    self.line(f"return {self.boolean(1, self.safe)}")
            self.line(f"return {self.boolean(2, self.safe)}")
        self.states = ("s",)

    # -- expressions: options are drawn first and spelled out after that

    def _element(self, state: str, var: Var, depth: int, safe: bool) -> str | None:
        """A place in a variable; None when it needs a name and there is none at hand."""
        index = [self.value(dom, depth - 1, safe) for dom in var.index]
        if any(i is None for i in index):
            return None
        return f"{state}.{var.name}" + (f"[{', '.join(map(str, index))}]" if index else "")

    def _at_hand(self, doms: Sequence[Dom], depth: int, safe: bool) -> str | None:
        """What is of one of these domains already: a name in scope, or an element."""
        options: list[str | Var] = [name for name, d in self.scope if d in doms]
        if depth >= 0:
            options += [var for var in self.vars if var.dom in doms] * 2
        if not options:
            return None
        drawn = self.pick(options)
        if isinstance(drawn, str):
            return drawn
        return self._element(self.pick(self.states), drawn, depth, safe)

    def value(self, dom: Dom, depth: int, safe: bool) -> str | None:
        """An expression with a value of a domain: certainly when safe, perhaps otherwise. None
        when it needs a name and there is none."""
        if dom is BOOL:
            return self.boolean(depth, safe)
        if depth > 1 and self.chance(20):
            yes, no = self.value(dom, depth - 1, safe), self.value(dom, depth - 1, safe)
            if yes is not None and no is not None:
                return f"({yes} if {self.boolean(depth - 1, safe)} else {no})"
        if not self.chance(30):
            found = self._at_hand((dom,), depth, safe)
            if found is not None:
                return found
        if dom.kind == "names":
            doms = (dom,) if safe else (dom, self.maybes[2])
            return self._at_hand(doms, depth, safe)
        if dom.kind == "maybe" and self.chance(60):
            assert dom.of is not None
            return self.value(dom.of, depth, safe) or f"{dom.name}.none"
        if dom.kind == "range" and depth > 0 and self.chance(70):
            whole = self.integer(depth - 1, safe)
            if not safe:
                return whole
            if dom.low >= 0 and self.chance(50):
                return f"({whole} % {dom.size} + {dom.low})"
            return f"min(max({whole}, {dom.low}), {dom.high})"
        return self._literal(dom)

    def integer(self, depth: int, safe: bool) -> str:
        """An expression of whole numbers."""
        kind = self.pick(["leaf", "leaf", "+", "-", "*", "//", "%", "minmax", "fold", "negative"])
        if kind == "leaf" or depth <= 0:
            found = self._at_hand(self.ranges, depth, safe) if self.chance(80) else None
            return found or str(self.number(-3, 4))
        a = self.integer(depth - 1, safe)
        if kind in ("+", "-"):
            return f"({a} {kind} {self.integer(depth - 1, safe)})"
        if kind == "*":
            return f"({a} * {self.number(-2, 3)})"
        if kind in ("//", "%"):
            return f"({a} {kind} {self.number(1, 4)})"
        if kind == "minmax":
            return f"{self.pick(['min', 'max'])}({a}, {self.integer(depth - 1, safe)})"
        if kind == "negative":
            return f"(-{a})"
        return self._fold(depth - 1, safe)

    def _fold(self, depth: int, safe: bool) -> str:
        word = self.pick(["sum", "sum", "min", "max"])
        if self.quantifiers >= 2:
            return f"{word}(({self.integer(0, safe)}, {self.integer(0, safe)}))"
        with self._bound() as loop:
            if word == "sum" and self.chance(50):
                return f"sum({self.boolean(depth, safe)} {loop})"
            if word == "sum" and self.chance(30):
                loop += f" if {self.boolean(0, safe)}"
            return f"{word}({self.integer(depth, safe)} {loop})"

    @contextmanager
    def _bound(self, after: str = "") -> Iterator[str]:
        """A `for` clause over a domain, with its variable in scope. Python itself runs over an
        Enum and through enumerate(); names that follow in the same generator would be taken one
        by one as well, which is refused because it does not treat them alike."""
        self.quantifiers += 1
        one_by_one = "enumerate" in after or after.endswith(f" in {self.enum.name}")
        dom = self.pick([d for d in self.indices[:-1] if not one_by_one or d is not self.names])
        name = f"q{self.quantifiers}"
        self.scope.append((name, dom))
        if dom.kind != "names" and self.chance(15):
            yield f"for _, {name} in enumerate({dom.name})"
        else:
            yield f"for {name} in {dom.name}"
        self.scope.pop()
        self.quantifiers -= 1

    def _quantified(self, depth: int) -> str:
        word = self.pick(["any", "all"])
        with self._bound() as loop:
            if self.quantifiers < 2 and self.chance(30):
                with self._bound(loop) as second:
                    test = f" if {self.boolean(0, True)}" if self.chance(40) else ""
                    return f"{word}({self.boolean(depth, True)} {loop} {second}{test})"
            if self.chance(2):
                values = f"({self.number(-1, 2)}, {self.number(-1, 2)})"
                test = f"({self.integer(0, True)} == w or {self.boolean(0, True)})"
                return f"{word}({test} {loop} for w in {values})"
            test = f" if {self.boolean(0, True)}" if self.chance(30) else ""
            return f"{word}({self.boolean(depth, True)} {loop}{test})"

    def boolean(self, depth: int, safe: bool) -> str:
        """An expression that is a Bool."""
        if depth < 0:
            return self._at_hand((BOOL,), depth, safe) or self.pick(["False", "True"])
        kinds = ["order", "order", "equal", "equal", "equal", "read", "in", "chain"]
        if depth > 0:
            kinds += ["not", "and", "or", "&", "|", "same", "any", "any", "any", "helper"]
        kind = self.pick(kinds)
        if kind == "chain":
            a, b, c = (self.integer(0, safe) for _ in range(3))
            return f"({a} <= {b} < {c})"
        if kind in ("equal", "in"):
            return self._equality(kind, depth, safe)
        if kind == "read":
            found = self._at_hand((BOOL,), depth, safe)
            if found is not None:
                return found
        if kind == "not":
            return f"(not {self.boolean(depth - 1, safe)})"
        if kind in ("and", "or", "&", "|"):
            a, b = self.boolean(depth - 1, safe), self.boolean(depth - 1, safe)
            return f"({a} {kind} {b})"
        if kind == "same":
            return f"({self.boolean(depth - 1, safe)} == {self.boolean(depth - 1, safe)})"
        if kind == "any" and self.quantifiers < 2:
            return self._quantified(depth - 1)
        if kind == "helper" and self.helpers and self.states == ("s",):
            name, dom = self.pick(self.helpers)
            index = self.value(dom, 0, True)
            if index is not None:
                return f"{name}(s, {index})"
        operator = self.pick(["<", "<=", ">", ">=", "==", "!="])
        return f"({self.integer(depth - 1, safe)} {operator} {self.integer(depth, safe)})"

    def _equality(self, kind: str, depth: int, safe: bool) -> str:
        dom = self.pick([d for d in self.domains if d.kind not in ("range", "bool")])
        mine = self._at_hand((dom,), depth, safe)
        other = self.value(dom, depth, safe)
        if mine is None or other is None:
            return f"({self.integer(0, safe)} {self.pick(['==', '!='])} {self.integer(0, safe)})"
        if kind == "in":
            second = self.value(dom, 0, safe) or other
            return f"({mine} {self.pick(['in', 'not in'])} ({other}, {second}))"
        if dom is self.maybes[0] and self.chance(40):
            other = self._at_hand(self.ranges, depth, safe) or other
        return f"({mine} {self.pick(['==', '!='])} {other})"


def text(random: Random, *, wide: bool = False, safe: bool = False) -> str:
    """A random model's source."""
    return Text(random, wide, safe).model()


def made(source: str) -> Model:
    """The model of a source text."""
    scope: dict[str, Any] = {}
    exec(compile(source, "toy.py", "exec", dont_inherit=True), scope)
    found: Model = scope["toy"]
    return found
