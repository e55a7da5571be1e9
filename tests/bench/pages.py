"""A page drawn anew when a filter is changed, against an empty Streamlit app with as many charts, both in a real browser.

The time is what a person waits: from the click to the last change of the page.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.bench.measuring import Authority, Row, growth
from tests.browser.find_browser import ADVICE, find_browser
from tests.browser.server import running_server

AIM, OVERVIEW_AIM = 1.3, 1.5
STATEMENT, OVERVIEW = "statement_2?open=all", ""
"""The statement's page with all its charts drawn: without its choice it opens with pictures."""
FILTER, GROUPS = "Ethnic group", ("White", "Mixed")
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
    const {started, changed, ran} = window.bench;
    return (ran || changed > started) && state === 'notRunning' && performance.now() - changed > quiet * 1000;
}"""
"""The script has run since the click or something has changed, and for so many seconds nothing changes any more."""


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
    smallest = not taken[STATEMENT]
    with served({"QS133_DATABASE_URL": each.database}, "dashboard/server.py") as dashboard, ExitStack() as apps:
        pages = [opened(browser, f"{dashboard}/{page}") for page in (STATEMENT, OVERVIEW)]
        charts, lines = pages[0].locator(".js-plotly-plot").count(), pages[1].locator(".measures .line img[width='200']").count()
        empty_apps = [(charts, "plotly"), (lines, "plotly"), (lines, "pictures")][: 3 if smallest else 1]
        pages += [opened(browser, apps.enter_context(empty_app(number, kind))) for number, kind in empty_apps]
        waits = in_turn(pages, ROUNDS if smallest else ROUNDS_OF_LARGER)
        for page in pages:
            page.context.close()
    ours, ours_overview, empty, *empty_overviews = (statistics.median(again) for _, again in waits)
    first, empty_first = (statistics.median(waits[number][0]) for number in (0, 2))
    taken[STATEMENT][each.size], taken[OVERVIEW][each.size] = ours, ours_overview
    return [
        Row(f"filter change, {charts} charts, against an empty app with as many, {each.words}", ours / empty, "times", AIM, ours),
        Row(f"the same, but chosen by nobody since the load, {each.words}", first / empty_first, "times", AIM, first),
        *(
            Row(f"the overview against an empty app with {lines} {words}, {each.words}", ours_overview / least, "times", aim, ours_overview)
            for least, words, aim in zip(empty_overviews, ("charts", "small pictures"), (OVERVIEW_AIM, None), strict=False)
        ),
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


def in_turn(pages: Sequence[Page], rounds: int) -> list[tuple[list[float], list[float]]]:
    """For each page, the waits for groups that nobody has chosen before, and the waits after that, in seconds.

    The pages are taken in turn so that a busy moment of the machine falls on all of them.
    """
    waits: list[tuple[list[float], list[float]]] = [([], []) for _ in pages]
    for round in range(rounds + 1):
        for page, (first, again) in zip(pages, waits, strict=True):
            added = [waited(page, lambda page=page, group=group: _add(page, group)) for group in GROUPS]
            taken_away = [waited(page, lambda page=page: _take_away(page)) for _ in GROUPS]
            if round:
                again += added + taken_away
            else:
                first += added
    return waits


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
