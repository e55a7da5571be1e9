"""The lines of the authorities loaded together on a trend's chart: where they are, where they end, and what is said of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import plotly.graph_objects as go
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.charts.key import key_html
from dashboard.charts.theme import LOADED, PUBLISHED, Drawing
from dashboard.charts.trend.drawing import trend_drawing
from dashboard.charts.trend.parts import Line, Point
from dashboard.content.comparisons.selection import Comparison, comparison_of
from dashboard.content.several_authorities import Pooled
from dashboard.text.formatting import count_words, period_words, upper_first
from metrics.comparators.published import Kind
from metrics.judgement.several_authorities import SUM_SCHEMA, Pool
from metrics.judgement.trend import Trend
from tests.dashboard.drawn import trend_chart
from tests.dashboard.made_up import made_trend
from tests.dashboard.published_made_up import comparison

HIDDEN, EMPTY, NO_ROW = "hidden", "no data", "no row"
Cell = tuple[int, int] | str
COUNTS = [(900, 1000)] * 12
OF = {Kind.NEIGHBOURS: 10, Kind.REGION: 0, Kind.ENGLAND: 0}


def pooled(trend: Trend, kind: Kind, cells: Sequence[Cell], area: str = "London") -> Pooled:
    """A pool with a numerator and denominator, or what there is instead, in each of the trend's periods."""
    rows = []
    for period, cell in zip(trend.frame["period"], cells, strict=True):
        if isinstance(cell, tuple):
            rows.append((period, float(cell[0]), cell[1], cell[0] / cell[1] * getattr(trend.measure, "per", 1), "shown", False))
        elif cell != NO_ROW:
            rows.append((period, None, 0 if cell == EMPTY else None, None, cell, False))
    members = ("Barnet", "Camden") if kind != Kind.NEIGHBOURS else ("Barnet",)
    frame = pl.DataFrame(rows, schema=SUM_SCHEMA, orient="row")
    return Pooled(trend.measure, "Camden", Pool(kind, area, members, {"authority": members}, OF[kind]), frame, None)


def all_three(trend: Trend, cells: Sequence[Cell]) -> list[Pooled]:
    return [pooled(trend, kind, cells) for kind in (Kind.NEIGHBOURS, Kind.REGION, Kind.ENGLAND)]


def lines(trend: Trend, pools: Sequence[Pooled], found: Comparison | None = None) -> list[Line]:
    """The lines of the authorities loaded, as the chart is described."""
    return [line for line in trend_drawing(trend, comparison=found, pooled=pools).others if line.colour == LOADED]


def marks(trend: Trend, pools: Sequence[Pooled]) -> list[Point]:
    """Their points."""
    return list(trend_drawing(trend, pooled=pools).other_points)


def drawn_lines(drawing: Drawing) -> list[go.Scatter]:
    return [trace for trace in drawing.figure.data if trace.line.color == LOADED and trace.mode == "lines"]


def crosses(drawing: Drawing) -> list[go.Scatter]:
    return [trace for trace in drawing.figure.data if trace.marker.color == LOADED and trace.marker.symbol == "x-thin-open"]


def names(drawing: Drawing) -> list[tuple[float, str]]:
    return sorted((note.y, note.text) for note in drawing.figure.layout.annotations if note.xref == "paper")


CELLS = some.lists(
    some.one_of(
        some.sampled_from([HIDDEN, EMPTY, NO_ROW]),
        some.integers(1, 500).flatmap(lambda whole: some.tuples(some.integers(0, whole), some.just(whole))),
    ), min_size=12, max_size=12,
)


