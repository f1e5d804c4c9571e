"""What goes into a variable, or is used as the index of one: it must be of the right domain."""

from __future__ import annotations

from dnsrace.model import expressions as ex
from dnsrace.model import places
from dnsrace.model.domains import INT, Domain
from dnsrace.model.expressions import Expr
from dnsrace.model.paths import current, settled
from dnsrace.model.symbols import Sym, refuse, to_expr


def stored(value: object, domain: Domain, what: str) -> Expr:
    """The expression of a value that goes into a variable or an index of `domain`.

    Refuses a value of another sort; a number that may leave a range becomes a check on this path
    (see `paths.Run.ensure`).
    """
    sort = ex.sort_of(domain)
    expr = to_expr(value, sort)
    run = current()
    inner = value.expr if isinstance(value, Sym) else None
    if expr is None and inner is not None and inner.sort.kind == "maybe" and run is not None:
        of = inner.sort.of
        if of is not None and ex.sort_of(of) is sort:
            none = ex.const(inner.sort.lo, inner.sort)
            run.ensure(
                ex.not_(ex.eq(inner, none)), f"{what} may be {inner.sort.none}", places.here()
            )
            expr = inner
    if expr is None:
        shown = f"{inner}" if inner is not None else repr(value)
        cure = f"give a value of {domain.name}"
        if value is None and domain.kind == "maybe":
            cure = f"None is no value of a domain; write {domain.name}.none"
        refuse(f"{what} takes {domain.values_text()}, not {shown}", cure)
    if expr.domain is domain:  # a variable or a choice of this very domain
        return expr
    if domain.kind == "bool" and run is not None:
        return settled(run, expr)
    inside = domain.of if domain.kind == "maybe" and expr.sort is INT else domain
    if inside is not None and inside.kind == "range" and run is not None:
        low, high = as_expr(inside.low), as_expr(inside.high)
        within = ex.and_(ex.le(low, expr), ex.le(expr, high))
        message = f"{what} := {expr} leaves {domain.name} = {domain.values_text()}"
        run.ensure(within, message, places.here())
    return expr


def as_expr(value: int | Expr) -> Expr:
    """A bound of a domain as an expression."""
    return ex.integer(value) if isinstance(value, int) else value
