"""On random models every way to run a step says the same: the author's own function on concrete
values, the interpreter on the lifted form, and the generated stepper on packed words. Where a
value leaves its domain, all of them say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, note, settings
from hypothesis import strategies as st
from random_models import made, text
from searching import searched

from dnsrace.engines.layout import layout_of
from dnsrace.engines.request import Limits, Request
from dnsrace.engines.search import explore
from dnsrace.engines.space import Counters
from dnsrace.engines.steppers import GeneratedStepper
from dnsrace.errors import DomainError, ModelError
from dnsrace.model import direct
from dnsrace.model.direct import ConcreteState
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import Property, State, System

T = TypeVar("T")

OUT = "leaves its domain"
MAX_PATHS = 60
randoms = st.randoms(use_true_random=False)
unhurried = settings(
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # shrinking takes minutes; add Phase.shrink to see a smaller model
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def or_out(run: Callable[[], T]) -> T | str:
    """What `run` returns; OUT where a value leaves its domain."""
    try:
        return run()
    except DomainError:
        return OUT


def lifted(random: Random, **kind: bool) -> System:
    """A random model. Those that are refused at once, because something always leaves its domain
    or there are too many paths, say nothing here."""
    source = text(random, **kind)
    note(source)
    try:
        return made(source).lift(max_paths=MAX_PATHS)
    except ModelError as error:
        refusal = error.cause
        expected = (
            "on every run of this path" in refusal
            or "more than" in refusal
            or ("takes" in refusal and ", not " in refusal)
            or "can never equal" in refusal
            or "names alike" in refusal
        )
        assert expected, refusal
        event("refused when lifted")
        assume(False)
        raise


def state_of(random: Random, system: System) -> State:
    return tuple(random.randint(v.domain.lo, v.domain.hi) for v, _ in system.slots)


def formula(system: System, prop: Property, *states: State) -> bool | str:
    """A property's value by the interpreter, which must be that of the author's function."""
    interpreter = Interpreter(system)
    by_lifting = or_out(lambda: interpreter.holds(prop, *states))
    concrete = [ConcreteState(system, state) for state in states]
    assert by_lifting == or_out(lambda: bool(prop.function(*concrete))), prop.name
    return by_lifting


def compare(system: System, stepper: GeneratedStepper, state: State) -> None:
    """One state's steps and properties, three ways."""
    interpreter = Interpreter(system)
    node = stepper.node(state)
    assert stepper.state(node) == state
    taken, out = [], False
    for step in system.steps:
        for choices in step.every_choice():
            found = or_out(lambda: interpreter.take(state, step, choices))  # noqa: B023
            after = found.state if found is not None and found != OUT else found
            assert after == or_out(lambda: direct.take(system, state, step, choices))  # noqa: B023
            out = out or found == OUT
            taken += [found] if found is not None and found != OUT else []
    judged = {
        p.name: {formula(system, p, state, t.state) for t in taken}
        for p in system.properties
        if p.kind == "every_step"
    }
    counters = Counters(taken=[0] * len(system.paths))
    expanded = or_out(lambda: stepper.expand(node, counters))
    if out or any(OUT in values for values in judged.values()):
        event("a step leaves its domain")
        assert expanded == OUT
    else:
        after, violated = expanded
        assert Counter(map(stepper.state, after)) == Counter(t.state for t in taken)
        assert (
            Counter(t.path for t in taken) == Counter(dict(enumerate(counters.taken))) - Counter()
        )
        assert set(violated) == {name for name, values in judged.items() if False in values}
    of_state = {p.name: p for p in system.properties if p.kind != "every_step"}
    values = {name: formula(system, p, state) for name, p in of_state.items()}
    checked = or_out(lambda: set(stepper.check(node)))
    if OUT in values.values():
        assert checked == OUT
    else:
        hits = {n for n, v in values.items() if v is (of_state[n].kind == "sometimes")}
        assert checked == hits


@pytest.mark.parametrize("wide", [False, True], ids=["narrow", "wide"])
@pytest.mark.parametrize("safe", [False, True], ids=["risky", "safe"])
def test_three_ways_to_take_a_step_agree(wide: bool, safe: bool) -> None:
    @settings(unhurried, max_examples=120)
    @given(randoms)
    def on_random_models(random: Random) -> None:
        system = lifted(random, wide=wide, safe=safe)
        event(f"{min(3, layout_of(system).words)} words or more")
        stepper = GeneratedStepper(system, system.properties, False)
        for _ in range(8):
            state = state_of(random, system)
            note(f"in the state {state}")
            compare(system, stepper, state)

    on_random_models()


def test_whole_spaces_agree_with_and_without_symmetry() -> None:
    @settings(unhurried, max_examples=100)
    @given(randoms, st.booleans())
    def on_random_models(random: Random, safe: bool) -> None:
        system = lifted(random, safe=safe)
        small = Request(engine="python", symmetry=False, keep_going=True, limits=Limits(states=300))
        first = or_out(lambda: explore(system, small))
        if first == OUT:
            event("a value leaves its domain")
            for symmetry in (False, True):
                for engine in ("python", "interpreter"):
                    assert or_out(lambda: searched(system, engine, symmetry)) == OUT  # noqa: B023
            return
        depth = None if first.complete else first.checked
        ways = [
            or_out(lambda: searched(system, engine, symmetry, depth))  # noqa: B023
            for engine in ("python", "interpreter")
            for symmetry in (False, True)
        ]
        python, python_reduced, interpreter, interpreter_reduced = ways
        assert python == interpreter
        assert python_reduced == interpreter_reduced
        if python == OUT:
            assert python_reduced == OUT
            return
        assert python.outcome == python_reduced.outcome
        event("reduced" if python_reduced.distinct < python.distinct else "nothing to reduce")

    on_random_models()
