"""What a step is lifted to: reads after writes, aliases, paths, and the text of it all."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from support import lift_text

from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.engines.space import Counters
from dnsrace.engines.steppers import GeneratedStepper
from dnsrace.model import direct
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.show import step_lines, system_text

STEPS = """
@model
def toy():
    class I(Range, low=0, high=2): ...
    class N(Names, count=2): ...
    class H(Maybe, of=N, none="free"): ...
    class S(State):
        a = var(I, per=I, start=0)
        b = var(I, start=0)
        lock = var(H, start=H.none)
        mine = var(bool, per=N, start=False)

    @step
    def reads_what_it_wrote(s):
        s.b = 1
        s.a[0] = s.b
        s.b = 2

    @step
    def swaps(s, i: I, j: I):
        s.a[i], s.a[j] = s.a[j], s.a[i]

    @step
    def swaps_with_a_helper(s, i: I, j: I):
        kept = s.a[i]
        s.a[i] = s.a[j]
        s.a[j] = kept

    @step
    def reads_through_an_alias(s, i: I, j: I):
        s.a[i] = 2
        s.b = s.a[j]

    @step
    def writes_over_an_alias(s, i: I, j: I):
        s.a[i] = 1
        s.a[j] = 2
        s.a[i] = 0

    @step
    def reads_beyond_two_writes(s, i: I, j: I, k: I):
        s.a[i] = 1
        s.a[j] = 2
        s.b = s.a[k]

    @step
    def indexes_by_what_it_wrote(s, i: I):
        s.b = i
        s.a[s.b] = 2
        s.a[s.a[s.b]] = s.a[i]

    @step
    def writes_below_what_it_reads(s, i: I, j: I):
        require(i < j)
        s.a[i] = 1
        s.b = s.a[j]

    @step
    def writes_what_it_reads(s, i: I, j: I):
        require(i == j)
        s.a[i] = 1
        s.b = s.a[j]

    @step
    def rotates(s):
        first = s.a[0]
        for i in range(2):
            s.a[i] = s.a[i + 1]
        s.a[2] = first

    @step
    def writes_a_test(s, n: N):
        s.mine[n] = s.lock == n

    @step
    def quantifies_over_what_it_wrote(s, i: I):
        s.a[i] = 2
        require(all(s.a[j] > 0 for j in I))
        s.b = sum(s.a[j] for j in I) - 4

    @step
    def requires_after_writing(s, i: I):
        s.a[i] = 1
        require(s.a[0] == s.a[1])
        s.b = 0

    @step
    def stops_in_the_middle(s, i: I):
        s.b = 0
        if s.a[i] == 0:
            return
        s.a[i] = 0
        if s.a[0] == 1:
            return
        s.b = 1

    @step
    def follows_a_name(s):
        require(s.lock != H.none)
        s.mine[s.lock] = not s.mine[s.lock]
        s.lock = H.none

    @step
    def hands_over(s, n: N, m: N):
        require(s.lock == n)
        s.lock = m
        s.mine[m] = s.mine[n]

    @step
    def guards_by_a_test_of_the_phase(s, n: N):
        if s.b == 0:
            s.b = 1
        elif s.b == 1:
            s.b = 2
        else:
            s.mine[n] = True

    @step
    def counts(s):
        s.b = min(s.b + sum(1 for i in I if s.a[i] == s.b), 2)

    @step
    def never(s, n: N):
        require(s.b > 0)
        require(s.b < 1)
        s.mine[n] = True
"""


def test_steps_are_lifted_as_they_should(
    tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    system = lift_text(tmp_path, STEPS)
    golden("lifted_steps", "\n\n".join("\n".join(step_lines(step)) for step in system.steps))


def test_steps_mean_in_every_state_what_the_author_wrote(tmp_path: Path) -> None:
    system = lift_text(tmp_path, STEPS)
    interpreter = Interpreter(system)
    stepper = GeneratedStepper(system, (), False)
    ways = {step.name: 0 for step in system.steps}
    states = list(itertools.product(*(v.domain.raws for v, _ in system.slots)))
    for state in states[::7]:
        successors = []
        for step in system.steps:
            for choices in step.every_choice():
                expected = direct.take(system, state, step, choices)
                taken = interpreter.take(state, step, choices)
                assert (taken and taken.state) == expected, (step.name, state, choices)
                if expected is not None:
                    ways[step.name] += 1
                    successors.append(expected)
        after, _ = stepper.expand(stepper.node(state), Counters(taken=[0] * len(system.paths)))
        assert sorted(map(stepper.state, after)) == sorted(successors)
    assert [name for name, times in ways.items() if times == 0] == ["never"]


SAID = """
@model
def toy(reason: Literal["none", "haste"] = "none"):
    class I(Range, low=0, high=2): ...
    class H(Maybe, of=I, none="nowhere"): ...
    class Phase(enum.Enum):
        IDLE, BUSY = range(2)
    class S(State):
        at = var(H, start=H.none)
        phase = var(Phase, start=Phase.IDLE)
    @step
    def start(s, i: I):
        say(f"leaves {s.at}")
        s.at = i
        s.phase = Phase.BUSY
        say(f"goes to {s.at}, {i + 1} steps, {s.phase} for {reason}")
    @step
    def rest(s):
        require(s.phase == Phase.BUSY)
        s.phase = Phase.IDLE
        if s.at == 0:
            say(f"rests at home, {ago(start, 0)} steps after it went there")
        else:
            say("rests")
