"""The page as one HTML document: nothing in it is loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import io
import json
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
from dnsrace.reports.page.data import Shown, page_data
from dnsrace.reports.page.tables import known_table, story_table
from dnsrace.reports.settings import command_line
from dnsrace.reports.terminal import when_text

SCRIPTS = ("data.js", "space.js", "picture.js", "lanes.js", "panels.js", "beside.js", "main.js")
BEHIND_WIDTH = 76


def document(shown: Shown) -> str:
    """The whole page."""
    style, script = _asset("page.css"), _script()
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
        no_space=escape(shown.no_space),
        nearest=escape(f"the next {goal['called']}" if goal else "it"),
        story="\n".join((*story_table(shown), *_behind(shown))),
        known="\n".join(known_table(shown)),
        command=escape(data["command"]),
        data=_embedded(data),
        space=shown.space,
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


def _headline(shown: Shown) -> tuple[str, str]:
    """What the page says first, and the sentence below."""
    prop, what = shown.prop, shown.what
    if what is None:
        broken = [f.name for f in shown.findings if f.fails]
        text = f"{', '.join(broken)}: violated" if broken else "Nothing is violated"
        return text if shown.findings else shown.system.name, shown.claim
    says = first_line(prop.doc) if prop else ""
    finding = next((f for f in shown.findings if f.trace is what.trace), None)
    if finding is not None:
        text = f"{finding.name} is violated {when_text(finding)}"
        return text + (", and never earlier" if finding.shortest else ""), says
    if prop is not None:
        return f"{prop.name} is violated", f"{says} {shown.claim}"
    return f"{shown.system.name}, {counted(len(what.trace.steps), 'step')}", shown.claim


def _behind(shown: Shown) -> Iterator[str]:
    """Of a trap or a loop, what the terminal tells below the table."""
    parts = list(behind(shown.what)) if shown.what else []
    if parts:
        console = Console(file=io.StringIO(), width=BEHIND_WIDTH, color_system=None)
        for part in parts:
            console.print(part)
        text = console.file.getvalue()  # type: ignore[attr-defined]
        yield f'<pre class="behind">{escape(text.strip(chr(10)))}</pre>'
