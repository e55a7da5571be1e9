"""What charts draw, point by point, and that their colours can be told from the background."""

import datetime
import itertools
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from config.rebases import Rebase
from dashboard.charts import theme
from dashboard.charts.axis_range import BEYOND, axis_end
from dashboard.charts.groups import groups_chart
from dashboard.charts.key import key_html
from dashboard.charts.trend.drawing import point_states
from dashboard.charts.trend.time_axis import tick_label, tick_positions
from metrics.comparators.published import Kind
from metrics.judgement.trend import Chart
from metrics.measures.catalogue import get, measures
from metrics.units.breakdowns import BREAKDOWNS
from tests.dashboard.drawn import trend_chart
from tests.dashboard.made_up import made_groups, made_trend

SHIFTED = [(70, 100), (66, 100)] * 5 + [(71, 100)] * 7
PLACEMENT = BREAKDOWNS["placement"]


def traces(figure: Any, **wanted: Any) -> list[Any]:
    """The traces with this mode or marker symbol."""
    return [trace for trace in figure.data if all(getattr(trace, name) == value for name, value in wanted.items())]


def markers(figure: Any, state: str) -> list[tuple[float, float]]:
    symbol = theme.MARKS[state].symbol
    return [point for trace in figure.data if trace.marker.symbol == symbol for point in zip(trace.x, trace.y, strict=True)]


def test_points_are_drawn_in_the_shape_and_colour_of_their_state() -> None:
    trend = made_trend("assessed_before_programme", SHIFTED)
    figure = trend_chart(trend).figure
    assert [x for x, _ in markers(figure, "improvement")] == list(range(10, 17))
    assert markers(figure, "improvement")[0][1] == 71.0
    assert not markers(figure, "concern")
    shapes = {mark.symbol for mark in theme.MARKS.values()}
    assert len(shapes) == len(theme.MARKS)
    concern = trend_chart(made_trend("persistent_absence", [*[(100 - x, n) for x, n in SHIFTED][::-1], (40, 100)])).figure
    assert markers(concern, "concern")


def test_the_last_point_is_what_the_icon_says() -> None:
    for id, counts in itertools.product(("assessed_before_programme", "persistent_absence"), (SHIFTED, SHIFTED[::-1])):
        trend = made_trend(id, counts)
        assert trend.variation is not None
        assert trend.variation.startswith(str(point_states(trend)[-1]))


@pytest.mark.parametrize("chart", [Chart.RUN, Chart.LINE])
def test_other_charts_flag_nothing(chart: Chart) -> None:
    trend = made_trend("assessed_before_programme", SHIFTED, chart=chart)
    assert set(point_states(trend)) == {"common_cause"}
    assert {item.drawn for item in trend_chart(trend).key}.isdisjoint({"improvement", "concern", "limits"})


def test_incomplete_periods_are_hollow() -> None:
    trend = made_trend("assessed_before_programme", SHIFTED, last_complete=False)
    figure = trend_chart(trend).figure
    assert markers(figure, "incomplete") == [(16.0, 71.0)]
    assert theme.MARKS["incomplete"].symbol.endswith("-open")


def test_periods_without_a_value_are_not_joined() -> None:
    trend = made_trend("assessed_before_programme", [(7, 10), (8, 10), (0, 0), (7, 10), (6, 10)])
    figure = trend_chart(trend).figure
    line = next(trace for trace in figure.data if trace.line.color == theme.COMMON_CAUSE and trace.line.width == 1.5)
    assert list(line.y) == [70.0, 80.0, None, 70.0, 60.0]
    band = next(trace for trace in figure.data if trace.fill == "toself")
    assert [x for x in band.x if x is not None and 1 < x < 3] == []
    assert list(band.x).count(None) == 2
    assert 2 not in [x for x, _ in markers(figure, "common_cause")]


