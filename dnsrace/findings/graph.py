"""The graph of a model's states, or a part of it: what the reports draw and write."""

from __future__ import annotations

from dataclasses import dataclass

from dnsrace.model.system import State, System


@dataclass(frozen=True)
class Node:
    """A state. With symmetry reduction it stands for all that differ from it in who is who.

    Parameters
    ----------
    depth: steps from the start.
    stops: `end` or `deadlock` where nothing can happen, otherwise empty.
    violates: the invariants that are false here; `reaches`: what should sometimes be true, and is.
    continues: whether some of what can happen here is left out of the graph.
    """

    number: int
    state: State
    depth: int
    initial: bool
    stops: str
    violates: tuple[str, ...]
    reaches: tuple[str, ...]
    words: str
    """What the model's columns show of it, or else the whole state."""
    text: str
    """The whole state on one line."""
    continues: bool = False


@dataclass(frozen=True)
class Edge:
    """A step from one state to another; `violates` are properties of steps that it breaks."""

    source: int
    target: int
    step: str
    choices: tuple[str, ...]
    actor: str
    words: str
    violates: tuple[str, ...]

    @property
    def text(self) -> str:
        """`flip(0)`."""
        return f"{self.step}({', '.join(self.choices)})" if self.choices else self.step


@dataclass(frozen=True)
class Graph:
    """States and steps.

    Parameters
    ----------
    symmetric: whether a node stands for several states.
    path: the nodes of a trace, in order; `path_steps` are its steps as text, and `goal` the
        property that it violates, if it does.
    """

    system: System
    symmetric: bool
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    path: tuple[int, ...] = ()
    path_steps: tuple[tuple[str, str], ...] = ()
    """Of each step of the path, its text and who does what, in words."""
    goal: str = ""
    whole: bool = True

    @property
    def path_edges(self) -> set[int]:
        """The positions of the edges that the path takes: one for each of its steps. With symmetry
        reduction somebody else may take it than in the trace."""
        at: dict[tuple[int, int, str], int] = {}
        for number, edge in enumerate(self.edges):
            at.setdefault((edge.source, edge.target, edge.step), number)
        pairs = zip(self.path, self.path[1:], strict=False)
        names = (text.partition("(")[0] for text, _ in self.path_steps)
        return {at[a, b, name] for (a, b), name in zip(pairs, names, strict=True)}

    @property
    def properties(self) -> list[str]:
        """The invariants that are violated in some state, the path's own first."""
        broken = {name for node in self.nodes for name in node.violates}
        names = [p.name for p in self.system.properties if p.name in broken]
        return sorted(names, key=lambda name: name != self.goal)
