"""Choosing from a list as a person does: open it, type, click, and once more when the page was drawn anew in between."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, TimeoutError

ATTEMPTS = 6
PATIENCE = 10_000


def choose(within: Page | Locator, label: str | re.Pattern[str], option: str) -> None:
    """Chooses the option of a list. A long list holds only the options in sight, so that part of its name is typed."""
    page = within if isinstance(within, Page) else within.page
    for attempt in range(ATTEMPTS):
        box = within.get_by_role("combobox", name=label).first
        box.click()
        box.fill(option)
        try:
            page.get_by_role("option", name=option, exact=True).click(timeout=PATIENCE)
        except TimeoutError:
            if attempt == ATTEMPTS - 1:
                raise
            page.keyboard.press("Escape")
        else:
            return
