"""Which file may know which, and which libraries each may use."""

from __future__ import annotations

import ast
import graphlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent.parent / "dnsrace"
FILES = sorted(p for p in PACKAGE.rglob("*.py") if "models" not in p.relative_to(PACKAGE).parts)
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
LONGEST = 300

MAY_IMPORT: dict[str, set[str]] = {
    "": set(),
    "errors": set(),
    "template": {"errors"},
    "schedule": {"errors"},
    "model": {"errors"},
    "loader": {"errors", "model"},
    "findings": {"errors", "model"},
    "engines": {"errors", "model", "findings"},
    "exports": {"errors", "model", "findings"},
    "reports": {"errors", "model", "findings"},
    "check": {"errors", "model", "findings", "engines", "exports"},
    "fixes": {"errors", "model", "findings", "engines"},
    "graph": {"errors", "model", "findings", "engines", "loader"},
    "hunt": {"model", "findings", "engines"},
    "prove": {"errors", "model", "findings", "engines"},
    "bmc": {"errors", "model", "findings", "engines"},
    "verify_engines": {"errors", "model", "findings", "engines", "prove"},
    "verify": {"errors", "model", "findings", "engines", "verify_engines"},
    "conform": {"errors", "model", "findings", "engines"},
    "testing": {
        "errors", "model", "findings", "engines", "reports", "loader", "check", "hunt",
    },
    "api": {
        "errors", "model", "findings", "engines", "reports", "loader", "check", "fixes", "graph",
    },
    "cli_model": {"errors", "model", "loader"},
    "cli_support": {
        "", "errors", "model", "findings", "engines", "reports", "loader", "prove", "verify",
    },
    "cli_options": {"cli_model", "cli_support"},
    "cli_bmc": {
        "errors", "engines", "reports", "check", "bmc", "cli_model", "cli_options", "cli_support",
    },
    "cli_conform": {
        "errors", "model", "findings", "engines", "reports", "loader", "check", "conform",
        "cli_model", "cli_options", "cli_support",
    },
    "cli_export": {"check", "exports", "cli_model", "cli_options", "cli_support"},
    "cli_fixes": {"model", "reports", "fixes", "cli_model", "cli_options", "cli_support"},
    "cli_graph": {
        "errors", "findings", "reports", "check", "graph", "cli_model", "cli_options",
        "cli_support",
    },
    "cli_hunt": {
        "errors", "engines", "reports", "check", "hunt", "cli_model", "cli_options", "cli_support",
    },
    "cli_prove": {"errors", "reports", "check", "prove", "cli_model", "cli_options", "cli_support"},
    "cli_start": set(),
    "cli_verify": {"reports", "check", "verify", "cli_model", "cli_options", "cli_support"},
    "cli": {
        "", "errors", "model", "findings", "engines", "exports", "reports", "loader", "check",
        "template", "cli_bmc", "cli_conform", "cli_export", "cli_fixes", "cli_graph", "cli_hunt",
        "cli_model", "cli_options", "cli_prove", "cli_start", "cli_support", "cli_verify",
    },
    "cli_main": {"cli", "cli_support", "errors"},
    "__main__": {"cli_main"},
}  # fmt: skip
"""Layers, by folder or file, and those that each may import, from the bottom to the top."""

ONE_FILE: dict[str, str | None] = {
    "llvmlite": "engines/native/machine.py",
    "psutil": "engines/memory.py",
    "platformdirs": "engines/cache.py",
    "z3": "engines/solver.py",
    "hypothesis": "testing/strategies.py",
    "networkx": "reports/graph_files.py",
    "tree_sitter": None,
}
"""Libraries that one file at most may import, and which, where there is one already."""

ONE_LAYER: dict[str, set[str]] = {
    "numpy": {"engines"},
    "rich": {"reports", "cli_support"},
    "typer": {
        "cli", "cli_bmc", "cli_conform", "cli_export", "cli_fixes", "cli_graph", "cli_hunt",
        "cli_model", "cli_options", "cli_prove", "cli_verify",
    },
    "click": {"cli", "cli_model"},
    "pytest": {"testing"},
}  # fmt: skip


