"""What expressions become: integers and Bools in registers, and arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["int", "bool"]

TYPES: dict[Kind, str] = {"int": "i64", "bool": "i1"}
"""How LLVM calls the kinds."""

ELEMENTS = {"i8": "i64", "i4": "i32", "u1": "i8"}
"""Kinds of arrays by their elements, as numpy writes them, and LLVM's type of an element."""

ANNOTATIONS = {"int": "int", "bool": "bool", "Ints": "i8", "Shorts": "i4", "Bytes": "u1"}
"""How parameters are annotated, and what that means."""


@dataclass(frozen=True, slots=True)
class Value:
    """An integer of 64 bits, or a Bool; `known` where it is the same whenever the code runs."""

    kind: Kind
    text: str
    known: int | None = None


@dataclass(frozen=True, slots=True)
class Array:
    """One dimension, contiguous. Arrays of different `origin` share no memory."""

    kind: str
    data: str
    size: Value
    origin: str


Pack = tuple[Value | Array, ...]
"""A parameter that is a tuple."""


def wrapped(number: int) -> int:
    """What is left of a number in 64 bits."""
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def integer(number: int) -> Value:
    """A known integer; 64 bits of it."""
    number = wrapped(number)
    return Value("int", str(number), number)


def boolean(test: bool) -> Value:
    """A known Bool."""
    return Value("bool", "true" if test else "false", int(test))
