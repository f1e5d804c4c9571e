"""Makes the pictures of the README from the interactive page: `python docs/hooks/pictures.py`.

It needs the `test` extra and Debian's chromium.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from dnsrace.api import explore

IMAGES = Path(__file__).parent.parent / "images"
SIZE = {"width": 1080, "height": 1100}


def main() -> None:
    """Write a light and a dark picture of the last step of the outage."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "outage.html"
        page.write_text(explore(enactors=2).page(), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for scheme in ("light", "dark"):
            tab = browser.new_page(viewport=SIZE, color_scheme=scheme, device_scale_factor=1.25)
            tab.goto(f"{page.as_uri()}#/watch/14")
            tab.screenshot(path=IMAGES / f"outage-{scheme}.png")


if __name__ == "__main__":
    main()
