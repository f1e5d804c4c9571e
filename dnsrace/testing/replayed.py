"""One trace or schedule, run as it is: is something violated on its way?"""

from __future__ import annotations

import re
from typing import Any

from dnsrace.errors import UsageError
from dnsrace.findings.formats import Script, read
from dnsrace.findings.replay import replay
from dnsrace.findings.schedule import SCHEDULE, Schedule
from dnsrace.findings.trace import Trace
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.words import counted
from dnsrace.loader import load
from dnsrace.model.language import Model
from dnsrace.testing.driven import Ground
from dnsrace.testing.outcome import Outcome
from dnsrace.testing.telling import unviolated, violation


def replayed(
    model: Model | None, given: dict[str, Any], what: str | Schedule,
    names: tuple[str, ...] = (), first: str | None = None,
) -> tuple[Outcome, str]:  # fmt: skip
    """The outcome, and the text of the first violation on the way.

    Parameters
    ----------
    model: None when the text names it.
    what: a trace, with model and parameters in front or without; or a schedule.
    names: properties to look at; none means all that a behaviour with an end can violate.
    first: a property that is looked for first.

    Raises UsageError, TraceError.
    """
    script = what if isinstance(what, Schedule) else _script(what)
    if isinstance(script, Script):
        if model is not None:
            raise UsageError(
                "the trace to replay names its model itself",
                cure="leave out model and parameters, or give what stands behind the colon",
            )
        model = load(script.model)
        known = {p.name: p for p in model.parameters}
        given = {
            name: known[name].parse(value) if name in known and isinstance(value, str) else value
            for name, value in script.parameters.items()
        } | given
    else:
        if model is None:
            raise UsageError(
                "the schedule to replay names no model",
                cure="name one, or give the whole line: my_model.py(): schedule: 0 1",
            )
        script = Script(model.reference, {}, (), {}, schedule=script)
    system = model.lift(**given)
    trace, ground = replay(system, script), Ground(system, names)
    for length in range(len(trace.steps) + 1):
        state = trace.states[length]
        name = ground.broken(state, trace.states[length - 1] if length else None)
        if name and (first in (None, name) or first not in ground.goals):
            cut = Trace(system, trace.initial, trace.steps[:length])
            prop = system.find_property(name)
            assert prop is not None
            reach = f"after {counted(length, 'step')} of what was replayed"
            finding = Finding(name, prop.kind, "violated", reach, "interpreter", cut)
            return violation(system, "replay", finding)
    reach = f"one behaviour of {counted(len(trace.steps), 'step')}, nothing found; no proof"
    return unviolated(system, "replay", "unknown", reach), ""


def _script(text: str) -> Script | Schedule:
    """Raises TraceError."""
    if text.lstrip().startswith("{") or re.search(r"\)(\[.*?\])?:", text):
        return read(text)
    return Schedule.parse(text.strip().removeprefix(SCHEDULE))
