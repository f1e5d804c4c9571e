"""dnsrace from Python: what the commands do, for notebooks and scripts.

    from dnsrace.api import explore

    result = explore("dynamodb_dns", enactors=2)
    print(result.trace)

Each result prints itself as the command does, and shows itself as a table or a picture in a
notebook. What the engines return is inside, as plain data.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dnsrace.check import check, fixed_values
from dnsrace.engines.request import Limits, Request
from dnsrace.findings.explain import Explanation, explain
from dnsrace.findings.graph import Graph
from dnsrace.findings.report import Report
from dnsrace.findings.study import Study
from dnsrace.findings.trace import Trace
from dnsrace.findings.verdicts import Finding
from dnsrace.findings.words import counted
from dnsrace.fixes import study
from dnsrace.graph import part_around, trace_of, whole_graph
from dnsrace.loader import DEFAULT, find
from dnsrace.model.decisions import changes_text
from dnsrace.model.language import Model
from dnsrace.model.plan import plan


def explore(
    model: str | os.PathLike[str] | Model = DEFAULT,
    *,
    fixed: bool = False,
    properties: str | Iterable[str] = (),
    keep_going: bool = False,
    deadlock: bool = False,
    seconds: float | None = None,
    states: int | None = None,
    **given: Any,
) -> Explored:
    """Search every reachable state of a model for the shortest violation: `dnsrace explore`.

    Parameters
    ----------
    model: a name, the path of a file, or a model itself.
    fixed: take the values of the model's fixed variant.
    properties: those to look at; none means all.
    keep_going: after a violation, go on for the shortest one of each property.
    deadlock: a state without successors, where the model may not stop, is a violation.
    seconds, states: where to stop unfinished.
    given: values of the model's parameters.

    Raises UsageError for a wrong argument, ModelError for a broken model.
    """
    chosen = find(model)
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    request = Request(
        _names(properties), keep_going=keep_going, deadlock=deadlock,
        limits=Limits(states=states, seconds=seconds),
    )  # fmt: skip
    return Explored(check(chosen, values, request))


def replay(trace: str, model: str | os.PathLike[str] | Model | None = None) -> Told:
    """Run a trace again: `dnsrace replay`.

    Parameters
    ----------
    trace: as text, one line: `dynamodb_dns(enactors=2): publish pick_up(0)`.
    model: where it is not the one that the text names, or has no file.

    Raises TraceError, which says which step is not possible and what is; UsageError.
    """
    chosen = None if model is None else find(model)
    return Told(explain(trace_of(trace, model=chosen)))


def fixes(
    model: str | os.PathLike[str] | Model = DEFAULT,
    *,
    vary: str | Iterable[str] = (),
    properties: str | Iterable[str] = (),
    seconds: float | None = None,
    **given: Any,
) -> Fixes:
    """Search every combination of a model's design decisions: `dnsrace fixes`.

    Parameters
    ----------
    model: a name, the path of a file, or a model itself.
    vary: parameters to vary; none means all decisions that the model declares.
    properties: those to look at; none means all.
    seconds: where to stop unfinished.
    given: values of the other parameters.

    Raises UsageError for a wrong argument, ModelError for a broken model.
    """
    chosen = find(model)
    planned = plan(chosen, given, list(_names(vary)), [])
    request = Request(_names(properties), keep_going=True, limits=Limits(seconds=seconds))
    return Fixes(study(chosen, given, planned, request))


def graph(
    model: str | os.PathLike[str] | Model = DEFAULT,
    *,
    fixed: bool = False,
    properties: str | Iterable[str] = (),
    around: str = "",
    radius: int = 1,
    symmetry: bool = True,
    most: int = 500,
    **given: Any,
) -> Drawn:
    """The graph of all states, or the part around a trace: `dnsrace graph`.

    Parameters
    ----------
    model: a name, the path of a file, or a model itself.
    fixed: take the values of the model's fixed variant.
    properties: to violate; none means all.
    around: a trace as text, which names the model itself.
    radius: steps away from that trace that are shown.
    symmetry: show states that differ only in who is who as one.
    most: states that the graph may have.
    given: values of the model's parameters.

    Raises UsageError when the graph is larger; ModelError, TraceError.
    """
    if around:
        return Drawn(part_around(trace_of(around), symmetry, most, radius))
    chosen = find(model)
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    return Drawn(whole_graph(chosen, values, _names(properties), symmetry, most))


@dataclass(frozen=True, repr=False)
class Told:
    """A trace and its explanation."""

    explanation: Explanation

    @property
    def text(self) -> str:
        """The trace on one line, for `replay`."""
        return self.explanation.trace.text

    @property
    def steps(self) -> list[str]:
        """The steps as text: `flip(0)`."""
        return [taken.text for taken in self.explanation.trace.steps]

    def page(self) -> str:
        """The trace as an interactive page: one HTML document, to be written to a file."""
        return _page(self.explanation.trace)

    def __repr__(self) -> str:
        from dnsrace.reports.timeline import timeline

        return timeline(self.explanation)

    def _repr_html_(self) -> str:
        from dnsrace.reports.html import trace_html

        return trace_html(self.explanation)


@dataclass(frozen=True, repr=False)
class Explored:
    """What a search says."""

    report: Report

    @property
    def findings(self) -> dict[str, Finding]:
        """One for each property, by its name."""
        return {f.name: f for f in self.report.exploration.findings}

    @property
    def verdicts(self) -> dict[str, str]:
        """`violated`, `holds`, `holds within bounds` or `unknown`, by the property's name."""
        return {name: finding.verdict for name, finding in self.findings.items()}

    @property
    def traces(self) -> dict[str, Told]:
        """The explained violation of each property that has one."""
        return {name: Told(what) for name, what in self.report.explanations.items()}

    @property
    def trace(self) -> Told | None:
        """The violation that the command explains in full; None when nothing is violated."""
        return self.traces.get(self.report.headline)

    @property
    def states(self) -> int:
        """Distinct states; with symmetry reduction, representatives of them."""
        return self.report.exploration.statistics.distinct_states

    @property
    def complete(self) -> bool:
        """Whether every reachable state was explored."""
        return self.report.exploration.complete

    def page(self) -> str:
        """The search as an interactive page: one HTML document, to be written to a file."""
        return _page(self.report)

    def __repr__(self) -> str:
        from dnsrace.reports.printed import printed
        from dnsrace.reports.terminal import print_report

        return printed(lambda console: print_report(console, self.report))

    def _repr_html_(self) -> str:
        from dnsrace.reports.html import report_html

        return report_html(self.report)


