"""Loading, reading the report, mending, loading again and going back, in a real browser; and what the page on data quality shows."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.screens.load.uploads import PREFIX
from data_access.audit import entries
from data_access.demo import write_demo
from data_access.load import load
from data_access.workspace import workspace_engine
from tests.browser.conftest import PATIENCE
from tests.data_access import damage
from tests.data_access.files import rows_of

Settle = Callable[[Page], Locator]
DrawUntil = Callable[[Page, str], None]
Shoot = Callable[[Page, str], Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sources of a small made-up authority."""
    return write_demo(tmp_path_factory.mktemp("demo"), children=150, years=3)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def open_page(page: Page, address: str, heading: str, settle: Settle) -> None:
    """Opens a page and waits until it is drawn; the first one after a load counts everything."""
    page.goto(address)
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible(timeout=PATIENCE)
    settle(page)


@dataclass(frozen=True)
class Deployment:
    """A server's address, and the addresses of its database and its workspace."""

    address: str
    database: str
    workspace: str

    def audited(self, action: str) -> list[str]:
        """What was done of one kind, the oldest first."""
        return entries(workspace_engine(self.workspace)).reverse().filter(pl.col("action") == action)["what"].to_list()


class Analyst:
    """Somebody at the browser with a folder of files."""

    def __init__(self, page: Page, deployment: Deployment, settle: Settle, draw_until: DrawUntil, folder: Path) -> None:
        self.page, self.deployment, self.settle, self.draw_until, self.folder = page, deployment, settle, draw_until, folder
        self.address = deployment.address

    @property
    def version(self) -> object:
        return rows_of(self.deployment.database, "data_version")[0]["version"]

    def wait_for_new_numbers(self, footer: str) -> None:
        """Waits until a page's footer says so, and opens it anew."""
        open_page(self.page, f"{self.address}/load", "Load data", self.settle)
        self.draw_until(self.page, footer)  # what is hidden is decided before that, of all periods
        open_page(self.page, f"{self.address}/load", "Load data", self.settle)
        expect(self.page.get_by_text(footer).first).to_be_visible()

    def check(self) -> None:
        """Chooses the whole folder, says that it is made up, and asks for the dry run."""
        open_page(self.page, f"{self.address}/load", "Load data", self.settle)
        self.page.get_by_text("A whole folder", exact=True).click()
        chooser = self.page.locator("input[type=file][webkitdirectory]")
        expect(chooser).to_have_count(1, timeout=PATIENCE)
        self.settle(self.page)
        chooser.set_input_files(self.folder)
        expect(self.page.get_by_role("button", name="Check the files")).to_be_visible(timeout=PATIENCE)
        self.page.get_by_text("Options", exact=True).click()
        self.page.get_by_text("These files are made up, too").click()
        press(self.page, "Check the files")

    def load(self, *, accept: bool = False) -> None:
        """Checks, accepts what the load would falsify where there is something, and loads."""
        self.check()
        expect(self.page.get_by_text("What the dry run found")).to_be_visible(timeout=PATIENCE)
        now, refused = self.page.locator(".st-key-load_now button"), self.page.get_by_text("I have read what would be lost")
        expect(refused).to_have_count(int(accept))
        if accept:
            expect(now).to_be_disabled()
            refused.click()
        expect(now).to_be_enabled(timeout=PATIENCE)
        now.click()
        expect(self.page.get_by_text("is in the database.")).to_be_visible(timeout=PATIENCE)
        self.settle(self.page)
        assert not list(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))


