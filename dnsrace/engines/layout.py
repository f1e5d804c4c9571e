"""How a state is packed into 63-bit words, and where each element of each variable lies.

Each variable's element takes as many bits as its domain needs. What belongs to one interchangeable
name (an enactor's phase, plan, ...) lies together, as that name's *sub-state*, and a variable whose
value is a name (a lock's holder) is a bit in each sub-state. Sorting the sub-states is then an
exact canonical form: two states get the same one just when a renaming turns one into the other.

Words hold 63 bits, so that plain signed arithmetic is enough everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dnsrace.errors import ModelError
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Variable
from dnsrace.model.system import State, System, count

WORD_BITS = 63


@dataclass
class Row:
    """`count` equal elements of `width` bits, `per_word` of them in each word from `word` on."""

    count: int
    width: int
    word: int = 0
    shift: int = 0
    per_word: int = 1

    def place(self, i: int) -> tuple[int, int]:
        """Word and shift of an element."""
        return self.word + i // self.per_word, self.shift + (i % self.per_word) * self.width


@dataclass
class Home:
    """Where a variable lies.

    plain: its elements are the row's. own: it is a part of each sub-state, at `offset`, its
    elements `bits` apart. holder: it is one bit for each of its elements in each sub-state.
    """

    kind: Literal["plain", "own", "holder"]
    row: Row
    bits: int
    offset: int = 0
    names: int = 0
    """Position, among the variable's index domains, of the one that picks the sub-state."""


@dataclass
class Layout:
    """The packing of a system's states."""

    words: int
    homes: dict[Variable, Home]
    substates: dict[Domain, Row] = field(default_factory=dict)
    unsorted: dict[Domain, str] = field(default_factory=dict)
    """Interchangeable domains that sorting cannot canonicalise, with the reason."""


def bits_of(domain: Domain) -> int:
    """Bits that a value needs; 0 for a domain of one value."""
    return (domain.size - 1).bit_length()


def layout_of(system: System) -> Layout:
    """Pack a system's state. Raises ModelError for a domain that no word can hold."""
    for domain in system.domains:
        if bits_of(domain) > WORD_BITS:
            raise ModelError(
                f"{domain.name} = {domain.values_text()} has too many values to be packed",
                place=system.steps[0].place,
                cure=f"use a domain of fewer than 2^{WORD_BITS} values, or --engine interpreter",
            )
    names = [d for d in system.domains if d.kind == "names" and d.size > 1]
    unsorted = {d: why for d in names if (why := _obstacle(system, d))}
    sortable = [d for d in names if d not in unsorted]
    homes: dict[Variable, Home] = {}
    substates: dict[Domain, Row] = {}
    for domain in sortable:
        row, offset, placed = Row(domain.size, 0), 0, {}
        for variable in system.variables:
            home = _inside(variable, domain, row, offset)
            if home is not None:
                placed[variable] = home
                offset += home.bits * count(variable) // (domain.size if home.kind == "own" else 1)
        if offset > WORD_BITS:
            unsorted[domain] = f"what belongs to one {domain.name} takes {offset} bits"
            continue
        row.width = offset
        homes |= placed
        substates[domain] = row
    rows = list(substates.values())
    for variable in system.variables:
        if variable not in homes:
            row = Row(count(variable), bits_of(variable.domain))
            homes[variable] = Home("plain", row, row.width)
            rows.append(row)
    return Layout(_place(rows), homes, substates, unsorted)


def _name_domain(domain: Domain) -> Domain | None:
    """The interchangeable domain that a variable's values name."""
    inner = domain.of if domain.kind == "maybe" else domain
    return inner if inner is not None and inner.kind == "names" else None


def _obstacle(system: System, domain: Domain) -> str:
    """Why sorting sub-states would not be exact, or an empty text."""
    for variable in system.variables:
        mentioned = [_name_domain(d) for d in (*variable.index, variable.domain)]
        if domain in mentioned and sum(d is not None for d in mentioned) > 1:
            return f"{variable.name} relates names to names"
        if domain in mentioned[:-1] and domain not in variable.index:
            return f"{variable.name} is indexed by a {domain.name} or none"
    return ""


def _inside(variable: Variable, domain: Domain, row: Row, offset: int) -> Home | None:
    if domain in variable.index:
        position = variable.index.index(domain)
        return Home("own", row, bits_of(variable.domain), offset, position)
    if _name_domain(variable.domain) is domain:
        return Home("holder", row, 1, offset)
    return None


def _place(rows: list[Row]) -> int:
    """Give each row its words, the widest first, each where it first fits. Returns the words."""
    free: list[int] = []
    for row in sorted(rows, key=lambda r: -r.count * r.width):
        total = row.count * row.width
        if total <= WORD_BITS:
            word = next((w for w, left in enumerate(free) if left >= total), len(free))
            if word == len(free):
                free.append(WORD_BITS)
            row.word, row.shift, row.per_word = word, WORD_BITS - free[word], max(1, row.count)
            free[word] -= total
        else:
            row.word, row.per_word = len(free), WORD_BITS // row.width
            needed = -(-row.count // row.per_word)
            free += [0] * needed
            last = row.count - (needed - 1) * row.per_word
            free[-1] = WORD_BITS - last * row.width
    return max(1, len(free))


def positions(layout: Layout, variable: Variable, i: int) -> list[tuple[int, int]]:
    """Word and shift of the i-th element, row by row; for a holder one for each name."""
    home = layout.homes[variable]
    if home.kind == "plain":
        return [home.row.place(i)]
    if home.kind == "holder":
        places = [home.row.place(e) for e in range(home.row.count)]
        return [(word, shift + home.offset + i) for word, shift in places]
    name, inner = _split(variable, home, i)
    word, shift = home.row.place(name)
    return [(word, shift + home.offset + inner * home.bits)]


def _split(variable: Variable, home: Home, i: int) -> tuple[int, int]:
    """The name among the indices of the i-th element, and its position among the others."""
    inner, name, factor = 0, 0, 1
    for position in reversed(range(len(variable.index))):
        i, digit = divmod(i, variable.index[position].size)
        if position == home.names:
            name = digit
        else:
            inner += digit * factor
            factor *= variable.index[position].size
    return name, inner


def pack(system: System, layout: Layout, state: State) -> tuple[int, ...]:
    """The words of a state."""
    words = [0] * layout.words
    at = 0
    for variable in system.variables:
        domain, home = variable.domain, layout.homes[variable]
        for i in range(count(variable)):
            places = positions(layout, variable, i)
            raw = state[at]
            at += 1
            if home.kind == "holder":
                if raw >= 0:
                    word, shift = places[raw]
                    words[word] |= 1 << shift
            else:
                word, shift = places[0]
                words[word] |= (raw - domain.lo) << shift
    return tuple(words)


def unpack(system: System, layout: Layout, words: tuple[int, ...]) -> State:
    """The state of some words."""
    state = []
    for variable in system.variables:
        domain, home = variable.domain, layout.homes[variable]
        for i in range(count(variable)):
            places = positions(layout, variable, i)
            if home.kind == "holder":
                held = [e for e, (word, shift) in enumerate(places) if words[word] >> shift & 1]
                state.append(held[0] if held else -1)
            else:
                word, shift = places[0]
                state.append((words[word] >> shift & ((1 << home.bits) - 1)) + domain.lo)
    return tuple(state)
