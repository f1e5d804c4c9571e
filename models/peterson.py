"""Peterson's mutual exclusion for two processes.

What is modelled. A process that wants the critical section raises its flag, gives the turn to the
other one, and waits until the other's flag is down or the turn has come back. Each assignment and
the test of the wait is a step of its own; the test reads both variables at once.

Where each fact comes from. G. L. Peterson, "Myths about the mutual exclusion problem", Information
Processing Letters 12(3), 1981. The steps are those of Peterson.tla in the TLA+ examples
(tlaplus/Examples, specifications/locks_auxiliary_vars), whose labels a0, a1, a2, a3, cs and a4 are
the six lines here.

What is left out. Memory weaker than sequential consistency, the two reads of the wait as separate
steps, more than two processes.

What to expect. As Peterson wrote it, which is the default and what `--fixed` asks for, everything
holds; 42 distinct states, 11 deep counting the first (as manifest.json of the TLA+ examples says,
which also gives 77 states generated: the initial one and 76 transitions). With
`--entry turn_first`, the same two assignments the other way round, both processes get in after
8 steps; with `--entry flag_only` or `turn_only`, one assignment missing: `flag_only` lets both
processes wait for each other for good, a deadlock, and `turn_only` lets both in.
"""

from enum import Enum
from typing import Annotated, Literal

from dnsrace.model import (
    Range,
    State,
    always,
    column,
    end,
    eventually,
    model,
    outcome,
    recoverable,
    require,
    say,
    sometimes,
    step,
    var,
)


@model(fixed={"entry": "flag_first"})
def peterson(
    entry: Annotated[
        Literal["flag_first", "turn_first", "flag_only", "turn_only"],
        "what a process does before it waits, and in which order",
    ] = "flag_first",
) -> None:
    """Peterson's mutual exclusion for two processes: 42 states."""

    class Process(Range, low=0, high=1):
        """The two differ: one of them has the turn at first."""

    class Line(Enum):
        """What a process does next."""

        REST, FLAG, TURN, WAIT, CRITICAL, LEAVE = range(6)

    # What comes after REST, FLAG and TURN.
    first, after_flag, after_turn = {
        "flag_first": (Line.FLAG, Line.TURN, Line.WAIT),
        "turn_first": (Line.TURN, Line.WAIT, Line.FLAG),
        "flag_only": (Line.FLAG, Line.WAIT, Line.WAIT),
        "turn_only": (Line.TURN, Line.WAIT, Line.WAIT),
    }[entry]

    class Memory(State):
        line = var(Line, per=Process, start=Line.REST)
        flag = var(bool, per=Process, start=False)
        turn = var(Process, start=0)

    @step
    def wake(s: Memory, p: Process) -> None:
        """Want the critical section (a0)."""
        require(s.line[p] == Line.REST)
        s.line[p] = first
        say("wants to get in")

    @step
    def raise_flag(s: Memory, p: Process) -> None:
        """Say so (a1)."""
        require(s.line[p] == Line.FLAG)
        s.flag[p] = True
        s.line[p] = after_flag
        say("raises its flag")

    @step
    def give_turn(s: Memory, p: Process) -> None:
        """Let the other one go first (a2)."""
        require(s.line[p] == Line.TURN)
        s.turn = 1 - p
        s.line[p] = after_turn
        say(f"gives the turn to process {1 - p}")

    @step
    def get_in(s: Memory, p: Process) -> None:
        """Enter once the other one does not want to, or it is this one's turn (a3)."""
        require(s.line[p] == Line.WAIT)
        if not s.flag[1 - p]:
            say(f"gets in: the flag of process {1 - p} is down")
        else:
            require(s.turn == p)
            say("gets in: it has the turn")
        s.line[p] = Line.CRITICAL

    @step
    def get_out(s: Memory, p: Process) -> None:
        """Finish the critical section (cs)."""
        require(s.line[p] == Line.CRITICAL)
        s.line[p] = Line.LEAVE
        say("is done with the critical section")

    @step
    def lower_flag(s: Memory, p: Process) -> None:
        """Let the other one in (a4)."""
        require(s.line[p] == Line.LEAVE)
        s.flag[p] = False
        s.line[p] = Line.REST
        say("lowers its flag")

    @always(question=True)
    def mutual_exclusion(s: Memory) -> bool:
        """The two are never both in the critical section."""
        return not all(s.line[p] == Line.CRITICAL for p in Process)

    @sometimes
    def both_want_in(s: Memory) -> bool:
        """The two do compete."""
        return all(s.line[p] == Line.WAIT for p in Process)

    @recoverable
    def all_quiet(s: Memory) -> bool:
        """Both can always come to rest."""
        return all(s.line[p] == Line.REST for p in Process)

    for process in (0, 1):

        @eventually(name=f"process_{process}_gets_in", fairness="weak")
        def gets_in(s: Memory, p: int = process) -> bool:
            """Nobody starves: when no process sleeps for good, this one gets in."""
            return s.line[p] == Line.CRITICAL

    @end
    def never(s: Memory) -> bool:
        """The two go on for ever: a state without a next step is a deadlock."""
        return False

    @column(per=Process)
    def process(s: Memory, p: Process) -> str:
        return s.line[p].name.lower() + (", flag up" if s.flag[p] else "")

    @column(title="turn")
    def whose_turn(s: Memory) -> str:
        return str(s.turn)

    @outcome(mutual_exclusion)
    def collision(s: Memory) -> str:
        return (
            "Both processes are in the critical section: what it protects is now anybody's guess."
        )