@given(CELLS, some.sampled_from(["attendance_in_care", "suspension_rate", "social_emotional_mean"]), some.booleans())
def test_each_value_stands_at_its_period_and_what_is_hidden_is_a_gap_with_a_cross(cells: list[Cell], id: str, last: bool) -> None:
    trend = made_trend(id, COUNTS, last_complete=last)
    pools = [pooled(trend, Kind.REGION, cells)]
    drawing = trend_chart(trend, pooled=pools)
    shown = [cell for cell in cells if isinstance(cell, tuple)]
    if not shown:
        assert not drawn_lines(drawing) and not crosses(drawing) and drawing == trend_chart(trend)
        return
    (line,) = lines(trend, pools)
    per = getattr(trend.measure, "per", 1)
    assert line.levels == tuple(pytest.approx(cell[0] / cell[1] * per) if isinstance(cell, tuple) else None for cell in cells)
    vertices = [(x, y) for path in line.paths for x, y in path]
    assert vertices == [(index, level) for index, level in enumerate(line.levels) if level is not None]
    assert all(later[0] - earlier[0] == 1 for path in line.paths for earlier, later in itertools.pairwise(path)), "no gap is drawn over"
    rows = [row for row, cell in zip(trend.frame.iter_rows(named=True), cells, strict=True) if isinstance(cell, tuple)]
    for hover, row, cell in zip(itertools.chain.from_iterable(line.hover), rows, shown, strict=True):
        assert hover.strong == "The 2 authorities loaded in London"
        assert (hover.below[0], hover.below[-1]) == (upper_first(period_words(row)), count_words(trend.measure, *cell))
    (trace,) = drawn_lines(drawing)
    scale = 100 if trend.measure.percent else 1
    assert [y for y in trace.y if y is not None] == [level * scale for level in line.levels if level is not None]
    low, high = drawing.figure.layout.yaxis.range
    assert all(low <= height <= high for height in trace.y if height is not None)
    hidden = [index for index, cell in enumerate(cells) if cell == HIDDEN]
    assert [list(trace.x) for trace in crosses(drawing)] == ([hidden] if hidden else [])
    for trace in crosses(drawing):
        assert all(low < height < low + 0.1 * (high - low) for height in trace.y)
        assert all(text.endswith("<br>Hidden to protect children") for text in trace.hovertext)
    assert ("loaded_hidden" in {item.drawn for item in drawing.key}) == bool(hidden)


@given(CELLS)
def test_a_value_without_neighbours_has_a_point_and_an_incomplete_one_a_hollow_one(cells: list[Cell]) -> None:
    trend = made_trend("attendance_in_care", COUNTS, last_complete=False)
    found = {point.x: point.state for point in marks(trend, [pooled(trend, Kind.ENGLAND, cells)]) if point.state != "loaded_hidden"}
    wanted = {}
    for index, cell in enumerate(cells):
        around = [cells[other] for other in (index - 1, index + 1) if 0 <= other < 12]
        alone = not any(isinstance(other, tuple) for other in around)
        if isinstance(cell, tuple) and (alone or index == 11):
            wanted[index] = "loaded_incomplete" if index == 11 else "loaded"
    assert found == wanted


def test_lines_differ_without_colour_and_their_names_stay_apart_beside_published_ones() -> None:
    trend = made_trend("attendance_in_care", [(900, 1000)] * 24)
    found = comparison_of(trend, comparison())
    drawing = trend_chart(trend, comparison=found, pooled=all_three(trend, [(910, 1000)] * 24))
    assert len({line.line.dash for line in drawn_lines(drawing)} | {"solid"}) == 4
    low, high = drawing.figure.layout.yaxis.range
    heights = [height for height, _ in names(drawing)]
    assert all(later - earlier > (high - low) * 0.07 for earlier, later in itertools.pairwise(heights))
    assert all(low <= height <= high for height in heights)
    room = max(len(name) for _, name in names(drawing)) * 7
    assert drawing.figure.layout.margin.r >= room
    described = drawing.figure.to_dict()
    assert described["layout"].pop("template") is None
    looked_at = go.Figure(described)
    looked_at.layout.template = None
    assert looked_at.to_dict() == described


def test_a_pool_takes_the_place_of_the_published_line_of_its_kind_and_never_of_englands() -> None:
    trend = made_trend("attendance_in_care", [(900, 1000)] * 24)
    found = comparison_of(trend, comparison())
    every = [(910, 1000)] * 24

    def told(pools: Sequence[Pooled]) -> list[str]:
        drawing = trend_chart(trend, comparison=found, pooled=pools)
        published = {trace.line.dash for trace in drawing.figure.data if trace.line.color == PUBLISHED}
        assert len(published) == sum(item.drawn in {f"published_{kind.value}" for kind in Kind} for item in drawing.key)
        return sorted(name for _, name in names(drawing))

    assert told([]) == ["England", "Neighbours", "Published", "Region"]
    assert told(all_three(trend, every)) == ["All loaded", "England", "Neighbours", "Published", "Region"]
    drawing = trend_chart(trend, comparison=found, pooled=all_three(trend, every))
    keys = [item.drawn for item in drawing.key if item.drawn.startswith(("published", "loaded"))]
    assert keys == [
        "published_england", "published_own", "published_carried", "loaded_neighbours", "loaded_region", "loaded_england",
    ]
    assert "South East" not in drawing.alt
    only = trend_chart(trend, comparison=found, pooled=[pooled(trend, Kind.NEIGHBOURS, every)])
    assert "South East" in only.alt and "Statistical neighbours, median" not in only.alt
    hidden = trend_chart(trend, comparison=found, pooled=all_three(trend, [HIDDEN] * 24))
    assert hidden == trend_chart(trend, comparison=found), "where nothing is shown of a pool, the published line stays"


