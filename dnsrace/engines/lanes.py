"""From the lifted form to the source of a stepper that takes many states at once.

No branch predictor knows which phase an enactor is in, so a stepper that tests it for one state
after the other spends most of its time on wrong guesses. This one goes over a block of states,
its *lanes*, step by step: everything that a step may do is computed for every lane, without a
branch, and the effect that applies is picked. Compilers turn such loops into vector instructions.
The text is meant for our compiler, `native`; what it must agree with is `codegen`. It defines, with
W words:

    expand_block(queue, low, count, lanes, made, out, tally, note) -> n
                    expands count states from position low of the queue. Writes successors into
                    out, row by row, ROOM apart (canonical with symmetry); counts paths in tally;
                    see NOTES for note
    check_block(queue, low, high, note) -> bits
                    all bits of `check` over some states; with symmetry adds how many states they
                    stand for to note[ORBITS]
    value_block(queue, low, high, which, values) -> position
                    writes whether a recoverable or eventually property, by its number among
                    these, is true in each state to values; returns the position of a state where
                    it is not defined, or -1
    label_block(queue, low, count, made)
                    writes the action (see `actions`) of each candidate to the first of its rows
                    in made, or -1
    canonical(w0, ..) -> w0, ..
                    only with symmetry, and only ever run by Python

`lanes` holds W rows of words and one row with the number of successors, `made` W rows for each
candidate for a successor; rows are BLOCK long.
"""

from __future__ import annotations

from collections.abc import Sequence

from dnsrace.engines.canonical import orbit_size, sort_substates
from dnsrace.engines.codegen import UNDEFINED, graph_properties
from dnsrace.engines.kernel import templates
from dnsrace.engines.lane_steps import NOTES, LaneLabels, LaneSteps
from dnsrace.engines.layout import Layout, layout_of
from dnsrace.engines.packed import Packed
from dnsrace.engines.scalar_steps import fan_out
from dnsrace.engines.writer import Writer
from dnsrace.model.expressions import TRUE, not_
from dnsrace.model.show import system_hash
from dnsrace.model.system import Property, System

LARGEST_BLOCK = 256
"""States to a block: what belongs to them stays in the innermost caches."""


def block_size(system: System) -> int:
    """States to a block; fewer for models with very many successors."""
    return max(8, min(LARGEST_BLOCK, 16384 // fan_out(system)))


def kernel_source(
    system: System, properties: tuple[Property, ...], symmetric: bool
) -> tuple[str, Layout]:
    """The whole generated file, and the layout that it was made for."""
    layout = layout_of(system)
    stepper = lanes_source(system, layout, properties, symmetric=symmetric)
    head = f'''"""Generated from the model {system.name}, lifted form {system_hash(system)}."""

from __future__ import annotations

from dnsrace.engines.native.intrinsics import (
    compiled, find, get, inner, lowest, merged, pick, prefetch, put, squeeze,
)

'''
    return f"{head}{stepper}\n\n{templates()}", layout


def lanes_source(
    system: System, layout: Layout, properties: Sequence[Property], *, symmetric: bool
) -> str:
    """The source of a stepper over blocks; its parameters are those of `stepper_source`."""
    packed = Packed(layout)
    writer = Writer(packed, flat=True)
    block = block_size(system)
    transitions = [p for p in properties if p.kind == "every_step"]
    states = [p for p in properties if p.kind in ("always", "sometimes")]
    emit = LaneSteps(writer, packed, system, transitions, block)
    writer.line("@inner")
    with writer.block("def expand_block(queue, low, count, lanes, made, out, tally, note):"):
        emit.expand(symmetric)
    writer.line("")
    writer.line("@inner")
    with writer.block("def check_block(queue, low, high, note):"):
        _check(writer, layout, states, symmetric)
    writer.line("")
    writer.line("@inner")
    with writer.block("def value_block(queue, low, high, which, values):"):
        _values(writer, layout, properties)
    writer.line("")
    writer.line("@inner")
    with writer.block("def label_block(queue, low, count, made):"):
        LaneLabels(writer, packed, system, (), block).expand(False)
    writer.line("")
    if symmetric:
        with writer.block(f"def canonical({writer.words('w')}):"):
            sort_substates(writer, layout)
            writer.line(f"return {writer.words('w')}")
        writer.line("")
    constants = [
        f"NOTES = {len(NOTES)}",
        f"{', '.join(NOTES)} = range({len(NOTES)})",
        f"WORDS, LANES = {layout.words}, {(layout.words + 1) * block}",
        f"BLOCK, FAN, ROOM = {block}, {emit.fan}, {emit.room}",
        f"PATHS = {max(1, len(system.paths))}",
        "",
        "",
    ]
    return "\n".join([*constants, *packed.helpers, *writer.lines]) + "\n"


def _values(writer: Writer, layout: Layout, properties: Sequence[Property]) -> None:
    line = writer.line
    line("bad = -1")
    for number, prop in enumerate(graph_properties(properties)):
        with writer.block(f"if which == {number}:"), writer.block("for i in range(low, high):"):
            for word in range(layout.words):
                line(f"w{word} = get(queue, i * {layout.words} + {word})")
            line(f"values[i] = {writer.pick(writer.condition(prop.value), '1', '0')}")
            if prop.defined != TRUE:
                line(f"bad = {writer.pick(writer.condition(prop.defined), 'bad', 'i')}")
    line("return bad")


def _check(writer: Writer, layout: Layout, states: Sequence[Property], symmetric: bool) -> None:
    line = writer.line
    line("bits = total = 0")
    with writer.block("for i in range(low, high):"):
        for word in range(layout.words):
            line(f"w{word} = get(queue, i * {layout.words} + {word})")
        for bit, prop in enumerate(states):
            hit = writer.condition(prop.value if prop.kind == "sometimes" else not_(prop.value))
            value = writer.pick(hit, str(1 << bit), "0")
            if prop.defined != TRUE:
                value = writer.pick(writer.condition(prop.defined), value, str(1 << UNDEFINED))
            line(f"bits |= {value}")
        if symmetric:
            line(f"total += {orbit_size(writer, layout)}")
    line("note[ORBITS] += total")
    line("return bits")
