"""Helpers of several tests: `from support import load_text`."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from dnsrace.loader import load
from dnsrace.model.language import Model
from dnsrace.model.system import System

HEAD = """\
import enum
from typing import Annotated, Literal

from dnsrace.model import *

"""


def write_model(directory: Path, text: str, name: str = "toy") -> Path:
    """Write a model's file; `text` may be indented as a whole, HEAD goes in front of it."""
    path = directory / f"{name}.py"
    path.write_text(HEAD + textwrap.dedent(text))
    return path


def load_text(directory: Path, text: str, name: str = "toy") -> Model:
    """The one model in a text, through the door that every model comes in by."""
    return load(str(write_model(directory, text, name)))


def lift_text(directory: Path, text: str, **given: Any) -> System:
    """The same, lifted."""
    return load_text(directory, text).lift(**given)


def without_paths(text: str, directory: Path) -> str:
    """A message with the directory of its model's file left out."""
    return text.replace(f"{directory}/", "")
