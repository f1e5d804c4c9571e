"""The command `dnsrace hunt`: its options, and what it calls."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from dnsrace.cli_model import model_values
from dnsrace.cli_options import FLAGSHIP, MOST_PATHS, Fixed, Json, MaxPaths, ModelName, TraceFile
from dnsrace.cli_support import console, interruptible, refuse_outputs, write_json, write_trace
from dnsrace.errors import UsageError

if TYPE_CHECKING:
    from dnsrace.engines.hunt import HuntRequest

EPILOG = """[bold]Examples[/bold]

  dnsrace hunt --enactors 3                      until the outage is met, ten seconds at most

  dnsrace hunt --fixed --profile ci              a minute of walks that find nothing

  dnsrace hunt --plans 23 --retention 20 --keep-going    how likely is it?

  dnsrace hunt ./my_model.py --timeout 600 --seed 7

[bold]Exit codes[/bold]: 1 something is violated; 3 nothing was found, which is no proof; 2 wrong
usage or a broken model; 70 a bug in dnsrace.
"""
PROFILES = ("quick", "ci", "hunt")
LARGEST_SEED = (1 << 63) - 1


def offered_profiles(incomplete: str) -> list[str]:
    """The profiles that a word may become, for the shell's completion."""
    return [name for name in PROFILES if name.startswith(incomplete)]


def hunt(
    ctx: typer.Context,
    model: ModelName = FLAGSHIP,
    fixed: Fixed = False,
    property: Annotated[
        list[str] | None,
        typer.Option("--property", "-p", help="Hunt for violations of this property only; may be "
                     "repeated."),
    ] = None,
    deadlock: Annotated[
        bool, typer.Option("--deadlock", help="Hunt for states without successors too.")
    ] = False,
    profile: Annotated[
        str,
        typer.Option(help="How long at most: quick (100,000 walks, 10 s), ci (5 million, a "
                     "minute), hunt (8 hours).", autocompletion=offered_profiles),
    ] = "quick",
    walks: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many walks, instead of the profile's.")
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.0, help="Stop after so many seconds, instead of the profile's."),
    ] = None,
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going", help="Do not stop when everything was met: go on, for the "
                     "chance that a walk meets it."),
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, max=LARGEST_SEED, metavar="N", help="The same seed gives the same "
                          "walks.")
    ] = 0,
    length: Annotated[
        int, typer.Option(min=1, max=1_000_000, metavar="N", help="Cut a walk after so many steps.")
    ] = 1000,
    pauses: Annotated[
        bool,
        typer.Option("--pauses/--no-pauses", help="Let each walk keep some actors waiting at some "
                     "steps; without, all go at about the same speed."),
    ] = True,
    cores: Annotated[
        int | None, typer.Option(min=1, help="Processors to use; default: all.")
    ] = None,
    engine: Annotated[
        str, typer.Option(help="auto, numba (compiled) or python: the same walks.")
    ] = "auto",
    max_paths: MaxPaths = MOST_PATHS,
    json: Json = None,
    trace: TraceFile = None,
) -> None:  # fmt: skip
    """Walk through a model at random, and tell the first violation as short as possible.

    For spaces that are too large to be searched as a whole. Who goes next is drawn, and in most
    walks some actors are kept waiting: races need somebody who falls far behind.

    Each parameter of the model is an option: see the last panel.
    """
    from dnsrace.check import fixed_values
    from dnsrace.engines.walks import PAUSES
    from dnsrace.hunt import hunt as run
    from dnsrace.reports.hunt import hunt_progress_text, print_hunt
    from dnsrace.reports.hunt_machine import hunt_data

    refuse_outputs(json=json, trace=trace)
    request = _request(profile, walks, timeout, engine)
    request = replace(
        request, names=tuple(property or ()), deadlock=deadlock, seed=seed, length=length,
        pauses=PAUSES if pauses else 1, keep_going=keep_going, cores=cores or request.cores,
    )  # fmt: skip
    chosen, given = model_values(ctx)
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    with redirect_stdout(sys.stderr), interruptible(request, hunt_progress_text) as ready:
        # what the model prints must not get into the JSON on standard output
        report = run(chosen, values, ready, max_paths)
    try:
        if json:
            write_json(json, hunt_data(report))
        if trace:
            write_trace(trace, report.explanations.get(report.headline))
    finally:
        if "-" not in (json, trace):
            print_hunt(console(), report)
    raise typer.Exit(report.exit_code)


def _request(profile: str, walks: int | None, seconds: float | None, engine: str) -> HuntRequest:
    """What the options say about how long and by what. Raises UsageError."""
    from dnsrace.engines.hunt import HUNT_ENGINES, PROFILES, HuntRequest

    if profile not in PROFILES:
        raise UsageError(f"--profile: {profile!r} is not one", cure=f"give {', '.join(PROFILES)}")
    if engine not in HUNT_ENGINES:
        raise UsageError(
            f"--engine: {engine!r} is not one for a hunt", cure=f"give {', '.join(HUNT_ENGINES)}"
        )
    most: int | None
    longest: float | None
    most, longest = PROFILES[profile]
    # whoever gives one limit means this one, not the profile's other one
    if walks is not None or seconds is not None:
        most, longest = walks, seconds
    return HuntRequest(walks=most, seconds=longest, engine=engine)
