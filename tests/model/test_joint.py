"""Lifted forms joined into one: it does what each of them does, from where that one starts."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import load_text

from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.errors import InternalError
from dnsrace.findings.replay import transferred
from dnsrace.findings.trace import Trace
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.joint import Joint, join
from dnsrace.model.language import Model
from dnsrace.model.show import system_text
from dnsrace.model.system import System


def joined(model: Model, *names: str, **given: Any) -> list[Joint]:
    """All combinations of some parameters, joined."""
    known = {p.name: p for p in model.parameters}
    values = {n: known[n].values or (False, True) for n in names}
    texts = {n: [known[n].text(v) for v in values[n]] for n in names}
    members = []
    for positions in itertools.product(*(range(len(values[n])) for n in names)):
        chosen = {n: values[n][at] for n, at in zip(names, positions, strict=True)}
        members.append((positions, model.lift(**given, **chosen)))
    return join(texts, members)


def behaviour(system: System, slots: int) -> tuple[set[Any], set[Any]]:
    """Initial states, and every transition with its step's name, over the first slots."""
    interpreter = Interpreter(system)
    initial = set(interpreter.initial())
    seen, todo, edges = set(initial), list(initial), set()
    while todo:
        state = todo.pop()
        for taken in interpreter.successors(state):
            edges.add((state[:slots], taken.text, taken.state[:slots]))
            if taken.state not in seen:
                seen.add(taken.state)
                todo.append(taken.state)
    return {state[:slots] for state in initial}, edges


def assert_same(joint: Joint) -> None:
    """Each view does what its member does; and says the same of every state."""
    for view, (_, form) in zip(joint.views, joint.members, strict=True):
        slots = len(form.slots)
        assert behaviour(view, slots) == behaviour(form, slots)
        own, other = Interpreter(view), Interpreter(form)
        for state in own.initial():
            for prop, its in zip(view.properties, form.properties, strict=True):
                if prop.kind != "every_step":
                    assert own.holds(prop, state) == other.holds(its, state[:slots])
            assert own.is_end(state) == other.is_end(state[:slots])


def test_the_flagship_is_one_form(golden: Callable[[str, str], None]) -> None:
    model = load("dynamodb_dns")
    [joint] = joined(model, *model.decisions, enactors=2)
    assert len(joint.members) == 24
    golden("dynamodb_dns_joint", system_text(joint.system))


def test_the_flagship_takes_the_same_steps() -> None:
    model = load("dynamodb_dns")
    [joint] = joined(model, *model.decisions, enactors=2, plans=3)
    assert_same(joint)


def test_there_is_little_more_in_it_than_in_one_form() -> None:
    """What is common is there once: 24 forms with 15 to 22 paths each."""
    model = load("dynamodb_dns")
    [joint] = joined(model, *model.decisions)
    assert len(joint.system.paths) < 1.5 * max(len(form.paths) for _, form in joint.members)


DIFFERENT = """
    @model
    def toy(start: Literal["low", "high"] = "low", turn: bool = False, guard: bool = False):
        class N(Range, low=0, high=5): ...
        class Side(enum.Enum):
            LEFT, RIGHT = range(2)
        class S(State):
            n = var(N, start=0 if start == "low" else one_of(4, 5))
            side = var(Side, start=Side.RIGHT if guard else Side)
        if turn:
            @step
            def flip(s):
                s.side = Side.LEFT if s.side == Side.RIGHT else Side.RIGHT
        @step
        def up(s):
            require(s.n < (3 if turn else 5))
            if guard:
                require(s.side == Side.LEFT)
            s.n += 1
            say(f"goes up from {s.n}" if guard else f"goes to {s.n}")
        if not turn:
            @step
            def reset(s, to: N):
                require(to < s.n)
                s.n = to
        @always
        def small(s):
            return s.n <= (4 if guard else 5)
        @every_step
        def slow(before, after):
            return after.n <= before.n + 1 or turn
        @end
        def done(s):
            return s.n == 3 and guard
"""


def test_starts_steps_and_properties_may_depend_on_a_decision(tmp_path: Path) -> None:
    [joint] = joined(load_text(tmp_path, DIFFERENT), "start", "turn", "guard")
    assert [s.name for s in joint.system.steps] == ["flip", "up", "reset"]
    assert_same(joint)


def test_a_variable_may_have_the_decisions_name(tmp_path: Path) -> None:
    text = """
        @model
        def toy(mode: bool = False):
            class S(State):
                mode = var(bool, start=False)
                chosen_mode = var(bool, start=False)
            @step
            def set(s):
                require(not s.mode or mode)
                s.mode = not s.mode
                s.chosen_mode = True
    """
    [joint] = joined(load_text(tmp_path, text), "mode")
    assert [v.name for v in joint.system.variables] == ["mode", "chosen_mode", "chosen_mode_"]
    assert_same(joint)


