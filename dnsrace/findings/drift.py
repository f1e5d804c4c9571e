"""What is said of the first event that nothing explains: where the implementation has drifted away
from the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from dnsrace.errors import Place
from dnsrace.findings.events import Event
from dnsrace.findings.explained import Explained
from dnsrace.model.interpreter import Taken

Kind = Literal["effect", "blocked", "before"]
"""The kinds of reasons, the nearest to what was seen first."""


@dataclass(frozen=True)
class Needed:
    """A test that would have to come out otherwise.

    Parameters
    ----------
    test: as it should be true, in the words of the lifted form: `lock[endpoint[e]] = e`.
    here: the same with choices and indices worked out: `lock[0] = 1`.
    values: what it reads there: `lock[0] = 0`.
    place: the line of the step that asks for it.
    """

    test: str
    here: str
    values: tuple[str, ...]
    place: Place | None


@dataclass(frozen=True)
class Difference:
    """A part of the state that is another one in the model than in the log."""

    name: str
    model: str
    log: str


@dataclass(frozen=True)
class Misfit:
    """Why an event does not fit one state.

    Parameters
    ----------
    kind: the state is not what was seen `before`; the step is `blocked`; or it has another
        `effect`.
    step: with its choices.
    differences: between the model and what was seen.
    needs: of a blocked step, the test that blocks it, unless it is never possible; of another
        effect, the tests that keep the step from the path whose effect was seen.
    passed: of a blocked step, how many tests it comes to.
    says: of another effect, what the model says of its own path.
    instead: what it says of the path whose effect was seen; empty when there is none.
    taken, not_taken: the steps along these paths.
    """

    kind: Kind
    step: str
    differences: tuple[Difference, ...] = ()
    needs: tuple[Needed, ...] = ()
    passed: int = 0
    says: str = ""
    instead: str = ""
    taken: Taken | None = field(default=None, compare=False)
    not_taken: Taken | None = field(default=None, compare=False)

    @property
    def distance(self) -> tuple[int, ...]:
        """The smaller, the nearer to what was seen."""
        unlike = 0 if self.instead or self.kind != "effect" else 1
        needs, differences = len(self.needs), len(self.differences)
        return (get_args(Kind).index(self.kind), unlike, needs, differences, -self.passed)


@dataclass(frozen=True)
class Allowed:
    """A step that the model allows where the event happened.

    Parameters
    ----------
    same_actor: whether it is a step of the one who did what nothing explains.
    seen: whether it leads to what was seen.
    """

    step: str
    says: str
    same_actor: bool
    seen: bool


@dataclass(frozen=True)
class Drift:
    """The first event that nothing explains, and why.

    Parameters
    ----------
    event: that event; `explained` ones came before it.
    before: a behaviour that explains those, up to the nearest of the states that were asked.
    misfits: the reasons, the nearest first, each with the number of states that have it.
    states: how many states the system may be in.
    looked_at: how many of these were asked.
    allowed: what the model allows at the end of `before`, steps of the same actor first.
    text: all of it in words.
    """

    event: Event
    explained: int
    before: Explained
    misfits: tuple[tuple[Misfit, int], ...]
    states: int
    looked_at: int
    allowed: tuple[Allowed, ...]
    text: str = ""

    def __str__(self) -> str:
        return self.text
