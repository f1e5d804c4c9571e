"""The arguments and options that several commands share, each described once."""

from __future__ import annotations

from typing import Annotated

import typer

from dnsrace.cli_model import offered_models
from dnsrace.cli_support import offered_engines

FLAGSHIP = "dynamodb_dns"
"""The model when none is named."""
MOST_PATHS = 1000
"""Of one step, unless something else is said."""

ModelName = Annotated[
    str,
    typer.Argument(
        help="A built-in model, or the path of a file of yours.", autocompletion=offered_models
    ),
]
Fixed = Annotated[
    bool, typer.Option("--fixed", help="Take the values of the model's fixed variant.")
]
Properties = Annotated[
    list[str] | None,
    typer.Option("--property", "-p", help="Check only this property; may be repeated."),
]
Engine = Annotated[
    str,
    typer.Option(
        help="auto, numba (compiled), python, or interpreter (the slow reference).",
        autocompletion=offered_engines,
    ),
]
Symmetry = Annotated[
    bool,
    typer.Option(
        "--symmetry/--no-symmetry", help="Count states that differ only in who is who as one."
    ),
]
MaxPaths = Annotated[int, typer.Option(min=1, help="The most paths that one step may have.")]
Json = Annotated[
    str | None,
    typer.Option("--json", metavar="PATH", help="Write the result as JSON; - is standard output."),
]
Markdown = Annotated[
    str | None,
    typer.Option(
        "--markdown", metavar="PATH", help="Write the result as Markdown; - is standard output."
    ),
]
TraceFile = Annotated[
    str | None,
    typer.Option(
        "--trace",
        metavar="PATH",
        help="Write the violation's trace; the ending says how: .json, .itf.json, or text.",
    ),
]
Html = Annotated[
    str | None,
    typer.Option("--html", metavar="PATH", help="Write a page to step through it, and to drive."),
]
