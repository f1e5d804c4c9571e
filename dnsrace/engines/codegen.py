"""From the lifted form to the source of a stepper over packed words.

The text is plain Python in the subset that numba compiles. It runs as it is too, so that small
spaces need not wait for a compiler. What it defines, with W words w0, w1, ...:

    expand(w0, .., n, out, taken, note) -> n
        writes successors into out, W words each, the first as the n-th state there; counts paths
        in taken; note[0] collects a bit for each every_step property that is violated, note[1] is
        set when a check of the lifted form fails
    check(w0, ..) -> bits                   a bit for each state property that is hit
    is_end(w0, ..) -> bool
    canonical(w0, ..) -> w0, ..             only with symmetry
    orbit(w0, ..) -> n                      how many states the canonical one stands for
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dnsrace.engines.layout import Layout, Row
from dnsrace.engines.packed import Packed
from dnsrace.engines.writer import Writer
from dnsrace.model.expressions import FALSE, TRUE, Expr, Variable, eq, not_, rebuild
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree
from dnsrace.model.system import Commit, Property, Step, System

UNDEFINED = 62
"""The bit of `check` that says that a property could not be evaluated."""


def stepper_source(
    system: System,
    layout: Layout,
    properties: Sequence[Property],
    *,
    symmetric: bool,
) -> str:
    """The source of a stepper.

    Parameters
    ----------
    properties: those to watch; every_step and state properties number their bits apart, in order.
    symmetric: whether to define `canonical` and `orbit`.
    """
    packed = Packed(layout)
    writer = Writer(packed)
    _expand(writer, system, [p for p in properties if p.kind == "every_step"])
    _check(writer, [p for p in properties if p.kind in ("always", "sometimes")])
    _end(writer, system)
    if symmetric:
        _canonical(writer, layout)
        _orbit(writer, layout)
    return "\n".join([*packed.helpers, *writer.lines]) + "\n"


def fan_out(system: System) -> int:
    """An upper bound of a state's successors."""
    return sum(math.prod(c.domain.size for c in s.choices if c.domain) for s in system.steps)


def _expand(writer: Writer, system: System, transitions: Sequence[Property]) -> None:
    emit = _Steps(writer, system, transitions)
    writer.line("@compiled")
    with writer.block(f"def expand({writer.words('w')}, n, out, taken, note):"):
        groups: dict[tuple[Expr, ...], list[Step]] = {}
        for step in system.steps:
            groups.setdefault(step.choices, []).append(step)
        for choices, steps in groups.items():
            emit.loops(choices, steps)
        writer.line("return n")
    writer.line("")


@dataclass
class _Steps:
    """Emits the steps of a system; steps with the same choices share their loops."""

    writer: Writer
    system: System
    transitions: Sequence[Property]

    def loops(self, choices: tuple[Expr, ...], steps: list[Step]) -> None:
        if choices:
            domain, name = choices[0].domain, self.writer.packed.name(choices[0])
            assert domain is not None
            with self.writer.block(f"for {name} in range({domain.lo}, {domain.hi + 1}):"):
                self.loops(choices[1:], steps)
            return
        for test, cases in _dispatch(steps):
            word = "if"
            for value, trees in cases.items():
                if test is None:
                    self.step_trees(trees)
                    continue
                with self.writer.block(f"{word} {self.writer.condition(eq(test, value))}:"):
                    self.step_trees(trees)
                word = "elif"

    def step_trees(self, trees: list[tuple[str, Tree[Commit | None]]]) -> None:
        for name, tree in trees:
            self.writer.line(f"# {name}")
            self.tree(tree)

    def tree(self, tree: Tree[Commit | None]) -> None:
        writer = self.writer
        if isinstance(tree, Leaf):
            if tree.value is not None:
                self.commit(tree.value)
        elif isinstance(tree, Ensure):
            with writer.block(f"if not ({writer.condition(tree.condition)}):"):
                writer.line("note[1] = 1")
                writer.line("return n")
            self.tree(tree.then)
        else:
            blocked = Leaf(None)
            test = tree.test if tree.yes != blocked else not_(tree.test)
            first, second = (tree.yes, tree.no) if tree.yes != blocked else (tree.no, tree.yes)
            with writer.block(f"if {writer.condition(test)}:"):
                self.tree(first)
            if second != blocked:
                with writer.block("else:"):
                    self.tree(second)

    def commit(self, commit: Commit) -> None:
        writer, packed = self.writer, self.writer.packed
        number = self.system.path_numbers[id(commit)]
        for word in range(packed.layout.words):
            writer.line(f"x{word} = w{word}")
        for write in commit.writes:
            for e in (*write.index, write.value):
                writer.name_reads(e)
            for line in packed.store(write, writer):
                writer.line(line)
        for bit, prop in enumerate(self.transitions):
            defined, value = (
                _after(e, commit, packed.plain_names) for e in (prop.defined, prop.value)
            )
            if defined != TRUE:
                with writer.block(f"if not ({packed.boolean(defined, writer)}):"):
                    writer.line("note[1] = 1")
                    writer.line("return n")
            if value != TRUE:
                with writer.block(f"if not ({packed.boolean(value, writer)}):"):
                    writer.line(f"note[0] |= {1 << bit}")
        for word in range(packed.layout.words):
            at = f"n * {packed.layout.words} + {word}" if packed.layout.words > 1 else "n"
            writer.line(f"out[{at}] = x{word}")
        writer.line("n += 1")
        writer.line(f"taken[{number}] += 1")


