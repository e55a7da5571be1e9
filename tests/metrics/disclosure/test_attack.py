"""Nobody who has all the protected view shows can work out what it hides; and the attacker who tries is one who can."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dashboard.access import WITHOUT_SIGN_IN
from dashboard.personal import PersonalReporting
from dashboard.reporting import Reporting
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load
from metrics.catalogue import get
from tests.metrics.disclosure.attacker import NARROW, Look, Puzzle, Target, ranges, targets
from tests.metrics.disclosure.populations import CLUSTERS

ATTACKS = {
    60: ("placement", "care_status", "sex", "origin"),
    150: ("disabled", "mental_health_problem", "disability_or_mental_health", "ethnicity_group"),
}
"""By the number of children in the authority: the breakdowns that are attacked together."""


class NoGuard:
    """A viewer needs none."""

    def before_exact(self) -> None:
        raise PermissionError

    def before_export(self, what: str) -> None:
        raise PermissionError


@pytest.fixture(scope="module", params=list(ATTACKS))
def authority(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Reporting]:
    folder: Path = tmp_path_factory.mktemp("authority")
    address = f"duckdb:///{folder / 'authority.duckdb'}"
    load(write_demo(folder / "sources", seed=request.param, children=request.param, years=1), address, made_up=True)
    return request.param, Reporting(engine(address))


def viewed(reporting: Reporting, grain: str) -> Look:
    view = PersonalReporting(reporting, WITHOUT_SIGN_IN, NoGuard())
    return functools.cache(lambda measure, pair: view.summary(get(measure), grain, by=pair))


def exactly(reporting: Reporting, grain: str, period: str) -> Callable[[Target, Puzzle], float]:
    """What a target really is."""

    @functools.cache
    def table(measure: str, pair: tuple[str, ...]) -> dict[tuple[str, ...], tuple[float, float]]:
        rows = reporting.summary(get(measure), grain, by=pair).filter(pl.col("period") == period).iter_rows(named=True)
        return {tuple(row[name] for name in pair): (row["denominator"], row["numerator"]) for row in rows}

    def value(target: Target, puzzle: Puzzle) -> float:
        groups = tuple(puzzle.groups[name][number] for name, number in zip(target.pair, target.place, strict=True))
        children, numerator = table(target.measure, target.pair).get(groups, (0, 0))
        return {"children": children, "with": numerator, "without": children - numerator, "empty": children}[target.what]

    return value


def broken(puzzle: Puzzle, value: Callable[[Target, Puzzle], float]) -> tuple[list[str], int]:
    """What the attacker found out about few children, in words, and how much there was to find out.

    Cells that are empty hold no child to protect. A cell of many children that is hidden to protect others may be found out, as long as
    the others are not.
    """
    wanted = [target for target in targets(puzzle) if value(Target("empty", *_where(target)), puzzle) > 0]
    least, greatest = ranges(puzzle, wanted)
    truth = np.array([value(target, puzzle) for target in wanted])
    pinned = np.flatnonzero(greatest - least < NARROW - 1e-6)
    assert np.all(least[pinned] <= truth[pinned] + 1e-6) and np.all(truth[pinned] <= greatest[pinned] + 1e-6)
    narrow = [index for index in pinned if _is_about_few(puzzle, wanted[index], value)]
    return [
        f"{wanted[index].what} of {wanted[index].measure} by {wanted[index].pair} {wanted[index].place}: "
        f"{least[index]:.0f} to {greatest[index]:.0f}" for index in narrow
    ], len(wanted)


def _where(target: Target) -> tuple[str, tuple[str, ...], tuple[int, ...], tuple[tuple[int, float], ...]]:
    return target.measure, target.pair, target.place, target.terms


def _is_about_few(puzzle: Puzzle, target: Target, value: Callable[[Target, Puzzle], float]) -> bool:
    """Whether a number must be hidden for its own sake: of few children, or an outcome that few or nearly all of them have."""
    if target.what == "children":
        return value(target, puzzle) < 10
    both = [value(Target(what, *_where(target)), puzzle) for what in ("with", "without")]
    return min(both) < NARROW or value(Target("empty", *_where(target)), puzzle) < 10


@pytest.mark.parametrize("cluster", ["plans", "absence", "feelings"])
def test_no_hidden_number_is_found_out(authority: tuple[int, Reporting], cluster: str) -> None:
    size, reporting = authority
    period = reporting.periods("year").filter("complete")["label"][-1]
    puzzle = Puzzle(CLUSTERS[cluster], viewed(reporting, "year"), period, ATTACKS[size])
    found, tried = broken(puzzle, exactly(reporting, "year", period))
    assert tried > 0
    assert found == []


def test_the_attacker_breaks_a_view_that_hides_small_cells_only(demo_database: str) -> None:
    reporting = Reporting(engine(demo_database))
    period = reporting.periods("year").filter("complete")["label"][-1]

    @functools.cache
    def naive(measure: str, pair: Sequence[str]) -> pl.DataFrame:
        summary = reporting.summary(get(measure), "year", by=pair)
        small = pl.col("denominator").is_between(1, 9)
        few = small | pl.col("numerator").is_between(1, 5) | (pl.col("denominator") - pl.col("numerator")).is_between(1, 5)
        return summary.with_columns(
            pl.when(~small).then(pl.col("denominator")).alias("denominator"), pl.when(~few).then(pl.col("numerator")).alias("numerator"),
        )

    puzzle = Puzzle(CLUSTERS["feelings"], naive, period, ("placement", "sex", "ethnicity_group", "origin"))
    found, tried = broken(puzzle, exactly(reporting, "year", period))
    assert len(found) > tried / 10


def test_a_filter_shows_what_the_table_of_two_breakdowns_shows(demo_database: str) -> None:
    """So that there is nothing in a filtered view that an attacker with all tables of two breakdowns has not got."""
    reporting = Reporting(engine(demo_database))
    view = PersonalReporting(reporting, WITHOUT_SIGN_IN, NoGuard())
    for id in ("education_plan_up_to_date", "attendance_in_care", "assessed_before_programme"):
        measure = get(id)
        table = view.summary(measure, "year", by=("placement", "sex"))
        for group in table["placement"].unique():
            filtered = view.summary(measure, "year", by=("sex",), where={"placement": (group,)})
            rows = table.filter(pl.col("placement") == group).drop("placement")
            both = filtered.join(rows, on=["period", "sex"], how="left", suffix="_table")
            assert filtered.height and both["state_table"].null_count() == 0
            for column in ("denominator", "numerator", "value", "lower", "upper", "state"):
                assert both[column].to_list() == both[f"{column}_table"].to_list()
