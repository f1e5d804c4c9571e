"""`dnsrace graph`: its files, for people and for programs."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import networkx
import pytest
from cli.running import dnsrace
from support import write_model

SVG = "{http://www.w3.org/2000/svg}"
SMALL = ("--enactors", "2", "--plans", "3")
OUTAGE = (
    "dynamodb_dns(enactors=2): publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) "
    "flip(1) release(1) acquire(0) build(0) flip(0) clean(1) clean(1)"
)


def drawn(*args: str) -> ET.Element:
    """A picture, which must be well-formed."""
    done = dnsrace("graph", *args, "--format", "svg")
    assert done.code == 0, done.err
    return ET.fromstring(done.out)


def titles(element: ET.Element) -> list[str]:
    return [t.text or "" for t in element.iter(f"{SVG}title")]


def test_the_picture_has_every_state_and_step() -> None:
    picture = drawn(*SMALL)
    tips = titles(picture)
    assert len([t for t in tips if t.startswith("state ")]) == 141
    curves = [p for p in picture.iter(f"{SVG}path") if p.find(f"{SVG}title") is not None]
    steps = [line for p in curves for line in titles(p)[0].splitlines() if "violates" not in line]
    assert len(steps) == 219
    assert tips[0] == "States of dynamodb_dns: 141 states, 219 steps"


def test_the_way_to_the_violation_is_numbered_and_thick() -> None:
    picture = drawn(*SMALL)
    marked = [g for g in picture.iter(f"{SVG}g") if " on" in g.get("class", "")]
    assert [g.findtext(f"{SVG}text") for g in marked] == [str(n) for n in range(9)]
    [last] = [g for g in marked if g.findtext(f"{SVG}text") == "8"]
    assert "bad0" in last.get("class", "")
    assert last.find(f"{SVG}polygon") is not None
    assert "violates rollback_ready" in titles(last)[0]
    [path] = [g for g in picture.iter(f"{SVG}g") if g.get("class") == "path" and len(g) > 1]
    assert len(path) == 8


def test_the_legend_says_what_is_there() -> None:
    texts = [t.text for t in drawn(*SMALL).iter(f"{SVG}text")]
    assert "dynamodb_dns (enactors=2, plans=3)" in texts
    assert "rollback_ready is violated: 7 states" in texts
    assert "the way to rollback_ready" in texts
    assert "enactor 0 deletes tree 1 (old for plan 3)" in texts
    assert "nothing can happen, and it is no end" not in texts


def test_nothing_lies_outside_of_the_picture() -> None:
    picture = drawn("--around", OUTAGE, "--radius", "3")
    _, _, width, height = map(float, picture.get("viewBox", "").split())
    circles = [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in picture.iter(f"{SVG}circle")]
    assert len(circles) > 50
    assert all(10 < x < width - 10 and 10 < y < height - 10 for x, y in circles)
    assert "prefers-color-scheme:dark" in (picture.findtext(f"{SVG}style") or "")


def test_names_that_xml_and_dot_must_not_misread(tmp_path: Path) -> None:
    path = write_model(
        tmp_path,
        """
        @model
        def odd(up: bool = False):
            class S(State):
                on = var(bool, start=False)
            @step
            def switch(s):
                require(not s.on)
                s.on = True
                say('<goes> "on" & \\\\ stays')
            @always
            def dark(s):
                return not s.on
        """,
        "odd",
    )
    picture = drawn(str(path))
    assert any('<goes> "on" & \\ stays' in t for t in titles(picture))
    assert "nothing can happen, and it is no end" in [t.text for t in picture.iter(f"{SVG}text")]
    dot = dnsrace("graph", str(path), "--format", "dot").out
    assert r'tooltip="system <goes> \"on\" & \\ stays"' in dot
    graphml = dnsrace("graph", str(path), "--format", "graphml").out
    [edge] = networkx.parse_graphml(graphml).edges(data=True)
    assert edge[2]["words"] == '<goes> "on" & \\ stays'


# -- for programs


def test_json_is_what_networkx_reads() -> None:
    done = dnsrace("graph", *SMALL, "--format", "json")
    graph = networkx.node_link_graph(json.loads(done.out))
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (141, 219)
    assert graph.is_directed()
    assert graph.is_multigraph()
    assert graph.graph["parameters"]["plans"] == 3
    assert graph.graph["violated"] == "rollback_ready"
    [start] = [n for n, data in graph.nodes(data=True) if data["initial"]]
    assert graph.nodes[start]["state"]["newest"] == 1
    bad = [n for n, data in graph.nodes(data=True) if "rollback_ready" in data["violates"]]
    assert len(bad) == 7
    assert min(networkx.shortest_path_length(graph, start, n) for n in bad) == 8
    assert sorted(s for _, data in graph.nodes(data=True) for s in data["path"]) == list(range(9))
    assert sum(data["path"] for *_, data in graph.edges(data=True)) == 8


def test_graphml_is_what_networkx_reads(tmp_path: Path) -> None:
    path = tmp_path / "graph.graphml"
    done = dnsrace("graph", "peterson", "--entry", "flag_only", "-o", str(path))
    assert done.out == (
        f"wrote {path}: 25 states, 47 steps; mutual_exclusion is violated in 1 state; the way to "
        "mutual_exclusion has 6 steps\n"
    )
    graph = networkx.read_graphml(path, node_type=int, force_multigraph=True)
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (25, 47)
    depths = networkx.single_source_shortest_path_length(graph, 0)
    assert depths == {n: data["depth"] for n, data in graph.nodes(data=True)}


def test_dot_has_every_node_and_edge() -> None:
    dot = dnsrace("graph", *SMALL, "--format", "dot").out
    assert dot.startswith('digraph "dynamodb_dns" {')
    assert len(re.findall(r"^  \d+ \[", dot, re.M)) == 141
    assert len(re.findall(r"^  \d+ -> \d+ \[", dot, re.M)) == 219
    assert len(re.findall(r'fillcolor="#d55e00"', dot)) == 7
    assert len(re.findall(r'-> \d+ \[.*penwidth="3"', dot)) == 8


def test_the_ending_says_the_format(tmp_path: Path) -> None:
    for ending, begin in {"svg": "<svg", "dot": "digraph", "json": "{", "GraphML": "<"}.items():
        path = tmp_path / f"graph.{ending}"
        assert dnsrace("graph", "peterson", "-o", str(path)).code == 0
        assert path.read_text(encoding="utf-8").lower().startswith(begin)
    assert dnsrace("graph", "peterson", "-o", str(tmp_path / "g.txt"), "--format", "dot").code == 0


def test_a_trace_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "trace.txt"
    path.write_text(OUTAGE)
    one = dnsrace("graph", "--around", str(path), "--format", "json")
    two = dnsrace("graph", "--around", "-", "--format", "json", input=OUTAGE)
    assert one.out == two.out != ""
    assert json.loads(one.out)["graph"]["whole"] is False


# -- mistakes


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--enactors", "2", "-o", "graph.svg"], "the graph has 774 states, more than 500"),
        (["--max-nodes", "100", *SMALL, "--format", "dot"], "the graph has 141 states"),
        (["peterson"], "standard output needs a --format"),
        (["peterson", "-o", "graph.png"], "'graph.png' does not say in which format"),
        (["peterson", "--format", "png"], "'png' is not one"),
        (["--around", OUTAGE, "--enactors", "2", "-o", "graph.svg"], "--around names the model"),
        (["--around", OUTAGE.replace("flip(0)", "flip(1)"), "-o", "graph.svg"], "is not enabled"),
        (["--around", "nothing", "-o", "graph.svg"], "is neither a file nor a trace"),
        (["--property", "nothing", "-o", "graph.svg"], "has no property nothing"),
        (["peterson", "-o", "nowhere/graph.svg"], "'nowhere/graph.svg' cannot be written"),
    ],
)
def test_mistakes_are_answered(
    args: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = dnsrace("graph", *args)
    assert done.code == 2
    assert says in done.err
    assert "cure: " in done.err
    assert done.out == ""
    assert list(tmp_path.iterdir()) == []
