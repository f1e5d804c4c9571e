"""What all tests share: the golden outputs, and one cache of compiled kernels for the session."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the golden files anew")


@pytest.fixture(scope="session", autouse=True)
def _control_c() -> None:
    """Ctrl-C reaches the tests' commands even if the tests run in the background of a shell, which
    has its children ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Generated and compiled files go to a directory of this session; children inherit it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DNSRACE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """golden(name, text): the text is that of tests/golden/<name>.txt (--rewrite replaces it)."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        text = text.rstrip("\n") + "\n"
        if request.config.getoption("--rewrite"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        assert path.is_file(), f"there is no {path.name}; write it with --rewrite"
        assert text == path.read_text()

    return check
