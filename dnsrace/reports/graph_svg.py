"""A picture of a small graph, as SVG: rows by depth, violated states in colour and shape, the path
of the violation thick and numbered. It needs no other program, and no script in the page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from textwrap import wrap

from dnsrace.findings.graph import Edge, Graph, Node
from dnsrace.findings.words import counted
from dnsrace.reports.graph_shapes import SHAPES, STYLE, outline
from dnsrace.reports.layering import Layering, layered

STEP_X, STEP_Y = 26.0, 46.0
"""Between two nodes of a row, and between two rows."""
RADIUS = 8.0
MARGIN = 36.0
PANEL = 430.0
"""Width of the column with the legend and the steps of the path."""
LINE = 19.0
LONGEST = 60
"""Characters of a line there."""
INDENT = {"head": 0, "text": 0, "step": 26}
"""Of the lines of each kind; others have a sample of what they explain in front."""


def svg(graph: Graph) -> str:
    """The graph as an SVG document."""
    return "\n".join(_Picture(graph).lines()) + "\n"


class _Picture:
    """One picture."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        depths = [node.depth for node in graph.nodes]
        pairs = [(edge.source, edge.target) for edge in graph.edges]
        self.layout: Layering = layered(depths, pairs, graph.path)
        self.step_of: dict[int, int] = {}
        for step, number in enumerate(graph.path):
            self.step_of.setdefault(number, step)
        self.on_path = set(zip(graph.path, graph.path[1:], strict=False))
        self.shape = {
            name: list(SHAPES)[i % len(SHAPES)] for i, name in enumerate(graph.properties)
        }
        self.panel = list(self._panel())
        deep = len(self.layout.rows)
        self.drawn = MARGIN * 2 + self.layout.width * STEP_X + RADIUS * 2
        self.width = self.drawn + PANEL
        self.height = max(MARGIN * 2 + deep * STEP_Y, MARGIN * 2 + len(self.panel) * LINE)

    def place(self, number: int) -> tuple[float, float]:
        x = MARGIN + RADIUS + self.layout.x[number] * STEP_X
        return x, MARGIN + RADIUS + self.graph.nodes[number].depth * STEP_Y

    def lines(self) -> Iterator[str]:
        size = f"{self.width:.0f} {self.height:.0f}"
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img" '
            f'width="{self.width:.0f}" height="{self.height:.0f}">'
        )
        yield f"<title>{escape(self._title())}</title>"
        yield f"<style>{STYLE}</style>"
        yield f'<rect class="paper" width="{self.width:.0f}" height="{self.height:.0f}"/>'
        yield "<g>"
        for depth in range(0, len(self.layout.rows), 5):
            y = MARGIN + RADIUS + depth * STEP_Y
            yield f'<text class="depth" x="6" y="{y + 4:.1f}">{depth}</text>'
        yield "</g>"
        yield '<g class="edges">'
        yield from self._edges(False)
        yield "</g>"
        yield '<g class="path">'
        yield from self._edges(True)
        yield "</g>"
        yield "<g>"
        for node in self.graph.nodes:
            yield from self._node(node)
        yield "</g>"
        yield from self._written()
        yield "</svg>"

    def _title(self) -> str:
        graph = self.graph
        what = "States" if graph.whole else "States around a trace"
        return (
            f"{what} of {graph.system.name}: {counted(len(graph.nodes), 'state')}, "
            f"{counted(len(graph.edges), 'step')}"
        )

    # -- edges

    def _edges(self, thick: bool) -> Iterator[str]:
        """One line for all steps between the same two states."""
        together: dict[tuple[int, int], list[Edge]] = {}
        for edge in self.graph.edges:
            together.setdefault((edge.source, edge.target), []).append(edge)
        for (source, target), edges in together.items():
            if ((source, target) in self.on_path) is not thick:
                continue
            words = "\n".join(f"{e.text}: {e.actor} {e.words}" for e in edges)
            broken = sorted({name for e in edges for name in e.violates})
            if broken:
                words += f"\nviolates {', '.join(broken)}"
            classes = ["breaks"] * bool(broken)
            if self.graph.nodes[target].depth <= self.graph.nodes[source].depth:
                classes.append("back")
            attribute = f' class="{" ".join(classes)}"' if classes else ""
            yield f'<path{attribute} d="{self._curve(source, target)}">{_tip(words)}</path>'

    def _curve(self, source: int, target: int) -> str:
        (x, y), (to_x, to_y) = self.place(source), self.place(target)
        if source == target:
            return f"M{x:.1f} {y:.1f}c20 -18 20 18 0 0"
        if to_y > y:
            bend = STEP_Y * 0.45
            return f"M{x:.1f} {y:.1f}C{x:.1f} {y + bend:.1f} {to_x:.1f} {to_y - bend:.1f} " + (
                f"{to_x:.1f} {to_y:.1f}"
            )
        # to the side, so that it is told from the way down
        aside = max(x, to_x) + STEP_X * (0.8 + 0.12 * (y - to_y) / STEP_Y)
        return f"M{x:.1f} {y:.1f}C{aside:.1f} {y:.1f} {aside:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"

    # -- nodes

    def _node(self, node: Node) -> Iterator[str]:
        x, y = self.place(node.number)
        step = self.step_of.get(node.number)
        shape, classes = "circle", ["state"]
        if node.violates:
            first = min(node.violates, key=list(self.shape).index)
            shape = self.shape[first]
            classes.append(f"bad{list(self.shape).index(first) % len(SHAPES)}")
        if step is not None:
            classes.append("on")
        if node.continues:
            classes.append("open")
        yield f'<g class="{" ".join(classes)}">{_tip(self._says(node))}'
        size = RADIUS + 3 if step is not None else RADIUS - 1
        if node.initial:
            yield f'<path class="into" d="{_arrow(x, y - size - 3)}"/>'
        if node.stops == "end":
            yield outline("circle", x, y, size + 3.5, "ring")
        if len(node.violates) > 1:
            yield outline(shape, x, y, size + 4, "ring")
        yield outline(shape, x, y, size)
        if node.stops == "deadlock":
            yield f'<path class="cross" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"/>'
        if step is not None:
            yield f'<text x="{x:.1f}" y="{y + 4:.1f}">{step}</text>'
        yield "</g>"

    def _says(self, node: Node) -> str:
        parts = [f"state {node.number}, depth {node.depth}" + (", initial" * node.initial)]
        if node.stops:
            parts[0] += {"end": ", an end", "deadlock": ", a deadlock"}[node.stops]
        parts.append(node.words)
        if node.text != node.words:
            parts.append(node.text)
        if node.violates:
            parts.append(f"violates {', '.join(node.violates)}")
        if node.reaches:
            parts.append(f"reaches {', '.join(node.reaches)}")
        return "\n".join(parts)

    # -- the panel

    def _panel(self) -> Iterator[tuple[str, str]]:
        """Kind and text of each line."""
        graph, nodes = self.graph, self.graph.nodes
        yield from (("head", line) for line in wrap(_named(graph), LONGEST))
        yield "text", f"{counted(len(nodes), 'state')}, {counted(len(graph.edges), 'step')}"
        if graph.symmetric:
            yield "text", "states that differ only in who is who are one"
        if not graph.whole:
            yield "text", "the part around a trace, not the whole graph"
        yield "gap", ""
        if any(node.initial for node in nodes):
            yield "start", "where it begins"
        if any(node.stops == "end" for node in nodes):
            yield "end", "where it may end"
        if any(node.stops == "deadlock" for node in nodes):
            yield "dead", "nothing can happen, and it is no end"
        if any(node.continues for node in nodes):
            yield "open", "not all that can happen here is drawn"
        for at, name in enumerate(self.shape):
            number = sum(name in node.violates for node in nodes)
            yield f"bad{at % len(SHAPES)}", f"{name} is violated: {counted(number, 'state')}"
        if any(len(node.violates) > 1 for node in nodes):
            yield "more", "with a second line round it: more than one is"
        broken = sorted({name for edge in graph.edges for name in edge.violates})
        if broken:
            yield "breaks", f"a step that violates {', '.join(broken)}"
        if any(nodes[e.target].depth <= nodes[e.source].depth for e in graph.edges):
            yield "back", "a step back, or aside"
        if graph.path:
            yield "way", f"the way to {graph.goal}" if graph.goal else "the trace"
            yield "gap", ""
            for at, (_, words) in enumerate(graph.path_steps, 1):
                first, *more = wrap(words, LONGEST) or [""]
                yield f"step {at}", first
                yield from (("step", line) for line in more)

    def _written(self) -> Iterator[str]:
        x = self.drawn
        yield '<g class="panel">'
        for at, (kind, text) in enumerate(self.panel):
            y = MARGIN + RADIUS + at * LINE
            if kind == "gap":
                continue
            word, _, number = kind.partition(" ")
            indent = INDENT.get(word, 30)
            weight = ' class="head"' if kind == "head" else ""
            yield f'<text{weight} x="{x + indent:.1f}" y="{y + 4:.1f}">{escape(text)}</text>'
            if number:
                yield f'<text class="number" x="{x + 18:.1f}" y="{y + 4:.1f}">{number}</text>'
            if word not in INDENT:
                yield self._sample(kind, x + 11, y)
        yield "</g>"

    def _sample(self, kind: str, x: float, y: float) -> str:
        if kind in ("breaks", "back", "way"):
            outer = {"way": "path"}.get(kind, "edges")
            inner = "" if kind == "way" else f' class="{kind}"'
            return f'<g class="{outer}"><path{inner} d="M{x - 11:.1f} {y:.1f}h26"/></g>'
        inner = outline("circle", x, y, RADIUS - 2)
        if kind.startswith("bad"):
            inner = outline(list(SHAPES)[int(kind[3:])], x, y, RADIUS - 1)
        elif kind == "start":
            inner = f'<path class="into" d="{_arrow(x, y + 5)}"/>'
        elif kind == "end":
            inner += outline("circle", x, y, RADIUS + 1, "ring")
        elif kind == "more":
            inner = outline("diamond", x, y, RADIUS - 2) + outline(
                "diamond", x, y, RADIUS + 2, "ring"
            )
        elif kind == "dead":
            inner += f'<path class="cross" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"/>'
        return f'<g class="state {kind}">{inner}</g>'


def _named(graph: Graph) -> str:
    """The model, with the parameters that are not its defaults."""
    values = graph.system.parameters
    given = ", ".join(
        f"{p.name}={p.text(values[p.name])}"
        for p in graph.system.model.parameters
        if values[p.name] != p.default
    )
    return graph.system.model.reference + (f" ({given})" if given else "")


def _arrow(x: float, y: float) -> str:
    """A short arrow down to a point."""
    return f"M{x:.1f} {y - 11:.1f}v10m-3.5 -4.5l3.5 4.5l3.5 -4.5"


def _tip(text: str) -> str:
    return f"<title>{escape(text)}</title>"
