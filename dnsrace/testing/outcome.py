"""What a check tells a test: an outcome, or an assertion that failed. Light: pytest loads it in
every run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What was found out about a model.

    Parameters
    ----------
    model: its reference, as `dnsrace explore` takes it.
    parameters: all of them, as JSON values.
    variant: model and parameters as people write them, defaults left out.
    engine: `explore`, `hunt`, `replay` or `hypothesis`.
    verdict: `holds`, `holds within bounds`, `violated` or `unknown`; a hunt that found nothing is
        `unknown`, for it proves nothing.
    reach: how far the verdict reaches, in words.
    violated: the property that is violated, or an empty text.
    steps: of the violation's trace, or None.
    shortest: whether no shorter violation exists.
    states, walks, seed: how much was searched or walked; None where it does not apply.
    seconds: of searching or walking.
    trace, schedule: of the violation, as `dnsrace replay` takes them, or empty texts.
    remarks: what else somebody should know.
    """

    model: str
    parameters: dict[str, Any]
    variant: str
    engine: str
    verdict: str
    reach: str
    violated: str = ""
    steps: int | None = None
    shortest: bool = False
    states: int | None = None
    walks: int | None = None
    seed: int | None = None
    seconds: float = 0.0
    trace: str = ""
    schedule: str = ""
    remarks: tuple[str, ...] = field(default=())

    @property
    def data(self) -> dict[str, Any]:
        """All of it as JSON data."""
        return {**asdict(self), "remarks": list(self.remarks)}

    @property
    def line(self) -> str:
        """The verdict in one line."""
        what = f"{self.violated} is violated" if self.violated else self.verdict
        return f"{self.variant}, {self.engine}: {what}: {self.reach}"


class CheckFailed(AssertionError):
    """A check did not give what the test asks for. Its text is for people; `outcome` for programs.

    Parameters
    ----------
    text: what went wrong, in as many lines as it takes.
    """

    __module__ = "dnsrace.testing"

    def __init__(self, text: str, outcome: Outcome) -> None:
        super().__init__(text, outcome)
        self.text = text
        self.outcome = outcome

    def __str__(self) -> str:
        return self.text


class Violated(CheckFailed):
    """A property is violated: the text tells the trace, step by step, and how to see it again."""

    __module__ = "dnsrace.testing"


class Unfinished(CheckFailed):
    """A search came to no end, so what was asked is not known."""

    __module__ = "dnsrace.testing"


class NotViolated(CheckFailed):
    """A test expects a violation, and there is none, or none was found."""

    __module__ = "dnsrace.testing"


class HuntWarning(UserWarning):
    """A hunt found nothing, but it did not get to all that it should have looked at."""

    __module__ = "dnsrace.testing"


_listening: list[list[Outcome]] = []


@contextmanager
def recorded() -> Iterator[list[Outcome]]:
    """A list that grows by each outcome while the context lasts, of failed checks too."""
    outcomes: list[Outcome] = []
    _listening.append(outcomes)
    try:
        yield outcomes
    finally:
        _listening.pop()


def record(outcome: Outcome) -> Outcome:
    """Tell whoever began to listen last, and give the outcome back."""
    if _listening:
        _listening[-1].append(outcome)
    return outcome
