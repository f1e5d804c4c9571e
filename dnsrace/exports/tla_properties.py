"""Properties in TLA+, and which lines of the configuration ask for them."""

from __future__ import annotations

from collections.abc import Iterator

from dnsrace.exports.head import first_line, kind_text
from dnsrace.exports.names import camel
from dnsrace.exports.rules import ATOM
from dnsrace.exports.shape import conjuncts, simpler, unprimed
from dnsrace.exports.tla_rules import TlaRules, called, quoted
from dnsrace.model.expressions import TRUE
from dnsrace.model.system import Property, Step, System

RECOVERABLE = (
    "recoverable: TLA+ speaks of what every execution does, and this asks what some continuation "
    "could do"
)


class Properties:
    """Writes the properties of a system; `how` and `why` say which are in the module."""

    def __init__(self, system: System, rules: TlaRules, actions: dict[Step, str]) -> None:
        self.system = system
        self.rules = rules
        self.actions = actions
        self.named = {
            p: rules.names.give(camel(p.name), f"{camel(p.name)}_holds") for p in system.properties
        }
        self.config: list[str] = []
        self.how: list[tuple[str, str]] = []
        self.why: list[tuple[str, str]] = []

    def lines(self) -> Iterator[str]:
        """The definitions."""
        for prop in self.system.properties:
            self.rules.place = prop.place
            yield from self._property(prop)

    def _property(self, prop: Property) -> Iterator[str]:
        if prop.kind == "recoverable":
            self.why.append((prop.name, RECOVERABLE))
            return
        name = self.named[prop]
        if prop.doc:
            yield f"\\* {first_line(prop.doc)}"
        if prop.kind == "always":
            yield from self._predicate(name, prop)
            self._asked(prop, "INVARIANT", name, "an invariant", on=not prop.informative)
        elif prop.kind == "sometimes":
            yield from self._predicate(name, prop)
            never = self.rules.names.give(f"Never_{name}")
            yield f"{never} == ~{name}"
            text = f"the negation, {never}, is an invariant: its violation shows how to get there"
            self._asked(prop, "INVARIANT", never, text, on=False)
        elif prop.kind == "every_step":
            yield f"{name} == [][{self._action(prop)}]_vars"
            text = "a property of steps"
            if not _trivial(prop, self.system):
                text += "; TLA+ does not look at steps that change nothing"
            self._asked(prop, "PROPERTY", name, text, on=not prop.informative)
        else:
            yield from self._eventually(name, prop)
        yield ""

    def _asked(self, prop: Property, keyword: str, name: str, text: str, *, on: bool) -> None:
        """Note a line of the configuration, and what the head says of it."""
        comment = "" if on else "\\* "
        self.config.append(f"{comment}{keyword} {name}")
        off = "" if on else "; not asked for, until its line in the configuration is"
        self.how.append((prop.name, f"{kind_text(prop)}: {text}{off}"))

    def _assert(self, prop: Property) -> str:
        message = quoted(f"{prop.name} reads a value outside its domain")
        return f"Assert({self.rules.text(prop.defined)}, {message})"

    def _action(self, prop: Property) -> str:
        if prop.defined == TRUE:
            return self.rules.text(prop.value)
        return f"{self._assert(prop)} /\\ {self.rules.text(prop.value, ATOM)}"

    def _predicate(self, name: str, prop: Property) -> Iterator[str]:
        """A state predicate, one line for each part of a conjunction."""
        parts = [self.rules.text(e, 3) for e in conjuncts(prop.value)]
        if prop.defined != TRUE:
            parts.insert(0, self._assert(prop))
        if len(parts) == 1:
            yield f"{name} == {self.rules.text(prop.value)}"
            return
        yield f"{name} =="
        for part in parts:
            yield f"  /\\ {part}"

    def _eventually(self, name: str, prop: Property) -> Iterator[str]:
        goal = self.rules.names.give(f"{name}_goal")
        yield from self._predicate(goal, prop)
        formula = f"<>[]{goal}" if prop.stays else f"<>{goal}"
        fair = [s for s in self.system.steps if not prop.fair_steps or s.name in prop.fair_steps]
        if prop.fairness != "none" and fair:
            fairness = self.rules.names.give(f"{name}_fairness")
            yield f"{fairness} =="
            for step in fair:
                yield f"  /\\ {self._fair(step, 'SF' if prop.fairness == 'strong' else 'WF')}"
            formula = f"{fairness} => {formula}"
        yield f"{name} == {formula}"
        self._asked(prop, "PROPERTY", name, "a temporal formula with its own fairness", on=True)

    def _fair(self, step: Step, kind: str) -> str:
        """Fairness of a step for each of its first choices by itself."""
        with self.rules.choosing(step.choices) as given:
            action = called(self.actions[step], given)
            domains = [self.rules.set(c.domain) for c in step.choices if c.domain is not None]
            bounds = [f"{g} \\in {d}" for g, d in zip(given, domains, strict=True)]
        if len(bounds) > 1:
            action = f"\\E {', '.join(bounds[1:])} : {action}"
        return (f"\\A {bounds[0]} : " if bounds else "") + f"{kind}_vars({action})"


def _trivial(prop: Property, system: System) -> bool:
    """Whether a step that changes nothing satisfies the property by its form alone."""
    plain = {f"{v.name}'": v for v in system.variables}
    return simpler(unprimed(prop.value, plain)) == TRUE
