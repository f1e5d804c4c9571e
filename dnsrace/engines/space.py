"""What the search knows of a state space: an append-only queue of distinct states, breadth first.

`Space` is the door between the one search loop and the steppers: the interpreter, the generated
stepper run by Python, and the same compiled. States are addressed by their position in the queue.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from typing import Any

from dnsrace.engines.codegen import graph_properties
from dnsrace.engines.graphs import Graph, Pause
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, State, System

DEADLOCK = "deadlock"
"""The goal that stands for a state without successors that is no end."""


@dataclass
class Counters:
    """What a search counts. Represented: without symmetry reduction."""

    transitions: int = 0
    represented_states: int = 0
    represented_transitions: int = 0
    ends: int = 0
    deadlocks: int = 0
    taken: list[int] = field(default_factory=list)
    """How often each path was taken, by its number."""


class Space(ABC):
    """The states found so far. A *goal* is the name of a property that is watched, or DEADLOCK;
    it is *hit* by a state (or, for every_step, by a transition) that violates it or, for
    sometimes, reaches it."""

    engine: str

    def __init__(self, system: System, properties: tuple[Property, ...], symmetric: bool) -> None:
        self.system = system
        self.properties = properties
        self.symmetric = symmetric
        self.counters = Counters(taken=[0] * len(system.paths))
        self.hits: dict[str, int] = {}
        """For each goal that was hit, the first position in the queue: of the state, or of the
        state before the transition."""

    @property
    @abstractmethod
    def count(self) -> int:
        """How many distinct states there are so far."""

    @property
    @abstractmethod
    def memory(self) -> int:
        """Bytes that the states take, tables included."""

    @abstractmethod
    def start(self) -> None:
        """Put the initial states into the queue."""

    @abstractmethod
    def expand(self, low: int, high: int, go_on: Callable[[], bool]) -> int:
        """Expand the states from position `low` to `high`, asking `go_on` from time to time.
        Returns the position reached. Raises MemoryError when there is no room for more."""

    @abstractmethod
    def state(self, position: int) -> State:
        """The state at a position, as the interpreter sees it."""

    @abstractmethod
    def key(self, state: State) -> Hashable:
        """Equal for two states just when they count as one."""

    @abstractmethod
    def select(self, low: int, high: int, goal: str) -> list[int]:
        """The positions in a range that hit a goal (for every_step: that have a transition which
        does)."""

    @abstractmethod
    def predecessors(self, low: int, high: int, targets: Collection[int]) -> list[int]:
        """The positions in a range that have a successor at one of the positions `targets`."""

    def audit(self) -> None:  # noqa: B027 - Python runs the steppers of most spaces as they are
        """Raises InternalError when the stepper is found to be wrong on some of the states."""

    @abstractmethod
    def graph(self, expanded: int, room: int, pause: Pause) -> Graph:
        """The graph of the states, of which so many were expanded; the search is over then, and
        the space takes no more. `room` is in bytes. Raises NoRoom, Unfinished."""

    @abstractmethod
    def labels(self, graph: Graph, pause: Pause) -> Any:
        """The action of each edge of the graph (see `actions`); not with symmetry. Raises NoRoom,
        Unfinished."""

    @abstractmethod
    def values(self, graph: Graph, prop: Property, pause: Pause) -> Any:
        """A flag for each state: whether a recoverable or eventually property is true there.
        Raises NoRoom, Unfinished, and DomainError where it is not defined."""

    @abstractmethod
    def represented(self, flags: Any, pause: Pause) -> int:
        """How many states those without a flag stand for."""

    def close(self) -> None:  # noqa: B027 - most spaces hold nothing but memory
        """Give back what the space holds."""

    def goal(self, name: str) -> Property | None:
        """The property of a goal; None for DEADLOCK."""
        return next((p for p in self.properties if p.name == name), None)

    def which(self, prop: Property) -> int:
        """The number of a property among those that the graph answers, as steppers count them."""
        return graph_properties(self.properties).index(prop)


def hits(interpreter: Interpreter, prop: Property | None, state: State) -> bool:
    """Whether a state hits a goal, by the interpreter."""
    if prop is None:
        return not interpreter.is_end(state) and next(interpreter.successors(state), None) is None
    if prop.kind == "every_step":
        return any(
            not interpreter.holds(prop, state, t.state) for t in interpreter.successors(state)
        )
    return interpreter.holds(prop, state) is (prop.kind == "sometimes")