def test_a_single_period_has_a_band_that_can_be_seen() -> None:
    figure = trend_chart(made_trend("assessed_before_programme", [(7, 10)])).figure
    band = next(trace for trace in figure.data if trace.fill == "toself")
    xs = [x for x in band.x if x is not None]
    assert min(xs) < 0 < max(xs)


def test_hidden_points_are_marked_and_have_no_height_of_their_own() -> None:
    trend = made_trend("assessed_before_programme", SHIFTED)
    hidden = pl.col("period") == "2021-22 Q1"
    numbers = [pl.when(hidden).then(None).otherwise(pl.col(name)).alias(name) for name in ("value", "numerator", "lower", "upper")]
    frame = trend.frame.with_columns(*numbers, pl.when(hidden).then(pl.lit("hidden")).otherwise(pl.col("state")).alias("state"))
    drawing = trend_chart(type(trend)(**{**vars(trend), "frame": frame}))
    assert [x for x, _ in markers(drawing.figure, "hidden")] == [4.0]
    assert markers(drawing.figure, "hidden")[0][1] == drawing.figure.layout.yaxis.range[0]
    assert any("hidden to protect children" in item.words for item in drawing.key)
    hover = next(trace.hovertext for trace in drawing.figure.data if trace.marker.symbol == theme.MARKS["hidden"].symbol)
    assert hover[0] == "April to June 2021<br>Hidden to protect children"


def test_the_target_steps_where_it_changes_and_is_in_the_key() -> None:
    drawing = trend_chart(made_trend("assessed_before_programme", SHIFTED, target=85))
    target = next(trace for trace in drawing.figure.data if trace.line.color == theme.TARGET)
    assert set(target.y) == {85.0}
    assert min(x for x in target.x if x is not None) == -0.5
    assert any(item.drawn == "target" and "85%" in item.words for item in drawing.key)
    assert not any(item.drawn == "target" for item in trend_chart(made_trend("assessed_before_programme", SHIFTED)).key)


def test_limits_end_at_a_rebase_which_is_drawn_with_its_reason() -> None:
    counts = [*SHIFTED, *[(x + 20, n) for x, n in SHIFTED]]
    rebase = Rebase(measure="assessed_before_programme", on=datetime.date(2024, 7, 1), reason="A new team began.", line=1)
    trend = made_trend("assessed_before_programme", counts, rebase_on=[rebase.on])
    drawing = trend_chart(trend, [rebase])
    limits = next(trace for trace in drawing.figure.data if trace.line.dash == "dash")
    assert list(limits.x).count(None) == 3, "two limits in two baselines"
    assert [shape.x0 for shape in drawing.figure.layout.shapes] == [16.5]
    assert "Dotted upright line: new limits from 1 July 2024, because: A new team began." in [item.words for item in drawing.key]


@pytest.mark.parametrize("id", ["education_plan", "attendance", "social_emotional_mean", "suspension_rate"])
def test_everything_drawn_is_within_the_axis_unless_it_is_a_limit_beyond_all(id: str) -> None:
    figure = trend_chart(made_trend(id, SHIFTED, target=75)).figure
    low, high = figure.layout.yaxis.range
    for trace in figure.data:
        if trace.line.dash != "dash":
            assert all(low <= y <= high for y in trace.y if y is not None)


def test_charts_are_still_transparent_and_described() -> None:
    for drawing in (
        trend_chart(made_trend("education_plan", SHIFTED)),
        groups_chart(get("education_plan"), PLACEMENT, made_groups("education_plan", "placement", [("residential", 2, 5)]), overall=0.5),
    ):
        assert drawing.figure.layout.paper_bgcolor == drawing.figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert drawing.figure.layout.xaxis.fixedrange and drawing.figure.layout.yaxis.fixedrange
        assert get("education_plan").title in drawing.alt


