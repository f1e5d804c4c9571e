"""Several lifted forms of one model as one.

What a model's function does with a parameter is ordinary Python: it may decide which steps there
are. So the model is lifted once for each combination of its *decisions*, and what comes out is
joined afterwards: each decision becomes a variable that no step writes, and where the forms differ
a test of it tells them apart. From the initial states of one form, the joint form does what that
form does, step by step; so what a search engine generates and compiles serves all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, TypeVar

from dnsrace.model.domains import Domain
from dnsrace.model.expressions import FALSE, Expr, Variable, and_, const, eq, ite, not_, or_, read
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree
from dnsrace.model.system import Commit, Property, State, Step, System
from dnsrace.model.translate import Common, Translator, Unlike, shape

T = TypeVar("T")
Values = tuple[int, ...]
"""For each decision, the position of its value among those that it may take."""
Member = tuple[Values, System]
BLOCKED: Tree[Commit | None] = Leaf(None)


@dataclass(frozen=True, eq=False)
class Joint:
    """Lifted forms of one model, and the form that stands for all of them.

    Parameters
    ----------
    system: the joint form; its last variables are the decisions.
    members: the forms, each with its values of the decisions.
    """

    system: System
    members: tuple[Member, ...]

    @cached_property
    def views(self) -> tuple[System, ...]:
        """For each member, the joint form with the member's parameters and initial states. All of
        them share their steps and properties, and what is generated from these."""
        made: dict[Hashable, Any] = {}
        return tuple(
            replace(
                self.system, parameters=form.parameters, starts=_starts(form, values), made=made
            )
            for values, form in self.members
        )


def _starts(form: System, values: Values) -> Callable[[], Iterator[State]]:
    return lambda: (state + values for state in Interpreter(form).initial())


def join(decisions: Mapping[str, Sequence[str]], members: Sequence[Member]) -> list[Joint]:
    """Join lifted forms, all into one where their variables and properties are the same.

    Parameters
    ----------
    decisions: the values of each, as they are printed.
    members: lifted forms of the same model, each with its values of the decisions.
    """
    groups: dict[object, list[Member]] = {}
    for values, form in members:
        groups.setdefault(shape(form), []).append((values, form))
    joints = []
    for group in groups.values():
        try:
            joints.append(_Joining(decisions, group).joint())
        except Unlike:
            joints += [Joint(form, (((), form),)) for _, form in group]
    return joints


class _Joining:
    """Joins forms of the same shape."""

    def __init__(self, decisions: Mapping[str, Sequence[str]], members: list[Member]) -> None:
        self.members = tuple(members)
        self.base = base = members[0][1]
        names = {v.name for v in base.variables}
        self.chosen = [_decision(name, texts, names) for name, texts in decisions.items()]
        own = (*base.variables, *base.primed.values())
        common = Common({v.name: v for v in own})
        self.translators = [Translator(common) for _ in members]
        self.common = common

    def joint(self) -> Joint:
        """Raises Unlike where the forms cannot be joined."""
        base = self.base
        # those of the first form come first, so that they are what is common
        for translator, (_, form) in zip(self.translators, self.members, strict=True):
            for domain in form.domains:
                translator.domain(domain)
        primed = {v: Variable(v.name + "'", v.domain) for v in self.chosen}
        steps = tuple(self._step(name) for name in _order([form for _, form in self.members]))
        system = replace(
            base,
            variables=(*base.variables, *self.chosen),
            primed=base.primed | primed,
            steps=steps,
            properties=tuple(map(self._property, range(len(base.properties)))),
            end=self._end(),
            columns=(),
            outcomes={},
            domains=(*self.common.domains.values(), *(v.domain for v in self.chosen)),
        )
        return Joint(system, self.members)

    def _step(self, name: str) -> Step:
        trees, first = [], None
        for (_, form), translator in zip(self.members, self.translators, strict=True):
            step = form.find_step(name)
            if step is None:
                trees.append(BLOCKED)
                continue
            choices = tuple(map(translator.expression, step.choices))
            step = replace(step, choices=choices, tree=translator.tree(step.tree))
            first = first or step
            if (step.choices, step.actor) != (first.choices, first.actor):
                raise Unlike(f"the step {name} has not always the same choices")
            trees.append(step.tree)
        assert first is not None
        return replace(first, tree=self._chosen(trees, pick_tree))

    def _property(self, at: int) -> Property:
        parts = [form.properties[at] for _, form in self.members]
        return replace(
            parts[0],
            fair_steps=_fair_steps([form for _, form in self.members], at),
            value=self._expression([p.value for p in parts]),
            defined=self._expression([p.defined for p in parts]),
        )

    def _end(self) -> Expr | None:
        ends = [form.end for _, form in self.members]
        if all(end is None for end in ends):
            return None
        return self._expression([FALSE if end is None else end for end in ends])

    def _expression(self, parts: list[Expr]) -> Expr:
        said = [t.expression(e) for t, e in zip(self.translators, parts, strict=True)]
        return self._chosen(said, ite)

    def _chosen(self, parts: Sequence[T], pick: Callable[[Expr, T, T], T]) -> T:
        """One for all members, from one for each."""
        pairs = [(values, part) for (values, _), part in zip(self.members, parts, strict=True)]
        return self._fold(pairs, 0, pick)

    def _fold(self, pairs: list[tuple[Values, T]], at: int, pick: Callable[[Expr, T, T], T]) -> T:
        if at == len(self.chosen):
            [(_, part)] = pairs
            return part
        groups: dict[int, list[tuple[Values, T]]] = {}
        for values, part in pairs:
            groups.setdefault(values[at], []).append((values, part))
        parts: list[tuple[T, list[int]]] = []
        for value, group in groups.items():
            part = self._fold(group, at + 1, pick)
            same = next((found for other, found in parts if other == part), None)
            if same is None:
                parts.append((part, [value]))
            else:
                same.append(value)
        # what most values have in common needs no test
        *others, (last, _) = sorted(parts, key=lambda part: len(part[1]))
        variable = self.chosen[at]
        for part, found in reversed(others):
            tests = (eq(read(variable, ()), const(v, variable.domain)) for v in found)
            last = pick(reduce(or_, tests), part, last)
        return last


def _decision(name: str, texts: Sequence[str], taken: set[str]) -> Variable:
    """The variable of a decision; a variable of the model may have the decision's own name."""
    called = f"chosen_{name}"
    while called in taken:
        called += "_"
    domain = Domain(name, "enum", 0, len(texts) - 1, tuple(texts))
    return Variable(called, domain, (), (const(0, domain),))