APART = {
    "another domain": """
        @model
        def toy(big: bool = False):
            class N(Range, low=0, high=2 if big else 1): ...
            class S(State):
                n = var(N, start=0)
            @step
            def up(s):
                require(s.n < 1)
                s.n += 1
    """,
    "another variable": """
        @model
        def toy(big: bool = False):
            class S(State):
                a = var(bool, start=False)
                if big:
                    b = var(bool, start=False)
            @step
            def up(s):
                s.a = True
    """,
    "another property": """
        @model
        def toy(big: bool = False):
            class S(State):
                a = var(bool, start=False)
            @step
            def up(s):
                s.a = True
            if big:
                @always
                def never(s):
                    return not s.a
    """,
    "another order of steps": """
        @model
        def toy(big: bool = False):
            class S(State):
                a = var(bool, start=False)
            def up(s):
                s.a = True
            def down(s):
                s.a = False
            for f in (up, down) if big else (down, up):
                step(f)
    """,
    "other choices": """
        @model
        def toy(big: bool = False):
            class N(Range, low=0, high=1): ...
            class M(Range, low=0, high=2): ...
            class S(State):
                n = var(N, start=0)
            if big:
                @step
                def up(s, m: M):
                    require(m > s.n)
                    s.n = 1
            else:
                @step
                def up(s, m: N):
                    s.n = m
    """,
    "a step that is fair in one only": """
        @model
        def toy(big: bool = False):
            class S(State):
                a = var(bool, start=False)
            @step
            def up(s):
                s.a = True
            @step
            def down(s):
                s.a = False
            @eventually(fair_steps=[up, down] if big else [up])
            def there(s):
                return s.a
    """,
    "two domains of one name": """
        @model
        def toy(big: bool = False):
            def domain():
                class N(Range, low=0, high=1): ...
                return N
            class S(State):
                n = var(domain(), start=0)
                m = var(domain(), start=0)
            @step
            def up(s):
                s.n = 1 if big else 0
    """,
}


@pytest.mark.parametrize("why", APART)
def test_forms_that_cannot_be_joined_stay_apart(tmp_path: Path, why: str) -> None:
    joints = joined(load_text(tmp_path, APART[why]), "big")
    assert [len(joint.members) for joint in joints] == [1, 1]
    for joint in joints:
        assert_same(joint)


def test_an_interchangeable_domain_inside_of_a_step_that_only_some_have(tmp_path: Path) -> None:
    text = """
        @model
        def toy(more: bool = False, late: bool = False):
            class Node(Names, count=2): ...
            class Leader(Maybe, of=Node): ...
            class S(State):
                a = var(bool, per=Node, start=False)
                leader = var(Leader, start=Leader.none)
            if more:
                @step
                def elect(s, who: Leader):
                    require(who != Leader.none and s.leader == Leader.none)
                    s.leader = who
            @step
            def go(s, n: Node):
                if late:
                    require(any(s.a[m] for m in Node) or s.leader == n)
                s.a[n] = True
    """
    [joint] = joined(load_text(tmp_path, text), "more", "late")
    assert_same(joint)


def test_fair_steps_are_those_of_all_forms(tmp_path: Path) -> None:
    """A step that a form does not have is never possible there, and fairness asks nothing."""
    text = """
        @model
        def toy(more: bool = False):
            class S(State):
                a = var(bool, start=False)
            if more:
                @step
                def up(s):
                    s.a = True
            @step
            def down(s):
                s.a = False
            @eventually(name="there", fair_steps=[up, down] if more else [down])
            def there(s):
                return s.a
    """
    model = load_text(tmp_path, text)
    [joint] = joined(model, "more")
    assert set(joint.system.properties[0].fair_steps) == {"up", "down"}
    assert_same(joint)
    answers = [explore(view, Request(engine="python", keep_going=True)) for view in joint.views]
    assert [done.findings[0].verdict for done in answers] == ["violated", "holds"]


# -- traces come back into the form by itself


def test_a_trace_is_said_in_the_form_by_itself(tmp_path: Path) -> None:
    [joint] = joined(load_text(tmp_path, DIFFERENT), "start", "turn", "guard")
    view, (_, form) = joint.views[2], joint.members[2]
    interpreter = Interpreter(view)
    initial = next(iter(interpreter.initial()))
    first = next(iter(interpreter.successors(initial)))
    trace = transferred(Trace(view, initial, (first,)), form)
    assert trace.system is form
    assert trace.text == f"{form.model.reference}(turn=true)[side=left]: flip"
    assert trace.last == first.state[: len(form.slots)]


def test_a_trace_of_another_form_is_a_bug_of_ours(tmp_path: Path) -> None:
    [joint] = joined(load_text(tmp_path, DIFFERENT), "start", "turn", "guard")
    view, (_, other) = joint.views[2], joint.members[0]
    interpreter = Interpreter(view)
    initial = next(iter(interpreter.initial()))
    first = next(iter(interpreter.successors(initial)))
    with pytest.raises(InternalError, match="step 1, flip"):
        transferred(Trace(view, initial, (first,)), other)