def test_plotly_knows_every_property_of_what_is_drawn() -> None:
    rebase = Rebase("assessed_before_programme", datetime.date(2024, 4, 1), "new form")
    groups: list[tuple[str, float, int]] = [("foster_carer", 90, 100), ("residential", 20, 50), ("Not recorded", 1, 2)]
    drawn = [trend_chart(made_trend(measure.id, SHIFTED, target=75), [rebase]) for measure in measures()]
    drawn += [
        groups_chart(measure, PLACEMENT, made_groups(measure.id, "placement", groups), overall=0.5, targets={"residential": 0.7})
        for measure in measures()
    ]
    for drawing in drawn:
        described = drawing.figure.to_dict()
        assert described["layout"].pop("template") is None
        looked_at = go.Figure(described)
        looked_at.layout.template = None
        assert looked_at.to_dict() == described
    with pytest.raises(ValueError):
        go.Figure(theme.figure_of([{"type": "scatter", "mood": "lines"}], theme.layout(100)).to_dict())


def test_groups_have_dots_intervals_and_words() -> None:
    found: list[tuple[str, float, int]] = [("foster_carer", 90, 100), ("residential", 20, 50), ("Not recorded", 1, 2)]
    groups = made_groups("education_plan", "placement", found)
    ordered = groups.sort(pl.col("placement").replace_strict({"foster_carer": 0, "residential": 1, "Not recorded": 2}))
    drawing = groups_chart(get("education_plan"), PLACEMENT, ordered, overall=0.75, targets={"foster_carer": 0.8, "residential": 0.7})
    dots = traces(drawing.figure, mode="markers")
    assert [list(trace.x) for trace in dots] == [[90.0, 40.0], [50.0]]
    assert dots[1].marker.symbol == "circle-open"
    assert dots[0].error_x.array[0] == pytest.approx(100 * (ordered["upper"][0] - 0.9))
    assert dots[0].error_x.arrayminus[1] == pytest.approx(100 * (0.4 - ordered["lower"][1]))
    assert [note.text for note in drawing.figure.layout.annotations] == [
        "<b>Foster carer</b><br>90%, 90 of 100 children",
        "<b>Children's home or residential school</b><br>40%, 20 of 50 children",
        "<b>Not recorded</b><br>50%, 1 of 2 children",
    ]
    assert "Purple lines: the target of each placement" in [item.words for item in drawing.key]


def test_short_labels_stand_on_one_line_and_names_from_data_are_no_html() -> None:
    groups = made_groups("education_plan", "team", [("A<b>&", 3, 5)])
    note = groups_chart(get("education_plan"), BREAKDOWNS["team"], groups, overall=None).figure.layout.annotations[0]
    assert note.text == "<b>A&lt;b&gt;&amp;</b>  60%, 3 of 5 children"


def test_hidden_groups_have_words_and_no_dot() -> None:
    groups = made_groups("education_plan", "sex", [("F", 3, 5), ("M", 4, 5)])
    hidden = groups.with_columns(
        pl.when(pl.col("sex") == "F").then(pl.lit("hidden")).otherwise(pl.col("state")).alias("state"),
        *(pl.when(pl.col("sex") == "F").then(None).otherwise(pl.col(name)).alias(name)
          for name in ("numerator", "denominator", "value", "lower", "upper")),
    )
    figure = groups_chart(get("education_plan"), BREAKDOWNS["sex"], hidden, overall=None).figure
    assert [list(trace.y) for trace in traces(figure, mode="markers")] == [[1]]
    assert figure.layout.annotations[0].text == "<b>Female</b>  hidden to protect children"


def _quarters(count: int) -> list[str]:
    return [f"{2020 + index // 4}-{(21 + index // 4) % 100} Q{index % 4 + 1}" for index in range(count)]


def test_ticks_are_thinned_to_what_fits_on_a_phone() -> None:
    assert tick_positions(_quarters(3), "quarter") == [0, 1, 2]
    assert tick_positions(_quarters(16), "quarter") == [0, 4, 8, 12]
    assert tick_positions(_quarters(16)[2:], "quarter") == [2, 6, 10]
    months = [f"{2020 + (3 + index) // 12}-{(3 + index) % 12 + 1:02d}" for index in range(60)]
    assert tick_positions(months, "month") == [0, 12, 24, 36, 48]
    for count in range(1, 300):
        positions = tick_positions(_quarters(count), "quarter")
        assert 1 <= len(positions) <= 8
        assert positions == sorted(set(positions)) and positions[-1] < count


