"""Expressions in Promela.

Arrays have one dimension there, so an element's place is reckoned out; quantifiers are written out
over all values. Comparisons give 0 or 1, as in C, and `(a -> b : c)` chooses.
"""

from __future__ import annotations

from dnsrace.exports.names import Names
from dnsrace.exports.rules import ATOM, Ruled, Rules, bound_variable
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Expr, const, replaced

OR, AND, EQUAL, COMPARE, ADD, MUL, NOT = 2, 3, 4, 5, 6, 7, 8

OPPOSITE = {"eq": ("!=", EQUAL), "lt": (">=", COMPARE), "le": (">", COMPARE)}


class PromelaRules(Rules):
    """One rule for each operator. `constants` names the values of enumerations and what stands for
    none, `variables` the state variables."""

    target = "Promela"

    def __init__(self, names: Names) -> None:
        super().__init__(names)
        self.constants: dict[tuple[Domain, int], str] = {}
        self.variables: dict[str, str] = {}

    def value(self, domain: Domain, raw: int) -> str:
        """A raw value of a domain, or of the sort of numbers."""
        if domain.kind == "bool":
            return "true" if raw else "false"
        if domain.kind == "maybe" and domain.of is not None and raw != domain.lo:
            return self.value(domain.of, raw)
        return self.constants.get((domain, raw), str(raw))

    def rule_const(self, expr: Expr) -> Ruled:
        text = self.value(expr.sort, int(expr.data))
        return (ADD if text.startswith("-") else ATOM), text

    def rule_read(self, expr: Expr) -> Ruled:
        name = self.variables[expr.data.name]
        if not expr.args:
            return ATOM, name
        return ATOM, f"{name}[{self.place_in(expr.data.index, expr.args)}]"

    def place_in(self, index: tuple[Domain, ...], args: tuple[Expr, ...]) -> str:
        """The place of an element, row by row."""
        known, parts, factor = 0, [], 1
        for domain, arg in reversed(list(zip(index, args, strict=True))):
            known -= domain.lo * factor
            if arg.op == "const":
                known += int(arg.data) * factor
            elif factor == 1:
                parts.append(self.number(arg, ADD))
            else:
                parts.append(f"{self.number(arg, MUL)} * {factor}")
            factor *= domain.size
        if not parts:
            return str(known)
        text = " + ".join(reversed(parts))
        return text if not known else f"{text} {'+' if known > 0 else '-'} {abs(known)}"

    # -- Bools

    def rule_and(self, expr: Expr) -> Ruled:
        return AND, " && ".join(self.text(a, AND) for a in expr.args)

    def rule_or(self, expr: Expr) -> Ruled:
        return OR, " || ".join(self.text(a, OR if a.op == "or" else EQUAL) for a in expr.args)

    def rule_not(self, expr: Expr) -> Ruled:
        inner = expr.args[0]
        if inner.op in OPPOSITE:
            symbol, level = OPPOSITE[inner.op]
            return self._comparison(inner, symbol, level)
        return NOT, f"!{self.text(inner, ATOM)}"

    def rule_ite(self, expr: Expr) -> Ruled:
        test, yes, no = (self.text(a) for a in expr.args)
        return ATOM, f"({test} -> {yes} : {no})"

    def rule_exists(self, expr: Expr) -> Ruled:
        return self._written_out(expr, " || ", OR)

    def rule_forall(self, expr: Expr) -> Ruled:
        return self._written_out(expr, " && ", AND)

    def _written_out(self, expr: Expr, joint: str, level: int) -> Ruled:
        variable = bound_variable(expr)
        if variable is None:
            return ATOM, self.text(expr.args[0], ATOM)
        domain: Domain = expr.data[1]
        bodies = [
            replaced(expr.args[0], {variable: const(raw, variable.sort)}) for raw in domain.raws
        ]
        if len(bodies) == 1:
            return ATOM, self.text(bodies[0], ATOM)
        return level, joint.join(self.text(body, EQUAL) for body in bodies)

    # -- comparisons and arithmetic

    def rule_eq(self, expr: Expr) -> Ruled:
        return self._comparison(expr, "==", EQUAL)

    def rule_lt(self, expr: Expr) -> Ruled:
        return self._comparison(expr, "<", COMPARE)

    def rule_le(self, expr: Expr) -> Ruled:
        return self._comparison(expr, "<=", COMPARE)

    def _comparison(self, expr: Expr, symbol: str, level: int) -> Ruled:
        a, b = expr.args
        return level, f"{self.number(a, ADD)} {symbol} {self.number(b, ADD)}"

    def as_number(self, expr: Expr) -> str:
        """A Bool is 0 or 1 as it is."""
        return self.text(expr, ATOM)

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
        return ATOM, f"({a} {symbol} {b} -> {a} : {b})"


def quoted(text: str) -> str:
    """A line to print."""
    plain = " ".join(text.encode("ascii", "replace").decode().split())
    return '"' + plain.replace("\\", "\\\\").replace('"', "'") + '\\n"'
