"""The interactive page in a real browser: stepping, driving, addresses, and how it looks where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli.running import dnsrace
from pages.browser import OUTAGE, Reader, chromium
from support import write_model

Opened = Callable[..., Reader]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def flagship(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the outage, with two enactors."""
    path = tmp_path_factory.mktemp("flagship") / "page.html"
    assert dnsrace("explore", "--enactors", "2", "--html", str(path)).code == 1
    return path


@pytest.fixture
def opened(browser: Any, flagship: Path) -> Iterator[Opened]:
    """opened(address, path, ...) opens a page; what the browser complains of, or loads, fails the
    test."""
    readers: list[Reader] = []

    def open_(address: str = "", path: Path = flagship, **options: Any) -> Reader:
        readers.append(Reader(browser, path, **options))
        return readers[-1].open(address)

    yield open_
    for reader in readers:
        reader.context.close()
        assert reader.complaints == []
        assert reader.elsewhere == set()


# -- watching


def test_stepping_with_the_keyboard(opened: Opened) -> None:
    reader = opened()
    assert reader.text("when") == "Step 0 of 14"
    reader.press("ArrowRight")
    assert reader.text("words") == "planner makes plan 2"
    assert reader.page.is_hidden("#world")
    reader.press("End")
    assert reader.text("words") == "enactor 1 deletes tree 2 (old for plan 4)"
    assert ";; status: NOERROR, ANSWER: 0" in reader.text("seen")
    assert reader.fate == ["from here on it is too late", "outage: here", "no way back"]
    reader.press("ArrowLeft", "ArrowLeft")
    assert reader.text("words").endswith(
        "installs plan 2 over plan 4: its one check was 10 steps ago"
    )
    assert reader.fate[:2] == ["nearest outage: 2 steps", "it can still be avoided"]
    assert reader.address == "#/watch/12"
    reader.press("Home")
    assert reader.text("when") == "Step 0 of 14"
    assert reader.page.get_attribute("tr.current", "data-step") == "0"
    assert "Step 0 of 14" in reader.text("live")


def test_the_slider_and_the_buttons(opened: Opened) -> None:
    reader = opened()
    reader.page.fill("#slider", "8")
    assert reader.text("when") == "Step 8 of 14"
    reader.page.focus("#slider")
    reader.press("ArrowRight")
    assert reader.text("when") == "Step 9 of 14"
    reader.page.click("#back")
    reader.page.click("#back")
    assert reader.text("when") == "Step 7 of 14"
    reader.page.click("#last")
    assert reader.page.is_disabled("#on")
    reader.page.click(".bar >> nth=2")
    assert reader.text("when") == "Step 3 of 14"


def test_it_plays_and_pauses(opened: Opened) -> None:
    reader = opened("#/watch/12")
    reader.page.clock.install()
    reader.press("Space")
    assert reader.text("play") == "Pause"
    reader.page.clock.run_for(1400)
    assert reader.text("when") == "Step 13 of 14"
    reader.press("Space")
    reader.page.clock.run_for(5000)
    assert reader.text("when") == "Step 13 of 14"


def test_the_picture_shows_what_is_there_and_what_changed(opened: Opened) -> None:
    reader = opened("#/watch/14")
    wrong = reader.page.query_selector_all("#drawing .box.wrong")
    names = [box.query_selector("title").text_content() for box in wrong]
    assert names == ["endpoint 0: ANSWER: 0", "alias", "tree 2: GONE"]
    changed = reader.page.query_selector_all("#drawing .box.changed title")
    assert [title.text_content() for title in changed] == [*names, "enactor 1: idle"]
    values = reader.page.query_selector_all("#values .changed")
    assert [value.text_content() for value in values] == [
        "tree[0,2]false", "phase[1]idle", "victim[1]0",
    ]  # fmt: skip
    assert values[0].get_attribute("title") == "was true"


def test_the_fixed_protocol_beside_it(opened: Opened) -> None:
    reader = opened("#/beside/12")
    assert reader.page.is_hidden("#stage")
    assert "installs plan 2 over plan 4" in reader.text("mine")
    assert "sees that plan 2 is not newer than plan 4: skips it" in reader.text("other")
    assert "SOMETHING ELSE HAPPENS" in reader.text("other").upper()
    reader.press("ArrowRight")
    assert "may not delete tree 1: it is in use" in reader.text("other")
    reader.press("ArrowRight")
    assert "violates no_empty_answer" in reader.text("mine")
    assert "violates nothing here" in reader.text("other")
    row = reader.page.inner_text("tr[data-step='12']")
    assert "installs plan 2 over plan 4" in row
    assert "skips it" in row


