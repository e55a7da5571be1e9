"""Files that are too large to be uploaded are refused in a sentence: one before it is sent, several together before they are read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from config.toml_file import PACKAGED
from data_access.load import load
from tests.browser.conftest import PATIENCE
from tests.browser.test_match_columns import upload
from tests.data_access.files import write

Settle = Callable[[Page], Locator]


@pytest.fixture
def one_megabyte(serve: Callable[..., str], tmp_path: Path) -> tuple[str, str]:
    """A dashboard that takes one megabyte."""
    shutil.copytree(PACKAGED, tmp_path / "config", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    settings = tmp_path / "config" / "data_quality.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("upload_megabytes = 500", "upload_megabytes = 1"), encoding="utf-8")
    database = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    write(tmp_path / "begun", "children", {"child_id": "1"})
    write(tmp_path / "begun", "education_plans", {"child_id": "1"})
    load([tmp_path / "begun"], database, made_up=True)
    return serve(database, QS133_CONFIG=str(tmp_path / "config")), database


def large(path: Path, megabytes: float) -> Path:
    line = "1,confirmed,2024-09-03,\n"
    path.write_text("child_id,status,start_date,end_date\n" + line * int(megabytes * 1_000_000 / len(line)), encoding="utf-8")
    return path


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    page: Page, one_megabyte: tuple[str, str], settle: Settle, tmp_path: Path, take_screenshot: Callable[[Page, str], Path],
) -> None:
    address, _ = one_megabyte
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    upload(page, address, settle, large(tmp_path / "attachment_needs.csv", 2))
    expect(page.get_by_test_id("stFileUploader")).to_contain_text("File must be 1.0MB or smaller", timeout=PATIENCE)
    expect(page.get_by_text("A file marked in red is larger")).to_be_visible()
    take_screenshot(page, "upload_too_large")
    expect(page.get_by_role("button", name="Check the files")).to_have_count(0)
    assert sent == []


def test_files_that_are_too_large_together_are_refused_in_a_sentence(
    page: Page, one_megabyte: tuple[str, str], settle: Settle, tmp_path: Path,
) -> None:
    address, _ = one_megabyte
    upload(page, address, settle, large(tmp_path / "attachment_needs.csv", 0.6), large(tmp_path / "more.csv", 0.6))
    page.get_by_role("button", name="Check the files").click()
    said = "The files are larger than 1 megabyte together, unpacked. Load them with 'qs133 load', or raise upload_megabytes."
    expect(page.get_by_text(said)).to_be_visible(timeout=PATIENCE)
