"""The command `dnsrace verify`: its options, and what it calls."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import Annotated

import typer

from dnsrace.cli_model import model_values
from dnsrace.cli_options import (
    FLAGSHIP,
    MOST_PATHS,
    Fixed,
    Json,
    Markdown,
    MaxPaths,
    ModelName,
    Properties,
    TraceFile,
)
from dnsrace.cli_support import (
    console,
    interruptible,
    refuse_outputs,
    write_json,
    write_text,
    write_trace,
)

EPILOG = """[bold]Examples[/bold]

  dnsrace verify                                 the outage, by all that can say so

  dnsrace verify --fixed --markdown review.md    for a design review

  dnsrace verify --fixed -p no_empty_answer --timeout 600

  dnsrace verify ./my_model.py --json result.json

[bold]Exit codes[/bold]: 0 every property asked for holds, by a complete search or by a proof; 1
something is violated; 2 wrong usage or a broken model; 3 unfinished or unknown; 70 a bug in
dnsrace, as when two engines disagree.
"""


def verify(
    ctx: typer.Context,
    model: ModelName = FLAGSHIP,
    fixed: Fixed = False,
    property: Properties = None,
    timeout: Annotated[
        float,
        typer.Option(min=0.0, metavar="S", help="Stop after so many seconds in all. Each engine "
                     "may take an equal share of what is left."),
    ] = 120.0,
    max_depth: Annotated[
        int, typer.Option(min=0, max=10_000, metavar="N", help="Let bmc stop after so many steps.")
    ] = 20,
    walks: Annotated[
        int, typer.Option(min=1, metavar="N", help="Let hunt stop after so many walks.")
    ] = 20_000,
    max_paths: MaxPaths = MOST_PATHS,
    json: Json = None,
    markdown: Markdown = None,
    trace: TraceFile = None,
) -> None:  # fmt: skip
    """Ask every engine, and put their answers side by side: search, hunt, bmc and proof.

    For the end of the work. Where two engines disagree, that is a bug of dnsrace, and it says so.

    Each parameter of the model is an option: see the last panel.
    """
    from dnsrace.check import fixed_values
    from dnsrace.reports.verify import print_verification, verify_progress_text
    from dnsrace.reports.verify_machine import verification_data
    from dnsrace.reports.verify_markdown import verification_markdown
    from dnsrace.verify import VerifyRequest
    from dnsrace.verify import verify as run

    refuse_outputs(json=json, markdown=markdown, trace=trace)
    chosen, given = model_values(ctx)
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    request = VerifyRequest(tuple(property or ()), timeout, walks, max_depth)
    with redirect_stdout(sys.stderr), interruptible(request, verify_progress_text) as ready:
        # what the model prints must not get into the JSON on standard output
        done = run(chosen, values, ready, max_paths)
    try:
        if json:
            write_json(json, verification_data(done))
        if markdown:
            write_text(markdown, verification_markdown(done))
        if trace:
            write_trace(trace, done.explanations.get(done.headline))
    finally:
        if "-" not in (json, markdown, trace):
            print_verification(console(), done)
    raise typer.Exit(done.exit_code)
