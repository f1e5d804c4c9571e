"""A model as a TLA+ module, with the configuration that TLC needs.

TLC counts a successor for each way in which an action can be true. Each path of a step must be one
way: paths are told apart by IF, and a guard with alternatives is wrapped in `Require`, which TLC
evaluates as a whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from dnsrace.errors import UsageError
from dnsrace.exports.head import Said, first_line, head
from dnsrace.exports.names import Names, camel, identifier
from dnsrace.exports.shape import BLOCKED
from dnsrace.exports.survey import domains, refuse_wide
from dnsrace.exports.tla_properties import Properties
from dnsrace.exports.tla_rules import TlaRules, branches, called, comments, product, quoted, untyped
from dnsrace.exports.words import TLA_WORDS
from dnsrace.model.domains import BOOL, Domain
from dnsrace.model.expressions import Expr, Variable, not_
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree
from dnsrace.model.show import sentence_text
from dnsrace.model.system import Commit, Step, System


def tla(system: System, module: str) -> tuple[str, str]:
    """The module and its configuration.

    Parameters
    ----------
    module: the module's name, which TLA+ wants to be its file's name as well.

    Raises ModelError for what TLA+ or TLC cannot express, UsageError for an impossible name.
    """
    if identifier(module) != module or module in TLA_WORDS:
        raise UsageError(
            f"{module} cannot be the name of a TLA+ module",
            cure="name the file with letters, digits and underscores, a letter first",
        )
    refuse_wide(system, "TLC", 32)
    return _Module(system, module).written()


def module_name(system: System) -> str:
    """The name of the module when nobody gives one: `dynamodb_dns` as `DynamodbDns`."""
    name = camel(system.name)
    return f"{name}_model" if name in TLA_WORDS else name


class _Module:
    """Writes one module."""

    def __init__(self, system: System, module: str) -> None:
        self.system = system
        self.module = module
        names = Names([*TLA_WORDS, module])
        self.rules = TlaRules(names)
        self.variables = {v: names.give(v.name, f"{v.name}_var") for v in system.variables}
        self.rules.variables = {v.name: name for v, name in self.variables.items()}
        self.domains = [d for d in domains(system) if d is not BOOL]
        for domain in self.domains:
            self.rules.sets[domain] = names.give(camel(domain.name), f"{camel(domain.name)}_set")
        for domain in self.domains:
            self._name_values(domain, names)
        self.actions = {s: names.give(camel(s.name), f"{camel(s.name)}_step") for s in system.steps}
        self.properties = Properties(system, self.rules, self.actions)

    def _name_values(self, domain: Domain, names: Names) -> None:
        constants = self.rules.constants
        if domain.kind == "names":
            for raw in domain.raws:
                constants[domain, raw] = names.give(untyped(f"{domain.name.lower()}_{raw}"))
        elif domain.kind == "maybe":
            constants[domain, domain.lo] = names.give(untyped(domain.text(domain.lo)))
        elif domain.kind == "enum":
            members = Names([])
            for raw in domain.raws:
                constants[domain, raw] = members.give(domain.text(raw))

    @property
    def model_values(self) -> list[str]:
        return [n for (d, _), n in self.rules.constants.items() if d.kind in ("names", "maybe")]

    def written(self) -> tuple[str, str]:
        body = [
            *self._declarations(),
            *self._start(),
            *(line for step in self.system.steps for line in self._action(step)),
            *self._next(),
            *self.properties.lines(),
            *self._symmetry(),
        ]
        top = f"---- MODULE {self.module} ----".center(96, "-")
        lines = [top, *comments(self._head()), "", "EXTENDS Integers, TLC", ""]
        lines += [*self._helpers(), *body, "=" * 96]
        return "\n".join(lines) + "\n", "\n".join(self._config()) + "\n"

    def _head(self) -> list[str]:
        run = [
            f"  java -cp tla2tools.jar tlc2.TLC -config {self.module}.cfg {self.module}.tla",
            f"{self.module}.cfg says which properties are checked. With -continue TLC goes on "
            "after a violation; with -workers 1 its depth is exact.",
        ]
        notes = [
            "TLC's distinct states are dnsrace's; its generated states are dnsrace's transitions "
            "and the initial states; its depth is one more, as it counts the first state."
        ]
        said = Said(self.properties.how, self.properties.why)
        return head(self.system, "tla", run, notes, said)

    # -- parts of the module

    def _helpers(self) -> Iterator[str]:
        yield "\\* TLC evaluates the condition of an IF as a whole: with it a step counts once,"
        yield "\\* however many alternatives of its guard are true."
        yield "Require(p) == IF p THEN TRUE ELSE FALSE"
        for name, symbol in (("Min", "<="), ("Max", ">=")):
            if name in self.rules.uses:
                yield f"{name}(a, b) == IF a {symbol} b THEN a ELSE b"
        yield ""

    def _declarations(self) -> Iterator[str]:
        if self.model_values:
            yield f"CONSTANTS {', '.join(self.model_values)}"
            yield ""
        for domain in self.domains:
            if domain.doc:
                yield from comments([first_line(domain.doc)])
            yield f"{self.rules.sets[domain]} == {self._set(domain)}"
        yield ""
        yield f"VARIABLES {', '.join(self.variables.values())}"
        yield ""
        yield f"vars == <<{', '.join(self.variables.values())}>>"
        yield ""
        yield "TypeOK =="
        for variable, name in self.variables.items():
            yield f"  /\\ {name} \\in {self._type(variable)}"
        yield ""

    def _set(self, domain: Domain) -> str:
        if domain.kind == "range":
            return f"{domain.lo}..{domain.hi}"
        values = [self.rules.value(domain, raw) for raw in domain.raws]
        if domain.kind == "maybe" and domain.of is not None:
            # none first: TLC would refuse to look for it in a range of numbers
            return f"{{{values[0]}}} \\cup {self.rules.sets[domain.of]}"
        return f"{{{', '.join(values)}}}"

    def _type(self, variable: Variable) -> str:
        of = self.rules.set(variable.domain)
        if not variable.index:
            return of
        return f"[{product(map(self.rules.set, variable.index))} -> {of}]"

    def _start(self) -> Iterator[str]:
        yield "Init =="
        for variable, name in self.variables.items():
            yield f"  /\\ {name} {self._initial(variable)}"
        yield ""

    def _initial(self, variable: Variable) -> str:
        rules = self.rules
        if not variable.index:
            values = list(dict.fromkeys(map(rules.text, variable.start)))
            return f"= {values[0]}" if len(values) == 1 else f"\\in {{{', '.join(values)}}}"
        indices = [f"i{n}" for n in range(len(variable.index))]
        given = []
        for i in indices:
            given.append(rules.names.give(i))
            rules.scope["bound", i] = given[-1]
        values = list(dict.fromkeys(map(rules.text, variable.start)))
        free = any(e.op == "bound" for start in variable.start for e in start.walk())
        sets = list(map(rules.set, variable.index))
        bounds = ", ".join(f"{i} \\in {s}" for i, s in zip(given, sets, strict=True))
        for i, name in zip(indices, given, strict=True):
            rules.names.drop(name)
            del rules.scope["bound", i]
        if len(values) == 1:
            return f"= [{bounds} |-> {values[0]}]"
        functions = f"[{product(sets)} -> "
        if not free:
            return f"\\in {functions}{{{', '.join(values)}}}]"
        element = f"start[{', '.join(given)}]"
        chosen = f"\\A {bounds} : {element} \\in {{{', '.join(values)}}}"
        return f"\\in {{start \\in {functions}{rules.set(variable.domain)}] : {chosen}}}"

    def _action(self, step: Step) -> Iterator[str]:
        self.rules.place = step.place
        yield from comments([first_line(step.doc)] if step.doc else [])
        with self.rules.choosing(step.choices) as given:
            yield f"{called(self.actions[step], given)} =="
            for line in self._conjunction(step.tree, step):
                yield f"  {line}"
        yield ""

    def _conjunction(self, tree: Tree[Commit | None], step: Step) -> Iterator[str]:
        """A tree as a list of conjuncts, one for each line or more."""
        if isinstance(tree, Leaf):
            yield from self._effect(tree.value) if tree.value is not None else ["/\\ FALSE"]
        elif isinstance(tree, Ensure):
            message = f"{step.name}: {tree.failure.what}"
            yield f"/\\ Assert({self.rules.text(tree.condition)}, {quoted(message)})"
            yield from self._conjunction(tree.then, step)
        elif BLOCKED in (tree.yes, tree.no):
            on = tree.no == BLOCKED
            yield f"/\\ {self._guard(tree.test if on else not_(tree.test))}"
            yield from self._conjunction(tree.yes if on else tree.no, step)
        else:
            yield from self._branch(tree, step)

    def _branch(self, tree: Branch[Commit | None], step: Step) -> Iterator[str]:
        yield f"/\\ IF {self.rules.text(tree.test)}"
        for word, part in (("THEN", tree.yes), ("ELSE", tree.no)):
            for n, line in enumerate(self._conjunction(part, step)):
                yield f"   {word if n == 0 else '    '} {line}"

    def _guard(self, test: Expr) -> str:
        if branches(test):
            return f"Require({self.rules.text(test)})"
        return self.rules.text(test, 3)

    def _effect(self, commit: Commit) -> Iterator[str]:
        if commit.said:
            yield f"\\* {' '.join(sentence_text(commit.said).split())}"
        written: dict[Variable, list[str]] = {}
        for write in commit.writes:
            index = ", ".join(map(self.rules.text, write.index))
            value = self.rules.text(write.value)
            if write.index:
                written.setdefault(write.variable, []).append(f"![{index}] = {value}")
            else:
                written[write.variable] = [value]
        for variable, changes in written.items():
            name = self.variables[variable]
            new = f"[{name} EXCEPT {', '.join(changes)}]" if variable.index else changes[0]
            yield f"/\\ {name}' = {new}"
        same = [name for v, name in self.variables.items() if v not in written]
        if len(same) == len(self.variables):
            yield "/\\ UNCHANGED vars"
        elif same:
            tuple_ = f"<<{', '.join(same)}>>"
            yield f"/\\ UNCHANGED {same[0] if len(same) == 1 else tuple_}"

    def _next(self) -> Iterator[str]:
        yield "Next =="
        for choices, steps in itertools.groupby(self.system.steps, key=lambda s: s.choices):
            group = list(steps)
            with self.rules.choosing(choices) as given:
                calls = [called(self.actions[step], given) for step in group]
                sets = [self.rules.set(c.domain) for c in choices if c.domain is not None]
            if not choices:
                yield from (f"  \\/ {call}" for call in calls)
                continue
            bounds = ", ".join(f"{g} \\in {s}" for g, s in zip(given, sets, strict=True))
            if len(calls) == 1:
                yield f"  \\/ \\E {bounds} : {calls[0]}"
            else:
                yield f"  \\/ \\E {bounds} :"
                yield from (f"       \\/ {call}" for call in calls)
        yield from ("", "Spec == Init /\\ [][Next]_vars", "")

    def _symmetry(self) -> Iterator[str]:
        named = [d for d in self.domains if d.kind == "names"]
        if named and self.system.asymmetry is None:
            yield "\\* Interchangeable names, for the line SYMMETRY of the configuration."
            sets = " \\cup ".join(f"Permutations({self.rules.sets[d]})" for d in named)
            yield f"Symmetry == {sets}"
            yield ""

    def _config(self) -> Iterator[str]:
        yield f"\\* For TLC, with {self.module}.tla. A line behind \\* is not asked for."
        yield "SPECIFICATION Spec"
        yield "CHECK_DEADLOCK FALSE"
        if self.model_values:
            yield "CONSTANTS"
            yield from (f"  {name} = {name}" for name in self.model_values)
        if any(d.kind == "names" for d in self.domains) and self.system.asymmetry is None:
            yield "\\* fewer states; not together with temporal properties"
            yield "\\* SYMMETRY Symmetry"
        yield "INVARIANT TypeOK"
        yield from self.properties.config


def with_config(module: str, config: str) -> str:
    """A module with its configuration in a comment at the head, for where there is one text."""
    top, *rest = module.splitlines()
    heading = f"The configuration, for {top.split()[2]}.cfg:"
    listed = [f"  {line}" for line in config.splitlines()]
    return "\n".join([top, *comments([heading, *listed, ""]), *rest]) + "\n"
