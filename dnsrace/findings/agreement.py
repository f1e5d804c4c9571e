"""Do engines that looked at the same thing say the same? Where they do not, one of them is wrong,
and nothing that any of them says may be believed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from dnsrace.errors import InternalError
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.verified import Column, Verification, alone
from dnsrace.findings.words import counted
from dnsrace.model.system import Property, System


def refuse_disagreement(verification: Verification) -> None:
    """Raises InternalError where what two engines say of a property cannot both be true, with both
    statements and how to see them again."""
    for prop in verification.asked:
        for one, other in itertools.permutations(verification.columns, 2):
            a, b = one.findings[prop.name], other.findings[prop.name]
            if a.looked and b.looked:
                for why in _conflicts(one, a, b):
                    raise _error(verification.system, prop, (one, a), (other, b), why)


def _conflicts(column: Column, a: Finding, b: Finding) -> Iterator[str]:
    """What is wrong with a statement of this column beside one of another."""
    if {a.verdict, b.verdict} == {"holds", "violated"}:
        yield "it cannot both hold and be violated"
    # a witness is to `sometimes` what a violation is to the other kinds
    if b.trace is None or b.length is None:
        return
    shown = "witness" if b.kind == "sometimes" else "violation"
    silent = a.trace is None and a.kind in ("always", "every_step", "sometimes")
    if silent and column.checked is not None and b.length <= column.checked:
        yield (
            f"a {shown} of {counted(b.length, 'step')} lies within the depth of "
            f"{column.checked} up to which every behaviour is known"
        )
    if a.trace is None or a.length is None or not a.shortest:
        return
    same = b.length == a.length and b.shortest and a.canonical and b.canonical
    if b.length < a.length:
        yield f"a shortest {shown} cannot have {a.length} steps where one has {b.length}"
    elif same and b.trace.text != a.trace.text:
        yield (
            f"of all shortest ones every engine shows the same {shown}, and these are two: "
            f"{a.trace.text} and {b.trace.text}"
        )


def _error(
    system: System, prop: Property, one: tuple[Column, Finding], other: tuple[Column, Finding],
    why: str,
) -> InternalError:  # fmt: skip
    says = [f'{c.engine} says "{f.verdict}: {f.reach}"' for c, f in (one, other)]
    again = [alone(system, c.engine, ("--property", prop.name)) for c, _ in (one, other)]
    return InternalError(
        f"two engines disagree about {prop.name}: {says[0]}, {says[1]}; {why}",
        cure=f"believe neither; this shows it again: {again[0]}; {again[1]}",
    )
