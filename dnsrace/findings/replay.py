"""Replaying: is this really a behaviour of the model? Only the interpreter is asked."""

from __future__ import annotations

import difflib
import itertools
from dataclasses import replace

from dnsrace.errors import InternalError, TraceError
from dnsrace.findings.formats import Script
from dnsrace.findings.schedule import follow
from dnsrace.findings.trace import REPEAT, Trace, differing_slots, state_data
from dnsrace.model.interpreter import Interpreter, Taken, slot_text, state_text, step_text
from dnsrace.model.system import State, Step, System


def replay(system: System, script: Script) -> Trace:
    """The trace that a script describes; of a schedule, entries that are blocked are skipped.

    Raises TraceError with the step and the guard that is not met when it is no behaviour, and with
    the first difference when the script's states are not those of the model.
    """
    interpreter = Interpreter(system)
    state = initial = _initial(system, interpreter, script)
    if script.schedule is not None:
        return follow(system, script.schedule, initial).trace
    _compare(system, script, 0, state)
    taken: list[Taken] = []
    for number, (name, choices) in enumerate(script.steps, 1):
        step = _step(system, name, number)
        raws = _choices(step, choices, number)
        done = interpreter.take(state, step, raws)
        if done is None:
            guard = interpreter.blocking_test(state, step, raws)
            raise TraceError(
                f"step {number}, {step_text(step, raws)}, is not enabled: it needs {guard}, "
                f"but the state is {state_text(system, state)}",
                place=step.place,
                cure="enabled there: " + (_enabled(interpreter, state) or "nothing"),
            )
        taken.append(done)
        state = done.state
        _compare(system, script, number, state)
    if len(script.states) > len(taken) + 1:
        raise TraceError(
            f"the trace has {len(taken)} steps, but {len(script.states)} states",
            cure="it needs one state more than steps",
        )
    return _lasso(Trace(system, initial, tuple(taken), script.loop))


def _lasso(trace: Trace) -> Trace:
    """Raises TraceError when a trace's loop is none."""
    if trace.loop is None:
        return trace
    if not 0 <= trace.loop < len(trace.steps):
        raise TraceError(
            "nothing is repeated", cure=f"give the steps of the loop, behind `{REPEAT}`"
        )
    begin, end = trace.states[trace.loop], trace.last
    if begin != end:
        slots = zip(trace.system.slots, begin, end, strict=True)
        slot, first, last = next((s, a, b) for s, a, b in slots if a != b)
        domain, name = slot[0].domain, slot_text(*slot)
        raise TraceError(
            f"the loop does not close: {name} is {domain.text(first)} before it and "
            f"{domain.text(last)} behind it",
            cure=f"take away `{REPEAT}`, or give steps that lead back to where the loop began",
        )
    return trace


def confirm(trace: Trace) -> Trace:
    """Replay a trace that an engine found. Raises InternalError, with all that is needed to see it
    again, when the interpreter does not agree."""
    interpreter, state = Interpreter(trace.system), trace.initial
    if not interpreter.begins(state):
        raise InternalError(f"{trace.text}: does not begin in an initial state: {state}")
    for number, taken in enumerate(trace.steps, 1):
        done = interpreter.take(state, taken.step, taken.choices)
        if done is None or done.state != taken.state:
            raise InternalError(
                f"{trace.text}: step {number}, {taken.text}, leads from {state} to "
                f"{None if done is None else done.state}, not to {taken.state}"
            )
        state = done.state
    if trace.loop is not None and trace.states[trace.loop] != state:
        raise InternalError(f"{trace.text}: the loop does not close")
    return trace


def transferred(trace: Trace, form: System) -> Trace:
    """The same behaviour in another lifted form, whose variables are the first of the trace's own.

    Raises InternalError where that form does something else.
    """
    interpreter = Interpreter(form)
    initial = state = trace.initial[: len(form.slots)]
    steps = []
    for number, taken in enumerate(trace.steps, 1):
        step = form.find_step(taken.step.name)
        done = interpreter.take(state, step, taken.choices) if step is not None else None
        if done is None or done.state != taken.state[: len(form.slots)]:
            raise InternalError(
                f"{trace.text}: step {number}, {taken.text}, is another one in the form by itself"
            )
        steps.append(done)
        state = done.state
    return confirm(replace(trace, system=form, initial=initial, steps=tuple(steps)))


def _initial(system: System, interpreter: Interpreter, script: Script) -> State:
    candidates = list(dict.fromkeys(interpreter.initial()))
    if script.start:
        names = {slot_text(*slot): i for i, slot in enumerate(system.slots)}
        for name, text in script.start.items():
            if name not in names:
                raise TraceError(
                    f"the initial state names {name}, which the model does not have",
                    cure="the variables are: " + ", ".join(names),
                )
            slot = names[name]
            domain = system.slots[slot][0].domain
            raw = domain.parse(text)
            if raw is None:
                raise TraceError(
                    f"the initial state has {name} = {text}, which is not in "
                    f"{domain.name} = {domain.values_text()}"
                )
            candidates = [s for s in candidates if s[slot] == raw]
    if not candidates:
        known = [state_text(system, s) for s in itertools.islice(interpreter.initial(), 2)]
        raise TraceError(
            "no initial state of the model is like the one in the trace",
            cure=f"the model begins with {known[0]}" + ", or others" * (len(known) > 1),
        )
    if len(candidates) > 1:
        names_of = ", ".join(slot_text(*system.slots[i]) for i in differing_slots(system))
        raise TraceError(
            "the trace does not say in which of several initial states it begins",
            cure=f"give them in brackets before the colon: {names_of}",
        )
    return candidates[0]


def _step(system: System, name: str, number: int) -> Step:
    step = system.find_step(name)
    if step is None:
        names = [s.name for s in system.steps]
        close = difflib.get_close_matches(name, names, n=1)
        raise TraceError(
            f"step {number}: the model has no step {name} with these parameters",
            cure=f"did you mean {close[0]}?" if close else f"its steps are: {', '.join(names)}",
        )
    return step


def _choices(step: Step, texts: tuple[str, ...], number: int) -> tuple[int, ...]:
    if len(texts) != len(step.choices):
        names = ", ".join(str(c.data) for c in step.choices)
        raise TraceError(
            f"step {number}: {step.name} takes {len(step.choices)} choice(s), not {len(texts)}",
            cure=f"write {step.name}({names})" if names else f"write {step.name}",
        )
    raws = []
    for choice, text in zip(step.choices, texts, strict=True):
        assert choice.domain is not None
        raw = choice.domain.parse(text)
        if raw is None:
            raise TraceError(
                f"step {number}: {step.name}({', '.join(texts)}): {text} is not in "
                f"{choice.domain.name} = {choice.domain.values_text()}"
            )
        raws.append(raw)
    return tuple(raws)


def _compare(system: System, script: Script, number: int, state: State) -> None:
    if not script.states:
        return
    if number >= len(script.states):
        raise TraceError(f"the trace has no state after step {number}")
    mine, theirs = state_data(system, state), script.states[number]
    for name, value in mine.items():
        if name in theirs and theirs[name] != value:
            raise TraceError(
                f"after step {number} the model has {name} = {value}, the trace {theirs[name]}",
                cure="the trace was made by another version of the model",
            )


def _enabled(interpreter: Interpreter, state: State) -> str:
    return " ".join(taken.text for taken in interpreter.successors(state))
