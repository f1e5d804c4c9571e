"""A model checker in one file, and the race of 19 October 2025 for it to find.

    python tiny_checker.py                  the protocol as it was deployed
    python tiny_checker.py --fixed          with three guards added
    python tiny_checker.py --enactors 3     (or --plans 3, --retention 2)

It needs Python 3.11 and nothing else. The first half is the model: what a state is, and which steps
lead out of it. The second half is the checker, which knows nothing of DNS.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

# -- the model: what a state is


class Enactor(NamedTuple):
    """Where one enactor stands in its work."""

    phase: str = "idle"
    plan: int = 1
    victim: int = 0
    """The plan whose tree it would delete next; 0 when it is not cleaning."""


class Region(NamedTuple):
    """Everything that the future depends on. Plan 1 is live at the start."""

    enactors: tuple[Enactor, ...]
    newest: int = 1
    alias: int = 1
    rollback: int = 1
    lock: int | None = None
    trees: frozenset[int] = frozenset({1})


@dataclass(frozen=True)
class Protocol:
    """How large the region is, and which guards it has."""

    enactors: int = 2
    plans: int = 4
    retention: int = 1
    """Plan p is old for plan n when n - p is greater than this."""
    check_in_flip: bool = False
    check_in_delete: bool = False
    flip_without_rollback: bool = False

    def start(self) -> Region:
        return Region(enactors=(Enactor(),) * self.enactors)

    # -- the model: which steps there are

    def steps(self, region: Region) -> Iterator[tuple[str, Region]]:
        """Each step that is possible now: what it is called, and where it leads."""
        if region.newest < self.plans:
            plan = region.newest + 1
            yield f"planner    makes plan {plan}", region._replace(newest=plan)
        for who in range(self.enactors):
            move = self.move(region, who)
            if move is not None:
                said, after = move
                yield f"enactor {who}  {said}", after

    def move(self, region: Region, who: int) -> tuple[str, Region] | None:
        """The next step of one enactor, or None where it has to wait."""
        me = region.enactors[who]
        plan, live = me.plan, region.alias

        def then(phase: str, plan: int = plan, victim: int = 0, **changes: Any) -> Region:
            enactors = list(region.enactors)
            enactors[who] = Enactor(phase, plan, victim)
            return region._replace(enactors=tuple(enactors), **changes)

        if me.phase == "idle" and live < region.newest:
            plan = region.newest
            return f"picks up plan {plan}: newer than plan {live}", then("locking", plan)
        if me.phase == "locking" and region.lock is None:
            return "locks the zone", then("building", lock=who)
        if me.phase == "building":
            return f"builds tree {plan}", then("flipping", trees=region.trees | {plan})
        if me.phase == "flipping":
            if self.check_in_flip and plan <= live:
                return f"sees that plan {plan} is not newer: skips it", then("releasing")
            if plan not in region.trees:
                return f"is rejected: tree {plan} is gone", then("building")
            if live in region.trees:
                said = f"flips the alias from plan {live} to plan {plan}"
                return said, then("releasing", alias=plan, rollback=live)
            if self.flip_without_rollback:
                said = f"flips the alias to plan {plan}; rollback stays"
                return said, then("releasing", alias=plan)
            return f"is rejected: tree {live} is gone", then("locking", lock=None)
        if me.phase == "releasing":
            if plan - 1 > self.retention:
                return "unlocks the zone, begins to clean", then("cleaning", victim=1, lock=None)
            return "unlocks the zone, rests", then("idle", lock=None)
        if me.phase == "cleaning":
            victim = me.victim
            in_use = victim in (region.alias, region.rollback)
            left = region.trees if self.check_in_delete and in_use else region.trees - {victim}
            said = f"spares tree {victim}" if left == region.trees else f"deletes tree {victim}"
            if plan - (victim + 1) > self.retention:
                return said, then("cleaning", victim=victim + 1, trees=left)
            return said, then("idle", trees=left)
        return None


def answers(region: Region) -> bool:
    """A client gets addresses: the tree that the alias points at is there."""
    return region.alias in region.trees


# -- the checker

S = TypeVar("S")


@dataclass
class Explored(Generic[S]):
    """All that a search has found out."""

    came_from: dict[S, tuple[str, S] | None] = field(default_factory=dict)
    """Each state that can be reached, with the step and the state that first led there."""
    transitions: int = 0
    depth: int = 0
    bad: list[S] = field(default_factory=list)
    """The states in which the property is false, the nearest first."""

    def way_to(self, state: S) -> list[str]:
        """The steps of a shortest way from the start to a state."""
        way: list[str] = []
        while (arrival := self.came_from[state]) is not None:
            step, state = arrival
            way.append(step)
        return way[::-1]


def explore(
    start: S, steps: Callable[[S], Iterable[tuple[str, S]]], holds: Callable[[S], bool]
) -> Explored[S]:
    """Visit every state that can be reached, breadth first, and test the property in each."""
    found: Explored[S] = Explored(came_from={start: None})
    level = [start]
    while level:
        found.bad += [state for state in level if not holds(state)]
        following: list[S] = []
        for state in level:
            for step, after in steps(state):
                found.transitions += 1
                if after not in found.came_from:
                    found.came_from[after] = (step, state)
                    following.append(after)
        found.depth += bool(following)
        level = following
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Find the race, or show that there is none.")
    parser.add_argument("--enactors", type=int, default=2)
    parser.add_argument("--plans", type=int, default=4)
    parser.add_argument("--retention", type=int, default=1)
    parser.add_argument("--fixed", action="store_true", help="add the three guards")
    chosen = parser.parse_args()
    guards = (chosen.fixed,) * 3
    protocol = Protocol(chosen.enactors, chosen.plans, chosen.retention, *guards)
    found = explore(protocol.start(), protocol.steps, answers)
    print(f"{len(found.came_from):,} states, {found.transitions:,} transitions", end=", ")
    print(f"depth {found.depth}: all that can be reached")
    if not found.bad:
        print("A client gets addresses in every one of them.")
        return
    way = found.way_to(found.bad[0])
    print(f"A client gets none in {len(found.bad):,} of them, the nearest {len(way)} steps away:")
    for number, step in enumerate(way, 1):
        print(f"{number:4}  {step}")


if __name__ == "__main__":
    main()
