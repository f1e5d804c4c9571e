"""Recoverability and fairness are what a naive computation with networkx says, on random models
and on the bundled ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from naive import Naive
from support import lift_text

from dnsrace.engines.request import EngineName, Request
from dnsrace.engines.search import explore
from dnsrace.findings.lasso import unfairness
from dnsrace.findings.verdicts import Exploration
from dnsrace.loader import bundled, load
from dnsrace.model.system import System

NODES = 7
STEPS = "abc"


def random_model(random: Random) -> str:
    """Steps that lead from node to node, one of them with a choice, and every kind of question."""
    lines = [
        "@model",
        "def toy():",
        f"    class Node(Range, low=0, high={NODES - 1}): ...",
        "    class Way(Range, low=0, high=1): ...",
        "    class S(State):",
        f"        at = var(Node, start=one_of({random.randrange(NODES)}, {NODES // 2}))",
    ]
    for name in STEPS:
        choice = name == STEPS[-1]
        lines += ["    @step", f"    def {name}(s{', w: Way' if choice else ''}):"]
        word = "if"
        for node in range(NODES):
            for way in (0, 1) if choice else (0,):
                if random.random() < (0.3 if choice else 0.55):
                    test = f"s.at == {node}" + (f" and w == {way}" if choice else "")
                    lines += [
                        f"        {word} {test}:",
                        f"            s.at = {random.randrange(NODES)}",
                    ]
                    word = "elif"
        if word == "if":
            lines += ["        require(s.at == 0)", "        s.at = 1"]
        else:
            lines += ["        else:", "            require(False)"]
    goals = [random.sample(range(NODES), random.randint(1, 4)) for _ in range(2)]
    for number, goal in enumerate(goals):
        test = " or ".join(f"s.at == {node}" for node in goal)
        lines += [f'    @recoverable(name="r{number}")', "    def p(s):", f"        return {test}"]
        for stays in (False, True):
            for fairness in ("none", "weak", "strong"):
                some = [s for s in STEPS if random.random() < 0.6]
                fair = f", fair_steps=[{', '.join(some)}]" if some and fairness != "none" else ""
                lines += [
                    f'    @eventually(name="{fairness}_{stays}_{number}", stays={stays}, '
                    f'fairness="{fairness}"{fair})',
                    "    def p(s):",
                    f"        return {test}",
                ]
    return "\n".join(lines) + "\n"


def agrees(system: System, result: Exploration, judged: Callable[[Naive, Any], bool]) -> set[str]:
    """Every question that the graph answers is answered alike. Returns the kinds of answers."""
    naive, seen = Naive(system), set()
    for finding in result.findings:
        prop = system.find_property(finding.name)
        assert prop is not None
        if prop.kind == "recoverable":
            lost = naive.unrecoverable(prop)
            assert finding.states == len(lost), finding.name
            assert finding.verdict == ("violated" if lost else "holds")
            if finding.trace is not None:
                assert finding.trace.last in lost
                assert not lost & set(finding.trace.states[:-1])
        elif prop.kind == "eventually":
            broken = judged(naive, prop)
            assert finding.verdict == ("violated" if broken else "holds"), finding.name
            if finding.trace is not None:
                assert unfairness(finding.trace, prop) == ""
                seen.add("stops" if finding.trace.loop is None else "goes round")
        seen.add(finding.verdict)
    return seen


def test_random_models(tmp_path: Path) -> None:
    random, seen = Random(7), set()
    for number in range(60):
        folder = tmp_path / str(number)
        folder.mkdir()
        system = lift_text(folder, random_model(random))
        engines: list[EngineName] = ["python", "interpreter"]
        results = [explore(system, Request(engine=engine, keep_going=True)) for engine in engines]
        seen |= agrees(system, results[0], Naive.broken_by_brute_force)
        first, second = (
            [(f.name, f.verdict, f.states, f.trace.text if f.trace else "") for f in r.findings]
            for r in results
        )
        assert first == second
        for prop in system.properties:
            if prop.kind == "eventually":
                naive = Naive(system)
                assert naive.broken(prop) == naive.broken_by_brute_force(prop)
    assert seen == {"violated", "holds", "stops", "goes round"}


SMALL: list[tuple[str, dict[str, Any]]] = [
    ("dynamodb_dns", {"enactors": 2}),
    ("dynamodb_dns", {"enactors": 2, "operator": "rollback"}),
    ("dynamodb_dns", {"enactors": 2, "plans": 3, "lock_expiry": True, "crashes": True}),
    ("dynamodb_dns", {"enactors": 2, "freshness": "in_batch", "cleaner": "transactional",
                      "rollback": "tolerant"}),
    ("peterson", {}),
    ("peterson", {"entry": "flag_only"}),
    ("peterson", {"entry": "turn_first"}),
    ("two_phase_commit", {}),
    ("ewd840", {}),
    ("ewd840", {"messages": False}),
    ("ewd840", {"stained": False}),
]  # fmt: skip


@pytest.mark.parametrize("symmetry", [False, True], ids=["plain", "symmetric"])
@pytest.mark.parametrize(("model", "given"), SMALL)
def test_bundled_models(model: str, given: dict[str, Any], symmetry: bool) -> None:
    system = load(model).lift(**given)
    result = explore(system, Request(engine="python", symmetry=symmetry, keep_going=True))
    assert agrees(system, result, Naive.broken)


def test_every_bundled_model_is_among_them() -> None:
    assert {model for model, _ in SMALL} == {m.name for m in bundled()}
