"""The command `dnsrace export`: its options, and what it calls."""

from __future__ import annotations

from typing import Annotated

import typer

from dnsrace.cli_model import model_values, offered_models
from dnsrace.cli_support import refuse_outputs, write_text


def offered_targets() -> list[str]:
    """What a shell offers as a target."""
    from dnsrace.exports.targets import TARGETS

    return list(TARGETS)


def export(
    ctx: typer.Context,
    target: Annotated[
        str, typer.Argument(help="tla (TLA+), promela (Spin) or murphi (Rumur).",
                            autocompletion=offered_targets)
    ],
    model: Annotated[
        str, typer.Argument(help="A built-in model, or the path of a file of yours.",
                            autocompletion=offered_models)
    ] = "dynamodb_dns",
    fixed: Annotated[
        bool, typer.Option("--fixed", help="Take the values of the model's fixed variant.")
    ] = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="PATH", help="Write to this file, and a "
                          "TLA+ module's configuration beside it; default: standard output.")
    ] = "",
    max_paths: Annotated[
        int, typer.Option(min=1, help="The most paths that one step may have.")
    ] = 1000,
) -> None:  # fmt: skip
    """Write a model in the language of another model checker.

    The head of what is written says how to run it, and which properties are in it.
    """
    from dnsrace.check import fixed_values
    from dnsrace.exports.targets import export as write_for
    from dnsrace.exports.targets import target_ending

    refuse_outputs(output=output or None)
    target_ending(target)  # a wrong target is said before anything that is wrong with the model
    chosen, given = model_values(ctx)
    values = {**(fixed_values(chosen) if fixed else {}), **given}
    written = write_for(chosen.lift(max_paths=max_paths, **values), target, output.strip("-"))
    if output not in ("", "-"):
        for path, text in written.files(output).items():
            write_text(path, text)
            typer.echo(f"wrote {path}")
    else:
        typer.echo(written.alone, nl=False)
