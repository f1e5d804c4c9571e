"""A model's parameters with their values, as reports print them."""

from __future__ import annotations

from dnsrace.model.language import Model
from dnsrace.model.system import System


def command_line(system: System) -> str:
    """Model and all its parameters on one line; those that are left open are `any`."""
    values = " ".join(
        f"{p.name}={p.text(system.parameters[p.name]) if p.name in system.parameters else 'any'}"
        for p in system.model.parameters
    )
    return f"{system.model.reference}  {values}"


def parameter_options(model: Model, values: dict[str, object]) -> str:
    """Values of parameters as options of the command line."""
    parts = []
    for p in model.parameters:
        if p.name not in values:
            continue
        value = values[p.name]
        if p.kind == "bool":
            parts.append(p.option if value else p.option.replace("--", "--no-", 1))
        else:
            parts.append(f"{p.option} {p.text(value)}")
    return " ".join(parts)
