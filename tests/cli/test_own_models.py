"""A file of a user's own: its parameters as options, and what may be wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.running import Done, dnsrace
from support import write_model

Golden = Callable[[str, str], None]

SHOP = """
    class Mode(enum.Enum):
        FAST_LANE = 1
        SLOW = 2

    @model(fixed={"look_twice": True, "mode": Mode.SLOW})
    def shop(
        max_items: Annotated[int, between(1, 5), "how many there are"] = 2,
        look_twice: Annotated[bool, "look again"] = False,
        open_late: bool = True,
        mode: Annotated[Mode, "which lane"] = Mode.FAST_LANE,
        kind: Literal["plain", "with-dash", "with_line"] = "plain",
        change: Annotated[int, "may be negative"] = 0,
    ):
        '''A shop.'''
        class Count(Range, low=0, high=max_items): ...
        class S(State):
            sold = var(Count, start=0)
        @step
        def sell(s):
            require(s.sold < max_items)
            s.sold += 1
        @always
        def some_left(s):
            return s.sold < max_items or look_twice
"""


@pytest.fixture(autouse=True)
def _directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_model(tmp_path, SHOP, "shop")


def parameters(*args: str) -> dict[str, object]:
    """The parameters with which the shop is searched."""
    data = json.loads(dnsrace("explore", "./shop.py", *args, "--json", "-").out)
    return dict(data["parameters"])


DEFAULTS = {
    "max_items": 2, "look_twice": False, "open_late": True, "mode": "fast-lane", "kind": "plain",
    "change": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("args", "changed"),
    [
        ([], {}),
        (["--max-items", "3"], {"max_items": 3}),
        (["--max-items=3"], {"max_items": 3}),
        (["--look-twice"], {"look_twice": True}),
        (["--no-look-twice"], {}),
        (["--look-twice", "--no-look-twice"], {}),
        (["--no-open-late"], {"open_late": False}),
        (["--mode", "slow"], {"mode": "slow"}),
        (["--kind", "with-dash"], {"kind": "with-dash"}),
        (["--kind", "with_line"], {"kind": "with_line"}),
        (["--change", "7"], {"change": 7}),
        (["--change", "-7"], {"change": -7}),
        (["--change=-7"], {"change": -7}),
        (["--fixed"], {"look_twice": True, "mode": "slow"}),
        (["--fixed", "--mode", "fast-lane"], {"look_twice": True}),
        (["--no-look-twice", "--fixed"], {"mode": "slow"}),
    ],
    ids=lambda p: " ".join(p) if isinstance(p, list) else "",
)
def test_each_parameter_is_an_option(args: list[str], changed: dict[str, object]) -> None:
    assert parameters(*args) == {**DEFAULTS, **changed}


def test_the_parameters_have_a_panel_in_the_help() -> None:
    out = dnsrace("explore", "./shop.py", "--help").out
    panel = out[out.index("Parameters of the model") : out.index("Examples")]
    for words in (
        "--max-items", "how many there are", "(default: 2)", "--no-look-twice", "fast-lane|slow",
        "plain|with-dash|with_line", "--change",
    ):  # fmt: skip
        assert words in panel
    assert "--enactors" not in panel


def test_an_option_of_another_model_is_unknown() -> None:
    done = dnsrace("explore", "./shop.py", "--enactors", "2")
    assert done.code == 2
    assert "No such option: --enactors" in done.err


def test_the_trace_names_the_file_and_is_replayed() -> None:
    out = dnsrace("explore", "./shop.py", "--max-items", "1", "--kind", "with-dash").out
    text = "./shop.py(max_items=1, kind=with-dash): sell"
    assert f"dnsrace replay '{text}'" in out
    done = dnsrace("replay", text)
    assert (done.code, "Violated at the end: some_left." in done.out) == (0, True)


@pytest.mark.parametrize("path", ["shop.py", "./shop.py", "../{}/shop.py", "{}/shop.py"])
def test_a_path_may_be_written_in_any_way(tmp_path: Path, path: str) -> None:
    path = path.format(tmp_path.name if path.startswith("..") else tmp_path)
    assert dnsrace("explore", path).code == 1


@pytest.mark.parametrize(
    "name", ["json", "fixed", "symmetry", "no_symmetry", "max_depth", "help", "engine"]
)
def test_a_parameter_may_not_be_called_like_an_option(tmp_path: Path, name: str) -> None:
    write_model(tmp_path, SHOP.replace("change: Annotated", f"{name}: Annotated"), "named")
    done = dnsrace("explore", "./named.py")
    assert done.code == 2
    assert f"the parameter {name} has the name of an option" in done.err


@pytest.mark.parametrize(
    "name",
    ["model", "trace_it", "x", "h", "version", "parameter_1", "values", "name"],
)
def test_it_may_be_called_anything_else(tmp_path: Path, name: str) -> None:
    write_model(tmp_path, SHOP.replace("change: Annotated", f"{name}: Annotated"), "named")
    option = "--" + name.replace("_", "-")
    done = dnsrace("explore", "./named.py", option, "5", "--json", "-")
    assert json.loads(done.out)["parameters"][name] == 5


# -- several models in a file


def two(tmp_path: Path) -> None:
    second = SHOP.replace("def shop(", "def kiosk(").replace("class Mode", "class Other")
    second = second.replace("Mode.", "Other.").replace("Annotated[Mode", "Annotated[Other")
    write_model(tmp_path, SHOP + second, "two")


def test_of_two_models_one_must_be_named(tmp_path: Path) -> None:
    two(tmp_path)
    done = dnsrace("explore", "./two.py")
    assert done.code == 2
    assert done.err == (
        "error: two.py has several models\n  cure: name one: two.py:shop (it has shop, kiosk)\n"
    )
    done = dnsrace("explore", "./two.py:kiosk", "--max-items", "1")
    assert done.code == 1
    assert done.out.startswith("./two.py:kiosk  max_items=1")
    text = "./two.py:kiosk(max_items=1): sell"
    assert f"dnsrace replay '{text}'" in done.out
    assert dnsrace("replay", text).code == 0


def test_the_cure_can_be_pasted(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    two(tmp_path / "sub")
    cure = dnsrace("explore", "./sub/two.py").err.split("name one: ")[1].split(" (")[0]
    assert dnsrace("explore", cure, "--max-items", "1").code == 1


def test_a_model_that_is_imported_is_a_model_too(tmp_path: Path) -> None:
    (tmp_path / "again.py").write_text(
        "import sys\nsys.path.insert(0, '.')\nfrom shop import shop as mine\n"
    )
    assert dnsrace("explore", "./again.py").code == 1


# -- what may be wrong with a file


BROKEN: dict[str, str] = {
    "syntax": "def f(:\n",
    "indent": "def f():\nreturn 1\n",
    "null": "x = 1\0\n",
    "import": "import no_such_module\n",
    "raises": "raise ValueError('oh no')\n",
    "deep": "def f():\n    return 1 / 0\n\nf()\n",
    "no_model": "x = 1\n",
    "empty": "",
    "exits": "import sys\nsys.exit()\n",
    "recursion": "def f():\n    f()\n\nf()\n",
}


@pytest.fixture
def broken(tmp_path: Path) -> list[Done]:
    """What is said of each."""
    done = []
    for name, text in BROKEN.items():
        (tmp_path / f"{name}.py").write_text(text)
        done.append(dnsrace("explore", f"./{name}.py", may_fail_inside=True))
    return done


def test_what_is_said_of_broken_files(broken: list[Done], golden: Golden) -> None:
    golden("broken_files", "\n".join(done.transcript() for done in broken))


def test_a_broken_file_is_wrong_usage_at_a_line_of_that_file(broken: list[Done]) -> None:
    for name, done in zip(BROKEN, broken, strict=True):
        assert done.code == 2, name
        assert done.err.startswith(f"error: {name}.py:"), name
        assert done.out == "", name


INSIDE = """
    @model
    def odd(size: int = 1):
        {before}
        class Count(Range, low=0, high=3): ...
        class S(State):
            n = var(Count, start=0)
            on = var(bool, start=False)
        @step
        def go(s):
            {step}
            say({words})
        @always
        def fine(s):
            return {property}
        @column()
        def shown(s):
            return {column}
        @outcome(fine)
        def world(s):
            return {outcome}
