"""What one lifted form says, said over the domains and variables of another.

A model's function makes its domains anew each time it runs, and domains and variables are told
apart by what they are, not by what they look like. Here those that look alike become one.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from dnsrace.model.domains import BOOL, INT, Domain
from dnsrace.model.expressions import Expr, Variable
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree, Write
from dnsrace.model.system import Ago, Commit, Sentence, System


class Unlike(Exception):
    """Two lifted forms cannot be said over the same variables; the text is why."""


def look(domain: Domain) -> Hashable:
    """Equal for domains that look alike."""
    inner = look(domain.of) if domain.of is not None else None
    members = tuple(map(str, domain.members))
    return domain.name, domain.kind, domain.lo, domain.hi, members, inner, str(domain.none)


def shape(system: System) -> Hashable:
    """Equal for lifted forms with the same variables, and with properties that ask the same."""
    variables = tuple((v.name, look(v.domain), tuple(map(look, v.index))) for v in system.variables)
    properties = tuple(
        (p.name, p.kind, p.question, p.informative, p.stays, p.fairness) for p in system.properties
    )
    return variables, properties


@dataclass
class Common:
    """What several lifted forms are said over: domains by their look, variables by their name,
    primed ones included."""

    variables: dict[str, Variable]
    domains: dict[Hashable, Domain] = field(default_factory=dict)


class Translator:
    """Says one lifted form over what is common. Every method raises Unlike where it cannot."""

    def __init__(self, common: Common) -> None:
        self.common = common
        self._own: dict[Hashable, Domain] = {}

    def domain(self, domain: Domain) -> Domain:
        """The common domain that looks like this one."""
        if domain in (BOOL, INT):
            return domain
        key = look(domain)
        if self._own.setdefault(key, domain) is not domain:
            raise Unlike(f"two domains are called {domain.name}")
        if domain.of is not None:
            inner = self.domain(domain.of)
            if key not in self.common.domains and inner is not domain.of:
                self.common.domains[key] = replace(domain, of=inner)
        return self.common.domains.setdefault(key, domain)

    def variable(self, variable: Variable) -> Variable:
        """The common variable of this name."""
        return self.common.variables[variable.name]

    def expression(self, expr: Expr) -> Expr:
        """The same expression."""
        data = expr.data
        if isinstance(data, Variable):
            data = self.variable(data)
        elif isinstance(data, tuple) and isinstance(data[-1], Domain):
            data = (*data[:-1], self.domain(data[-1]))
        domain = None if expr.domain is None else self.domain(expr.domain)
        args = tuple(map(self.expression, expr.args))
        return Expr(expr.op, args, self.domain(expr.sort), data, domain)

    def tree(self, tree: Tree[Commit | None]) -> Tree[Commit | None]:
        """The same tree, each of its commits a new object: they are known by what they are."""
        if isinstance(tree, Branch):
            test, yes, no = self.expression(tree.test), self.tree(tree.yes), self.tree(tree.no)
            return Branch(test, yes, no, tree.place)
        if isinstance(tree, Ensure):
            return Ensure(self.expression(tree.condition), tree.failure, self.tree(tree.then))
        return Leaf(None if tree.value is None else self._commit(tree.value))

    def _commit(self, commit: Commit) -> Commit:
        writes = tuple(
            Write(
                self.variable(write.variable),
                tuple(map(self.expression, write.index)),
                self.expression(write.value),
                write.place,
            )
            for write in commit.writes
        )
        return Commit(writes, self._sentence(commit.said), commit.place)

    def _sentence(self, said: Sentence) -> Sentence:
        parts: list[str | Expr | Ago] = []
        for part in said:
            if isinstance(part, Expr):
                parts.append(self.expression(part))
            elif isinstance(part, Ago):
                parts.append(Ago(part.step, tuple(map(self.expression, part.choices))))
            else:
                parts.append(part)
        return tuple(parts)
