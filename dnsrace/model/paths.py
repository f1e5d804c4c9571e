"""Running a function once per path: the heart of lifting.

A test of a symbolic Bool forks. The function is run again for each outcome, with the decisions so
far given, and the runs form a decision tree (the replay scheme of concolic execution; King,
"Symbolic execution and program testing", CACM 19(7), 1976).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from dnsrace.errors import DnsraceError, ModelError, Place
from dnsrace.model import places
from dnsrace.model.bounds import Facts
from dnsrace.model.expressions import FALSE, TRUE, Expr, Variable, and_, ite, or_

T = TypeVar("T")


@dataclass(frozen=True)
class Leaf(Generic[T]):
    """The end of a path and what the run returned."""

    value: T


@dataclass(frozen=True)
class Branch(Generic[T]):
    """A test with a subtree for each outcome. `place` is the line of the step that asks for it."""

    test: Expr
    yes: Tree[T]
    no: Tree[T]
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Ensure(Generic[T]):
    """A condition that must hold whenever this point is reached, or the model is broken."""

    condition: Expr
    failure: Failure
    then: Tree[T]


@dataclass(frozen=True)
class Failure:
    """Why an Ensure is there: what leaves its domain, and on which line."""

    what: str
    place: Place | None


Tree = Leaf[T] | Branch[T] | Ensure[T]


class Signal(BaseException):
    """What lifting itself raises through a model's functions. Not an Exception, so that a model's
    own try/except cannot swallow it."""


class Blocked(Signal):
    """A `require` was false: the step is not enabled."""


@dataclass
class Write:
    """An assignment; index and value are expressions over the state before the step."""

    variable: Variable
    index: tuple[Expr, ...]
    value: Expr
    place: Place | None = field(default=None, compare=False)


MAX_TESTS = 100_000
"""The largest number of tests on one path, settled ones included."""


@dataclass
class Run:
    """One run along one path."""

    prefix: list[tuple[Expr, bool]]
    facts: Facts
    writes: list[Write]
    may_write: bool
    phrases: list[Any] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    trail: list[tuple[Expr, bool] | tuple[Expr, Failure]] = field(default_factory=list)
    decided: int = 0
    asked: int = 0
    bound: tuple[Expr, ...] = ()
    """Choices and bound variables in scope."""
    quantifying: object = None
    where: Callable[[], Place | None] = lambda: None
    """The line of the step that is running."""
    asked_at: dict[int, Place | None] = field(default_factory=dict)
    """The lines of the tests that this run was the first to meet, by their number on the path."""

    def decide(self, test: Expr) -> bool:
        """The outcome of a test on this path: settled by what is known, given, or chosen."""
        self.asked += 1
        if self.asked > MAX_TESTS:
            raise ModelError(
                f"more than {MAX_TESTS} tests on one path: a loop that does not end",
                place=places.here(),
                cure="loop over a domain instead of `while`",
            )
        known = self.facts.decide(test)
        if known is not None:
            return known
        outcome = True
        if self.decided < len(self.prefix):
            expected, outcome = self.prefix[self.decided]
            if expected != test:
                raise ModelError(
                    "running the same path twice gave two different tests",
                    place=places.here(),
                    cure="a step may depend only on the state and its choices, not on time, "
                    "randomness or anything that it changes outside the state",
                )
        else:
            self.asked_at[self.decided] = self.where()
        self.decided += 1
        self.trail.append((test, outcome))
        self.facts.learn(test, outcome)
        return outcome

    def ensure(self, condition: Expr, what: str, place: Place | None) -> None:
        """Note that `condition` must hold here; refuse at once when it never can."""
        known = self.facts.decide(condition)
        if known is False:
            raise ModelError(
                f"{what} on every run of this path",
                place=place,
                cure="guard it with require(...) or an if, or widen the domain",
            )
        if known is None:
            self.trail.append((condition, Failure(what, place)))
            self.facts.learn(condition, True)


_RUNS: list[Run] = []


def current() -> Run | None:
    """The run in progress; None when the model's functions run on concrete values."""
    return _RUNS[-1] if _RUNS else None


