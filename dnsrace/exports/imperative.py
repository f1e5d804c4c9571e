"""What Promela and Murphi share: a step as a guard and a body of assignments done one by one."""

from __future__ import annotations

from collections.abc import Iterator

from dnsrace.exports.rules import Rules
from dnsrace.exports.shape import BLOCKED, Kept, after, enabled, guards, in_order
from dnsrace.model.expressions import FALSE, TRUE, Expr, and_, not_
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree, Write
from dnsrace.model.system import Commit, Property, Sentence, Step, System


class Imperative:
    """Writes the steps of a system. What differs between targets is in the methods at the end."""

    def __init__(self, system: System, rules: Rules) -> None:
        self.system = system
        self.rules = rules
        self.plain = {v.name: v for v in system.variables}
        self.transitions = [p for p in system.properties if p.kind == "every_step"]

    def guard(self, step: Step) -> tuple[list[Expr], Tree[Commit | None]]:
        """All that must hold for a step to be taken, and what is left to do then."""
        tests, rest = guards(step.tree)
        condition = enabled(rest)
        return ([*tests, condition] if condition != TRUE else tests), rest

    def body(self, step: Step, tree: Tree[Commit | None]) -> Iterator[str]:
        """The statements of a step that is enabled."""
        if isinstance(tree, Leaf):
            if tree.value is not None:
                yield from self._effect(step, tree.value)
        elif isinstance(tree, Ensure):
            yield from self.check(tree.condition, f"{step.name}: {tree.failure.what}")
            yield from self.body(step, tree.then)
        elif enabled(tree.yes) == FALSE:
            yield from self.body(step, tree.no)
        elif enabled(tree.no) == FALSE:
            yield from self.body(step, tree.yes)
        else:
            yield from self._branches(step, tree)

    def _branches(self, step: Step, tree: Branch[Commit | None]) -> Iterator[str]:
        cases: list[tuple[Expr, list[str]]] = []
        rest: Tree[Commit | None] = tree
        while isinstance(rest, Branch) and BLOCKED not in (rest.yes, rest.no):
            first, second, test = rest.yes, rest.no, rest.test
            if isinstance(first, Branch) and not isinstance(second, Branch):
                first, second, test = second, first, not_(test)
            cases.append((test, list(self.body(step, first))))
            rest = second
        yield from self.branch(cases, list(self.body(step, rest)))

    def _effect(self, step: Step, commit: Commit) -> Iterator[str]:
        yield from self.say(step, commit.said)
        for prop in self.transitions:
            defined = after(prop.defined, commit, self.plain)
            value = after(prop.value, commit, self.plain)
            place, self.rules.place = self.rules.place, prop.place
            yield from self.transition(prop, defined, value)
            self.rules.place = place
        kept, writes = in_order(commit.writes)
        for old in kept:
            yield from self.keep(old)
        for write in writes:
            self.rules.place = write.place or step.place
            yield from self.assign(write)
        for old in kept:
            yield from self.forget(old)

    # -- what the targets say in their own ways

    def check(self, condition: Expr, message: str) -> Iterator[str]:
        """A condition that must hold here."""
        raise NotImplementedError

    def branch(self, cases: list[tuple[Expr, list[str]]], rest: list[str]) -> Iterator[str]:
        """The statements of the first case whose test holds, or the rest."""
        raise NotImplementedError

    def say(self, step: Step, said: Sentence) -> Iterator[str]:
        """What the model says of this path, which may be nothing."""
        raise NotImplementedError

    def transition(self, prop: Property, defined: Expr, value: Expr) -> Iterator[str]:
        """A property of steps, as a condition on the state before this path's assignments."""
        raise NotImplementedError

    def keep(self, old: Kept) -> Iterator[str]:
        """Keep an old value aside."""
        raise NotImplementedError

    def forget(self, old: Kept) -> Iterator[str]:
        """Drop an old value, so that it is no part of the state."""
        raise NotImplementedError

    def assign(self, write: Write) -> Iterator[str]:
        """An assignment."""
        raise NotImplementedError


def conjunction(tests: list[Expr]) -> Expr:
    """All of them."""
    found: Expr = TRUE
    for test in tests:
        found = and_(found, test)
    return found
