"""A model as a Murphi description for Rumur: a rule for each step, types for the domains."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Iterable, Iterator

from dnsrace.exports.head import first_line, head
from dnsrace.exports.imperative import Imperative, conjunction
from dnsrace.exports.murphi_properties import Properties
from dnsrace.exports.murphi_rules import MurphiRules, indented, put, quoted
from dnsrace.exports.murphi_start import start_lines
from dnsrace.exports.murphi_types import types_of
from dnsrace.exports.names import Names
from dnsrace.exports.shape import Kept
from dnsrace.exports.survey import refuse_wide
from dnsrace.exports.words import MURPHI_WORDS
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import TRUE, Expr
from dnsrace.model.paths import Write
from dnsrace.model.show import sentence_text
from dnsrace.model.system import Property, Sentence, Step, System


def murphi(system: System, file: str) -> str:
    """The description. Raises ModelError for what Murphi cannot express.

    Parameters
    ----------
    file: the name of its file, for the commands in the head.
    """
    refuse_wide(system, "Murphi", 31)
    return _Description(system, file).written()


class _Description(Imperative):
    """Writes one description."""

    rules: MurphiRules

    def __init__(self, system: System, file: str) -> None:
        names = Names(MURPHI_WORDS, fold=True)
        types = types_of(system)
        super().__init__(system, MurphiRules(names, types))
        self.file = file
        self.types = types
        rules = self.rules
        rules.variables = {v.name: names.give(v.name, f"{v.name}_var") for v in system.variables}
        for domain in types.domains:
            if domain.kind != "bool":
                rules.sets[domain] = names.give(domain.name, f"{domain.name}_type")
        for domain in types.domains:
            self._name_values(domain, names)
        self.properties = Properties(system, rules)
        self.locals: dict[str, str] = {}

    def _name_values(self, domain: Domain, names: Names) -> None:
        constants = self.rules.constants
        if domain.kind == "enum":
            for raw in domain.raws:
                text = domain.text(raw)
                constants[domain, raw] = names.give(text, f"{domain.name}_{text}")
        elif domain.kind == "maybe" and not self.types.is_undefinable(domain):
            text = domain.text(domain.lo)
            constants[domain, domain.lo] = names.give(text, f"{domain.name}_{text}")

    def written(self) -> str:
        body = [
            *self._declarations(),
            *start_lines(self.system, self.rules),
            *self._rules(),
            *self.properties.lines(),
        ]
        lines = [*comments(self._head()), "", *self.properties.switches(), *body]
        return "\n".join(lines).rstrip("\n") + "\n"

    def _head(self) -> list[str]:
        file, stem = shlex.quote(self.file), self.file.rpartition(".")[0] or self.file
        source, program = shlex.quote(f"{stem}.c"), shlex.quote(stem)
        run = [
            "  rumur --symmetry-reduction=off --deadlock-detection=off --value-type=int32_t "
            "--threads=1 \\",
            f"        --output={source} {file}",
            f"  cc -O2 -march=native -o {program} {source} -lpthread && ./{program}",
            "Each property has a constant at the top; false leaves the property out. Rumur ends at "
            "the first violation, so to search the whole space leave out what is violated.",
        ]
        notes = [
            "Rumur's states are dnsrace's, and its rules fired are dnsrace's transitions. "
            + self._symmetry()
        ]
        for domain, why in self.types.ranges.items():
            notes.append(f"{domain.name} is a range of numbers here, because {why}.")
        return head(self.system, "murphi", run, notes, self.properties.said)

    def _symmetry(self) -> str:
        named = [self.rules.sets[d] for d in self.types.domains
                 if d.kind == "names" and self.types.is_type(d)]  # fmt: skip
        if not named:
            return "There is no scalarset: symmetry reduction changes nothing."
        sets = ", ".join(named)
        return f"With --symmetry-reduction=exhaustive it counts states up to who is who ({sets})."

    # -- declarations

    def _declarations(self) -> Iterator[str]:
        for (domain, raw), name in self.rules.constants.items():
            if not self.types.is_type(domain):
                yield f"const {name}: {raw};"
        for domain in self.types.domains:
            if domain.kind == "bool" or self.types.is_undefinable(domain):
                continue
            if domain.doc:
                yield f"-- {first_line(domain.doc)}"
            yield f"type {self.rules.sets[domain]}: {self._type(domain)};"
        yield ""
        for variable in self.system.variables:
            index = "".join(f"array [{self.rules.set(d)}] of " for d in variable.index)
            name = self.rules.variables[variable.name]
            kind = f"{self._element(variable.domain)};{self._optional(variable.domain)}"
            yield f"var {name}: {index}{kind}"
        yield ""

    def _type(self, domain: Domain) -> str:
        if self.types.is_type(domain):
            if domain.kind == "names":
                return f"scalarset({domain.size})"
            return f"enum {{ {', '.join(self.rules.value(domain, r) for r in domain.raws)} }}"
        return f"{domain.lo} .. {domain.hi}"

    def _element(self, domain: Domain) -> str:
        """The type of a variable: where none is `undefined`, that of the domain inside."""
        if self.types.is_undefinable(domain) and domain.of is not None:
            return self.rules.set(domain.of)
        return self.rules.set(domain)

    def _optional(self, domain: Domain) -> str:
        if self.types.is_undefinable(domain):
            return f"  -- {domain.name}: undefined is {domain.text(domain.lo)}"
        return ""

    # -- rules

    def _rules(self) -> Iterator[str]:
        for choices, steps in itertools.groupby(self.system.steps, key=lambda s: s.choices):
            with self.rules.choosing(choices) as given:
                sets = [self.rules.set(c.domain) for c in choices if c.domain is not None]
                bounds = "; ".join(f"{g}: {s}" for g, s in zip(given, sets, strict=True))
                if choices:
                    yield f"ruleset {bounds} do"
                for step in steps:
                    yield from indented(self._rule(step)) if choices else self._rule(step)
                if choices:
                    yield from ("end;", "")

    def _rule(self, step: Step) -> Iterator[str]:
        self.rules.place = step.place
        tests, rest = self.guard(step)
        if step.doc:
            yield f"-- {first_line(step.doc)}"
        yield f'rule "{step.name}"'
        yield f"  {self.rules.text(conjunction(tests))}"
        yield "==>"
        self.locals = {}
        body = list(self.body(step, rest))
        yield from (f"  var {name}: {kind};" for name, kind in self.locals.items())
        yield from ("begin", *indented(body), "end;", "")
        for name in self.locals:
            self.rules.names.drop(name)

    def check(self, condition: Expr, message: str) -> Iterator[str]:
        yield f"assert {quoted(message)} {self.rules.text(condition)};"

    def branch(self, cases: list[tuple[Expr, list[str]]], rest: list[str]) -> Iterator[str]:
        word = "if"
        for test, lines in cases:
            yield f"{word} {self.rules.text(test)} then"
            yield from indented(lines)
            word = "elsif"
        yield from ("else", *indented(rest), "end;")

    def say(self, step: Step, said: Sentence) -> Iterator[str]:
        if said:
            yield from comments([" ".join(sentence_text(said).split())])

    def transition(self, prop: Property, defined: Expr, value: Expr) -> Iterator[str]:
        for expr in (defined, value):
            if expr != TRUE:
                text = self.rules.text(expr, 5)
                yield f"assert {quoted(prop.name)} !{self.properties.switch[prop]} | {text};"

    def keep(self, old: Kept) -> Iterator[str]:
        name = self.rules.names.give(old.name)
        self.locals[name] = self._element(old.domain)
        self.rules.scope["bound", old.name] = name
        yield from put(self.rules, name, old.domain, old.value)

    def forget(self, old: Kept) -> Iterator[str]:
        del self.rules.scope["bound", old.name]
        yield from ()

    def assign(self, write: Write) -> Iterator[str]:
        index = "".join(f"[{self.rules.text(i)}]" for i in write.index)
        target = f"{self.rules.variables[write.variable.name]}{index}"
        yield from put(self.rules, target, write.variable.domain, write.value)


def comments(lines: Iterable[str]) -> list[str]:
    """Lines as comments."""
    return [f"-- {line}".rstrip() for line in lines]
