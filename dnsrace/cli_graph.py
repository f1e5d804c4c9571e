"""The command `dnsrace graph`: its options, and what it calls."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Annotated

import typer

from dnsrace.cli_model import model_values
from dnsrace.cli_options import FLAGSHIP, MOST_PATHS, Fixed, MaxPaths, ModelName
from dnsrace.cli_support import json_text, refuse_outputs, trace_text, write_text
from dnsrace.errors import UsageError

if TYPE_CHECKING:
    from dnsrace.findings.graph import Graph

FORMATS = {"svg": 500, "dot": 500, "graphml": 10_000, "json": 10_000}
"""The formats, and how many states each may have if nothing else is said."""
EPILOG = """[bold]Examples[/bold]

  dnsrace graph --enactors 2 --plans 3 -o graph.svg

  dnsrace graph peterson --entry turn_first -o graph.svg

  dnsrace graph --around 'dynamodb_dns(enactors=2): publish ...' --radius 2 -o part.svg
"""


def offered_formats(incomplete: str) -> list[str]:
    """The formats that a word may become, for the shell's completion."""
    return [name for name in FORMATS if name.startswith(incomplete)]


def graph(
    ctx: typer.Context,
    model: ModelName = FLAGSHIP,
    fixed: Fixed = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="PATH", help="Write to this file; its ending "
                          "says in which format. Default: standard output.")
    ] = "-",
    format: Annotated[
        str | None,
        typer.Option("--format", help="svg, dot, graphml or json.",
                     autocompletion=offered_formats),
    ] = None,
    property: Annotated[
        list[str] | None,
        typer.Option("--property", "-p", help="Show the way to a violation of this property; may "
                     "be repeated."),
    ] = None,
    around: Annotated[
        str | None,
        typer.Option("--around", metavar="TRACE", help="Only the part around this trace: its text, "
                     "the path of a file with it, or - for standard input. It names the model and "
                     "its parameters."),
    ] = None,
    radius: Annotated[
        int, typer.Option(min=0, help="Steps away from the trace that are shown.")
    ] = 1,
    max_nodes: Annotated[
        int | None,
        typer.Option(min=1, help="The most states; default: 500 in a picture, 10000 otherwise."),
    ] = None,
    symmetry: Annotated[
        bool,
        typer.Option("--symmetry/--no-symmetry", help="Show states that differ only in who is who "
                     "as one."),
    ] = True,
    max_paths: MaxPaths = MOST_PATHS,
) -> None:  # fmt: skip
    """Write the graph of all states, or the part around a trace; a picture of a small one.

    Each parameter of the model is an option: see the last panel.
    """
    from dnsrace.check import fixed_values
    from dnsrace.graph import part_around, trace_of, whole_graph

    refuse_outputs(output=output)
    kind = _format(output, format)
    most = max_nodes or FORMATS[kind]
    chosen, given = model_values(ctx)
    with redirect_stdout(sys.stderr):
        # what the model prints must not get into the graph on standard output
        if around is not None:
            if given or fixed:
                raise UsageError(
                    "--around names the model and its parameters itself",
                    cure="leave the options for parameters out",
                )
            made = part_around(trace_of(trace_text(around), max_paths), symmetry, most, radius)
        else:
            values = {**(fixed_values(chosen) if fixed else {}), **given}
            made = whole_graph(chosen, values, tuple(property or ()), symmetry, most, max_paths)
    write_text(output, _written(made, kind))
    if output != "-":
        typer.echo(f"wrote {output}: {_summary(made)}")


def _format(output: str, given: str | None) -> str:
    ending = output.rpartition(".")[2].lower() if "." in output else ""
    kind = given or ending
    if kind not in FORMATS:
        raise UsageError(
            f"--format: {given!r} is not one" if given else
            f"{output!r} does not say in which format" if output != "-" else
            "standard output needs a --format",
            cure=f"give --format, one of {', '.join(FORMATS)}, or -o graph.svg",
        )  # fmt: skip
    return kind


def _written(made: Graph, kind: str) -> str:
    from dnsrace.reports import graph_files, graph_svg

    if kind == "json":
        return json_text(graph_files.graph_data(made))
    return {"svg": graph_svg.svg, "dot": graph_files.dot, "graphml": graph_files.graphml}[kind](
        made
    )


def _summary(made: Graph) -> str:
    from dnsrace.findings.words import counted

    text = f"{counted(len(made.nodes), 'state')}, {counted(len(made.edges), 'step')}"
    for name in made.properties:
        number = sum(name in node.violates for node in made.nodes)
        text += f"; {name} is violated in {counted(number, 'state')}"
    if made.path:
        goal = f" to {made.goal}" if made.goal else ""
        text += f"; the way{goal} has {counted(len(made.path) - 1, 'step')}"
    return text
