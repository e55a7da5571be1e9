"""The project against the reference: the same files, loaded and measured both ways, must give the same numbers.

DuckDB first and on many authorities, because it is quick to make; PostgreSQL on a few. `tests/generators` says which awkward
cases the authorities are rich in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from config.cohorts import Cohort
from dashboard.figures.reporting import GRAINS, Reporting
from data_access.engines import engine
from data_access.load import load
from metrics.measures import catalogue
from metrics.measures.kinds import Measure
from metrics.statistics import intervals
from metrics.units.breakdowns import BREAKDOWNS, PROVIDER
from tests.generators import write
from tests.reference import ReferenceDatabase, additive_parts, has_numerator, measure_rows, of_cohort
from tests.reference import load as reference_load

SEEDS = range(6)
POSTGRESQL_SEEDS = range(100, 102)
GRAIN = "quarter"
CHILDREN = 30
LONG = pytest.mark.long
CROSSED = (("placement", "ethnicity_group"), ("care_status", "age_band", "unaccompanied"), ("placement", PROVIDER.id))
FILTERS = (
    {"placement": {"foster_carer", "residential"}}, {"disabled": {"Not recorded"}, "sex": {"F"}}, {PROVIDER.id: {"PR4", "Not recorded"}},
)


def both(folder: Path, seed: int, address: str) -> tuple[Reporting, ReferenceDatabase]:
    authority = write(folder, seed, CHILDREN)
    load(authority.sources, address, as_at=authority.as_at, collection_year=authority.collection_year)
    return Reporting(engine(address)), reference_load(authority.sources, authority.as_at, authority.collection_year)


def cases(seeds: range) -> list[Any]:
    """All authorities by one grain and cohort, and each other grain, and cohort, of one of them; the rest are long."""
    others = [(grain, cohort) for grain in GRAINS for cohort in Cohort if (grain == GRAIN) != (cohort is Cohort.RECORDED)]
    everyday = {(seed, GRAIN, Cohort.RECORDED) for seed in seeds}
    everyday |= {(seeds[number % len(seeds)], grain, cohort) for number, (grain, cohort) in enumerate(others)}
    return [
        pytest.param(seed, grain, cohort, marks=() if (seed, grain, cohort) in everyday else LONG)
        for seed in seeds for grain in GRAINS for cohort in Cohort
    ]


@pytest.fixture(scope="module", params=SEEDS)
def duckdb_pair(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("authority")
    return both(folder / "sources", request.param, f"duckdb:///{folder / 'reporting.duckdb'}")


@pytest.fixture(scope="module", params=POSTGRESQL_SEEDS)
def postgresql_pair(request, tmp_path_factory, postgresql_database):
    return both(tmp_path_factory.mktemp("authority") / "sources", request.param, postgresql_database())


def found(reporting: Reporting, measure: Measure, grain: str, by: tuple[str, ...], where: Mapping[str, set[str]]):
    summary = reporting.summary(measure, grain, by=by, where=where).filter(pl.col("denominator") > 0)
    return {
        (row["period"], *(row[name] for name in by)): (row["numerator"], row["denominator"]) for row in summary.iter_rows(named=True)
    }


def views_of(cohort: Cohort):
    """All views of the cohort that asks most of the data, and of the others those that differ by who is counted."""
    if cohort is Cohort.RECORDED:
        single = [(name,) for name in (*BREAKDOWNS, PROVIDER.id)]
        return [*((by, {}) for by in ((), *single, *CROSSED)), *((("team",), where) for where in FILTERS)]
    return [((), {}), (("placement",), {}), (CROSSED[1], {}), (("team",), FILTERS[1]), ((PROVIDER.id,), FILTERS[0])]


def compare(reporting: Reporting, reference: ReferenceDatabase, grain: str, cohort: Cohort) -> None:
    assert reporting.as_at == reference.as_at
    assert reporting.cohort.value == of_cohort(reference, "auto").cohort
    reporting, reference = reporting.of(cohort), of_cohort(reference, cohort.value)
    views = views_of(cohort)
    for measure in catalogue.measures():
        for by, where in views:
            wanted = measure_rows(reference, measure.id, grain, by, where)
            assert found(reporting, measure, grain, by, where) == wanted, (measure.id, grain, by, where)


@pytest.mark.parametrize(("duckdb_pair", "grain", "cohort"), cases(SEEDS), indirect=["duckdb_pair"], scope="module")
def test_duckdb_counts_as_the_reference_does(duckdb_pair, grain, cohort):
    compare(*duckdb_pair, grain, cohort)


@pytest.mark.parametrize(("postgresql_pair", "grain", "cohort"), cases(POSTGRESQL_SEEDS), indirect=["postgresql_pair"], scope="module")
def test_postgresql_counts_as_the_reference_does(postgresql_pair, grain, cohort):
    compare(*postgresql_pair, grain, cohort)


def scalar_interval(measure: Measure, pairs: list[tuple[float, float]]) -> tuple[float | None, float | None]:
    """The interval worked out from every child's own numbers."""
    x, y = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if measure.kind == "proportion":
        return intervals.proportion(sum(x), sum(y))
    if measure.kind == "rate":
        lower, upper = intervals.rate(sum(x), sum(y))
        return lower * measure.per, upper * measure.per
    if measure.kind == "mean":
        return intervals.mean(len(x), sum(x), sum(a * a for a in x))
    return intervals.ratio_of_totals(
        len(x), sum(x), sum(y), sum(a * a for a in x), sum(b * b for b in y), sum(a * b for a, b in pairs),
    )


