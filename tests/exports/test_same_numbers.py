"""Spin and Rumur find in what is exported to them exactly what dnsrace finds: the same states, the
same transitions, the same verdicts, and violations of the same length."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from agreement import random_models
from exports.odd_models import ODD, odd_model
from exports.settings import SETTINGS, Setting, recovers, starts
from exports.tools import need, rumur, spin, spin_tells

from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.exports.targets import export
from dnsrace.findings.verdicts import Finding
from dnsrace.model.system import System

SMALL = "dynamodb_dns", "enactors=2 plans=4"


def findings(system: System) -> tuple[tuple[int, int, int], dict[str, Finding]]:
    """States, transitions and depth without symmetry reduction; and what the search found on its
    way: `recovers` answers for the one other kind that Rumur knows."""
    request = Request(engine="python", symmetry=False, keep_going=True, shallow=True)
    found = explore(system, request)
    counts = found.statistics
    numbers = counts.distinct_states, counts.represented_transitions, counts.depth
    return numbers, {f.name: f for f in found.findings if f.verdict in ("holds", "violated")}


def switches(names: list[str]) -> list[str]:
    return [f"CHECK_{name}" for name in names]


def check_spin(system: System, directory: Path, most: int) -> None:
    """One run with all that holds, and one for each property that Spin must object to, up to
    `most`."""
    numbers, found = findings(system)
    text = export(system, "promela").text
    quiet = [n for n, f in found.items() if (f.verdict == "holds") != (f.kind == "sometimes")]
    whole = spin(text, directory, *switches(quiet))
    assert whole.error == ""
    initial = starts(system)
    one_more = int("one more, that before the start" in text)
    assert one_more or initial == 1
    assert whole.depth is not None
    assert (
        whole.states - one_more,
        whole.transitions - one_more * initial,
        whole.depth - one_more,
    ) == numbers
    objects = [(name, finding) for name, finding in found.items() if name not in quiet]
    for name, finding in objects[:most]:
        told = spin(text, directory, f"CHECK_{name}")
        assert "assertion violated" in told.error, name
        assert told.length is not None
        # an assertion in a step fails on the way to the last state, one of a state in it
        in_step = int(finding.kind == "every_step")
        assert told.length - one_more + in_step == finding.length, name


def check_rumur(system: System, directory: Path, most: int) -> None:
    """The same for Rumur, which knows `recoverable` as well."""
    (states, transitions, _), found = findings(system)
    text = export(system, "murphi").text
    holds = [n for n, f in found.items() if f.verdict == "holds"]
    lost = []
    for prop in system.properties:
        if prop.kind == "recoverable":
            (holds if recovers(system, prop) else lost).append(prop.name)
    whole = rumur(text, directory, *switches(holds))
    assert whole.error == ""
    assert (whole.states, whole.transitions) == (states, transitions)
    violated = [(name, finding) for name, finding in found.items() if name not in holds]
    for name, finding in violated[:most]:
        told = rumur(text, directory, f"CHECK_{name}")
        assert name in told.told
        assert told.errors == 1
        if finding.kind != "sometimes":
            assert told.length == finding.length, name
    for name in lost[:most]:
        assert (
            f'liveness property "{name}" violated' in rumur(text, directory, f"CHECK_{name}").told
        )


def check_both(system: System, directory: Path, most: int = 100) -> None:
    need("spin", "rumur", "gcc")
    with ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(check_spin, system, directory / "spin", most),
            pool.submit(check_rumur, system, directory / "rumur", most),
        ]
        for run in runs:
            run.result()


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_same_numbers_and_verdicts(setting: Setting, tmp_path: Path) -> None:
    check_both(setting.system, tmp_path, 1 if setting.brief else 100)


@pytest.mark.parametrize("name", ODD)
def test_odd_models_too(name: str, tmp_path: Path) -> None:
    check_both(odd_model(name, tmp_path), tmp_path)


@pytest.mark.parametrize("seed", [207, 236, 604, 1232])
def test_random_models_too(seed: int, tmp_path: Path) -> None:
    """Those of the first 1,500 that have all kinds of property and at least 50 states."""
    source = random_models.text(Random(seed), safe=True)
    system = random_models.made(source).lift()
    assert len({p.kind for p in system.properties}) == 3
    assert findings(system)[0][0] >= 50
    check_both(system, tmp_path)


@pytest.mark.parametrize(
    "setting", [Setting(*SMALL), Setting("two_phase_commit", "managers=3")], ids=str
)
def test_rumur_reduces_by_the_same_symmetry(setting: Setting, tmp_path: Path) -> None:
    system = setting.system
    text = export(system, "murphi").text
    told = rumur(text, tmp_path, symmetry="exhaustive")
    ours = explore(system, Request(engine="python", keep_going=True)).statistics
    assert ours.distinct_states < ours.represented_states
    assert told.states == ours.distinct_states


def test_spin_tells_the_outage_in_the_words_of_the_model(tmp_path: Path) -> None:
    text = export(Setting(*SMALL).system, "promela").text
    assert spin(text, tmp_path, "CHECK_no_empty_answer").length == 14
    told = spin_tells(tmp_path, "CHECK_no_empty_answer")
    assert len(told) == 15
    assert told[0] == "publish: makes plan 2"
    assert told[-2].startswith("clean(")
    assert ": deletes tree" in told[-2]
    assert told[-1] == "no_empty_answer is violated"


@pytest.mark.parametrize("name", ["leaves", "reads_beyond"])
def test_a_value_that_leaves_its_domain_is_an_error_there_too(name: str, tmp_path: Path) -> None:
    system = odd_model(name, tmp_path)
    checks = [f"CHECK_{p.name}" for p in system.properties]
    assert "assertion violated" in spin(export(system, "promela").text, tmp_path, *checks).error
    assert rumur(export(system, "murphi").text, tmp_path, *checks).errors == 1
