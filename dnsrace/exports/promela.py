"""A model as a Promela program for Spin.

One process, one loop, one `d_step` for each step with its choices: nothing but the model's
variables tells two of Spin's states apart. A property is one more option of the loop, which can be
taken only in a state that violates it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from dnsrace.errors import ModelError
from dnsrace.exports.head import first_line, head
from dnsrace.exports.imperative import Imperative, conjunction
from dnsrace.exports.names import Names
from dnsrace.exports.promela_properties import Properties
from dnsrace.exports.promela_rules import PromelaRules, quoted
from dnsrace.exports.shape import Kept, variables_in
from dnsrace.exports.survey import domains, place_of, refuse_wide
from dnsrace.exports.words import PROMELA_WORDS
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import TRUE, Expr, Variable
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.paths import Write
from dnsrace.model.system import Ago, Property, Sentence, State, Step, System, count

MOST_STARTS = 2000
"""Initial states, each of which is written out when there are several."""

MOST_MEMBERS = 255
"""Members of all enumerations that may share Promela's one mtype."""


def promela(system: System, file: str) -> str:
    """The program. Raises ModelError for what Promela cannot express.

    Parameters
    ----------
    file: the name of its file, for the commands in the head.
    """
    refuse_wide(system, "Promela", 32)
    return _Program(system, file).written()


