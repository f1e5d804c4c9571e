"""Whatever is typed wrongly, the answer is a sentence with a cure, on one or a few lines."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli.running import Done, dnsrace
from support import write_model

Golden = Callable[[str, str], None]

LAMP = """
    @model
    def lamp(bright: bool = False, watts: Annotated[int, between(1, 60)] = 5):
        class S(State):
            on = var(bool, start=False)
        @step
        def switch(s):
            s.on = not s.on
        @always
        def dark(s):
            return not s.on
"""

LEMMAS = {
    "no_python": "def high(s):\n    return s.newest >\n",
    "unknown": "def high(s):\n    return all(s.newest >= s.plans[e] for e in Enactor)\n",
    "taken": "def no_empty_answer(s):\n    return True\n",
    "three": "def high(before, s, after):\n    return True\n",
    "empty": "HIGH = 3\n",
}

MISTAKES: dict[str, list[list[str]]] = {
    "model": [
        ["explore", "dynamodb"],
        ["explore", "two-phase-commit"],
        ["explore", "xyz"],
        ["explore", "./missing.py"],
        ["explore", "missing/"],
        ["explore", "folder/"],
        ["explore", "lamp"],
        ["explore", ""],
        ["explore", "./lamp.py:light"],
        ["explore", "peterson:paterson"],
        ["show", "petersen"],
        ["explore", "peterson", "two_phase_commit"],
    ],
    "unbounded": [
        ["explore", "--unbounded", "Victim"],
        ["explore", "peterson", "--unbounded", "Turn"],
        ["explore", "--unbounded", "Plan", "--plans", "4"],
        ["explore", "--unbounded", "Plan", "-p", "recoverable"],
        ["explore", "--unbounded", "Plan", "--deadlock"],
        ["explore", "--unbounded", "Plan", "--engine", "numba"],
        ["explore", "--unbounded", "Plan", "--html", "page.html"],
    ],
    "option": [
        ["explore", "--enactor", "3"],
        ["explore", "--managers", "3"],
        ["explore", "peterson", "--enactors", "3"],
        ["explore", "--keepgoing"],
        ["explore", "./lamp.py", "--brigth"],
        ["explore", "--enactors"],
        ["replay"],
        ["new"],
    ],
    "value": [
        ["explore", "--enactors", "many"],
        ["explore", "--enactors", "0"],
        ["explore", "--enactors", "2.5"],
        ["explore", "--enactors", ""],
        ["explore", "--cleaner", "blinde"],
        ["explore", "./lamp.py", "--watts", "61"],
        ["explore", "--engine", "spin"],
        ["explore", "--max-states", "0"],
        ["explore", "--max-depth", "-1"],
        ["explore", "--timeout", "soon"],
        ["explore", "--max-memory", "lots"],
        ["explore", "--max-memory", "0"],
        ["explore", "--max-memory", "M"],
        ["explore", "--max-memory", "²"],
        ["explore", "--max-paths", "1"],
        ["show", "--open", "cleaner"],
        ["show", "--open", "enactor"],
        ["show", "peterson", "--open", "entry"],
        ["show", "--open", "enactors", "--enactors", "3"],
        ["explore", "--enactors", "99999999999999999999"],
        ["explore", "--plans", "99999999999999999999"],
        ["explore", "--json", "missing/result.json"],
        ["explore", "--json", "folder"],
        ["explore", "--json", ""],
        ["explore", "--json", "-", "--trace", "-"],
    ],
    "property": [
        ["explore", "--property", "no_empty_anser"],
        ["explore", "peterson", "-p", "deadlock"],
        ["explore", "--property", ""],
    ],
    "hunt": [
        ["hunt", "--profile", "slow"],
        ["hunt", "--engine", "interpreter"],
        ["hunt", "-p", "safe"],
        ["hunt", "--seed", "-1"],
        ["hunt", "--walks", "0"],
        ["hunt", "--length", "0"],
        ["hunt", "two_phase_commit", "--fixed"],
        ["hunt", "--trace", "folder"],
        ["hunt", "--json", "-", "--trace", "-"],
        ["replay", "dynamodb_dns(): schedule: 7"],
        ["replay", "dynamodb_dns(): schedule: 0:publish"],
        ["replay", "dynamodb_dns(): schedule: 0 *3"],
    ],
    "prove": [
        ["prove", "-p", "recoverable"],
        ["prove", "-p", "nothing"],
        ["prove", "ewd840"],
        ["prove", "--k", "0"],
        ["prove", "--write", "found.py"],
        ["prove", "--discover", "--k", "2"],
        ["prove", "--discover", "--lemmas", "unknown.py"],
        ["prove", "peterson", "--discover", "--write", "missing/found.py"],
        ["prove", "two_phase_commit", "--fixed"],
        ["prove", "--lemmas", "missing.py"],
        ["prove", "--lemmas", "folder"],
        ["prove", "--lemmas", "lamp.py"],
        ["prove", "--lemmas", "no_python.py"],
        ["prove", "--lemmas", "unknown.py"],
        ["prove", "--lemmas", "taken.py"],
        ["prove", "--lemmas", "three.py"],
        ["prove", "--lemmas", "empty.py"],
        ["prove", "--fixed", "--smt2", "lamp.py"],
        ["prove", "--json", "-", "--trace", "-"],
    ],
    "verify": [
        ["verify", "-p", "nothing"],
        ["verify", "--timeout", "-1"],
        ["verify", "--walks", "0"],
        ["verify", "--markdown", "folder"],
        ["verify", "--json", "-", "--markdown", "-"],
        ["verify", "two_phase_commit", "--fixed"],
        ["verify", "--enactors", "0"],
    ],
    "bmc": [
        ["bmc", "-p", "safe"],
        ["bmc", "--max-depth", "-1"],
        ["bmc", "--from-depth", "9", "--max-depth", "8"],
        ["bmc", "--timeout", "-1"],
        ["bmc", "--open", "plan"],
        ["bmc", "--open", "plans", "--plans", "4"],
        ["bmc", "--open", "plans", "--complete"],
        ["bmc", "--open", "enactors"],
        ["bmc", "ewd840", "--open", "nodes"],
        ["bmc", "--open", "plans", "--open-up-to", "0"],
        ["bmc", "--open", "endpoints", "--open", "plans", "--open-up-to", "200"],
        ["bmc", "--open-up-to", "9"],
        ["bmc", "--engine", "numba"],
        ["bmc", "two_phase_commit", "--fixed"],
        ["bmc", "--json", "-", "--trace", "-"],
    ],
    "fixed": [["explore", "two_phase_commit", "--fixed"], ["show", "two_phase_commit", "--fixed"]],
    "trace": [
        ["replay", "missing.json"],
        ["replay", "publish"],
        ["replay", "dynamodb_dns(): "],
        ["replay", "dynamodb(): publish"],
        ["replay", "dynamodb_dns(enactor=2): publish"],
        ["replay", "dynamodb_dns(enactors=0): publish"],
        ["replay", "dynamodb_dns(open=2): publish"],
        ["replay", "dynamodb_dns(max_paths=2): publish"],
        ["replay", "dynamodb_dns(cleaner=blinde): publish"],
        ["replay", "dynamodb_dns(): publish pickup(0)"],
        ["replay", "dynamodb_dns(): publish pick_up(7)"],
        ["replay", "dynamodb_dns(): publish flip(0)"],
        ["replay", "ewd840(): stop(0)"],
        ["replay", "{}"],
        ["replay", '{"vars": 1}'],
        ["replay", '{"model": 1, "parameters": {}, "steps": [], "states": [{}]}'],
        ["replay", '{"model": "peterson", "findings": []}'],
        ["replay", "dynamodb_dns(enactors=2, enactors=3): publish"],
        ["replay", "dynamodb_dns(2): publish"],
        ["replay", "peterson()[turn=7]: wake(0)"],
        ["replay", "peterson()[turn=1]: wake(0)"],
        ["replay", "peterson()[turns=0]: wake(0)"],
        ["replay", ""],
        ["replay", "folder"],
        ["replay", "noise"],
        ["replay", "./lamp.py(): switch", "--json", "missing/trace.json"],
        ["replay", "./lamp.py(): switch", "--json", "-", "--itf", "-"],
    ],
    "new": [
        ["new", "lamp.py"],
        ["new", "lamp"],
        ["new", "two words.py"],
        ["new", "3d.py"],
        ["new", "missing/model.py"],
        ["new", "class.py"],
        ["new", "end.py"],
        ["new", "sub/../lamp.py"],
    ],
}


@pytest.fixture(scope="module", autouse=True)
def _directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All mistakes are made in one directory, in which there is a model."""
    directory = tmp_path_factory.mktemp("mistakes")
    write_model(directory, LAMP, "lamp")
    (directory / "folder").mkdir()
    for name, text in LEMMAS.items():
        (directory / f"{name}.py").write_text(text)
    (directory / "noise").write_bytes(bytes(range(128, 256)))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        yield


