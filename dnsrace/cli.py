"""Arguments in, one call per subcommand.

Heavy modules are imported inside the commands, so that --help is instant.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from dnsrace import __version__
from dnsrace.cli_bmc import EPILOG as BMC_EPILOG
from dnsrace.cli_bmc import bmc
from dnsrace.cli_conform import EPILOG as CONFORM_EPILOG
from dnsrace.cli_conform import ConformCommand, conform
from dnsrace.cli_export import export
from dnsrace.cli_fixes import EPILOG as FIXES_EPILOG
from dnsrace.cli_fixes import fixes
from dnsrace.cli_graph import EPILOG as GRAPH_EPILOG
from dnsrace.cli_graph import graph
from dnsrace.cli_hunt import EPILOG as HUNT_EPILOG
from dnsrace.cli_hunt import hunt
from dnsrace.cli_model import Commands, ModelCommand, model_values, open_names
from dnsrace.cli_options import (
    FLAGSHIP,
    MOST_PATHS,
    Engine,
    Fixed,
    Html,
    Json,
    MaxPaths,
    ModelName,
    Properties,
    Symmetry,
    TraceFile,
)
from dnsrace.cli_prove import EPILOG as PROVE_EPILOG
from dnsrace.cli_prove import prove
from dnsrace.cli_start import WELCOME
from dnsrace.cli_support import (
    console,
    interruptible,
    make_request,
    refuse_outputs,
    trace_text,
    write_json,
    write_page,
    write_trace,
)
from dnsrace.cli_verify import EPILOG as VERIFY_EPILOG
from dnsrace.cli_verify import verify

EPILOG = (
    "[bold]Exit codes[/bold]: 0 every property asked for holds on the whole space; 1 something is "
    "violated; 2 wrong usage or a broken model; 3 unfinished or unknown; 70 a bug in dnsrace."
)
START = "[bold]Start here[/bold]: dnsrace explore --enactors 3"
EXAMPLES = """[bold]Examples[/bold]

  dnsrace explore --enactors 3                   the outage, step by step

  dnsrace explore --enactors 3 --fixed           the fixed protocol, every state

  dnsrace explore --cleaner checked --keep-going --json -

  dnsrace explore two_phase_commit --managers 5

  dnsrace explore ./my_model.py --my-parameter 4
"""

app = typer.Typer(
    name="dnsrace",
    cls=Commands,
    help="Find, explain and rule out races like the one behind the outage of 19 October 2025.",
    epilog=START + "\n\n" + EPILOG,
    invoke_without_command=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"dnsrace {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Find, explain and rule out races like the one behind the outage of 19 October 2025."""
    if ctx.invoked_subcommand is None:
        typer.echo(WELCOME, nl=False)


@app.command(cls=ModelCommand, epilog=EXAMPLES + "\n" + EPILOG)
def explore(
    ctx: typer.Context,
    model: ModelName = FLAGSHIP,
    fixed: Fixed = False,
    property: Properties = None,
    deadlock: Annotated[
        bool, typer.Option("--deadlock", help="A state without successors is a violation.")
    ] = False,
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going", help="Do not stop at the first violation; find the shortest "
                     "one of each property."),
    ] = False,
    engine: Engine = "auto",
    symmetry: Symmetry = True,
    unbounded: Annotated[
        str | None,
        typer.Option(metavar="DOMAIN", help="Any number of these ordered identifiers: invariants, "
                     "by order abstraction."),
    ] = None,
    max_states: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many distinct states.")
    ] = None,
    max_depth: Annotated[
        int | None, typer.Option(min=0, help="Stop at so many steps from the start.")
    ] = None,
    max_memory: Annotated[
        str | None,
        typer.Option(help="Stop at so much memory, e.g. 500M or 8G; default: three quarters of "
                     "what is free."),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(min=0.0, help="Stop after so many seconds.")
    ] = None,
    max_paths: MaxPaths = MOST_PATHS,
    json: Json = None,
    trace: TraceFile = None,
    html: Html = None,
) -> None:  # fmt: skip
    """Search every reachable state for the shortest violation, and explain it.

    Without MODEL this is the DNS automation of DynamoDB, as deployed.

    Each parameter of the model is an option: see the last panel.
    """
    from dnsrace.check import check, fixed_values
    from dnsrace.errors import UsageError
    from dnsrace.reports.machine import report_data
    from dnsrace.reports.terminal import print_report

    refuse_outputs(json=json, trace=trace, html=html)
    if html and unbounded is not None:
        raise UsageError(
            "--html shows a model of one size, and --unbounded leaves sizes open",
            cure="leave out --html, and make the page of the trace: dnsrace replay ... --html",
        )
    chosen, given = model_values(ctx)
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    request = make_request(property, engine, symmetry, keep_going, deadlock, max_states, max_depth,
                       max_memory, timeout, unbounded)  # fmt: skip
    with redirect_stdout(sys.stderr), interruptible(request) as ready:
        # what the model prints must not get into the JSON on standard output
        report = check(chosen, values, ready, max_paths)
    try:
        if html:
            write_page(html, report)
        if json:
            write_json(json, report_data(report))
        if trace:
            write_trace(trace, report.explanations.get(report.headline))
    finally:
        # last, since its reader may go away (`| head`); and even if a file cannot be written
        if "-" not in (json, trace, html):
            print_report(console(), report)
    raise typer.Exit(report.exit_code)


