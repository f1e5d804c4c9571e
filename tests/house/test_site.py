"""What the pages say that are made of docstrings."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from types import ModuleType

import pytest

import dnsrace.api

HOOK = Path(__file__).parent.parent.parent / "docs" / "hooks" / "docstrings.py"


@pytest.fixture
def hook() -> ModuleType:
    pytest.importorskip("griffe", reason="needs the docs extra")
    spec = importlib.util.spec_from_file_location("docstrings_hook", HOOK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_section_of_parameters_becomes_a_list(hook: ModuleType) -> None:
    text = "Do it.\n\nParameters\n----------\na, b: two\n    of them.\ngiven: more.\n\nRaises Oops."
    assert hook.parameters(text, ["a", "b", "**given"]) == (
        "Do it.\n\nParameters:\n    a: two\n        of them.\n    b: two\n        of them.\n"
        "    **given: more.\n\nRaises Oops."
    )
    assert hook.parameters("Nothing to see.", []) == "Nothing to see."


def test_the_api_names_each_of_its_parameters(hook: ModuleType) -> None:
    """As the page shows them: a parameter without a sentence is missed here."""
    for function in (dnsrace.api.explore, dnsrace.api.fixes, dnsrace.api.graph):
        names = [str(p).split(":")[0] for p in inspect.signature(function).parameters.values()]
        text = hook.parameters(inspect.getdoc(function), names)
        for name in names:
            assert f"\n    {name}: " in text, (function.__name__, name)