@pytest.mark.parametrize(("label", "by", "text"), [
    ("2026-27 Q1", "quarter", ("Q1", "2026-27")), ("2026-04", "month", ("Apr", "2026")), ("2026 Summer", "term", ("Summer", "2026")),
    ("2026-27", "year", ("2026-27",)),
])
def test_tick_labels(label: str, by: str, text: tuple[str, ...]) -> None:
    assert tick_label(label, by) == text


def contrast(colour: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2.2 has it."""
    lighter, darker = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start:start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("background", theme.BACKGROUNDS)
@pytest.mark.parametrize("colour", [
    theme.IMPROVEMENT, theme.CONCERN, theme.COMMON_CAUSE, theme.AVERAGE, theme.TARGET, theme.CHANGE, theme.PUBLISHED, theme.LOADED,
])
def test_marks_stand_out_from_both_backgrounds(colour: str, background: str) -> None:
    """WCAG 2.2, success criterion 1.4.11: at least 3 to 1."""
    assert contrast(colour, background) >= 3


def test_every_item_of_a_key_can_be_drawn_and_is_escaped() -> None:
    drawn = {*theme.MARKS, "band", "average", "limits", "target", "overall", "target_mark", "dot", "rebase", "change"}
    drawn |= {f"published_{kind.value}" for kind in Kind} | {f"loaded_{kind.value}" for kind in Kind if kind != Kind.OWN}
    drawn |= {"published_carried", "definition", "loaded_hidden", "loaded_incomplete"}
    for name in drawn:
        assert "data:image/svg+xml," in key_html([theme.KeyItem(name, "x")])
    assert "<b>" not in key_html([theme.KeyItem("dot", "<b>bold</b>")])


@pytest.mark.parametrize(("ends", "levels", "end"), [
    ([], [], 1.0),
    ([0.3, 0.5, 0.9], [0.2], 0.9),  # within twice
    ([6, 14, 28, 21, 184], [4, 14], 28),  # one far beyond all else
    ([6, 14, 28, 21, 184], [4, 60], 60),  # a value or target is always in sight
    ([6, 14, 28, 21, 184], [4, 100], 184),
    ([6, 8, 14, 100, 184], [4], 14),  # two of five
    ([6, 14, 100, 184], [4], 184),  # not two of four
    ([6, 184], [4], 184),
    ([184], [4], 184),
])
def test_an_axis_leaves_out_what_would_leave_all_else_flat(ends: list[float], levels: list[float], end: float) -> None:
    assert axis_end(ends, levels) == end


def test_an_interval_that_goes_on_ends_in_an_arrow_which_the_key_explains() -> None:
    counts = [("foster_carer", 3, 85), ("residential", 3, 22), ("Not recorded", 0, 2)]
    drawing = groups_chart(get("suspension_rate"), PLACEMENT, made_groups("suspension_rate", "placement", counts), overall=0.04)
    end = drawing.figure.layout.xaxis.range[1]
    hollow, arrows = traces(drawing.figure, mode="markers")[-2:]
    assert arrows.marker.symbol == "triangle-right" and list(arrows.x) == [end] and list(arrows.y) == list(hollow.y)
    assert hollow.x[0] + hollow.error_x.array[0] == pytest.approx(end)
    assert BEYOND in drawing.key and BEYOND.words in key_html(drawing.key)
    inside = groups_chart(get("suspension_rate"), PLACEMENT, made_groups("suspension_rate", "placement", counts[:2]), overall=0.04)
    assert BEYOND not in inside.key and not [trace for trace in inside.figure.data if trace.marker.symbol == "triangle-right"]
