"""The steps of a system over a block of states, branch-free. See `lanes`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dnsrace.engines.canonical import orbit_size, sort_substates
from dnsrace.engines.packed import Packed
from dnsrace.engines.scalar_steps import (
    Trees,
    after,
    dispatch,
    fan_out,
    grouped,
    label_text,
    path_numbers,
)
from dnsrace.engines.stores import store
from dnsrace.engines.writer import Writer
from dnsrace.model.expressions import FALSE, TRUE, Expr, eq
from dnsrace.model.paths import Ensure, Leaf, Tree
from dnsrace.model.system import Commit, Property, Step, System

NOTES = ("VIOLATED", "BROKEN", "ENDED", "DEAD", "FIRST_DEAD", "ORBITS", "REPRESENTED")
"""What `note` holds: bits of violated every_step properties; whether a check of the lifted form
failed; ends, deadlocks, and the first lane of one (-1: none); states stood for; transitions stood
for."""


@dataclass
class LaneSteps:
    """Emits the body of `expand_block`."""

    writer: Writer
    packed: Packed
    system: System
    transitions: Sequence[Property]
    block: int

    def __post_init__(self) -> None:
        self.words = range(self.packed.layout.words)
        self.fan = fan_out(self.system)
        self.room = self.block * self.fan + 8
        self.after_row = len(self.words)
        # several counters share a word: each has bits enough to count a block
        self.field = self.block.bit_length()
        self.fields = 63 // self.field
        self.counter: dict[int, tuple[str, int]] = {}

    def row(self, number: int) -> str:
        """The element of a row for the current lane."""
        return f"lanes[{number * self.block} + i]" if number else "lanes[i]"

    def expand(self, symmetric: bool) -> None:
        line = self.writer.line
        line("n = at = 0")
        with self.writer.block("for i in range(count):"):
            for word in self.words:
                line(f"{self.row(word)} = get(queue, (low + i) * {len(self.words)} + {word})")
            line(f"{self.row(self.after_row)} = 0")
        for choices, steps in grouped(self.system).items():
            self.loops(choices, steps)
        self.append()
        if symmetric:
            self.canonical()
            self.represented()
        self.dead()
        line("return n")

    def loops(self, choices: tuple[Expr, ...], steps: list[Step]) -> None:
        """Loops over the choices; inside, one loop over the lanes for steps that exclude each
        other, as their phases differ: they share the rows of candidates."""
        if choices:
            domain, name = choices[0].domain, self.packed.name(choices[0])
            assert domain is not None
            with self.writer.block(f"for {name} in range({domain.lo}, {domain.hi + 1}):"):
                self.loops(choices[1:], steps)
            return
        self.writer.line("pass")
        for test, cases in dispatch(steps):
            if test is None:
                for trees in cases.values():
                    for tree in trees:
                        self.lane_loop(None, {TRUE: [tree]})
            else:
                self.lane_loop(test, cases)

    def lane_loop(self, test: Expr | None, cases: dict[Expr, Trees]) -> None:
        """One pass over the lanes, then the candidates of each slot are appended to out. A slot
        takes one tree of each case."""
        writer = self.writer
        reached = (path_numbers(self.system, t) for trees in cases.values() for _, t in trees)
        paths = sorted(set().union(*reached))
        slots = max(len(trees) for trees in cases.values())
        fields = [f"k{at // self.fields}" for at in range(len(paths))]
        counters = dict.fromkeys(fields)
        self.counter = {
            path: (fields[at], 1 << at % self.fields * self.field) for at, path in enumerate(paths)
        }
        writer.line(" = ".join(["bad", "broken", *(f"sum_{name}" for name in counters), "0"]))
        with writer.block("for i in range(count):"):
            for word in self.words:
                writer.line(f"w{word} = {self.row(word)}")
            writer.line(" = ".join([*counters, "0"]))
            for slot in range(slots):
                for word in self.words:
                    writer.line(f"y{slot}_{word} = {f'w{word}' if word else -1}")
            for value, trees in cases.items():
                guard = writer.condition(eq(test, value)) if test is not None else "True"
                guard = self.let(guard)
                for slot, (name, tree) in enumerate(trees):
                    writer.line(f"# {name}")
                    self.tree(tree, guard, slot)
            for name in counters:
                writer.line(f"sum_{name} += {name}")
            enabled = " + ".join(f"(y{slot}_0 >> 63)" for slot in range(slots))
            writer.line(f"{self.row(self.after_row)} += {slots} + {enabled}")
            for slot in range(slots):
                for word in self.words:
                    row = (slot * len(self.words) + word) * self.block
                    writer.line(f"put(made, at + {row} + i, y{slot}_{word})")
        writer.line(f"at += {slots * len(self.words) * self.block}")
        for at, path in enumerate(paths):
            shift, mask = at % self.fields * self.field, (1 << self.field) - 1
            writer.line(f"tally[{path}] += (sum_{fields[at]} >> {shift}) & {mask}")
        writer.line("note[VIOLATED] |= bad")
        writer.line("note[BROKEN] |= broken")

    def append(self) -> None:
        """Gather the candidates that are states; -1 marks the others. Eight lanes at a time, so
        that the successors of neighbours stay neighbours: they are often the same."""
        block, size = self.writer.block, len(self.words) * self.block
        with block("for i in range(0, count, 8):"), block(f"for row in range({self.fan}):"):
            flags = f"row * {size} + i"
            for word in self.words:
                at, to = f"{flags} + {word * self.block}", f"n + {word * self.room}"
                self.writer.line(f"more = squeeze(made, {at}, {flags}, count - i, out, {to})")
            self.writer.line("n += more")

    def let(self, text: str) -> str:
        name = self.writer.fresh("g")
        self.writer.line(f"{name} = {text}")
        return name

    def tree(self, tree: Tree[Commit | None], guard: str, slot: int) -> None:
        """The lines for what lies below the tests that made `guard`."""
        writer = self.writer
        if isinstance(tree, Leaf):
            if tree.value is not None:
                self.commit(tree.value, guard, slot)
        elif isinstance(tree, Ensure):
            fine = self.let(writer.condition(tree.condition))
            writer.line(f"broken |= {writer.pick(guard, writer.pick(fine, '0', '1'), '0')}")
            self.tree(tree.then, guard, slot)
        else:
            test = self.let(writer.condition(tree.test))
            if tree.yes != Leaf(None):
                self.tree(tree.yes, self.let(writer.both(guard, test)), slot)
            if tree.no != Leaf(None):
                self.tree(tree.no, self.let(writer.pick(test, "False", guard)), slot)

    def commit(self, commit: Commit, guard: str, slot: int) -> None:
        writer, packed = self.writer, self.packed
        for write in commit.writes:
            for e in (*write.index, write.value):
                writer.name_reads(e)
        changed = store(packed, commit.writes, writer)
        unchanged = set(self.words).difference(changed)
        for bit, prop in enumerate(self.transitions):
            defined, value = after(packed, prop, commit)
            if TRUE == defined == value:
                continue
            for word in unchanged:
                writer.line(f"x{word} = w{word}")
            if defined != TRUE:
                fine = packed.boolean(defined, writer)
                hit = writer.pick(guard, writer.pick(fine, "0", "1"), "0")
                writer.line(f"broken |= {hit}")
            if value != TRUE:
                fine = packed.boolean(value, writer)
                hit = writer.pick(guard, writer.pick(fine, "0", str(1 << bit)), "0")
                writer.line(f"bad |= {hit}")
        for word in self.words:
            new = f"x{word}" if word in changed else f"w{word}"
            if word in changed or word == 0:
                writer.line(f"y{slot}_{word} = {writer.pick(guard, new, f'y{slot}_{word}')}")
        name, one = self.counter[self.system.path_numbers[id(commit)]]
        if slot:
            writer.line(f"{name} += {writer.pick(guard, str(one), '0')}")
        else:
            writer.line(f"{name} = {writer.pick(guard, str(one), name)}")

    def canonical(self) -> None:
        writer, room = self.writer, self.room
        with writer.block("for i in range(n):"):
            for word in self.words:
                writer.line(f"w{word} = get(out, {word * room} + i)")
            sort_substates(writer, self.packed.layout)
            for word in self.words:
                writer.line(f"put(out, {word * room} + i, w{word})")

    def represented(self) -> None:
        writer = self.writer
        writer.line("total = 0")
        with writer.block("for i in range(count):"):
            for word in self.words:
                writer.line(f"w{word} = {self.row(word)}")
            size = orbit_size(writer, self.packed.layout)
            writer.line(f"total += {self.row(self.after_row)} * {size}")
        writer.line("note[REPRESENTED] += total")

    def dead(self) -> None:
        """States without successors are rare: only a block that has one is looked at again."""
        writer, line = self.writer, self.writer.line
        line("dead = 0")
        with writer.block("for i in range(count):"):
            line(f"dead += {writer.pick(f'{self.row(self.after_row)} == 0', '1', '0')}")
        with writer.block("if dead > 0:"), writer.block("for i in range(count):"):
            with writer.block(f"if {self.row(self.after_row)} != 0:"):
                line("continue")
            for word in self.words:
                line(f"w{word} = {self.row(word)}")
            ends = FALSE if self.system.end is None else self.system.end
            with writer.block(f"if {writer.condition(ends)}:"):
                line("note[ENDED] += 1")
            with writer.block("else:"):
                line("note[DEAD] += 1")
                with writer.block("if note[FIRST_DEAD] < 0:"):
                    line("note[FIRST_DEAD] = i")


class LaneLabels(LaneSteps):
    """Emits the body of `label_block`: the steps again, each with the number of its action in place
    of its effect. Rows and slots are those of `expand_block`."""

    def expand(self, symmetric: bool) -> None:
        self.writer.line("at = broken = 0")
        for choices, steps in grouped(self.system).items():
            self.loops(choices, steps)

    def lane_loop(self, test: Expr | None, cases: dict[Expr, Trees]) -> None:
        writer = self.writer
        slots = max(len(trees) for trees in cases.values())
        with writer.block("for i in range(count):"):
            for word in self.words:
                writer.line(f"w{word} = get(queue, (low + i) * {len(self.words)} + {word})")
            for slot in range(slots):
                writer.line(f"y{slot} = -1")
            for value, trees in cases.items():
                guard = writer.condition(eq(test, value)) if test is not None else "True"
                guard = self.let(guard)
                for slot, (name, tree) in enumerate(trees):
                    writer.line(f"# {name}")
                    self.tree(tree, guard, slot)
            for slot in range(slots):
                row = slot * len(self.words) * self.block
                writer.line(f"put(made, at + {row} + i, y{slot})")
        writer.line(f"at += {slots * len(self.words) * self.block}")

    def commit(self, commit: Commit, guard: str, slot: int) -> None:
        number = self.system.path_numbers[id(commit)]
        label = label_text(self.packed, self.system, number)
        self.writer.line(f"y{slot} = {self.writer.pick(guard, label, f'y{slot}')}")
