"""Dijkstra's termination detection on a ring: does everybody rest for good?

What is modelled. The nodes of a ring work or rest. A working node may wake up another one with a
message, and may stop at any moment. Node 0 wants to know when all rest: it sends a white token
around, from the last node down to the first. A node that wakes up a higher one, which the token
may have passed already, turns black; a black node makes the token black as it passes it on, and
turns white. Node 0, resting and white, knows that all rest when the token comes back white;
otherwise it tries again.

Where each fact comes from. E. W. Dijkstra, W. H. J. Feijen and A. J. M. van Gasteren, "Derivation
of a termination detection algorithm for distributed computations", Information Processing Letters
16(5), 1983, known as EWD 840. Steps and start are those of Stephan Merz's EWD840.tla in the TLA+
examples (tlaplus/Examples, specifications/ewd840): at first the token is black and anywhere, and
each node works or rests and is white or black as it likes. `invariant` is Dijkstra's own.

What is left out. Messages on their way: the receiver works from the moment of sending. Merz's
liveness property, "once all rest, that is detected": `eventually` speaks of a whole execution, so
`detected` asks for it with `--no-messages` only.

What to expect. With `stained`, which is the default and what `--fixed` asks for, everything holds.
Distinct states: 302 for three nodes, of which 192 are initial, and 1,566 for four, of which 1,024
are (manifest.json of the TLA+ examples, for EWD840.cfg and EWD840_json.cfg). Transitions:
1,625 and 13,938, where each distinct state counts each enabled step once, with each choice. TLC
counts the initial states too, and a step once for each alternative of its guard that is true: with
the 192 and 1,024 initial states, and 184 and 1,024 second and third alternatives of InitiateProbe
and PassToken, these are the manifest's 2,001 and 15,986 states generated. With `--no-stained`
node 0 believes too early, after 5 steps.
"""

from enum import Enum
from typing import Annotated, Any

from dnsrace.model import (
    Range,
    State,
    always,
    at_least,
    column,
    end,
    eventually,
    every_step,
    model,
    outcome,
    recoverable,
    require,
    say,
    sometimes,
    step,
    var,
)


@model(fixed={"stained": True})
def ewd840(
    nodes: Annotated[int, at_least(1), "nodes on the ring"] = 3,
    stained: Annotated[bool, "a node that wakes up a higher one turns black"] = True,
    messages: Annotated[bool, "a working node may wake up others"] = True,
) -> None:
    """Termination detection on a ring, EWD 840: 302 states for three nodes."""

    class Node(Range, low=0, high=nodes - 1):
        """A place on the ring; node 0 wants to know."""

    class Color(Enum):
        """Black: this round proves nothing."""

        WHITE, BLACK = range(2)

    class Ring(State):
        works = var(bool, per=Node, start=bool)
        color = var(Color, per=Node, start=Color)
        token = var(Node, start=Node)
        token_color = var(Color, start=Color.BLACK)

    def all_rest(s: Ring) -> bool:
        return not any(s.works[n] for n in Node)

    def known(s: Ring) -> bool:
        returned = bool(s.token == 0 and s.token_color == Color.WHITE)
        return returned and bool(s.color[0] == Color.WHITE) and not s.works[0]

    # -- the token goes around

    @step(actor="node 0")
    def start_round(s: Ring) -> None:
        """Send a white token, when the last round proved nothing (InitiateProbe)."""
        require(s.token == 0)
        require(s.token_color == Color.BLACK or s.color[0] == Color.BLACK)
        s.token = nodes - 1
        s.token_color = Color.WHITE
        s.color[0] = Color.WHITE
        say("sends a white token around")

    @step
    def pass_token(s: Ring, n: Node) -> None:
        """Pass the token on, at rest or when the round is lost anyway (PassToken)."""
        require(s.token == n)
        require(s.token > 0)
        require(not s.works[n] or s.color[n] == Color.BLACK or s.token_color == Color.BLACK)
        if s.color[n] == Color.BLACK:
            s.token_color = Color.BLACK
            say(f"is black, passes a black token on to node {s.token - 1}")
        else:
            say(f"passes the {s.token_color} token on to node {s.token - 1}")
        s.token -= 1
        s.color[n] = Color.WHITE

    # -- the work that the token is to watch

    if messages:

        def higher(n: Any, other: Any) -> bool:
            return bool(other > n)

        @step
        def wake_up(s: Ring, n: Node, other: Node) -> None:
            """Send a message to another node (SendMsg)."""
            require(s.works[n])
            require(n != other)
            s.works[other] = True
            if stained and higher(n, other):
                s.color[n] = Color.BLACK
                say(f"wakes up node {other}, which is higher, and turns black")
            else:
                say(f"wakes up node {other}")

    @step
    def stop(s: Ring, n: Node) -> None:
        """Come to rest (Deactivate)."""
        require(s.works[n])
        s.works[n] = False
        say("has nothing left to do")

    # -- what is asked

    @always(question=True)
    def sound(s: Ring) -> bool:
        """When node 0 believes that all rest, they do."""
        return not known(s) or all_rest(s)

    @always
    def invariant(s: Ring) -> bool:
        """Whoever works is not above the token, or the round is known to prove nothing."""
        return (
            all(not s.works[n] or n <= s.token for n in Node)
            or any(s.color[n] == Color.BLACK and n <= s.token for n in Node)
            or bool(s.token_color == Color.BLACK)
        )

    @every_step
    def rest_is_final(before: Ring, after: Ring) -> bool:
        """Once all rest, nobody starts to work again."""
        return not all_rest(before) or all_rest(after)

    @sometimes
    def detection(s: Ring) -> bool:
        """Node 0 does get to know."""
        return known(s)

    @recoverable
    def can_detect(s: Ring) -> bool:
        """All can always come to rest, and node 0 can get to know."""
        return known(s)

    if not messages:

        @eventually(stays=True, fairness="weak")
        def detected(s: Ring) -> bool:
            """When nobody wakes up others, node 0 gets to know for good that all rest."""
            return known(s)

    @end
    def over(s: Ring) -> bool:
        """All rest, and node 0 knows."""
        return known(s) and all_rest(s)

    # -- for people

    @column(per=Node, title="state")
    def state(s: Ring, n: Node) -> str:
        token = f", {s.token_color.name.lower()} token" if s.token == n else ""
        return f"{'works' if s.works[n] else 'rests'}, {s.color[n].name.lower()}{token}"

    @outcome(sound)
    def too_early(s: Ring) -> str:
        working = ", ".join(f"node {n}" for n in Node if s.works[n])
        return f"Node 0 announces that all work is done, but {working} still works."
