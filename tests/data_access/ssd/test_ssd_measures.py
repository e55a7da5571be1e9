"""The demo authority as a return and as a Standard Safeguarding Dataset in PostgreSQL: the same contents and the same measures."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from dashboard.figures.reporting import Reporting
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load
from metrics.measures import catalogue
from metrics.units.breakdowns import BREAKDOWNS
from tests.data_access import as_dataset
from tests.data_access.datasets import dataset
from tests.data_access.files import contents_of

AS_AT = datetime.date(2026, 9, 30)
Return = dict[str, str | None]
Pair = tuple[Reporting, Reporting]
Addresses = tuple[str, str]


def rows(folder: Path, name: str) -> list[Return]:
    """The rows of a return's file, dates as ISO text and blanks as None."""
    if not (folder / f"{name}.csv").exists():
        return []
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            {column: re.sub(r"^(\d\d)/(\d\d)/(\d{4})$", r"\3-\2-\1", value) or None for column, value in row.items()}
            for row in csv.DictReader(file)
        ]


def latest(returns: list[Path], name: str, *key: str) -> list[Return]:
    """Of the rows of all returns the last with each key."""
    return list({tuple(row[column] for column in key): row for folder in returns for row in rows(folder, name)}.values())


def tables(returns: list[Path], extracts: Path) -> dict[str, list[as_dataset.Row]]:
    """The dataset that holds what the returns hold, and whether the children are disabled."""
    years = {folder: int(folder.name[8:12]) + 1 for folder in returns}
    header = latest(returns, "header", "CHILD")
    known = {row["CHILD"] for row in header}
    with (extracts / "children.csv").open(encoding="utf-8", newline="") as file:
        in_extract = list(csv.DictReader(file))
    return {
        **as_dataset.of_episodes(latest(returns, "episodes", "CHILD", "DECOM")),
        "ssd_person": as_dataset.of_header(header),
        "ssd_immigration_status": as_dataset.of_uasc(latest(returns, "uasc", "CHILD")),
        "ssd_disability": as_dataset.of_disabled([row for row in in_extract if row["child_id"] in known]),
        "ssd_sdq_scores": as_dataset.of_scores(
            ((row, years[folder]) for folder in returns for row in rows(folder, "oc2")), AS_AT.isoformat(),
        ),
        "ssd_cla_previous_permanence": as_dataset.of_previous_permanence(
            (row, years[folder]) for folder in returns for row in rows(folder, "previous_permanence")
        ),
    }


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory, postgresql_database: Callable[[], str]) -> Addresses:
    """The reporting databases of both routes."""
    folder = tmp_path_factory.mktemp("authority")
    *returns, extracts = write_demo(folder / "sources", children=150)
    source = dataset(postgresql_database(), tables(returns, extracts))
    of_return, of_dataset = f"duckdb:///{folder / 'return.duckdb'}", f"duckdb:///{folder / 'dataset.duckdb'}"
    load([*returns, extracts], of_return, as_at=AS_AT)
    report = load([source, extracts], of_dataset, as_at=AS_AT)
    assert not [each for each in report.quarantined if each.table.startswith("ssd_")]
    return of_return, of_dataset


@pytest.fixture(scope="module")
def both(addresses: Addresses) -> Pair:
    one, other = (Reporting(engine(address)) for address in addresses)
    return one, other


SAME = ("care_arrangement", "placement", "care_start", "child", "outcome_score", "attachment_need", "period")


@pytest.mark.parametrize("table", SAME)
def test_both_routes_fill_the_table_with_the_same_rows(addresses: Addresses, table: str) -> None:
    one, other = (contents_of(address)[table] for address in addresses)
    assert one and one == other


def test_both_routes_say_the_same_of_each_start_of_care(addresses: Addresses) -> None:
    one, other = (contents_of(address) for address in addresses)
    wanted, found = (
        {(row["child_id"], row["collection_year"]): row["previous_permanence"] for row in held["previous_permanence"]}
        for held in (one, other)
    )
    years = {
        (row["child_id"], row["start_date"].year + (row["start_date"].month >= 4))
        for row in one["care_start"] if isinstance(row["start_date"], datetime.date)
    }
    # The demo's returns also have a few rows for children whose care began with a short break or before the first return.
    assert {key: wanted[key] for key in years & wanted.keys()} == {key: found[key] for key in years & wanted.keys()}
    assert len({key for key in years & wanted.keys() if wanted[key] in ("P1", "P2", "P3")}) > 5


@pytest.mark.parametrize("grain", ["month", "quarter", "term", "year"])
def test_every_measure_is_the_same(both: Pair, grain: str) -> None:
    """In every period that both cover: a dataset covers six years, returns their own years, so what looks back begins earlier in it."""
    one, other = both
    assert one.as_at == other.as_at == AS_AT
    measures = catalogue.measures()
    for measure in measures:
        wanted, found = one.summary(measure, grain), other.summary(measure, grain)
        assert wanted["denominator"].sum() > 0
        in_both = found.filter(pl.col("period").is_in(wanted["period"].implode()))
        assert wanted.equals(in_both), measure.id
        assert (found.join(wanted, on="period", how="anti")["period_end"] < wanted["period_start"].min()).all(), measure.id


def test_every_measure_is_the_same_by_every_breakdown(both: Pair) -> None:
    for measure in catalogue.measures():
        for name in BREAKDOWNS:
            order = ["period", name]
            wanted, found = (each.summary(measure, "year", by=(name,)).sort(order) for each in both)
            assert wanted.filter(pl.col("denominator") > 0).equals(found.filter(pl.col("denominator") > 0)), (measure.id, name)