class _Program(Imperative):
    """Writes one program."""

    rules: PromelaRules

    def __init__(self, system: System, file: str) -> None:
        names = Names(PROMELA_WORDS)
        super().__init__(system, PromelaRules(names))
        self.file = file
        self.variables = {v: names.give(v.name, f"{v.name}_var") for v in system.variables}
        self.rules.variables = {v.name: name for v, name in self.variables.items()}
        self.domains = domains(system)
        self.mtype = self._symbolic()
        self.starts = self._starts()
        self.begins = {n for n in range(len(system.slots)) if self._begins(n)}
        self.defined: list[tuple[str, int]] = []
        for domain in self.domains:
            self._name_values(domain, names)
        self.steps = {s: names.give(s.name, f"{s.name}_step") for s in system.steps}
        self.properties = Properties(system, self.rules)
        self.kept: dict[tuple[str, str], str] = {}

    def _symbolic(self) -> set[Domain]:
        """The enumerations that can be mtype: those whose values are no places in an array."""
        indices = {d for v in self.system.variables for d in v.index}
        indices |= {d.of for d in indices if d.of is not None}
        found = [d for d in self.domains if d.kind == "enum" and d not in indices]
        optional = {d for d in self.domains if d.kind == "maybe" and d.of in found}
        found = [d for d in found if not any(m.of is d and m in indices for m in optional)]
        if sum(d.size + 1 for d in found) > MOST_MEMBERS:
            return set()
        return {*found, *(m for m in optional if m.of in found)}

    def _name_values(self, domain: Domain, names: Names) -> None:
        if domain.kind not in ("enum", "maybe"):
            return
        for raw in domain.raws if domain.kind == "enum" else [domain.lo]:
            name = names.give(domain.text(raw), f"{domain.name}_{domain.text(raw)}")
            self.rules.constants[domain, raw] = name
            if domain not in self.mtype:
                self.defined.append((name, raw))

    def written(self) -> str:
        inlines = [line for step in self.system.steps for line in self._inline(step)]
        process = list(self._process())
        lines = [
            "/*",
            *(f" * {line}".rstrip().replace("*/", "* /") for line in self._head()),
            " */",
        ]
        lines += ["", *self.properties.switches(), *self._declarations(), *inlines, *process]
        return "\n".join(lines) + "\n"

    def _head(self) -> list[str]:
        run = [
            f"  spin -o1 -o2 -o3 -a {shlex.quote(self.file)}",
            "  cc -O2 -DBFS -DNOREDUCE -o pan pan.c && ./pan -E",
            f"  spin -t {shlex.quote(self.file)}",
            "The last one tells a violation that was found, in the model's words. -o1 -o2 -o3 keep "
            "Spin from merging states; with -E a state without a step is no error.",
            "To check some properties only, name them, in the first command and in the last: "
            "spin -DNAMED -DCHECK_... With -DNAMED alone nothing is checked, and the whole space "
            "is searched.",
        ]
        notes = [
            "Spin's states stored are dnsrace's"
            + (" and one more, that before the start" if self.begins else "")
            + "; its transitions (stored and matched) are dnsrace's and one for each initial state"
            + (" and the one before" if self.begins else "")
            + ". A property that is checked adds a transition where it is violated."
        ]
        return head(self.system, "promela", run, notes, self.properties.said)

    # -- declarations

    def _declarations(self) -> Iterator[str]:
        for domain in self.domains:
            if domain.kind != "bool":
                text = f"{domain.name} = {domain.values_text()}"
                yield f"/* {comment(f'{text}: {domain.doc}' if domain.doc else text)} */"
        members = [name for (d, _), name in self.rules.constants.items() if d in self.mtype]
        if members:
            yield f"mtype = {{ {', '.join(members)} }}"
        for name, raw in self.defined:
            yield f"#define {name} {raw if raw >= 0 else f'({raw})'}"
        yield ""
        at = 0
        for variable, name in self.variables.items():
            size = count(variable)
            raws = self.starts[0][at : at + size]
            yield self._declared(variable, name, raws)
            at += size
        for (_, kind), name in self.kept.items():
            yield f"{kind} {name} = 0;  /* an old value while others are assigned; 0 otherwise */"
        yield ""

    def _declared(self, variable: Variable, name: str, raws: State) -> str:
        values = [self.rules.value(variable.domain, raw) for raw in raws]
        text = f"{self._type(variable.domain)} {name}"
        if not variable.index:
            return f"{text} = {values[0]};"
        if len(set(values)) == 1:
            given = f" = {values[0]}"
        else:
            given = f" = {{ {', '.join(values)} }}" if min(raws) >= 0 else ""
        index = ", ".join(d.name for d in variable.index)
        return f"{text}[{len(values)}]{given};  /* by {index} */"

    def _begins(self, slot: int) -> bool:
        """Whether the process must assign a slot its start: there are several, or Promela cannot
        declare them, as it has no negative numbers in a list."""
        raws = [start[slot] for start in self.starts]
        variable, _ = self.system.slots[slot]
        first = self.system.offsets[variable]
        row = self.starts[0][first : first + count(variable)]
        return len(set(raws)) > 1 or (len(set(row)) > 1 and min(row) < 0)

    def _type(self, domain: Domain) -> str:
        if domain in self.mtype:
            return "mtype"
        if domain.kind == "bool":
            return "bool"
        if domain.lo >= 0 and domain.hi <= 255:
            return "byte"
        return "short" if domain.lo >= -(1 << 15) and domain.hi < 1 << 15 else "int"

    def _starts(self) -> list[State]:
        """The initial states, each once. Raises ModelError when they are too many to write out."""
        choices = self.system.start_count
        if choices > MOST_STARTS:
            raise ModelError(
                f"Promela cannot express {choices} initial states: each is written out, up to "
                f"{MOST_STARTS}",
                place=place_of(self.system),
                cure="give smaller parameters, or export to TLA+ or Murphi",
            )
        return list(dict.fromkeys(Interpreter(self.system).initial()))

    # -- steps

    def _inline(self, step: Step) -> Iterator[str]:
        self.rules.place = step.place
        tests, rest = self.guard(step)
        if step.doc:
            yield f"/* {comment(step.doc)} */"
        with self.rules.choosing(step.choices) as given:
            yield f"inline {self.steps[step]}({', '.join(given)}) {{"
            guard = conjunction(tests)
            yield f"  {self.rules.text(guard)};"
            for line in self.body(step, rest):
                yield line if line.startswith("#") else f"  {line}"
        yield from ("}", "")

    def check(self, condition: Expr, message: str) -> Iterator[str]:
        yield f"assert({self.rules.text(condition)});  /* {comment(message)} */"

    def branch(self, cases: list[tuple[Expr, list[str]]], rest: list[str]) -> Iterator[str]:
        (test, lines), *others = cases
        yield from ("if", f":: {self.rules.text(test)} ->")
        yield from indented(lines)
        yield ":: else ->"
        yield from indented(self.branch(others, rest) if others else rest)
        yield "fi;"

    def say(self, step: Step, said: Sentence) -> Iterator[str]:
        shown = ", ".join("%e" if c.domain in self.mtype else "%d" for c in step.choices)
        parts = [f"{step.name}({shown})" if shown else step.name, ": " if said else ""]
        values = [self.rules.text(c) for c in step.choices]
        for part in said:
            if isinstance(part, Ago):
                parts.append("some")
            elif isinstance(part, str):
                parts.append(part.replace("%", "%%"))
            elif part.op == "const":
                parts.append(part.sort.text(part.data) if part.sort.kind != "int" else str(part))
            else:
                parts.append("%e" if part.sort in self.mtype else "%d")
                values.append(self.rules.text(part))
        yield f"printf({', '.join([quoted(''.join(parts)), *values])});"

    def transition(self, prop: Property, defined: Expr, value: Expr) -> Iterator[str]:
        for expr in (defined, value):
            if expr != TRUE:
                yield f"#ifdef {self.properties.switch[prop]}"
                yield f"assert({self.rules.text(expr)});  /* {comment(prop.name)} */"
                yield "#endif"

    def keep(self, old: Kept) -> Iterator[str]:
        kind = self._type(old.domain)
        if (old.name, kind) not in self.kept:
            self.kept[old.name, kind] = self.rules.names.give(old.name)
        name = self.rules.scope["bound", old.name] = self.kept[old.name, kind]
        yield f"{name} = {self.rules.text(old.value)};"

    def forget(self, old: Kept) -> Iterator[str]:
        yield f"{self.rules.scope.pop(('bound', old.name))} = 0;"

    def assign(self, write: Write) -> Iterator[str]:
        target = self.rules.variables[write.variable.name]
        if write.index:
            at = self.rules.place_in(write.variable.index, write.index)
            if write.variable in variables_in(*write.index):
                at += " + 0"  # Spin refuses to assign to a[a[i]], but not to this
            target += f"[{at}]"
        yield f"{target} = {self.rules.text(write.value)};"

    # -- the process

    def _process(self) -> Iterator[str]:
        yield "active proctype system() {"
        if self.begins:
            yield "  if"
            for state in self.starts:
                yield f"  :: d_step {{ {'; '.join(self._chosen(state))} }}"
            yield "  fi;"
        yield "  do"
        for step in self.system.steps:
            yield from (f"  :: d_step {{ {call} }}" for call in self._calls(step))
        yield from (f"  {line}" if line[0] != "#" else line for line in self.properties.options())
        yield from ("  od", "}")

    def _calls(self, step: Step) -> Iterator[str]:
        for raws in step.every_choice():
            values = [
                self.rules.value(c.domain, raw)
                for c, raw in zip(step.choices, raws, strict=True)
                if c.domain is not None
            ]
            yield f"{self.steps[step]}({', '.join(values)})"

    def _chosen(self, state: State) -> Iterator[str]:
        """The assignments of a start, as far as it differs from what is declared."""
        for slot, ((variable, index), raw) in enumerate(zip(self.system.slots, state, strict=True)):
            if slot in self.begins:
                at = slot - self.system.offsets[variable]
                element = f"[{at}]" if index else ""
                value = self.rules.value(variable.domain, raw)
                yield f"{self.variables[variable]}{element} = {value}"


def comment(text: str) -> str:
    """A text inside of a comment."""
    return first_line(text).replace("*/", "* /")


def indented(lines: Iterable[str]) -> Iterator[str]:
    """Lines three columns further in; directives of the preprocessor stay where they are."""
    for line in lines:
        yield line if line.startswith("#") else f"   {line}"
