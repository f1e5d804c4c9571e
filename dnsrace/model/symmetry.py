"""Does a model treat its interchangeable names alike?

Numbers for names cannot be written in a model (see `symbols`), so a name can be singled out only
by a loop over them that does not treat them alike. Here each pair of neighbouring names is
swapped in the whole lifted form, and the result must be the same text up to the order of what
commutes. Equal texts mean equal behaviour, so a model that passes is symmetric (Ip and Dill,
"Better verification through symmetry", FMSD 9, 1996, theorem 1).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from dnsrace.errors import ModelError, Place
from dnsrace.model import places
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr, Variable, rebuild
from dnsrace.model.operators import OPERATORS
from dnsrace.model.paths import Branch, Ensure, Tree
from dnsrace.model.system import Commit, System


def check_symmetry(system: System) -> None:
    """Raises ModelError where a model tells the names of an interchangeable domain apart."""
    for domain in system.domains:
        if domain.kind != "names":
            continue
        for low in domain.raws[:-1]:
            for what, place, tree in _parts(system):
                if _key(tree, domain, low) != _key(tree, domain, None):
                    raise ModelError(
                        f"{what} does not treat the {domain.name} names alike: swapping "
                        f"{low} and {low + 1} gives something else",
                        place=place,
                        cure=f"use any() and all() instead of a loop that ends early, "
                        f"or declare {domain.name} as a Range if they differ",
                    )
            for variable in system.variables:
                _check_start(variable, domain, low, system)


def _parts(system: System) -> list[tuple[str, Place | None, Tree[Commit | None] | Expr]]:
    parts: list[tuple[str, Place | None, Tree[Commit | None] | Expr]] = [
        (f"the step {s.name}", s.place, s.tree) for s in system.steps
    ]
    parts += [
        (f"the property {p.name}", p.place, p.value) for p in (*system.properties, *system.lemmas)
    ]
    if system.end is not None:
        parts.append(("end", places.of_function(system.model.function), system.end))
    return parts


def _check_start(variable: Variable, domain: Domain, low: int, system: System) -> None:
    texts = sorted(_key(e, domain, None) for e in variable.start)
    if sorted(_key(e, domain, low) for e in variable.start) != texts:
        raise ModelError(
            f"the start of {variable.name} does not treat the {domain.name} names alike",
            place=system.steps[0].place,
            cure=f"write start={domain.name} for any of them, or declare {domain.name} as a Range",
        )


def _key(part: Tree[Commit | None] | Expr, domain: Domain, low: int | None) -> str:
    """A text of a part with `low` and `low + 1` swapped, the order of what commutes made unique.

    A step is the set of its paths, each a set of tests with their outcomes and what follows: two
    trees with the same set mean the same, in whatever order they test.
    """
    if isinstance(part, Expr):
        return _normal(part if low is None else swapped(part, domain, low))
    return "\n".join(sorted(_paths(part, domain, low, ())))


Tests = tuple[tuple[Expr, bool], ...]


def _paths(
    tree: Tree[Commit | None], domain: Domain, low: int | None, tests: Tests
) -> Iterator[str]:
    if isinstance(tree, Branch):
        test = tree.test if low is None else swapped(tree.test, domain, low)
        plain = test.args[0] if test.op == "not" else test
        yield from _paths(tree.yes, domain, low, (*tests, (plain, plain is test)))
        yield from _paths(tree.no, domain, low, (*tests, (plain, plain is not test)))
    elif isinstance(tree, Ensure):
        yield f"{_region(tests)} check {_key(tree.condition, domain, low)}"
        yield from _paths(tree.then, domain, low, tests)
    elif tree.value is not None:
        yield f"{_region(tests)} set {';'.join(_writes(tree.value, domain, low))}"


def _writes(commit: Commit, domain: Domain, low: int | None) -> Iterator[str]:
    """The writes of a path. Only the order of those that may be to the same element means
    something: of one variable, and not to fixed elements, which are all different."""
    for _, same in itertools.groupby(
        sorted(commit.writes, key=lambda w: w.variable.name), key=lambda w: w.variable
    ):
        for fixed, run in itertools.groupby(same, key=lambda w: all(_is_const(i) for i in w.index)):
            texts = [
                f"{w.variable.name}[{','.join(_key(i, domain, low) for i in w.index)}]"
                f":={_key(w.value, domain, low)}"
                for w in run
            ]
            yield from sorted(texts) if fixed else texts


def _is_const(expr: Expr) -> bool:
    return expr.op == "const"


def _region(tests: Tests) -> str:
    """A set of tests as text, without those that follow from a test for one value of a name."""
    is_: dict[Expr, int] = {}
    not_: dict[Expr, set[int]] = {}
    rest = []
    for test, outcome in tests:
        left, right = test.args if test.op == "eq" else (None, None)
        if left is None or right is None or right.op != "const" or left.sort.kind != "names":
            rest.append(f"{_normal(test)}={outcome}")
        elif outcome:
            is_[left] = int(right.data)
        else:
            not_.setdefault(left, set()).add(int(right.data))
    for left, excluded in not_.items():
        possible = set(left.sort.raws) - excluded
        if left not in is_ and len(possible) == 1:
            is_[left] = possible.pop()
        elif left not in is_:
            rest += [f"{_normal(left)}!={raw}" for raw in excluded]
    rest += [f"{_normal(left)}=={raw}" for left, raw in is_.items()]
    return " ".join(sorted(set(rest)))


def swapped(expr: Expr, domain: Domain, low: int) -> Expr:
    """The expression with two neighbouring names of a domain swapped."""
    other = {low: low + 1, low + 1: low}

    def leaf(e: Expr) -> Expr | None:
        if e.op == "const" and (e.sort is domain or e.sort.of is domain):
            return Expr("const", (), e.sort, other.get(e.data, e.data))
        return None

    return rebuild(expr, leaf)


def _normal(expr: Expr) -> str:
    if expr.op == "const":
        return f"{expr.sort.name}:{expr.data}"
    if expr.op == "read":
        return f"{expr.data.name}[{','.join(map(_normal, expr.args))}]"
    if OPERATORS[expr.op].commutes:
        parts = sorted(_normal(e) for e in _flat(expr, expr.op))
        return f"({f' {expr.op} '.join(parts)})"
    data = expr.data[0] if isinstance(expr.data, tuple) else expr.data
    return f"{expr.op}:{data}({','.join(map(_normal, expr.args))})"


def _flat(expr: Expr, op: str) -> list[Expr]:
    """The operands of nested applications of an associative operator."""
    if expr.op != op:
        return [expr]
    if op == "eq":
        return list(expr.args)
    return _flat(expr.args[0], op) + _flat(expr.args[1], op)
