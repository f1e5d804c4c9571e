"""Properties in Promela: options of the loop that can be taken where they are violated, and
assertions in steps. Each has a switch of the preprocessor."""

from __future__ import annotations

from collections.abc import Iterator

from dnsrace.exports.head import Said, kind_text
from dnsrace.exports.promela_rules import PromelaRules, quoted
from dnsrace.model.expressions import TRUE, Expr, not_
from dnsrace.model.system import Property, System

RECOVERABLE = (
    "recoverable: Spin asks what every execution does, and this asks what some continuation could "
    "do; Murphi has it, as `liveness`"
)
EVENTUALLY = (
    "eventually: Spin's fairness is that of processes, and here is one process; fairness of single "
    "steps would need a variable that remembers the last one, and so more states; TLA+ has it"
)


EXPRESSED_ELSEWHERE = {"recoverable": RECOVERABLE, "eventually": EVENTUALLY}


class Properties:
    """Writes the properties of a system; `said` is what the head tells of them."""

    def __init__(self, system: System, rules: PromelaRules) -> None:
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
                self.said.how.append((prop.name, _how(prop, self.switch[prop])))

    def switches(self) -> Iterator[str]:
        """What is checked when nothing is named."""
        asked = [p for p in self.written if _by_default(p)]
        if asked:
            yield "#ifndef NAMED"
            yield from (f"#define {self.switch[p]}" for p in asked)
            yield from ("#endif", "")

    def options(self) -> Iterator[str]:
        """The options of the loop for the properties of states."""
        for prop in self.written:
            if prop.kind == "every_step":
                continue
            self.rules.place = prop.place
            yield f"#ifdef {self.switch[prop]}"
            if prop.defined != TRUE:
                yield from self._option(not_(prop.defined), f"{prop.name} cannot be evaluated")
            if prop.kind == "sometimes":
                yield from self._option(prop.value, f"{prop.name} is reached")
            else:
                yield from self._option(not_(prop.value), f"{prop.name} is violated")
            yield "#endif"

    def _option(self, hit: Expr, text: str) -> Iterator[str]:
        yield f":: d_step {{ {self.rules.text(hit)}; printf({quoted(text)}); assert(false) }}"


def _by_default(prop: Property) -> bool:
    return prop.kind != "sometimes" and not prop.informative


def _how(prop: Property, switch: str) -> str:
    off = "" if _by_default(prop) else "; only when it is named"
    if prop.kind == "every_step":
        return f"{kind_text(prop)}: an assertion in each step ({switch}){off}"
    if prop.kind == "sometimes":
        return f"sometimes: an assertion that fails where it is reached ({switch}){off}"
    return f"{kind_text(prop)}: an assertion that fails where it is violated ({switch}){off}"
