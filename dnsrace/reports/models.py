"""What `dnsrace models` and `dnsrace show` print."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dnsrace.findings.words import counted, listed
from dnsrace.model.language import Model
from dnsrace.model.show import system_hash, system_text, variable_text
from dnsrace.model.stated import Lemma, stated_lemmas
from dnsrace.model.system import System


def print_models(console: Console, models: Iterable[Model]) -> None:
    """One line for each model."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for model in models:
        table.add_row(Text(model.name), Text(summary(model)))
    console.print(table)
    console.print("\n`dnsrace show MODEL` tells more; `dnsrace explore MODEL` searches it.")


def summary(model: Model) -> str:
    """The first paragraph of a model's docstring, on one line."""
    return " ".join(model.doc.split("\n\n")[0].split())


def print_model(console: Console, system: System, lifted: bool) -> None:
    """A model: its parameters, state, steps and properties; with `lifted`, its lifted form too."""
    model = system.model
    console.print(Text.assemble((model.name, "bold"), f"  {summary(model)}\n"))
    if model.head and model.head != model.doc:
        for paragraph in model.head.split("\n\n"):
            console.print(" ".join(paragraph.split()) + "\n", markup=False, highlight=False)
    console.print(_parameters(model))
    if model.fixed:
        given = ", ".join(f"{name}={value}" for name, value in model.fixed.items())
        console.print(Text(f"\n--fixed means {given}"))
    if model.decisions:
        console.print(Text(f"\n`dnsrace fixes` varies {', '.join(model.decisions)}"))
    console.print("\n[bold]State[/bold]")
    for variable in system.variables:
        console.print(f"  {variable_text(variable)}", markup=False, highlight=False)
    console.print("\n[bold]Steps[/bold]")
    console.print(_steps(system))
    console.print("\n[bold]Properties[/bold]")
    console.print(_properties(system))
    lemmas = stated_lemmas(system)
    if lemmas:
        console.print("\n[bold]Lemmas[/bold], for `dnsrace prove`")
        console.print(_lemmas(lemmas))
    if lifted:
        console.print(f"\n[bold]Lifted form[/bold], {system_hash(system)}\n")
        console.print(system_text(system), markup=False, highlight=False, soft_wrap=True)


def _parameters(model: Model) -> Table:
    table = Table(title="Parameters", title_justify="left", title_style="bold", box=None)
    for heading in ("option", "default", "values", "meaning"):
        table.add_column(heading, header_style="dim")
    for p in model.parameters:
        table.add_row(*map(Text, (p.option, p.text(p.default), p.allowed, p.help)))
    return table


def _steps(system: System) -> Table:
    table = Table(show_header=False, box=None)
    for step in system.steps:
        choices = ", ".join(f"{c.data}: {c.domain.name}" for c in step.choices if c.domain)
        paths = sum(path.step is step for path in system.paths)
        doc = step.doc.split("\n\n")[0]
        cells = (f"{step.name}({choices})", " ".join(doc.split()), counted(paths, "path"))
        table.add_row(*map(Text, cells))
    return table


def _properties(system: System) -> Table:
    table = Table(show_header=False, box=None)
    for prop in system.properties:
        mark = "the question" if prop.question else "informative" if prop.informative else ""
        cells = (prop.name, prop.kind.replace("_", " "), " ".join(prop.doc.split()), mark)
        table.add_row(*map(Text, cells))
    return table


def _lemmas(lemmas: Iterable[Lemma]) -> Table:
    table = Table(show_header=False, box=None)
    for lemma in lemmas:
        needs = f"with {listed(map(str, lemma.only))}" if lemma.only else ""
        needs = needs if lemma.here else f"only {needs}" if needs else "with other parameters"
        cells = (lemma.name, lemma.kind.replace("_", " "), lemma.doc, needs)
        table.add_row(*map(Text, cells), style="" if lemma.here else "dim")
    return table
