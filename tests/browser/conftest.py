"""Servers, browsers and pages for the browser tests."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Locator, Page, expect, sync_playwright

from tests.browser.find_browser import ADVICE, find_browser
from tests.browser.server import PROJECT_FOLDER, running_server

DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
# A browser that talks to our server and to nobody else.
FLAGS = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
SECONDS_FOR_A_RUN = 240
"""Generous: the first page after a load counts everything, and the machine may be busy with other tests."""
expect.set_options(timeout=60_000)
PATIENCE = 90_000
"""Milliseconds for what waits until much has been counted, or drawn, anew."""
# Opened at a page's own address, Streamlit's client asks first below that page and then at the root for these two, to find out
# where its server is. The first answer is a 404 by design, and Chromium writes every 404 to the console.
PROBE = re.compile(r"https?://[^/]+/[a-z0-9_]+/_stcore/(health|host-config)")

Serve = Callable[..., str]


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """`serve(database_url, QS133_AUTHORITY="...")` starts a server of its own and gives its address."""
    with ExitStack() as servers:

        def start(database: str, **environment: str) -> str:
            folder = tmp_path_factory.mktemp("server")
            return servers.enter_context(running_server(folder, {"QS133_DATABASE_URL": database, **environment}))

        yield start


@pytest.fixture(scope="session")
def dashboard_url(serve: Serve, demo_database: str) -> str:
    """The address of a server that shows the demo authority."""
    return serve(demo_database)


# For this package and not the session: while Playwright is open, an event loop runs in the thread that other tests share.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright.chromium)
        yield chromium
        chromium.close()


def launch(chromium: BrowserType, *more: str) -> Browser:
    """Starts the browser that this machine has."""
    path = find_browser()
    if path is None:
        pytest.fail(ADVICE)
    # Chromium's sandbox refuses to start for root.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    return chromium.launch(executable_path=path, args=[*flags, *more])


@pytest.fixture
def console_errors() -> list[str]:
    """What went wrong in the browser. A test that means to break something clears it before it ends."""
    return []


@pytest.fixture
def page(browser: Browser, console_errors: list[str]) -> Iterator[Page]:
    """A new browser window on a desk. The test fails if anything went wrong in the browser."""
    with new_page(browser, DESKTOP, console_errors) as opened:
        yield opened


@pytest.fixture
def phone_page(browser: Browser, console_errors: list[str]) -> Iterator[Page]:
    """The same on a phone."""
    with new_page(browser, PHONE, console_errors) as opened:
        yield opened


@contextmanager
def new_page(browser: Browser, device: dict[str, Any], console_errors: list[str]) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London", **device)

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error" and not PROBE.fullmatch(message.location.get("url", "")):
            console_errors.append(f"{message.text} ({message.location})")

    page = context.new_page()
    page.on("console", note_message)
    page.on("pageerror", lambda error: console_errors.append(str(error)))
    yield page
    context.close()
    assert not console_errors, "The browser's console shows errors:\n" + "\n".join(console_errors)


@pytest.fixture(scope="session")
def settle() -> Callable[[Page], Locator]:
    """`settle(page)` waits until the page has been drawn to the end, and gives it.

    Streamlit says on the page whether its script runs. A rerun begins a moment after what caused it, so call this after waiting for
    something that the rerun changes, or on a page newly opened.
    """

    def wait(page: Page) -> Locator:
        app = page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=SECONDS_FOR_A_RUN * 1000)
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=SECONDS_FOR_A_RUN * 1000)
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=SECONDS_FOR_A_RUN * 1000)
        return app

    return wait


@pytest.fixture(scope="session")
def draw_until(settle: Callable[[Page], Locator]) -> Callable[[Page, str], None]:
    """`draw_until(page, words)` has an open page drawn anew until it says so: for a while after a load there are the numbers of before.

    Opening it each time would keep the processors from what is waited for. On the key r, Streamlit runs the page alone.
    """

    def wait(page: Page, words: str) -> None:
        deadline = time.monotonic() + SECONDS_FOR_A_RUN
        while not page.get_by_text(words).count():
            assert time.monotonic() < deadline, f"The page still doesn't say '{words}'."
            page.keyboard.press("r")
            page.wait_for_timeout(1000)
            settle(page)

    return wait


@pytest.fixture(scope="session")
def visit(settle: Callable[[Page], Locator]) -> Callable[[Page, str], Locator]:
    """`visit(page, address)` opens an address of the dashboard and gives the page once it is drawn down to its footer."""

    def open_and_wait(page: Page, address: str) -> Locator:
        page.goto(address)
        expect(page.get_by_text("Data version").last).to_be_visible(timeout=SECONDS_FOR_A_RUN * 1000)
        return settle(page)

    return open_and_wait


@pytest.fixture(scope="module")
def shown(request: pytest.FixtureRequest, browser: Browser, dashboard_url: str, visit: Callable[[Page, str], Locator]) -> Iterator[Page]:
    """A page of the demo on a desk, opened once for all tests of a module that look at it and leave it as it is.

    Its name is this fixture's parameter: `@pytest.mark.parametrize("shown", ["statement_2"], indirect=True)`.
    """
    with new_page(browser, DESKTOP, []) as page:
        visit(page, f"{dashboard_url}/{request.param}")
        yield page


@pytest.fixture(scope="session")
def take_screenshot() -> Callable[[Page, str], Path]:
    """`take_screenshot(page, "overview")` keeps a picture of the whole page in `screenshots/`, for people to look at."""

    def take(page: Page, name: str) -> Path:
        path = PROJECT_FOLDER / "screenshots" / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png"
        window = page.viewport_size
        # Streamlit scrolls a part of the page, not the page: make the window as high as what is in it.
        content = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight + window.innerHeight - main.clientHeight")
        if window and content > window["height"]:
            page.set_viewport_size({"width": window["width"], "height": content})
            page.wait_for_timeout(500)  # charts are drawn anew at the new size
        page.screenshot(path=path)
        if window:
            page.set_viewport_size(window)
        return path

    return take
