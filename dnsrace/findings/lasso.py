"""Fair behaviours that break a property of kind eventually, judged by the interpreter alone."""

from __future__ import annotations

from dataclasses import dataclass

from dnsrace.errors import InternalError
from dnsrace.findings.replay import confirm
from dnsrace.findings.trace import Trace
from dnsrace.model.actions import actions_of, fair_actions, first_actions
from dnsrace.model.interpreter import Interpreter, Taken
from dnsrace.model.system import Property, State, System


@dataclass(frozen=True)
class Fairness:
    """What becomes of the fair steps of a lasso in its loop, as text: `acquire(0)`.

    Parameters
    ----------
    taken: those that happen in the loop.
    never: those that are not possible anywhere in it.
    at_times: those that are possible in some of its states and not in others, and do not happen:
        weak fairness does not ask for them, strong fairness would.
    """

    taken: tuple[str, ...]
    never: tuple[str, ...]
    at_times: tuple[str, ...]


def fairness_of(trace: Trace, prop: Property) -> Fairness:
    """The fair steps of a property in the loop of a lasso, or in the last state of a trace."""
    loop = _Loop(trace)
    actions = actions_of(trace.system)
    taken: list[str] = []
    never: list[str] = []
    at_times: list[str] = []
    for number in fair_actions(trace.system, prop):
        idle = at_times if loop.possible_in(number) else never
        (taken if number in loop.taken else idle).append(actions[number].text)
    return Fairness(tuple(taken), tuple(never), tuple(at_times))


def unfairness(trace: Trace, prop: Property) -> str:
    """Why a trace is no fair behaviour that breaks the property; empty when it is one."""
    interpreter, system = Interpreter(trace.system), trace.system
    loop = _Loop(trace)
    if trace.loop is not None and trace.states[trace.loop] != trace.last:
        return "the loop does not lead back to where it began"
    good = {s for s in set(trace.states) if interpreter.holds(prop, s)}
    if prop.stays:
        if all(state in good for state in loop.states):
            return "the property is true throughout the loop"
    elif good:
        return "the property is true on the way"
    if trace.loop is None:
        waking = fair_actions(system, prop)
        if prop.fairness == "none":
            waking = list(range(len(actions_of(system))))
        due = [a for a in waking if loop.possible_in(a)]
    elif prop.fairness == "weak":
        due = [a for a in fair_actions(system, prop) if loop.possible_in(a) == len(loop.states)]
    else:
        due = [a for a in fair_actions(system, prop) if loop.possible_in(a)]
    due = [a for a in due if a not in loop.taken]
    return f"{actions_of(system)[due[0]].text} would have to happen" if due else ""


def confirm_unfair(trace: Trace, prop: Property) -> Trace:
    """Raises InternalError when the interpreter does not agree that a trace breaks the property,
    and fairly so."""
    why = unfairness(confirm(trace), prop)
    if why:
        raise InternalError(f"{trace.text}: does not break {prop.name}: {why}")
    return trace


class _Loop:
    """The states that a behaviour is in again and again: of its loop, or the last one alone."""

    def __init__(self, trace: Trace) -> None:
        begin = len(trace.steps) if trace.loop is None else trace.loop
        self.states = trace.states[begin:-1] if begin < len(trace.steps) else (trace.last,)
        self.taken = {action_number(trace.system, t) for t in trace.steps[begin:]}
        self.possible = [_possible(trace.system, state) for state in self.states]

    def possible_in(self, action: int) -> int:
        """In how many states an action is possible."""
        return sum(action in possible for possible in self.possible)


def action_number(system: System, taken: Taken) -> int:
    """The number of the action that a step belongs to."""
    return first_actions(system)[taken.step.name] + (taken.choices[0] if taken.choices else 0)


def _possible(system: System, state: State) -> set[int]:
    return {action_number(system, taken) for taken in Interpreter(system).successors(state)}