def test_the_lines_are_told_in_the_alt_text_and_in_the_key() -> None:
    trend = made_trend("attendance_in_care", COUNTS, last_complete=False)
    drawing = trend_chart(trend, pooled=[
        pooled(trend, Kind.NEIGHBOURS, [HIDDEN, (700, 1000), *[HIDDEN] * 9, (1, 2)]),
        pooled(trend, Kind.REGION, [(800, 1000), *[(1, 2)] * 9, (810, 1000), (1, 2)], area="Kent & <b>Sussex"),
        pooled(trend, Kind.ENGLAND, [*[HIDDEN] * 11, (1, 2)]),
    ])
    sessions = "possible half-day sessions"
    assert drawing.alt.endswith(
        f"The 1 of 10 statistical neighbours that is loaded: 70% (700 of 1,000 {sessions}) in July to September 2020; 10 periods "
        f"hidden to protect children. The 2 authorities loaded in Kent & <b>Sussex: 80% (800 of 1,000 {sessions}) in April to June "
        f"2020 to 81% (810 of 1,000 {sessions}) in October to December 2022. All 2 authorities loaded: no complete period with a "
        "value; 11 periods hidden to protect children."
    )
    words = [item.words for item in drawing.key]
    assert "Brown line, dash and dot: the 1 of 10 statistical neighbours that is loaded" in words
    assert "Brown line, dashed: the 2 authorities loaded in Kent & <b>Sussex" in words
    assert "Brown line, dash and two dots: all 2 authorities loaded" in words
    assert "Kent &amp; &lt;b&gt;Sussex" in key_html(drawing.key)
    assert drawn_lines(drawing)[1].hovertext[0].startswith("<b>The 2 authorities loaded in Kent &amp; &lt;b&gt;Sussex</b>")
    assert "loaded_incomplete" not in {item.drawn for item in drawing.key}, "the key tells of hollow circles already"
    alone = replace(trend, frame=trend.frame.filter(pl.col("complete") | pl.col("value").is_null()).vstack(
        trend.frame.filter(~pl.col("complete")).with_columns(value=pl.lit(None, pl.Float64), state=pl.lit(HIDDEN))))
    assert "loaded_incomplete" in {item.drawn for item in trend_chart(alone, pooled=all_three(trend, [(1, 2)] * 12)).key}


def test_what_is_hidden_of_the_authority_and_of_the_others_does_not_cover_each_other() -> None:
    trend = made_trend("attendance_in_care", COUNTS)
    hidden = replace(trend, frame=trend.frame.with_columns(state=pl.lit(HIDDEN), **{
        name: pl.when(pl.int_range(pl.len()) > 3).then(pl.col(name)) for name in ("value", "lower", "upper", "numerator")
    }))
    drawing = trend_chart(hidden, pooled=all_three(trend, [*[HIDDEN] * 11, (910, 1000)]))
    own = next(trace for trace in drawing.figure.data if trace.marker.symbol == "x-thin-open" and trace.marker.color != LOADED)
    heights = [own.y[0], *sorted({height for trace in crosses(drawing) for height in trace.y})]
    low, high = drawing.figure.layout.yaxis.range
    assert len(heights) == 4
    assert all(later - earlier > 0.04 * (high - low) for earlier, later in itertools.pairwise(heights))
    assert not any("zorder" in trace.to_plotly_json() for trace in drawing.figure.data), "Plotly would cut the crosses at the foot"


def test_without_others_the_chart_is_what_it_was() -> None:
    trend = made_trend("education_plan", COUNTS)
    assert trend_chart(trend) == trend_chart(trend, comparison=Comparison()) == trend_chart(trend, pooled=())
