"""Properties in Murphi: invariants, assertions in rules, and two kinds that only Rumur knows.

`cover` is what is to be reached at least once; `liveness` is what can be reached from every state
that can be reached: exactly `sometimes` and `recoverable`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dnsrace.exports.head import Said, first_line, kind_text
from dnsrace.exports.murphi_rules import MurphiRules, quoted
from dnsrace.model.expressions import TRUE
from dnsrace.model.system import Property, System

EVENTUALLY = (
    "eventually: Rumur's liveness asks what some continuation could do, and this what every fair "
    "execution does; TLA+ has it"
)
EXPRESSED_ELSEWHERE = {"eventually": EVENTUALLY}
HOW = {
    "always": "an invariant",
    "every_step": "an assertion in each rule",
    "sometimes": "a cover property of Rumur",
    "recoverable": "a liveness property of Rumur",
}
WORDS = {"always": "invariant", "sometimes": "cover", "recoverable": "liveness"}


class Properties:
    """Writes the properties of a system; `said` is what the head tells of them."""

    def __init__(self, system: System, rules: MurphiRules) -> None:
        self.rules = rules
        self.switch = {
            p: rules.names.give(f"CHECK_{p.name}")
            for p in system.properties
            if p.kind not in EXPRESSED_ELSEWHERE
        }
        self.said = Said()
        self.written: list[Property] = []
        for prop in system.properties:
            if prop.kind in EXPRESSED_ELSEWHERE:
                self.said.why.append((prop.name, EXPRESSED_ELSEWHERE[prop.kind]))
            else:
                self.written.append(prop)
                off = f"; {self.switch[prop]} is false" if prop.informative else ""
                self.said.how.append((prop.name, f"{kind_text(prop)}: {HOW[prop.kind]}{off}"))

    def switches(self) -> Iterator[str]:
        """A constant for each property: whether it is checked."""
        for prop in self.written:
            yield f"const {self.switch[prop]}: {'false' if prop.informative else 'true'};"
        if self.written:
            yield ""

    def lines(self) -> Iterator[str]:
        """The properties of states."""
        for prop in self.written:
            if prop.kind == "every_step":
                continue
            self.rules.place = prop.place
            name = self.switch[prop]
            if prop.doc:
                yield f"-- {first_line(prop.doc)}"
            value = self.rules.text(prop.value, 5)
            if prop.defined != TRUE:
                text = self.rules.text(prop.defined, 5)
                yield f"invariant {quoted(f'{prop.name} can be evaluated')}"
                yield f"  !{name} | {text};"
                value = f"({text} & {value})"
            yield f"{WORDS[prop.kind]} {quoted(prop.name)}"
            yield f"  !{name} | {value};"
            yield ""
