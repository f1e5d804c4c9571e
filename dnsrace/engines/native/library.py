"""Machine code of generated files: kept beside them, and loaded or made when it is wanted."""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import astuple
from functools import cache
from pathlib import Path

from dnsrace.engines import cache as files
from dnsrace.engines.native.doors import Door
from dnsrace.engines.native.machine import TOOLCHAIN, Machine, this_machine
from dnsrace.engines.native.source import Shape, Source
from dnsrace.engines.native.unit import Entry, Unit


@cache
def version() -> str:
    """What makes machine code of a generated file: LLVM's version, and our own compiler's text."""
    texts = b"\0".join(p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py")))
    return f"{TOOLCHAIN} {hashlib.sha256(texts).hexdigest()}"


class Library:
    """The functions of a generated file that Python may call, by name."""

    def __init__(self, path: Path, text: str, machine: Machine | None = None) -> None:
        self.path = path
        self.text = text
        self.machine = this_machine() if machine is None else machine
        self._others: dict[tuple[str, tuple[Shape, ...]], Door] = {}

    def doors(self) -> dict[str, Door]:
        """All of them, for arguments as they are annotated.

        Raises InternalError, with the line, for what cannot be compiled.
        """
        return self._open("", None)

    def other(self, name: str, shapes: tuple[Shape, ...]) -> Door:
        """One of them, for arrays of other elements than annotated."""
        if (name, shapes) not in self._others:
            tag = hashlib.sha256(repr(shapes).encode()).hexdigest()[:8]
            self._others[name, shapes] = self._open(f".{name}-{tag}", (name, shapes))[name]
        return self._others[name, shapes]

    def _open(self, tag: str, one: tuple[str, tuple[Shape, ...]] | None) -> dict[str, Door]:
        path = self.path.with_name(f"{self.path.stem}.{self.machine.name}{tag}.o")
        found = _read(path)
        if found is None:
            found = self._compile(one)
            _write(path, *found)
        entries, code = found
        keep, addresses = self.machine.load(code, [entry.name for entry in entries])
        return {e.name: Door(e, addresses[e.name], keep, self.other) for e in entries}

    def _compile(self, one: tuple[str, tuple[Shape, ...]] | None) -> tuple[list[Entry], bytes]:
        source = Source(self.path, self.text)
        unit = Unit(source)
        if one is not None:
            unit.add(*one)
        else:
            for name, mark in source.marks.items():
                if mark == "compiled":
                    unit.add(name)
        return unit.entries, self.machine.assemble(unit.text)


def _read(path: Path) -> tuple[list[Entry], bytes] | None:
    """What a file holds; None, with a warning, when there is one that is damaged."""
    try:
        digest, head, code = path.read_bytes().split(b"\n", 2)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        digest = head = code = b""
    if digest == _digest(head, code):
        return [
            Entry(name, tuple(map(_thawed, shapes)), _thawed(result))  # type: ignore[arg-type]
            for name, shapes, result in json.loads(head)
        ], code
    warnings.warn(f"the cached {path} was damaged; compiled anew", stacklevel=2)
    return None


def _thawed(shape: object) -> object:
    """JSON has lists only."""
    return tuple(shape) if isinstance(shape, list) else shape


def _write(path: Path, entries: list[Entry], code: bytes) -> None:
    head = json.dumps([astuple(entry) for entry in entries]).encode()
    try:
        files.write(path, b"\n".join((_digest(head, code), head, code)))
    except OSError as error:
        warnings.warn(f"{path} cannot be written ({error.strerror})", stacklevel=2)


def _digest(head: bytes, code: bytes) -> bytes:
    return hashlib.sha256(head + b"\n" + code).hexdigest().encode()
