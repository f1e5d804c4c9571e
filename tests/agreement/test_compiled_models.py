"""The compiled engine on models other than the flagship: random ones fixed by their seed, in one
word and in several, and one with every operator on negative numbers."""

from __future__ import annotations

from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from random_models import text
from searching import Searched, search
from support import HEAD

from dnsrace.engines.codegen import stepper_source
from dnsrace.engines.layout import layout_of
from dnsrace.loader import load
from dnsrace.model.operators import OPERATORS

OPERATORS_TEXT = """
@model
def toy():
    class Small(Range, low=-4, high=4): ...
    class Many(Range, low=-5, high=6): ...
    class Who(Names, count=3): ...
    class Holder(Maybe, of=Who): ...
    class Up(Range, low=0, high=2**15 - 1): ...
    class S(State):
        x = var(Small, start=-3)
        y = var(Small, start=Small)
        up = var(bool, per=Who, start=False)
        wide = var(Many, per=Who, start=-5)
        lock = var(Holder, start=Holder.none)
        bits = var(Up, per=Who, start=0)

    def keep(value):
        return min(max(value, -4), 4)

    @step
    def add(s):
        s.x = keep(s.x + s.y)
    @step
    def subtract(s):
        s.x = keep(2 - s.x - s.y)
    @step
    def multiply(s):
        s.x = keep(s.x * s.y)
    @step
    def divide(s):
        s.x = s.x // 3
    @step
    def remainder(s):
        s.x = (s.x - s.y) % 4 - 1
    @step
    def count(s):
        s.x = keep(sum(s.up[w] for w in Who) - 2)
    @step
    def choose(s, w: Who):
        s.up[w] = (s.x <= s.y) == (s.lock == w)
        s.lock = w if s.up[w] else Holder.none
    @step
    def turn(s, w: Who):
        require((s.lock == Holder.none) | (not all(s.up[v] for v in Who)))
        s.wide[w] = -s.wide[w]
        s.lock = Holder.none
    @step
    def rest(s, w: Who):
        require((s.lock == w) | (s.x == 0) | s.up[w])
        s.wide[w] = -5
    @step
    def flip(s, w: Who):
        require(any(m < s.x and m + 1 != s.wide[w] for m in Many))
        s.bits[w] = 2**15 - 1 - s.bits[w]
    @always
    def small(s):
        return s.x <= 3 or s.y == 4
    @every_step
    def steady(before, after):
        return all(after.bits[w] == before.bits[w] or after.up[w] for w in Who)
    @sometimes
    def low(s):
        return s.x == -4 and s.lock != Holder.none
"""


@dataclass(frozen=True)
class Fixed:
    """A random model. What makes it worth its compilation is checked, so that a change of the
    generator cannot quietly replace it by another."""

    seed: int
    words: int
    helpers: bool
    symmetry: bool


FIXED = (
    Fixed(723, words=2, helpers=True, symmetry=True),
    Fixed(471, words=3, helpers=False, symmetry=False),
    Fixed(126, words=6, helpers=False, symmetry=True),
)


@pytest.fixture(scope="session")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[object, Path]:
    directory = tmp_path_factory.mktemp("compiled")
    texts: dict[object, str] = {f: text(Random(f.seed), wide=True, safe=True) for f in FIXED}
    texts["operators"] = HEAD + OPERATORS_TEXT
    found = {}
    for number, (key, source) in enumerate(texts.items()):
        found[key] = directory / f"model{number}.py"
        found[key].write_text(source)
    return found


@pytest.fixture(scope="session")
def compiled(
    pool: ProcessPoolExecutor, paths: dict[object, Path]
) -> dict[object, Future[Searched]]:
    return {
        key: pool.submit(search, str(path), {}, "numba", key == "operators" or key.symmetry)
        for key, path in paths.items()
    }


@pytest.mark.parametrize("fixed", FIXED, ids=lambda fixed: f"seed {fixed.seed}")
def test_a_fixed_random_model_is_what_it_was(fixed: Fixed, paths: dict[object, Path]) -> None:
    system = load(str(paths[fixed])).lift()
    layout = layout_of(system)
    source = stepper_source(system, layout, system.properties, symmetric=False)
    assert layout.words == fixed.words
    assert ("def quantifier" in source) == fixed.helpers
    assert bool(layout.substates) or not fixed.symmetry
    assert search(str(paths[fixed]), {}, "python").outcome.depth > 3


@pytest.mark.parametrize("fixed", FIXED, ids=lambda fixed: f"seed {fixed.seed}")
def test_compiled_random_models_agree(
    fixed: Fixed, paths: dict[object, Path], compiled: dict[object, Future[Searched]]
) -> None:
    found = compiled[fixed].result(timeout=600)
    assert found == search(str(paths[fixed]), {}, "python", fixed.symmetry)
    assert found.outcome == search(str(paths[fixed]), {}, "python", not fixed.symmetry).outcome


def test_compiled_operators_agree_on_negative_numbers(
    paths: dict[object, Path], compiled: dict[object, Future[Searched]]
) -> None:
    found = compiled["operators"].result(timeout=600)
    assert found == search(str(paths["operators"]), {}, "python", True)
    assert found.outcome == search(str(paths["operators"]), {}, "python", False).outcome
    assert set(found.outcome.verdicts.values()) == {"violated", "holds"}


def test_that_model_fills_a_word_to_the_last_bit(paths: dict[object, Path]) -> None:
    (row,) = layout_of(load(str(paths["operators"])).lift()).substates.values()
    assert (row.count, row.width) == (3, 21)


def test_that_model_has_every_operator(paths: dict[object, Path]) -> None:
    from dnsrace.model.paths import Branch, Ensure, Leaf

    used: set[str] = set()

    def walk(tree: object) -> None:
        if isinstance(tree, Branch):
            used.update(e.op for e in tree.test.walk())
            walk(tree.yes)
            walk(tree.no)
        elif isinstance(tree, Ensure):
            walk(tree.then)
        elif isinstance(tree, Leaf) and tree.value is not None:
            for write in tree.value.writes:
                for expr in (*write.index, write.value):
                    used.update(e.op for e in expr.walk())

    system = load(str(paths["operators"])).lift()
    for step in system.steps:
        walk(step.tree)
    # "or" is not there, because paths with the same effect are joined; test_operators has it
    assert used >= set(OPERATORS) - {"param", "or"}
