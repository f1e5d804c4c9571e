"""What a run can fail by."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from dnsrace.errors import Place
from dnsrace.schedule.places import is_users, short


class Broken(AssertionError):
    """An invariant is False, or the actors wait for one another."""


@dataclass(frozen=True)
class Failure:
    """Why a run failed.

    Parameters
    ----------
    kind: invariant, exception or deadlock.
    name: the invariant's, or the exception's class.
    text: the sentence that came with it.
    error: the exception, to be raised in a test.
    actor: in which actor or task an exception came up.
    place: the line of the user's code that raised it.
    """

    kind: str
    name: str
    text: str
    error: Exception
    actor: str = ""
    place: Place | None = None

    def is_like(self, other: Failure | None) -> bool:
        """Whether both are the same failure, of two runs."""
        return other is not None and (self.kind, self.name, self.place) == (
            other.kind, other.name, other.place
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """The failure on one line."""
        if self.kind == "exception":
            where = f" at {self.place}" if self.place else ""
            return f"{self.actor}: {self.name}{where}: {self.text}".rstrip(": ")
        return f"{self.name}: {self.text}"


def of_error(error: Exception, actor: str) -> Failure:
    """The failure that an exception of the code is."""
    place = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        if is_users(frame):
            place = Place(short(frame.f_code.co_filename), line)
    return Failure("exception", type(error).__name__, str(error), error, actor, place)
