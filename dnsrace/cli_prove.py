"""The command `dnsrace prove`: its options, and what it calls."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from dnsrace.cli_model import model_values
from dnsrace.cli_options import FLAGSHIP, MOST_PATHS, Fixed, Json, MaxPaths, ModelName, TraceFile
from dnsrace.cli_support import console, interruptible, refuse_outputs, write_json, write_trace
from dnsrace.errors import UsageError

EPILOG = """[bold]Examples[/bold]

  dnsrace prove --fixed                          for any number of enactors, plans, endpoints

  dnsrace prove --freshness in_batch -p no_empty_answer    one fix alone

  dnsrace prove --fixed --endpoints 2            two endpoints, the rest open

  dnsrace prove --freshness in_batch -p no_empty_answer --discover --write found.py

  dnsrace prove ewd840 --k 2                     k-induction for a fixed size

  dnsrace prove ./my_model.py --lemmas my_lemmas.py --smt2 certificates

[bold]Exit codes[/bold]: 0 all that was asked is proved; 1 something is violated, with a trace; 2
wrong usage or a broken model; 3 something is not proved; 70 a bug in dnsrace.
"""


def prove(
    ctx: typer.Context,
    model: ModelName = FLAGSHIP,
    fixed: Fixed = False,
    property: Annotated[
        list[str] | None,
        typer.Option("--property", "-p", help="Prove this property only; may be repeated. Default: "
                     "all of kind always and every step."),
    ] = None,
    lemmas: Annotated[
        Path | None,
        typer.Option("--lemmas", metavar="FILE", help="A file with lemmas, beside those of the "
                     "model."),
    ] = None,
    k: Annotated[
        int | None,
        typer.Option("--k", min=1, max=50, metavar="N", help="k-induction, for a fixed size: look "
                     "back N steps."),
    ] = None,
    smt2: Annotated[
        Path | None,
        typer.Option("--smt2", metavar="DIR", help="Write every query as an SMT-LIB 2 file, for "
                     "another solver to check."),
    ] = None,
    discover: Annotated[
        bool,
        typer.Option("--discover", help="Look for lemmas, and prove with these instead of the "
                     "model's own."),
    ] = False,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE", help="With --discover: write the lemmas, for "
                     "--lemmas."),
    ] = None,
    max_paths: MaxPaths = MOST_PATHS,
    json: Json = None,
    trace: TraceFile = None,
) -> None:  # fmt: skip
    """Prove properties for every size, by induction, with Z3.

    Whole-number parameters that are not given stay open: what is proved is proved for any value of
    them. What is not proved is searched for a real violation in a small instance.

    Each parameter of the model is an option: see the last panel.
    """
    from dnsrace.check import fixed_values
    from dnsrace.prove import ProofRequest
    from dnsrace.prove import prove as run
    from dnsrace.reports.prove import print_proof
    from dnsrace.reports.prove_machine import proof_data

    refuse_outputs(json=json, trace=trace)
    chosen, given = model_values(ctx)
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    _refuse_mixed(discover, write, lemmas, k)
    request = ProofRequest(tuple(property or ()), lemmas, k, smt2, discover, write)
    with redirect_stdout(sys.stderr), interruptible(request) as ready:
        # what the model prints must not get into the JSON on standard output
        report = run(chosen, values, ready, max_paths)
    try:
        if json:
            write_json(json, proof_data(report))
        if trace:
            write_trace(trace, report.explanations.get(report.headline))
    finally:
        if "-" not in (json, trace):
            print_proof(console(), report)
    raise typer.Exit(report.exit_code)


def _refuse_mixed(discover: bool, write: Path | None, lemmas: Path | None, k: int | None) -> None:
    """Raises UsageError for options that do not go together."""
    if write is not None and not discover:
        raise UsageError("--write has nothing to write", cure="add --discover")
    if discover and (lemmas is not None or k is not None):
        raise UsageError(
            f"--discover and {'--lemmas' if lemmas else '--k'} do not go together",
            cure="look for lemmas first, and write them with --write",
        )
