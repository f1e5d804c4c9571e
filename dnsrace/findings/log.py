"""Reading the log of a run: one JSON object a line, the head first, then one event for each action.

    {"log": "dnsrace", "version": 1, "model": "dynamodb_dns", "shows": ["publish", "flip"]}
    {"step": "flip", "choices": ["0"], "before": {}, "state": {"alias[0]": 2}, "time": 17.3}

docs/reference/conform.md describes the format.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dnsrace.errors import LogError, Place

VERSION = 1
"""Of the format; raised when a field changes its meaning or goes away."""


@dataclass(frozen=True)
class Record:
    """An event as it was logged, not yet understood. `line` is 0 when it comes from no file."""

    number: int
    line: int
    data: dict[str, Any]

    @property
    def where(self) -> str:
        """`line 7`, or `event 6` where there are no lines."""
        return f"line {self.line}" if self.line else f"event {self.number}"


@dataclass(frozen=True)
class Recording:
    """What was read of a log, before the model is known.

    Parameters
    ----------
    file: as it was named; empty for events that come from no file.
    model, parameters, shows: what the head says; None and empty where it does not.
    cut: whether the log ends in the middle of a line.
    head: the line of the head.
    """

    file: str = ""
    model: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    shows: tuple[str, ...] | None = None
    records: tuple[Record, ...] = ()
    cut: bool = False
    head: Place | None = None

    def error(self, record: Record, cause: str, cure: str = "") -> LogError:
        """What is wrong with an event, with its place."""
        if record.line:
            return LogError(cause, place=Place(self.file, record.line), cure=cure)
        return LogError(f"{record.where}: {cause}", cure=cure)


def read_log(content: bytes, file: str) -> Recording:
    """A log as it lies in a file.

    Parameters
    ----------
    content: all of it. A last line that breaks off, as after a crash, is left out.
    file: its name, for messages.

    Raises LogError with the line that is wrong.
    """
    *lines, rest = content.split(b"\n")
    found = [(n, _object(text, file, n)) for n, text in enumerate(lines, 1) if text.strip()]
    cut = False
    if rest.strip():
        try:
            found.append((len(lines) + 1, _object(rest, file, len(lines) + 1)))
        except LogError:
            cut = True
    if found and "log" in found[0][1]:
        line, head = found.pop(0)
        return _recording(head, found, file, cut, Place(file, line))
    return _recording({}, found, file, cut, None)


def recorded(head: dict[str, Any], events: Iterable[dict[str, Any]]) -> Recording:
    """A log that is in memory: its head, and its events. Raises LogError."""
    return _recording(head, [(0, dict(event)) for event in events], "", False, None)


def _object(text: bytes, file: str, line: int) -> dict[str, Any]:
    place = Place(file, line)
    try:
        data = json.loads(text.decode())
    except UnicodeDecodeError:
        raise LogError("the line is not UTF-8", place=place, cure="write JSON in UTF-8") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise LogError(
            f"the line is no JSON: {error}", place=place, cure="write one JSON object a line"
        ) from None
    if not isinstance(data, dict):
        raise LogError(
            f"the line is no object but {text.decode()[:40]}",
            place=place,
            cure='write one object a line: {"step": ..}',
        )
    return data


def _recording(
    head: dict[str, Any],
    found: list[tuple[int, dict[str, Any]]],
    file: str,
    cut: bool,
    place: Place | None,
) -> Recording:
    if head.get("log", "dnsrace") != "dnsrace" or head.get("version", VERSION) != VERSION:
        raise LogError(
            f"the head is of a log {head.get('log')!r}, version {head.get('version')!r}",
            place=place,
            cure=f'this dnsrace reads {{"log": "dnsrace", "version": {VERSION}, ..}}',
        )
    model, parameters, shows = (head.get(key) for key in ("model", "parameters", "shows"))
    right = {
        "model": model is None or isinstance(model, str),
        "parameters": parameters is None or isinstance(parameters, dict),
        "shows": shows is None
        or (isinstance(shows, (list, tuple)) and all(isinstance(name, str) for name in shows)),
    }
    for key, fits in right.items():
        if not fits:
            raise LogError(
                f"the head's {key} is {head[key]!r}",
                place=place,
                cure={
                    "model": "give a model's name or path",
                    "parameters": 'give an object: {"enactors": 3}',
                    "shows": 'give the names of steps: ["publish", "flip"]',
                }[key],
            )
    records = tuple(Record(number, *each) for number, each in enumerate(found, 1))
    shown = None if shows is None else tuple(shows)
    return Recording(file, model, dict(parameters or {}), shown, records, cut, place)
