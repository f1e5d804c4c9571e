"""The worked example of the course: what its head and its page say, and a search written by hand
that knows nothing of dnsrace."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.findings.verdicts import Exploration
from dnsrace.loader import load
from dnsrace.prove import ProofRequest, prove

LEARN = Path(__file__).parents[2] / "docs" / "learn"
REGISTRY = str(LEARN / "registry.py")

DESIGNS = list(
    product(
        ("blind", "transactional"), ("blind", "twice", "transactional"), ("none", "own", "shared")
    )
)
GOOD = {
    ("transactional", "transactional", "none"),
    ("transactional", "transactional", "own"),
    ("transactional", "transactional", "shared"),
    ("blind", "transactional", "own"),
}

State = tuple[tuple[tuple[bool, bool, int, bool], ...], tuple[tuple[str, int], ...]]
"""For each blob stored, listed, how often it was marked, flag; for each client what it is about to
do, and with which blob."""


def successors(state: State, manifest: str, collector: str, pins: str) -> Iterator[State]:
    """What the page says in prose, as one would write it without the language."""
    blobs, clients = state

    def with_blob(b: int, *fact: Any, clients: Any = clients) -> State:
        return (*blobs[:b], tuple(fact), *blobs[b + 1 :]), clients

    def with_client(c: int, doing: str, b: int) -> Any:
        return (*clients[:c], (doing, b), *clients[c + 1 :])

    def pinned(b: int) -> bool:
        by_somebody = any(doing != "idle" and which == b for doing, which in clients)
        return by_somebody if pins == "own" else pins == "shared" and blobs[b][3]

    for c, (doing, b) in enumerate(clients):
        if doing == "idle":
            for wanted, (stored, listed, marks, flag) in enumerate(blobs):
                after = with_client(c, "list" if stored else "upload", wanted)
                flag = flag or pins == "shared"
                yield with_blob(wanted, stored, listed, marks, flag, clients=after)
            continue
        stored, listed, marks, flag = blobs[b]
        if doing == "upload":
            yield with_blob(b, True, listed, marks, flag, clients=with_client(c, "list", b))
        elif manifest == "transactional" and not stored:
            yield blobs, with_client(c, "upload", b)
        else:
            flag = flag and pins != "shared"
            yield with_blob(b, stored, True, marks, flag, clients=with_client(c, "idle", b))
    for b, (stored, listed, marks, flag) in enumerate(blobs):
        if listed:
            yield with_blob(b, stored, False, marks, flag)
        if stored and not listed and marks == 0:
            yield with_blob(b, stored, listed, 1, flag)
        in_use = listed or pinned(b)
        if collector == "twice" and marks == 1:
            yield with_blob(b, stored, listed, 0 if in_use else 2, flag)
        if marks == (2 if collector == "twice" else 1):
            spared = collector == "transactional" and in_use
            yield with_blob(b, stored and spared, listed, 0, flag)


def by_hand(clients: int, blobs: int, *design: str) -> tuple[int, int | None]:
    """All states, breadth first: how many, and after how many steps an image cannot be pulled."""
    start: State = ((False, False, 0, False),) * blobs, (("idle", 0),) * clients
    seen, level, depth, broken = {start}, [start], 0, None
    while level:
        if broken is None and any(b[1] and not b[0] for state in level for b in state[0]):
            broken = depth
        found = dict.fromkeys(s for state in level for s in successors(state, *design))
        level, depth = [state for state in found if state not in seen], depth + 1
        seen.update(level)
    return len(seen), broken


def searched(file: str, **given: Any) -> Exploration:
    request = Request(engine="python", symmetry=False, keep_going=True)
    return explore(load(file).lift(**given), request)


def violated(found: Exploration) -> dict[str, int | None]:
    return {f.name: f.length for f in found.findings if f.verdict == "violated"}


@pytest.mark.parametrize("design", DESIGNS, ids="-".join)
@pytest.mark.parametrize(("clients", "blobs"), [(2, 1), (1, 2)], ids=["two-clients", "two-blobs"])
def test_a_search_by_hand_finds_the_same(
    design: tuple[str, str, str], clients: int, blobs: int
) -> None:
    given = dict(zip(("manifest", "collector", "pins"), design, strict=True))
    found = searched(REGISTRY, clients=clients, blobs=blobs, **given)
    states, broken = by_hand(clients, blobs, *design)
    assert found.complete
    assert found.statistics.distinct_states == states
    assert violated(found) == ({} if broken is None else {"pullable": broken})
    if clients == 2:
        assert (broken is None) == (design in GOOD)


def test_one_client_and_one_blob_are_enough() -> None:
    assert violated(searched(REGISTRY, clients=1, blobs=1)) == {"pullable": 5}


def test_the_stages_are_the_same_system() -> None:
    """What the final model adds changes nothing while nobody asks for it."""
    second = searched(str(LEARN / "registry_2.py"), clients=3)
    final = searched(REGISTRY, clients=3)
    assert second.statistics.distinct_states == final.statistics.distinct_states
    assert second.statistics.transitions == final.statistics.transitions


PAIRS = [
    {"manifest": "transactional", "collector": "transactional"},
    {"collector": "transactional", "pins": "own"},
]


@pytest.mark.parametrize("given", PAIRS, ids=["both-guards", "pins"])
def test_both_good_pairs_are_proved_for_any_number(given: dict[str, str]) -> None:
    assert violated(searched(REGISTRY, clients=3, blobs=2, **given)) == {}
    report = prove(load(REGISTRY), given, ProofRequest(names=("pullable",)))
    assert [f.verdict for f in report.findings if f.name == "pullable"] == ["holds"]
