"""Generated files: written once, named by what they hold, and never trusted blindly."""

from __future__ import annotations

import ast
import errno
import importlib.util
import itertools
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from support import lift_text

from dnsrace.engines import cache
from dnsrace.engines.lanes import kernel_source
from dnsrace.engines.native.library import Library, version
from dnsrace.engines.native.machine import Machine
from dnsrace.engines.request import Request
from dnsrace.engines.search import explore
from dnsrace.loader import load
from dnsrace.model.system import System

X86 = platform.machine().lower() in ("x86_64", "amd64")

TOY = """
    @model
    def ring(size: int = 4):
        class Spot(Range, low=0, high=size - 1): ...
        class S(State):
            at = var(Spot, start=0)
        @step
        def on(s, to: Spot):
            require(to == (s.at + 1) % size)
            s.at = to
        @always
        def below_three(s):
            return s.at < 3
"""


@pytest.fixture(scope="module")
def _compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the toy's machine code in it, made once."""
    directory = tmp_path_factory.mktemp("compiled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DNSRACE_CACHE", str(directory))
        path = tmp_path_factory.mktemp("toy")
        assert search(lift_text(path, TOY)) == (4, "violated", 3)
    return directory


@pytest.fixture
def filled(_compiled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as this run's cache. Tests that damage it leave it repaired."""
    monkeypatch.setenv("DNSRACE_CACHE", str(_compiled))
    return _compiled


@pytest.fixture
def toy(tmp_path: Path) -> System:
    return lift_text(tmp_path, TOY)


def search(system: System) -> tuple[int, str, int | None]:
    """States, verdict and length, by the compiled engine."""
    result = explore(system, Request(engine="numba", keep_going=True))
    [finding] = result.findings
    return result.statistics.distinct_states, finding.verdict, finding.length


def source_of(system: System) -> str:
    return kernel_source(system, system.properties, False)[0]


def files(directory: Path) -> dict[Path, int]:
    """Every file below a directory, with the time of its last change."""
    return {p: p.stat().st_mtime_ns for p in directory.rglob("*") if p.is_file()}


def generated(directory: Path) -> Path:
    [path] = directory.glob("*.py")
    return path


# -- what is there


def test_the_generated_file_is_plain_source(filled: Path, toy: System) -> None:
    path = generated(filled)
    assert path.read_text() == source_of(toy)
    tree = ast.parse(path.read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert {"expand_block", "check_block", "run", "insert_words", "grow"} <= names
    assert "Generated from the model ring" in (ast.get_docstring(tree) or "")


def test_the_generated_file_can_be_imported_by_hand(filled: Path) -> None:
    spec = importlib.util.spec_from_file_location("by_hand", generated(filled))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.WORDS == 1
    assert callable(module.run)


def test_the_name_is_the_models_and_a_hash_of_the_source(filled: Path, toy: System) -> None:
    path = generated(filled)
    assert path.stem == cache.name_of("ring", source_of(toy), version())
    stem, digest = path.stem.rsplit("_", 1)
    assert stem == "ring"
    assert len(digest) == 16
    int(digest, 16)


def test_another_toolchain_has_another_file(toy: System) -> None:
    text = source_of(toy)
    assert cache.name_of("ring", text, "llvm 1") != cache.name_of("ring", text, "llvm 2")


def test_a_second_run_writes_nothing(filled: Path, toy: System) -> None:
    search(toy)
    before = files(filled)
    assert search(toy) == (4, "violated", 3)
    assert files(filled) == before


def test_no_two_settings_share_a_file(tmp_path: Path) -> None:
    model = load("dynamodb_dns")
    choices = {
        p.name: (2, 3) if p.kind == "int" else p.values or (False, True) for p in model.parameters
    }
    names = set()
    settings = [dict(zip(choices, values, strict=True)) for values in _some(choices.values())]
    for given, symmetric in itertools.product(settings, (False, True)):
        system = model.lift(**given)
        watched = tuple(p for p in system.properties if p.kind in ("always", "every_step"))
        for properties in (watched, watched[:1]):
            source, _ = kernel_source(system, properties, symmetric)
            names.add(cache.name_of(model.name, source, version()))
    assert len(names) == 4 * len(settings)


def _some(values: object) -> list[tuple[object, ...]]:
    """The first of all values, and all settings that differ from it in one place."""
    everything = list(itertools.product(*values))  # type: ignore[call-overload]
    first = everything[0]
    return [v for v in everything if sum(a != b for a, b in zip(v, first, strict=True)) <= 1]


def test_a_parameter_that_changes_nothing_still_makes_another_file(tmp_path: Path) -> None:
    text = TOY.replace("size: int = 4", "size: int = 4, spare: bool = False")
    model_text = [source_of(lift_text(tmp_path, text, spare=spare)) for spare in (False, True)]
    assert len({cache.name_of("ring", t, version()) for t in model_text}) == 2


# -- damage


def test_a_damaged_source_is_written_again(filled: Path, toy: System) -> None:
    path = generated(filled)
    path.write_text(path.read_text().replace("return", "return 1 +", 1))
    with pytest.warns(UserWarning, match="was damaged; written again"):
        assert search(toy) == (4, "violated", 3)
    assert path.read_text() == source_of(toy)


@pytest.mark.parametrize("damage", [b"", b"ANSWER = 43\n", b"ANSWER =", b"\xff\xfe\x00"])
def test_whatever_the_damage_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    monkeypatch.setenv("DNSRACE_CACHE", str(tmp_path))
    text = "ANSWER = 42\n"
    assert cache.load("small", text, "none").ANSWER == 42
    path = generated(tmp_path)
    path.write_bytes(damage)
    with pytest.warns(UserWarning, match="was damaged; written again"):
        assert cache.load("small", text, "none").ANSWER == 42
    assert path.read_text() == text


@pytest.mark.parametrize("keep", [0, 20])
def test_pythons_own_cached_bytecode_may_be_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: int
) -> None:
    monkeypatch.setenv("DNSRACE_CACHE", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    text = "ANSWER = 42\n"
    cache.load("small", text, "none")
    [path] = tmp_path.rglob("*.pyc")
    path.write_bytes(path.read_bytes()[:keep])
    assert cache.load("small", text, "none").ANSWER == 42


def machine_code(directory: Path) -> Path:
    [path] = directory.glob("*.o")
    return path


@pytest.mark.parametrize("at", [0, 0.3, 0.9, 1])
def test_one_wrong_byte_in_machine_code_is_noticed(filled: Path, toy: System, at: float) -> None:
    path = machine_code(filled)
    whole = path.read_bytes()
    place = int(at * (len(whole) - 1))
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    with pytest.warns(UserWarning, match=r"\.o was damaged; compiled anew"):
        assert search(toy) == (4, "violated", 3)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("keep", [0, 20, 1000])
def test_half_of_the_machine_code_is_noticed(filled: Path, toy: System, keep: int) -> None:
    path = machine_code(filled)
    whole = path.read_bytes()
    path.write_bytes(whole[:keep])
    with pytest.warns(UserWarning, match="was damaged; compiled anew"):
        assert search(toy) == (4, "violated", 3)
    assert path.read_bytes() == whole


def test_machine_code_of_another_processor_is_left_alone(filled: Path, toy: System) -> None:
    """A cache in a home directory is shared by machines."""
    path = generated(filled)
    other = Library(path, path.read_text(), Machine("x86-64-v3" if X86 else "generic", "+fxsr"))
    other.doors()
    mine, theirs = sorted(filled.glob("*.o"), key=lambda p: other.machine.name in p.name)
    assert mine.name != theirs.name
    assert other.machine.name in theirs.name
    before = files(filled)
    assert search(toy) == (4, "violated", 3)
    assert files(filled) == before
    theirs.unlink()


def test_machine_code_that_cannot_be_kept_is_used_all_the_same(
    tmp_path: Path, toy: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk may be full."""
    monkeypatch.setenv("DNSRACE_CACHE", str(tmp_path))
    write = cache.write

    def full(path: Path, content: bytes) -> None:
        if path.suffix == ".o":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(cache, "write", full)
    with pytest.warns(UserWarning, match=r"\.o cannot be written \(No space left on device\)"):
        assert search(toy) == (4, "violated", 3)
    assert list(tmp_path.glob("*.o")) == []


# -- where it is


def test_a_directory_that_cannot_be_written_is_survived(
    tmp_path: Path, toy: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below a regular file nobody can make a directory, not even root."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DNSRACE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.warns(UserWarning, match="cannot be written.*DNSRACE_CACHE"):
        found = cache.load("spare", "ANSWER = 42\n", "none")
    assert found.ANSWER == 42


def test_the_command_survives_it_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    wanted = tmp_path / "file" / "cache"
    command = ["explore", "peterson", "--engine", "numba"]
    done = subprocess.run(
        [sys.executable, "-m", "dnsrace", *command],
        env={**os.environ, "DNSRACE_CACHE": str(wanted)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0
    assert done.stderr.startswith(f"warning: the cache {wanted} cannot be written")
    assert done.stderr.count("\n") == 1
    assert "42 distinct states" in done.stdout


def test_without_the_variable_it_is_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DNSRACE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.directory().is_relative_to(tmp_path)
    assert cache.directory().name == "dnsrace"


MANY = """
import sys
from dnsrace.engines import cache
for i in range(200):
    assert cache.load(f"small{i}", f"ANSWER = {i}\\n" * 500, "none").ANSWER == i
"""


def test_runs_at_the_same_time_do_not_disturb_one_another(tmp_path: Path) -> None:
    environment = {**os.environ, "DNSRACE_CACHE": str(tmp_path)}
    runs = [
        subprocess.Popen([sys.executable, "-c", MANY], env=environment, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    errors = [run.communicate(timeout=120)[1] for run in runs]
    assert errors == [b"", b"", b""]
    assert len(list(tmp_path.glob("*.py"))) == 200
    assert list(tmp_path.rglob("*.part")) == []


TOGETHER = """
import sys
from dnsrace.engines.native import load
text = open(sys.argv[1]).read()
for _ in range(3):
    assert load("ring", text).WORDS == 1
"""


def test_two_runs_may_compile_the_same_at_once(tmp_path: Path, filled: Path) -> None:
    environment = {**os.environ, "DNSRACE_CACHE": str(tmp_path)}
    command = [sys.executable, "-c", TOGETHER, str(generated(filled))]
    runs = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) for _ in range(3)]
    assert [run.communicate(timeout=120)[1] for run in runs] == [b"", b"", b""]
    assert len(list(tmp_path.glob("*.o"))) == 1
    assert list(tmp_path.rglob("*.part")) == []
