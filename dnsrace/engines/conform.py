"""Which states of a model explain a log so far: a subset construction.

Steps that the log does not show may happen at any time, and of the others it tells what it tells.
So the states that the system may be in are a set: the states right behind an event, and all that
unseen steps lead to from there. The next event keeps those of which its step leads to what was
seen (Cirstea, Kuppe, Loillier and Merz, "Validating Traces of Distributed Programs Against TLA+
Specifications", SEFM 2024, arXiv:2404.16075, who have TLC find one such behaviour; the set of all
is needed to say what is wrong when there is none).

States are packed, and stepped by the generated stepper. Names are never taken for one another: the
log says who is who. An explanation is made of the interpreter's own steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dnsrace.engines.layout import Layout, positions
from dnsrace.engines.space import Counters
from dnsrace.engines.steppers import GeneratedStepper
from dnsrace.errors import InternalError
from dnsrace.findings.events import Event, Log, Seen
from dnsrace.findings.explained import Explained, Headway, Listener, confirm_explained
from dnsrace.findings.trace import Trace
from dnsrace.model.actions import actions_of, first_actions
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import State, Step, System

Found = dict[Any, tuple[Any, int] | None]
"""Packed states in the order in which they were met: each with the one before it and the action
between them; None for those right behind an event."""
Masks = tuple[tuple[int, int, int], ...]
"""What was seen, as word, mask and value of the masked word."""
PAUSE = 256
"""States between two looks at the clock."""
KEPT = 50_000_000
"""States kept for all events together, so that the way through them can be told: 400 MB."""


@dataclass(frozen=True)
class Bounds:
    """Where the construction gives up. None: no limit.

    Parameters
    ----------
    states: distinct states, over the whole log.
    seconds: of searching.
    interrupted: asked from time to time.
    """

    states: int | None = None
    seconds: float | None = None
    interrupted: Callable[[], bool] = lambda: False
    listener: Listener | None = None


class GaveUp(Exception):
    """A limit was reached; its text says which."""


class Construction:
    """The sets of states behind each event of a log, as far as there are any.

    `entries[n]` are the states right behind the n-th event, `entries[0]` the initial ones; what
    unseen steps lead to is not among them.
    """

    def __init__(self, system: System, log: Log, bounds: Bounds) -> None:
        self.system, self.log, self.bounds = system, log, bounds
        self.began = time.perf_counter()
        self.stepper = GeneratedStepper(system, (), False)
        self.interpreter = Interpreter(system)
        self.actions, self.bases = actions_of(system), first_actions(system)
        self.unseen = frozenset(
            number for number, a in enumerate(self.actions) if a.step.name not in log.shown
        )
        self.counters = Counters(taken=[0] * len(system.paths))
        self.moves: dict[Any, list[tuple[int, Any]]] = {}
        self.hidden: dict[Any, list[tuple[int, Any]]] = {}
        self.masks: dict[Seen, Masks] = {}
        self.entries: list[tuple[Any, ...]] = [tuple(dict.fromkeys(self.stepper.initial()))]
        self.kept = 0
        self.most = len(self.entries[0])
        """The largest number of states that the system may have been in at once."""

    @property
    def explained(self) -> int:
        """How many events are explained."""
        return len(self.entries) - 1

    @property
    def states(self) -> int:
        """Distinct states that were looked at."""
        return len(self.moves)

    def run(self) -> None:
        """Take one event after the other, until there is one that no state explains. Raises
        GaveUp, and DomainError where the model is broken."""
        for event in self.log.events:
            found: Found = dict.fromkeys(self.entries[-1])
            after = dict.fromkeys(
                state for node in self.spread(found) for state in self.behind(node, event)
            )
            self.most = max(self.most, len(found), len(after))
            if not after:
                return
            self.entries.append(tuple(after))
            self.kept += len(after)
            if self.kept > KEPT:
                raise GaveUp(f"there are too many explanations: {self.kept:,} states to keep")

    def spread(self, found: Found) -> Iterator[Any]:
        """The states found so far and all that unseen steps lead to, nearest first; these are
        added as they are met. Raises GaveUp."""
        waiting = list(found)
        for number, node in enumerate(waiting):
            if number % PAUSE == 0:
                self._pause(len(found))
            yield node
            if self.unseen:
                for action, after in self._hidden(node):
                    if after not in found:
                        found[after] = (node, action)
                        waiting.append(after)

    def behind(self, node: Any, event: Event) -> Iterator[Any]:
        """The states that an event may lead to from one, if that and they are what was seen."""
        if not _fits(node, self._masks(event.before)):
            return
        wanted, after = self._wanted(event), self._masks(event.after)
        told = any(raw is not None for raw in event.choices[1:])
        for action, successor in self._moves(node):
            fits = action in wanted and _fits(successor, after)
            # an action is a step with its first choice alone
            if fits and (not told or self._chosen(node, event, successor)):
                yield successor

    def candidates(self) -> list[Any]:
        """The states that the system may be in behind the last event that is explained, those
        that need the fewest unseen steps first. Raises GaveUp."""
        return list(self.spread(dict.fromkeys(self.entries[-1])))

    def state(self, node: Any) -> State:
        """A packed state as the interpreter sees it."""
        return self.stepper.state(node)

    def explanation(self, goal: Any) -> Explained:
        """One behaviour that explains the events so far and then, by unseen steps, comes to a
        packed state. It is found backwards; its steps are the interpreter's. Raises GaveUp."""
        hops: list[tuple[int | Event, Any]] = []
        node = goal
        for number in range(self.explained, -1, -1):
            found: Found = dict.fromkeys(self.entries[number])
            if number == self.explained:
                node = next(n for n in self.spread(found) if n == goal)
            else:
                event = self.log.events[number]
                hops.append((event, node))
                node = next(n for n in self.spread(found) if node in self.behind(n, event))
            while (way := found[node]) is not None:
                hops.append((way[1], node))
                node = way[0]
        initial = state = self.state(node)
        steps: list[Taken] = []
        at: list[int] = []
        for how, after in reversed(hops):
            if isinstance(how, Event):
                at.append(len(steps))
                step, choices = how.step, list(how.every_choice())
            else:
                step, choices = self.actions[how].step, list(self._choices(how))
            steps.append(self._taken(state, step, choices, after))
            state = steps[-1].state
        if self.stepper.node(state) != goal:
            raise InternalError(
                f"{self.system.name}: the explanation ends in {state}, not in {goal}"
            )
        events = self.log.events[: self.explained]
        trace = Trace(self.system, initial, tuple(steps))
        return confirm_explained(Explained(trace, events, tuple(at)))

    # -- single steps

    def _chosen(self, node: Any, event: Event, successor: Any) -> bool:
        """Whether the choices that are told lead from one packed state to another one."""
        state = self.stepper.state(node)
        ways = (self.interpreter.take(state, event.step, raws) for raws in event.every_choice())
        return any(taken and self.stepper.node(taken.state) == successor for taken in ways)

    def _choices(self, number: int) -> Iterator[tuple[int, ...]]:
        """The choices that an action may stand for."""
        action = self.actions[number]
        return (raws for raws in action.step.every_choice() if action.first in (None, *raws[:1]))

    def _taken(self, state: State, step: Step, choices: list[tuple[int, ...]], after: Any) -> Taken:
        """The interpreter's step with one of these choices that leads to a packed state. If there
        is but one choice, it is not packed anew: it leads there, or the end is another one."""
        for raws in choices:
            taken = self.interpreter.take(state, step, raws)
            if taken and (len(choices) == 1 or self.stepper.node(taken.state) == after):
                return taken
        raise InternalError(f"{self.system.name}: no {step.name} leads from {state} to {after}")

    def _moves(self, node: Any) -> list[tuple[int, Any]]:
        """The successors of a packed state, each with the action that leads there."""
        moves = self.moves.get(node)
        if moves is None:
            limit = self.bounds.states
            if limit is not None and len(self.moves) >= limit:
                raise GaveUp(f"the limit of {limit:,} states was reached")
            after, _ = self.stepper.expand(node, self.counters)
            moves = self.moves[node] = list(zip(self.stepper.labels(node), after, strict=True))
        return moves

    def _hidden(self, node: Any) -> list[tuple[int, Any]]:
        """The same, of unseen steps that change something."""
        moves = self.hidden.get(node)
        if moves is None:
            unseen = self.unseen
            moves = [move for move in self._moves(node) if move[0] in unseen and move[1] != node]
            self.hidden[node] = moves
        return moves

    def _wanted(self, event: Event) -> range:
        """The actions that an event may be."""
        base, domain = self.bases[event.step.name], None
        if not event.choices:
            return range(base, base + 1)
        first, domain = event.choices[0], event.step.choices[0].domain
        assert domain is not None
        if first is None:
            return range(base + domain.lo, base + domain.hi + 1)
        return range(base + first, base + first + 1)

    def _masks(self, seen: Seen) -> Masks:
        """What was seen, in packed words."""
        masks = self.masks.get(seen)
        if masks is None:
            masks = self.masks[seen] = tuple(
                mask for slot, raw in seen for mask in self._mask(slot, raw)
            )
        return masks

    def _mask(self, slot: int, raw: int) -> Iterator[tuple[int, int, int]]:
        variable, _ = self.system.slots[slot]
        layout: Layout = self.stepper.layout
        home = layout.homes[variable]
        where = positions(layout, variable, slot - self.system.offsets[variable])
        if home.kind == "holder":
            for name, (word, shift) in enumerate(where):
                yield word, 1 << shift, (name == raw) << shift
        else:
            word, shift = where[0]
            yield word, ((1 << home.bits) - 1) << shift, (raw - variable.domain.lo) << shift

    def _pause(self, at_once: int) -> None:
        """Look at the limits. Raises GaveUp."""
        seconds = time.perf_counter() - self.began
        if self.bounds.interrupted():
            raise GaveUp("it was interrupted")
        if self.bounds.seconds is not None and seconds > self.bounds.seconds:
            raise GaveUp(f"the time limit of {self.bounds.seconds:g} s was reached")
        if self.bounds.listener is not None:
            events = len(self.log.events)
            self.bounds.listener(Headway(self.explained, events, at_once, self.states, seconds))


def _fits(node: Any, masks: Masks) -> bool:
    """Whether a packed state is what was seen."""
    if not masks:
        return True
    words = node if isinstance(node, tuple) else (node,)
    return all(words[word] & mask == value for word, mask, value in masks)
