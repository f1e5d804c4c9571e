"""How a model says what its state looks like: boxes on a grid, and arrows between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from dnsrace.errors import ModelError
from dnsrace.model import places
from dnsrace.model.direct import ConcreteState, called
from dnsrace.model.system import State, System

Mark = Literal["", "absent", "wrong", "next"]
"""How something is drawn: as it is; not there, or not in force; as what is wrong; as what may come
next."""


@dataclass(frozen=True)
class Box:
    """A thing in a picture.

    Parameters
    ----------
    name: what arrows and other states know it by; printed, unless there is a `text`.
    column, row: its place, counted from 0 at the upper left; the same in every state, so that
        nothing jumps.
    note: a second line.
    """

    name: str
    column: int
    row: int
    text: str = ""
    note: str = ""
    mark: Mark = ""


@dataclass(frozen=True)
class Arrow:
    """A line from one box to another, by their names."""

    source: str
    target: str
    mark: Mark = ""


@dataclass(frozen=True)
class Picture:
    """What a model draws of one state."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def picture_of(system: System, state: State) -> Picture | None:
    """The picture of a state; None for a model that draws nothing. Raises ModelError when the
    model's function fails, or gives something that cannot be drawn."""
    draw = system.picture
    if draw is None:
        return None
    parts = called(draw, lambda: tuple(draw(ConcreteState(system, state))))
    for part in parts:
        if not isinstance(part, (Box, Arrow)):
            raise _refused(draw, f"gives {part!r}", "yield Box(...) and Arrow(...)")
        _check(draw, part)
    boxes = tuple(part for part in parts if isinstance(part, Box))
    arrows = tuple(part for part in parts if isinstance(part, Arrow))
    names: dict[str, None] = {}
    for box in boxes:
        if box.name in names:
            raise _refused(draw, f"gives two boxes called {box.name!r}", "rename one of them")
        names[box.name] = None
    for name in (end for arrow in arrows for end in (arrow.source, arrow.target)):
        if name not in names:
            raise _refused(
                draw, f"gives an arrow at {name!r}, and no such box",
                f"the boxes are: {', '.join(names)}",
            )  # fmt: skip
    return Picture(boxes, arrows)


def _check(draw: Callable[..., Any], part: Box | Arrow) -> None:
    """Raises ModelError for a part whose fields are of the wrong kind."""
    if part.mark not in get_args(Mark):
        known = ", ".join(repr(mark) for mark in get_args(Mark))
        raise _refused(draw, f"gives the mark {part.mark!r}", f"a mark is one of {known}")
    if isinstance(part, Arrow):
        return
    texts: Iterable[object] = (part.name, part.text, part.note)
    if not all(isinstance(text, str) for text in texts):
        raise _refused(draw, f"gives {part!r}", "name, text and note of a Box are texts")
    for number in (part.column, part.row):
        if type(number) is not int or not 0 <= number < 100:
            raise _refused(
                draw, f"places {part.name!r} at {number!r}", "column and row are from 0 to 99"
            )


def _refused(draw: Callable[..., Any], what: str, cure: str) -> ModelError:
    return ModelError(f"{draw.__name__} {what}", place=places.of_function(draw), cure=cure)
