"""Generated files: written once, named by the hash of what they hold, imported like any module."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
import warnings
from pathlib import Path
from types import ModuleType

import platformdirs

_INSTEAD: dict[Path, Path] = {}
"""The temporary directories of this run, by those that could not be written."""


def directory() -> Path:
    """Where generated files live: $DNSRACE_CACHE, or the platform's directory for caches.

    Falls back to a temporary directory, with one warning, when that cannot be written.
    """
    wanted = Path(os.environ.get("DNSRACE_CACHE") or platformdirs.user_cache_dir("dnsrace"))
    if wanted in _INSTEAD:
        return _INSTEAD[wanted]
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            return wanted
    except OSError as error:
        temporary = _INSTEAD[wanted] = Path(tempfile.mkdtemp(prefix="dnsrace-"))
        warnings.warn(
            f"the cache {wanted} cannot be written ({error.strerror}); compiling for this run only "
            "(set DNSRACE_CACHE to a directory that can)",
            stacklevel=2,
        )
        return temporary


def name_of(stem: str, text: str, toolchain: str) -> str:
    """The name of a generated file: the model's, and a hash of all that shapes the machine code."""
    key = f"{text}\0{toolchain}\0{sys.version}"
    return f"{stem}_{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def load(stem: str, text: str, toolchain: str) -> ModuleType:
    """Import the module with this source, writing its file first if it is missing or damaged."""
    name = name_of(stem, text, toolchain)
    path = directory() / f"{name}.py"
    found = _read(path)
    if found != text:
        if found is not None:
            warnings.warn(f"the cached {path} was damaged; written again", stacklevel=2)
            forget(path)
        write(path, text.encode())
    try:
        return _import(name, path)
    except Exception as error:
        # Python keeps compiled files of its own beside ours, which may be damaged
        warnings.warn(f"the cached {path} cannot be imported ({error}); tried anew", stacklevel=2)
        forget(path)
        return _import(name, path)


def _import(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _read(path: Path) -> str | None:
    """The text of a file; None when there is none, an empty text when it cannot be read."""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return ""


def write(path: Path, content: bytes) -> None:
    """Write a file at once, so that two runs at the same time do not see half of it.

    Raises OSError when that is impossible; nothing is left then.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def forget(path: Path) -> None:
    """Delete what Python and our compiler made of a generated file."""
    for pattern in (f"__pycache__/{path.stem}.*", f"{path.stem}.*.o"):
        for old in path.parent.glob(pattern):
            old.unlink(missing_ok=True)
