"""Shapes and colours of a picture. Colours are those of Okabe and Ito, which the colour-blind tell
apart; each has a shape of its own besides."""

from __future__ import annotations

import math

SHAPES = {"diamond": 4, "square": 4, "triangle": 3, "hexagon": 6, "pentagon": 5}
"""Corners of each shape of a violated state, in the order in which properties get them."""
TURNS = {"square": math.pi / 4, "hexagon": math.pi / 6}
LARGER = {"diamond": 1.25, "square": 1.2, "triangle": 1.4}
COLOURS = ("#d55e00", "#0072b2", "#e69f00", "#009e73", "#cc79a7")

LIGHT = {"paper": "#ffffff", "ink": "#1f2328", "faint": "#8c959f", "fill": "#eaeef2"}
DARK = {"paper": "#0d1117", "ink": "#e6edf3", "faint": "#6e7681", "fill": "#30363d"}


def _theme(c: dict[str, str]) -> str:
    return (
        f".paper{{fill:{c['paper']}}}text{{fill:{c['ink']}}}.depth{{fill:{c['faint']}}}"
        f".edges path{{stroke:{c['faint']}}}.path path{{stroke:{c['ink']}}}"
        f".state *{{stroke:{c['faint']};fill:{c['fill']}}}.state.on *{{stroke:{c['ink']}}}"
        f".state text,.state.on text{{fill:{c['ink']};stroke:none}}"
        f".state .ring,.state .cross,.state .into{{fill:none;stroke:{c['ink']}}}"
    )


_BAD = "".join(
    f".bad{i} *,.state.bad{i}.on *{{fill:{colour}}}.state.bad{i} .ring{{fill:none;stroke:{colour}}}"
    f".state.bad{i} text,.state.bad{i}.on text{{fill:#ffffff}}"
    for i, colour in enumerate(COLOURS)
)
_BREAKS = ".edges .breaks,.path .breaks{stroke:#cc79a7}"
_FIXED = (
    "text{font:12px system-ui,sans-serif}.depth{font-size:10px}.head{font-weight:600}"
    ".edges path,.path path{fill:none;stroke-width:1;stroke-opacity:.55}"
    ".path path{stroke-width:3.5;stroke-opacity:1}"
    ".edges .back{stroke-dasharray:3 3;stroke-opacity:.4}.number{text-anchor:end}"
    ".edges .breaks{stroke-width:2;stroke-opacity:1;stroke-dasharray:7 3}"
    ".state{stroke-width:1.2}.on{stroke-width:2}.on text{font-size:10px;text-anchor:middle}"
    ".open *{stroke-dasharray:3 2}.open text{stroke-dasharray:none}"
)
STYLE = (
    f"{_theme(LIGHT)}{_FIXED}{_BAD}{_BREAKS}"
    f"@media(prefers-color-scheme:dark){{{_theme(DARK)}{_BAD}{_BREAKS}}}"
)
"""The style sheet: light, and dark where the reader prefers that."""


def outline(shape: str, x: float, y: float, radius: float, kind: str = "") -> str:
    """The element of a shape around a point."""
    named = f' class="{kind}"' if kind else ""
    if shape == "circle":
        return f'<circle{named} cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
    corners, turn = SHAPES[shape], TURNS.get(shape, 0.0) - math.pi / 2
    reach = radius * LARGER.get(shape, 1.1)
    points = " ".join(
        f"{x + reach * math.cos(turn + 2 * math.pi * k / corners):.1f},"
        f"{y + reach * math.sin(turn + 2 * math.pi * k / corners):.1f}"
        for k in range(corners)
    )
    return f'<polygon{named} points="{points}"/>'
