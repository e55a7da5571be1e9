"""`python -m tests.browser.picture` makes the README's picture, docs/overview.png, from the demo authority."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from data_access.demo import write_demo
from data_access.load import load
from tests.browser.find_browser import ADVICE, find_browser
from tests.browser.server import PROJECT_FOLDER, running_server

PICTURE = PROJECT_FOLDER / "docs" / "overview.png"
PATIENCE = 240_000


def main() -> int:
    """Loads the demo into a place of its own, serves it, and takes the picture."""
    path = find_browser()
    if path is None:
        print(ADVICE, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = f"duckdb:///{folder / 'demo.duckdb'}"
        load(write_demo(folder / "sources"), address, made_up=True)
        environment = {"QS133_DATABASE_URL": address, "QS133_AUTHORITY": "Made-up Council"}
        with running_server(folder, environment) as served, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
            page = browser.new_context(viewport={"width": 1500, "height": 960}, locale="en-GB", color_scheme="light").new_page()
            page.goto(served)
            expect(page.get_by_text("Data version").last).to_be_visible(timeout=PATIENCE)
            expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
            page.evaluate("document.fonts.ready")
            page.screenshot(path=PICTURE)
            browser.close()
    print(f"Wrote {PICTURE.relative_to(PROJECT_FOLDER)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
