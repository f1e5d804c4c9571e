"""The automation in code: the outage is found as deployed, not when fixed, and runs conform."""

from __future__ import annotations

import functools
import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from dnsrace.conform import conform
from dnsrace.findings.drift import Misfit
from dnsrace.loader import load
from dnsrace.schedule import (
    Choices,
    Faults,
    Run,
    check_determinism,
    hunt,
    replay,
    run,
    shrink,
    walks,
)
from examples.enactor.events import head
from examples.enactor.region import Region, deployed, program, write_log
from examples.enactor.route53 import Change
from examples.enactor.settings import DEPLOYED, FIXED, Settings

ROOT = Path(__file__).parent.parent.parent
LEASED = replace(FIXED, lease=5.0)


MODEL = load("dynamodb_dns")


def drift(settings: Settings, events: list[dict[str, Any]]) -> str:
    """What the model says against a run; empty where it explains all of it."""
    result = conform(MODEL, head(settings), events)
    return "" if result.explained or not events else str(result.drift or result.stopped)


def followed(settings: Settings, choices: Choices, faults: Faults | None = None) -> Run:
    """A run that conforms to the model with the same parameters."""
    done = run(functools.partial(program, settings), choices, faults=faults)
    assert done.outcome in ("passed", "failed"), done
    against = drift(settings, done.values("event"))
    assert not against, f"{against}\n{done}"
    return done


def explored(settings: Settings, count: int, faults: Faults | None = None) -> list[Run]:
    """Runs by walks, which conform to the model."""
    return [followed(settings, walk, faults) for walk in itertools.islice(walks(7), count)]


def failures(runs: list[Run]) -> set[str]:
    return {done.failure.name for done in runs if done.failure is not None}


# -- the race


def test_the_outage_is_found_in_few_schedules() -> None:
    needed = []
    for seed in range(20):
        for count, walk in enumerate(walks(seed), 1):
            failure = followed(DEPLOYED, walk).failure
            if failure is not None:
                assert failure.name == "no_empty_answer"
                needed.append(count)
                break
    assert median(needed) < 50
    # what hunt does is the same, and it confirms each failure
    assert [hunt(deployed, seed=s, shrink=False).schedules for s in range(3)] == needed[:3]


def test_its_shortest_story_is_the_models() -> None:
    """The events are a shortest violation of the model: two enactors, 14 steps."""
    found = hunt(deployed, shrink=False).found
    assert found is not None
    short = shrink(deployed, found)
    assert {step.actor for step in short.steps} == {"planner", "e1", "e2"}
    assert len(short.values("event")) == 14
    assert drift(DEPLOYED, short.values("event")) == ""
    assert replay(deployed, short.token).failure is not None


def test_the_fixed_one_survives() -> None:
    """20,000 schedules are run by the benchmark: python -m benchmarks code."""
    assert failures(explored(FIXED, 500)) == set()


def test_the_program_is_deterministic_in_other_processes_too() -> None:
    check_determinism(deployed, hash_seeds=(1, 2))


# -- the model


