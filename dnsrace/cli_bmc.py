"""The command `dnsrace bmc`: its options, and what it calls."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import Annotated

import typer

from dnsrace.cli_model import model_values, open_names
from dnsrace.cli_options import (
    FLAGSHIP,
    MOST_PATHS,
    Fixed,
    Json,
    MaxPaths,
    ModelName,
    Properties,
    TraceFile,
)
from dnsrace.cli_support import console, interruptible, refuse_outputs, write_json, write_trace
from dnsrace.errors import UsageError

EPILOG = """[bold]Examples[/bold]

  dnsrace bmc --enactors 3                           until the outage is met

  dnsrace bmc --fixed --max-depth 16                 nothing up to 16 steps, which is no proof

  dnsrace bmc --plans 9 --retention 6 -p no_empty_answer

  dnsrace bmc --open retention --open plans          for any retention, any number of plans

  dnsrace bmc ./my_model.py --max-depth 40 --timeout 600

[bold]Exit codes[/bold]: 0 with --complete, every property asked for holds; 1 something is violated;
3 nothing was found up to the depth, or the solver gave up; 2 wrong usage or a broken model; 70 a
bug in dnsrace.
"""
MOST_EFFORT = (1 << 32) - 1
"""Z3 counts its resources in 32 bits."""
MOST_OPEN = 1000
"""Each value of an open parameter may mean an element, a choice or a term more."""


def bmc(
    ctx: typer.Context,
    model: ModelName = FLAGSHIP,
    fixed: Fixed = False,
    property: Properties = None,
    deadlock: Annotated[
        bool, typer.Option("--deadlock", help="Look for states without successors too.")
    ] = False,
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going", help="Go on after a violation, for one of each property."),
    ] = False,
    max_depth: Annotated[
        int, typer.Option(min=0, max=10_000, metavar="N", help="Stop after so many steps.")
    ] = 20,
    from_depth: Annotated[
        int,
        typer.Option(min=0, max=10_000, metavar="N", help="Ask about no behaviours that are "
                     "shorter than this."),
    ] = 0,
    timeout: Annotated[
        float | None, typer.Option(min=0.0, help="Stop after so many seconds.")
    ] = None,
    effort: Annotated[
        int,
        typer.Option(min=0, max=MOST_EFFORT, metavar="N", help="Z3's resource limit (rlimit) for "
                     "one question: the same on every machine. 0: none."),
    ] = 0,
    complete: Annotated[
        bool,
        typer.Option("--complete", help="Search for the deepest state too: to have looked beyond "
                     "it is a proof."),
    ] = False,
    open: Annotated[
        list[str] | None,
        typer.Option("--open", metavar="NAME", help="Leave a whole-number parameter without a "
                     "value: ask for all of them at once; may be repeated."),
    ] = None,
    open_up_to: Annotated[
        int | None,
        typer.Option("--open-up-to", min=0, max=MOST_OPEN, metavar="N", help="The largest value "
                     "of such a parameter. Default: 64."),
    ] = None,
    max_paths: MaxPaths = MOST_PATHS,
    json: Json = None,
    trace: TraceFile = None,
) -> None:  # fmt: skip
    """Ask Z3 for a violation of n steps, for n = 0, 1, 2, ... (bounded model checking).

    For spaces that are too large to be searched, and violations that are not too deep. That there
    is none up to some depth is no proof.

    Each parameter of the model is an option: see the last panel.
    """
    from dnsrace.bmc import bmc as run
    from dnsrace.check import fixed_values
    from dnsrace.engines.bounded_request import BoundedRequest
    from dnsrace.reports.bmc import bmc_progress_text, print_bmc
    from dnsrace.reports.bmc_machine import bmc_data

    refuse_outputs(json=json, trace=trace)
    request = BoundedRequest(
        names=tuple(property or ()), deadlock=deadlock, keep_going=keep_going, first=from_depth,
        last=max_depth, seconds=timeout, effort=effort, complete=complete,
    )  # fmt: skip
    chosen, given = model_values(ctx)
    names = open_names(open, given)
    if open_up_to is not None:
        if not names:
            raise UsageError("--open-up-to has nothing to limit", cure="add --open NAME")
        request.up_to = open_up_to
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    values = {name: value for name, value in values.items() if name not in names}
    with redirect_stdout(sys.stderr), interruptible(request, bmc_progress_text) as ready:
        # what the model prints must not get into the JSON on standard output
        report = run(chosen, values, ready, max_paths, names)
    try:
        if json:
            write_json(json, bmc_data(report))
        if trace:
            write_trace(trace, report.explanations.get(report.headline))
    finally:
        if "-" not in (json, trace):
            print_bmc(console(), report)
    raise typer.Exit(report.exit_code)
