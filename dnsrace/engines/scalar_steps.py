"""How a step becomes lines that take it from one state: tests, and the words of the state after."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dnsrace.engines.packed import Packed
from dnsrace.engines.stores import store
from dnsrace.engines.writer import Writer
from dnsrace.model.actions import first_actions
from dnsrace.model.expressions import TRUE, Expr, eq, not_, rebuild
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree
from dnsrace.model.system import Commit, Property, Step, System


def fan_out(system: System) -> int:
    """An upper bound of a state's successors: of steps that exclude each other one counts."""
    total = 0
    for choices, steps in grouped(system).items():
        ways = math.prod(c.domain.size for c in choices if c.domain)
        for test, cases in dispatch(steps):
            sizes = [len(trees) for trees in cases.values()]
            total += ways * (sum(sizes) if test is None else max(sizes))
    return total


def grouped(system: System) -> dict[tuple[Expr, ...], list[Step]]:
    """The steps that can happen at all, by their choices: those with the same share their loops."""
    groups: dict[tuple[Expr, ...], list[Step]] = {}
    for step in system.steps:
        if path_numbers(system, step.tree):
            groups.setdefault(step.choices, []).append(step)
    return groups


def path_numbers(system: System, tree: Tree[Commit | None]) -> set[int]:
    """The numbers of the paths that end in a tree."""
    if isinstance(tree, Leaf):
        return set() if tree.value is None else {system.path_numbers[id(tree.value)]}
    if isinstance(tree, Ensure):
        return path_numbers(system, tree.then)
    return path_numbers(system, tree.yes) | path_numbers(system, tree.no)


@dataclass
class Steps:
    """Emits the steps of a system; steps with the same choices share their loops."""

    writer: Writer
    packed: Packed
    system: System
    transitions: Sequence[Property]

    def loops(self, choices: tuple[Expr, ...], steps: list[Step]) -> None:
        if choices:
            domain, name = choices[0].domain, self.packed.name(choices[0])
            assert domain is not None
            with self.writer.block(f"for {name} in range({domain.lo}, {domain.hi + 1}):"):
                self.loops(choices[1:], steps)
            return
        for test, cases in dispatch(steps):
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
        changed, words = self.effect(commit), self.packed.layout.words
        for word in range(words):
            at = f"n * {words} + {word}" if words > 1 else "n"
            self.writer.line(f"out[{at}] = {'x' if word in changed else 'w'}{word}")
        self.writer.line("n += 1")
        self.writer.line(f"taken[{self.system.path_numbers[id(commit)]}] += 1")

    def effect(self, commit: Commit) -> set[int]:
        """Emit the state after a path, as words x0, .., and a bit in note[0] for each property
        that is violated. Returns the words that changed; the others may have no x."""
        writer, packed = self.writer, self.packed
        for write in commit.writes:
            for e in (*write.index, write.value):
                writer.name_reads(e)
        changed = set(store(packed, commit.writes, writer))
        if self.transitions:
            for word in {*range(packed.layout.words)}.difference(changed):
                writer.line(f"x{word} = w{word}")
        for bit, prop in enumerate(self.transitions):
            defined, value = after(packed, prop, commit)
            if defined != TRUE:
                with writer.block(f"if not ({packed.boolean(defined, writer)}):"):
                    writer.line("note[1] = 1")
                    writer.line("return n")
            if value != TRUE:
                with writer.block(f"if not ({packed.boolean(value, writer)}):"):
                    writer.line(f"note[0] |= {1 << bit}")
        return changed


Trees = list[tuple[str, Tree[Commit | None]]]


def dispatch(steps: list[Step]) -> list[tuple[Expr | None, dict[Expr, Trees]]]:
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


def after(packed: Packed, prop: Property, commit: Commit) -> tuple[Expr, Expr]:
    """When a property of a step is defined, and its value, with the variables that the step leaves
    alone unprimed: what it says of them alone is then often trivially true."""
    written = {write.variable.name + "'" for write in commit.writes}
    plain = packed.plain_names

    def leaf(e: Expr) -> Expr | None:
        if e.op == "read" and e.data.name.endswith("'") and e.data.name not in written:
            args = tuple(rebuild(a, leaf) for a in e.args)
            return Expr("read", args, e.sort, plain[e.data.name[:-1]], e.domain)
        return None

    return rebuild(prop.defined, leaf), rebuild(prop.value, leaf)


class Labels(Steps):
    """Emits the steps again, each with the number of its action in place of its effect."""

    def commit(self, commit: Commit) -> None:
        number = self.system.path_numbers[id(commit)]
        self.writer.line(f"out[n] = {label_text(self.packed, self.system, number)}")
        self.writer.line("n += 1")


def label_text(packed: Packed, system: System, path: int) -> str:
    """Text of the number of the action that a path belongs to."""
    step = system.paths[path].step
    base = first_actions(system)[step.name]
    return f"{packed.name(step.choices[0])} + {base}" if step.choices else str(base)
