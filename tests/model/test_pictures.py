"""How a model draws its state, and what is said of one that cannot be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import lift_text

from dnsrace.errors import ModelError
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.pictures import Arrow, Box, Picture, picture_of
from dnsrace.model.system import System


def lamp(directory: Path, *lines: str, decorator: str = "@picture") -> System:
    body = "\n                ".join(lines)
    return lift_text(
        directory,
        f"""
        @model
        def lamp():
            class S(State):
                on = var(bool, start=False)
            @step
            def switch(s):
                s.on = not s.on
            {decorator}
            def drawn(s):
                {body}
        """,
    )


def test_boxes_and_arrows_of_a_state(tmp_path: Path) -> None:
    system = lamp(
        tmp_path,
        'yield Box("switch", 0, 0)',
        'yield Box("bulb", 1, 0, note="on" if s.on else "off", mark="" if s.on else "absent")',
        'yield Arrow("switch", "bulb", mark="next")',
    )
    assert picture_of(system, (0,)) == Picture(
        (Box("switch", 0, 0), Box("bulb", 1, 0, "", "off", "absent")),
        (Arrow("switch", "bulb", "next"),),
    )
    assert load("peterson").lift().picture is None


def test_the_flagship_draws_what_is_gone() -> None:
    system = load("dynamodb_dns").lift(enactors=2)
    state = list(next(Interpreter(system).initial()))
    places = {name: system.offsets[v] for name, v in system.by_name.items()}
    state[places["tree"]] = 0
    drawn = picture_of(system, tuple(state))
    assert drawn is not None
    wrong = [box.name for box in drawn.boxes if box.mark == "wrong"]
    assert wrong == ["endpoint 0", "alias 0", "rollback 0", "tree 0 1"]
    assert {(a.source, a.target) for a in drawn.arrows if a.mark == "wrong"} == {
        ("endpoint 0", "alias 0"), ("alias 0", "tree 0 1"), ("rollback 0", "tree 0 1"),
    }  # fmt: skip


def test_boxes_of_the_flagship_stay_where_they_are() -> None:
    """Nothing jumps from step to step."""
    system = load("dynamodb_dns").lift(enactors=2, endpoints=2)
    interpreter = Interpreter(system)
    state, seen = next(interpreter.initial()), []
    for _ in range(12):
        drawn = picture_of(system, state)
        assert drawn is not None
        seen.append({box.name: (box.column, box.row) for box in drawn.boxes})
        state = next(interpreter.successors(state)).state
    assert all(places == seen[0] for places in seen)
    assert len(set(seen[0].values())) == len(seen[0])


@pytest.mark.parametrize(
    ("line", "cause", "cure"),
    [
        ('yield "box"', "drawn gives 'box'", "yield Box(...) and Arrow(...)"),
        ("return 7", "'int' object is not iterable", ""),
        ("return [1 // 0]", "ZeroDivisionError", ""),
        ("require(s.on)\nreturn []", "require() in drawn", "leave require() to the steps"),
        ('yield Box("a", 0, 0); yield Box("a", 1, 0)', "two boxes called 'a'", "rename"),
        ('yield Box("a", 0, 0); yield Arrow("a", "b")', "an arrow at 'b'", "the boxes are: a"),
        ('yield Box("a", 0, 0, mark="red")', "the mark 'red'", "'wrong'"),
        ('yield Box("a", 0, -1)', "places 'a' at -1", "from 0 to 99"),
        ('yield Box("a", 0, 0, note=3)', "gives Box(", "are texts"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, line: str, cause: str, cure: str) -> None:
    system = lamp(tmp_path, *line.split("\n"))
    with pytest.raises(ModelError) as error:
        picture_of(system, (0,))
    assert cause in error.value.cause
    assert cure in error.value.cure
    assert error.value.place is not None


def test_what_is_declared_wrongly_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="@picture is given 'tree', not a function"):
        lamp(tmp_path, "pass", decorator='@picture("tree")')
    twice = "@picture\n            def other(s): yield Box('a', 0, 0)\n            @picture"
    with pytest.raises(ModelError, match="two pictures"):
        lamp(tmp_path, "pass", decorator=twice)
