"""The lifted form: a model with its parameters given, as data that every engine reads.

A state is a tuple of raw integers, one for each *slot*: each scalar variable and each element of
each array, in the order of declaration, arrays row by row.
"""

from __future__ import annotations

import itertools
import math
import pathlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from dnsrace.errors import DnsraceError, Place
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import TRUE, Expr, Variable, and_, not_
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree, Write

if TYPE_CHECKING:
    from dnsrace.model.language import Model

State = tuple[int, ...]
T = TypeVar("T")
PropertyKind = Literal["always", "every_step", "sometimes", "recoverable", "eventually"]


@dataclass(frozen=True)
class Ago:
    """In a sentence: how many steps ago a step was last taken with these choices."""

    step: str
    choices: tuple[Expr, ...]


Sentence = tuple[str | Expr | Ago, ...]


@dataclass(frozen=True)
class Commit:
    """The effect at the end of a path, and what the model says of it in words."""

    writes: tuple[Write, ...]
    said: Sentence
    place: Place | None


@dataclass(frozen=True, eq=False, repr=False)
class Step:
    """A guarded command for each leaf that commits; a leaf of None is a guard that is false."""

    name: str
    choices: tuple[Expr, ...]
    tree: Tree[Commit | None]
    actor: str | None
    function: Callable[..., Any]
    place: Place
    doc: str = ""

    def __repr__(self) -> str:
        return f"<step {self.name}>"

    def actor_of(self, values: tuple[int, ...]) -> str:
        """Who takes the step: the declared actor, or the first choice, such as `enactor 0`."""
        if self.actor is not None or not self.choices:
            return self.actor or "system"
        domain = self.choices[0].domain
        assert domain is not None
        return f"{domain.name.lower()} {domain.text(values[0])}"

    def every_choice(self) -> Iterator[tuple[int, ...]]:
        """All combinations of choices, in order."""
        domains = [c.domain.raws for c in self.choices if c.domain is not None]
        return itertools.product(*domains)


@dataclass(frozen=True)
class Path:
    """One way through a step: the tests on the way and the effect at its end."""

    step: Step
    number: int
    tests: tuple[tuple[Expr, bool], ...]
    commit: Commit

    @property
    def label(self) -> str:
        """Name of the path in reports: `flip: what it says`, or its line."""
        if not self.commit.said:
            return f"line {self.commit.place.line}" if self.commit.place else f"path {self.number}"
        parts = []
        for part in self.commit.said:
            parts.append(part if isinstance(part, str) else "..")
        return "".join(parts)

    @property
    def place_label(self) -> str:
        """`flip: what it says (line 71)`, or without words `flip (line 71)`. Several paths may
        have the same; see `System.path_names`."""
        says = f": {self.label}" if self.commit.said else ""
        line = f" (line {self.commit.place.line})" if self.commit.place else ""
        return f"{self.step.name}{says}{line}"


