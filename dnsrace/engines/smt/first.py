"""Of all behaviours of the same length to a goal, the one that everybody shows.

The rule is that of `shortest`: fewest switches between actors, then the first initial state, then
the order of declaration of steps and choices. The solver is asked for fewer switches until there
are none; then, step after step, whether a move that comes earlier would do as well.
"""

from __future__ import annotations

import itertools
import time

from dnsrace.engines.smt.solving import Answer
from dnsrace.engines.smt.unrolling import Unrolling
from dnsrace.engines.smt.values import Bool, and_, not_, or_
from dnsrace.engines.space import hits
from dnsrace.errors import InternalError
from dnsrace.findings.replay import confirm
from dnsrace.findings.trace import Trace
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property


def behaviour(unrolling: Unrolling, answer: Answer) -> Trace:
    """The behaviour that the solver has found, replayed by the interpreter.

    Raises InternalError when the interpreter does not agree.
    """
    trace = confirm(unrolling.path(answer)[1])
    if any(unrolling.differs(answer, depth, state) for depth, state in enumerate(trace.states)):
        raise InternalError(f"{trace.text}: Z3 has other states on the way")
    return trace


def hit_by(trace: Trace, prop: Property | None) -> bool:
    """Whether a behaviour ends in what is looked for, by the interpreter; None is a deadlock."""
    interpreter = Interpreter(trace.system)
    if prop is None or prop.kind in ("always", "sometimes"):
        return hits(interpreter, prop, trace.last)
    if prop.kind == "every_step":
        return not interpreter.holds(prop, *trace.states[-2:])
    lost = not interpreter.holds(prop, trace.last)
    return lost and next(interpreter.successors(trace.last), None) is None


class First:
    """The search for the first behaviour with a goal.

    Parameters
    ----------
    goal: what holds of the behaviours meant.
    end: when to give up, by time.perf_counter().
    """

    def __init__(self, unrolling: Unrolling, goal: Bool, end: float) -> None:
        self.unrolling = unrolling
        self.goal = goal
        self.end = end
        self.sure = True
        """False once the solver was not given the time."""

    def of(self, answer: Answer) -> tuple[Trace, bool]:
        """The first behaviour, from one that the solver has found; and whether it certainly is."""
        solver = self.unrolling.solver
        with solver.scope():
            solver.add(self.goal)
            answer, limit = self._fewest_switches(answer)
            with solver.scope():
                solver.add(limit)
                answer = self._first_start(answer)
                answer = self._first_steps(answer)
        return behaviour(self.unrolling, answer), self.sure

    def _ask(self, *assumed: Bool) -> Answer | None:
        """A better behaviour, if there is one."""
        left = self.end - time.perf_counter()
        if left <= 0 or not self.sure:
            self.sure = False
            return None
        answer = self.unrolling.check(*assumed, seconds=left)
        self.sure = answer.said != "unknown"
        return answer if answer.said == "sat" else None

    def _fewest_switches(self, answer: Answer) -> tuple[Answer, Bool]:
        """A behaviour with fewest switches, and the formula that there are no more."""
        least = self.unrolling.path(answer)[1].switches
        at_least = self._switches(least)
        while least > 0:
            better = self._ask(not_(at_least[least]))
            if better is None:
                break
            answer, least = better, self.unrolling.path(better)[1].switches
        return answer, not_(at_least[least + 1]) if least + 1 < len(at_least) else True

    def _switches(self, most: int) -> list[Bool]:
        """That there are at least 0, 1, .. most + 1 switches."""
        unrolling = self.unrolling
        actors = list(dict.fromkeys(unrolling.relation.actors))
        counted: list[Bool] = [True] + [False] * (most + 1)
        for depth in range(1, unrolling.depth):
            same = or_(
                and_((unrolling.acts(a, depth), unrolling.acts(a, depth + 1))) for a in actors
            )
            switch = unrolling.solver.named(f"switch@{depth}", not_(same))
            counted = [True] + [
                unrolling.solver.named(
                    f"switches {n}@{depth}", or_((counted[n], and_((counted[n - 1], switch))))
                )
                for n in range(1, most + 2)
            ]
        return counted

    def _first_start(self, answer: Answer) -> Answer:
        unrolling = self.unrolling
        if unrolling.system.starts is not None:
            for state in unrolling.system.starts():
                same = and_(unrolling.begins(slot, raw) for slot, raw in enumerate(state))
                better = answer if state == unrolling.initial(answer) else self._ask(same)
                if better is not None:
                    unrolling.solver.add(same)
                    return better
        for slot in range(len(unrolling.system.slots)):
            raws = list(dict.fromkeys(unrolling.alternatives(slot)))
            if len(raws) == 1:
                continue
            mine = unrolling.initial(answer)[slot]
            for raw in itertools.takewhile(lambda raw: raw != mine, raws):  # noqa: B023
                better = self._ask(unrolling.begins(slot, raw))
                if better is not None:
                    answer = better
                    break
            unrolling.solver.add(unrolling.begins(slot, unrolling.initial(answer)[slot]))
        return answer

    def _first_steps(self, answer: Answer) -> Answer:
        """The first move that leads to the goal, step after step."""
        unrolling, moves = self.unrolling, self.unrolling.relation.moves
        for depth in range(1, unrolling.depth + 1):
            numbers, trace = unrolling.path(answer)
            taken, state = numbers[depth - 1], trace.states[depth - 1]
            earlier = [
                n
                for n in range(taken)
                if unrolling.interpreter.take(state, moves[n].step, moves[n].choices) is not None
            ]
            while earlier:
                better = self._ask(or_(unrolling.takes(n, depth) for n in earlier))
                if better is None:
                    break
                answer = better
                taken = unrolling.path(answer)[0][depth - 1]
                earlier = [n for n in earlier if n < taken]
            unrolling.solver.add(unrolling.takes(taken, depth))
        return answer
