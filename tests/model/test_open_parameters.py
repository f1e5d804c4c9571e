"""A model lifted without a value for some parameters, and the hash that names a lifted form."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
from support import HEAD, load_text, without_paths, write_model

from dnsrace.engines.request import EngineName, Request
from dnsrace.engines.search import explore
from dnsrace.errors import DnsraceError, ModelError, UsageError
from dnsrace.loader import bundled, load
from dnsrace.model.show import system_hash, system_text

SIZES = ("enactors", "plans", "endpoints", "retention")


def test_the_flagship_with_its_sizes_open(golden: Callable[[str, str], None]) -> None:
    golden("dynamodb_dns_open", system_text(load("dynamodb_dns").lift(open=SIZES)))


def test_the_fixed_flagship_with_its_sizes_open(golden: Callable[[str, str], None]) -> None:
    model = load("dynamodb_dns")
    system = model.lift(open=SIZES, **model.fixed)
    golden("dynamodb_dns_open_fixed", system_text(system))
    assert system.open == SIZES
    assert not set(SIZES) & set(system.parameters)


@pytest.mark.parametrize("size", SIZES)
def test_each_size_can_be_open_by_itself(size: str) -> None:
    system = load("dynamodb_dns").lift(open=(size,))
    assert f"  open: {size}\n" in system_text(system)


@pytest.mark.parametrize("engine", ["python", "interpreter", "numba"])
@pytest.mark.parametrize("opened", [("retention",), ("plans",), SIZES], ids=",".join)
def test_no_engine_explores_an_open_model(engine: EngineName, opened: Iterable[str]) -> None:
    system = load("dynamodb_dns").lift(open=opened)
    with pytest.raises(DnsraceError, match="open"):
        explore(system, Request(engine=engine))


@pytest.mark.parametrize("name", ["freshness", "crashes", "no_such"])
def test_only_whole_numbers_can_be_open(name: str) -> None:
    with pytest.raises(UsageError) as raised:
        load("dynamodb_dns").lift(open=(name,))
    assert str(raised.value) == (
        f"{name} cannot be left open\n"
        "  cure: only whole-number parameters can: enactors, plans, endpoints, retention"
    )


BODIES = {
    "a loop over an open domain": """
        for i in I:
            s.up[i] = True
    """,
    "a sum over an open domain": """
        s.up[0] = sum(s.up[i] for i in I) > 1
    """,
    "a minimum over an open domain": """
        s.up[0] = min(i + s.x for i in I) > 1
    """,
    "a range as long as an open parameter": """
        for i in range(size):
            s.up[i] = True
    """,
    "a list of an open domain": """
        s.up[list(I)[0]] = True
    """,
    "an enumerated open domain": """
        s.up[0] = any(n > 1 for n, i in enumerate(I))
    """,
    "a key that is an open parameter": """
        s.up[{2: 0, 3: 1}[size]] = True
    """,
}
SIZED = """\
@model
def toy(size: int = 3):
    class I(Range, low=0, high=size - 1): ...
    class S(State):
        up = var(bool, per=I, start=False)
        x = var(I, start=0)
    @step
    def f(s):
        require(any(s.up[i] for i in I))
"""
SHAPED = """\
@model
def toy(size: int = 3):
    class S(State):
        up = var(bool, start=False)
    if size > 2:
        @step
        def f(s):
            s.up = True