app.command(cls=ModelCommand, epilog=HUNT_EPILOG)(hunt)
app.command(cls=ModelCommand, epilog=BMC_EPILOG)(bmc)
app.command(cls=ModelCommand, epilog=PROVE_EPILOG)(prove)
app.command(cls=ModelCommand, epilog=VERIFY_EPILOG)(verify)
app.command(cls=ModelCommand, epilog=FIXES_EPILOG)(fixes)


@app.command()
def replay(
    trace: Annotated[
        str, typer.Argument(help="A trace as text, the path of a file with one, or - for standard "
                            "input.")
    ],
    json: Annotated[
        str | None, typer.Option("--json", metavar="PATH", help="Write the trace as JSON.")
    ] = None,
    itf: Annotated[
        str | None, typer.Option("--itf", metavar="PATH", help="Write the trace as ITF JSON.")
    ] = None,
    html: Html = None,
    max_paths: MaxPaths = MOST_PATHS,
) -> None:  # fmt: skip
    """Run a trace step by step, or say which step is not possible and why.

    A trace looks like: dynamodb_dns(enactors=2): publish pick_up(0) publish

    Or a schedule, who goes next: dynamodb_dns(enactors=2): schedule: planner 0 planner
    """
    from dnsrace.findings.explain import explain
    from dnsrace.findings.formats import itf as itf_data
    from dnsrace.findings.formats import read
    from dnsrace.findings.replay import replay as run
    from dnsrace.findings.trace import trace_data
    from dnsrace.loader import load
    from dnsrace.reports.replayed import print_replayed

    refuse_outputs(json=json, itf=itf, html=html)
    script = read(trace_text(trace))
    chosen = load(script.model)
    known = {p.name: p for p in chosen.parameters}
    values = {
        name: known[name].parse(value) if name in known and isinstance(value, str) else value
        for name, value in script.parameters.items()
    }
    system = chosen.lift(max_paths=max_paths, **chosen.values(values))
    done = run(system, script)
    if json:
        write_json(json, trace_data(done))
    if itf:
        write_json(itf, itf_data(done))
    if html:
        write_page(html, done)
    if "-" not in (json, itf, html):
        print_replayed(console(), explain(done))


app.command(cls=ConformCommand, epilog=CONFORM_EPILOG)(conform)


@app.command()
def models() -> None:
    """List the built-in models."""
    from dnsrace.loader import bundled
    from dnsrace.reports.models import print_models

    print_models(console(), bundled())


@app.command(cls=ModelCommand)
def show(
    ctx: typer.Context,
    model: ModelName = FLAGSHIP,
    fixed: Fixed = False,
    lifted: Annotated[
        bool, typer.Option("--lifted", help="Print the lifted form too: what the engines see.")
    ] = False,
    open: Annotated[
        list[str] | None,
        typer.Option("--open", help="Leave a size parameter without a value (implies --lifted); "
                     "may be repeated."),
    ] = None,
    max_paths: MaxPaths = MOST_PATHS,
) -> None:  # fmt: skip
    """Show a model: parameters, state, steps, properties."""
    from dnsrace.check import fixed_values
    from dnsrace.reports.models import print_model

    chosen, given = model_values(ctx)
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    names = open_names(open, given)
    values = {name: value for name, value in values.items() if name not in names}
    system = chosen.lift(open=names, max_paths=max_paths, **values)
    print_model(console(), system, lifted or bool(names))


app.command(cls=ModelCommand, epilog=GRAPH_EPILOG)(graph)
app.command(cls=ModelCommand)(export)


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="The file to write, for example my_model.py.")],
) -> None:
    """Write a small commented model to start from."""
    from dnsrace.template import write_template

    write_template(path)
    here = "" if path.is_absolute() else "./"
    typer.echo(f"wrote {path}; now try: dnsrace explore {here}{path}")
