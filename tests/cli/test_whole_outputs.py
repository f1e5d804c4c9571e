"""Whole outputs, compared with tests/golden (`pytest --rewrite` writes them anew)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli.running import dnsrace
from support import write_model

Golden = Callable[[str, str], None]

OUTAGE = (
    "dynamodb_dns(enactors=2): publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) "
    "flip(1) release(1) acquire(0) build(0) flip(0) clean(1) clean(1)"
)

SCHEDULE = "dynamodb_dns(enactors=2): schedule: planner 0 planner*2 1*5 0*3 1*2"

LASSO = f"{OUTAGE} release(0) pick_up(0) pick_up(1) repeat: acquire(0) build(0) flip(0)"

COMMANDS: dict[str, tuple[int, list[str]]] = {
    "explore": (1, ["explore", "--enactors", "3"]),
    "explore_fixed": (0, ["explore", "--fixed"]),
    "explore_keep_going": (1, ["explore", "--keep-going"]),
    "explore_unfinished": (
        3, ["explore", "--property", "no_empty_answer", "--max-depth", "10"],
    ),
    "explore_one_property": (1, ["explore", "--property", "rollback_ready"]),
    "explore_informative": (0, ["explore", "--property", "no_regression"]),
    "explore_recoverable": (1, ["explore", "--property", "recoverable"]),
    "explore_operator": (1, ["explore", "--operator", "rollback", "-p", "recoverable"]),
    "explore_not_known": (
        3, ["explore", "-p", "recoverable", "-p", "converges", "--max-depth", "9"],
    ),
    "explore_converges": (1, ["explore", "--property", "converges"]),
    "explore_starving": (
        1, ["explore", "peterson", "--entry", "flag_only", "-p", "process_1_gets_in"],
    ),
    "explore_two_endpoints": (1, ["explore", "--endpoints", "2", "--enactors", "2"]),
    "explore_two_phase_commit": (0, ["explore", "two_phase_commit"]),
    "explore_peterson": (0, ["explore", "peterson", "--deadlock"]),
    "explore_peterson_broken": (1, ["explore", "peterson", "--entry", "turn_first"]),
    "explore_ewd840": (0, ["explore", "ewd840"]),
    "hunt": (1, ["hunt", "--engine", "python"]),
    "hunt_two_endpoints": (
        1, ["hunt", "--endpoints", "2", "--enactors", "2", "--freshness", "in_batch",
            "--retry", "newest", "--engine", "python", "-p", "no_empty_answer"],
    ),
    "hunt_fixed": (3, ["hunt", "--fixed", "--walks", "2000", "--engine", "python"]),
    "hunt_peterson": (1, ["hunt", "peterson", "--entry", "turn_first", "--engine", "python"]),
    "hunt_deadlock": (3, ["hunt", "peterson", "--deadlock", "--walks", "50", "--length", "30"]),
    "replay_schedule": (0, ["replay", SCHEDULE]),
    "help_hunt": (0, ["hunt", "--help"]),
    "prove": (1, ["prove"]),
    "prove_fixed": (0, ["prove", "--fixed"]),
    "prove_one_fix": (0, ["prove", "--freshness", "in_batch", "-p", "no_empty_answer"]),
    "prove_ewd840": (0, ["prove", "ewd840", "--k", "2"]),
    "help_prove": (0, ["prove", "--help"]),
    "bmc": (1, ["bmc"]),
    "bmc_two_endpoints": (
        1, ["bmc", "--endpoints", "2", "--enactors", "2", "-p", "rollback_ready"],
    ),
    "bmc_within_bounds": (3, ["bmc", "--fixed", "--max-depth", "10"]),
    "bmc_complete": (0, ["bmc", "peterson", "--complete", "--deadlock"]),
    "bmc_not_answered": (
        3, ["bmc", "-p", "recoverable", "-p", "converges", "--max-depth", "5"],
    ),
    "bmc_from_depth": (1, ["bmc", "-p", "rollback_ready", "--from-depth", "9"]),
    "bmc_gave_up": (3, ["bmc", "--effort", "1"]),
    "bmc_open": (1, ["bmc", "--open", "plans", "--open", "retention", "-p", "no_empty_answer"]),
    "help_bmc": (0, ["bmc", "--help"]),
    "help_verify": (0, ["verify", "--help"]),
    "fixes": (
        0, ["fixes", "--enactors", "2", "--endpoints", "2", "--vary", "freshness,retry",
            "--property", "no_empty_answer"],
    ),
    "fixes_peterson": (0, ["fixes", "peterson"]),
    "fixes_unfinished": (3, ["fixes", "peterson", "--max-states", "40"]),
    "help_fixes": (0, ["fixes", "--help"]),
    "replay": (0, ["replay", OUTAGE]),
    "replay_lasso": (0, ["replay", LASSO]),
    "replay_refused": (2, ["replay", OUTAGE.replace("acquire(0)", "build(0)")]),
    "models": (0, ["models"]),
    "show": (0, ["show"]),
    "show_fixed_lifted": (0, ["show", "--fixed", "--lifted"]),
    "show_open": (0, ["show", "--open", "enactors", "--open", "plans"]),
    "show_two_phase_commit": (0, ["show", "two_phase_commit", "--lifted"]),
    "help": (0, ["--help"]),
    "help_explore": (0, ["explore", "--help"]),
    "help_explore_peterson": (0, ["explore", "peterson", "--help"]),
    "help_graph": (0, ["graph", "--help"]),
    "help_replay": (0, ["replay", "--help"]),
    "help_models": (0, ["models", "--help"]),
    "help_show": (0, ["show", "two_phase_commit", "--help"]),
    "help_export": (0, ["export", "--help"]),
    "help_new": (0, ["new", "--help"]),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_the_whole_output(
    name: str, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, args = COMMANDS[name]
    done = dnsrace(*args)
    assert done.code == code
    golden(name, done.transcript())


CROSSING = """
    @model(fixed={"polite": True})
    def crossing(polite: Annotated[bool, "wait for who comes from the right"] = False):
        '''Four cars at a crossing without lights.'''
        class Car(Range, low=0, high=3):
            '''Numbered round the crossing; the next one comes from the right.'''
        class Where(enum.Enum):
            AWAY, THERE, ACROSS = range(3)
        class Crossing(State):
            where = var(Where, per=Car, start=Where.AWAY)

        def right(c):
            return (c + 1) % 4

        @step
        def arrive(s, c: Car):
            require(s.where[c] == Where.AWAY)
            s.where[c] = Where.THERE
        @step
        def cross(s, c: Car):
            require(s.where[c] == Where.THERE)
            if polite:
                require(s.where[right(c)] != Where.THERE)
            s.where[c] = Where.ACROSS
        @always
        def never_two_at_once(s):
            '''A car crosses in one step, so there is no collision.'''
            return True
        @end
        def everybody_is_across(s):
            return all(s.where[c] == Where.ACROSS for c in Car)
"""


@pytest.fixture
def crossing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    write_model(tmp_path, CROSSING, "crossing")
    monkeypatch.chdir(tmp_path)
    return "./crossing.py"


def test_a_deadlock_in_a_model_without_words(crossing: str, golden: Golden) -> None:
    done = dnsrace("explore", crossing, "--polite", "--deadlock")
    assert done.code == 1
    golden("explore_deadlock", done.transcript())


def test_a_deadlock_that_nobody_asked_for(crossing: str, golden: Golden) -> None:
    done = dnsrace("explore", crossing, "--polite")
    assert done.code == 0
    golden("explore_deadlock_not_asked", done.transcript())


def test_a_new_model_from_nothing_to_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden
) -> None:
    monkeypatch.chdir(tmp_path)
    made = dnsrace("new", "tickets.py")
    broken = dnsrace("explore", "./tickets.py")
    fixed = dnsrace("explore", "./tickets.py", "--fixed")
    assert (made.code, broken.code, fixed.code) == (0, 1, 0)
    transcripts = [done.transcript() for done in (made, broken, fixed)]
    golden("new", "\n".join(transcripts))
    golden("new_file", Path("tickets.py").read_text())
