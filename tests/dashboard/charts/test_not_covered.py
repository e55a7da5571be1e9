"""Periods that the data does not cover: a shaded stretch that says why, in every kind of chart, and never a point."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from dashboard.charts.trend.drawing import trend_drawing
from dashboard.charts.trend.interactive import interactive
from dashboard.charts.trend.picture import trend_picture
from metrics.judgement.trend import Trend
from metrics.summary.summarise import State
from tests.dashboard.made_up import made_trend

NUMBERS = ("numerator", "denominator", "value", "lower", "upper", "point_state", "mean", "lower_limit", "upper_limit", "median")


def trend_without(*places: int) -> Trend:
    """A trend of 20 quarters of which those at these places are not covered."""
    found = made_trend("education_plan", [(70, 100)] * 20)
    there = ~pl.int_range(pl.len()).is_in(list(places))
    emptied = [pl.when(there).then(pl.col(name)).alias(name) for name in NUMBERS]
    state = pl.when(there).then(pl.col("state")).otherwise(pl.lit(State.NOT_COVERED.value)).alias("state")
    return replace(found, frame=found.frame.with_columns(*emptied, state))


@pytest.mark.parametrize(("places", "stretches"), [
    ((), ()), ((3,), ((3, 3),)), ((0, 1, 7, 18, 19), ((0, 1), (7, 7), (18, 19))), (tuple(range(20)), ((0, 19),)),
])
def test_each_stretch_is_shaded_named_and_empty(places: tuple[int, ...], stretches: tuple[tuple[int, int], ...]) -> None:
    trend = trend_without(*places)
    drawing = trend_drawing(trend)
    assert drawing.not_covered == stretches
    assert not {int(point.x) for point in drawing.points} & set(places)
    labels = trend.frame["period"].to_list()
    words = [item.words for item in drawing.key if item.drawn == "not_covered"]
    assert len(words) == bool(places)
    for first, last in stretches:
        assert labels[first] in words[0] and labels[last] in words[0] and labels[first] in drawing.alt
    shapes = [shape for shape in interactive(drawing).figure.layout.shapes if shape.type == "rect"]
    assert [(shape.x0, shape.x1) for shape in shapes] == [(first - 0.5, last + 0.5) for first, last in stretches]
    without = trend_picture(trend_drawing(trend_without()))
    assert (trend_picture(drawing) == without) == (not places)