def short(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def layer(path: Path) -> str:
    """The folder of a file, or its own name."""
    first = path.relative_to(PACKAGE).with_suffix("").parts[0]
    return "" if first == "__init__" else first


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module that is imported anywhere in a file, for its types alone too, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            assert node.module is not None
            yield node.module, node.lineno
            for name in node.names:
                yield f"{node.module}.{name.name}", node.lineno


def test_every_file_belongs_to_a_layer() -> None:
    assert {layer(path) for path in FILES} <= set(MAY_IMPORT)


def test_imports_point_one_way() -> None:
    wrong = []
    for path, tree in TREES.items():
        allowed = MAY_IMPORT[layer(path)] | {layer(path)}
        for name, line in imports(tree):
            first, *rest = name.split(".")
            if first != "dnsrace" or (not rest and name == "dnsrace"):
                continue
            if rest[0] not in allowed and rest[0] != "__version__":
                wrong.append(f"{short(path)}:{line} imports {name}")
    assert wrong == []


def test_the_layers_themselves_have_no_circle() -> None:
    graphlib.TopologicalSorter(MAY_IMPORT).prepare()


def without_types(tree: ast.Module) -> ast.Module:
    """A file without what it imports for its types alone."""
    kept = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return ast.Module(kept, [])


def test_no_two_files_import_one_another() -> None:
    """Not even inside of functions; only to name a type."""
    modules = {
        ".".join(("dnsrace", *p.relative_to(PACKAGE).with_suffix("").parts)): p for p in FILES
    }
    graph = {
        module: {name for name, _ in imports(without_types(TREES[path])) if name in modules}
        - {module}
        for module, path in modules.items()
    }
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("library", ONE_FILE)
def test_a_library_is_imported_in_one_file(library: str) -> None:
    users = {
        short(path)
        for path, tree in TREES.items()
        if any(name.split(".")[0] == library for name, _ in imports(tree))
    }
    expected = ONE_FILE[library]
    assert users == {expected} if expected else len(users) <= 1


@pytest.mark.parametrize("library", ONE_LAYER)
def test_a_library_is_imported_in_one_layer(library: str) -> None:
    users = {
        layer(path)
        for path, tree in TREES.items()
        if any(name.split(".")[0] == library for name, _ in imports(tree))
    }
    assert users <= ONE_LAYER[library]


# -- what a command imports


def imported(*args: str) -> set[str]:
    """The modules that a command has imported when it is done."""
    code = (
        "import json, sys\n"
        f"sys.argv = ['dnsrace', *{list(args)!r}]\n"
        "from dnsrace.cli_main import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    return set(json.loads(done.stderr.splitlines()[-1]))


HEAVY = {"llvmlite", "numpy", "hypothesis", "z3", "networkx", "pandas", "scipy"}


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["replay", "--help"]], ids=" ".join)
def test_help_is_instant(args: list[str]) -> None:
    found = imported(*args)
    assert not found & HEAVY
    ours = {name for name in found if name.startswith("dnsrace.")}
    assert not {n for n in ours if n.split(".")[1] in ("engines", "reports", "findings", "check")}


def test_help_that_lists_parameters_loads_the_model_and_no_engine() -> None:
    found = imported("explore", "--help")
    assert not found & HEAVY
    assert "dnsrace.model.language" in found
    assert not any(name.startswith(("dnsrace.engines", "dnsrace.reports")) for name in found)


@pytest.mark.parametrize(
    "args",
    [
        ["explore", "--enactors", "3"], ["replay", "peterson(): wake(0)"], ["show"], ["models"],
        ["export", "tla", "peterson"], ["export", "promela"], ["export", "murphi"],
        ["fixes", "--enactors", "2"], ["conform", "-"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_needs_no_compiler_imports_none(args: list[str]) -> None:
    assert not imported(*args) & HEAVY


def test_the_scheduler_needs_the_standard_library_only() -> None:
    code = "import json, sys, dnsrace.schedule; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    found = set(json.loads(done.stdout))
    assert not found & (HEAVY | {"rich", "typer", "click"})
    ours = {name.split(".")[1] for name in found if name.startswith("dnsrace.")}
    assert ours == {"errors", "schedule"}


# -- every file


def test_every_public_function_and_class_has_a_docstring() -> None:
    missing = []
    for path, tree in TREES.items():
        if not ast.get_docstring(tree):
            missing.append(short(path))
        for node in tree.body:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            overload = any(ast.unparse(d) == "overload" for d in node.decorator_list)
            if not node.name.startswith("_") and not overload and not ast.get_docstring(node):
                missing.append(f"{short(path)}:{node.lineno} {node.name}")
    assert missing == []


def test_no_file_is_too_long_to_read_at_once() -> None:
    lengths = {short(p): p.read_text(encoding="utf-8").count("\n") for p in FILES}
    assert {name: n for name, n in lengths.items() if n > LONGEST} == {}
