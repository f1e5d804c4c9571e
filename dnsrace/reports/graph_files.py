"""A graph for other programs: GraphML and JSON as networkx writes them, and DOT."""

from __future__ import annotations

import json
from typing import Any

from dnsrace.findings.graph import Graph
from dnsrace.findings.trace import parameters_data, state_data

SHAPES = {"deadlock": "octagon", "end": "doublecircle"}


def _facts(graph: Graph) -> dict[str, Any]:
    """What holds of the whole graph."""
    return {
        "model": graph.system.model.reference,
        "whole": graph.whole,
        "symmetric": graph.symmetric,
        "violated": graph.goal,
    }


def networkx_graph(graph: Graph, *, plain: bool) -> Any:
    """The graph as a networkx.MultiDiGraph.

    Parameters
    ----------
    plain: only texts, numbers and Bools, as GraphML wants them; otherwise lists and objects too.
    """
    import networkx

    def many(values: tuple[str, ...]) -> Any:
        return " ".join(values) if plain else list(values)

    on_path: dict[int, list[int]] = {}
    for step, number in enumerate(graph.path):
        on_path.setdefault(number, []).append(step)
    facts = _facts(graph)
    parameters = parameters_data(graph.system)
    facts |= {"parameters": json.dumps(parameters) if plain else parameters}
    made = networkx.MultiDiGraph(**facts)
    for node in graph.nodes:
        values: dict[str, Any] = {
            "depth": node.depth,
            "initial": node.initial,
            "stops": node.stops,
            "continues": node.continues,
            "violates": many(node.violates),
            "reaches": many(node.reaches),
            "words": node.words,
            "state": node.text if plain else state_data(graph.system, node.state),
            "path": many(tuple(map(str, on_path.get(node.number, ()))))
            if plain else on_path.get(node.number, []),
        }  # fmt: skip
        made.add_node(node.number, **values)
    path = graph.path_edges
    for number, edge in enumerate(graph.edges):
        made.add_edge(
            edge.source, edge.target, step=edge.step, choices=many(edge.choices), actor=edge.actor,
            words=edge.words, violates=many(edge.violates), path=number in path,
        )  # fmt: skip
    return made


def graphml(graph: Graph) -> str:
    """The graph as GraphML."""
    import networkx

    return "\n".join(networkx.generate_graphml(networkx_graph(graph, plain=True))) + "\n"


def graph_data(graph: Graph) -> dict[str, Any]:
    """The graph as data for JSON: nodes and edges, as `networkx.node_link_graph` reads them."""
    import networkx

    data: dict[str, Any] = networkx.node_link_data(networkx_graph(graph, plain=False))
    return data


def dot(graph: Graph) -> str:
    """The graph as DOT, for Graphviz. Written here: networkx needs another library for it, which it
    has called out of date for years."""
    lines = [f"digraph {_quoted(graph.system.name)} {{", '  node [shape=circle, label=""];']
    path = graph.path_edges
    for node in graph.nodes:
        values = {"tooltip": f"{node.number}: {node.text}"}
        if node.stops:
            values["shape"] = SHAPES[node.stops]
        if node.violates:
            values |= {"shape": "diamond", "style": "filled", "fillcolor": "#d55e00"}
        if node.number in graph.path:
            values |= {"label": str(graph.path.index(node.number)), "penwidth": "3"}
        elif node.initial:
            values |= {"label": "start"}
        lines.append(f"  {node.number} {_values(values)};")
    for number, edge in enumerate(graph.edges):
        values = {"label": edge.text, "tooltip": f"{edge.actor} {edge.words}"}
        if number in path:
            values["penwidth"] = "3"
        if edge.violates:
            values["style"] = "dashed"
        lines.append(f"  {edge.source} -> {edge.target} {_values(values)};")
    return "\n".join([*lines, "}"]) + "\n"


def _values(values: dict[str, str]) -> str:
    return f"[{', '.join(f'{name}={_quoted(text)}' for name, text in values.items())}]"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
