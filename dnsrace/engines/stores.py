"""What a step writes, as Python text: all assignments of a path to one word become one line.

Fields that lie at the same distance from one shift (the phase, plan and victim of enactor e) are
cleared and set together, with masks that are known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dnsrace.engines.layout import Home, Row
from dnsrace.engines.packed import Packed, plus, scaled, shifted
from dnsrace.engines.writer import Writer
from dnsrace.model.paths import Write


@dataclass
class Field:
    """Bits to replace in a word: `mask` and `raw` are shifted by `offset` and then by `base`."""

    word: int
    mask: int
    raw: str
    """What to set; a number when it is known, empty for nothing."""
    offset: int = 0
    base: str = "0"
    when: str = ""
    """Only under this condition; empty for always."""


@dataclass
class _Group:
    """Fields of one word with the same base and condition."""

    mask: int = 0
    known: int = 0
    others: list[str] = field(default_factory=list)

    def add(self, item: Field) -> None:
        self.mask |= item.mask << item.offset
        if item.raw.isdigit():
            self.known |= int(item.raw) << item.offset
        elif item.raw:
            self.others.append(f"(({item.raw}) << {item.offset})" if item.offset else item.raw)

    def set_text(self) -> str:
        """The bits to set, before the shift by the base."""
        parts = [*([str(self.known)] if self.known else []), *self.others]
        return parts[0] if len(parts) == 1 else f"({' | '.join(parts)})" if parts else ""


def store(packed: Packed, writes: tuple[Write, ...], writer: Writer) -> list[int]:
    """Write lines that make the words x0, x1, ... after these assignments from w0, w1, ...

    Returns the words that changed; for the others there is no line.
    """
    changed: set[int] = set()
    for batch in _batches(writes):
        fields = [item for write in batch for item in _fields(packed, write, writer)]
        for word in sorted({item.word for item in fields}):
            before = f"x{word}" if word in changed else f"w{word}"
            line = _line(before, [item for item in fields if item.word == word], writer)
            writer.line(f"x{word} = {line}")
            changed.add(word)
    return sorted(changed)


def _batches(writes: tuple[Write, ...]) -> Iterator[list[Write]]:
    """Runs of writes to variables that are all different, so that their order does not matter."""
    batch: list[Write] = []
    for write in writes:
        if any(write.variable is other.variable for other in batch):
            yield batch
            batch = []
        batch.append(write)
    yield batch


def _line(before: str, fields: list[Field], writer: Writer) -> str:
    groups: dict[tuple[str, str], _Group] = {}
    for item in fields:
        groups.setdefault((item.base, item.when), _Group()).add(item)
    clear: list[str] = []
    put: list[str] = []
    for (base, when), group in groups.items():
        for text, texts in ((str(group.mask or ""), clear), (group.set_text(), put)):
            if text:
                moved = text if base == "0" else f"({text} << {base})"
                texts.append(writer.pick(when, moved, "0") if when else moved)
    if clear:
        joined = " | ".join(clear)
        before = f"({before} & {~int(joined) if joined.isdigit() else f'~({joined})'})"
    return " | ".join([before, *put])


def _fields(packed: Packed, write: Write, writer: Writer) -> Iterator[Field]:
    variable, home = write.variable, packed.layout.homes[write.variable]
    if home.kind == "holder":
        yield from _holder_fields(packed, write, home, writer)
    elif home.bits:
        if write.value.op == "const":
            raw = str(write.value.data - variable.domain.lo)
        else:
            raw = shifted(packed.number(write.value, writer), -variable.domain.lo)
        mask = (1 << home.bits) - 1
        if home.kind == "plain":
            index = packed.flat(variable, write.index, writer, None)
            yield from _place(packed, home.row, index, 0, mask, raw, writer)
        else:
            name = packed.index(write.index[home.names], variable.index[home.names], writer)
            inner = packed.flat(variable, write.index, writer, home.names)
            at = scaled(home.offset, inner, home.bits)
            yield from _place(packed, home.row, name, at, mask, raw, writer)


def _holder_fields(packed: Packed, write: Write, home: Home, writer: Writer) -> Iterator[Field]:
    """The bit is cleared in all sub-states, then set in that of the new holder."""
    inner, value = packed.flat(write.variable, write.index, writer, None), write.value
    for word, mask in packed.holder_masks(home):
        if isinstance(inner, int):
            yield Field(word, mask, "", inner)
        else:
            yield Field(word, mask, "", 0, inner)
    if value.op == "const" and value.data < 0:
        return
    name: str | int = value.data if value.op == "const" else packed.number(value, writer)
    at = scaled(home.offset, inner, 1)
    for item in _place(packed, home.row, name, at, 0, "1", writer):
        if value.sort.kind == "maybe":
            item.when = f"{name} >= 0" if not item.when else writer.both(item.when, f"{name} >= 0")
        yield item


def _place(
    packed: Packed, row: Row, index: str | int, at: str | int, mask: int, raw: str, writer: Writer
) -> Iterator[Field]:
    """The field of a row's element, `at` bits inside it; one for each word that it may lie in."""
    base = packed.row_shift(row, index, writer)
    offset = 0
    if isinstance(index, int) and isinstance(at, int):
        base, offset = "0", int(base) + at
    elif isinstance(at, int):
        offset = at
    else:
        base = plus(base, at)
    words = {row.place(i)[0] for i in ([index] if isinstance(index, int) else range(row.count))}
    for word in sorted(words):
        yield Field(word, mask, raw, offset, base, _condition(row, index, word, len(words)))


def _condition(row: Row, index: str | int, word: int, words: int) -> str:
    """Whether an element lies in a word of its row."""
    if words == 1:
        return ""
    low = (word - row.word) * row.per_word
    tests = [f"({index} >= {low})"] if low else []
    if word < row.word + words - 1:
        tests.append(f"({index} < {low + row.per_word})")
    return f"({' & '.join(tests)})" if len(tests) > 1 else tests[0]
