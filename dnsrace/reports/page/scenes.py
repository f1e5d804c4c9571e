"""States and steps as data for the page: each text, box and arrow once, and their numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from dnsrace.findings.explain import columns_of, wording
from dnsrace.model.direct import ConcreteState, described
from dnsrace.model.interpreter import Interpreter, Taken, slot_text
from dnsrace.model.pictures import Box, picture_of
from dnsrace.model.system import State, System

STOPS = {"": 0, "end": 1, "deadlock": 2}


class Table:
    """Different values, by number, in the order in which they came."""

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}
        self.rows: list[Any] = []

    def number(self, key: Hashable, row: Any = None) -> int:
        """The number of a value; `row` is its data, where that is not the value itself."""
        if key not in self.numbers:
            self.numbers[key] = len(self.rows)
            self.rows.append(key if row is None else row)
        return self.numbers[key]


class Scenes:
    """What the page shows of some states of a system, and of the steps between them."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.interpreter = Interpreter(system)
        self.texts, self.parts, self.broken = Table(), Table(), Table()
        self.labels, self.sentences = Table(), Table()

    def states(self, given: tuple[State, ...], stuck: Iterable[bool]) -> dict[str, Any]:
        """Of each state its values, its picture, its columns, what it violates, and whether it
        stops there: `stuck` says where nothing can happen."""
        return {
            "values": [list(slot) for slot in zip(*given, strict=True)],
            "pictures": [self._picture(state) for state in given],
            "columns": [
                list(column)
                for column in zip(*(self._columns(state) for state in given), strict=True)
            ],
            "broken": [self._broken(state) for state in given],
            "stops": [self._stops(*both) for both in zip(given, stuck, strict=True)],
        }

    def tables(self) -> dict[str, Any]:
        """What the numbers mean."""
        return {
            "texts": self.texts.rows,
            "parts": self.parts.rows,
            "violations": self.broken.rows,
            "labels": self.labels.rows,
            "sentences": self.sentences.rows,
        }

    def label(self, taken: Taken) -> int:
        """The number of a step with its choices: its text, its actor, its name, raw choices."""
        step = taken.step
        key = (taken.text, step.actor_of(taken.choices), step.name, taken.choices)
        return self.labels.number(key)

    def sentence(self, before: State, taken: Taken) -> int:
        """The number of what a step does, in words. How long ago something was, the page counts
        in the schedule that it shows."""
        asked: list[list[Any]] = []

        def ago(step: str, choices: tuple[int, ...]) -> str:
            asked.append([step, list(choices)])
            return "\0"

        pieces = wording(self.system, before, taken, ago).split("\0")
        row: list[Any] = [pieces[0]]
        for question, piece in zip(asked, pieces[1:], strict=True):
            row += [question, piece]
        return self.sentences.number(repr(row), row)

    def _picture(self, state: State) -> list[int]:
        drawn = picture_of(self.system, state)
        if drawn is None:
            return []
        return [self._part(part) for part in (*drawn.boxes, *drawn.arrows)]

    def _part(self, part: Any) -> int:
        if isinstance(part, Box):
            row = {"box": part.name, "at": [part.column, part.row], "text": part.text or part.name,
                   "note": part.note, "mark": part.mark}  # fmt: skip
        else:
            row = {"from": part.source, "to": part.target, "mark": part.mark}
        return self.parts.number(part, row)

    def _columns(self, state: State) -> list[int]:
        return [self.texts.number(text) for text in columns_of(self.system, state).values()]

    def _broken(self, state: State) -> int:
        """The number of the invariants that a state violates, with what the world sees then."""
        found = []
        for prop in self.system.properties:
            if prop.kind == "always" and not self.interpreter.holds(prop, state):
                show = self.system.outcomes.get(prop.function.__name__)
                text = described(show, ConcreteState(self.system, state)) if show else ""
                found.append((prop.name, text))
        return self.broken.number(tuple(found))

    def _stops(self, state: State, stuck: bool) -> int:
        if not stuck:
            return STOPS[""]
        return STOPS["end" if self.interpreter.is_end(state) else "deadlock"]


def slots_data(system: System) -> dict[str, Any]:
    """The names of a state's parts, and how their values are printed."""
    domains, slots = Table(), []
    for variable, index in system.slots:
        domain = variable.domain
        # a range may be large, and prints as what it is
        texts = None if domain.kind == "range" else [domain.text(raw) for raw in domain.raws]
        number = domains.number(id(domain), {"low": domain.lo, "texts": texts})
        slots.append([slot_text(variable, index), number])
    return {"slots": slots, "domains": domains.rows}
