"""Expressions in TLA+.

Values: Bools and numbers are TLA+'s own; members of an enumeration are strings; interchangeable
names, and the value of an optional domain that stands for none, are model values, which TLC can
compare with anything.
"""

from __future__ import annotations

from collections.abc import Iterable

from dnsrace.exports.names import Names, identifier
from dnsrace.exports.rules import ATOM, Ruled, Rules, is_primed
from dnsrace.model.domains import BOOL, Domain
from dnsrace.model.expressions import Expr, Variable

OPEN, OR, AND, COMPARE, ADD, MUL = 1, 2, 3, 6, 8, 10
"""How tightly things bind. TLA+ lets few operators stand side by side without parentheses."""

OPPOSITE = {"eq": "/=", "lt": ">=", "le": ">"}


class TlaRules(Rules):
    """One rule for each operator. `constants` are the model values, `variables` and `sets` the
    names of state variables and domains in the module."""

    target = "TLA+"

    def __init__(self, names: Names) -> None:
        super().__init__(names)
        self.constants: dict[tuple[Domain, int], str] = {}
        self.variables: dict[str, str] = {}
        self.sets: dict[Domain, str] = {}
        self.uses: set[str] = set()

    # -- values

    def value(self, domain: Domain, raw: int) -> str:
        """A raw value of a domain, or of the sort of numbers."""
        if domain.kind == "bool":
            return "TRUE" if raw else "FALSE"
        if domain.kind == "maybe" and domain.of is not None and raw != domain.lo:
            return self.value(domain.of, raw)
        if domain.kind == "enum":
            return f'"{self.constants[domain, raw]}"'
        if domain.kind in ("names", "maybe"):
            return self.constants[domain, raw]
        return str(raw)

    def variable(self, variable: Variable) -> str:
        name = variable.name
        return self.variables[name[:-1]] + "'" if is_primed(variable) else self.variables[name]

    def rule_const(self, expr: Expr) -> Ruled:
        text = self.value(expr.sort, int(expr.data))
        return (ADD if text.startswith("-") else ATOM), text

    def rule_read(self, expr: Expr) -> Ruled:
        name = self.variable(expr.data)
        if not expr.args:
            return ATOM, name
        return ATOM, f"{name}[{', '.join(map(self.text, expr.args))}]"

    # -- Bools

    def rule_and(self, expr: Expr) -> Ruled:
        return AND, " /\\ ".join(self.text(a, AND if a.op == "and" else AND + 1) for a in expr.args)

    def rule_or(self, expr: Expr) -> Ruled:
        return OR, " \\/ ".join(self.text(a, OR if a.op == "or" else AND + 1) for a in expr.args)

    def rule_not(self, expr: Expr) -> Ruled:
        inner = expr.args[0]
        if inner.op in OPPOSITE:
            return COMPARE, self._comparison(inner, OPPOSITE[inner.op])
        return COMPARE, f"~{self.text(inner, ATOM)}"

    def rule_ite(self, expr: Expr) -> Ruled:
        test, yes, no = expr.args
        return OPEN, f"IF {self.text(test)} THEN {self.text(yes, OR)} ELSE {self.text(no, OR)}"

    def rule_exists(self, expr: Expr) -> Ruled:
        return self._quantifier(expr, "\\E")

    def rule_forall(self, expr: Expr) -> Ruled:
        return self._quantifier(expr, "\\A")

    def _quantifier(self, expr: Expr, symbol: str) -> Ruled:
        name, domain = expr.data
        with self.binding(name) as given:
            return OPEN, f"{symbol} {given} \\in {self.set(domain)} : {self.text(expr.args[0])}"

    def set(self, domain: Domain) -> str:
        """The name of a domain."""
        return "BOOLEAN" if domain is BOOL else self.sets[domain]

    # -- comparisons and arithmetic

    def rule_eq(self, expr: Expr) -> Ruled:
        return COMPARE, self._comparison(expr, "=")

    def rule_lt(self, expr: Expr) -> Ruled:
        return COMPARE, self._comparison(expr, "<")

    def rule_le(self, expr: Expr) -> Ruled:
        return COMPARE, self._comparison(expr, "<=")

    def _comparison(self, expr: Expr, symbol: str) -> str:
        a, b = expr.args
        if expr.op == "eq" and (a.sort is BOOL) == (b.sort is BOOL):
            return f"{self.text(a, COMPARE + 1)} {symbol} {self.text(b, COMPARE + 1)}"
        return f"{self.number(a, COMPARE + 1)} {symbol} {self.number(b, COMPARE + 1)}"

    def as_number(self, expr: Expr) -> str:
        return f"(IF {self.text(expr)} THEN 1 ELSE 0)"

    def rule_add(self, expr: Expr) -> Ruled:
        return self.infix(expr, "+", ADD)

    def rule_sub(self, expr: Expr) -> Ruled:
        return self.infix(expr, "-", ADD)

    def rule_mul(self, expr: Expr) -> Ruled:
        return MUL, " * ".join(self.number(a, MUL + 1) for a in expr.args)

    def rule_div(self, expr: Expr) -> Ruled:
        return self._division(expr, "\\div")

    def rule_mod(self, expr: Expr) -> Ruled:
        return self._division(expr, "%")

    def _division(self, expr: Expr, symbol: str) -> Ruled:
        """TLA+ rounds down, as Python does; it has no order of precedence with + here."""
        return COMPARE + 1, f"{self.number(expr.args[0], ATOM)} {symbol} {self.divisor(expr)}"

    def rule_min(self, expr: Expr) -> Ruled:
        return self._called("Min", expr)

    def rule_max(self, expr: Expr) -> Ruled:
        return self._called("Max", expr)

    def _called(self, name: str, expr: Expr) -> Ruled:
        self.uses.add(name)
        a, b = expr.args
        return ATOM, f"{name}({self.number(a, 0)}, {self.number(b, 0)})"


def branches(expr: Expr) -> bool:
    """Whether TLC, when it looks for steps, would count one for each alternative that is true."""
    return any(e.op in ("or", "exists", "ite") for e in expr.walk())


def untyped(text: str) -> str:
    """A name for a model value: TLC takes `a_b`, with one letter in front, for a value of a type of
    its own, and compares it with nothing else."""
    name = identifier(text)
    return f"value_{name}" if name[1:2] == "_" else name


def called(name: str, given: list[str]) -> str:
    """An operator with its arguments."""
    return f"{name}({', '.join(given)})" if given else name


def product(sets: Iterable[str]) -> str:
    """A product of sets."""
    return " \\X ".join(sets)


def quoted(text: str) -> str:
    """A string of TLA+."""
    plain = text.encode("ascii", "replace").decode()
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def comments(lines: list[str]) -> list[str]:
    """Lines as comments."""
    return [f"\\* {line}".rstrip() for line in lines]
