"""`dnsrace export`: where it writes, and what it refuses, with the place and the cure."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.running import dnsrace
from exports.settings import Setting
from exports.tools import REQUIRED, need
from support import write_model

from dnsrace.exports.targets import export


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_a_path_the_text_goes_to_standard_output() -> None:
    for target in ("tla", "promela", "murphi"):
        done = dnsrace("export", target, "peterson")
        assert done.code == 0
        assert done.err == ""
        assert done.out == export(Setting("peterson", "").system, target).alone
        assert dnsrace("export", target, "peterson", "--output", "-").out == done.out


def test_parameters_and_fixed_are_options() -> None:
    out = dnsrace("export", "promela", "--fixed", "dynamodb_dns", "--enactors", "2").out
    fixed = "enactors=2 freshness=in_batch cleaner=transactional rollback=tolerant"
    assert out == export(Setting("dynamodb_dns", fixed).system, "promela").text


def test_the_flagship_is_the_default() -> None:
    assert dnsrace("export", "murphi").out == dnsrace("export", "murphi", "dynamodb_dns").out


def test_a_module_and_its_configuration_are_written_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = dnsrace("export", "tla", "peterson", "--output", "out/Two.tla")
    assert done.out == "wrote out/Two.tla\nwrote out/Two.cfg\n"
    written = export(Setting("peterson", "").system, "tla", "out/Two.tla")
    assert (tmp_path / "out/Two.tla").read_text() == written.text
    assert (tmp_path / "out/Two.cfg").read_text() == written.beside[".cfg"]
    assert " MODULE Two " in written.text
    assert "-config Two.cfg Two.tla" in written.text


@pytest.mark.parametrize(("target", "file"), [("promela", "a b.pml"), ("murphi", "a b.m")])
def test_the_commands_in_the_head_name_the_file(target: str, file: str, tmp_path: Path) -> None:
    assert dnsrace("export", target, "peterson", "-o", file).out == f"wrote {file}\n"
    assert f"'{file}'\n" in (tmp_path / file).read_text()


def test_the_head_names_the_command_that_finds_the_same_numbers() -> None:
    out = dnsrace("export", "murphi", "ewd840", "--nodes", "2", "--no-stained").out
    command = "dnsrace explore ewd840 --nodes 2 --no-stained --no-symmetry --keep-going"
    assert f"-- The same numbers come from\n--   {command}\n" in out
    explored = dnsrace(*command.split()[1:])
    assert "44 distinct states" in explored.out


def refused(*args: str) -> str:
    done = dnsrace("export", *args)
    assert done.code == 2
    assert done.out == ""
    return done.err


def test_an_unknown_target_is_told_the_known_ones() -> None:
    assert refused("alloy", "peterson") == (
        "error: there is no export alloy\n  cure: the targets are tla, promela, murphi\n"
    )
    assert "there is no export peterson" in refused("peterson")


def test_an_unknown_model_is_told_as_everywhere() -> None:
    assert "there is no model petersen\n  cure: did you mean peterson?" in refused(
        "tla", "petersen"
    )


def test_a_module_needs_a_name_that_tla_allows() -> None:
    assert "my-model cannot be the name of a TLA+ module" in refused("tla", "-o", "my-model.tla")
    assert "Spec cannot be the name" in refused("tla", "-o", "Spec.tla")
    assert refused("tla", "--output", "model.txt") == (
        "error: model.txt: a TLA+ module is in a file whose name ends with .tla\n"
        "  cure: write model.tla\n"
    )


def test_a_path_that_cannot_be_written() -> None:
    assert refused("murphi", "-o", "nowhere/x.m") == (
        "error: --output: 'nowhere/x.m' cannot be written\n"
        "  cure: give the path of a file, in a folder that exists\n"
    )


WIDE = """
    @model
    def wide():
        class Big(Range, low=0, high=70000): ...
        class S(State):
            x = var(Big, start=1)
        @step
        def grow(s):
            require(s.x * s.x * 8 < 100)
            s.x += 1
"""

HUGE = """
    @model
    def huge():
        class Big(Range, low=0, high=5000000000): ...
        class S(State):
            x = var(Big, start=1)
        @step
        def grow(s):
            require(s.x < 5)
            s.x += 1
"""

MANY_STARTS = """
    @model
    def many():
        class Cell(Range, low=1, high=11): ...
        class S(State):
            on = var(bool, per=Cell, start=bool)
        @step
        def switch(s, c: Cell):
            s.on[c] = not s.on[c]
"""


@pytest.mark.parametrize(("target", "name", "bits"), [
    ("tla", "TLC", 32), ("promela", "Promela", 32), ("murphi", "Murphi", 31),
])  # fmt: skip
def test_numbers_that_are_too_wide(target: str, name: str, bits: int, tmp_path: Path) -> None:
    write_model(tmp_path, WIDE)
    assert refused(target, "./toy.py") == (
        f"error: toy.py:12: {name} cannot express x * x * 8: its value may need more than {bits} "
        "bits\n  cure: use smaller domains\n"
    )
    write_model(tmp_path, HUGE)
    assert refused(target, "./toy.py") == (
        f"error: toy.py:7: {name} cannot express Big = 0..5000000000: its numbers have {bits} "
        "bits\n  cure: use a smaller domain\n"
    )


def test_more_starts_than_promela_has_room_for(tmp_path: Path) -> None:
    write_model(tmp_path, MANY_STARTS)
    assert refused("promela", "./toy.py") == (
        "error: toy.py:7: Promela cannot express 2048 initial states: each is written out, up to "
        "2000\n  cure: give smaller parameters, or export to TLA+ or Murphi\n"
    )
    assert dnsrace("export", "tla", "./toy.py").code == 0
    assert dnsrace("export", "murphi", "./toy.py").code == 0


# -- the tools that the other tests need


def test_a_missing_tool_skips_a_test_unless_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="spin, rumur not installed: apt-get install"):
        need("spin", "rumur")
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="spin not installed: apt-get install"):
        need("spin")
