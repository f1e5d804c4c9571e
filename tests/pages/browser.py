"""A real browser for the interactive page: `from pages.browser import ...`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exports.tools import need

OUTAGE = [
    "publish", "pick_up(0)", "publish", "publish", "pick_up(1)", "acquire(1)", "build(1)",
    "flip(1)", "release(1)", "acquire(0)", "build(0)", "flip(0)", "clean(1)", "clean(1)",
]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's chromium, without a window. Skips, or fails where tools are required, if it is not
    installed."""
    need("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


class Reader:
    """Somebody who looks at a page. What the browser complains of, and what it loads, is noted."""

    def __init__(self, browser: Any, path: Path, **options: Any) -> None:
        self.context = browser.new_context(
            **{"viewport": {"width": 1100, "height": 800}, **options}
        )
        self.page = self.context.new_page()
        self.path = path
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def open(self, address: str = "") -> Reader:
        """Open the page at an address, anew."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.path.as_uri()}{address}")
        self.page.wait_for_selector("#app:not([hidden])")
        return self

    def text(self, name: str) -> str:
        """What an element says."""
        return str(self.page.inner_text(f"#{name}"))

    @property
    def address(self) -> str:
        """What stands behind the # of the page's address."""
        return str(self.page.evaluate("decodeURIComponent(location.hash)"))

    @property
    def options(self) -> list[str]:
        """The steps that can be taken, in order."""
        found = self.page.query_selector_all("#options button")
        return [str(button.get_attribute("data-step")) for button in found]

    @property
    def fate(self) -> list[str]:
        """What is said of the state in short."""
        return [item.inner_text() for item in self.page.query_selector_all("#fate li")]

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def drive(self, *steps: str) -> None:
        """Take steps with the keyboard."""
        for step in steps:
            self.press(str(self.options.index(step) + 1))

    def fits(self) -> bool:
        """Whether the page can be read without scrolling to the side."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    @property
    def elsewhere(self) -> set[str]:
        """What the page has asked for beside itself."""
        asked = {url.partition("#")[0] for url in self.requests}
        return asked - {self.path.as_uri(), "about:blank"}
