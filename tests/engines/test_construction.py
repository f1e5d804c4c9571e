"""The states that explain a log, against the plainest construction there is: on random models and
on our own, with logs of true behaviours and with logs that were altered."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from agreement.random_models import made, text
from hypothesis import HealthCheck, Phase, assume, event, given, note, settings
from hypothesis import strategies as st
from logs import SEEN, events_of, seen_of, walk

from dnsrace.engines.conform import Bounds, Construction, GaveUp
from dnsrace.errors import InternalError, ModelError
from dnsrace.findings.events import Log, fits, understood
from dnsrace.findings.explained import confirm_explained
from dnsrace.findings.formats import read
from dnsrace.findings.judge import judged
from dnsrace.findings.log import recorded
from dnsrace.findings.replay import replay
from dnsrace.findings.trace import state_data
from dnsrace.loader import load
from dnsrace.model.interpreter import Interpreter
from dnsrace.model.system import State, System

unhurried = settings(
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
randoms = st.randoms(use_true_random=False)
MOST = 400


class Naive:
    """The sets of states behind each event, with sets and the interpreter alone."""

    def __init__(self, system: System, log: Log) -> None:
        self.interpreter, self.log = Interpreter(system), log
        self.entries = [set(self.interpreter.initial())]
        for seen in log.events:
            after = set()
            for state in self.closure(self.entries[-1]):
                if not fits(state, seen.before):
                    continue
                for taken in self.interpreter.successors(state):
                    if taken.step is seen.step and seen.has(taken.choices):
                        after |= {taken.state} if fits(taken.state, seen.after) else set()
            if not after:
                break
            self.entries.append(after)

    def closure(self, states: set[State]) -> set[State]:
        """With all that unseen steps lead to."""
        known, waiting = set(states), list(states)
        while waiting:
            for taken in self.interpreter.successors(waiting.pop()):
                if taken.step.name not in self.log.shown and taken.state not in known:
                    known.add(taken.state)
                    waiting.append(taken.state)
        return known


def random_system(random: Random) -> System:
    source = text(random, safe=True)
    note(source)
    try:
        return made(source).lift(max_paths=60)
    except ModelError:
        assume(False)
        raise


def flagship(random: Random) -> System:
    return load("dynamodb_dns").lift(
        enactors=2,
        plans=3,
        cleaner=random.choice(["blind", "checked", "transactional"]),
        freshness=random.choice(["once", "in_batch"]),
        lock_expiry=random.random() < 0.5,
        crashes=random.random() < 0.3,
    )


def altered(system: System, events: list[dict[str, Any]], random: Random) -> None:
    """Change one thing that one event tells."""
    one = random.choice(events)
    names = list(state_data(system, next(Interpreter(system).initial())))
    slot = random.randrange(len(names))
    domain = system.slots[slot][0].domain
    kind = random.choice(["state", "before", "step"])
    if kind == "step":
        one["step"] = random.choice(system.steps).name
        one.pop("choices")
    else:
        one.setdefault(kind, {})[names[slot]] = domain.text(random.choice(domain.raws))


def constructed(system: System, log: Log) -> Construction:
    construction = Construction(system, log, Bounds(MOST))
    try:
        construction.run()
    except GaveUp:
        event("too many states")
        assume(False)
    return construction


def compared(system: System, random: Random, alter: bool) -> Construction:
    """The construction for a random log, which must find the very sets of the naive one."""
    trace = walk(system, random, 10)
    hidden = {step.name for step in system.steps if random.random() < 0.4}
    events = seen_of(trace, random, hidden)
    assume(events)
    if alter:
        altered(system, events, random)
    shows = [step.name for step in system.steps if step.name not in hidden]
    log = understood(system, recorded({"shows": shows}, json.loads(json.dumps(events))))
    done = constructed(system, log)
    naive = Naive(system, log)
    assert [{done.state(n) for n in entry} for entry in done.entries] == naive.entries
    found = done.candidates()
    assert {done.state(n) for n in found} == naive.closure(naive.entries[-1])
    assert len(set(found)) == len(found)
    return done


def confirmed(done: Construction) -> None:
    """Every way to the end of what is explained is told, and is a behaviour of the model."""
    for node in done.entries[-1][:5]:
        told = done.explanation(node)  # it confirms itself, with the interpreter
        assert told.trace.last == done.state(node)
        assert len(told.at) == done.explained
        script = read(told.trace.text)
        again = replay(done.system, script)
        assert again.states == told.trace.states


@settings(unhurried, max_examples=70)
@given(randoms)
def test_a_behaviour_of_a_random_model_is_explained(random: Random) -> None:
    done = compared(random_system(random), random, alter=False)
    assert done.explained == len(done.log.events)
    confirmed(done)


@settings(unhurried, max_examples=100)
@given(randoms)
def test_an_altered_log_of_a_random_model(random: Random) -> None:
    done = compared(random_system(random), random, alter=True)
    event("explained" if done.explained == len(done.log.events) else "not explained")
    confirmed(done)
    reasons(done)


@settings(unhurried, max_examples=40)
@given(randoms, st.booleans())
def test_the_flagship(random: Random, alter: bool) -> None:
    done = compared(flagship(random), random, alter)
    if not alter:
        assert done.explained == len(done.log.events)
    confirmed(done)
    reasons(done)


def reasons(done: Construction) -> None:
    """What is said of an event that nothing explains is so."""
    if done.explained == len(done.log.events):
        return
    seen = done.log.events[done.explained]
    states = [done.state(n) for n in done.candidates()]
    interpreter = Interpreter(done.system)
    for position, misfit in judged(done.system, seen, states):
        state = states[position]
        ways = [interpreter.take(state, seen.step, raws) for raws in seen.every_choice()]
        event(misfit.kind + (" with another path" if misfit.instead else ""))
        if misfit.kind == "before":
            assert not fits(state, seen.before)
            assert misfit.differences
        elif misfit.kind == "blocked":
            assert not any(ways)
            possible = any(path.step is seen.step for path in done.system.paths)
            assert len(misfit.needs) == possible
        else:
            [taken] = [t for t in ways if t and t.text == misfit.step]
            assert not fits(taken.state, seen.after)
            assert misfit.differences
            # a path with all of its tests met would have been taken
            assert bool(misfit.needs) == bool(misfit.instead)


@pytest.mark.parametrize("model", ["peterson", "two_phase_commit", "ewd840"])
def test_our_other_models(model: str) -> None:
    random, system = Random(model), load(model).lift()
    for _ in range(10):
        hidden = {step.name for step in system.steps if random.random() < 0.4}
        trace = walk(system, random, 25)
        shows = [step.name for step in system.steps if step.name not in hidden]
        log = understood(system, recorded({"shows": shows}, seen_of(trace, random, hidden)))
        construction = Construction(system, log, Bounds())
        construction.run()
        assert construction.explained == len(log.events)
        confirmed(construction)


def test_states_of_several_words() -> None:
    """What was seen is looked up in the right word, and elements beyond the first are as well."""
    system = load("dynamodb_dns").lift(plans=40, endpoints=2)
    trace = walk(system, Random(1), 200)
    events = events_of(trace, [*SEEN, "phase", "plan", "endpoint", "victim"])
    log = understood(system, recorded({}, events))
    construction = Construction(system, log, Bounds())
    assert construction.stepper.layout.words > 1
    construction.run()
    assert construction.explained == len(events)
    assert construction.most == 1
    assert construction.explanation(construction.entries[-1][0]).trace.states == trace.states


def test_unseen_steps_may_go_round_for_ever() -> None:
    system = load("dynamodb_dns").lift(**{**load("dynamodb_dns").fixed, "crashes": True})
    events = [{"step": "flip", "choices": ["0"], "state": {"alias[0]": 4}}]
    log = understood(system, recorded({"shows": ["flip"]}, events))
    construction = Construction(system, log, Bounds())
    construction.run()
    assert construction.explained == 1
    told = construction.explanation(construction.entries[1][0])
    assert [t.text for t in told.trace.steps] == [
        "publish", "publish", "publish", "pick_up(0)", "acquire(0)", "build(0)", "flip(0)",
    ]  # fmt: skip


# -- where it gives up


def wide_log() -> tuple[System, Log]:
    system = load("dynamodb_dns").lift(enactors=3, plans=4)
    events = [{"step": "flip", "choices": ["0"]}, {"step": "flip", "choices": ["1"]}]
    return system, understood(system, recorded({"shows": ["flip"]}, events))


def test_the_limit_of_states_is_kept() -> None:
    system, log = wide_log()
    construction = Construction(system, log, Bounds(states=100))
    with pytest.raises(GaveUp, match="the limit of 100 states was reached"):
        construction.run()
    assert construction.states == 100
    assert construction.explained < 2


def test_no_time() -> None:
    system, log = wide_log()
    with pytest.raises(GaveUp, match="the time limit of 0 s was reached"):
        Construction(system, log, Bounds(seconds=0.0)).run()


def test_an_interruption_is_noticed_and_progress_is_told() -> None:
    system, log = wide_log()
    told: list[Any] = []
    bounds = Bounds(interrupted=lambda: len(told) > 3, listener=told.append)
    with pytest.raises(GaveUp, match="it was interrupted"):
        Construction(system, log, bounds).run()
    assert [t.of for t in told] == [2] * 4
    assert told[-1].states > told[0].states


# -- what is believed of it


def small() -> Construction:
    """Three events, explained."""
    system = load("dynamodb_dns").lift(enactors=2)
    events = events_of("dynamodb_dns(enactors=2): publish pick_up(0) acquire(0)")
    construction = Construction(system, understood(system, recorded({}, events)), Bounds())
    construction.run()
    assert construction.explained == 3
    return construction


@pytest.mark.parametrize("wrong", ["not possible", "another state"])
def test_what_the_interpreter_does_not_do_is_no_explanation(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    construction, take = small(), Interpreter.take

    def other(self: Interpreter, state: State, step: Any, choices: tuple[int, ...]) -> Any:
        taken = take(self, state, step, choices)
        if taken is None or step.name != "acquire":
            return taken
        return None if wrong == "not possible" else replace(taken, state=(3, *taken.state[1:]))

    monkeypatch.setattr(Interpreter, "take", other)
    with pytest.raises(InternalError, match=r"no acquire leads from|the explanation ends in"):
        construction.explanation(construction.entries[-1][0])


@pytest.mark.parametrize(
    "event",
    [
        {"step": "flip", "choices": ["0"]},
        {"step": "acquire", "choices": ["1"]},
        {"step": "acquire", "state": {"lock[0]": "free"}},
        {"step": "acquire", "before": {"lock[0]": 1}},
    ],
)
def test_an_explanation_of_other_events_is_an_internal_error(event: dict[str, Any]) -> None:
    construction = small()
    told = construction.explanation(construction.entries[-1][0])
    [other] = understood(construction.system, recorded({}, [event])).events
    with pytest.raises(InternalError, match="is not explained by step 3"):
        confirm_explained(replace(told, events=(*told.events[:2], other)))


def test_a_holder_that_was_seen() -> None:
    """A lock that is free, held, or held by another one: each says no to the others."""
    events = events_of("dynamodb_dns(enactors=2): publish pick_up(0) acquire(0) build(0)", ())
    system = load("dynamodb_dns").lift(enactors=2)
    for at, holder in ((1, "free"), (3, 0)):
        for value in ("free", 0, 1):
            for when in ("before", "state"):
                changed = copy.deepcopy(events)
                changed[at if when == "state" else 3][when] = {"lock[0]": value}
                construction = Construction(
                    system, understood(system, recorded({}, changed)), Bounds()
                )
                construction.run()
                right = value == (holder if when == "state" else 0)
                assert (construction.explained == 4) == right
