"""The starting point that `dnsrace new` writes."""

from __future__ import annotations

import ast
import keyword
import re
from pathlib import Path

from dnsrace.errors import UsageError

TEXT = '''"""Two clerks sell tickets. Each first looks how many are left, and sells later.

This is a model: all that can happen, in any order. Run it with

    dnsrace explore ./<FILE>
    dnsrace explore ./<FILE> --fixed

and change it step by step into your own system.
"""

from enum import Enum
from typing import Annotated

from dnsrace.model import (
    Names,
    Range,
    State,
    always,
    at_least,
    end,
    model,
    require,
    say,
    sometimes,
    step,
    var,
)


# `fixed` are the values that --fixed stands for. Each parameter becomes an option.
@model(fixed={"atomic": True})
def <NAME>(
    clerks: Annotated[int, at_least(1), "how many clerks sell at the same time"] = 2,
    tickets: Annotated[int, at_least(1), "how many tickets there are"] = 1,
    atomic: Annotated[bool, "is looking and selling one step"] = False,
) -> None:
    """Clerks that look first and sell later sell one ticket twice."""

    # Domains: every variable ranges over a finite set.
    class Clerk(Names, count=clerks):
        """Interchangeable: it does not matter which clerk is which."""

    class Count(Range, low=0, high=tickets + clerks): ...

    class Phase(Enum):
        IDLE, SAW_ONE, DONE = range(3)

    # The state: a scalar, and an array with an element for each clerk.
    class Shop(State):
        sold = var(Count, start=0)
        phase = var(Phase, per=Clerk, start=Phase.IDLE)

    # Steps: each is atomic. `require` says when it can happen, assignments say what it does.
    @step
    def look(s: Shop, c: Clerk) -> None:
        require(s.phase[c] == Phase.IDLE)
        require(s.sold < tickets)
        if atomic:
            s.sold += 1
            s.phase[c] = Phase.DONE
            say(f"sees a ticket and sells it in one go; {s.sold} sold now")
        else:
            s.phase[c] = Phase.SAW_ONE
            say(f"sees that only {s.sold} of {tickets} are sold")

    @step
    def sell(s: Shop, c: Clerk) -> None:
        require(s.phase[c] == Phase.SAW_ONE)
        s.sold += 1
        s.phase[c] = Phase.DONE
        say(f"sells a ticket; {s.sold} sold now")

    # Properties: what must always hold, and what must be reachable at all.
    @always
    def never_oversold(s: Shop) -> bool:
        """No more tickets are sold than there are."""
        return s.sold <= tickets

    @sometimes
    def sold_out(s: Shop) -> bool:
        """All tickets can be sold."""
        return s.sold == tickets

    # Where the system may stop for good; any other state without a next step is a deadlock.
    @end
    def nobody_is_selling(s: Shop) -> bool:
        return all(s.phase[c] != Phase.SAW_ONE for c in Clerk)
'''


def _taken() -> set[str]:
    """Names that mean something inside the model: it must not be called like one of them."""
    nodes = list(ast.walk(ast.parse(_filled("model.py", "_"))))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.name for node in nodes if isinstance(node, (ast.alias, ast.ClassDef))}
    names -= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return names | set(keyword.kwlist)


def _filled(file: str, name: str) -> str:
    values = {"FILE": file, "NAME": name}
    return re.sub("<(FILE|NAME)>", lambda match: values[match[1]], TEXT)


def write_template(path: Path) -> None:
    """Write a small model that runs. Raises UsageError when the file exists or cannot be made."""
    name = path.stem.replace("-", "_")
    if path.suffix != ".py" or not name.isidentifier() or name in _taken():
        raise UsageError(
            f"{path} cannot be the name of a model", cure="give a name like my_model.py"
        )
    if path.exists():
        raise UsageError(f"{path} exists already", cure="choose another name, or delete it first")
    try:
        path.write_text(_filled(path.name, name))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
