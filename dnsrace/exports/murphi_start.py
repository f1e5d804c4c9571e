"""Initial states in Murphi: one `startstate` with a ruleset around it for what may vary."""

from __future__ import annotations

from collections.abc import Iterator

from dnsrace.exports.murphi_rules import MurphiRules, put
from dnsrace.exports.murphi_types import any_of_all
from dnsrace.model.expressions import Variable
from dnsrace.model.system import System, count


def start_lines(system: System, rules: MurphiRules) -> Iterator[str]:
    """The start states."""
    writer = _Start(rules)
    body = [line for variable in system.variables for line in writer.variable(variable)]
    indent = ""
    if writer.varying:
        yield f"ruleset {'; '.join(writer.varying)} do"
        indent = "  "
    yield f'{indent}startstate "start"'
    yield from (f"{indent}  var {line};" for line in writer.counters)
    yield f"{indent}begin"
    yield from (f"{indent}  {line}" for line in body)
    yield f"{indent}end;"
    if writer.varying:
        yield "end;"
    yield ""


class _Start:
    """Collects what varies from start to start, and counters that tell elements apart."""

    def __init__(self, rules: MurphiRules) -> None:
        self.rules = rules
        self.varying: list[str] = []
        self.counters: list[str] = []

    def variable(self, variable: Variable) -> Iterator[str]:
        """The statements that give a variable its start."""
        rules = self.rules
        given = []
        for n, domain in enumerate(variable.index):
            given.append(rules.names.give(f"i{n}"))
            rules.scope["bound", f"i{n}"] = given[-1]
            yield "  " * n + f"for {given[-1]}: {rules.set(domain)} do"
        target = rules.variables[variable.name] + "".join(f"[{i}]" for i in given)
        depth = "  " * len(given)
        yield from (depth + line for line in self._element(variable, target))
        for n in reversed(range(len(given))):
            yield "  " * n + "end;"
            rules.names.drop(given[n])
            del rules.scope["bound", f"i{n}"]

    def _element(self, variable: Variable, target: str) -> Iterator[str]:
        if len(variable.start) == 1:
            yield from put(self.rules, target, variable.domain, variable.start[0])
            return
        choices = [self._varying(variable) for _ in range(count(variable))]
        if not variable.index:
            yield from self._chosen(variable, target, choices[0])
            return
        counter = self.rules.names.give(f"at_{variable.name}")
        self.counters.append(f"{counter}: 0 .. {len(choices)}")
        yield f"if isundefined({counter}) then {counter} := 0; end;"
        for n, choice in enumerate(choices):
            yield f"{'if' if n == 0 else 'elsif'} {counter} = {n} then"
            yield from (f"  {line}" for line in self._chosen(variable, target, choice))
        yield "end;"
        yield f"{counter} := {counter} + 1;"

    def _varying(self, variable: Variable) -> str:
        """A parameter of the ruleset: a value of the domain, or the number of an alternative."""
        name = self.rules.names.give(f"start_{variable.name}")
        of = self.rules.set(variable.domain)
        if not any_of_all(variable) or self.rules.types.is_undefinable(variable.domain):
            of = f"0 .. {len(variable.start) - 1}"
        self.varying.append(f"{name}: {of}")
        return name

    def _chosen(self, variable: Variable, target: str, choice: str) -> Iterator[str]:
        if any_of_all(variable) and not self.rules.types.is_undefinable(variable.domain):
            yield f"{target} := {choice};"
            return
        for n, start in enumerate(variable.start):
            yield f"{'if' if n == 0 else 'elsif'} {choice} = {n} then"
            yield from (f"  {line}" for line in put(self.rules, target, variable.domain, start))
        yield "end;"
