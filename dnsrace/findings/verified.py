"""What several engines say of the same properties, side by side."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from dnsrace.findings.explain import Explanation
from dnsrace.findings.proofs import ProofReport
from dnsrace.findings.verdicts import Finding
from dnsrace.model.system import Property, System

EngineName = Literal["search", "hunt", "bmc", "proof"]
ENGINES: tuple[EngineName, ...] = ("search", "hunt", "bmc", "proof")
COMMANDS: dict[EngineName, str] = {
    "search": "explore --keep-going", "hunt": "hunt", "bmc": "bmc --keep-going", "proof": "prove",
}  # fmt: skip
"""The command that asks one engine alone."""
Conclusion = Literal[
    "violated", "proved for all sizes", "holds for these sizes", "holds within bounds", "unknown"
]


@dataclass
class Column:
    """What one engine says.

    Parameters
    ----------
    findings: by the name of the property; one for each that was asked for.
    says: how far it came, in words.
    checked: the greatest depth up to which it knows every behaviour; None: it knows of none.
    complete: whether it knows every behaviour, of any depth.
    for_all: the names of properties that it has proved for all sizes, not for these alone.
    """

    engine: EngineName
    findings: dict[str, Finding]
    says: str
    seconds: float = 0.0
    checked: int | None = None
    complete: bool = False
    for_all: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One property: what follows from what all engines say."""

    prop: Property
    conclusion: Conclusion
    findings: dict[EngineName, Finding]

    @property
    def fails(self) -> bool:
        return self.conclusion == "violated" and not self.prop.informative

    @property
    def shown(self) -> Finding | None:
        """A finding with a trace of the violation: of a shortest one, if somebody knows one."""
        traces = [f for f in self.findings.values() if f.verdict == "violated" and f.trace]
        return min(traces, key=lambda f: (not f.shortest, f.length), default=None)


@dataclass
class Verification:
    """All that `dnsrace verify` has to say.

    Parameters
    ----------
    system: at the sizes that search, hunt and bounded checks were asked about.
    proof: the attempt at a proof for all sizes, if there was one.
    seconds: that it took; `limit`: that it might have taken.
    explanations: of a violation of each property that has one, by its name.
    headline: the property whose violation is shown in full, or an empty text.
    """

    system: System
    asked: tuple[Property, ...]
    columns: list[Column] = field(default_factory=list)
    proof: ProofReport | None = None
    seconds: float = 0.0
    limit: float | None = None
    interrupted: bool = False
    explanations: dict[str, Explanation] = field(default_factory=dict)
    headline: str = ""

    def column(self, engine: EngineName) -> Column | None:
        return next((c for c in self.columns if c.engine == engine), None)

    @property
    def rows(self) -> Iterator[Row]:
        """One for each property asked for, in the model's order."""
        for prop in self.asked:
            found = {c.engine: c.findings[prop.name] for c in self.columns}
            yield Row(prop, self._conclusion(prop, found), found)

    def _conclusion(self, prop: Property, found: dict[EngineName, Finding]) -> Conclusion:
        verdicts = {f.verdict for f in found.values() if f.looked}
        if "violated" in verdicts:
            return "violated"
        if any(prop.name in c.for_all for c in self.columns):
            return "proved for all sizes"
        if "holds" in verdicts:
            return "holds for these sizes"
        return "holds within bounds" if "holds within bounds" in verdicts else "unknown"

    @property
    def exit_code(self) -> int:
        """0 every property asked for holds by a complete search or a proof, 1 something is
        violated, 3 unfinished or unknown."""
        rows = list(self.rows)
        if any(row.fails for row in rows):
            return 1
        open_ = ("holds within bounds", "unknown")
        return 3 if any(row.conclusion in open_ for row in rows) else 0


def alone(system: System, engine: EngineName, options: Iterable[str] = ()) -> str:
    """The command that asks one engine what it was asked here."""
    return command(system, COMMANDS[engine], options, sizes=engine != "proof")


def command(
    system: System, name: str = "verify", options: Iterable[str] = (), *, sizes: bool = True
) -> str:
    """A command line for this model with these parameters; defaults are left out, and whole numbers
    too unless `sizes` are wanted."""
    words = ["dnsrace", *name.split()[:1], system.model.reference, *name.split()[1:]]
    for p in system.model.parameters:
        value: Any = system.parameters[p.name]
        if value != p.default and (sizes or p.kind != "int"):
            flag = p.option if value else p.option.replace("--", "--no-", 1)
            words += [flag] if p.kind == "bool" else [p.option, p.text(value)]
    return shlex.join([*words, *options])
