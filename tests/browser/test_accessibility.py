"""Every page in both themes, held against the rules of axe, and its colours as colour-blind people see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from dashboard.charts.theme import BACKGROUNDS, MARKS

PAGES = (
    "", "statement_1", "statement_2", "statement_3", "statement_4", "equality", "improvement", "pack", "definitions", "data_quality",
    "load", "released?demo_role=Administrator", "audit?demo_role=Administrator", "?demo_role=Viewer", "statement_2?demo_role=Viewer",
    "statement_2?open=all",
)
# Streamlit gives the box into which files are dragged a role that screen readers ignore, and a label. The button in it has a role and a
# label of its own, so nobody misses anything.
STREAMLITS_OWN = ("presentation-role-conflict", ("stFileUploaderDropzone",))
RULES_ABOUT_COLOURS = ["color-contrast", "link-in-text-block"]
COLOURS_HAVE_CHANGED = """() => Promise.all(
    document.getAnimations().filter(each => each instanceof CSSTransition).map(each => each.finished.catch(() => null))
)"""
Matrix = npt.NDArray[np.float64]

# Machado, Oliveira and Fernandes (2009), IEEE Transactions on Visualization and Computer Graphics 15:1291, severity 1.0, on linear RGB.
SEEN_WITH = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
CLEARLY_APART = 20
"""In CIELAB; people notice 2.3, and 20 is two colours by anybody's word."""
DRAWN = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => plot.data.filter(trace => trace.mode === 'markers')
    .map(trace => [trace.marker.symbol, trace.marker.color]))"""


@pytest.mark.parametrize("shown", PAGES, indirect=True)
def test_axe_finds_nothing(shown: Page, settle: Callable[[Page], Locator]) -> None:
    """An open page follows the system's theme, so one visit shows both. Nothing but colours differs between them."""
    shown.emulate_media(color_scheme="light")
    expect(shown.get_by_test_id("stApp")).to_have_css("background-color", rgb(BACKGROUNDS[0]))
    assert_axe_finds_nothing(shown, {"resultTypes": ["violations"]})
    shown.emulate_media(color_scheme="dark")
    expect(shown.get_by_test_id("stApp")).to_have_css("background-color", rgb(BACKGROUNDS[1]))
    shown.evaluate(COLOURS_HAVE_CHANGED)
    settle(shown)
    assert_axe_finds_nothing(shown, {"resultTypes": ["violations"], "runOnly": RULES_ABOUT_COLOURS})


def assert_axe_finds_nothing(page: Page, options: dict[str, Any]) -> None:
    found = Axe().run(page, options=options)
    ours = [violation for violation in found.response["violations"] if (violation["id"], elements(violation)) != STREAMLITS_OWN]
    assert not ours, found.generate_report()


def rgb(colour: str) -> str:
    """'#RRGGBB' as a browser writes it."""
    return f"rgb({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))})"


def elements(violation: dict[str, Any]) -> tuple[str, ...]:
    """The test ids of the elements that break a rule, '' where one has none."""
    found = (re.search('data-testid="(.*?)"', node["html"]) for node in violation["nodes"])
    return tuple(each.group(1) if each else "" for each in found)


@pytest.mark.parametrize("shown", ["statement_2?open=all"], indirect=True)
def test_colour_blind_people_tell_improvement_from_concern(shown: Page) -> None:
    drawn = dict(shown.evaluate(DRAWN))
    improvement, concern = (MARKS[state].symbol for state in ("improvement", "concern"))
    assert {improvement, concern} <= drawn.keys()
    assert improvement != concern  # nor is it the colour alone that says so
    for name, matrix in SEEN_WITH.items():
        seen = {symbol: lab(np.clip(np.array(matrix) @ linear(drawn[symbol]), 0, 1)) for symbol in (improvement, concern)}
        assert np.linalg.norm(seen[improvement] - seen[concern]) > CLEARLY_APART, name


def test_the_simulation_finds_red_and_green_alike() -> None:
    """What it is for: red and green that differ plainly for others are hardly apart in protanopia."""
    red, green = linear("#C0392B"), linear("#6B7A1F")
    matrix = np.array(SEEN_WITH["deuteranopia"])
    assert np.linalg.norm(lab(red) - lab(green)) > 2 * np.linalg.norm(lab(np.clip(matrix @ red, 0, 1)) - lab(np.clip(matrix @ green, 0, 1)))


def linear(colour: str) -> Matrix:
    """'#RRGGBB' as linear RGB from 0 to 1 (IEC 61966-2-1)."""
    channels = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: Matrix) -> Matrix:
    """Linear RGB as CIELAB under D65."""
    xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]) @ rgb
    x, y, z = (value**(1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116 for value in xyz / [0.95047, 1.0, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