# -- driving


def test_driving_to_the_outage_in_fourteen_steps(opened: Opened) -> None:
    reader = opened("#/drive")
    assert reader.text("challenge") == "Can you cause the outage in 14 steps?"
    for number, step in enumerate(OUTAGE):
        assert reader.text("score") == (f"{number} step{'s' * (number != 1)} taken; 14 are enough.")
        assert reader.fate[0] == f"nearest outage: {14 - number} step{'s' * (number != 13)}"
        reader.drive(step)
    assert reader.text("score") == "You caused the outage in 14 steps: fewer is impossible."
    assert reader.fate == ["outage: here", "no way back"]
    assert ";; status: NOERROR, ANSWER: 0" in reader.text("seen")
    assert reader.text("command").endswith(f"(enactors=2): {' '.join(OUTAGE)}'")
    assert dnsrace("replay", reader.text("command").split("'")[1]).code == 0


def test_a_detour_is_counted_and_hints_say_how_far(opened: Opened) -> None:
    reader = opened("#/drive")
    reader.page.check("#hints")
    assert reader.page.inner_text("#options .far") == "then 13 steps"
    reader.drive("publish")
    hints = reader.page.query_selector_all("#options .far")
    assert [hint.inner_text() for hint in hints] == ["never", "then 12 steps", "then 12 steps"]
    reader.drive("publish")
    assert reader.fate[0] == "no outage can be reached from here"
    reader.press("u")
    reader.drive("pick_up(0)", "acquire(0)", "build(0)")
    assert reader.fate[0] == "nearest outage: 15 steps"
    for left in range(14, -1, -1):
        wanted = "outage" if left == 0 else f"then {left} step{'s' * (left != 1)}"
        texts = [h.inner_text() for h in reader.page.query_selector_all("#options .far")]
        reader.press(str(texts.index(wanted) + 1))
    assert reader.text("score") == "You caused the outage in 19 steps; 14 are enough."


def test_undo_and_another_way_from_the_middle(opened: Opened) -> None:
    reader = opened(f"#/drive/{'/'.join(OUTAGE[:5])}")
    reader.press("u")
    assert reader.address == f"#/drive/{'/'.join(OUTAGE[:4])}"
    reader.press("Backspace")
    assert reader.text("when") == "Step 3 of 3"
    reader.press("ArrowLeft", "ArrowLeft")
    reader.drive("publish")
    assert reader.address == "#/drive/publish/publish"
    assert reader.text("when") == "Step 2 of 2"
    reader.page.click("#restart")
    assert reader.options == ["publish"]


def test_with_enter_and_tab_alone(opened: Opened) -> None:
    """Focus stays in the list of steps, so that Enter goes on."""
    reader = opened("#/drive")
    for _ in range(30):
        if reader.page.evaluate("document.activeElement.closest('#options') !== null"):
            break
        reader.press("Tab")
    reader.press("Enter", "Enter")
    assert reader.text("when") == "Step 2 of 2"
    reader.press("u")
    assert reader.page.evaluate("document.activeElement.closest('#options') !== null")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert reader.page.evaluate(outline) == "solid"


def test_taking_over_the_trace(opened: Opened) -> None:
    reader = opened("#/watch/9")
    reader.page.click("#take")
    assert reader.address == f"#/drive/{'/'.join(OUTAGE[:9])}"
    assert reader.options == ["acquire(0)", "clean(1)"]
    reader.page.click("#mode-watch")
    assert reader.text("when") == "Step 9 of 14"


def test_an_address_leads_to_its_state(opened: Opened) -> None:
    one = opened("#/drive")
    one.drive(*OUTAGE[:7])
    two = opened(one.page.evaluate("location.hash"))
    assert two.text("values") == one.text("values")
    assert two.text("when") == "Step 7 of 7"
    assert two.page.is_hidden("#trouble")


def test_an_address_that_leads_nowhere_is_followed_as_far_as_it_goes(opened: Opened) -> None:
    reader = opened("#/drive/publish/flip(1)/publish")
    assert reader.text("trouble") == (
        "The address leads nowhere: flip(1) is not possible after 1 step."
    )
    assert reader.address == "#/drive/publish"
    assert opened("#/nonsense/%").text("when") == "Step 0 of 14"


