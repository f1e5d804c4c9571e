"""Why no state explains an event.

Each state that the system may be in is asked in turn. Either the step is blocked there, by a test;
or it is possible, but its path has another effect than what was seen. Then the other paths are
tried without their tests: one whose effect is what was seen tells which test the implementation
does not have, or has decided otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from dnsrace.errors import DomainError
from dnsrace.findings.conditions import reads, worked_out
from dnsrace.findings.drift import Allowed, Difference, Drift, Misfit, Needed
from dnsrace.findings.drift_words import drift_text, in_words
from dnsrace.findings.events import Event, Seen, fits
from dnsrace.findings.explained import Explained
from dnsrace.findings.trace import Trace
from dnsrace.model.expressions import not_
from dnsrace.model.interpreter import Interpreter, Taken, slot_text, step_text
from dnsrace.model.paths import Branch, Ensure, Leaf, Tree
from dnsrace.model.system import Commit, Path, State, System

LOOKED_AT = 1_000
"""States that are asked, at most: well under a second. They come nearest first."""


def judged(system: System, event: Event, states: Sequence[State]) -> list[tuple[int, Misfit]]:
    """For each of some states the nearest reason why it does not explain an event, with the
    position of the state; the nearest of all first."""
    judge = _Judge(Interpreter(system), event)
    found = [(n, judge.misfit(state)) for n, state in enumerate(states[:LOOKED_AT])]
    return sorted(found, key=lambda each: each[1].distance)


def drift(
    event: Event, found: Sequence[tuple[int, Misfit]], before: Explained, states: int
) -> Drift:
    """The drift that some misfits show.

    Parameters
    ----------
    found: from `judged`.
    before: up to the state of the first of them.
    states: how many states the system may be in.
    """
    groups: dict[Misfit, int] = {}
    for _, misfit in found:
        groups[misfit] = groups.get(misfit, 0) + 1
    (nearest, count), *others = groups.items()
    # the model's words for the nearest may speak of what came before
    says, instead = (_words(before.trace, t) for t in (nearest.taken, nearest.not_taken))
    misfits = ((replace(nearest, says=says, instead=instead), count), *others)
    allowed = sorted(_allowed(event, before.trace), key=lambda a: not a.same_actor)
    done = Drift(event, len(before.at), before, misfits, states, len(found), tuple(allowed))
    return replace(done, text=drift_text(done))


def _words(trace: Trace, taken: Taken | None) -> str:
    """What the model says of a step behind a trace, allowed or not."""
    if taken is None:
        return ""
    longer = replace(trace, steps=(*trace.steps, taken))
    try:
        return in_words(longer, len(trace.steps))
    except DomainError:  # only the tests of its path make it defined
        return trace.system.paths[taken.path].label


def _allowed(event: Event, trace: Trace) -> Iterator[Allowed]:
    known = bool(event.choices) and event.choices[0] is not None
    actor = event.step.actor_of(tuple(raw or 0 for raw in event.choices))
    same = known or event.step.actor is not None
    for taken in Interpreter(trace.system).successors(trace.last):
        yield Allowed(
            taken.text,
            _words(trace, taken),
            same and taken.step.actor_of(taken.choices) == actor,
            bool(event.after) and fits(taken.state, event.after),
        )


class _Judge:
    """Says why an event does not fit a state."""

    def __init__(self, interpreter: Interpreter, event: Event) -> None:
        self.interpreter, self.event = interpreter, event
        self.system = interpreter.system
        self.paths = [p for p in self.system.paths if p.step is event.step]

    def misfit(self, state: State) -> Misfit:
        """The nearest reason."""
        if not fits(state, self.event.before):
            return Misfit("before", self.event.text, self._differences(state, self.event.before))
        return min(self._of_choices(state), key=lambda misfit: misfit.distance)

    def _of_choices(self, state: State) -> Iterator[Misfit]:
        for choices in self.event.every_choice():
            taken = self.interpreter.take(state, self.event.step, choices)
            yield self._blocked(state, choices) if taken is None else self._effect(state, taken)

    def _names(self, choices: tuple[int, ...]) -> dict[str, int]:
        step = self.event.step
        return {str(c.data): raw for c, raw in zip(step.choices, choices, strict=True)}

    def _blocked(self, state: State, choices: tuple[int, ...]) -> Misfit:
        step = self.event.step
        made = self.interpreter.decisions(state, step, choices)
        needs = tuple(self._needed(state, self._names(choices), *last) for last in made[-1:])
        return Misfit("blocked", step_text(step, choices), (), needs, len(made))

    def _effect(self, state: State, taken: Taken) -> Misfit:
        """Another effect; with the path that would have had the one that was seen, and the fewest
        tests against it."""
        names = self._names(taken.choices)
        ways: list[tuple[list[Needed], Taken]] = []
        for path in self.paths:
            after = self._forced(state, path, names)
            if after is not None and fits(after, self.event.after):
                tests = _branches(taken.step.tree, path.commit)
                other = Taken(taken.step, taken.choices, path.number, after)
                ways.append((list(self._against(state, tests, names)), other))
        needs, instead = min(ways, key=lambda way: len(way[0]), default=([], None))
        return Misfit(
            "effect",
            taken.text,
            self._differences(taken.state, self.event.after),
            tuple(needs),
            says=self.system.paths[taken.path].label,
            instead="" if instead is None else self.system.paths[instead.path].label,
            taken=taken,
            not_taken=instead,
        )

    def _forced(self, state: State, path: Path, names: dict[str, int]) -> State | None:
        """The state after a path whether or not it is allowed; None where it makes no sense."""
        try:
            after = self.interpreter.effect(state, path.commit, names)
        except DomainError:
            return None
        domains = (variable.domain for variable, _ in self.system.slots)
        inside = all(raw in d.raws for raw, d in zip(after, domains, strict=True))
        return after if inside else None

    def _against(
        self, state: State, tests: Iterable[tuple[Branch[Commit | None], bool]],
        names: dict[str, int],
    ) -> Iterator[Needed]:  # fmt: skip
        """The tests on the way to a path that come out otherwise."""
        for branch, outcome in tests:
            try:
                if bool(self.interpreter.value(branch.test, state, names)) != outcome:
                    yield self._needed(state, names, branch, not outcome)
            except DomainError:
                continue  # only an earlier test makes it defined, and that one is against it

    def _needed(
        self, state: State, names: dict[str, int], branch: Branch[Commit | None], outcome: bool
    ) -> Needed:
        """The test of a branch that came out like this, as it should have."""
        test = not_(branch.test) if outcome else branch.test
        here = worked_out(self.interpreter, test, state, names)
        values = dict.fromkeys(reads(self.interpreter, here, state, names))
        return Needed(str(test), str(here), tuple(values), branch.place)

    def _differences(self, state: State, seen: Seen) -> tuple[Difference, ...]:
        found = []
        for slot, raw in seen:
            variable, index = self.system.slots[slot]
            if state[slot] != raw:
                text = variable.domain.text
                found.append(Difference(slot_text(variable, index), text(state[slot]), text(raw)))
        return tuple(found)


def _branches(
    tree: Tree[Commit | None], commit: Commit
) -> list[tuple[Branch[Commit | None], bool]]:
    """The branches on the way to the end of a path, with the outcomes that lead there."""
    if isinstance(tree, Leaf):
        return []
    if isinstance(tree, Ensure):
        return _branches(tree.then, commit)
    outcome = _holds(tree.yes, commit)
    return [(tree, outcome), *_branches(tree.yes if outcome else tree.no, commit)]


def _holds(tree: Tree[Commit | None], commit: Commit) -> bool:
    """Whether a path ends in a tree."""
    if isinstance(tree, Leaf):
        return tree.value is commit
    if isinstance(tree, Ensure):
        return _holds(tree.then, commit)
    return _holds(tree.yes, commit) or _holds(tree.no, commit)
