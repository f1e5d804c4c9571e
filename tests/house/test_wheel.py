"""The wheel that users get works without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def run(*command: object, directory: Path, environment: dict[str, str] | None = None) -> str:
    """What a command prints; it must succeed, or find a violation."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def test_the_wheel_in_an_empty_environment_elsewhere(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT, directory=tmp_path)
    [wheel] = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    models = {p.name for p in (ROOT / "models").glob("*.py")}
    assert {f"dnsrace/models/{name}" for name in models} <= names
    schemas = ("explore", "fixes", "conform", "verify")
    assert {f"dnsrace/reports/{name}.schema.json" for name in schemas} <= names
    assets = {p.name for p in (ROOT / "dnsrace/reports/page/assets").iterdir()}
    assert {f"dnsrace/reports/page/assets/{name}" for name in assets} <= names
    assert not {name for name in names if name.startswith(("tests/", "models/", "benchmarks/"))}

    run(sys.executable, "-m", "venv", tmp_path / "venv", directory=tmp_path)
    bin = tmp_path / "venv" / "bin"
    run(bin / "pip", "install", "--quiet", "--no-compile", wheel, directory=tmp_path)
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}

    def dnsrace(*args: str) -> str:
        return run(bin / "dnsrace", *args, directory=outside, environment=clean)

    found = json.loads(dnsrace("explore", "--enactors", "3", "--json", "-"))
    assert found["exit_code"] == 1
    assert {f["property"]: f["length"] for f in found["findings"]}["no_empty_answer"] == 14
    listed = dnsrace("models")
    assert all(Path(name).stem in listed for name in models)
    dnsrace("new", "mine.py")
    assert "VIOLATED" in dnsrace("explore", "./mine.py", "--engine", "numba")
    assert {path.name for path in outside.iterdir()} <= {"mine.py", "__pycache__"}
