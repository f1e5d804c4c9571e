"""What a shell offers when somebody presses the tab key."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.running import dnsrace

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
    assert offered("dnsrace ") == (["explore", "replay", "models", "show", "export", "new"], "")
    assert offered("dnsrace exp") == (["explore", "export"], "")
    assert offered("dnsrace export tla peterson --ou") == (["--output"], "")


def test_the_options() -> None:
    assert offered("dnsrace explore --ke") == (["--keep-going"], "")
    assert offered("dnsrace explore peterson --max-s") == (["--max-states"], "")


@pytest.mark.parametrize("model", ["peterso", "./missing.py"])
def test_a_model_that_is_not_typed_to_its_end_is_no_error(model: str) -> None:
    assert offered(f"dnsrace explore {model} --ke")[1] == ""


def test_the_script_for_the_shell() -> None:
    done = dnsrace("--show-completion", "bash")
    assert done.code == 0
    assert "complete -o default -F" in done.out