@dataclass(frozen=True, repr=False)
class Fixes:
    """What the combinations of a model's design decisions say."""

    study: Study

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One for each combination that was searched: its changes, states and verdicts, fit for
        `pandas.DataFrame`."""
        return [
            {
                "changes": changes_text(changes),
                "states": result.numbers["distinct_states"],
                **{name: self.study.answer(changes, name) for name in self.study.checked},
            }
            for changes, result in self.study.results.items()
        ]

    def __repr__(self) -> str:
        from dnsrace.reports.fixes import print_study
        from dnsrace.reports.printed import printed

        return printed(lambda console: print_study(console, self.study))

    def _repr_html_(self) -> str:
        from dnsrace.reports.html import study_html

        return study_html(self.study)


@dataclass(frozen=True, repr=False)
class Drawn:
    """A graph of states."""

    graph: Graph

    def networkx(self) -> Any:
        """The graph as a `networkx.MultiDiGraph`, with all that is known of states and steps as
        attributes."""
        from dnsrace.reports.graph_files import networkx_graph

        return networkx_graph(self.graph, plain=False)

    def __repr__(self) -> str:
        states, steps = len(self.graph.nodes), len(self.graph.edges)
        return f"{self.graph.system.name}: {counted(states, 'state')}, {counted(steps, 'step')}"

    def _repr_svg_(self) -> str:
        from dnsrace.reports.graph_svg import svg

        return svg(self.graph)


def _names(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _page(what: Report | Trace) -> str:
    from dnsrace.reports.page.document import document
    from dnsrace.reports.page.gather import shown_of

    return document(shown_of(what))
