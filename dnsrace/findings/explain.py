"""A trace in words: who did what, what the world sees, and when it was too late.

The model provides wording for its steps, columns for parts of its state and outcomes for its
properties; the rest works for any model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dnsrace.findings.aftermath import Aftermath, aftermath
from dnsrace.findings.lasso import Fairness, fairness_of
from dnsrace.findings.trace import Trace
from dnsrace.findings.verdicts import Finding
from dnsrace.model.direct import ConcreteState, described
from dnsrace.model.expressions import Expr
from dnsrace.model.interpreter import Interpreter, Taken, slot_text
from dnsrace.model.system import Ago, Property, State, System

BUDGET = 4_000
"""States that the search for a way out may look at, by the interpreter: well under a second."""


@dataclass(frozen=True)
class Row:
    """One step of a trace, for a table. Row 0 is the initial state.

    `shown` is what changed in each column of the state, by the column's title.
    """

    number: int
    actor: str
    text: str
    shown: dict[str, str]


@dataclass(frozen=True)
class WayOut:
    """The last moment at which a violation could still be avoided.

    Parameters
    ----------
    after: number of the step behind which it was still possible; 0 is the initial state.
    instead: a step to take there that leads to a behaviour without the violation, if it is not
        the very step of the trace.
    ends: whether that behaviour comes to an end; otherwise it goes on for ever.
    searched: False when the search for a later moment was given up: it may have been later.
    """

    after: int
    instead: str
    ends: bool
    searched: bool = True


@dataclass(frozen=True)
class Explanation:
    """All that a report shows of a trace."""

    trace: Trace
    actors: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    outcome: str = ""
    way_out: WayOut | None = None
    inevitable: bool = False
    """Whether every behaviour of the model violates the property, from the start."""
    aftermath: Aftermath | None = None
    """Of a trace into a trap, what can still happen there."""
    fairness: Fairness | None = None
    """Of a fair behaviour that breaks a property, what becomes of the fair steps."""


def explain(trace: Trace, prop: Property | None = None) -> Explanation:
    """Explain a trace; of a violation, `prop` is the property that it violates."""
    system = trace.system
    outcome, way_out, inevitable = "", None, False
    after = fairness = None
    if prop is not None:
        show = system.outcomes.get(prop.function.__name__)
        outcome = described(show, ConcreteState(system, trace.last)) if show else ""
        if prop.kind in ("always", "every_step"):
            way_out = last_way_out(trace, prop)
            inevitable = way_out is None
        elif prop.kind == "recoverable":
            after = aftermath(trace, prop)
        elif prop.kind == "eventually":
            fairness = fairness_of(trace, prop)
    acting = set(trace.actors)
    return Explanation(
        trace,
        tuple(actor for actor in all_actors(system) if actor in acting),
        tuple(column.title for column in system.columns),
        tuple(_rows(trace)),
        outcome,
        way_out,
        inevitable,
        after,
        fairness,
    )


def explain_all(findings: Iterable[Finding]) -> dict[str, Explanation]:
    """The explanation of each violation that has a trace, by the property's name."""
    return {
        f.name: explain(f.trace, f.trace.system.find_property(f.name))
        for f in findings
        if f.verdict == "violated" and f.trace is not None
    }


def all_actors(system: System) -> Iterable[str]:
    """Every actor, in order of declaration of steps and choices."""
    return dict.fromkeys(
        step.actor_of(choices) for step in system.steps for choices in step.every_choice()
    )


def _rows(trace: Trace) -> Iterable[Row]:
    before: dict[str, str] = {}
    for number, state in enumerate(trace.states):
        shown = columns_of(trace.system, state)
        changed = {title: text for title, text in shown.items() if before.get(title) != text}
        before = shown
        if number == 0:
            yield Row(0, "", "", changed)
        else:
            yield Row(number, trace.actors[number - 1], sentence(trace, number - 1), changed)


def columns_of(system: System, state: State) -> dict[str, str]:
    """What the model's columns show of a state, by their titles."""
    concrete = ConcreteState(system, state)
    return {
        column.title: described(column.show, concrete, *column.values) for column in system.columns
    }


def sentence(trace: Trace, at: int) -> str:
    """What the step at position `at` does, in the model's words, or else what it changes."""

    def ago(step: str, choices: tuple[int, ...]) -> str:
        return _ago(trace, at, step, choices)

    return wording(trace.system, trace.states[at], trace.steps[at], ago)


