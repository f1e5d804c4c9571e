"""From the lifted form to the source of random walks: one state at a time, compiled or not.

What it defines in front of the template `kernel/walk`, with W words to a state:

    moves(states, at, out, note) -> n
                    writes each successor of the state at position `at` of `states` into out, STRIDE
                    numbers each: its words, its action (see `actions`), its path, and a bit for
                    each every_step property that is violated on the way; note[1] is set when a
                    value leaves its domain
    check(states, at) -> bits
                    a bit for each state property that is hit
    is_end(states, at) -> bool
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dnsrace.engines.codegen import check_lines
from dnsrace.engines.kernel import templates
from dnsrace.engines.layout import Layout
from dnsrace.engines.packed import Packed
from dnsrace.engines.scalar_steps import Steps, grouped, label_text
from dnsrace.engines.writer import Writer
from dnsrace.model.actions import actions_of
from dnsrace.model.expressions import FALSE
from dnsrace.model.show import system_hash
from dnsrace.model.system import Commit, Property, System


class Moves(Steps):
    """Emits the steps of a system, each successor with what is known of the way there."""

    def commit(self, commit: Commit) -> None:
        writer, words = self.writer, self.packed.layout.words
        number = self.system.path_numbers[id(commit)]
        if self.transitions:
            writer.line("note[0] = 0")
        changed = self.effect(commit)
        writer.line("at = n * STRIDE")
        values = [f"{'x' if word in changed else 'w'}{word}" for word in range(words)]
        values += [label_text(self.packed, self.system, number), str(number)]
        values += ["note[0]" if self.transitions else "0"]
        for offset, value in enumerate(values):
            writer.line(f"out[at + {offset}] = {value}" if offset else f"out[at] = {value}")
        writer.line("n += 1")


def walk_source(
    system: System, layout: Layout, transitions: Sequence[Property], states: Sequence[Property]
) -> str:
    """The whole generated file.

    Parameters
    ----------
    transitions: every_step properties to watch; their bits are in this order.
    states: always and sometimes properties to watch; the same.
    """
    packed = Packed(layout)
    writer = Writer(packed)
    emit = Moves(writer, packed, system, transitions)
    with _function(writer, "def moves(states, at, out, note):"):
        writer.line("n = 0")
        for choices, steps in grouped(system).items():
            emit.loops(choices, steps)
        writer.line("return n")
    with _function(writer, "def check(states, at):"):
        check_lines(writer, states)
    with _function(writer, "def is_end(states, at):"):
        end = FALSE if system.end is None else system.end
        writer.line(f"return {writer.condition(end)}")
    constants = (
        f"WORDS, STRIDE, ACTIONS = {layout.words}, {layout.words + 3}, {len(actions_of(system))}\n"
        f"TRANSITIONS, GOALS = {len(transitions)}, {len(transitions) + len(states)}"
    )
    head = f'''"""Generated from the model {system.name}, lifted form {system_hash(system)}."""

from __future__ import annotations

from dnsrace.engines.native.intrinsics import compiled, inner

{constants}


'''
    body = "\n".join([*packed.helpers, *writer.lines])
    return f"{head}{body}\n\n{templates(('walk',))}"


@contextmanager
def _function(writer: Writer, header: str) -> Iterator[None]:
    writer.line("@inner")
    with writer.block(header):
        for word in range(writer.packed.layout.words):
            writer.line(f"w{word} = states[at + {word}]" if word else "w0 = states[at]")
        yield
    writer.line("")
