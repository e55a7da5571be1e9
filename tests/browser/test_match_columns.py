"""An analyst matches an unknown workbook in the browser, sees what would become of it, loads it, and next month it loads by itself."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Locator, Page, expect

from dashboard.screens.load.uploads import LOOSE
from data_access.load import load
from tests.browser.choosing import choose
from tests.browser.conftest import PATIENCE
from tests.data_access.files import rows_of, write

Settle = Callable[[Page], Locator]


def export(path: Path, *rows: tuple[object, ...]) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("Register")
        lines = [("Register of attachment needs",), (), ("Mosaic ID", "Attachment status", "Date identified", "Date ended"), *rows]
        for line, row in enumerate(lines):
            sheet.write_row(line, 0, row)
    return path


@pytest.fixture
def deployment(serve: Callable[..., str], tmp_path: Path) -> tuple[str, str]:
    database = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    write(tmp_path / "begun", "children", {"child_id": "1"}, {"child_id": "2"})
    write(tmp_path / "begun", "attachment_needs", {"child_id": "1", "status": "possible"})
    write(tmp_path / "begun", "education_plans", {"child_id": "1"})
    load([tmp_path / "begun"], database, made_up=True)
    return serve(database, QS133_WORKSPACE_URL=f"sqlite:///{tmp_path / 'workspace.sqlite'}"), database


def upload(page: Page, address: str, settle: Settle, *files: Path) -> None:
    page.goto(f"{address}/load?role=analyst")
    expect(page.get_by_role("heading", name="Load data", exact=True)).to_be_visible(timeout=PATIENCE)
    settle(page)
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(files)
    settle(page)


def test_an_unknown_workbook_is_matched_once(page: Page, deployment: tuple[str, str], settle: Settle, tmp_path: Path) -> None:
    address, database = deployment
    rows = [(1, "Confirmed", datetime.date(2024, 9, 3), "Present"), (2, "Tier 2", "04/09/2024")]
    september = export(tmp_path / "Register 2024-09.xlsx", *rows)
    others = [tmp_path / "begun" / f"{name}.csv" for name in ("children", "education_plans")]
    upload(page, address, settle, *others, september)
    expect(page.get_by_text("Match columns: Register 2024-09.xlsx")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("2 rows read, 1 would be loaded, 1 quarantined.")).to_be_visible(timeout=PATIENCE)
    settle(page)
    choose(page, "status: what 'Tier 2' means", "possible")
    expect(page.get_by_text("2 rows read, 2 would be loaded, 0 quarantined.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved: files named Register *.xlsx are now read as attachment_needs.")).to_be_visible(timeout=PATIENCE)
    october = export(tmp_path / "Register 2024-10.xlsx", (1, "Confirmed", datetime.date(2024, 9, 3)), (2, "tier 2", "04/10/2024"))
    upload(page, address, settle, *others, october)
    page.get_by_role("button", name="Check the files").click()
    expect(page.get_by_text("What the dry run found")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Match columns")).to_have_count(0)
    page.locator(".st-key-load_now button").click()
    expect(page.get_by_text("is in the database.")).to_be_visible(timeout=PATIENCE)
    assert [row["status"] for row in rows_of(database, "attachment_need")] == ["confirmed", "possible"]
    assert {row["source"] for row in rows_of(database, "load_file")} == {LOOSE}


def test_a_month_is_put_beside_what_is_there(page: Page, deployment: tuple[str, str], settle: Settle, tmp_path: Path) -> None:
    address, database = deployment
    plans = write(tmp_path / "month", "education_plans", {"plan_id": "f", "child_id": "2", "completed_date": "2025-02-03"})
    upload(page, address, settle, plans)
    page.get_by_text("Put beside what is there", exact=True).click()
    settle(page)
    page.get_by_role("button", name="Check the files").click()
    expect(page.get_by_text("What the dry run found")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Loading puts this beside what the database holds")).to_be_visible()
    page.locator(".st-key-load_now button").click()
    expect(page.get_by_text("is in the database.")).to_be_visible(timeout=PATIENCE)
    assert [row["child_id"] for row in rows_of(database, "education_plan")] == ["1", "2"]
    assert len(rows_of(database, "attachment_need")) == 1
    expect(page.get_by_text("Load beside what was there")).to_be_visible(timeout=PATIENCE)
