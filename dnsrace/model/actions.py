"""Actions: a step with its first choice, which is what fairness speaks of.

Every transition belongs to one action. Engines number them: the steps in order of declaration, and
of each step the values of its first choice.
"""

from __future__ import annotations

from dataclasses import dataclass

from dnsrace.model.system import Property, Step, System


@dataclass(frozen=True)
class Action:
    """A step of one actor. `first` is the raw first choice; None for a step without choices."""

    step: Step
    first: int | None

    @property
    def text(self) -> str:
        """`acquire(0)`; what else the step chooses is left open: `wake_up(0, ..)`."""
        if self.first is None:
            return self.step.name
        domain = self.step.choices[0].domain
        assert domain is not None
        more = ", .." if len(self.step.choices) > 1 else ""
        return f"{self.step.name}({domain.text(self.first)}{more})"


def actions_of(system: System) -> tuple[Action, ...]:
    """All actions of a system; an action's position is its number."""
    found: list[Action] = []
    for step in system.steps:
        domain = step.choices[0].domain if step.choices else None
        found += [Action(step, raw) for raw in domain.raws] if domain else [Action(step, None)]
    return tuple(found)


def first_actions(system: System) -> dict[str, int]:
    """The number of each step's first action, less the lowest value of its first choice: an
    action's number is this plus the raw choice."""
    bases, total = {}, 0
    for step in system.steps:
        domain = step.choices[0].domain if step.choices else None
        bases[step.name] = total - (domain.lo if domain else 0)
        total += domain.size if domain else 1
    return bases


def fair_actions(system: System, prop: Property) -> list[int]:
    """The numbers of the actions that a property's fairness is for."""
    if prop.fairness == "none":
        return []
    names = prop.fair_steps or tuple(step.name for step in system.steps)
    return [i for i, action in enumerate(actions_of(system)) if action.step.name in names]
