"""The command `dnsrace fixes`: its options, and what it calls."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from dnsrace.cli_model import model_values
from dnsrace.cli_options import (
    FLAGSHIP,
    MOST_PATHS,
    Engine,
    Json,
    Markdown,
    MaxPaths,
    ModelName,
    Properties,
    Symmetry,
)
from dnsrace.cli_support import (
    console,
    interruptible,
    make_request,
    refuse_outputs,
    write_json,
    write_text,
)

EPILOG = """[bold]Examples[/bold]

  dnsrace fixes --enactors 2 --endpoints 2       two guards that undo each other

  dnsrace fixes --vary freshness,retry           two decisions only

  dnsrace fixes --combination cleaner=transactional --markdown fixes.md

[bold]Exit codes[/bold]: 0 with some combination every property asked for holds; 1 with none; 2
wrong usage or a broken model; 3 unfinished or unknown; 70 a bug in dnsrace.
"""


def fixes(
    ctx: typer.Context,
    model: ModelName = FLAGSHIP,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="NAMES", help="Vary only these parameters, with commas "
                     "between; may be repeated. Default: all decisions that the model declares."),
    ] = None,
    combination: Annotated[
        list[str] | None,
        typer.Option("--combination", metavar="NAME=VALUE,..", help="Search only this combination "
                     "of changes, and the deployed design; may be repeated."),
    ] = None,
    property: Properties = None,
    engine: Engine = "auto",
    symmetry: Symmetry = True,
    max_states: Annotated[
        int | None,
        typer.Option(min=1, help="Stop after so many distinct states of each combination."),
    ] = None,
    max_memory: Annotated[
        str | None,
        typer.Option(help="Stop at so much memory for each combination, e.g. 500M or 8G; default: "
                     "three quarters of what is free."),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(min=0.0, help="Stop after so many seconds in all.")
    ] = None,
    max_paths: MaxPaths = MOST_PATHS,
    resume: Annotated[
        str | None,
        typer.Option("--resume", metavar="PATH", help="Keep the results of finished combinations "
                     "in this file, and go on from those that it holds."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget the results of a run that was stopped.")
    ] = False,
    json: Json = None,
    markdown: Markdown = None,
) -> None:  # fmt: skip
    """Search every combination of the design decisions: which changes are enough, which are not.

    A run that is stopped is continued by the next one.

    Each parameter of the model is an option: see the last panel.
    """
    from dnsrace.fixes import study
    from dnsrace.model.plan import plan
    from dnsrace.reports.fixes import print_study, study_markdown
    from dnsrace.reports.fixes_machine import study_data

    refuse_outputs(json=json, markdown=markdown, resume=resume)
    chosen, given = model_values(ctx)
    planned = plan(chosen, given, vary or [], combination or [])
    request = make_request(property, engine, symmetry, True, False, max_states, None, max_memory,
                           timeout)  # fmt: skip
    path = None if resume is None else Path(resume)
    with redirect_stdout(sys.stderr), interruptible(request) as ready:
        # what the model prints must not get into the JSON on standard output
        done = study(chosen, given, planned, ready, max_paths=max_paths, path=path, fresh=fresh)
    try:
        if json:
            write_json(json, study_data(done))
        if markdown:
            write_text(markdown, study_markdown(done))
    finally:
        # last, since its reader may go away (`| head`); and even if a file cannot be written
        if "-" not in (json, markdown):
            print_study(console(), done)
    raise typer.Exit(done.exit_code)
