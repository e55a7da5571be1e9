"""From the wheel and nothing else to the first true number in a browser, with the commands that docs/first-day.md names, each timed.

The number is true when it is what the tests' slow second computation counts in the same files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from data_access.demo import write_demo
from tests.architecture.source import PROJECT
from tests.bench.measuring import Row
from tests.browser.find_browser import ADVICE, find_browser
from tests.browser.server import personal_server
from tests.reference import load, measure_rows, of_cohort

MEASURE, PAGE, GRAIN = "social_emotional_concern", "statement_1", "quarter"
MOST_SECONDS = 300
PATIENCE = 240_000
OWN_SETTINGS = ("QS133_", "PYTHON", "STREAMLIT_", "VIRTUAL_ENV")
PROGRAMS = "Scripts" if os.name == "nt" else "bin"


def rows(returned: Path | None) -> Iterator[Row]:
    """Four commands and a look, in a folder that is empty but for the return: `returned`, or that of a made-up authority."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = folder / "home"
        home.mkdir()
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
        subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
        (wheel,) = folder.glob("*.whl")
        source = returned or write_demo(folder / "sources")[-2]
        expected = _expected(source)
        programs = folder / "environment" / PROGRAMS
        commands: list[list[str | Path]] = [
            [sys.executable, "-m", "venv", folder / "environment"],
            [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel],
            [programs / "qs133", "load", source],
        ]
        words = ("python -m venv", "pip install the wheel", f"qs133 load {source.name}")
        seconds = []
        for number, (command, what) in enumerate(zip(commands, words, strict=True), start=1):
            seconds.append(_seconds(partial(subprocess.run, command, cwd=home, env=_environment(), check=True)))
            yield Row(f"command {number}: {what}", seconds[-1], "s")
        seconds.append(_seconds(partial(_look, programs / "qs133", home, expected)))
        yield Row("command 4: qs133 serve --personal, until a browser shows the first true number", seconds[-1], "s")
        yield Row("from the wheel to the first true number", sum(seconds), "s", MOST_SECONDS)


def _seconds(doing: Callable[[], object]) -> float:
    start = time.perf_counter()
    doing()
    return time.perf_counter() - start


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN_SETTINGS)}


def _expected(source: Path) -> str:
    """'356 of 586 children', of the latest quarter."""
    counted = measure_rows(of_cohort(load([source]), "looked_after"), MEASURE, GRAIN)
    numerator, denominator = counted[max(counted)]
    return f"{numerator:,.0f} of {denominator:,.0f} children"


def _look(qs133: Path, home: Path, expected: str) -> None:
    """Serves the dashboard, and raises AssertionError unless the page says what is expected."""
    browser = find_browser()
    if browser is None:
        raise SystemExit(ADVICE)
    with personal_server(home, [qs133], OWN_SETTINGS) as (address, opening), sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
        page = playwright.chromium.launch(executable_path=browser, args=flags).new_page(locale="en-GB")
        page.goto(opening)
        expect(page.get_by_text("Signed in as")).to_be_visible(timeout=PATIENCE)
        page.goto(f"{address}/{PAGE}")
        expect(page.get_by_text(expected).first).to_be_visible(timeout=PATIENCE)
