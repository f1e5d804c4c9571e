"""Hunts find what is there, shrink it, and never call a search without findings a proof."""

from __future__ import annotations

import itertools

import pytest
from programs import Counter, calling, locked_update, lost_update

from dnsrace.errors import ScheduleError, UsageError
from dnsrace.schedule import (
    Actors,
    DrawnChoices,
    Entry,
    Given,
    Walk,
    hunt,
    replay,
    run,
    shrink,
    walks,
)


def three_of_them() -> Actors:
    """A lost update among three, each of which increments twice."""
    counter = Counter()

    async def twice() -> None:
        await counter.increment()
        await counter.increment()

    return Actors(dict.fromkeys("abc", twice), [counter.nothing_is_lost])


def test_a_walk_is_a_function_of_its_seed() -> None:
    tokens = {seed: run(three_of_them, Walk(seed)).token for seed in range(20)}
    assert tokens == {seed: run(three_of_them, Walk(seed)).token for seed in range(20)}
    assert len(set(tokens.values())) > 10


def test_walks_reach_every_interleaving() -> None:
    program = calling(a=1, b=1)
    found = {run(program, walk).token for walk in itertools.islice(walks(), 500)}
    assert len(found) == 6


def test_what_is_paused_goes_when_nothing_else_can() -> None:
    # with every pair paused, the walk still ends
    done = run(calling(a=3, b=3), Walk(0, pauses=(1.0,)))
    assert (done.outcome, len(done.steps)) == ("passed", 8)


def test_pauses_let_one_actor_lag_far_behind() -> None:
    """Uniformly, an actor misses 25 turns of another one with a probability of about 2^-25."""

    def lags(pauses: tuple[float, ...]) -> int:
        program = calling(a=40, b=1)
        count = 0
        for walk in itertools.islice(walks(1, pauses), 300):
            actors = [s.actor for s in run(program, walk).steps]
            begun, done = (i for i, actor in enumerate(actors) if actor == "b")
            count += done - begun > 25
        return count

    assert lags((0.0,)) == 0
    assert lags((0.5,)) > 15


def test_a_hunt_finds_shrinks_and_replays() -> None:
    found = hunt(three_of_them)
    assert found.found is not None
    assert found.shortest is not None
    # two starts, two reads, two writes of two actors: nothing is beside the point
    assert len(found.shortest.steps) == 6
    assert {step.actor for step in found.shortest.steps} < set("abc")
    again = replay(three_of_them, found.shortest.token)
    assert again.failure is not None
    assert again.failure.sentence == found.shortest.failure.sentence  # type: ignore[union-attr]
    with pytest.raises(AssertionError, match="2 increments"):
        found.check()


@pytest.mark.parametrize("seed", range(5))
def test_shrinking_never_lengthens_and_keeps_the_failure(seed: int) -> None:
    found = hunt(three_of_them, seed=seed, shrink=False).found
    assert found is not None
    short = shrink(three_of_them, found)
    assert short.failure is not None
    assert short.failure.is_like(found.failure)
    assert len(short.steps) <= len(found.steps)
    assert short.hand_overs <= found.hand_overs


def test_a_run_that_passed_is_not_shrunk() -> None:
    done = run(locked_update)
    assert shrink(locked_update, done) is done


def test_nothing_found_is_said_to_be_no_proof() -> None:
    found = hunt(locked_update, schedules=30, seed=5)
    assert found.check() is found
    assert (found.schedules, found.found, found.cut) == (30, None, 0)
    assert str(found) == (
        "locked_update: nothing failed in 30 schedules (walks with pauses, seed 5). "
        "This is no proof: other schedules may fail"
    )


def test_runs_that_were_stopped_or_never_made_are_no_passes() -> None:
    def stops() -> Given:
        return Given([Entry("a")], strict=False, go_on=False)

    with pytest.raises(AssertionError, match="stopped after 1 call, 0 s of virtual time: not a"):
        run(locked_update, stops()).check()
    found = hunt(locked_update, [stops()])
    assert (found.schedules, found.cut) == (1, 1)
    with pytest.raises(AssertionError, match="these are not passes"):
        found.check()
    with pytest.raises(AssertionError, match="0 schedules"):
        hunt(locked_update, []).check()


def test_wrong_numbers_are_refused_with_a_cure() -> None:
    with pytest.raises(UsageError, match="schedules=0: nothing would be run"):
        hunt(locked_update, schedules=0)
    with pytest.raises(UsageError, match=r"draw\(2\) gave 7"):
        run(locked_update, DrawnChoices(lambda n: 7))
    for wrong in ((), (0.5, 2.0)):
        with pytest.raises(UsageError, match="are no probabilities"):
            Walk(0, wrong)


def test_a_failure_that_does_not_come_again_is_refused() -> None:
    runs = itertools.count()

    def moody() -> Actors:
        counter = Counter()
        first = next(runs) == 2  # after the two runs that compare

        def calm() -> bool:
            return not (first and counter.done)

        return Actors({"a": counter.increment}, [calm])

    with pytest.raises(ScheduleError, match="by the same schedule did not fail so again"):
        hunt(moody)


def test_the_report_names_an_actor_only_when_it_changes() -> None:
    lines = str(replay(lost_update, "a*2 b*3 a")).splitlines()
    assert lines[4:10] == [
        "  a  start",
        "     db.read",
        "  b  start",
        "     db.read",
        "     db.write  writes 1",
        "  a  db.write  writes 1",
    ]
    assert lines[-1].startswith("  schedule.replay(lost_update, 's1-")
