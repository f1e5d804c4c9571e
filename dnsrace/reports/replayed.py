"""What `dnsrace replay` prints."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from dnsrace.findings.explain import Explanation
from dnsrace.findings.words import counted
from dnsrace.model.interpreter import Interpreter
from dnsrace.reports.behind import behind
from dnsrace.reports.settings import command_line
from dnsrace.reports.terminal import trace_table


def print_replayed(console: Console, explanation: Explanation) -> None:
    """The table of a trace, what holds at its end, and what could happen next."""
    trace = explanation.trace
    system, interpreter = trace.system, Interpreter(trace.system)
    console.print(Text(command_line(system) + "\n", style="bold"))
    console.print(trace_table(explanation))
    for part in behind(explanation):
        console.print(part)
    console.print(f"\n{counted(len(trace.steps), 'step')}: a behaviour of the model.")
    broken = [
        p.name
        for p in system.properties
        if p.kind == "always" and not interpreter.holds(p, trace.last)
    ]
    for prop in system.properties:
        if prop.kind == "every_step":
            pairs = zip(trace.states, trace.states[1:], strict=False)
            broken += [prop.name] * any(not interpreter.holds(prop, a, b) for a, b in pairs)
    console.print(Text(f"Violated at the end: {', '.join(broken) or 'nothing'}."))
    enabled = " ".join(taken.text for taken in interpreter.successors(trace.last))
    console.print(Text(f"Possible next: {enabled or 'nothing'}."))