@pytest.fixture(scope="module")
def deployment(serve: Callable[..., str], made: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A server of the small authority that the tests of this module share and load into, one after the other."""
    folder = tmp_path_factory.mktemp("deployment")
    database, workspace = f"duckdb:///{folder / 'reporting.duckdb'}", f"sqlite:///{folder / 'workspace.sqlite'}"
    load(made, database, made_up=True, who="whoever began")
    return Deployment(serve(database, QS133_WORKSPACE_URL=workspace), database, workspace)


@pytest.fixture
def analyst(
    page: Page, deployment: Deployment, settle: Settle, draw_until: DrawUntil, made: list[Path], tmp_path: Path,
) -> Analyst:
    damage.copy_of(made, tmp_path / "authority")
    return Analyst(page, deployment, settle, draw_until, tmp_path / "authority")


def test_a_folder_that_cannot_be_loaded_is_told_in_a_sentence(analyst: Analyst) -> None:
    before = analyst.version
    (analyst.folder / "extracts" / "assessments.csv").write_text("assessment_id,child\n1,2\n")
    analyst.check()
    expect(analyst.page.get_by_text("These files can't be loaded")).to_be_visible(timeout=PATIENCE)
    expect(analyst.page.get_by_text("assessments.csv has the columns assessment_id, child")).to_be_visible(timeout=PATIENCE)
    expect(analyst.page.locator(".st-key-load_now")).to_have_count(0)
    assert analyst.version == before


def test_an_analyst_loads_a_broken_folder_mends_it_loads_again_and_goes_back(
    analyst: Analyst, take_screenshot: Shoot,
) -> None:
    page, plans, versions = analyst.page, analyst.folder / "extracts" / "education_plans.csv", [analyst.version]
    damage.change(plans, damage.wrong_codes("key_person", 4))
    analyst.check()
    expect(page.get_by_text("key_person '?' is not 0 or 1").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("rows were quarantined, more than a fifth")).to_be_visible()
    assert analyst.version == versions[0]
    take_screenshot(page, "load dry run")
    analyst.load(accept=True)
    versions.append(analyst.version)
    expect(page.get_by_role("cell", name="demo visitor").first).to_be_visible(timeout=PATIENCE)
    analyst.wait_for_new_numbers(f"Data version {analyst.version}")
    _badges_are_shown(analyst, take_screenshot)
    damage.change(plans, lambda rows: [{**row, "key_person": row["key_person"].replace("?", "1")} for row in rows])
    analyst.load()
    assert analyst.version not in versions
    press(page, "Go back to this load")
    expect(page.get_by_text("Back to the load of").first).to_be_visible(timeout=PATIENCE)
    analyst.settle(page)
    assert analyst.version == versions[1]
    analyst.wait_for_new_numbers("an earlier load that demo visitor went back to")
    take_screenshot(page, "gone back")
    changes = analyst.deployment.audited("change")
    assert len(changes) == 3 and changes[-1].startswith("back to the load")


def _badges_are_shown(analyst: Analyst, take_screenshot: Shoot) -> None:
    """The damage is on the page of data quality, and for a viewer on the measures it touches."""
    page = analyst.page
    open_page(page, f"{analyst.address}/data_quality", "Data quality", analyst.settle)
    expect(page.get_by_text("1 problem is beyond a local limit")).to_be_visible(timeout=PATIENCE)
    analyst.settle(page)
    take_screenshot(page, "data quality")
    page.goto(f"{analyst.address}/statement_2?demo_role=Viewer")
    expect(page.get_by_text("Data to check")).to_have_count(3, timeout=PATIENCE)
    analyst.settle(page)
    take_screenshot(page, "badges")
    page.goto(f"{analyst.address}/?demo_role=Viewer")
    expect(page.get_by_text("Data to check")).to_have_count(3, timeout=PATIENCE)


def test_the_quarantine_is_downloaded_through_the_audit_log(
    page: Page, deployment: Deployment, settle: Settle,
) -> None:
    open_page(page, f"{deployment.address}/data_quality", "Data quality", settle)
    with page.expect_download() as download:
        press(page, "Download the quarantined rows")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert len(text.splitlines()) >= 11 and text.startswith("source,file,table_name,line,reason,row")
    assert deployment.audited("export") == ["quarantine-not-for-sharing.csv"]


def test_on_a_phone(phone_page: Page, dashboard_url: str, settle: Settle, take_screenshot: Shoot) -> None:
    for name, heading in (("data_quality", "Data quality"), ("load", "Load data")):
        open_page(phone_page, f"{dashboard_url}/{name}", heading, settle)
        wide = phone_page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")
        assert wide <= 0
        take_screenshot(phone_page, f"{name} phone")


@pytest.mark.parametrize("role", ["Viewer", "Manager"])
def test_others_have_neither_page(page: Page, dashboard_url: str, role: str, console_errors: list[str]) -> None:
    for name in ("data_quality", "load"):
        page.goto(f"{dashboard_url}/{name}?demo_role={role}")
        expect(page.get_by_role("heading", name="Where to look first")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("heading", name="Data quality")).to_have_count(0)
        expect(page.get_by_role("heading", name="Load data")).to_have_count(0)
        expect(page.get_by_role("link", name="Load data")).to_have_count(0)
    console_errors.clear()  # Streamlit says in the console that there is no such page


def test_a_zip_file_of_each_return(
    page: Page, deployment: Deployment, settle: Settle, made: list[Path], tmp_path: Path,
) -> None:
    archives = []
    for source in made:
        archives.append(tmp_path / f"{source.name}.zip")
        with zipfile.ZipFile(archives[-1], "w") as archive:
            for file in source.iterdir():
                archive.write(file, file.name)
    open_page(page, f"{deployment.address}/load", "Load data", settle)
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(archives)
    press(page, "Check the files")
    expect(page.get_by_text("What the dry run found")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(f"{made[0].name}: episodes.csv").first).to_be_visible()
