"""Peterson's mutual exclusion for two processes.

What is modelled. A process that wants the critical section raises its flag, gives the turn to the
other one, and waits until the other's flag is down or the turn is its own. Each assignment and the
test of the wait is a step of its own; the test reads both variables at once.

Where each fact comes from. G. L. Peterson, "Myths about the mutual exclusion problem", Information
Processing Letters 12(3), 1981. The steps are those of Peterson.tla in the TLA+ examples
(tlaplus/Examples, specifications/locks_auxiliary_vars): its labels a0, a1, a2, a3, cs and a4 are
the six lines here.

What is left out. Memory weaker than sequential consistency, the two reads of the wait as separate
steps, more than two processes. `eventually` speaks of the first entry of each process, not of each
entry.

What to expect. In Peterson's order, which is the default and what `--fixed` asks for, everything
holds: 42 distinct states and 76 transitions, 10 steps deep (manifest.json of the TLA+ examples
says 42 distinct, 77 generated with the initial one, and depth 11 with the first counted). With
`--entry turn_first`, the same two assignments the other way round, both get in after 8 steps; with
`--entry flag_only`, without the second assignment, after 6, and process 1 may starve: it can get in
at times, but never for long enough that weak fairness asks for it. These two have 72 and 25 states,
as measured here.
"""

from enum import Enum
from typing import Annotated, Any, Literal

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
        Literal["flag_first", "turn_first", "flag_only"],
        "what a process does before it waits: Peterson's order, the other one, or only half of it",
    ] = "flag_first",
) -> None:
    """Peterson's mutual exclusion for two processes: 42 states."""

    class Process(Range, low=0, high=1):
        """Not interchangeable: one of the two has the turn at first."""

    class Line(Enum):
        """What a process does next."""

        REST, FLAG, TURN, WAIT, CRITICAL, LEAVE = range(6)

    # the lines after REST, FLAG and TURN
    after_rest, after_flag, after_turn = {
        "flag_first": (Line.FLAG, Line.TURN, Line.WAIT),
        "turn_first": (Line.TURN, Line.WAIT, Line.FLAG),
        "flag_only": (Line.FLAG, Line.WAIT, Line.WAIT),
    }[entry]

    class Memory(State):
        line = var(Line, per=Process, start=Line.REST)
        flag = var(bool, per=Process, start=False)
        turn = var(Process, start=0)

    def other(p: Any) -> Any:
        return 1 - p

    # -- what a process does

    @step
    def wake(s: Memory, p: Process) -> None:
        """Want to get in (a0)."""
        require(s.line[p] == Line.REST)
        s.line[p] = after_rest
        say("wants to get in")

    @step
    def raise_flag(s: Memory, p: Process) -> None:
        """Tell the other one (a1)."""
        require(s.line[p] == Line.FLAG)
        s.flag[p] = True
        s.line[p] = after_flag
        say("raises its flag")

    if entry != "flag_only":

        @step
        def give_turn(s: Memory, p: Process) -> None:
            """Let the other one go first (a2)."""
            require(s.line[p] == Line.TURN)
            s.turn = other(p)
            s.line[p] = after_turn
            say(f"gives the turn to process {other(p)}")

    @step
    def get_in(s: Memory, p: Process) -> None:
        """Enter when the other one does not want to, or the turn is this one's (a3)."""
        require(s.line[p] == Line.WAIT)
        if not s.flag[other(p)]:
            say(f"gets in: the flag of process {other(p)} is down")
        else:
            require(s.turn == p)
            say(f"gets in: process {other(p)} wants to as well, but the turn is its own")
        s.line[p] = Line.CRITICAL

    @step
    def get_out(s: Memory, p: Process) -> None:
        """Finish the critical section (cs)."""
        require(s.line[p] == Line.CRITICAL)
        s.line[p] = Line.LEAVE
        say("leaves the critical section")

    @step
    def lower_flag(s: Memory, p: Process) -> None:
        """Tell the other one (a4)."""
        require(s.line[p] == Line.LEAVE)
        s.flag[p] = False
        s.line[p] = Line.REST
        say("lowers its flag")

    # -- what is asked

    @always(question=True)
    def mutual_exclusion(s: Memory) -> bool:
        """The two are never both in the critical section."""
        return not all(s.line[p] == Line.CRITICAL for p in Process)

    @sometimes
    def compete(s: Memory) -> bool:
        """The two do want to get in at the same time."""
        return all(s.line[p] == Line.WAIT for p in Process)

    @recoverable
    def quiet(s: Memory) -> bool:
        """Both can come to rest again, whatever has happened."""
        return all(s.line[p] == Line.REST for p in Process)

    for process in Process:

        @eventually(name=f"process_{process}_gets_in", fairness="weak")
        def gets_in(s: Memory, p: Process = process) -> bool:
            """This process is not starved: it gets in when neither sleeps for good."""
            return bool(s.line[p] == Line.CRITICAL)

    @end
    def never(s: Memory) -> bool:
        """They go on for ever: a state without a next step is a deadlock."""
        return False

    # -- for people

    @column(per=Process, title="line")
    def where(s: Memory, p: Process) -> str:
        return f"{s.line[p].name.lower()}{', flag up' if s.flag[p] else ''}"

    @column(title="turn")
    def whose_turn(s: Memory) -> str:
        return f"{s.turn}"

    @outcome(mutual_exclusion)
    def collision(s: Memory) -> str:
        return "Both processes are in the critical section and change the same data at once."
