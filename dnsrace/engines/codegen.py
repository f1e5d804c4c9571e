"""From the lifted form to the source of a stepper over packed words.

The text is plain Python and runs as it is, so that small spaces need not wait for a compiler. What
it defines, with W words w0, w1, ...:

    expand(w0, .., n, out, taken, note) -> n
        writes successors into out, W words each, the first as the n-th state there; counts paths
        in taken; note[0] collects a bit for each every_step property that is violated, note[1] is
        set when a check of the lifted form fails
    check(w0, ..) -> bits                   a bit for each state property that is hit
    value(w0, .., which) -> 0, 1 or -1      of a recoverable or eventually property, by its number
                                            among these; -1 where it is not defined
    label(w0, .., n, out, note) -> n        the action (see `actions`) of each successor, in the
                                            order of expand
    is_end(w0, ..) -> bool
    canonical(w0, ..) -> w0, ..             only with symmetry
    orbit(w0, ..) -> n                      how many states the canonical one stands for
"""

from __future__ import annotations

from collections.abc import Sequence

from dnsrace.engines.canonical import orbit_size, sort_substates
from dnsrace.engines.layout import Layout
from dnsrace.engines.packed import Packed
from dnsrace.engines.scalar_steps import Labels, Steps, grouped
from dnsrace.engines.writer import Writer
from dnsrace.model.expressions import FALSE, TRUE, not_
from dnsrace.model.system import Property, System

UNDEFINED = 62
"""The bit of `check` that says that a property could not be evaluated."""


def stepper_source(
    system: System,
    layout: Layout,
    properties: Sequence[Property],
    *,
    symmetric: bool,
) -> str:
    """The source of a stepper.

    Parameters
    ----------
    properties: those to watch; every_step and state properties number their bits apart, in order.
    symmetric: whether to define `canonical` and `orbit`.
    """
    packed = Packed(layout)
    writer = Writer(packed)
    _expand(writer, packed, system, [p for p in properties if p.kind == "every_step"])
    _check(writer, [p for p in properties if p.kind in ("always", "sometimes")])
    _value(writer, properties)
    _label(writer, packed, system)
    _end(writer, system)
    if symmetric:
        _canonical(writer, layout)
        _orbit(writer, layout)
    return "\n".join([*packed.helpers, *writer.lines]) + "\n"


def _expand(
    writer: Writer, packed: Packed, system: System, transitions: Sequence[Property]
) -> None:
    emit = Steps(writer, packed, system, transitions)
    writer.line("@compiled")
    with writer.block(f"def expand({writer.words('w')}, n, out, taken, note):"):
        for choices, steps in grouped(system).items():
            emit.loops(choices, steps)
        writer.line("return n")
    writer.line("")


def _check(writer: Writer, states: Sequence[Property]) -> None:
    writer.line("@compiled")
    with writer.block(f"def check({writer.words('w')}):"):
        check_lines(writer, states)
    writer.line("")


def check_lines(writer: Writer, states: Sequence[Property]) -> None:
    """The body of `check`."""
    writer.line("bits = 0")
    for bit, prop in enumerate(states):
        if prop.defined != TRUE:
            with writer.block(f"if not ({writer.condition(prop.defined)}):"):
                writer.line(f"return {1 << UNDEFINED}")
        hit = prop.value if prop.kind == "sometimes" else not_(prop.value)
        with writer.block(f"if {writer.condition(hit)}:"):
            writer.line(f"bits |= {1 << bit}")
    writer.line("return bits")


def _value(writer: Writer, properties: Sequence[Property]) -> None:
    writer.line("@compiled")
    with writer.block(f"def value({writer.words('w')}, which):"):
        for number, prop in enumerate(graph_properties(properties)):
            with writer.block(f"if which == {number}:"):
                if prop.defined != TRUE:
                    with writer.block(f"if not ({writer.condition(prop.defined)}):"):
                        writer.line("return -1")
                writer.line(f"return 1 if {writer.condition(prop.value)} else 0")
        writer.line("return 0")
    writer.line("")


def graph_properties(properties: Sequence[Property]) -> list[Property]:
    """Those that only the graph of all states answers."""
    return [p for p in properties if p.kind in ("recoverable", "eventually")]


def _label(writer: Writer, packed: Packed, system: System) -> None:
    emit = Labels(writer, packed, system, ())
    writer.line("@compiled")
    with writer.block(f"def label({writer.words('w')}, n, out, note):"):
        for choices, steps in grouped(system).items():
            emit.loops(choices, steps)
        writer.line("return n")
    writer.line("")


def _end(writer: Writer, system: System) -> None:
    writer.line("@compiled")
    with writer.block(f"def is_end({writer.words('w')}):"):
        end = FALSE if system.end is None else system.end
        writer.line(f"return {writer.condition(end)}")
    writer.line("")


def _canonical(writer: Writer, layout: Layout) -> None:
    writer.line("@compiled")
    with writer.block(f"def canonical({writer.words('w')}):"):
        sort_substates(writer, layout)
        writer.line(f"return {writer.words('w')}")
    writer.line("")


def _orbit(writer: Writer, layout: Layout) -> None:
    writer.line("@compiled")
    with writer.block(f"def orbit({writer.words('w')}):"):
        writer.line(f"return {orbit_size(writer, layout)}")
    writer.line("")
