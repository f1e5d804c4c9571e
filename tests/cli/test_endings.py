"""How the program ends when somebody stops it: with the documented exit code, and no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli.running import dnsrace
from support import write_model

from dnsrace.loader import directory


def run(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program for itself."""
    return subprocess.run(
        [sys.executable, "-m", "dnsrace", *args],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


PRESSED = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"
ANSWER = "interrupted: nothing is reported\n"


@pytest.mark.parametrize("library", ["typer", "rich"])
def test_control_c_while_libraries_are_imported(tmp_path: Path, library: str) -> None:
    (tmp_path / f"{library}.py").write_text(PRESSED)
    done = run("show", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (3, "", ANSWER)


@pytest.mark.parametrize("command", ["explore", "show"])
def test_control_c_while_a_model_is_imported(tmp_path: Path, command: str) -> None:
    path = tmp_path / "slow.py"
    path.write_text(PRESSED)
    done = dnsrace(command, str(path))
    assert (done.code, done.out, done.err) == (3, "", ANSWER)


def test_control_c_while_a_model_is_lifted(tmp_path: Path) -> None:
    path = tmp_path / "slow.py"
    text = (directory() / "peterson.py").read_text(encoding="utf-8")
    path.write_text(text.replace("    class Memory", "    raise KeyboardInterrupt\n\n    class M"))
    done = dnsrace("explore", str(path))
    assert (done.code, done.out, done.err) == (3, "", ANSWER)


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="there are no such pipes here")
@pytest.mark.parametrize("command", [["explore", "--fixed"], ["show"], ["explore", "--help"]])
def test_a_reader_that_goes_away_is_no_verdict(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "result.json"
    asked = ["--json", str(file)] if "--fixed" in command else []
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "dnsrace", *command, *asked],
            stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    finally:
        os.close(writer)
    assert done.returncode == -signal.SIGPIPE
    assert done.stderr == ""
    if asked:
        assert json.loads(file.read_text(encoding="utf-8"))["exit_code"] == 0


LAMP = """
import sys
{module}
@model
def lamp():
    {model}
    class S(State):
        on = var(bool, start=False)
    @step
    def switch(s):
        {step}
        s.on = not s.on
    @always
    def dark(s):
        {property}
        return not s.on
    @column
    def shown(s):
        {column}
        return ""
    @outcome(dark)
    def seen(s):
        {outcome}
        return ""
    @end
    def over(s):
        {end}
        return s.on
"""
PARTS = ("module", "model", "step", "property", "column", "outcome", "end")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "attempt", ["sys.exit(0)", "raise GeneratorExit", "raise BaseException('x')", "require(False)"]
)
def test_a_model_cannot_end_the_program_with_a_verdict(
    tmp_path: Path, part: str, attempt: str
) -> None:
    """Exit code 0 would mean that every property holds."""
    holes = dict.fromkeys(PARTS, "pass")
    write_model(tmp_path, LAMP.format(**holes), "fine")
    assert dnsrace("explore", str(tmp_path / "fine.py")).code == 1
    path = write_model(tmp_path, LAMP.format(**{**holes, part: attempt}), "broken")
    done = dnsrace("explore", str(path))
    if (part, attempt) == ("step", "require(False)"):
        assert done.code == 0
        return
    assert done.code == 2
    assert done.err.startswith(f"error: {path}:")


@pytest.mark.skipif(sys.platform == "win32", reason="a directory in use cannot be deleted there")
def test_a_directory_that_was_deleted(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})\n"
    code += "import sys; sys.argv = ['dnsrace', 'models']\n"
    code += "from dnsrace.cli_main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: the current directory does not exist any more\n  cure: go to one that does (cd)\n"
    )
