"""What the head of every exported file says: where it comes from, how to run it, and which
properties are in it."""

from __future__ import annotations

import shlex
import textwrap
from dataclasses import dataclass, field

from dnsrace.model.show import system_hash
from dnsrace.model.system import Property, System

WIDTH = 96


@dataclass
class Said:
    """What a target makes of the properties: `how` for those in the file, `why` for the others."""

    how: list[tuple[str, str]] = field(default_factory=list)
    why: list[tuple[str, str]] = field(default_factory=list)


def title(system: System) -> str:
    """The model with its parameters."""
    given = ", ".join(
        f"{p.name}={p.text(system.parameters[p.name])}" for p in system.model.parameters
    )
    return f"{system.name}({given})"


def explore_command(system: System) -> str:
    """The command that finds the same numbers here."""
    parts = ["dnsrace explore", shlex.quote(system.model.reference)]
    for p in system.model.parameters:
        value = system.parameters[p.name]
        if value == p.default:
            continue
        if p.kind == "bool":
            parts.append(p.option if value else p.option.replace("--", "--no-", 1))
        else:
            parts.append(f"{p.option} {p.text(value)}")
    return " ".join([*parts, "--no-symmetry --keep-going"])


def head(system: System, target: str, run: list[str], notes: list[str], said: Said) -> list[str]:
    """The head as plain lines.

    Parameters
    ----------
    run: how to run the file: commands, which begin with blanks, and paragraphs.
    notes: paragraphs on what is particular to this export.
    said: where the properties went.
    """
    lines = [*_wrapped(title(system)), *_wrapped(first_line(system.model.doc)), ""]
    lines += _wrapped(
        f"Written by `dnsrace export {target}` from lifted form {system_hash(system)}. Change the "
        "model, not this file: what is changed here is checked by nobody."
    )
    lines += ["", "How to run it"]
    for text in run:
        lines += [text] if text.startswith(" ") else _wrapped(text)
    lines += [""]
    for note in notes:
        lines += [*_wrapped(note), ""]
    lines += ["The same numbers come from", f"  {explore_command(system)}", ""]
    lines += ["Properties in this file"]
    lines += _listed(said.how) or ["  none"]
    if said.why:
        lines += ["", "Properties that are not in this file", *_listed(said.why)]
    return lines


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _listed(rows: list[tuple[str, str]]) -> list[str]:
    width = max((len(name) for name, _ in rows), default=0)
    lines: list[str] = []
    for name, text in rows:
        first, *rest = textwrap.wrap(text, WIDTH - width - 4, break_on_hyphens=False) or [""]
        lines.append(f"  {name.ljust(width)}  {first}".rstrip())
        lines += [" " * (width + 4) + line for line in rest]
    return lines


def first_line(doc: str) -> str:
    """The first sentence of a docstring, on one line."""
    return " ".join(doc.strip().split("\n\n")[0].split())


def kind_text(prop: Property) -> str:
    """The kind of a property as models spell it."""
    return f"{prop.kind} (informative)" if prop.informative else prop.kind
