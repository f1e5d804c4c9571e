"""Commands whose options include the parameters of the model that they are given.

The model is named among the arguments, so it has to be found before they can be parsed: it is the
first one that is no option, nor the value of one, behind those that the command wants before it.
"""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from dnsrace.errors import DnsraceError, ModelError, UsageError

if TYPE_CHECKING:
    from dnsrace.model.language import Model
    from dnsrace.model.parameters import Parameter

KEY, VALUES, OPTIONS = "dnsrace.model", "dnsrace.values", "dnsrace.options"


class Commands(TyperGroup):
    """All commands. Ctrl-C has our exit code, where typer has its own."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            print("interrupted: nothing is reported", file=sys.stderr)
            raise SystemExit(3) from None


class ModelCommand(TyperCommand):
    """A command that grows an option for each parameter of its model."""

    def make_context(
        self, info_name: Any, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        from dnsrace.loader import DEFAULT, load

        given = list(args)
        reference = self.guessed(given)
        if reference is None:
            reference = DEFAULT
        static = list(self.params)
        taken = {option for p in static for option in (*p.opts, *p.secondary_opts)}
        for _ in range(2):
            try:
                model = load(reference)
            except DnsraceError:
                if not extra.get("resilient_parsing"):
                    raise
                model = load(DEFAULT)  # completing a name that is not typed to its end
            options = _options(model, taken | {"--help", "-h"})
            self.params = static + options
            try:
                context = super().make_context(info_name, list(given), parent=parent, **extra)
            finally:
                self.params = static
            context.meta.update({KEY: model, OPTIONS: options})
            # whether a word is a model or an option's value shows only when the model is known
            actual = self.named(context.params) or DEFAULT
            if actual == reference or extra.get("resilient_parsing"):
                break
            reference = actual
        return context

    def get_params(self, ctx: Any) -> list[Any]:
        """All parameters; behind make_context, where the shell's completion asks, those of the
        model too."""
        known = super().get_params(ctx)
        return known + [p for p in ctx.meta.get(OPTIONS, ()) if p not in known]

    def named(self, params: dict[str, Any]) -> str | None:
        """The model that the parsed arguments name."""
        return params.get("model")

    def guessed(self, args: list[str]) -> str | None:
        """The model among the arguments: a name or path that is no value of an option, behind the
        arguments that the command declares before the model.

        A word behind an option that only a model can know may be its value: it is taken for the
        model only if there is none elsewhere, and it names one.
        """
        from dnsrace.loader import looks_like_path, names

        options = [p for p in self.params if p.param_type_name == "option"]
        flags = {o for p in options if _is_flag(p) for o in (*p.opts, *p.secondary_opts)}
        valued = {o for p in options if not _is_flag(p) for o in p.opts}
        maybe: list[str] = []
        before = ""
        others = [p.name for p in self.params if p.param_type_name == "argument"].index("model")
        for position, arg in enumerate(args):
            if arg == "--":
                rest = args[position + 1 + others :]
                return rest[0] if rest else None
            if before in valued:
                before = ""
                continue
            if not arg.startswith("-") or arg == "-":
                if not before.startswith("--") or before in flags or before.startswith("--no-"):
                    if others == 0:
                        return arg
                    others -= 1
                else:
                    maybe.append(arg)
            before = "" if "=" in arg else arg
        return next(
            (arg for arg in maybe if looks_like_path(arg) or arg.split(":")[0] in names()),
            None,
        )


def _is_flag(option: Any) -> bool:
    return bool(getattr(option, "is_flag", False))


def _options(model: Model, taken: set[str]) -> list[Any]:
    """An option for each parameter, made by typer as for any command."""
    names = [f"parameter_{p.name}" for p in model.parameters]

    def carrier(**_: Any) -> None:
        """Its signature is all that is wanted of it."""

    carrier.__annotations__ = {
        name: _annotation(p, taken) for name, p in zip(names, model.parameters, strict=True)
    }
    carrier.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)
            for name, hint in carrier.__annotations__.items()
        ]
    )
    app = typer.Typer(add_completion=False)
    app.command()(carrier)
    wanted = set(names)
    return [p for p in typer.main.get_command(app).params if p.name in wanted]


def _annotation(parameter: Parameter, taken: set[str]) -> Any:
    """What typer needs to know of a parameter; its value goes into the context when it is given."""

    def remember(ctx: typer.Context, value: str | None) -> None:
        if value is None or ctx.resilient_parsing:
            return
        try:
            parsed = parameter.check(value) if isinstance(value, bool) else parameter.parse(value)
        except UsageError:
            raise typer.BadParameter(
                f"{value!r} is not allowed: give {parameter.allowed}", param_hint=parameter.option
            ) from None
        ctx.meta.setdefault(VALUES, {})[parameter.name] = parsed

    name = parameter.option
    if name in taken:
        raise ModelError(
            f"the parameter {parameter.name} has the name of an option of the command, {name}",
            cure="rename the parameter",
        )

    def offer(incomplete: str) -> list[str]:
        return [choice for choice in parameter.choices if choice.startswith(incomplete)]

    flag = parameter.kind == "bool"
    option = typer.Option(
        f"{name}/{name.replace('--', '--no-', 1)}" if flag else name,
        help=f"{parameter.help} (default: {parameter.text(parameter.default)})",
        metavar=None if flag else _metavar(parameter),
        callback=remember,
        autocompletion=offer,
        expose_value=False,
        show_default=False,
        rich_help_panel="Parameters of the model",
    )
    return Annotated[bool | None if flag else str | None, option]


def _metavar(parameter: Parameter) -> str:
    return "|".join(parameter.choices) if parameter.kind == "choice" else "N"


def offered_models(incomplete: str) -> list[str]:
    """The built-in models that a word may become; the shell itself offers files."""
    from dnsrace.loader import names

    return [name for name in names() if name.startswith(incomplete)]


def model_values(ctx: typer.Context) -> tuple[Model, dict[str, Any]]:
    """The model of a command, and the parameters that were given."""
    return ctx.meta[KEY], dict(ctx.meta.get(VALUES, {}))


def open_names(names: list[str] | None, given: dict[str, Any]) -> list[str]:
    """The parameters of --open, as the model spells them. Raises UsageError for one that is given
    a value too."""
    found = list(dict.fromkeys(name.replace("-", "_") for name in names or []))
    for name in found:
        if name in given:
            raise UsageError(
                f"{name} is given a value and left open", cure="leave out one of the two options"
            )
    return found
