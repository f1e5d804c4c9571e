"""Lemmas that were found, as a file that `--lemmas` reads: sentences, and Python."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from enum import Enum

from dnsrace.engines.proof.candidates import Candidate
from dnsrace.findings.words import listed
from dnsrace.model.expressions import Expr
from dnsrace.model.system import System

SIGNS = {"and": "and", "or": "or", "lt": "<", "le": "<=", "add": "+", "sub": "-", "eq": "=="}


def lemma_file(system: System, found: Sequence[Candidate]) -> str:
    """The text of a file with these lemmas."""
    values = ", ".join(f"{name}={value}" for name, value in system.parameters.items())
    head = textwrap.fill(f'"""Lemmas found for {system.name}({values})."""', 95)
    width = len(str(len(found)))
    functions = [_function(f"found_{n:0{width}}", c) for n, c in enumerate(found, 1)]
    return "\n\n\n".join([head, *functions]) + "\n"


def _function(name: str, lemma: Candidate) -> str:
    body = _python(lemma.atom)
    if lemma.guards:
        several = len(lemma.guards) > 1
        guards = " and ".join(_python(g, nested=several) for g in lemma.guards)
        body = f"not ({guards})" + ("" if _is_false(lemma.atom) else f" or {body}")
    loops = [f"for {v.data} in {v.domain.name}" for v in lemma.bound if v.domain]
    if loops:
        inner = "\n".join(f"        {line}" for line in (body, *loops))
        body = f"all(\n{inner}\n    )"
    doc = textwrap.fill(f'"""{sentence(lemma)}"""', 95, subsequent_indent="    ")
    return f"def {name}(s):\n    {doc}\n    return {body}"


def sentence(lemma: Candidate) -> str:
    """A lemma in the model's words: `Where phase[x] = cleaning: 1 <= victim[x].`"""
    of = [f"each {v.data} of {v.domain.name}" for v in lemma.bound if v.domain]
    head = f"For {listed(of)}" if of else ""
    if lemma.guards:
        where = listed([str(guard) for guard in lemma.guards])
        if _is_false(lemma.atom):
            return f"{head + ', never' if head else 'Never'} {where}."
        head = f"{head}, where {where}" if head else f"Where {where}"
    return f"{head}: {lemma.atom}." if head else f"Always {lemma.atom}."


def _is_false(atom: Expr) -> bool:
    return atom.op == "const" and not atom.data


def _python(expr: Expr, nested: bool = False) -> str:
    """A test as Python."""
    if expr.op == "not" and expr.args[0].op == "eq":
        text = " != ".join(_python(a) for a in expr.args[0].args)
    elif expr.op == "not":
        text = f"not {_python(expr.args[0], nested=True)}"
    elif expr.op in SIGNS:
        text = f" {SIGNS[expr.op]} ".join(_python(a, nested=True) for a in expr.args)
    else:
        return _leaf(expr)
    return f"({text})" if nested else text


def _leaf(expr: Expr) -> str:
    if expr.op == "read":
        index = ", ".join(map(_python, expr.args))
        return f"s.{expr.data.name}" + (f"[{index}]" if index else "")
    if expr.op == "param":
        return str(expr.data[0])
    if expr.op == "bound":
        return str(expr.data)
    value = expr.sort.decode(expr.data)
    if isinstance(value, Enum):
        return f"{expr.sort.name}.{value.name}"
    if expr.sort.kind == "maybe":
        return f"{expr.sort.name}.none"
    return str(value)
