"""The lifted form as readable text, with a hash that is the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from dnsrace.model.domains import Domain
from dnsrace.model.expressions import FALSE, TRUE, Expr, Variable
from dnsrace.model.notation import expression_text
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree
from dnsrace.model.system import Ago, Commit, Property, Sentence, Step, System


def system_text(system: System) -> str:
    """The whole lifted form. Equal texts have equal meanings."""
    return "\n".join(_lines(system)) + "\n"


def system_hash(system: System) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the text."""
    return hashlib.sha256(system_text(system).encode()).hexdigest()[:16]


def _lines(system: System) -> Iterator[str]:
    given = ", ".join(
        f"{p.name}={p.text(system.parameters[p.name])}"
        for p in system.model.parameters
        if p.name in system.parameters
    )
    yield f"model {system.name}({given})"
    if system.open:
        yield f"  open: {', '.join(system.open)}"
    yield ""
    for domain in system.domains:
        note = "  interchangeable" if domain.kind == "names" else ""
        yield f"domain {domain.name} = {domain.values_text()}{note}"
    yield ""
    for variable in system.variables:
        yield f"var {variable_text(variable)}"
    for step in system.steps:
        yield ""
        yield from step_lines(step)
    yield ""
    for prop in system.properties:
        yield from property_lines(prop)
    if system.end is not None:
        yield f"end {system.end}"


def variable_text(variable: Variable) -> str:
    """`alias[Endpoint] : Plan, starts as 1`."""
    index = f"[{', '.join(d.name for d in variable.index)}]" if variable.index else ""
    start = " or ".join(
        variable.domain.text(e.data) if e.op == "const" and variable.domain.kind == "maybe" else
        str(e) for e in variable.start
    )  # fmt: skip
    given = (
        f" at [{', '.join(f'i{n}' for n in range(len(variable.index)))}]" if "i0" in start else ""
    )
    return f"{variable.name}{index} : {variable.domain.name}, starts as {start}{given}"


def step_lines(step: Step) -> Iterator[str]:
    """A step as guarded commands, one for each path."""
    choices = ", ".join(f"{c.data}: {c.domain.name}" for c in step.choices if c.domain)
    yield f"step {step.name}({choices})"
    yield from _tree_lines(step.tree, "  ")


def _tree_lines(tree: Tree[Commit | None], indent: str) -> Iterator[str]:
    """A tree with its guards flat and its branches nested."""
    if isinstance(tree, Leaf):
        if tree.value is None:
            yield f"{indent}not enabled"
        else:
            yield from _commit_lines(tree.value, indent)
    elif isinstance(tree, Ensure):
        yield f"{indent}check {tree.condition}"
        yield from _tree_lines(tree.then, indent)
    else:
        yield from _branch_lines(tree, indent)


def _branch_lines(tree: Branch[Commit | None], indent: str) -> Iterator[str]:
    blocked = Leaf(None)
    if tree.no == blocked:
        yield f"{indent}require {tree.test}"
        yield from _tree_lines(tree.yes, indent)
    elif tree.yes == blocked:
        yield f"{indent}require {expression_text(_negated(tree.test))}"
        yield from _tree_lines(tree.no, indent)
    else:
        yield f"{indent}if {tree.test}:"
        yield from _tree_lines(tree.yes, indent + "  ")
        yield f"{indent}else:"
        yield from _tree_lines(tree.no, indent + "  ")


def _negated(test: Expr) -> Expr:
    from dnsrace.model.expressions import not_

    return not_(test)


def _commit_lines(commit: Commit, indent: str) -> Iterator[str]:
    for write in commit.writes:
        index = f"[{', '.join(map(str, write.index))}]" if write.index else ""
        value = _value(write.variable.domain, write.value)
        yield f"{indent}{write.variable.name}{index} := {value}"
    if commit.said:
        yield f'{indent}"{sentence_text(commit.said)}"'


def _value(domain: Domain, value: Expr) -> str:
    if value.op == "const" and domain.kind == "maybe":
        return domain.text(value.data)
    return str(value)


def sentence_text(said: Sentence) -> str:
    """A sentence with its expressions in braces."""
    parts = []
    for part in said:
        if isinstance(part, Expr):
            parts.append("{" + str(part) + "}")
        elif isinstance(part, Ago):
            parts.append("{steps since " + part.step + "}")
        else:
            parts.append(part)
    return "".join(parts)


def property_lines(prop: Property) -> Iterator[str]:
    """A property, its marks, and its formula."""
    marks = [m for m, on in (("question", prop.question), ("informative", prop.informative)) if on]
    if prop.kind == "eventually":
        marks += ["stays"] * prop.stays + [f"{prop.fairness} fairness"]
        marks += [f"of {', '.join(prop.fair_steps)}"] * bool(prop.fair_steps)
    suffix = f"  [{', '.join(marks)}]" if marks else ""
    yield f"{prop.kind} {prop.name}{suffix}: {prop.value}"
    if prop.defined not in (TRUE, FALSE):
        yield f"  check {prop.defined}"
