"""The command `dnsrace conform`: its options, and what it calls."""

from __future__ import annotations

import json as json_module
import sys
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dnsrace.cli_model import ModelCommand, model_values, offered_models
from dnsrace.cli_options import MOST_PATHS, Fixed, Json, MaxPaths
from dnsrace.cli_support import (
    console,
    interruptible,
    refuse_outputs,
    write_json,
    write_trace_file,
)
from dnsrace.errors import UsageError

if TYPE_CHECKING:
    from dnsrace.findings.log import Recording
    from dnsrace.model.language import Model

EPILOG = """[bold]Examples[/bold]

  dnsrace conform run.jsonl                      against the model that the log names

  dnsrace conform run.jsonl --fixed              against the fixed variant

  dnsrace conform run.jsonl --model ./my_model.py --workers 3 --trace run.txt

[bold]Exit codes[/bold]: 0 the model explains the whole log; 1 an event that it does not explain; 2
wrong usage, a broken log or a broken model; 3 unknown; 70 a bug in dnsrace.
"""


class ConformCommand(ModelCommand):
    """A command whose model is an option, or else named in the head of the log."""

    def make_context(
        self, info_name: Any, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except UsageError as error:  # there is no such model
            if not any(arg.startswith("--model") for arg in args):
                error.cure += "; or give --model, as it is the log that names this one"
            raise

    def named(self, params: dict[str, Any]) -> str | None:
        return params.get("model") or _model_of(str(params.get("log", "-")))

    def guessed(self, args: list[str]) -> str | None:
        for position, arg in enumerate(args):
            option, equals, value = arg.partition("=")
            if option == "--model":
                return value if equals else next(iter(args[position + 1 :]), None)
        models = (_model_of(arg) for arg in args if not arg.startswith("-"))
        return next((model for model in models if model), None)


def _model_of(log: str) -> str | None:
    """The model in a log's head, if there is such a file with such a head: what is wrong with it
    is said when it is read."""
    try:
        if not Path(log).is_file():
            return None
        with open(log, "rb") as file:
            head = json_module.loads(file.readline())
    except (OSError, ValueError, RecursionError):
        return None
    model = head.get("model") if isinstance(head, dict) and "log" in head else None
    return model if isinstance(model, str) else None


def conform(
    ctx: typer.Context,
    log: Annotated[
        str, typer.Argument(help="The log of a run, JSON lines; - is standard input.")
    ],
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="MODEL", help="A built-in model, or the path of a file of "
                     "yours; default: what the log names, else dynamodb_dns.",
                     autocompletion=offered_models),
    ] = None,
    fixed: Fixed = False,
    shows: Annotated[
        list[str] | None,
        typer.Option("--shows", metavar="NAMES", help="The steps of which the log shows every "
                     "occurrence, with commas between; others may happen unseen. May be repeated; "
                     "default: what the log says, else the steps that are in it."),
    ] = None,
    max_states: Annotated[
        int | None,
        typer.Option(min=1, help="Give up after so many distinct states; default: 1000000."),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(min=0.0, help="Give up after so many seconds.")
    ] = None,
    max_paths: MaxPaths = MOST_PATHS,
    explanation: Annotated[
        bool,
        typer.Option("--explanation", help="Show every step of the explanation, the unseen ones "
                     "too."),
    ] = False,
    json: Json = None,
    trace: Annotated[
        str | None,
        typer.Option("--trace", metavar="PATH", help="Write the explanation as a trace; the ending "
                     "says how: .json, .itf.json, or text."),
    ] = None,
) -> None:  # fmt: skip
    """Check a run of the implementation against a model: name the first event that nothing
    explains, what forbids it, and what the model would have allowed.

    What is given here wins over what the head of the log says.

    Each parameter of the model is an option: see the last panel.
    """
    from dnsrace.check import fixed_values
    from dnsrace.conform import MOST_STATES, compare
    from dnsrace.engines.conform import Bounds
    from dnsrace.reports.conform import headway_text, print_conformance
    from dnsrace.reports.conform_machine import conformance_data

    refuse_outputs(json=json, trace=trace)
    chosen, given = model_values(ctx)
    recording = _read(log)
    if model is None and recording.model not in (None, chosen.reference):
        chosen = _named_late(str(recording.model), given)
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    names = None if shows is None else [n.strip() for part in shows for n in part.split(",")]
    bounds = Bounds(max_states or MOST_STATES, timeout)
    with redirect_stdout(sys.stderr), interruptible(bounds, headway_text) as ready:
        # what the model prints must not get into the JSON on standard output
        done = compare(chosen, recording, values, names, ready, max_paths)
    try:
        if json:
            write_json(json, conformance_data(done))
        if trace and done.explanation is not None:
            write_trace_file(trace, done.explanation.trace)
        elif trace:
            warnings.warn(f"nothing is known: there is no trace to write to {trace}", stacklevel=1)
    finally:
        # last, since its reader may go away (`| head`); and even if a file cannot be written
        if "-" not in (json, trace):
            print_conformance(console(), done, whole=explanation)
    raise typer.Exit(done.exit_code)


def _read(log: str) -> Recording:
    from dnsrace.conform import open_log
    from dnsrace.findings.log import read_log

    if log == "-":
        return read_log(sys.stdin.buffer.read(), "standard input")
    return open_log(Path(log))


def _named_late(reference: str, given: dict[str, Any]) -> Model:
    """The model that a log on standard input names: its parameters were not known in time."""
    from dnsrace.loader import load

    if given:
        raise UsageError(
            f"the log is for {reference}, and comes too late to know its parameters",
            cure=f"give --model {reference}, or the log as a file",
        )
    return load(reference)
