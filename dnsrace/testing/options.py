"""What the command line of pytest says about checks. What a test says itself wins over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dnsrace.errors import UsageError


@dataclass(frozen=True)
class Options:
    """The options of the group `dnsrace`; None or empty where they are not given.

    Parameters
    ----------
    model: for checks that name none.
    given: the parameters of this model, as texts.
    fixed: whether it is this model's fixed variant.
    replay: a trace or a schedule to run in place of searching this model.
    """

    model: str | None = None
    given: dict[str, str] = field(default_factory=dict)
    fixed: bool = False
    replay: str | None = None
    engine: str | None = None
    profile: str | None = None
    seed: int | None = None


_stack: list[Options] = [Options()]


def current() -> Options:
    """The options of this run of pytest; without pytest, none are given."""
    return _stack[-1]


def push(options: Options) -> None:
    """Begin a run. Runs may be nested: pytest can be tested by pytest."""
    _stack.append(options)


def pop() -> None:
    """End a run."""
    _stack.pop()


def assignments(texts: Sequence[str]) -> dict[str, str]:
    """`["enactors=2", "freshness=in_batch"]` as a dictionary. Raises UsageError."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        name = name.lstrip("-").replace("-", "_")
        if not equals or not name or not value:
            raise UsageError(
                f"--dnsrace-set: {text!r} is not NAME=VALUE", cure="write --dnsrace-set enactors=2"
            )
        if name in found:
            raise UsageError(f"--dnsrace-set: {name} is given twice", cure="leave one out")
        found[name] = value
    return found