@dataclass(frozen=True, eq=False)
class Property:
    """A question about the system.

    `value` is a Bool over the state (and, for every_step, over primed variables of the state
    after); `defined` is when evaluating it stays inside all domains. `question`: the model exists
    to ask this. `informative`: its violation is interesting, but not a failure.
    """

    name: str
    kind: PropertyKind
    value: Expr
    defined: Expr
    function: Callable[..., Any]
    place: Place
    question: bool = False
    informative: bool = False
    stays: bool = False
    fairness: Literal["none", "weak", "strong"] = "none"
    fair_steps: tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a trace's table that shows a part of the state in the model's own words."""

    title: str
    values: tuple[Any, ...]
    show: Callable[..., str]


@dataclass(eq=False)
class System:
    """A lifted model."""

    model: Model
    parameters: dict[str, Any]
    open: tuple[str, ...]
    variables: tuple[Variable, ...]
    primed: dict[Variable, Variable]
    steps: tuple[Step, ...]
    properties: tuple[Property, ...]
    end: Expr | None = None
    columns: tuple[Column, ...] = ()
    outcomes: dict[str, Callable[..., str]] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    """What people call the violation of a property, by its function's name: `outage`."""
    picture: Callable[..., Any] | None = None
    """Draws a state; see `pictures`."""
    domains: tuple[Domain, ...] = ()
    lemmas: tuple[Property, ...] = ()
    """Properties stated for the sake of proofs: looked at when they are asked for."""
    lemma_file: pathlib.Path | None = None
    """Where some of the lemmas come from."""
    asymmetry: DnsraceError | None = None
    starts: Callable[[], Iterator[State]] | None = None
    """The initial states, where they are not all that the starts of the variables allow."""
    made: dict[Hashable, Any] | None = None
    """What engines have generated, where it serves other systems too: those with the same steps
    and properties that begin elsewhere."""

    @property
    def name(self) -> str:
        return self.model.name

    @cached_property
    def by_name(self) -> dict[str, Variable]:
        """The variables, by their names."""
        return {variable.name: variable for variable in self.variables}

    @cached_property
    def offsets(self) -> dict[Variable, int]:
        """The first slot of each variable; primed variables share it."""
        found: dict[Variable, int] = {}
        at = 0
        for variable in self.variables:
            found[variable] = found[self.primed[variable]] = at
            at += count(variable)
        return found

    @cached_property
    def slots(self) -> tuple[tuple[Variable, tuple[int, ...]], ...]:
        """Variable and raw indices of each slot."""
        return tuple(
            (variable, index)
            for variable in self.variables
            for index in itertools.product(*(d.raws for d in variable.index))
        )

    @property
    def start_count(self) -> int:
        """How many ways there are to choose an initial value for each slot."""
        return math.prod(len(variable.start) for variable, _ in self.slots)

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """All paths of all steps, in order; a path's position is its number everywhere."""
        found: list[Path] = []
        for step in self.steps:
            for tests, commit in walk_paths(step.tree):
                found.append(Path(step, len(found), tests, commit))
        return tuple(found)

    @cached_property
    def path_numbers(self) -> dict[int, int]:
        """The number of a path by the identity of its Commit."""
        return {id(path.commit): path.number for path in self.paths}

    @cached_property
    def path_names(self) -> tuple[str, ...]:
        """What each path is called in reports. No two are alike: paths with the same words on the
        same line are told apart by the tests on which they part."""
        alike = Counter(
            (path.place_label, path.tests[:k])
            for path in self.paths
            for k in range(len(path.tests) + 1)
        )
        found = []
        for path in self.paths:
            label, when = path.place_label, TRUE
            for k, (test, outcome) in enumerate(path.tests):
                # a path of this label goes the other way
                if alike[label, path.tests[: k + 1]] < alike[label, path.tests[:k]]:
                    when = and_(when, test if outcome else not_(test))
            found.append(label + (f" when {when}" if when != TRUE else ""))
        return tuple(found)

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives: made once for all the systems that share it."""
        if self.made is None:
            return make()
        if key not in self.made:
            self.made[key] = make()
        found: T = self.made[key]
        return found

    def find_step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)

    def find_property(self, name: str) -> Property | None:
        return next((p for p in (*self.properties, *self.lemmas) if p.name == name), None)


def count(variable: Variable) -> int:
    """How many slots a variable has."""
    size = 1
    for domain in variable.index:
        size *= domain.size
    return size


def expressions_of(tree: Tree[Commit | None]) -> Iterator[tuple[Expr, Place | None]]:
    """Every expression of a tree, whole, with its line in the model where that is known."""
    if isinstance(tree, Branch):
        yield tree.test, None
        yield from expressions_of(tree.yes)
        yield from expressions_of(tree.no)
    elif isinstance(tree, Ensure):
        yield tree.condition, tree.failure.place
        yield from expressions_of(tree.then)
    elif tree.value is not None:
        for write in tree.value.writes:
            for expr in (*write.index, write.value):
                yield expr, write.place


def walk_paths(
    tree: Tree[Commit | None], tests: tuple[tuple[Expr, bool], ...] = ()
) -> Iterator[tuple[tuple[tuple[Expr, bool], ...], Commit]]:
    """The paths of a tree that commit, with the tests on the way."""
    if isinstance(tree, Leaf):
        if tree.value is not None:
            yield tests, tree.value
    elif isinstance(tree, Ensure):
        yield from walk_paths(tree.then, tests)
    else:
        assert isinstance(tree, Branch)
        yield from walk_paths(tree.yes, (*tests, (tree.test, True)))
        yield from walk_paths(tree.no, (*tests, (tree.test, False)))
