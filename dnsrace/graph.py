"""Which graph to show: the pipeline of `dnsrace graph`."""

from __future__ import annotations

from typing import Any

from dnsrace.engines.graph import around, reachable
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.errors import UsageError
from dnsrace.findings.formats import read
from dnsrace.findings.graph import Graph
from dnsrace.findings.replay import replay
from dnsrace.findings.trace import Trace
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.language import MAX_PATHS, Model

COUNTED = 20_000
"""States that are counted, at least, before a graph is refused: well under a second."""


def whole_graph(
    model: Model, given: dict[str, Any], names: tuple[str, ...], symmetry: bool, most: int,
    max_paths: int = MAX_PATHS,
) -> Graph:  # fmt: skip
    """All reachable states, with the shortest violation in them.

    Parameters
    ----------
    given: values of the model's parameters; defaults hold for the rest.
    names: of properties to violate; none means all.
    most: states that it may have.

    Raises UsageError when it has more, and says how many at least.
    """
    system = model.lift(max_paths=max_paths, **given)
    limits = Limits(states=max(COUNTED, most + 1))
    done = explore(
        system, Request(names, "python", symmetry, keep_going=True, limits=limits, shallow=True)
    )
    states = done.statistics.distinct_states
    if states > most:
        number = f"{states:,}" if done.complete else f"at least {states:,}"
        raise UsageError(
            f"the graph has {number} states, more than {most:,}: too many to look at",
            cure="show the part around a trace with --around, give smaller parameters, or a larger "
            "--max-nodes",
        )
    violations = {
        f.name: f.trace
        for f in done.findings
        if f.trace is not None and (f.fails or (f.verdict == "violated" and f.name in names))
    }
    questions = [p.name for p in system.properties if p.question and p.name in violations]
    goal = next(iter([*questions, *violations]), "")
    return reachable(system, symmetry, most, violations.get(goal), goal)


def trace_of(text: str, max_paths: int = MAX_PATHS, model: Model | None = None) -> Trace:
    """The trace that a text describes, replayed; by default in the model that it names.

    Raises TraceError, UsageError.
    """
    script = read(text)
    model = model or load(script.model)
    known = {p.name: p for p in model.parameters}
    values = {
        name: known[name].parse(value) if name in known and isinstance(value, str) else value
        for name, value in script.parameters.items()
    }
    return replay(model.lift(max_paths=max_paths, **model.values(values)), script)


def part_around(trace: Trace, symmetry: bool, most: int, radius: int) -> Graph:
    """The states of a trace, and those at most `radius` steps behind them. Raises UsageError when
    there are more than `most`."""
    return around(trace, symmetry, most, radius, _violated(trace))


def _violated(trace: Trace) -> str:
    """The first property that a trace violates with its last state or step."""
    interpreter = Interpreter(trace.system)
    for prop in trace.system.properties:
        if prop.kind == "always" and not interpreter.holds(prop, trace.last):
            return prop.name
        if prop.kind == "every_step" and trace.steps:
            before, after = trace.states[-2:]
            if not interpreter.holds(prop, before, after):
                return prop.name
    return ""
