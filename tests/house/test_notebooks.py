"""Every notebook runs from top to bottom, and shows what it says
(`pytest --rewrite` writes what it shows into the notebook)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from cli.running import timeless

NOTEBOOKS = sorted((Path(__file__).parent.parent.parent / "docs" / "notebooks").glob("*.ipynb"))


def outputs(notebook: Any) -> list[list[Any]]:
    """What each cell shows, times aside."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [json.loads(timeless(json.dumps(cell.outputs))) for cell in cells]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_shows_what_it_says(
    path: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    notebook = nbformat.read(path, as_version=4)
    said = outputs(notebook)
    client = nbclient.NotebookClient(
        notebook, timeout=120, record_timing=False, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    for cell in notebook.cells:
        assert all(out.output_type != "error" for out in cell.get("outputs", ()))
    if request.config.getoption("--rewrite"):
        notebook.metadata.pop("language_info", None)
        nbformat.write(notebook, path)
    else:
        assert outputs(notebook) == said


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["first-look"]
