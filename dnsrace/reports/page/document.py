"""The page as one HTML document: nothing in it is loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from rich.console import Console

from dnsrace import __version__
from dnsrace.findings.trace import replay_command, variant
from dnsrace.findings.words import counted, first_line
from dnsrace.reports.behind import behind
from dnsrace.reports.page.data import Shown, page_data, space_data
from dnsrace.reports.page.tables import known_table, story_table
from dnsrace.reports.terminal import command_line

SCRIPTS = ("data.js", "space.js", "picture.js", "lanes.js", "panels.js", "beside.js", "main.js")
MOST_BYTES = 1_200_000
"""Of the packed space: with it the page stays under 1.5 MB."""
BEHIND_WIDTH = 76


def document(shown: Shown) -> str:
    """The whole page."""
    style, script = _asset("page.css"), _script()
    space, no_space = _packed(shown)
    data = page_data(shown)
    data["variant"] = variant(shown.system)
    data["command"] = replay_command(shown.what.trace) if shown.what else ""
    headline, lead = _headline(shown)
    goal = data["goal"]
    return Template(_asset("page.html")).substitute(
        policy=escape(_policy(style, script)),
        version=__version__,
        title=escape(f"{shown.system.name}: {headline}"),
        style=style,
        kicker=escape(f"{shown.system.name}: {first_line(shown.system.model.doc)}"),
        headline=escape(headline),
        lead=escape(lead),
        variant=escape(command_line(shown.system)),
        no_space=escape(no_space),
        nearest=escape(f"the next {goal['called']}" if goal else "it"),
        story="\n".join((*story_table(shown), *_behind(shown))),
        known="\n".join(known_table(shown)),
        command=escape(data["command"]),
        data=_embedded(data),
        space=space,
        script=script,
    )


def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


def _script() -> str:
    """All scripts as one, in a scope of its own."""
    parts = "\n".join(_asset(name) for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}\n}})();\n'


def _policy(style: str, script: str) -> str:
    """What a browser may do with the page: run this very script and style, and load nothing."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _embedded(data: Any) -> str:
    """JSON that no HTML parser takes for the end of its script, or for a comment."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _packed(shown: Shown) -> tuple[str, str]:
    """The space as text, or why it is not there."""
    if shown.space is None:
        return "", shown.no_space
    text = json.dumps(space_data(shown.space), separators=(",", ":"))
    packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
    if len(packed) > MOST_BYTES:
        states = counted(len(shown.space.states), "state")
        return "", (
            f"The model has {states} with these parameters, which take {len(packed):,} bytes: too "
            "many for a page to carry. Make the page with smaller ones to drive it."
        )
    return packed, ""


def _headline(shown: Shown) -> tuple[str, str]:
    """What the page says first, and the sentence below."""
    prop, what = shown.prop, shown.what
    if what is None:
        broken = [f.name for f in shown.findings if f.fails]
        text = f"{', '.join(broken)}: violated" if broken else "Nothing is violated"
        return text if shown.findings else shown.system.name, shown.claim
    if prop is None:
        return f"{shown.system.name}, {counted(len(what.trace.steps), 'step')}", shown.claim
    finding = next((f for f in shown.findings if f.name == prop.name), None)
    if finding is None:
        return f"{prop.name} is violated", f"{first_line(prop.doc)} {shown.claim}"
    text = f"{prop.name} is violated after {counted(len(what.trace.steps), 'step')}"
    return text + (", and never earlier" if finding.shortest else ""), first_line(prop.doc)


def _behind(shown: Shown) -> Iterator[str]:
    """Of a trap or a loop, what the terminal tells below the table."""
    parts = list(behind(shown.what)) if shown.what else []
    if parts:
        console = Console(file=io.StringIO(), width=BEHIND_WIDTH, color_system=None)
        for part in parts:
            console.print(part)
        text = console.file.getvalue()  # type: ignore[attr-defined]
        yield f'<pre class="behind">{escape(text.strip(chr(10)))}</pre>'
