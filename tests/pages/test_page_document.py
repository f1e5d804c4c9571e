"""The page as a file: what it carries, how large it is, and when it is not written."""

from __future__ import annotations

import base64
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from cli.running import Done, dnsrace
from support import write_model

from dnsrace.reports.page import gather

OUTAGE = (
    "dynamodb_dns(enactors=2): publish pick_up(0) publish publish pick_up(1) acquire(1) build(1) "
    "flip(1) release(1) acquire(0) build(0) flip(0) clean(1) clean(1)"
)


def written(tmp_path: Path, *args: str) -> tuple[Done, str]:
    path = tmp_path / "page.html"
    done = dnsrace(*args, "--html", str(path))
    return done, path.read_text(encoding="utf-8") if path.exists() else ""


def data_of(page: str) -> Any:
    return json.loads(re.findall(r'id="data">(.*)</script>', page)[0])


def space_of(page: str) -> Any:
    packed = re.findall(r'id="space">(.*)</script>', page)[0]
    return json.loads(zlib.decompress(base64.b64decode(packed))) if packed else None


def test_a_search_gives_the_trace_the_space_and_the_verdicts(tmp_path: Path) -> None:
    done, page = written(tmp_path, "explore", "--enactors", "2")
    assert done.code == 1
    assert "VIOLATED no_empty_answer" in done.out
    data, space = data_of(page), space_of(page)
    assert data["command"] == f"dnsrace replay '{OUTAGE}'"
    assert data["trace"]["late"] == 14
    assert len(data["trace"]["steps"]) == 14
    assert data["goal"] == {"name": "no_empty_answer", "called": "outage", "cause": "the outage"}
    assert len(space["distance"]) == data["states"] == 1481
    assert len(space["target"]) == sum(space["steps"]) == 2614
    assert "violated: a shortest violation, 14 steps" in page
    assert "They part at step 12: enactor 0 sees that plan 2 is not newer" in page


def test_the_states_are_those_of_the_interpreter(tmp_path: Path) -> None:
    """What the page carries for the end of the trace is what the space has behind the same
    steps."""
    _, page = written(tmp_path, "replay", OUTAGE)
    data, space = data_of(page), space_of(page)
    state = 0
    for label, _ in data["trace"]["steps"]:
        first = sum(space["steps"][:state])
        texts = [
            space["labels"][n][0] for n in space["label"][first : first + space["steps"][state]]
        ]
        state = space["target"][first + texts.index(data["trace"]["labels"][label][0])]
    assert [slot[state] for slot in space["scenes"]["values"]] == [
        slot[14] for slot in data["trace"]["scenes"]["values"]
    ]
    assert space["distance"][state] == 0
    assert space["back"]["states"][state] == 0


def test_a_trace_that_goes_on_behind_the_violation(tmp_path: Path) -> None:
    done, page = written(tmp_path, "replay", f"{OUTAGE} release(0) pick_up(0)")
    assert done.code == 0
    assert data_of(page)["trace"]["late"] == 14
    assert "A behaviour of the model, 16 steps long. Step 14 violates no_empty_answer." in page


def test_without_a_violation_there_is_the_space(tmp_path: Path) -> None:
    _, page = written(tmp_path, "explore", "--enactors", "2", "--fixed")
    assert data_of(page)["trace"] is None
    assert set(space_of(page)["distance"]) == {-1}
    assert "Every reachable state was explored: 1,045 states." in page
    _, page = written(tmp_path, "explore", "--enactors", "2", "--fixed", "--max-depth", "3")
    assert "The search stopped early" in page


def test_a_trap_a_loop_and_a_deadlock_are_told_in_full(tmp_path: Path) -> None:
    _, page = written(tmp_path, "explore", "--enactors", "2", "-p", "converges")
    assert data_of(page)["trace"]["loop"] == 17
    assert "<h1>converges is violated in a loop of 3 steps, after 17 steps</h1>" in page
    assert "From here on, again and again." in page
    assert "Why this is fair" in page
    _, page = written(tmp_path, "explore", "--enactors", "2", "-p", "recoverable")
    assert "What closed the last way out" in page
    model = write_model(
        tmp_path,
        """
        @model
        def tap():
            class N(Range, low=0, high=3): ...
            class S(State):
                n = var(N, start=0)
            @step
            def turn(s):
                require(s.n < 3)
                s.n += 1
            @end
            def never(s):
                return False
        """,
    )
    _, page = written(tmp_path, "explore", str(model), "--deadlock")
    assert "<h1>deadlock is violated after 3 steps, and never earlier</h1>" in page
    assert data_of(page)["goal"] is None
    assert space_of(page)["scenes"]["stops"] == [0, 0, 0, 2]


def test_what_was_inevitable_was_so_from_the_start(tmp_path: Path) -> None:
    model = write_model(
        tmp_path,
        """
        @model
        def fall():
            class N(Range, low=0, high=3): ...
            class S(State):
                n = var(N, start=3)
            @step
            def drop(s):
                require(s.n > 0)
                s.n -= 1
            @always
            def up(s):
                return s.n > 0
        """,
    )
    _, page = written(tmp_path, "explore", str(model))
    assert data_of(page)["trace"]["late"] == 0
    assert data_of(page)["trace"]["lateWords"].startswith("Every behaviour of the model ends here")
    assert space_of(page)["doomed"] == [1, 1, 1, 1]
    assert re.search(r'<tr data-step="0" class="late">', page)


class Reader(HTMLParser):
    """Notes what a browser would load, and where scripts are."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [f"{tag} {value}" for name, value in attrs if name in ("src", "href")]
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]


def test_the_page_loads_nothing(tmp_path: Path) -> None:
    _, page = written(tmp_path, "explore", "peterson")
    reader = Reader()
    reader.feed(page)
    assert reader.loaded == reader.handlers == []
    assert "url(" not in page
    assert "@import" not in page
    policy = re.findall(r'Security-Policy" content="([^"]*)"', page)[0]
    assert policy.startswith("default-src &#x27;none&#x27;; style-src &#x27;sha256-")


def test_a_space_that_is_too_large_is_left_out_and_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "MOST_STATES", 20)
    unfixed = ("explore", "peterson", "--entry", "flag_only")
    _, page = written(tmp_path, *unfixed)
    assert space_of(page) is None
    assert data_of(page)["states"] is None
    assert "The model has more than 20 states, too many for a page to carry." in page
    monkeypatch.setattr(gather, "MOST_STATES", 30_000)
    monkeypatch.setattr(gather, "MOST_BYTES", 100)
    _, page = written(tmp_path, *unfixed)
    assert space_of(page) is None
    assert "bytes together, too many for a page to carry." in page


def test_where_there_is_nothing_to_show_no_page_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "MOST_STATES", 10)
    done, page = written(tmp_path, "explore", "peterson")
    assert done.code == 0
    assert page == ""
    assert "there is nothing to show: no trace, and no space to drive in" in done.err
    assert "more than 10 states" in done.err


def test_standard_output_and_mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = dnsrace("replay", "peterson(): wake(0)", "--html", "-")
    assert done.out.startswith("<!DOCTYPE html>")
    assert done.out.endswith("</html>\n")
    for args in (
        ["explore", "peterson", "--html", "nowhere/page.html"],
        ["explore", "peterson", "--html", "-", "--json", "-"],
        ["replay", "peterson(): wake(0)", "--html", "."],
        ["replay", "peterson(): wake(0)", "--html", "-", "--itf", "-"],
    ):
        done = dnsrace(*args)
        assert done.code == 2
        assert "cure: " in done.err
        assert done.out == ""
    assert list(tmp_path.iterdir()) == []