"""


def test_what_needs_the_size_is_refused(tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    """Each is fine with a value for the parameter, and refused with its line without one."""
    texts = {case: SIZED + indent(dedent(body), " " * 8) for case, body in BODIES.items()}
    texts["a step that is there for some sizes"] = SHAPED
    shown = []
    for case, text in texts.items():
        model = load_text(tmp_path, text)
        assert len(model.lift().steps) == 1
        with pytest.raises(ModelError) as raised:
            model.lift(open=("size",))
        assert raised.value.place is not None
        numbered = list(enumerate((HEAD + text).splitlines(), 1))
        own = BODIES.get(case, SHAPED).strip().splitlines()
        lines = [f"{n:3}  {line}" for n, line in numbered[-len(own) - 1 :] if line.strip()]
        message = without_paths(str(raised.value), tmp_path)
        shown.append("\n".join([f"-- {case}", *lines, message]))
    golden("refusals_open", "\n\n".join(shown))


def test_facts_hold_for_every_size(tmp_path: Path) -> None:
    """The lower limit of an open parameter is known; nothing else about it is."""
    model = load_text(
        tmp_path,
        """
        @model
        def toy(size: Annotated[int, at_least(2)] = 3):
            class I(Range, low=0, high=size): ...
            class S(State):
                x = var(I, start=0)
                up = var(bool, start=False)
            @step
            def within(s):
                s.x = 2
            @step
            def beyond(s):
                s.x = 3
            @step
            def next(s):
                require(s.x < size)
                s.x += 1
            @step
            def test(s):
                if size >= 2:
                    s.up = True
                else:
                    s.up = False
        """,
    )
    text = system_text(model.lift(open=("size",)))
    within, beyond, grows, test = text.split("\nstep ")[1:]
    assert "check" not in within
    assert "check 3 <= size" in beyond
    assert "check" not in grows
    assert test.startswith("test()\n  up := true\n")


PRINT = """
import sys
from dnsrace.loader import load
from dnsrace.model.show import system_hash, system_text
for reference in sys.argv[1:]:
    model = load(reference)
    print(system_hash(model.lift()))
    print(system_hash(model.lift(**model.fixed)))
    print(system_text(model.lift()))
print(system_hash(load("dynamodb_dns").lift(open=["enactors", "plans", "endpoints", "retention"])))
"""

TANGLED = """
@model
def toy():
    class I(Range, low=0, high=9): ...
    class S(State):
        a = var(I, start=0)
        b = var(I, start=0)
        c = var(I, start=0)
        d = var(I, start=0)
        x = var(I, per=I, start=0)
    @step
    def f(s, i: I, j: I):
        require(s.a + s.b + s.c <= s.d + i + j)
        require(s.a + 2 * s.b >= s.c + s.d + 3)
        require(s.x[i] + s.x[j] + s.a >= 2 * s.b + i)
        require(s.d + i < s.x[j] + s.c)
        if s.a + s.b < s.x[i] + j:
            s.x[i] = s.a + s.b - 1
        elif s.c - s.d > i - j:
            s.x[j] = s.c - s.d + j
        else:
            s.a = s.b + s.c - i
        s.d = max(s.a - s.b, s.c - s.x[j], 0)
"""


def printed(references: list[str], seed: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", PRINT, *references],
        env={**os.environ, "PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_texts_and_hashes_are_the_same_in_every_process(tmp_path: Path) -> None:
    references = [m.name for m in bundled()] + [str(write_model(tmp_path, TANGLED))]
    first, *others = (printed(references, seed) for seed in ("0", "1", "12345"))
    assert first.count("\nmodel ") == len(references)
    assert others == [first, first]


VARIATIONS: list[dict[str, Any]] = [
    {}, {"enactors": 2}, {"plans": 3}, {"endpoints": 2}, {"retention": 2},
    {"freshness": "in_batch"}, {"cleaner": "checked"}, {"cleaner": "transactional"},
    {"rollback": "tolerant"}, {"retry": "newest"}, {"preamble": False}, {"lock_expiry": True},
    {"crashes": True}, {"operator": "rollback"}, {"operator": "repair"},
]  # fmt: skip


def test_every_parameter_changes_the_hash() -> None:
    model = load("dynamodb_dns")
    hashes = [system_hash(model.lift(**given)) for given in VARIATIONS]
    assert len(set(hashes)) == len(VARIATIONS)
    assert {name for given in VARIATIONS for name in given} == {p.name for p in model.parameters}
    assert system_hash(model.lift(enactors=3, crashes=False)) == hashes[0]
    assert all(len(h) == 16 and int(h, 16) >= 0 for h in hashes)
