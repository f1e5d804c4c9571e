"""A step as formulas: when it is possible, what it must keep, and what is read after it.

The state after a step has no symbols of its own. A read of it is a read of the state before,
behind a case for each assignment: f'(x) = v if x = i else f(x). So nothing has to be said of what
stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from dnsrace.engines.proof.terms import Term, Terms, View, sort
from dnsrace.engines.solver import conjunction, disjunction, z3
from dnsrace.model.expressions import Variable
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree, Write
from dnsrace.model.system import Commit, Step, System


@dataclass
class SymbolicStep:
    """A step with constants for its choices.

    Parameters
    ----------
    choices: the constants, in order; by name in `names`.
    possible: that the step may be taken, choices in their domains included.
    defined: that no value leaves its domain on the way, where the choices are in theirs.
    after: the view of the state behind it.
    """

    step: Step
    choices: tuple[Term, ...]
    names: dict[str, Term]
    chosen: Term
    possible: Term
    defined: Term
    after: View
    writes: frozenset[Variable]


def symbolic_step(terms: Terms, step: Step, view: View | None = None) -> SymbolicStep:
    """The formulas of a step from the state that a view reads."""
    now = view or terms.now
    choices = tuple(
        z3.Const(f"{step.name}.{c.data}{terms.mark}", sort(c.domain))
        for c in step.choices
        if c.domain
    )
    names = {str(c.data): term for c, term in zip(step.choices, choices, strict=True)}
    chosen = conjunction(
        *(
            terms.inside(c.domain, term)
            for c, term in zip(step.choices, choices, strict=True)
            if c.domain
        )
    )
    paths: list[tuple[Term, Commit]] = []
    defined = _walk(terms, step.tree, names, now, z3.BoolVal(True), paths)
    cases: dict[Variable, list[tuple[Term, Write]]] = {}
    for taken, commit in paths:
        for write in commit.writes:
            cases.setdefault(write.variable, []).append((taken, write))

    def after(variable: Variable, index: tuple[Term, ...]) -> Term:
        result = now(variable, index)
        # in the order of the path: of two writes to one element the later one counts
        for taken, write in cases.get(variable, ()):
            place = [terms.term(i, names, now) for i in write.index]
            here = conjunction(taken, *(a == b for a, b in zip(index, place, strict=True)))
            result = z3.If(here, terms.term(write.value, names, now), result)
        return result

    possible = conjunction(chosen, disjunction(*(taken for taken, _ in paths)))
    return SymbolicStep(step, choices, names, chosen, possible, defined, after, frozenset(cases))


def _walk(
    terms: Terms, tree: Tree[Commit | None], names: dict[str, Term], view: View, here: Term,
    paths: list[tuple[Term, Commit]],
) -> Term:  # fmt: skip
    """When the tree is defined; its paths that commit are added to the list, with their tests."""
    if isinstance(tree, Leaf):
        if tree.value is None:
            return z3.BoolVal(True)
        paths.append((here, tree.value))
        return conjunction(*(_fits(terms, write, names, view) for write in tree.value.writes))
    if isinstance(tree, Ensure):
        condition = terms.term(tree.condition, names, view)
        return conjunction(condition, _walk(terms, tree.then, names, view, here, paths))
    assert isinstance(tree, Branch)
    test = terms.term(tree.test, names, view)
    yes = _walk(terms, tree.yes, names, view, conjunction(here, test), paths)
    no = _walk(terms, tree.no, names, view, conjunction(here, z3.Not(test)), paths)
    return z3.If(test, yes, no)


def _fits(terms: Terms, write: Write, names: dict[str, Term], view: View) -> Term:
    """That an assignment is to an element that exists, of a value of its domain."""
    parts = [
        terms.inside(domain, terms.term(index, names, view))
        for domain, index in zip(write.variable.index, write.index, strict=True)
    ]
    value = terms.term(write.value, names, view)
    return conjunction(*parts, terms.inside(write.variable.domain, value))


def symbolic_steps(system: System, terms: Terms) -> tuple[SymbolicStep, ...]:
    """All steps of a system."""
    return tuple(symbolic_step(terms, step) for step in system.steps)
