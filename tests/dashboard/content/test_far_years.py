"""Published figures of years that are far from ours."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest

from dashboard.content.comparisons.selection import comparison_of
from dashboard.content.comparisons.wording import comparison_sentences, england_words
from tests.dashboard.made_up import made_trend
from tests.dashboard.published_made_up import comparison

KENT = comparison()


@pytest.mark.parametrize("years", [-20, 20])
def test_figures_of_years_far_from_ours_are_not_set_beside_it(years: int) -> None:
    trend = made_trend("attendance_in_care", [(900, 1000)] * 24)
    moved = pl.col("period_start", "period_end").dt.offset_by(f"{years}y")
    frame = trend.frame.with_columns(moved, pl.concat_str(pl.lit("of other years "), "period").alias("period"))
    far = replace(trend, frame=frame, latest=frame.row(-1, named=True))
    found = comparison_of(far, KENT)
    england, *_ = comparison_sentences(far, found)
    assert re.fullmatch(r"England: no figure near of other years \S+ \S+; the nearest here is for the school year \d{4}/\d\d\.", england)
    assert not any(level for named in found.lines for level in named.levels)
    assert england_words(far, found)[0] == "" and "no figure near" in england_words(far, found)[1]
    near, *_ = comparison_sentences(trend, comparison_of(trend, KENT))
    assert near.startswith("England: ") and "no figure near" not in near
