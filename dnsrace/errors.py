"""The tree of errors: everything that can go wrong has a sentence, a place and a cure.

DnsraceError                 exit code 2 unless said otherwise
  UsageError                 the command line or a parameter is wrong
  ModelError                 the user's model is broken (file and line are known)
    DomainError              a value left its domain, found while running
  TraceError                 a trace cannot be read, or is not a behaviour of the model
  LogError                   a log cannot be read, or says what its model has no word for
  ScheduleError              code under the scheduler does what the scheduler cannot control
    TokenError               a token cannot be read, or belongs to another program
  InternalError              two parts of dnsrace disagree: a bug of ours, exit code 70
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A line of a user's file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class DnsraceError(Exception):
    """Base of all errors that a user may see.

    Parameters
    ----------
    cause: what is wrong, one sentence.
    place: where in the user's file, if it is known.
    cure: what to do about it, one sentence.
    """

    exit_code = 2

    def __init__(self, cause: str, *, place: Place | None = None, cure: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.place = place
        self.cure = cure

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.cause}" + (f"\n  cure: {self.cure}" if self.cure else "")


class UsageError(DnsraceError):
    """The command line, or the value of a parameter, is wrong."""


class ModelError(DnsraceError):
    """The model itself is broken; `place` is a line of the user's file."""


class DomainError(ModelError):
    """A value left its domain while the model ran."""


class TraceError(DnsraceError):
    """A trace cannot be read, or is not a behaviour of its model."""


class LogError(DnsraceError):
    """A log cannot be read, or says what its model has no word for; `place` is a line of it."""


class ScheduleError(DnsraceError):
    """Code under the scheduler does what the scheduler cannot control: a run proves nothing."""


class TokenError(ScheduleError):
    """A schedule's token cannot be read, or is not one of this program."""


class InternalError(DnsraceError):
    """Two parts of dnsrace disagree. Never the user's fault."""

    exit_code = 70