@functools.cache
def made(*args: str) -> Done:
    """Each mistake is made once."""
    return dnsrace(*args, may_fail_inside=True)


@pytest.mark.parametrize("kind", MISTAKES)
def test_mistakes_and_what_is_said_of_them(kind: str, golden: Golden) -> None:
    golden(f"mistakes_{kind}", "\n".join(made(*args).transcript() for args in MISTAKES[kind]))


HARMLESS = ["replay", "dynamodb_dns(): "]
CASES = [args for cases in MISTAKES.values() for args in cases]


@pytest.mark.parametrize("args", CASES, ids=" ".join)
def test_a_mistake_is_never_taken_for_something_else(args: list[str]) -> None:
    done = made(*args)
    assert done.code == (0 if args == HARMLESS else 2), done.err
    assert bool(done.err) == (args != HARMLESS)
    assert done.out == "" or args == HARMLESS


def test_an_error_in_a_model_is_at_a_line_of_the_model() -> None:
    """And not at the line of the program that called us."""
    done = dnsrace("explore", "./lamp.py", "--max-paths", "1")
    assert done.code == 2
    assert done.err.startswith("error: lamp.py:")


def test_a_trace_that_is_nested_too_deeply() -> None:
    done = dnsrace("replay", "-", input='{"a":' + "[" * 90_000)
    assert done.code == 2
    assert done.err.startswith("error: the trace is no JSON: ")


