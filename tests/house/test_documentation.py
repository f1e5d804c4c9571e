"""Every command in the documentation is run, and prints what the page says
(`pytest --rewrite` writes what it prints into the page)."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from house.documents import Typed, Written, check_page, matches, read_page, rewritten

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_prints_what_the_page_says(
    page: Path, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = check_page(page, tmp_path, rewrite=request.config.getoption("--rewrite"))
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_to_another_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), target


def test_the_readme_begins_with_the_two_commands() -> None:
    """One line each, to be pasted into a shell."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    assert [block.count("\n") for block in blocks[:2]] == [1, 1]
    assert "dnsrace explore --enactors 3" in blocks[0]
    assert "pytest" in blocks[1]


# -- the machinery itself


SMALL_PAGE = """\
Some words.

<!-- file: lamp.py -->

```python
from dnsrace.model import State, always, model, step, var


@model
def lamp() -> None:
    class Room(State):
        on = var(bool, start=False)

    @step
    def switch(s: Room) -> None:
        s.on = not s.on

    @always
    def dark(s: Room) -> bool:
        return not s.on
```

```console
$ dnsrace replay './lamp.py(): switch'
./lamp.py
...
Possible next: switch.
$ dnsrace replay './lamp.py(): swich'
error: step 1: the model has no step swich with these parameters
  cure: did you mean switch?
```

```text
$ dnsrace this is no command
```
"""


def test_a_page_is_files_and_commands_in_order() -> None:
    file, first, second = read_page(SMALL_PAGE)
    assert isinstance(file, Written)
    assert file.name == "lamp.py"
    assert file.text.startswith("from dnsrace.model import")
    assert isinstance(first, Typed)
    assert first.command == "dnsrace replay './lamp.py(): switch'"
    assert first.expected == ["./lamp.py", "...", "Possible next: switch."]
    assert isinstance(second, Typed)
    assert SMALL_PAGE.splitlines()[second.start : second.stop] == second.expected


@pytest.mark.parametrize(
    ("expected", "printed", "answer"),
    [
        ("a b", "a b", True),
        ("a", "a b", False),
        ("a b", "a", False),
        ("", "", True),
        ("", "a", False),
        ("...", "", True),
        ("...", "a b", True),
        ("a ...", "a", True),
        ("a ...", "a b c", True),
        ("a ...", "b a", False),
        ("... c", "a b c", True),
        ("... b", "a b c", False),
        ("a ... c", "a c", True),
        ("a ... c", "a b c", True),
        ("a ... c", "c a", False),
        ("... b ...", "a b c", True),
        ("... b c ...", "a b d c", False),
        ("... b ... b", "a b", False),
        ("... b ... b", "a b b", True),
    ],
)
def test_three_dots_stand_for_any_lines(expected: str, printed: str, answer: bool) -> None:
    assert matches(expected.split(), printed.split()) is answer


@pytest.mark.parametrize(
    ("expected", "printed", "result"),
    [
        ("a1|b1", "a2|c2", "a2|c2"),
        ("...|found 3 states|...", "x|found 4 states|y", "...|found 4 states|..."),
        ("head one|...", "head two|x|y", "head two|..."),
        ("...|the last line", "x|y|the best line", "...|the best line"),
        ("begin|...|middle 1|middle 2|...|end", "begin|x|middle 7|middle 8|y|end",
         "begin|...|middle 7|middle 8|...|end"),
        ("begin|middle|...|end", "begin|new here|middle|x|end", "begin|new here|middle|...|end"),
        ("...|gone for ever|...|end", "x|y|end", "...|end"),
        ("...|quite another end", "x|y", "...|y"),
        ("...", "x|y", "..."),
    ],
)  # fmt: skip
def test_a_repaired_page_keeps_its_three_dots(expected: str, printed: str, result: str) -> None:
    lines = rewritten(expected.split("|"), printed.split("|"))
    assert "|".join(lines) == result
    assert matches(lines, printed.split("|"))


def test_times_do_not_matter() -> None:
    line = "  0.123 s of search with the python engine (1,234 states/s), 0.1 MiB of states"
    other = "  4e-05 s of search with the python engine (9.1 million states/s), 0.1 MiB of states"
    assert matches([line], [other])
    assert not matches([line], [other.replace("0.1 MiB", "0.2 MiB")])
    assert matches(['  "seconds": 0.5,'], ['  "seconds": 1e-05,'])


def test_a_page_that_is_right_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(SMALL_PAGE)
    assert check_page(page, tmp_path, rewrite=False) == []
    assert check_page(page, tmp_path, rewrite=True) == []
    assert page.read_text() == SMALL_PAGE


def test_a_script_on_a_page_is_run_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    script = "<!-- file: sum.py -->\n```python\nprint(1 + 1)\n```\n"
    page.write_text(script + "```console\n$ python sum.py\n2\n```\n")
    assert check_page(page, tmp_path, rewrite=False) == []


def test_what_is_inside_of_a_solution_is_run_and_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    inside = "<!-- file: sum.py -->\n```python\nprint(1)\nprint()\nprint(3)\n```\n"
    inside += "```console\n$ python sum.py\n1\n\n3\n```\n"
    right = '??? success "Solution"\n' + textwrap.indent(inside, "    ")
    page.write_text(right.replace("    3\n", "    4\n"))
    assert len(check_page(page, tmp_path, rewrite=False)) == 1
    assert check_page(page, tmp_path, rewrite=True) == []
    assert page.read_text() == right


def test_tests_on_a_page_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    written = (
        "<!-- file: test_sum.py -->\n```python\ndef test_sum():\n    assert 1 + 1 == {}\n```\n"
    )
    command = "```console\n$ pytest -q test_sum.py\n...\n1 passed in 0.01s\n```\n"
    page.write_text(written.format(2) + command)
    assert check_page(page, tmp_path, rewrite=False) == []
    page.write_text(written.format(3) + command)
    assert len(check_page(page, tmp_path, rewrite=False)) == 1


def test_a_piece_of_a_file_beside_the_page_must_be_in_it(tmp_path: Path) -> None:
    page, here = tmp_path / "page.md", tmp_path / "here"
    here.mkdir()
    (tmp_path / "long.py").write_text("a = 1\nb = 2\nprint(b)\n")
    page.write_text("<!-- from: long.py -->\n\n```python\nb = 2\n```\n")
    assert check_page(page, here, rewrite=False) == []
    assert (here / "long.py").exists()
    page.write_text("<!-- from: long.py -->\n\n```python\nb = 3\n```\n")
    assert check_page(page, here, rewrite=True) == ["page.md, line 3: long.py says something else"]


def test_a_page_that_is_wrong_is_told_and_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(SMALL_PAGE.replace("did you mean switch?", "did you mean witch?"))
    [wrong] = check_page(page, tmp_path, rewrite=False)
    assert wrong.startswith("page.md, line 28: $ dnsrace replay './lamp.py(): swich'\n")
    assert "-  cure: did you mean witch?\n+  cure: did you mean switch?" in wrong
    assert check_page(page, tmp_path, rewrite=True) == []
    assert page.read_text() == SMALL_PAGE
