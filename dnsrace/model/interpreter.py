"""The meaning of the lifted form: slow, obvious, and what every engine must agree with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from dnsrace.errors import DomainError, ModelError, Place
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.operators import OPERATORS
from dnsrace.model.paths import Branch, Ensure, Failure, Leaf
from dnsrace.model.system import Commit, Property, State, Step, System


@dataclass(frozen=True)
class Taken:
    """A step taken: which, with which raw choices, along which path, and the state after it."""

    step: Step
    choices: tuple[int, ...]
    path: int
    state: State

    @property
    def text(self) -> str:
        """`flip(0)`; a step without choices is its name alone."""
        return step_text(self.step, self.choices)


def step_text(step: Step, choices: tuple[int, ...]) -> str:
    """`flip(0)`; a step without choices is its name alone."""
    values = [c.domain.text(raw) for c, raw in zip(step.choices, choices, strict=True) if c.domain]
    return f"{step.name}({', '.join(values)})" if values else step.name


class Interpreter:
    """Runs a system. `system` must have no open parameters."""

    def __init__(self, system: System) -> None:
        self.system = system

    def initial(self) -> Iterator[State]:
        """All initial states, in order."""
        if self.system.starts is not None:
            yield from self.system.starts()
            return
        alternatives = []
        for variable, index in self.system.slots:
            names = {f"i{n}": raw for n, raw in enumerate(index)}
            alternatives.append([self.value(e, (), names) for e in variable.start])
        yield from itertools.product(*alternatives)

    def begins(self, state: State) -> bool:
        """Whether this is an initial state."""
        if self.system.starts is not None:
            return state in set(self.system.starts())
        return len(state) == len(self.system.slots) and all(
            any(raw == self.value(e, (), names) for e in variable.start)
            for (variable, index), raw in zip(self.system.slots, state, strict=True)
            for names in [{f"i{n}": at for n, at in enumerate(index)}]
        )

    def successors(self, state: State) -> Iterator[Taken]:
        """Every enabled step with its successor, in order of declaration and of choices.

        Raises DomainError when a value leaves its domain.
        """
        for step in self.system.steps:
            for choices in step.every_choice():
                taken = self.take(state, step, choices)
                if taken is not None:
                    yield taken

    def take(self, state: State, step: Step, choices: tuple[int, ...]) -> Taken | None:
        """The step with these choices, or None where it is not enabled."""
        names = {str(c.data): raw for c, raw in zip(step.choices, choices, strict=True)}
        tree = step.tree
        while not isinstance(tree, Leaf):
            if isinstance(tree, Ensure):
                if not self.value(tree.condition, state, names):
                    raise self.left_domain(tree.failure, state, step, choices)
                tree = tree.then
            else:
                tree = tree.yes if self.value(tree.test, state, names) else tree.no
        if tree.value is None:
            return None
        number = self.system.path_numbers[id(tree.value)]
        return Taken(step, choices, number, self.effect(state, tree.value, names))

    def effect(self, state: State, commit: Commit, names: dict[str, int]) -> State:
        """The state after the assignments of a path, whether or not its tests allow it here; only
        if they do, every value is sure to be in its domain."""
        after = list(state)
        for write in commit.writes:
            index = tuple(self.value(i, state, names) for i in write.index)
            after[self.slot(write.variable, index, write.place)] = self.value(
                write.value, state, names
            )
        return tuple(after)

    def blocking_test(self, state: State, step: Step, choices: tuple[int, ...]) -> Expr | None:
        """The test that keeps a step from being enabled, as it should have been; None if it is."""
        from dnsrace.model.expressions import not_

        made = self.decisions(state, step, choices)
        if not made:
            return None
        last, outcome = made[-1]
        leads_to = last.yes if outcome else last.no
        blocked = isinstance(leads_to, Leaf) and leads_to.value is None
        return (not_(last.test) if outcome else last.test) if blocked else None

    def decisions(
        self, state: State, step: Step, choices: tuple[int, ...]
    ) -> list[tuple[Branch[Commit | None], bool]]:
        """The tests on the way that a step takes, with their outcomes."""
        names = {str(c.data): raw for c, raw in zip(step.choices, choices, strict=True)}
        made = []
        tree = step.tree
        while not isinstance(tree, Leaf):
            if isinstance(tree, Ensure):
                tree = tree.then
                continue
            outcome = bool(self.value(tree.test, state, names))
            made.append((tree, outcome))
            tree = tree.yes if outcome else tree.no
        return made

    def holds(self, prop: Property, state: State, after: State = ()) -> bool:
        """The value of a property's formula. Raises DomainError where it is not defined."""
        if not self.value(prop.defined, state, {}, after):
            raise DomainError(
                f"the property {prop.name} reads a value outside its domain in the state "
                f"{state_text(self.system, state)}",
                place=prop.place,
                cure="guard the read with `if` or `and`",
            )
        return bool(self.value(prop.value, state, {}, after))

    def is_end(self, state: State) -> bool:
        """Whether the model says that it may stop here."""
        end = self.system.end
        return end is not None and bool(self.value(end, state, {}))

    def value(self, expr: Expr, state: State, names: dict[str, int], after: State = ()) -> int:
        """The raw value of an expression.

        Parameters
        ----------
        state: the state before the step.
        names: raw values of choices and bound variables.
        after: the state after the step, for primed variables.
        """
        op = expr.op
        if op == "const":
            return int(expr.data)
        if op in ("choice", "bound"):
            return names[expr.data]
        if op == "read":
            index = tuple(self.value(a, state, names, after) for a in expr.args)
            source = after if expr.data.name.endswith("'") else state
            return source[self.slot(expr.data, index, None)]
        if op == "and":
            return int(all(self.value(a, state, names, after) for a in expr.args))
        if op == "or":
            return int(any(self.value(a, state, names, after) for a in expr.args))
        if op == "ite":
            chosen = expr.args[1 if self.value(expr.args[0], state, names, after) else 2]
            return self.value(chosen, state, names, after)
        if op in ("exists", "forall"):
            name, domain = expr.data
            values = (
                self.value(expr.args[0], state, {**names, name: raw}, after) for raw in domain.raws
            )
            return int(any(values) if op == "exists" else all(values))
        if op == "param":
            raise ModelError(f"the parameter {expr.data[0]} is open", cure="give it a value")
        evaluate = OPERATORS[op].evaluate
        assert evaluate is not None
        return evaluate(*(self.value(a, state, names, after) for a in expr.args))

    def slot(self, variable: Variable, index: tuple[int, ...], place: Place | None) -> int:
        """The slot of an element. Raises DomainError outside the array."""
        at = 0
        for domain, raw in zip(variable.index, index, strict=True):
            if not domain.lo <= raw <= domain.hi:
                raise DomainError(f"{variable.name}{list(index)} does not exist", place=place)
            at = at * domain.size + raw - domain.lo
        return self.system.offsets[variable] + at

    def left_domain(
        self, failure: Failure, state: State, step: Step, choices: tuple[int, ...]
    ) -> DomainError:
        """The error for a check that failed, with the state and the step."""
        return DomainError(
            f"{failure.what} in step {step_text(step, choices)} "
            f"from the state {state_text(self.system, state)}",
            place=failure.place,
            cure="guard it with require(...) or an if, or widen the domain",
        )


def slot_text(variable: Variable, index: tuple[int, ...]) -> str:
    """`alias[0]`, `tree[0,2]`, `newest`."""
    domains: tuple[Domain, ...] = variable.index
    inside = ",".join(d.text(raw) for d, raw in zip(domains, index, strict=True))
    return f"{variable.name}[{inside}]" if inside else variable.name


def state_text(system: System, state: State) -> str:
    """A state on one line: `newest=4 alias[0]=2 ...`."""
    return " ".join(
        f"{slot_text(variable, index)}={variable.domain.text(raw)}"
        for (variable, index), raw in zip(system.slots, state, strict=True)
    )
