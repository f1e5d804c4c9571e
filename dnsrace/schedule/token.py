"""A schedule as text, on one line:

    s1-9f0c21d4: e0 planner*3 e1*5 e0!crash e0*2

`s1` is the version of this form. The eight digits are a digest of the calls that the schedule
completes: a program that makes other calls is refused. Then come the entries, each one completed
call: whose, `*3` for three in a row, `/name` and `#2` where the actor has more than one call
outstanding, `!crash`, `!timeout` or `!duplicate` for a fault. A schedule written by hand may leave
out all before the colon.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dnsrace.errors import TokenError
from dnsrace.schedule.actors import Call, Step
from dnsrace.schedule.faults import KINDS

VERSION = "s1"
_ENTRY = re.compile(
    r"(?P<actor>[A-Za-z_][\w.-]*)(/(?P<name>[\w.-]+)(#(?P<nth>\d+))?)?(!(?P<fault>[a-z]+))?"
    r"(\*(?P<times>\d+))?"
)
_MOST = 1_000_000
"""The most entries of a token; a misprint such as `e0*99999999999` must not fill the memory."""


@dataclass(frozen=True)
class Entry:
    """One completed call: whose, and which where there are several."""

    actor: str
    name: str | None = None
    nth: int = 1
    fault: str | None = None

    def __str__(self) -> str:
        which = f"/{self.name}" if self.name else ""
        which += f"#{self.nth}" if self.nth > 1 else ""
        return f"{self.actor}{which}" + (f"!{self.fault}" if self.fault else "")


@dataclass(frozen=True)
class Token:
    """A schedule: its entries and, if it was made by a run, the digest of its calls."""

    entries: tuple[Entry, ...]
    digest: str | None = None

    def __str__(self) -> str:
        words = []
        for entry, same in itertools.groupby(self.entries):
            times = len(list(same))
            words.append(f"{entry}*{times}" if times > 1 else str(entry))
        head = f"{VERSION}-{self.digest}: " if self.digest else ""
        return head + " ".join(words)


def of_steps(steps: Iterable[Step]) -> Token:
    """The token of a run's completed calls."""
    steps = list(steps)
    return Token(tuple(map(entry_of, steps)), digest_of(steps))


def entry_of(step: Step) -> Entry:
    """The entry for a completed call; it names the call only where it must."""
    if step.alone or step.fault == "crash":
        return Entry(step.actor, fault=step.fault)
    return Entry(step.actor, step.name, step.nth, step.fault)


def digest_of(steps: Iterable[Step]) -> str:
    """Eight hexadecimal digits, from actors, names of calls and faults."""
    text = "\n".join(f"{s.actor} {s.name} {s.nth} {s.fault or ''}" for s in steps)
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def fits(entry: Entry, options: Sequence[Call]) -> Call | None:
    """The option that an entry means; of several the oldest, unless it says which."""
    found = [
        c
        for c in options
        if c.process.name == entry.actor
        and c.fault == entry.fault
        and (entry.name is None or c.name == entry.name)
    ]
    found.sort(key=lambda c: c.number)
    return found[entry.nth - 1] if len(found) >= entry.nth else None


def read(text: str) -> Token:
    """The token that a text is. Raises TokenError."""
    head, colon, rest = text.strip().partition(":")
    digest = None
    if colon:
        version, dash, digest = head.strip().partition("-")
        if version != VERSION or not dash or not re.fullmatch("[0-9a-f]{8}", digest):
            raise TokenError(
                f"{head!r} is not the head of a schedule",
                cure=f"this version reads {VERSION}-xxxxxxxx: followed by the entries; a schedule "
                "written by hand has no head and no colon",
            )
    entries: list[Entry] = []
    for word in (rest if colon else head).split():
        match = _ENTRY.fullmatch(word)
        if not match:
            raise TokenError(
                f"{word!r} is no entry of a schedule",
                cure="an entry is like e0, e0*3, e0/route53.change#2 or e0!crash",
            )
        fault, times = match["fault"], int(match["times"] or 1)
        if fault and fault not in KINDS:
            raise TokenError(f"{word!r}: there is no fault {fault}", cure=", ".join(KINDS))
        if times < 1 or len(entries) + times > _MOST:
            raise TokenError(f"{word!r}: so many are not possible", cure=f"1 to {_MOST:,}")
        entry = Entry(match["actor"], match["name"], int(match["nth"] or 1), fault)
        entries += [entry] * times
    return Token(tuple(entries), digest)


def without_fault(entry: Entry) -> Entry:
    """The same call, and nothing goes wrong."""
    return replace(entry, fault=None)
