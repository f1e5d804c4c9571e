"""Expressions as Python text over a node.

Identifiers are numbers in the right order, so comparing two of them is exact. What their distance
is, is not known; a test of it, and each number that is left open, goes to the `Run`, which follows
every outcome that is possible. All else that could be done with identifiers is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from dnsrace.engines.order.shape import Shape
from dnsrace.errors import ModelError, Place
from dnsrace.model.domains import INT, Domain
from dnsrace.model.expressions import Expr, Variable

INF = float("inf")
TOP = "TOP"
"""Text of the greatest identifier that the size allows: at or above all that are live."""


@dataclass(frozen=True)
class Linear:
    """Identifiers added, less identifiers taken away, plus a number from `low` to `high`; None:
    there is no such limit."""

    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    low: int | None = 0
    high: int | None = 0

    def less(self, other: Linear) -> Linear:
        return self.add(Linear(other.minus, other.plus, _minus(other.high), _minus(other.low)))

    def add(self, other: Linear) -> Linear:
        plus, minus = [*self.plus, *other.plus], [*self.minus, *other.minus]
        for text in [text for text in plus if text in minus]:
            if text in minus:
                plus.remove(text)
                minus.remove(text)
        low, high = _sum(self.low, other.low), _sum(self.high, other.high)
        return Linear(tuple(plus), tuple(minus), low, high)


def _minus(a: int | None) -> int | None:
    return None if a is None else -a


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


class Terms:
    """A rule for each operator. `place` is the line of what is translated, for refusals.

    In the text, `s` is the node, `t` the head after the step, `r` the run; choices and bound
    variables have their names behind `c_` and `b_`.
    """

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.place: Place | None = None
        self.rules: dict[str, Callable[[Expr], str]] = {
            "const": lambda e: str(int(e.data)),
            "param": self._parameter,
            "choice": lambda e: f"c_{e.data}",
            "bound": lambda e: f"b_{e.data}",
            "read": self._read,
            "and": lambda e: f"({self.text(e.args[0])} and {self.text(e.args[1])})",
            "or": lambda e: f"({self.text(e.args[0])} or {self.text(e.args[1])})",
            "not": lambda e: f"(not {self.text(e.args[0])})",
            "ite": self._chosen,
            "exists": lambda e: self._quantified(e, "any"),
            "forall": lambda e: self._quantified(e, "all"),
            "eq": lambda e: self._equal(*e.args),
            "lt": lambda e: self._order(e, "<", 0),
            "le": lambda e: self._order(e, "<=", 1),
            "add": lambda e: self._arithmetic(e, "+"),
            "sub": lambda e: self._arithmetic(e, "-"),
            "mul": lambda e: self._arithmetic(e, "*"),
            "div": lambda e: self._arithmetic(e, "//"),
            "mod": lambda e: self._arithmetic(e, "%"),
            "min": lambda e: f"min({self._part(e, 0)}, {self._part(e, 1)})",
            "max": lambda e: f"max({self._part(e, 0)}, {self._part(e, 1)})",
        }

    def refuse(self, cause: str, cure: str) -> NoReturn:
        """Raises ModelError at the line of what is translated."""
        name = self.shape.family.name
        raise ModelError(f"{cause}: only the order of {name} is known", place=self.place, cure=cure)

    def text(self, e: Expr) -> str:
        """The raw value of an expression; of one that is an identifier, its number in the node."""
        return self.rules[e.op](e)

    def ordered(self, e: Expr) -> bool:
        """Whether the value of a number depends on identifiers, or on a size that is open."""
        if e.op in ("read", "choice", "bound"):
            return self.shape.holds(e.domain)
        if e.sort is not INT and not self.shape.holds(e.sort):
            return False
        return e.op == "param" or any(map(self.ordered, e.args))

    # -- leaves

    def _parameter(self, e: Expr) -> str:
        self.refuse(
            f"{e.data[0]} is used as a value",
            "compare it with identifiers or their differences only, or give it a value",
        )

    def _read(self, e: Expr) -> str:
        variable = e.data
        at = self.place_of(variable, e.args)
        primed = variable.name.endswith("'")
        for domain, index in zip(variable.index, e.args, strict=True):
            if self.shape.holds(domain):
                key = self.stored(index, domain)
                return f"r.{'after' if primed else 'element'}({at}, {key})"
        return f"{'t' if primed else 's'}[{at}]"

    def place_of(self, variable: Variable, indices: tuple[Expr, ...]) -> str:
        """The slot of an element in the head, or its cell in a block."""
        at, stride = str(self.shape.offsets[variable]), 1
        for domain, index in reversed(list(zip(variable.index, indices, strict=True))):
            if not self.shape.holds(domain):
                if domain.size > 1:
                    at += f" + ({self._plain(index, domain)} - {domain.lo}) * {stride}"
                stride *= domain.size
        return at

    def _plain(self, e: Expr, domain: Domain) -> str:
        if self.ordered(e):
            self.refuse(
                f"{e} is used as a value of {domain.name}",
                "index with identifiers only what is declared per their domain",
            )
        return self.text(e)

    def _quantified(self, e: Expr, word: str) -> str:
        name, domain = e.data
        if self.shape.holds(domain):
            self.refuse(
                f"{word}() runs over all of {domain.name}", "look at identifiers that are held"
            )
        return f"{word}({self.text(e.args[0])} for b_{name} in range({domain.lo}, {domain.hi + 1}))"

    # -- numbers

    def _arithmetic(self, e: Expr, symbol: str) -> str:
        if not self.ordered(e):
            return f"({self.text(e.args[0])} {symbol} {self.text(e.args[1])})"
        sum_ = self.linear(e)
        known = sum_.low if sum_.low == sum_.high else None
        base = sum_.plus[0] if sum_.plus else str(self.shape.low)
        if known is None or sum_.minus or len(sum_.plus) > 1 or base == TOP:
            self.refuse(
                f"{e} is used as a value", "an identifier may be one held, plus or minus a number"
            )
        by = known if sum_.plus else known - self.shape.low
        return f"r.point({base}, {by})" if by else base

    def linear(self, e: Expr) -> Linear:
        """A number as a sum. Refuses what is none, such as a product of identifiers."""
        if e.op == "const":
            return Linear((), (), int(e.data), int(e.data))
        if e.op == "param":
            name, least = e.data
            size, offset = self.shape.size
            if name == size:
                return Linear((TOP,), (), -offset, -offset)
            return Linear(low=least, high=None)
        if e.op in ("add", "sub"):
            left, right = map(self.linear, e.args)
            return left.add(right) if e.op == "add" else left.less(right)
        if not self.ordered(e) or e.op in ("mul", "div", "mod"):
            self.refuse(
                f"{e} is reckoned with as if it said how many",
                "compare identifiers with one another, or give the sizes values and explore "
                "without --unbounded",
            )
        return Linear((self.text(e),))

    def _identifier(self, e: Expr) -> str:
        """An identifier; a number above the lowest is one that lies so far above it."""
        above = int(e.data) - self.shape.low if e.op == "const" else 0
        if e.op != "const" and not self.ordered(e):
            self.refuse(f"{e}, which is a number, becomes an identifier", "assign identifiers only")
        return f"r.point({self.shape.low}, {above})" if above > 0 else self.text(e)

    def _chosen(self, e: Expr) -> str:
        return f"({self._part(e, 1)} if {self.text(e.args[0])} else {self._part(e, 2)})"

    def _part(self, e: Expr, at: int) -> str:
        """An argument that may become the value of the whole."""
        return self._identifier(e.args[at]) if self.ordered(e) else self.text(e.args[at])

    def stored(self, e: Expr, domain: Domain) -> str:
        """The value that goes into a variable, or is an index, of a domain."""
        return self._identifier(e) if self.shape.holds(domain) else self._plain(e, domain)

    # -- comparisons

    def _equal(self, a: Expr, b: Expr) -> str:
        if not (self.ordered(a) or self.ordered(b)):
            return f"({self.text(a)} == {self.text(b)})"
        return self._compared(self.linear(b).less(self.linear(a)), "==", 0)

    def _order(self, e: Expr, symbol: str, more: int) -> str:
        a, b = e.args
        if not (self.ordered(a) or self.ordered(b)):
            return f"({self.text(a)} {symbol} {self.text(b)})"
        return self._compared(self.linear(b).less(self.linear(a)), symbol, more)

    def _compared(self, sum_: Linear, symbol: str, more: int) -> str:
        """Whether a sum is zero (`==`), positive (`<`), or neither negative (`<=`, `more` = 1)."""
        if len(sum_.plus) > 1 or len(sum_.minus) > 1:
            self.refuse("more than two identifiers are added up", "compare two at a time")
        low, anchor = self.shape.low, str(self.shape.low)
        plus, minus = "".join(sum_.plus), "".join(sum_.minus)
        if TOP not in (plus, minus) and sum_.low == sum_.high is not None:
            number = sum_.low
            assert number is not None
            if plus and minus and number == 0:
                return f"({minus} {symbol} {plus})"
            # one identifier and a number up to the lowest: these mean themselves
            if plus and not minus and -number <= low:
                return f"({-number} {symbol} {plus})"
            if minus and not plus and number <= low:
                return f"({minus} {symbol} {number})"
        shift = (0 if plus else -low) + (0 if minus else low)
        least = "-INF" if sum_.low is None else sum_.low + more + shift
        most = "INF" if sum_.high is None else sum_.high + more + shift
        ask = "zero" if symbol == "==" else "positive"
        return f"r.{ask}({plus or anchor}, {minus or anchor}, {least}, {most})"