@pytest.mark.parametrize("ending", ["", ".py", ":model"])
def test_a_name_that_no_file_can_have(ending: str) -> None:
    done = dnsrace("explore", "long" * 100 + ending)
    assert done.code == 2
    assert done.err.startswith("error: ")


# -- the model is searched for among the arguments


@pytest.mark.parametrize(
    "args",
    [
        ["--entry", "flag_only", "peterson"],
        ["peterson", "--entry", "flag_only"],
        ["--entry=flag_only", "peterson"],
        ["--keep-going", "peterson", "--entry=flag_only"],
        ["--engine", "python", "peterson", "--entry", "flag_only"],
        ["-p", "mutual_exclusion", "peterson", "--entry", "flag_only"],
        ["--entry", "flag_only", "--", "peterson"],
        ["--json", "-", "--entry", "flag_only", "peterson"],
        ["peterson", "--entry", "flag_first", "--entry", "flag_only"],
    ],
    ids=" ".join,
)
def test_options_and_the_model_come_in_any_order(args: list[str]) -> None:
    done = dnsrace("explore", *args)
    assert done.code == 1
    assert "peterson" in done.out
    assert "flag_only" in done.out


@pytest.mark.parametrize(
    "args",
    [
        ["--fixed", "petersen"],
        ["--no-crashes", "petersen"],
        ["--", "petersen"],
        ["--enactors", "2", "petersen"],
        ["--deadlock", "--no-lock-expiry", "petersen"],
    ],
    ids=" ".join,
)
def test_a_misspelt_model_behind_an_option_is_not_ignored(args: list[str]) -> None:
    done = dnsrace("explore", *args)
    assert done.code == 2
    assert "there is no model petersen" in done.err
    assert "did you mean peterson?" in done.err


def test_a_value_that_is_a_models_name_is_a_value() -> None:
    path = write_model(
        Path(),
        LAMP.replace("bright: bool = False", 'kind: Literal["led", "peterson"] = "led"'),
        "named",
    )
    done = dnsrace("explore", f"./{path}", "--kind", "peterson")
    assert "kind=peterson" in done.out
    done = dnsrace("explore", "--kind", "peterson", f"./{path}")
    assert "kind=peterson" in done.out
