"""Authorities loaded together, in a real browser: lines beside the one that is chosen, and none for a manager or without a choice."""

import datetime
import itertools
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from config.settings import PROJECT_FOLDER
from data_access.demo import write_demo
from data_access.load import load_authorities
from data_access.load.several_authorities import Authority
from tests.browser.conftest import Serve
from tests.browser.oidc_provider import running_provider
from tests.browser.server import free_port, running_server
from tests.browser.test_comparators import PATIENCE, Settle, Shoot, block, open_first
from tests.browser.test_released import signed_in
from tests.browser.test_sign_in import ACCESS, PEOPLE, Deployment

REGIONS = {"Camden": "London", "Barnet": "London", "Kent": "South East"}
LINES = ["All loaded", "Neighbours", "Region"]
APART = """plot => {
    const { xaxis, yaxis } = plot._fullLayout;
    const points = plot.data.flatMap((line, number) => line.hovertext ? [...line.x].map((x, index) => ({
        number, told: line.hovertext[index], at: [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(line.y[index])],
    })) : []).filter(point => point.told && Number.isFinite(point.at[1]));
    const room = point => Math.min(...points.filter(other => other.number !== point.number)
        .map(other => Math.hypot(other.at[0] - point.at[0], other.at[1] - point.at[1])));
    const [best] = points.filter(point => / loaded.* of /.test(point.told)).sort((one, other) => room(other) - room(one));
    return [best.at, best.told];
}"""
"""Where on the chart a point of the others' lines is that is farthest from all others, and what it tells."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three made-up authorities."""
    folder = tmp_path_factory.mktemp("pooled")
    authorities = [
        Authority(name, region, tuple(write_demo(folder / name, seed=seed, children=90, years=2)))
        for seed, (name, region) in enumerate(REGIONS.items())
    ]
    address = f"duckdb:///{folder / 'together.duckdb'}"
    load_authorities(authorities, address, as_at=datetime.date(2026, 9, 30), made_up=True)
    return address


@pytest.fixture(scope="module")
def pooled_url(serve: Serve, database: str) -> str:
    return serve(database)


def names(page: Page, id: str) -> Locator:
    return block(page, id).locator(".annotation-text").filter(has_text=re.compile(f"^({'|'.join(LINES)})$"))


def test_lines_of_the_others_stand_beside_an_authority_with_numerator_and_denominator(
    page: Page, pooled_url: str, settle: Settle, take_screenshot: Shoot,
) -> None:
    open_first(page, f"{pooled_url}/statement_2?open=all&authority=Camden", settle)
    expect(names(page, "education_plan")).to_have_count(3, timeout=PATIENCE)
    assert sorted(names(page, "education_plan").all_text_contents()) == LINES
    shown = block(page, "education_plan")
    expect(shown.get_by_text("Brown line, dashed: the 2 authorities loaded in London")).to_be_visible()
    expect(shown.get_by_text("Brown line, dash and two dots: all 3 authorities loaded")).to_be_visible()
    chart = shown.locator(".js-plotly-plot").first
    chart.scroll_into_view_if_needed()
    at, told = chart.evaluate(APART)
    box = chart.bounding_box()
    assert box
    page.mouse.move(box["x"] + at[0], box["y"] + at[1], steps=5)
    expect(chart.locator(".hoverlayer .hovertext")).to_contain_text("of ")
    assert re.search(r"loaded.*<br>\d[\d.]*%<br>[\d,]+ of [\d,]+ children$", told)
    expect(chart.locator(".hoverlayer .hovertext")).to_contain_text(told.split("<br>")[-1])
    take_screenshot(page, "authorities loaded together")


def test_there_are_none_without_a_choice(page: Page, pooled_url: str, settle: Settle) -> None:
    open_first(page, f"{pooled_url}/statement_2?open=all", settle)
    expect_none(page)


def test_a_manager_has_none(page: Page, database: str, tmp_path: Path, settle: Settle, console_errors: list[str]) -> None:
    config, port, secrets = tmp_path / "config", free_port(), tmp_path / "secrets.toml"
    shutil.copytree(PROJECT_FOLDER / "config", config, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    rules = ACCESS.replace('["Permanence"]', '["Camden: Permanence", "Camden: Children in Care North", "Barnet: Permanence"]')
    (config / "access.toml").write_text(rules.format(hours=8, everyone_else="viewer", analysts="analyst"), encoding="utf-8")
    environment = {"QS133_DATABASE_URL": database, "QS133_CONFIG": str(config)}
    with running_provider(tmp_path, PEOPLE) as provider:
        secrets.write_text(provider.secrets(f"http://127.0.0.1:{port}"), encoding="utf-8")
        with running_server(tmp_path, environment, port=port, options=("--secrets.files", str(secrets))) as address:
            deployment = Deployment(address, provider, config / "access.toml", tmp_path / "workspace.sqlite")
            signed_in(page, deployment, "may", "statement_2")
            open_first(page, f"{address}/statement_2?open=all&authority=Camden&grain=Year", settle)
            expect(page.get_by_text(re.compile("local authority is .Camden")).first).to_be_visible(timeout=PATIENCE)
            expect_none(page)
            page.goto("about:blank")  # which asks no server that has been stopped
        theirs = (provider.address, "picocss")
        console_errors[:] = [error for error in console_errors if not any(address in error for address in theirs)]


def expect_none(page: Page) -> None:
    expect(block(page, "education_plan").locator(".js-plotly-plot").first).to_be_visible(timeout=PATIENCE)
    expect(names(page, "education_plan")).to_have_count(0)
    expect(page.get_by_text("Brown line")).to_have_count(0)
    expect(page.get_by_text("Beside the authorities loaded")).to_have_count(0)


def test_names_fit_a_phone_and_stay_apart(phone_page: Page, pooled_url: str, settle: Settle, take_screenshot: Shoot) -> None:
    open_first(phone_page, f"{pooled_url}/statement_2?open=all&authority=Camden", settle)
    expect(names(phone_page, "education_plan")).to_have_count(3, timeout=PATIENCE)
    boxes = sorted((box["y"], box["height"], box["x"] + box["width"]) for name in names(phone_page, "education_plan").all()
                   for box in [name.bounding_box()] if box)
    assert len(boxes) == 3 and all(right <= 390 for _, _, right in boxes)
    assert all(later[0] - earlier[0] >= 0.8 * earlier[1] for earlier, later in itertools.pairwise(boxes))
    take_screenshot(phone_page, "authorities loaded together on a phone")
