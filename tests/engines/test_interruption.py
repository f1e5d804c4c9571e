"""A search that is interrupted reports what it has."""

from __future__ import annotations

import itertools
import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest
from engines.honesty import ENGINES, assert_is_honest, run

from dnsrace.cli_support import interruptible
from dnsrace.engines import numba_space
from dnsrace.engines.request import EngineName, Request
from dnsrace.engines.search import explore
from dnsrace.model.system import System


def after(calls: int) -> Any:
    """Asks to be interrupted once it has been called so often."""
    counter = itertools.count(1)
    return lambda: next(counter) > calls


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("calls", [0, 3])
def test_an_interrupted_search_reports_what_it_has(
    small: System, levels: list[int], engine: EngineName, calls: int
) -> None:
    request = Request(engine=engine, symmetry=False, keep_going=True, interrupted=after(calls))
    result = explore(small, request)
    assert result.stopped == "it was interrupted"
    assert_is_honest(result, levels)
    assert result.exit_code == (1 if result.checked >= 8 else 3)


def test_numba_is_interrupted_in_the_midst_of_a_level(
    large: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numba_space, "CHUNK", 1 << 10)
    request = Request(engine="numba", symmetry=False, keep_going=True, interrupted=after(60))
    result = explore(large, request)
    truth = run(large, "numba", depth=result.checked + 1)
    assert_is_honest(result, truth.statistics.levels)
    assert len(result.statistics.levels) == result.checked + 2
    assert result.statistics.levels[-1] < truth.statistics.levels[-1]
    assert result.exit_code == 1  # rollback_ready and no_empty_answer were violated before


# -- Ctrl-C, as a user presses it


def drain(master: int) -> None:
    """Read what else the terminal shows, so that nobody waits for room to write."""
    try:
        while os.read(master, 4096):
            pass
    except OSError:
        os.close(master)


def test_pressing_once_asks_and_pressing_twice_ends(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible(Request()) as request:
        assert not request.interrupted()
        signal.raise_signal(signal.SIGINT)
        assert request.interrupted()
    assert signal.getsignal(signal.SIGINT) is before
    with interruptible(Request()):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(signal.SIGINT)
    assert ended.value.code == 3
    assert "nothing is reported" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("engine", ["python", "numba"])
def test_control_c_ends_with_a_partial_report(engine: str) -> None:
    """The progress line on a terminal says when the search is under way."""
    master, slave = pty.openpty()
    command = [
        *(sys.executable, "-m", "dnsrace", "explore", "--enactors", "4", "--plans", "6"),
        *("--no-symmetry", "--keep-going", "--engine", engine, "--json", "-"),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=slave, env={**os.environ, "TERM": "xterm"}
    )
    os.close(slave)
    try:
        shown = b""
        while b"states" not in shown:
            ready, _, _ = select.select([master], [], [], 60)
            assert ready, f"no progress was shown: {shown!r}"
            shown += os.read(master, 4096)
        process.send_signal(signal.SIGINT)
        threading.Thread(target=drain, args=[master], daemon=True).start()
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    data = json.loads(output)
    assert data["stopped"] == "it was interrupted"
    assert data["complete"] is False
    assert data["checked_depth"] in (data["depth"], data["depth"] - 1)
    assert sum(data["levels"]) == data["distinct_states"]
    assert data["engine"] == engine
    assert process.returncode == data["exit_code"]
    verdicts = {f["property"]: f["verdict"] for f in data["findings"]}
    assert "holds" not in (verdicts["no_empty_answer"], verdicts["rollback_ready"])
    assert data["exit_code"] == (
        1 if "violated" in (verdicts["no_empty_answer"], verdicts["rollback_ready"]) else 3
    )