def explore(
    body: Callable[[Run], T],
    *,
    limit: int,
    may_write: bool = False,
    where: Callable[[], Place | None] = lambda: None,
) -> Tree[T]:
    """The decision tree of `body`, one leaf per path.

    Parameters
    ----------
    body: called once per path; it returns what the leaf holds.
    limit: the largest number of paths, at least 1.
    may_write: whether assignments to the state are allowed.
    where: the line that a test is asked for on.

    Raises ModelError when the limit is passed, or the user's code fails.
    """
    parent = current()
    paths = 0

    def go(prefix: list[tuple[Expr, bool]]) -> Tree[T]:
        nonlocal paths
        paths += 1
        if paths > limit:
            raise ModelError(
                f"more than {limit} paths",
                cure="use any() and all() over a domain instead of loops with tests, split the "
                "step, or raise the limit with --max-paths",
            )
        run = Run(
            prefix,
            Facts(parent.facts if parent else None),
            list(parent.writes) if parent else [],
            may_write,
            bound=parent.bound if parent else (),
            where=where,
        )
        _RUNS.append(run)
        try:
            tree: Tree[T] = Leaf(body(run))
        except (DnsraceError, Signal, KeyboardInterrupt):
            raise
        except RecursionError as error:
            raise ModelError("endless recursion", place=places.of_error(error)) from None
        except BaseException as error:  # sys.exit() in a model must not be our exit code
            raise ModelError(
                f"{type(error).__name__}: {error}",
                place=places.of_error(error),
                cure="this happened while the function was lifted; see the language reference for "
                "what a step may do",
            ) from error
        finally:
            _RUNS.pop()
        return fold(run, tree, prefix)

    def fold(run: Run, tree: Tree[T], prefix: list[tuple[Expr, bool]]) -> Tree[T]:
        """Wrap the leaf in what came after the given decisions; the rest is the caller's."""
        decisions = [(test, outcome) for test, outcome in run.trail if isinstance(outcome, bool)]
        position = len(decisions)
        for test, outcome in reversed(run.trail):
            if isinstance(outcome, Failure):
                tree = Ensure(test, outcome, tree)
                continue
            position -= 1
            if position < len(prefix):
                break
            other = go([*decisions[:position], (test, not outcome)])
            tree = _joined(Branch(test, tree, other, run.asked_at.get(position)))
        return tree

    return go([])


def _joined(branch: Branch[T]) -> Tree[T]:
    """A branch without needless tests: `a or b` takes two paths to one and the same effect."""
    yes, no = branch.yes, branch.no
    if isinstance(yes, Leaf) and yes == no:
        return yes
    if isinstance(yes, Leaf) and isinstance(no, Branch) and yes == no.yes and yes.value:
        return Branch(or_(branch.test, no.test), yes, no.no, branch.place)
    return branch


def settled(run: Run, expr: Expr) -> Expr:
    """A Bool as TRUE or FALSE where this path settles it: `a and b` is a itself where a failed."""
    known = run.facts.decide(expr)
    return expr if known is None else TRUE if known else FALSE


def tree_value(tree: Tree[Expr]) -> Expr:
    """The value of a tree of expressions as one expression."""
    if isinstance(tree, Leaf):
        return tree.value
    if isinstance(tree, Ensure):
        return tree_value(tree.then)
    return ite(tree.test, tree_value(tree.yes), tree_value(tree.no))


def tree_defined(tree: Tree[Expr]) -> Expr:
    """When the value of the tree is defined: all that it must ensure on the path taken."""
    if isinstance(tree, Leaf):
        return TRUE
    if isinstance(tree, Ensure):
        return and_(tree.condition, tree_defined(tree.then))
    return ite(tree.test, tree_defined(tree.yes), tree_defined(tree.no))


def failures(tree: Tree[T]) -> list[Failure]:
    """All failures that a tree may run into, in order."""
    if isinstance(tree, Leaf):
        return []
    if isinstance(tree, Ensure):
        return [tree.failure, *failures(tree.then)]
    return failures(tree.yes) + failures(tree.no)
