"""Reading and writing traces: one line of text, our JSON, and ITF JSON.

ITF is the Informal Trace Format of Apalache and Quint (Apalache ADR 015): an object with `vars`
and `states`; arrays are maps, and the step taken is in `mbt::actionTaken` and
`mbt::nondetPicks`, as Quint writes it.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dnsrace.errors import TraceError
from dnsrace.findings.schedule import SCHEDULE, Schedule
from dnsrace.findings.trace import REPEAT, Trace, parameters_data, plain
from dnsrace.model.domains import Domain
from dnsrace.model.expressions import Variable
from dnsrace.model.system import State, System

ACTION, PICKS = "mbt::actionTaken", "mbt::nondetPicks"


@dataclass(frozen=True)
class Script:
    """A trace as read: not yet known to be a behaviour of the model.

    `steps` are names with printed choices; `start` is the printed initial values that are given;
    `states`, when the file has them, are what replaying must reproduce. `loop` is the number of
    steps before those that are repeated for ever, if the trace is a lasso. `schedule`, when the
    text has one, says who goes, in place of steps.
    """

    model: str
    parameters: dict[str, Any]
    steps: tuple[tuple[str, tuple[str, ...]], ...]
    start: dict[str, str]
    states: tuple[dict[str, Any], ...] = ()
    loop: int | None = None
    schedule: Schedule | None = None

    def __post_init__(self) -> None:
        """Raises TypeError when a file has something else in the place of these."""
        if not isinstance(self.model, str) or not isinstance(self.parameters, dict):
            raise TypeError("model or parameters")
        if not all(isinstance(name, str) for name, _ in self.steps):
            raise TypeError("the name of a step")
        if not all(isinstance(state, dict) for state in self.states):
            raise TypeError("a state")
        if self.loop is not None and not isinstance(self.loop, int):
            raise TypeError("loop")


_HEAD = re.compile(
    r"^\s*(?P<model>\S.*?)\((?P<given>[^()]*)\)(\[(?P<start>.*?)\])?:(?P<rest>.*)$", re.S
)
_STEP = re.compile(r"([A-Za-z_]\w*)(?:\(([^()]*)\))?")


def read(text: str) -> Script:
    """A trace in any of the three forms. Raises TraceError, saying what was expected."""
    stripped = text.strip()
    if stripped.startswith("{"):
        try:
            data = json.loads(stripped)
        except (json.JSONDecodeError, RecursionError) as error:
            raise TraceError(
                f"the trace is no JSON: {error}", cure="the file is damaged: write it anew"
            ) from None
        if "findings" in data:
            raise TraceError(
                "this is the result of a search, not a trace",
                cure="write the trace with `dnsrace explore --trace PATH`, or give the `trace` of "
                "one of its findings",
            )
        return _from_itf(data) if "vars" in data else _from_json(data)
    return _from_text(stripped)


def _from_text(text: str) -> Script:
    head = _HEAD.match(text)
    if head is None:
        raise TraceError(
            f"not a trace: {text[:60]!r}",
            cure="a trace looks like `dynamodb_dns(enactors=2): publish pick_up(0)`",
        )
    given = _assignments(_split(head["given"]))
    start = _assignments(_split_brackets(head["start"] or ""))
    if head["rest"].strip().startswith(SCHEDULE):
        who = Schedule.parse(head["rest"].strip().removeprefix(SCHEDULE))
        return Script(head["model"], given, (), start, schedule=who)
    stem, repeat, loop = head["rest"].partition(REPEAT)
    rest = f"{stem} {loop}".strip()
    if not re.fullmatch(rf"({_STEP.pattern}\s*)*", rest):
        bad = next(w for w in rest.split() if not _STEP.fullmatch(w.rstrip(",")) or w.endswith(","))
        raise TraceError(
            f"{bad!r} is not a step", cure="write steps with blanks between: publish pick_up(0)"
        )
    steps = tuple((name, _split(choices)) for name, choices in _STEP.findall(rest))
    begin = len(_STEP.findall(stem)) if repeat else None
    return Script(head["model"], given, steps, start, loop=begin)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _split_brackets(text: str) -> list[str]:
    """Split at commas outside of brackets: `x[0,1]=2,turn=1`."""
    return [part for part in re.split(r",(?![^\[]*\])", text) if part.strip()]


def _assignments(parts: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parts:
        name, equals, value = (text.strip() for text in part.partition("="))
        if not equals:
            raise TraceError(f"{part!r} is not name=value", cure="write enactors=2, plans=3")
        if name in found:
            raise TraceError(f"{name} is given twice", cure="leave one out")
        found[name] = value
    return found


def _from_json(data: Any) -> Script:
    try:
        trace = data.get("trace", data)
        return Script(
            trace["model"],
            trace["parameters"],
            tuple((s["step"], tuple(map(str, s["choices"]))) for s in trace["steps"]),
            {k: _printed(v) for k, v in trace["states"][0].items()},
            tuple(trace["states"]),
            trace.get("loop"),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise TraceError(
            f"the JSON has no trace: {error!r} is missing or wrong",
            cure="give a trace object with model, parameters, states and steps",
        ) from None


def _printed(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# -- ITF


def itf(trace: Trace) -> dict[str, Any]:
    """The trace as an ITF object."""
    system = trace.system
    states = []
    labels = [("init", ())] + [
        (t.step.name, _picks(t.step.choices, t.choices)) for t in trace.steps
    ]
    for number, (state, (action, picks)) in enumerate(zip(trace.states, labels, strict=True)):
        record: dict[str, Any] = {"#meta": {"index": number}}
        record |= {v.name: _itf_variable(system, v, state) for v in system.variables}
        record[ACTION] = action
        record[PICKS] = dict(picks)
        states.append(record)
    lasso = {} if trace.loop is None else {"loop": trace.loop}
    return {
        "#meta": {
            "format": "ITF",
            "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
            "source": system.model.reference,
            "parameters": parameters_data(system),
            "description": "a trace written by dnsrace",
        },
        "vars": [*(v.name for v in system.variables), ACTION, PICKS],
        **lasso,
        "states": states,
    }


def _picks(choices: tuple[Any, ...], raws: tuple[int, ...]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (str(c.data), _itf_value(c.domain, raw)) for c, raw in zip(choices, raws, strict=True)
    )


def _itf_value(domain: Domain, raw: int) -> Any:
    value = plain(domain.decode(raw), domain.text(raw))
    if isinstance(value, int) and not isinstance(value, bool):
        return {"#bigint": str(value)}
    return value


def _itf_variable(system: System, variable: Variable, state: State) -> Any:
    at = system.offsets[variable]
    if not variable.index:
        return _itf_value(variable.domain, state[at])
    pairs = []
    for number, index in enumerate(itertools.product(*(d.raws for d in variable.index))):
        keys = [_itf_value(d, raw) for d, raw in zip(variable.index, index, strict=True)]
        key = keys[0] if len(keys) == 1 else {"#tup": keys}
        pairs.append([key, _itf_value(variable.domain, state[at + number])])
    return {"#map": pairs}


def _from_itf(data: Any) -> Script:
    try:
        meta, states = data["#meta"], data["states"]
        flat = [_flat_itf(state) for state in states]
        steps = []
        for state in states[1:]:
            picks = tuple(_printed(_itf_plain(v)) for v in state[PICKS].values())
            steps.append((state[ACTION], picks))
        start = {name: _printed(value) for name, value in flat[0].items()}
        loop = data.get("loop")
        return Script(meta["source"], meta["parameters"], tuple(steps), start, tuple(flat), loop)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise TraceError(
            f"the ITF trace cannot be replayed: {error!r} is missing or wrong",
            cure=f"it needs #meta.source, #meta.parameters, and {ACTION} and {PICKS} in each state",
        ) from None


def _itf_plain(value: Any) -> Any:
    if isinstance(value, dict) and "#bigint" in value:
        return int(value["#bigint"])
    if isinstance(value, dict) and "#tup" in value:
        return tuple(_itf_plain(v) for v in value["#tup"])
    return value


def _flat_itf(state: dict[str, Any]) -> dict[str, Any]:
    """An ITF state with one entry for each slot, as in our JSON."""
    flat: dict[str, Any] = {}
    for name, value in state.items():
        if name in ("#meta", ACTION, PICKS):
            continue
        if isinstance(value, dict) and "#map" in value:
            for key, element in value["#map"]:
                index = _itf_plain(key)
                parts = index if isinstance(index, tuple) else (index,)
                flat[f"{name}[{','.join(map(_printed, parts))}]"] = _itf_plain(element)
        else:
            flat[name] = _itf_plain(value)
    return flat
