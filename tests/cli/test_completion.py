"""What a shell offers when somebody presses the tab key."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.running import dnsrace
from support import write_model

PROGRAM = str(Path(sys.executable).with_name("dnsrace"))


def offered(line: str) -> tuple[list[str], str]:
    """What bash would offer at the end of the line, and what would be printed besides."""
    words = line.split(" ")
    done = subprocess.run(
        [PROGRAM],
        env={
            **os.environ, "_DNSRACE_COMPLETE": "complete_bash", "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.stdout.split(), done.stderr


def test_the_commands() -> None:
    assert offered("dnsrace ") == (
        [
            "explore", "hunt", "bmc", "prove", "verify", "fixes", "replay", "conform", "models",
            "show", "graph", "export", "new",
        ],
        "",
    )  # fmt: skip
    assert offered("dnsrace exp") == (["explore", "export"], "")
    assert offered("dnsrace export tla peterson --ou") == (["--output"], "")


def test_the_options() -> None:
    assert offered("dnsrace explore --ke") == (["--keep-going"], "")
    assert offered("dnsrace explore peterson --max-s") == (["--max-states"], "")


def test_the_models() -> None:
    built_in = ["dynamodb_dns", "ewd840", "peterson", "two_phase_commit"]
    assert offered("dnsrace explore ") == (built_in, "")
    assert offered("dnsrace show p") == (["peterson"], "")
    assert offered("dnsrace explore --engine python t") == (["two_phase_commit"], "")
    assert offered("dnsrace explore ./p") == ([], "")


def test_the_engines() -> None:
    assert offered("dnsrace explore --engine ") == (["auto", "numba", "python", "interpreter"], "")
    assert offered("dnsrace explore peterson --engine p") == (["python"], "")


@pytest.mark.parametrize("command", ["explore", "show"])
def test_the_parameters_of_the_model(command: str) -> None:
    assert offered(f"dnsrace {command} peterson --en")[0][-1:] == ["--entry"]
    assert offered(f"dnsrace {command} two_phase_commit --man") == (["--managers"], "")
    assert offered(f"dnsrace {command} peterson --man") == ([], "")
    assert offered(f"dnsrace {command} --enact") == (["--enactors"], "")
    assert offered(f"dnsrace {command} --no-lo") == (["--no-lock-expiry"], "")


def test_the_values_of_a_parameter() -> None:
    values = ["flag_first", "turn_first", "flag_only"]
    assert offered("dnsrace explore peterson --entry ") == (values, "")
    assert offered("dnsrace explore peterson --entry flag") == (["flag_first", "flag_only"], "")
    assert offered("dnsrace show --cleaner tr") == (["transactional"], "")
    assert offered("dnsrace explore --enactors ") == ([], "")


def test_the_parameters_of_a_model_of_ones_own(tmp_path: Path) -> None:
    path = write_model(
        tmp_path,
        """
        print("imported")
        @model
        def lamp(color: Literal["red", "blue"] = "red"):
            class S(State):
                on = var(bool, start=False)
            @step
            def switch(s):
                s.on = not s.on
        """,
    )
    assert offered(f"dnsrace explore {path} --col") == (["--color"], "imported\n")
    assert offered(f"dnsrace explore {path} --color b") == (["blue"], "imported\n")


@pytest.mark.parametrize("model", ["peterso", "./missing.py"])
def test_a_model_that_is_not_typed_to_its_end_is_no_error(model: str) -> None:
    assert offered(f"dnsrace explore {model} --ke")[1] == ""


def test_the_script_for_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may be run by a program that no shell has started."""
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: "bash")
    done = dnsrace("--show-completion")
    assert done.code == 0
    assert "complete -o default -F" in done.out
