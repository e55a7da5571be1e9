"""What a new user is told: by the return alone, with attendance and exclusions, and with education plans."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from config.cohorts import Cohort
from dashboard.figures.reporting import Reporting
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load
from metrics.measures.catalogue import measures

PLAN_PARTS = ["support_details", "contacts", "key_person", "safe_place"]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_demo(tmp_path_factory.mktemp("demo"), children=150, years=2)


@pytest.mark.parametrize(("extracts", "told"), [
    ([], 7), (["attendance", "exclusions"], 17), (["attendance", "exclusions", "education_plans"], 19),
])
def test_each_source_brings_its_measures(sources: list[Path], tmp_path: Path, extracts: list[str], told: int) -> None:
    *returns, everything = sources
    folder = tmp_path / "extracts"
    folder.mkdir()
    for name in extracts:
        shutil.copy(everything / f"{name}.csv", folder)
    if "education_plans" in extracts:  # as most councils have them: without what is in a plan
        plans = pl.read_csv(folder / "education_plans.csv", infer_schema=False)
        plans.drop(PLAN_PARTS).write_csv(folder / "education_plans.csv")
    address = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    load([*returns, *([folder] if extracts else [])], address)
    reporting = Reporting(engine(address))
    assert reporting.cohort is Cohort.LOOKED_AFTER
    states = {measure.id: reporting.summary(measure, "quarter")["state"].to_list() for measure in measures()}
    assert len([id for id, found in states.items() if "shown" in found]) == told, states
