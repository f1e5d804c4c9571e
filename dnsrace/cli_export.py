"""The command `dnsrace export`: its options, and what it calls."""

from __future__ import annotations

from typing import Annotated

import typer

from dnsrace.cli_model import model_values
from dnsrace.cli_options import FLAGSHIP, MOST_PATHS, Fixed, MaxPaths, ModelName
from dnsrace.cli_support import refuse_outputs, write_text


def offered_targets(incomplete: str) -> list[str]:
    """The targets that a word may become, for the shell's completion."""
    from dnsrace.exports.targets import TARGETS

    return [name for name in TARGETS if name.startswith(incomplete)]


def export(
    ctx: typer.Context,
    target: Annotated[
        str, typer.Argument(help="tla (TLA+), promela (Spin) or murphi (Rumur).",
                            autocompletion=offered_targets)
    ],
    model: ModelName = FLAGSHIP,
    fixed: Fixed = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="PATH", show_default=False,
                          help="Write to this file, and a TLA+ module's configuration beside it; "
                          "default: standard output.")
    ] = "-",
    max_paths: MaxPaths = MOST_PATHS,
) -> None:  # fmt: skip
    """Write a model in the language of another model checker.

    The head of what is written says how to run it, and which properties are in it.
    """
    from dnsrace.check import fixed_values
    from dnsrace.exports.targets import export as write_for
    from dnsrace.exports.targets import target_ending

    refuse_outputs(output=output)
    target_ending(target)  # a wrong target is said before anything that is wrong with the model
    chosen, given = model_values(ctx)
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    path = "" if output == "-" else output
    written = write_for(chosen.lift(max_paths=max_paths, **values), target, path)
    if path:
        for file, text in written.files(path).items():
            write_text(file, text)
            typer.echo(f"wrote {file}")
    else:
        typer.echo(written.alone, nl=False)