def wording(
    system: System, before: State, taken: Taken, ago: Callable[[str, tuple[int, ...]], str]
) -> str:
    """What a step from a state does, in the model's words, or else what it changes. `ago` says how
    many steps ago another one was last taken with some choices."""
    said = system.paths[taken.path].commit.said
    if not said:
        return f"{taken.text}: {_changes(system, before, taken.state)}"
    names = {str(c.data): raw for c, raw in zip(taken.step.choices, taken.choices, strict=True)}
    interpreter = Interpreter(system)
    parts = []
    for part in said:
        if isinstance(part, Expr):
            raw = interpreter.value(part, before, names)
            domain = part.domain or part.sort
            parts.append(str(raw) if domain.kind == "int" else domain.text(raw))
        elif isinstance(part, Ago):
            choices = tuple(interpreter.value(c, before, names) for c in part.choices)
            parts.append(ago(part.step, choices))
        else:
            parts.append(part)
    return "".join(parts)


def _ago(trace: Trace, at: int, step: str, choices: tuple[int, ...]) -> str:
    for earlier in range(at - 1, -1, -1):
        taken = trace.steps[earlier]
        if taken.step.name == step and taken.choices[: len(choices)] == choices:
            return str(at - earlier)
    return "never taken, 0"


def _changes(system: System, before: State, after: State) -> str:
    changed = [
        f"{slot_text(variable, index)}: {variable.domain.text(a)} -> {variable.domain.text(b)}"
        for (variable, index), a, b in zip(system.slots, before, after, strict=True)
        if a != b
    ]
    return ", ".join(changed) or "nothing changes"


def last_way_out(trace: Trace, prop: Property) -> WayOut | None:
    """The last state of a trace from which some behaviour never violates the property; the way
    out that it names is by an actor of the trace where there is one.

    None when there is none: every behaviour of the model violates it.
    """
    escape = _Escape(Interpreter(trace.system), prop)
    searched, acting = True, set(trace.actors)

    def unknown_actor(taken: Taken) -> bool:
        return taken.step.actor_of(taken.choices) not in acting

    for after in range(len(trace.steps) - 1, -1, -1):
        for taken in sorted(escape.safe_steps(trace.states[after]), key=unknown_actor):
            ends = escape.from_(taken.state)
            if ends is None:
                searched = searched and escape.left > 0
                continue
            instead = "" if taken.text == trace.steps[after].text else taken.text
            return WayOut(after, instead, ends, searched)
    return None if searched else WayOut(0, "", False, False)


class _Escape:
    """Looks for a behaviour that never violates a property: one that ends, or a cycle."""

    def __init__(self, interpreter: Interpreter, prop: Property) -> None:
        self.interpreter = interpreter
        self.prop = prop
        self.left = BUDGET
        self._doomed: set[State] = set()

    def safe_steps(self, state: State) -> list[Taken]:
        """The steps from a state that do not violate the property themselves."""
        return self._safe(state, list(self.interpreter.successors(state)))

    def _safe(self, state: State, steps: list[Taken]) -> list[Taken]:
        if self.prop.kind == "every_step":
            return [t for t in steps if self.interpreter.holds(self.prop, state, t.state)]
        return [t for t in steps if self.interpreter.holds(self.prop, t.state)]

    def from_(self, start: State) -> bool | None:
        """Whether a safe behaviour from here ends (True) or goes round (False); None: there is
        none, or the budget ran out.

        Each state is looked at once: what is behind one that was left without finding an end can
        only be a cycle, and one cycle is enough.
        """
        cycle = False
        seen, on_path = {start}, {start}
        steps = list(self.interpreter.successors(start))
        if not steps:
            return True
        path = [(start, iter(self._safe(start, steps)))]
        while path:
            state, left = path[-1]
            taken = next(left, None)
            if taken is None:
                path.pop()
                on_path.discard(state)
                if not cycle:
                    self._doomed.add(state)
                continue
            after = taken.state
            cycle = cycle or after in on_path
            if after in seen or after in self._doomed:
                continue
            self.left -= 1
            if self.left <= 0:
                break
            steps = list(self.interpreter.successors(after))
            if not steps:
                return True
            seen.add(after)
            on_path.add(after)
            path.append((after, iter(self._safe(after, steps))))
        return False if cycle else None
