"""What a search cannot do, nor the generated steppers, said before they are made."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dnsrace.engines.layout import WORD_BITS, Layout
from dnsrace.engines.scalar_steps import fan_out
from dnsrace.errors import UsageError
from dnsrace.model.bounds import Facts
from dnsrace.model.expressions import Expr
from dnsrace.model.system import Property, System, expressions_of

MOST_PROPERTIES = 60
"""Each has a bit in a word, and two bits are taken."""

MOST_SLOTS = 2_500
"""Values in a state: the text of a stepper grows with them, and writing more takes minutes."""


MOST_STARTS = 1_000_000
"""Initial states: listing them all takes seconds."""


def refuse_many_starts(system: System) -> None:
    """Raises UsageError for a system that may begin in too many ways."""
    if system.starts is None and system.start_count > MOST_STARTS:
        raise UsageError(
            f"{system.name} has {system.start_count:,} initial states with these parameters; they "
            f"are listed before the first step, and {MOST_STARTS:,} is the most",
            cure="give smaller parameters, let the first steps choose the values, or ask dnsrace "
            "bmc, which does not list them",
        )


def refuse_too_much(system: System, properties: tuple[Property, ...]) -> None:
    """Raises UsageError for a state of too many values, and for more properties than a word has
    bits."""
    if len(system.slots) > MOST_SLOTS:
        raise UsageError(
            f"a state of {system.name} has {len(system.slots):,} values with these parameters, and "
            f"a stepper can be made for {MOST_SLOTS:,} at most",
            cure="give smaller parameters; races mostly show with two or three of everything",
        )
    if len(properties) > MOST_PROPERTIES:
        raise UsageError(
            f"{len(properties)} properties are too many for one search",
            cure=f"name at most {MOST_PROPERTIES} with --property, or give --engine interpreter",
        )


def refuse_many_renamings(system: System, layout: Layout, together: int) -> None:
    """Raises UsageError when the states that so many representatives stand for, or their
    transitions, might be more than 64 bits count."""
    ways = math.prod(math.factorial(row.count) for row in layout.substates.values())
    if ways * fan_out(system) * together >> 62:
        names = " and ".join(f"{d.size} {d.name} names" for d in layout.substates)
        raise UsageError(
            f"{names} can be renamed in too many ways for compiled code",
            cure="use fewer names, or give --no-symmetry, or --engine python, which is slower",
        )


def refuse_wide_numbers(system: System) -> None:
    """Compiled code reckons with 64 bits, Python without bounds. Raises UsageError for arithmetic
    whose result might not fit: it would silently become something else."""
    facts = Facts()
    limit = 1 << (WORD_BITS - 1)
    for expr in _all(system):
        if expr.op in ("add", "sub", "mul"):
            low, high = facts.interval(expr)
            if low is None or high is None or low < -limit or high > limit:
                raise UsageError(
                    f"{expr} may be too large for compiled arithmetic",
                    cure="use smaller domains, or give --engine python, which is slower and exact",
                )


def _all(system: System) -> Iterator[Expr]:
    """Every expression of a system, with all of its parts."""
    roots = [p.value for p in system.properties] + [p.defined for p in system.properties]
    roots += [system.end] if system.end is not None else []
    for step in system.steps:
        roots += (expr for expr, _ in expressions_of(step.tree))
    for root in roots:
        yield from root.walk()
