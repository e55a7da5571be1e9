"""A page drawn anew when a filter is changed, against an empty Streamlit app with as many charts, both in a real browser.

The time is what a person waits: from the click to the last change of the page.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.bench.measuring import Authority, Row, growth
from tests.browser.find_browser import ADVICE, find_browser
from tests.browser.server import running_server

AIM, OVERVIEW_AIM = 1.3, 1.5
STATEMENT, OVERVIEW = "statement_2", ""
FILTER, GROUPS = "Ethnic group", ("White", "Mixed", "Asian")
ROUNDS, ROUNDS_OF_LARGER = 3, 1
QUIET_SECONDS = 0.6
PATIENCE = 180_000
STATE = "data-test-script-state"
WATCH = """() => {
    const app = document.querySelector('[data-testid=stApp]'), now = () => performance.now();
    window.bench = {started: 0, changed: 0, ran: true};
    for (const event of ['mousedown', 'keydown'])
        addEventListener(event, () => { window.bench = {started: now(), changed: now(), ran: false}; }, true);
    new MutationObserver(() => { window.bench.changed = now(); })
        .observe(document.querySelector('[data-testid=stMain]'), {subtree: true, childList: true, attributes: true, characterData: true});
    new MutationObserver(() => { window.bench.ran = true; }).observe(app, {attributeFilter: ['data-test-script-state']});
}"""
QUIET = """quiet => {
    const state = document.querySelector('[data-testid=stApp]').getAttribute('data-test-script-state');
    return window.bench.ran && state === 'notRunning' && performance.now() - window.bench.changed > quiet * 1000;
}"""
"""The script has run since the click, and for so many seconds nothing has changed."""


def rows(authorities: Sequence[Authority]) -> list[Row]:
    """The statement with the most charts and the overview of each authority, against empty apps, and the growth."""
    path = find_browser()
    if path is None:
        raise SystemExit(ADVICE)
    found: list[Row] = []
    taken: dict[str, dict[int, float]] = {STATEMENT: {}, OVERVIEW: {}}
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        for each in authorities:
            found += _of_authority(browser, each, taken)
        browser.close()
    return [*found, *growth("a filter change on a statement page", taken[STATEMENT]), *growth("on the overview", taken[OVERVIEW])]


def _of_authority(browser: Browser, each: Authority, taken: dict[str, dict[int, float]]) -> list[Row]:
    with served({"QS133_DATABASE_URL": each.database}, "dashboard/server.py") as dashboard:
        statement, overview = opened(browser, f"{dashboard}/{STATEMENT}"), opened(browser, f"{dashboard}/{OVERVIEW}")
        charts = statement.locator(".js-plotly-plot").count()
        lines = overview.locator(".cockpit .line img[width='200']").count()
        with empty_app(charts, "plotly") as plain, empty_app(lines, "plotly") as many, empty_app(lines, "pictures") as pictures:
            pages = [statement, overview, *(opened(browser, address) for address in (plain, many, pictures))]
            ours, ours_overview, empty, empty_many, empty_pictures = in_turn(pages, ROUNDS if each.size == 1 else ROUNDS_OF_LARGER)
        for page in pages:
            page.context.close()
    taken[STATEMENT][each.size], taken[OVERVIEW][each.size] = ours, ours_overview
    return [
        Row(f"filter change, {charts} charts, against an empty app with as many, {each.words}", ours / empty, "times", AIM, ours),
        Row(
            f"the overview's {lines} small charts against an empty app with as many charts, {each.words}",
            ours_overview / empty_many, "times", OVERVIEW_AIM, ours_overview,
        ),
        Row(f"the same against an empty app with as many small pictures, {each.words}", ours_overview / empty_pictures, "times"),
    ]


@contextmanager
def served(environment: dict[str, str], script: str) -> Iterator[str]:
    """The address of a server of its own."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder), environment, script) as address:
        yield address


def empty_app(charts: int, kind: str) -> AbstractContextManager[str]:
    """An empty app that draws so many charts of a kind, `plotly` or `pictures`."""
    return served({"BENCH_CHARTS": str(charts), "BENCH_KIND": kind}, "tests/bench/empty_app.py")


def opened(browser: Browser, address: str) -> Page:
    """A window on a page that is drawn to the end and watched from now on."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(address)
    expect(page.get_by_role("combobox", name=FILTER).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stApp")).to_have_attribute(STATE, "notRunning", timeout=PATIENCE)
    page.evaluate(WATCH)
    page.wait_for_function(QUIET, arg=QUIET_SECONDS, timeout=PATIENCE)
    return page


def in_turn(pages: Sequence[Page], rounds: int) -> list[float]:
    """The median wait on each page, the pages taken in turn so that a busy moment of the machine falls on all of them."""
    waits: list[list[float]] = [[] for _ in pages]
    for round in range(rounds + 1):
        for page, seconds in zip(pages, waits, strict=True):
            found = [waited(page, lambda page=page, group=group: _add(page, group)) for group in GROUPS]
            found += [waited(page, lambda page=page: _take_away(page)) for _ in GROUPS]
            if round:  # the first round fills caches
                seconds += found
    return [statistics.median(seconds) for seconds in waits]


def waited(page: Page, change: Callable[[], None]) -> float:
    """How long the page goes on changing after a change of its filter, in seconds."""
    change()
    page.wait_for_function(QUIET, arg=QUIET_SECONDS, timeout=PATIENCE)
    return float(page.evaluate("(window.bench.changed - window.bench.started) / 1000"))


def _add(page: Page, group: str) -> None:
    page.get_by_role("combobox", name=FILTER).first.click()
    page.get_by_role("option", name=group, exact=True).click()


def _take_away(page: Page) -> None:
    page.get_by_role("combobox", name=FILTER).first.press("Backspace")