def test_values_and_intervals_are_those_of_every_childs_own_numbers(duckdb_pair):
    reporting, reference = duckdb_pair
    reporting, reference = reporting.of(Cohort.RECORDED), of_cohort(reference, "recorded")
    for measure in catalogue.measures():
        parts = additive_parts(reference, measure.id, "year", ("placement",))
        known = has_numerator(reference, measure.id)
        summary = reporting.summary(measure, "year", by=("placement",)).filter(pl.col("denominator") > 0)
        for row in summary.iter_rows(named=True):
            if not known:
                assert (row["value"], row["lower"], row["upper"], row["state"]) == (None, None, None, "no data")
                continue
            wanted = scalar_interval(measure, parts[row["period"], row["placement"]])
            for bound, expected in zip((row["lower"], row["upper"]), wanted, strict=True):
                assert bound is expected is None or math.isclose(bound, expected, rel_tol=1e-9, abs_tol=1e-9), (measure.id, row)
            assert row["state"] == "shown"


@pytest.mark.parametrize(
    ("duckdb_pair", "grain"),
    [pytest.param(seed, grain, marks=() if seed % len(GRAINS) == place else LONG) for seed in SEEDS for place, grain in enumerate(GRAINS)],
    indirect=["duckdb_pair"], scope="module",
)
def test_every_breakdown_sums_to_the_total(duckdb_pair, grain):
    reporting, _ = duckdb_pair
    for measure in catalogue.measures():
        whole = reporting.summary(measure, grain).select("period", "numerator", "denominator")
        for name in (*BREAKDOWNS, PROVIDER.id):
            parts = reporting.summary(measure, grain, by=(name,))
            # A period that isn't covered has no denominator, of all together and of each group.
            uncovered = pl.col("denominator").is_null().all()
            sums = parts.group_by("period", maintain_order=True).agg(
                pl.col("numerator").sum(), pl.when(~uncovered).then(pl.col("denominator").sum()),
            )
            assert sums["period"].to_list() == whole["period"].to_list()
            assert sums["denominator"].to_list() == whole["denominator"].to_list(), (measure.id, name)
            assert sums["numerator"].to_list() == whole["numerator"].fill_null(0).to_list(), (measure.id, name)
