"""Expressions in Murphi, as Rumur has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dnsrace.exports.murphi_types import Types
from dnsrace.exports.names import Names
from dnsrace.exports.rules import ATOM, Ruled, Rules
from dnsrace.model.domains import BOOL, Domain
from dnsrace.model.expressions import Expr

CHOICE, OR, AND, COMPARE, ADD, MUL = 1, 2, 3, 5, 6, 7

OPPOSITE = {"eq": "!=", "lt": ">=", "le": ">"}


class MurphiRules(Rules):
    """One rule for each operator. `constants` names the members of enumerations and numbers with a
    meaning, `variables` the state variables, `sets` the types."""

    target = "Murphi"

    def __init__(self, names: Names, types: Types) -> None:
        super().__init__(names)
        self.types = types
        self.constants: dict[tuple[Domain, int], str] = {}
        self.variables: dict[str, str] = {}
        self.sets: dict[Domain, str] = {}

    def value(self, domain: Domain, raw: int) -> str:
        """A raw value of a domain, or of the sort of numbers."""
        if domain.kind == "bool":
            return "true" if raw else "false"
        if domain.kind == "maybe" and domain.of is not None and raw != domain.lo:
            return self.value(domain.of, raw)
        return self.constants.get((domain, raw), str(raw))

    def set(self, domain: Domain) -> str:
        """The name of a type."""
        return "boolean" if domain is BOOL else self.sets[domain]

    def rule_const(self, expr: Expr) -> Ruled:
        text = self.value(expr.sort, int(expr.data))
        return (ADD if text.startswith("-") else ATOM), text

    def rule_read(self, expr: Expr) -> Ruled:
        index = "".join(f"[{self.text(a)}]" for a in expr.args)
        return ATOM, f"{self.variables[expr.data.name]}{index}"

    # -- Bools

    def rule_and(self, expr: Expr) -> Ruled:
        return AND, " & ".join(self.text(a, AND if a.op == "and" else COMPARE) for a in expr.args)

    def rule_or(self, expr: Expr) -> Ruled:
        return OR, " | ".join(self.text(a, OR if a.op == "or" else COMPARE) for a in expr.args)

    def rule_not(self, expr: Expr) -> Ruled:
        inner = expr.args[0]
        if inner.op in OPPOSITE and not self._needs_care(inner):
            return COMPARE, self._comparison(inner, OPPOSITE[inner.op])
        return ATOM, f"!{self.text(inner, ATOM)}"

    def rule_ite(self, expr: Expr) -> Ruled:
        test, yes, no = expr.args
        return ATOM, f"({self.text(test, OR)} ? {self.text(yes, OR)} : {self.text(no, OR)})"

    def rule_exists(self, expr: Expr) -> Ruled:
        return self._quantifier(expr, "exists")

    def rule_forall(self, expr: Expr) -> Ruled:
        return self._quantifier(expr, "forall")

    def _quantifier(self, expr: Expr, word: str) -> Ruled:
        name, domain = expr.data
        with self.binding(name) as given:
            body = self.text(expr.args[0])
            return ATOM, f"({word} {given}: {self.set(domain)} do {body} end)"

    # -- comparisons

    def rule_eq(self, expr: Expr) -> Ruled:
        if self._needs_care(expr):
            return self._equal_or_none(*expr.args)
        return COMPARE, self._comparison(expr, "=")

    def rule_lt(self, expr: Expr) -> Ruled:
        return COMPARE, self._comparison(expr, "<")

    def rule_le(self, expr: Expr) -> Ruled:
        return COMPARE, self._comparison(expr, "<=")

    def _comparison(self, expr: Expr, symbol: str) -> str:
        a, b = expr.args
        if expr.op == "eq" and (a.sort is BOOL) == (b.sort is BOOL):
            return f"{self.text(a, ADD)} {symbol} {self.text(b, ADD)}"
        return f"{self.number(a, ADD)} {symbol} {self.number(b, ADD)}"

    # -- what may be undefined

    def _needs_care(self, expr: Expr) -> bool:
        """Whether an equality has a side that may be undefined, which Rumur must not read."""
        return expr.op == "eq" and any(self.types.is_undefinable(a.sort) for a in expr.args)

    def is_none(self, expr: Expr) -> str:
        """Whether a value of an optional domain is none: `true`, `false`, or a test in Murphi."""
        if not self.types.is_undefinable(expr.sort):
            return "false"
        if expr.op == "const":
            return "true" if expr.data == expr.sort.lo else "false"
        if expr.op == "ite":
            test, yes, no = expr.args
            return f"({self.text(test, OR)} ? {self.is_none(yes)} : {self.is_none(no)})"
        return f"isundefined({self.text(expr)})"

    def _equal_or_none(self, a: Expr, b: Expr) -> Ruled:
        for one, other in ((a, b), (b, a)):
            if one.op == "ite":
                test, yes, no = one.args
                parts = [self._equal_or_none(side, other)[1] for side in (yes, no)]
                return ATOM, f"({self.text(test, OR)} ? {parts[0]} : {parts[1]})"
        none_a, none_b = self.is_none(a), self.is_none(b)
        if none_a == "true":
            return ATOM, none_b
        if none_b == "true":
            return ATOM, none_a
        both = f"{self.text(a, ADD)} = {self.text(b, ADD)}"
        if none_a == "false" and none_b == "false":
            return ATOM, f"({both})"
        if none_b == "false":
            return ATOM, f"(!{none_a} & {both})"
        if none_a == "false":
            return ATOM, f"(!{none_b} & {both})"
        return ATOM, f"({none_a} ? {none_b} : (!{none_b} & {both}))"

    # -- arithmetic

    def as_number(self, expr: Expr) -> str:
        return f"({self.text(expr, OR)} ? 1 : 0)"

    def rule_add(self, expr: Expr) -> Ruled:
        return self.infix(expr, "+", ADD)

    def rule_sub(self, expr: Expr) -> Ruled:
        return self.infix(expr, "-", ADD)

    def rule_mul(self, expr: Expr) -> Ruled:
        return self.infix(expr, "*", MUL)

    def rule_div(self, expr: Expr) -> Ruled:
        a, b, negative = self.floor(expr)
        if not negative:
            return MUL, f"{a} / {b}"
        return MUL, f"({a} - ({a} % {b} + {b}) % {b}) / {b}"

    def rule_mod(self, expr: Expr) -> Ruled:
        a, b, negative = self.floor(expr)
        return MUL, (f"({a} % {b} + {b}) % {b}" if negative else f"{a} % {b}")

    def rule_min(self, expr: Expr) -> Ruled:
        return self._smaller(expr, "<")

    def rule_max(self, expr: Expr) -> Ruled:
        return self._smaller(expr, ">")

    def _smaller(self, expr: Expr, symbol: str) -> Ruled:
        a, b = (self.number(e, ADD) for e in expr.args)
        return ATOM, f"({a} {symbol} {b} ? {a} : {b})"


def put(rules: MurphiRules, target: str, domain: Domain, value: Expr) -> Iterator[str]:
    """An assignment, which undefines the target where the value is none."""
    none = rules.is_none(value) if rules.types.is_undefinable(domain) else "false"
    if none == "true":
        yield f"undefine {target};"
    elif none == "false":
        yield f"{target} := {rules.text(value)};"
    elif value.op == "ite":
        yield f"if {rules.text(value.args[0])} then"
        yield from indented(put(rules, target, domain, value.args[1]))
        yield "else"
        yield from indented(put(rules, target, domain, value.args[2]))
        yield "end;"
    else:
        yield f"if {none} then undefine {target}; else {target} := {rules.text(value)}; end;"


def indented(lines: Iterable[str]) -> Iterator[str]:
    """Lines two columns further in."""
    return (f"  {line}".rstrip() for line in lines)


def quoted(text: str) -> str:
    """A string of Murphi."""
    plain = " ".join(text.encode("ascii", "replace").decode().split())
    return '"' + plain.replace("\\", "/").replace('"', "'") + '"'
