"""A token replays a run exactly, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import calling, locked_update, lost_update

from dnsrace.errors import TokenError
from dnsrace.schedule import (
    DrawnChoices,
    Entry,
    Faults,
    Given,
    Token,
    Walk,
    read_token,
    replay,
    run,
)

ENTRIES = st.builds(
    Entry,
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,5}", fullmatch=True),
    st.none() | st.from_regex(r"[a-z0-9_.-]{1,5}", fullmatch=True),
    fault=st.sampled_from([None, "crash", "timeout", "duplicate"]),
)


@given(st.lists(ENTRIES, min_size=1), st.none() | st.from_regex("[0-9a-f]{8}", fullmatch=True))
def test_a_token_reads_back_what_it_writes(entries: list[Entry], digest: str | None) -> None:
    token = Token(tuple(entries), digest)
    assert read_token(str(token)) == token


def test_its_text_is_run_length_and_readable() -> None:
    token = replay(lost_update, "a*2 b*3 a").token
    head, _, entries = token.partition(": ")
    assert head.startswith("s1-")
    assert entries == "a*2 b*3 a"


@given(st.integers(0, 2**32), st.booleans())
def test_a_walk_is_replayed_exactly(seed: int, with_faults: bool) -> None:
    faults = Faults(crash=1, timeout=1, duplicate=1) if with_faults else None
    first = run(lost_update, Walk(seed), faults=faults)
    second = replay(lost_update, first.token)
    assert (second.steps, second.notes, second.outcome) == (first.steps, first.notes, first.outcome)


@given(st.data())
def test_what_is_drawn_is_replayed_exactly(data: st.DataObject) -> None:
    first = run(lost_update, DrawnChoices(lambda n: data.draw(st.integers(0, n - 1))))
    assert replay(lost_update, first.token).steps == first.steps


@given(st.lists(st.sampled_from(["a", "b", "nobody"])))
def test_a_schedule_by_hand_skips_what_is_not_possible(names: list[str]) -> None:
    done = run(lost_update, Given([Entry(n) for n in names], strict=False, go_on=True))
    ours = [step.actor for step in done.steps]
    expected = []
    left = {"a": 3, "b": 3}
    for name in names:
        if left.get(name) and len(expected) < len(ours):
            left[name] -= 1
            expected.append(name)
    assert ours[: len(expected)] == expected


def test_another_program_is_refused() -> None:
    token = replay(lost_update, "a*3 b*3").token
    with pytest.raises(TokenError, match="entry 3 of the schedule, a, is not possible there"):
        replay(calling(a=1, b=5), token)
    with pytest.raises(TokenError, match="makes other calls"):
        replay(calling(a=2, b=2), token)
    long = run(calling(a=5)).token
    with pytest.raises(TokenError, match="the run ended after 2 of the token's 6 calls"):
        replay(calling(a=1), long)
    assert replay(locked_update, token).outcome == "passed"  # it makes the same calls


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("s9-01234567: a", "is not the head of a schedule"),
        ("s1-0123: a", "is not the head of a schedule"),
        ("a b**2", r"'b\*\*2' is no entry"),
        ("a!melt", "there is no fault melt"),
        ("a*0", "so many are not possible"),
        ("a*99999999999", "so many are not possible"),
    ],
)
def test_what_is_no_token_is_refused(text: str, message: str) -> None:
    with pytest.raises(TokenError, match=message) as caught:
        read_token(text)
    assert caught.value.cure
