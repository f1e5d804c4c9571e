"""Results of finished combinations, in a file: one line of JSON each, written as soon as it is
known, so that a run that was stopped can be continued."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dnsrace.errors import DnsraceError
from dnsrace.findings.formats import read
from dnsrace.findings.replay import replay
from dnsrace.findings.study import Result
from dnsrace.findings.trace import trace_data
from dnsrace.findings.verdicts import Finding
from dnsrace.model.decisions import Changes
from dnsrace.model.system import System

TEXTS = ("name", "kind", "verdict", "reach", "engine")
FLAGS = ("shortest", "informative", "looked", "states")


class Ledger:
    """The results in a file. What cannot be read is searched again; what cannot be written is a
    warning: the search matters more.

    Parameters
    ----------
    fresh: forget what the file holds.
    """

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        self.path = path
        self._writable = True
        self._known: dict[str, tuple[int, dict[str, Any]]] = {}
        if fresh:
            self.forget()
        else:
            for number, line in self._lines():
                self._learn(number, line)

    def _lines(self) -> Iterator[tuple[int, str]]:
        try:
            yield from enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1)
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as error:
            self._warn(f"{self.path} cannot be read ({error}); everything is searched anew")

    def _learn(self, number: int, line: str) -> None:
        try:
            entry = json.loads(line)
            self._known[str(entry["key"])] = number, dict(entry["result"])
        except (ValueError, KeyError, TypeError, RecursionError):
            self._damaged(number)

    def find(self, key: str, changes: Changes, form: System) -> Result | None:
        """The result of a combination, its traces replayed in its lifted form; None when there is
        none that can be believed."""
        number, entry = self._known.get(key, (0, {}))
        if not entry:
            return None
        try:
            findings = tuple(_finding(data, form) for data in entry["findings"])
            if {f.name for f in findings} - {p.name for p in form.properties}:
                raise ValueError("a property that the model does not have")
            return Result(changes, findings, dict(entry["numbers"]), True, earlier=True)
        except (DnsraceError, ValueError, KeyError, TypeError, AttributeError):
            self._damaged(number)
            return None

    def add(self, key: str, result: Result) -> None:
        """Write down the result of a finished combination."""
        findings = [
            {name: getattr(f, name) for name in (*TEXTS, *FLAGS)}
            | {"trace": None if f.trace is None else trace_data(f.trace)}
            for f in result.findings
        ]
        entry = {"key": key, "result": {"findings": findings, "numbers": result.numbers}}
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
        except OSError as error:
            if self._writable:
                self._warn(f"{self.path} cannot be written ({error.strerror}); not continuable")
            self._writable = False

    def forget(self) -> None:
        """Delete the file."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            self._warn(f"{self.path} cannot be deleted ({error.strerror})")

    def _damaged(self, number: int) -> None:
        self._warn(f"{self.path}, line {number}, is damaged; that combination is searched again")

    def _warn(self, text: str) -> None:
        warnings.warn(text, stacklevel=3)


def _finding(data: Any, form: System) -> Finding:
    values = {name: data[name] for name in (*TEXTS, *FLAGS)}
    if not all(isinstance(values[name], str) for name in TEXTS):
        raise TypeError("a text")
    if values["verdict"] not in ("holds", "violated", "unknown"):
        raise ValueError("a verdict")
    trace = data["trace"]
    return Finding(**values, trace=None if trace is None else replay(form, read(json.dumps(trace))))