SETTINGS = {
    "deployed": (DEPLOYED, {"no_empty_answer"}),
    "deployed, two endpoints": (replace(DEPLOYED, endpoints=2), {"no_empty_answer"}),
    "deployed, leases": (replace(DEPLOYED, lease=5.0), {"no_empty_answer"}),
    "fresh flips": (replace(DEPLOYED, freshness="in_batch"), set()),
    "looking first": (replace(DEPLOYED, cleaner="checked"), {"no_empty_answer"}),
    "guarded cleaner": (replace(DEPLOYED, cleaner="transactional"), set()),
    "tolerant rollback": (replace(DEPLOYED, rollback="tolerant"), {"no_empty_answer"}),
    "fixed, two endpoints": (replace(FIXED, endpoints=2), set()),
    "fixed, more retention": (replace(FIXED, plans=6, retention=2), set()),
    "fixed, leases": (LEASED, set()),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_run_conforms_to_the_model(name: str) -> None:
    settings, expected = SETTINGS[name]
    runs = explored(settings, 60)
    assert failures(runs) == expected
    shown = {event["step"] for done in runs for event in done.values("event")}
    assert shown == set(head(settings)["shows"])


def test_runs_with_crashes_conform_too() -> None:
    settings = replace(LEASED, crashes=True)
    runs = explored(settings, 80, Faults(crash=2))
    assert failures(runs) == set()
    steps = [event["step"] for done in runs for event in done.values("event")]
    assert "crash" in steps
    assert "take_over" in steps


@pytest.mark.parametrize("kind", ["timeout", "duplicate"])
def test_lost_and_repeated_answers_do_not_break_the_fixed_one(kind: str) -> None:
    """Such faults have effects without events: only the invariants are looked at."""
    found = hunt(functools.partial(program, LEASED), schedules=100, faults=Faults(**{kind: 2}))
    assert found.found is None, str(found)
    assert found.cut == 0


def test_a_cleaner_without_its_guard_is_reported_as_that() -> None:
    for misfit in _misfits(replace(FIXED, drift="cleaner_without_guard")):
        assert (misfit.step, misfit.kind) == (f"clean({misfit.step[6]})", "effect")
        assert misfit.says.startswith("may not delete tree ")
        assert misfit.instead.startswith("deletes tree ")
        assert [needed.test for needed in misfit.needs] in (
            ["alias[endpoint[e]] != victim[e]"], ["rollback[endpoint[e]] != victim[e]"],
        )  # fmt: skip


def test_a_flip_without_the_preamble_is_reported_as_that() -> None:
    for misfit in _misfits(replace(LEASED, drift="flip_without_preamble")):
        assert (misfit.step, misfit.kind) == (f"flip({misfit.step[5]})", "effect")
        assert misfit.says == "cannot flip: has lost the lock of zone 0"
        assert [needed.test for needed in misfit.needs] == ["lock[endpoint[e]] = e"]


def _misfits(settings: Settings) -> list[Misfit]:
    """What the fixed model says first against the runs of a drifted implementation."""
    found = []
    for walk in itertools.islice(walks(7), 60):
        done = run(functools.partial(program, settings), walk)
        result = conform(MODEL, head(settings), done.values("event"))
        if result.drift is not None:
            found.append(result.drift.misfits[0][0])
    assert len(found) > 5
    return found


# -- after an outage


def broken(settings: Settings) -> Region:
    """A region in which plan 1 is live and its records are gone."""
    region = Region(settings)
    zone = "endpoint-0.dynamodb.us-east-1.example."
    tree = region.route53.find(zone, f"plan-1.{zone}", "A")
    region.route53.apply(zone, [Change("DELETE", record) for record in tree.values()])
    return region


@pytest.mark.parametrize(("rollback", "outcome"), [("strict", "cut"), ("tolerant", "passed")])
def test_only_a_tolerant_rollback_repairs_an_outage(rollback: Any, outcome: str) -> None:
    """As deployed no enactor could: each flip needs a rollback alias to what is gone."""
    settings = replace(DEPLOYED, plans=2, rollback=rollback)

    def without_invariants() -> Any:
        return replace(broken(settings).actors(""), invariants=())

    done = run(without_invariants, max_calls=400)
    assert done.outcome == outcome
    texts = {event["text"] for event in done.values("event") if event["step"] == "flip"}
    rejected = "is rejected: rollback would need tree 1, which is gone; tries again"
    if rollback == "strict":
        assert texts == {rejected}
    else:
        assert "installs plan 2 over plan 1" in texts
        assert rejected not in texts


@pytest.mark.parametrize("endpoints", [1, 2])
def test_runs_conform_beyond_the_outage(endpoints: int) -> None:
    settings = replace(DEPLOYED, plans=5, endpoints=endpoints)
    texts = []
    for walk in itertools.islice(walks(3), 60):
        done = run(lambda: replace(program(settings), invariants=()), walk, max_calls=300)
        assert drift(settings, done.values("event")) == ""
        texts += [event["text"] for event in done.values("event")]
    assert any("rollback would need" in text for text in texts)


# -- the command


def command(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "examples.enactor", *options],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_incident_as_it_is_printed(golden: Callable[[str, str], None], tmp_path: Path) -> None:
    done = command("--log", str(tmp_path / "events.jsonl"))
    assert done.returncode == 1, done.stderr
    golden("enactor_incident", done.stdout.replace(str(tmp_path), "."))
    lines = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert lines[0] == head(DEPLOYED)
    assert conform(MODEL, lines[0], lines[1:]).explained
    token = next(line for line in done.stdout.splitlines() if "--replay" in line).split("'")[1]
    again = command("--replay", token)
    assert again.returncode == 1
    assert again.stdout in done.stdout


def test_the_fixed_one_as_it_is_printed() -> None:
    done = command("--fixed", "--schedules", "50")
    assert done.returncode == 0
    assert "nothing failed in 50 schedules" in done.stdout
    assert "This is no proof" in done.stdout
    wrong = command("--fixed", "--replay", "s1-12345678: e7")
    assert wrong.returncode == 2
    assert "error: entry 1 of the schedule, e7, is not possible" in wrong.stderr


def test_a_log_has_a_head_and_an_event_a_line(tmp_path: Path) -> None:
    done = run(deployed)
    write_log(DEPLOYED, done, tmp_path / "log")
    lines = (tmp_path / "log").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [head(DEPLOYED), *done.values("event")]