Trees = list[tuple[str, Tree[Commit | None]]]


def _dispatch(steps: list[Step]) -> list[tuple[Expr | None, dict[Expr, Trees]]]:
    """Steps grouped by what they first require: those that need different values of the same
    expression (a phase, mostly) exclude each other and become one chain of tests."""
    groups: dict[Expr | None, dict[Expr, Trees]] = {}
    for step in steps:
        tree, test = step.tree, None
        if isinstance(tree, Branch) and tree.test.op == "eq" and tree.no == Leaf(None):
            test, value = tree.test.args
            if value.op == "const":
                groups.setdefault(test, {}).setdefault(value, []).append((step.name, tree.yes))
                continue
        groups.setdefault(None, {}).setdefault(TRUE, []).append((step.name, tree))
    return list(groups.items())


def _after(expr: Expr, commit: Commit, plain: dict[str, Variable]) -> Expr:
    """What a property says of a step, with the variables that the step leaves alone unprimed: of
    them alone it is then often trivially true."""
    written = {write.variable.name + "'" for write in commit.writes}

    def leaf(e: Expr) -> Expr | None:
        if e.op == "read" and e.data.name.endswith("'") and e.data.name not in written:
            args = tuple(rebuild(a, leaf) for a in e.args)
            return Expr("read", args, e.sort, plain[e.data.name[:-1]], e.domain)
        return None

    return rebuild(expr, leaf)


def _check(writer: Writer, states: Sequence[Property]) -> None:
    writer.line("@compiled")
    with writer.block(f"def check({writer.words('w')}):"):
        writer.line("bits = 0")
        for bit, prop in enumerate(states):
            if prop.defined != TRUE:
                with writer.block(f"if not ({writer.condition(prop.defined)}):"):
                    writer.line(f"return {1 << UNDEFINED}")
            hit = prop.value if prop.kind == "sometimes" else not_(prop.value)
            with writer.block(f"if {writer.condition(hit)}:"):
                writer.line(f"bits |= {1 << bit}")
        writer.line("return bits")
    writer.line("")


def _end(writer: Writer, system: System) -> None:
    writer.line("@compiled")
    with writer.block(f"def is_end({writer.words('w')}):"):
        end = FALSE if system.end is None else system.end
        writer.line(f"return {writer.condition(end)}")
    writer.line("")


def _canonical(writer: Writer, layout: Layout) -> None:
    """Sort the sub-states of each domain."""
    writer.line("@compiled")
    with writer.block(f"def canonical({writer.words('w')}):"):
        for row in layout.substates.values():
            _take_apart(writer, row)
            for a, b in _sorting_network(row.count):
                with writer.block(f"if s{b} < s{a}:"):
                    writer.line(f"s{a}, s{b} = s{b}, s{a}")
            for word in sorted({row.place(i)[0] for i in range(row.count)}):
                here = [(i, row.place(i)[1]) for i in range(row.count) if row.place(i)[0] == word]
                mask = sum(((1 << row.width) - 1) << shift for _, shift in here)
                parts = " | ".join(f"(s{i} << {shift})" for i, shift in here)
                writer.line(f"w{word} = (w{word} & {~mask}) | {parts}")
        writer.line(f"return {writer.words('w')}")
    writer.line("")


def _orbit(writer: Writer, layout: Layout) -> None:
    """The number of arrangements of the sorted sub-states: a product of multinomials."""
    writer.line("@compiled")
    with writer.block(f"def orbit({writer.words('w')}):"):
        writer.line("total = 1")
        for row in layout.substates.values():
            _take_apart(writer, row)
            writer.line("same = 1")
            for i in range(1, row.count):
                writer.line(f"same = same + 1 if s{i} == s{i - 1} else 1")
                writer.line(f"total = total * {i + 1} // same")
        writer.line("return total")
    writer.line("")


def _take_apart(writer: Writer, row: Row) -> None:
    for i in range(row.count):
        word, shift = row.place(i)
        writer.line(f"s{i} = (w{word} >> {shift}) & {(1 << row.width) - 1}")


def _sorting_network(n: int) -> Iterator[tuple[int, int]]:
    """Pairs to compare and swap: odd-even merge sort (Knuth, TAOCP 3, 5.2.2, algorithm M)."""
    t = (n - 1).bit_length()
    p = 1 << max(0, t - 1)
    while p > 0:
        q, r, d = 1 << max(0, t - 1), 0, p
        while d > 0:
            for i in range(n - d):
                if i & p == r:
                    yield i, i + d
            d, q, r = q - p, q >> 1, p
        p >>= 1