"""


def test_sentences_hold_the_values_of_their_moment(
    tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    system = lift_text(tmp_path, SAID)
    golden("lifted_sentences", "\n".join(line for s in system.steps for line in step_lines(s)))
    assert [path.label for path in system.paths] == [
        "leaves ..; goes to .., .. steps, .. for none",
        "rests at home, .. steps after it went there",
        "rests",
    ]


ALIKE = """
@model
def toy():
    class I(Range, low=0, high=1): ...
    class S(State):
        up = var(bool, per=I, start=False)
        x = var(I, start=0)
    @step
    def f(s):
        for i in I:
            if s.up[i]:
                s.x = i
        s.up[0] = True
    @step
    def g(s):
        require(s.x == 1)
        s.x = 0
        say("goes back")
        if s.up[0] or s.up[1]:
            say("and stays")
            s.up[1] = False
        else:
            s.up[1] = False
"""


def test_paths_on_one_line_are_told_apart_by_their_tests(tmp_path: Path) -> None:
    system = lift_text(tmp_path, ALIKE)
    assert system.path_names == (
        "f (line 18) when up[0] and up[1]",
        "f (line 18) when up[0] and not up[1]",
        "f (line 18) when not up[0] and up[1]",
        "f (line 18) when not up[0] and not up[1]",
        "g: goes back; and stays (line 26)",
        "g: goes back (line 28)",
    )
    result = explore(system, Request(engine="python"))
    assert result.statistics.never == [system.path_names[i] for i in (0, 2, 4, 5)]


@pytest.mark.parametrize("name", ["slot", "read", "write", "raw", "raws", "steps", "state"])
def test_a_variable_may_have_any_name(name: str, tmp_path: Path) -> None:
    """Also one that the state's own machinery uses."""
    system = lift_text(
        tmp_path,
        f"""
        @model
        def toy():
            class I(Range, low=0, high=2): ...
            class S(State):
                {name} = var(I, start=0)
                other_{name} = var(bool, per=I, start=False)
            @step
            def f(s, i: I):
                require(s.{name} == 0)
                s.{name} = i
                s.other_{name}[i] = True
        """,
    )
    step = system.steps[0]
    assert direct.take(system, (0, 0, 0, 0), step, (2,)) == (2, 0, 0, 1)
    taken = Interpreter(system).take((0, 0, 0, 0), step, (2,))
    assert taken is not None
    assert taken.state == (2, 0, 0, 1)


def test_the_whole_text_of_a_model_with_everything(
    tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    text = """
        @model(fixed={"careful": True})
        def toy(
            workers: Annotated[int, at_least(1), "how many"] = 2,
            careful: bool = False,
        ):
            "A model with one of each."
            class Worker(Names, count=workers): ...
            class Size(Range, low=-1, high=workers): ...
            class Holder(Maybe, of=Worker, none="nobody"): ...
            class Last(Maybe, of=Size): ...
            class Phase(enum.Enum):
                IDLE, BUSY = range(2)
            class S(State):
                size = var(Size, start=one_of(0, 1))
                last = var(Last, start=Last.none)
                boss = var(Worker, start=Worker)
                holder = var(Holder, start=Holder.none)
                phase = var(Phase, per=Worker, start=Phase.IDLE)
                seen = var(bool, per=(Worker, Phase), start=lambda w, p: p == Phase.IDLE)
            @step
            def begin(s, w: Worker):
                "Begin to work."
                require(s.phase[w] == Phase.IDLE)
                if careful:
                    require(s.holder == Holder.none)
                s.holder = w
                s.phase[w] = Phase.BUSY
                s.seen[w, s.phase[w]] = True
                s.size += 1
                say(f"begins; {s.size} at work")
            @step(actor="clock")
            def tick(s):
                require(s.size > 0 and any(s.phase[w] == Phase.BUSY for w in Worker))
                s.last = s.size
                s.size = -1
            @always(question=True)
            def alone(s):
                return sum(s.phase[w] == Phase.BUSY for w in Worker) <= 1
            @always(informative=True)
            def seen_before(s):
                return all(s.seen[w, s.phase[w]] for w in Worker)
            @always(name="inside")
            def reads_at_size(s):
                return s.size < 0 or not s.seen[s.boss, Phase.BUSY]
            @every_step
            def grows(before, after):
                return after.size == before.size + 1 or after.size == -1
            @sometimes
            def full(s):
                return s.size == workers
            @recoverable
            def quiet(s):
                return s.holder == Holder.none
            @eventually(stays=True, fairness="strong", fair_steps=[begin])
            def ends(s):
                return s.size == -1
            @end
            def over(s):
                return s.last != Last.none
    """
    golden("lifted_model", system_text(lift_text(tmp_path, text)))
