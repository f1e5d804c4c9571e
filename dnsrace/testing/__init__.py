"""Models in tests: `check_model`, what it raises, and Hypothesis strategies made from any model.

    from dnsrace.testing import check_model

    def test_the_fix() -> None:
        check_model("dynamodb_dns", fixed=True, enactors=2)

docs/reference/testing.md tells the rest. Importing this is instant: the engines are imported when
something is checked, Hypothesis when one of its strategies is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dnsrace.testing.outcome import (
    CheckFailed,
    HuntWarning,
    NotViolated,
    Outcome,
    Unfinished,
    Violated,
)

if TYPE_CHECKING:
    import os

    from dnsrace.findings.schedule import Schedule
    from dnsrace.model.language import Model
    from dnsrace.testing.strategies import (
        Walks,
        check_schedule,
        drawn,
        machine,
        profile,
        schedules,
        walks,
    )

__all__ = [
    "CheckFailed",
    "HuntWarning",
    "NotViolated",
    "Outcome",
    "Schedule",
    "Unfinished",
    "Violated",
    "Walks",
    "check_model",
    "check_schedule",
    "drawn",
    "machine",
    "profile",
    "schedules",
    "walks",
]


def check_model(
    model: str | os.PathLike[str] | Model | None = None, *,
    fixed: bool = False,
    engine: str | None = None,
    properties: str | Iterable[str] = (),
    deadlock: bool = False,
    expect: str | None = None,
    bounded: bool = False,
    profile: str | None = None,
    seed: int | None = None,
    walks: int | None = None,
    seconds: float | None = None,
    depth: int | None = None,
    replay: str | Schedule | None = None,
    parameters: Mapping[str, Any] | None = None,
    **given: Any,
) -> Outcome:  # fmt: skip
    """Check a model, as a test.

    Parameters
    ----------
    model: a name, the path of a file, or a model itself; None: what `--dnsrace-model` says.
    fixed: take the values of the model's fixed variant.
    engine: `explore`, every reachable state, is the default; `hunt`, random walks with pauses.
    properties: those to look at; none means all.
    deadlock: a state without successors, where the model may not stop, is a violation.
    expect: `violated`, or the name of a property: the test is that a race *is* there.
    bounded: of a search that a limit ends, take for a pass what holds up to there.
    profile: how long a hunt may take: `quick`, `ci` or `hunt`.
    seed, walks: of a hunt: the seed, 0 by default; walks at most, in place of the profile's.
    seconds: at most, of a search or a hunt.
    depth: steps at most, of a search.
    replay: run this trace or schedule alone, and nothing else.
    parameters, given: values of the model's parameters. `parameters` is for those that are called
        like one of the arguments here.

    Raises Violated with the timeline as its text, Unfinished, NotViolated (these three are
    AssertionErrors); DnsraceError for a wrong argument or a broken model. A hunt that found nothing
    passes, which is no proof; it warns with HuntWarning when it missed steps or a `sometimes`.
    """
    __tracebackhide__ = True
    from dnsrace.testing.checks import Check

    names = (properties,) if isinstance(properties, str) else tuple(properties)
    return Check(
        model, {**(parameters or {}), **given}, fixed, engine, names, deadlock, expect, bounded,
        profile, seed, walks, seconds, depth, replay,
    ).run()  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "Schedule":
        from dnsrace.findings.schedule import Schedule

        return Schedule
    if name in __all__:
        from dnsrace.testing import strategies

        return getattr(strategies, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