"""
FINE = {
    "before": "pass", "step": "s.n = 1", "words": "'goes'", "property": "s.n < 1",
    "column": "'x'", "outcome": "'y'",
}  # fmt: skip
WRONG: dict[str, tuple[str, str]] = {
    "parameters that are divided by": ("before", "1 / (size - 1)"),
    "an exception in the model": ("before", "raise KeyError('size')"),
    "an empty domain": ("before", "size = -5\n        class E(Range, low=0, high=size): ..."),
    "an exception in a step": ("step", "s.n = 1 // 0"),
    "an unknown variable": ("step", "s.m = 1"),
    "a value outside of its domain": ("step", "s.n += 4"),
    "a number for a Bool": ("step", "s.on = 1"),
    "an exception in the words": ("words", "1 / 0"),
    "words that are no text": ("words", "17"),
    "an exception in a property": ("property", "[][1]"),
    "a property that is no Bool": ("property", "s.n"),
    "an exception in a column": ("column", "1 / 0"),
    "a column that is no text": ("column", "17"),
    "an exception in an outcome": ("outcome", "{}['x']"),
    "an outcome that is no text": ("outcome", "None"),
    "an exception of a variable in a column": ("column", "s.m"),
}


@pytest.fixture
def wrong(tmp_path: Path) -> dict[str, Done]:
    """What is said of each, in a file of its own."""
    done = {}
    for what, (where, code) in WRONG.items():
        write_model(tmp_path, INSIDE.format(**{**FINE, where: code}), "odd")
        done[what] = dnsrace("explore", "./odd.py", may_fail_inside=True)
    return done


def test_what_is_said_of_wrong_models(wrong: dict[str, Done], golden: Golden) -> None:
    golden(
        "wrong_models",
        "\n".join(
            f"# {what}: {WRONG[what][1]}\n{done.transcript()}" for what, done in wrong.items()
        ),
    )


def test_a_wrong_model_is_wrong_usage_at_a_line_of_the_model(wrong: dict[str, Done]) -> None:
    bad = {
        what: (done.code, done.err.partition("\n")[0])
        for what, done in wrong.items()
        if done.code != 2 or not done.err.startswith("error: odd.py:")
    }
    assert bad == {}


def test_the_model_that_all_of_these_were_made_from_is_fine(tmp_path: Path) -> None:
    write_model(tmp_path, INSIDE.format(**FINE), "odd")
    assert dnsrace("explore", "./odd.py").code == 1


# -- `dnsrace new`


@pytest.mark.parametrize("name", ["my_model", "my-model", "sub/a1", "x"])
def test_a_new_model_runs_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    done = dnsrace("new", f"{name}.py")
    assert done.out == f"wrote {name}.py; now try: dnsrace explore ./{name}.py\n"
    assert dnsrace("explore", f"./{name}.py").code == 1
    assert dnsrace("explore", f"./{name}.py", "--fixed").code == 0
    assert f"./{Path(name).name}.py" in Path(f"{name}.py").read_text()


def test_an_absolute_path_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "there.py"
    done = dnsrace("new", str(path))
    assert done.out == f"wrote {path}; now try: dnsrace explore {path}\n"


@pytest.mark.parametrize(
    "name",
    ["class", "None", "end", "step", "model", "var", "say", "require", "always", "sometimes",
     "range", "all", "at_least", "int", "bool", "State", "Enum", "Annotated", "NAMES", "FILE"],
)  # fmt: skip
def test_a_name_that_means_something_is_refused_or_works(name: str) -> None:
    done = dnsrace("new", f"{name}.py")
    if done.code == 2:
        assert not Path(f"{name}.py").exists()
        return
    assert dnsrace("explore", f"./{name}.py").code == 1
    assert f"dnsrace explore ./{name}.py\n" in Path(f"{name}.py").read_text()


def test_nothing_that_exists_is_overwritten() -> None:
    before = Path("shop.py").read_text()
    done = dnsrace("new", "shop.py")
    assert (done.code, Path("shop.py").read_text()) == (2, before)
    Path("folder.py").mkdir()
    assert dnsrace("new", "folder.py").code == 2