def test_several_beginnings(opened: Opened, tmp_path: Path) -> None:
    model = write_model(
        tmp_path,
        """
        @model
        def lamp():
            class S(State):
                on = var(bool, start=bool)
            @step(actor="hand")
            def switch(s):
                s.on = not s.on
            @always
            def tidy(s):
                return s.on or not s.on
        """,
        "lamp",
    )
    path = tmp_path / "page.html"
    assert dnsrace("explore", str(model), "--html", str(path)).code == 0
    reader = opened("", path)
    beginnings = reader.page.query_selector_all("#start option")
    assert [option.text_content() for option in beginnings] == ["on=false", "on=true"]
    assert reader.text("challenge").startswith("Nothing that you do here causes a violation of")
    reader.page.select_option("#start", "1")
    reader.drive("switch")
    assert reader.address == "#/drive/start=1/switch"
    assert reader.text("command").endswith("lamp.py()[on=true]: switch'")
    again = opened(reader.page.evaluate("location.hash"), path)
    assert again.page.text_content("#values") == "onfalse"
    assert again.text("words") == "hand switch: on: true -> false"


# -- where it is read


@pytest.mark.parametrize("address", ["#/watch/14", "#/beside/12", f"#/drive/{'/'.join(OUTAGE)}"])
def test_four_hundred_pixels_are_enough(opened: Opened, address: str) -> None:
    assert opened(address, viewport={"width": 400, "height": 800}).fits()


def test_many_columns_fit_as_well(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    dnsrace("explore", "peterson", "--entry", "flag_only", "--html", str(path))
    for address in ("#/watch/6", "#/beside/6", "#/drive"):
        assert opened(address, path, viewport={"width": 400, "height": 800}).fits()


def test_dark_and_light(opened: Opened) -> None:
    """The colours of text and paper are far apart in both."""
    for scheme, dark in (("light", False), ("dark", True)):
        reader = opened("#/watch/3", color_scheme=scheme)
        style = "getComputedStyle(document.documentElement)"
        paper, ink = (
            sum(map(int, reader.page.evaluate(f"{style}.{name}.match(/\\d+/g).slice(0, 3)")))
            for name in ("backgroundColor", "color")
        )
        assert (paper < ink) is dark
        assert abs(paper - ink) > 500


def test_the_whole_table_is_printed_and_nothing_to_press(opened: Opened) -> None:
    reader = opened("#/watch/14", color_scheme="dark")
    reader.page.emulate_media(media="print")
    assert reader.page.is_hidden("#controls")
    assert reader.page.is_hidden(".modes")
    rows = reader.page.query_selector_all(".story tbody tr")
    assert len([row for row in rows if row.is_visible()]) == 15
    assert reader.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert reader.page.pdf(format="A4").startswith(b"%PDF")


def test_without_scripts_the_table_is_there(browser: Any, flagship: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(flagship.as_uri())
    assert page.is_visible("noscript p")
    assert "installs plan 2 over plan 4" in page.inner_text(".story")
    context.close()


def test_nothing_that_a_model_says_is_run(opened: Opened, tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    model = write_model(
        tmp_path,
        f"""
        @model
        def odd():
            \"\"\"{evil}\"\"\"
            class S(State):
                on = var(bool, start=False)
            @step(actor="{evil}")
            def switch(s):
                require(not s.on)
                s.on = True
                say("{evil}")
            @always
            def dark(s):
                \"\"\"{evil}\"\"\"
                return not s.on
            @column(title="{evil}")
            def shown(s):
                return "{evil}"
            @outcome(dark, called="{evil}")
            def seen(s):
                return "{evil}"
            @picture
            def drawn(s):
                yield Box("{evil}", 0, 0, note="{evil}")
        """,
        "odd",
    )
    path = tmp_path / "page.html"
    assert dnsrace("explore", str(model), "--html", str(path)).code == 1
    reader = opened("", path)
    dialogs: list[str] = []
    reader.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for address in ("#/watch/1", "#/drive/switch"):
        reader.open(address)
        assert reader.text("seen") == evil
        assert evil in reader.text("words")
    assert dialogs == []
    assert reader.page.query_selector("img") is None
