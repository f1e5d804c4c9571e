"""A value that leaves its domain while the model runs: every engine stops with the same words, the
line, the step and the state. So does the author's own function on that state."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest
from searching import search
from support import load_text, without_paths, write_model

from dnsrace.engines.request import EngineName, Request
from dnsrace.engines.search import explore
from dnsrace.errors import DomainError
from dnsrace.loader import load
from dnsrace.model import direct
from dnsrace.model.direct import ConcreteState
from dnsrace.model.interpreter import Interpreter, state_text

TEXT = """
@model
def toy(
    mistake: Literal[
        "none", "value", "low", "optional value", "index", "second index", "none as index",
        "none as value", "after a write", "in a branch", "in a sum", "in any()", "in a guard",
        "always", "sometimes", "every_step", "after the first violation",
    ] = "none",
):
    class Size(Range, low=0, high=3): ...
    class Few(Range, low=1, high=2): ...
    class Who(Names, count=2): ...
    class Holder(Maybe, of=Who, none="free"): ...
    class Perhaps(Maybe, of=Few): ...
    class S(State):
        size = var(Size, start=0)
        ready = var(bool, start=False)
        few = var(Few, start=1)
        perhaps = var(Perhaps, start=Perhaps.none)
        holder = var(Holder, start=Holder.none)
        up = var(bool, per=Size, start=False)
        busy = var(bool, per=(Who, Few), start=False)

    @step
    def grow(s):
        require(s.size < 3)
        s.size += 1
        s.ready = s.size == 3

    @step
    def go_wrong(s, w: Who):
        require(s.ready or mistake in ("low", "none as index", "none as value"))
        s.holder = w
        if mistake == "value":
            s.size += 1
        if mistake == "low":
            s.size -= 1
        if mistake == "optional value":
            s.perhaps = s.size
        if mistake == "index":
            s.up[s.size + 1] = True
        if mistake == "second index":
            s.up[0] = s.busy[w, s.size]
        if mistake == "none as value":
            s.few = s.perhaps
        if mistake == "after a write":
            s.few = 2
            s.few += s.size
        if mistake == "in a branch":
            if s.up[1] or s.size > s.few:
                s.few = 2 * s.size - 3
            else:
                s.few = 1
        if mistake == "in a sum":
            s.few = sum(s.busy[w, k + s.size] for k in Few) + 1
        if mistake == "in any()":
            s.up[0] = any(s.busy[w, k + s.size] for k in Few)
        if mistake == "in a guard":
            require(s.up[s.size + s.few])

    if mistake == "none as index":
        @step
        def use(s):
            s.busy[s.holder, 1] = True

    if mistake == "always":
        @always
        def p(s):
            return s.size < 2 or not s.up[s.size + 1]

    if mistake == "sometimes":
        @sometimes
        def p(s):
            return s.size > 1 and s.up[s.size + 1]

    if mistake == "every_step":
        @every_step
        def p(before, after):
            return not before.up[after.size + 1]

    if mistake == "after the first violation":
        @every_step
        def p(before, after):
            if after.ready:
                return before.up[after.size + 1]
            return after.size == before.size
"""

MISTAKES = [text for text in re.findall(r'"([^"]+)"', TEXT.split("] =")[0]) if text != "none"]
OF_PROPERTIES = ("always", "sometimes", "every_step", "after the first violation")
COMPILED = ("value", "every_step")


def message(path: Path, mistake: str, engine: EngineName, symmetry: bool) -> str:
    request = Request(engine=engine, symmetry=symmetry, keep_going=True)
    with pytest.raises(DomainError) as raised:
        explore(load(str(path)).lift(mistake=mistake), request)
    return without_paths(str(raised.value), path.parent)


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("domain_errors"), TEXT)


@pytest.fixture(scope="session")
def compiled(pool: ProcessPoolExecutor, path: Path) -> dict[str, Future[object]]:
    return {m: pool.submit(search, str(path), {"mistake": m}, "numba", False) for m in COMPILED}


def test_without_a_mistake_nothing_leaves_its_domain(path: Path) -> None:
    assert explore(load(str(path)).lift(), Request(engine="interpreter")).complete


def test_the_messages_read_as_they_should(path: Path, golden: Callable[[str, str], None]) -> None:
    shown = [f"-- {m}\n{message(path, m, 'interpreter', False)}" for m in MISTAKES]
    golden("domain_errors", "\n\n".join(shown))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_interpreter_and_the_python_engine_say_the_same(path: Path, mistake: str) -> None:
    assert message(path, mistake, "python", False) == message(path, mistake, "interpreter", False)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_with_symmetry_it_is_the_same_line(path: Path, mistake: str) -> None:
    """The state may be a renaming of the other one."""
    plain, *reduced = (
        message(path, mistake, engine, symmetry)
        for engine, symmetry in (("python", False), ("python", True), ("interpreter", True))
    )
    assert reduced[0].split(": ")[0] == plain.split(": ")[0]
    assert reduced[1].split(": ")[0] == plain.split(": ")[0]


@pytest.mark.parametrize("mistake", COMPILED)
def test_the_compiled_engine_says_the_same(
    path: Path, compiled: dict[str, Future[object]], mistake: str
) -> None:
    with pytest.raises(DomainError) as raised:
        compiled[mistake].result(timeout=600)
    said = without_paths(str(raised.value), path.parent)
    assert said == message(path, mistake, "interpreter", False)


@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m not in OF_PROPERTIES])
def test_the_authors_function_fails_in_just_those_states(path: Path, mistake: str) -> None:
    system = load(str(path)).lift(mistake=mistake)
    interpreter = Interpreter(system)
    todo, seen, failed = list(interpreter.initial()), set(interpreter.initial()), 0
    while todo:
        state = todo.pop()
        for step in system.steps:
            for choices in step.every_choice():
                try:
                    taken = interpreter.take(state, step, choices)
                except DomainError:
                    failed += 1
                    with pytest.raises(DomainError):
                        direct.take(system, state, step, choices)
                    continue
                after = direct.take(system, state, step, choices)
                assert after == (taken and taken.state), state_text(system, state)
                if after is not None and after not in seen:
                    seen.add(after)
                    todo.append(after)
    assert failed > 0


def test_a_concrete_state_guards_its_domains(tmp_path: Path) -> None:
    system = load_text(tmp_path, TEXT).lift()
    s = ConcreteState(system, next(Interpreter(system).initial()))
    for mistake in (
        lambda: setattr(s, "size", 4),
        lambda: setattr(s, "size", True),
        lambda: setattr(s, "holder", None),
        lambda: s.up[4],
        lambda: s.busy[0, 0],
        lambda: s.busy.__setitem__((0, 1), 1),
    ):
        with pytest.raises(DomainError, match="leaves"):
            mistake()
    s.size = 3
    s.busy[1, 2] = True
    assert (s.size, s.busy[1, 2], s.busy[0, 2]) == (3, True, False)