def _order(forms: Sequence[System]) -> list[str]:
    """The names of all steps, in an order that is that of each form: traces depend on it. Raises
    Unlike when there is none."""
    order: list[str] = []
    for form in forms:
        at = 0
        for step in form.steps:
            if step.name not in order:
                order.insert(at, step.name)
            at = order.index(step.name) + 1
    for form in forms:
        places = [order.index(step.name) for step in form.steps]
        if places != sorted(places):
            raise Unlike("the order of the steps is not always the same")
    return order


def _fair_steps(forms: Sequence[System], at: int) -> tuple[str, ...]:
    """The fair steps of a property, those of all forms: fairness for a step that is never possible
    asks nothing. Raises Unlike where a step is fair in one form only."""
    named = [form.properties[at].fair_steps for form in forms]
    together = tuple(dict.fromkeys(name for names in named for name in names))
    for form, names in zip(forms, named, strict=True):
        own = tuple(name for name in together if form.find_step(name) is not None)
        if set(own) != set(names):  # no names at all mean every step
            raise Unlike("fairness is not always for the same steps")
    return together


def pick_tree(test: Expr, a: Tree[Commit | None], b: Tree[Commit | None]) -> Tree[Commit | None]:
    """The tree that is `a` where a test of decisions holds, and else `b`, the test as far down as
    it goes: what both have in common stays one, and a step's guard stays first."""
    if a == b:
        return a
    if isinstance(a, Branch) and isinstance(b, Branch) and a.test == b.test:
        return Branch(a.test, pick_tree(test, a.yes, b.yes), pick_tree(test, a.no, b.no))
    if isinstance(a, Ensure) and isinstance(b, Ensure) and a.condition == b.condition:
        return Ensure(a.condition, a.failure, pick_tree(test, a.then, b.then))
    if isinstance(b, Branch):
        if a == BLOCKED and BLOCKED in (b.yes, b.no):
            return Branch(b.test, pick_tree(test, a, b.yes), pick_tree(test, a, b.no))
        if b.no == a:
            return Branch(and_(not_(test), b.test), b.yes, a)
        if b.yes == a:
            return Branch(or_(test, b.test), a, b.no)
    if isinstance(a, Branch) and (b == BLOCKED or b in (a.yes, a.no)):
        return pick_tree(not_(test), b, a)
    return Branch(test, a, b)
