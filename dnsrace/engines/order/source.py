"""Steps and properties as Python functions over a node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dnsrace.engines.order.run import Left, Run
from dnsrace.engines.order.shape import Element, Shape
from dnsrace.engines.order.terms import INF, Terms
from dnsrace.errors import ModelError
from dnsrace.model.paths import Branch, Ensure, Failure, Leaf, Tree
from dnsrace.model.system import Commit, Property, Step


def step_function(shape: Shape, terms: Terms, step: Step) -> Callable[..., Any]:
    """A function of run, node and choices: the path taken, the head after it, and what is written
    to cells; None where the step is not enabled. Raises ModelError for what the order does not
    say, with the line."""
    failures: list[Failure] = []
    lines = list(_tree(shape, terms, step, step.tree, "    ", failures))
    arguments = ", ".join(["r", "s", *(f"c_{c.data}" for c in step.choices)])
    source = "\n".join([f"def take({arguments}):", *lines])
    scope = {"TOP": INF, "INF": INF, "Left": Left, "failures": failures}
    exec(compile(source, f"<{step.name} by order>", "exec"), scope)
    function: Callable[..., Any] = scope["take"]  # type: ignore[assignment]
    return function


def guard_function(terms: Terms, step: Step) -> Callable[..., bool]:
    """A function of node and choices: whether the first tests of a step, as far as the node alone
    settles them, leave it enabled."""
    tests, tree = ["True"], step.tree
    while isinstance(tree, Branch) and Leaf(None) in (tree.yes, tree.no):
        terms.place = tree.place or step.place
        text = terms.text(tree.test)
        if "r." in text:
            break
        tests.append(text if tree.no == Leaf(None) else f"not {text}")
        tree = tree.yes if tree.no == Leaf(None) else tree.no
    arguments = ", ".join(["s", *(f"c_{c.data}" for c in step.choices)])
    function: Callable[..., bool] = eval(f"lambda {arguments}: {' and '.join(tests)}")
    return function


def _tree(
    shape: Shape, terms: Terms, step: Step, tree: Tree[Commit | None], indent: str,
    failures: list[Failure],
) -> Iterator[str]:  # fmt: skip
    if isinstance(tree, Leaf):
        if tree.value is None:
            yield f"{indent}return None"
        else:
            yield from _commit(shape, terms, tree.value, indent)
    elif isinstance(tree, Ensure):
        terms.place = tree.failure.place or step.place
        failures.append(tree.failure)
        yield f"{indent}if not {terms.text(tree.condition)}:"
        yield f"{indent}    raise Left(failures[{len(failures) - 1}])"
        yield from _tree(shape, terms, step, tree.then, indent, failures)
    else:
        terms.place = tree.place or step.place
        text = terms.text(tree.test)
        first, then = (tree.no, tree.yes) if isinstance(tree.no, Leaf) else (tree.yes, tree.no)
        yield f"{indent}if {'not ' if first is tree.no else ''}{text}:"
        yield from _tree(shape, terms, step, first, indent + "    ", failures)
        yield from _tree(shape, terms, step, then, indent, failures)


def _commit(shape: Shape, terms: Terms, commit: Commit, indent: str) -> Iterator[str]:
    yield f"{indent}t, w = list(s[:{shape.mark + 1}]), {{}}"
    for write in commit.writes:
        variable = write.variable
        terms.place = write.place or commit.place
        value = terms.stored(write.value, variable.domain)
        key = [
            terms.stored(index, domain)
            for domain, index in zip(variable.index, write.index, strict=True)
            if shape.holds(domain)
        ]
        at = terms.place_of(variable, write.index)
        yield f"{indent}{f'w[{at}, {key[0]}]' if key else f't[{at}]'} = {value}"
    number = shape.system.path_numbers[id(commit)]
    yield f"{indent}return {number}, t, w"


def formula(terms: Terms, prop: Property) -> Callable[..., Any]:
    """A property as a function of run, node and head after the step."""
    terms.place = prop.place
    value, defined = terms.text(prop.value), terms.text(prop.defined)
    failure = Failure(f"the property {prop.name} reads a value outside its domain", prop.place)
    source = f"def holds(r, s, t):\n    if not {defined}:\n        raise Left(failure)\n"
    source += f"    return {value}\n"
    scope = {"TOP": INF, "INF": INF, "Left": Left, "failure": failure}
    exec(compile(source, f"<{prop.name} by order>", "exec"), scope)
    function: Callable[..., Any] = scope["holds"]  # type: ignore[assignment]
    return function


def starts_of(shape: Shape, terms: Terms) -> tuple[Callable[[Run, float], list[int]] | None, ...]:
    """For each cell, a function of run and identifier: the values that it may have at the start.
    None where these depend on more than the order."""
    return tuple(_start(terms, cell) for cell in shape.cells)


def _start(terms: Terms, cell: Element) -> Callable[[Run, float], list[int]] | None:
    variable, index = cell
    rest = iter(index)
    given = {
        f"b_i{n}": "key" if terms.shape.holds(d) else str(next(rest))
        for n, d in enumerate(variable.index)
    }
    try:
        values = ", ".join(f"int({terms.text(e)})" for e in variable.start)
    except ModelError:
        return None
    arguments = ", ".join(["r", "key", *(f"{n}={v}" for n, v in given.items() if v != "key")])
    named = "".join(f"    {n} = key\n" for n, v in given.items() if v == "key")
    source = f"def start({arguments}):\n{named}    return [{values}]\n"
    scope: dict[str, Any] = {"TOP": INF, "INF": INF}
    exec(compile(source, f"<start of {variable.name}>", "exec"), scope)
    function: Callable[[Run, float], list[int]] = scope["start"]
    return function
