"""The funnel plot: each authority's value against its size, and how far from all together chance alone would put it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.charts.theme import AVERAGE, COMMON_CAUSE, MARKS, TITLE_SIZE, Drawing, KeyItem, axis, figure_of, layout, line, plain_html
from dashboard.text.formatting import denominator_noun, figure, figure_and_count, plural, row_figure, upper_first
from metrics.measures.kinds import Better, Measure, Rate
from metrics.statistics.funnel import Limits, Place, proportion_limits, rate_limits

HEIGHT = 420
POINTS = 120
"""Of the limits' lines: enough for a curve that looks smooth."""

ALARMS = {Place.ABOVE_ALARM: True, Place.BELOW_ALARM: False}


@dataclass(frozen=True)
class Funnel:
    """A measure's authorities in one period. `rows` have authority, numerator, denominator, value; `centre` is the value of all together;
    `places` says where each row lies, `own` is the authority that is looked at, empty for none. Values are in the unit that the page
    shows."""

    measure: Measure
    period: str
    centre: float
    rows: Sequence[Mapping[str, Any]]
    places: Sequence[Place]
    own: str = ""

    @property
    def own_row(self) -> tuple[Mapping[str, Any], Place] | None:
        """The row of the authority that is looked at, and where it lies."""
        return next((found for found in zip(self.rows, self.places, strict=True) if self.own and found[0]["authority"] == self.own), None)


def funnel(measure: Measure, period: str, centre: float, rows: Sequence[Mapping[str, Any]], own: str = "") -> Funnel:
    """Where every row lies in the funnel around the centre. Rows have a value and a denominator above 0."""
    limits = limits_at(measure, centre, np.array([row["denominator"] for row in rows], dtype=float))
    return Funnel(measure, period, centre, rows, [limits.place(index, row["value"]) for index, row in enumerate(rows)], own)


def limits_at(measure: Measure, centre: float, sizes: np.ndarray) -> Limits:
    """The limits at some denominators, in the unit that the page shows. The measure is a proportion or a rate."""
    if not isinstance(measure, Rate):
        return proportion_limits(centre, sizes)
    of_one = rate_limits(centre / measure.per, sizes)
    return Limits(*(part * measure.per for part in (of_one.lower_alarm, of_one.lower_warning, of_one.upper_warning, of_one.upper_alarm)))


def funnel_chart(drawn: Funnel) -> Drawing:
    """The chart of a funnel with at least one row."""
    measure, scale = drawn.measure, 100 if drawn.measure.percent else 1
    widest = max(row["denominator"] for row in drawn.rows) * 1.08
    smallest = min(row["denominator"] for row in drawn.rows)
    sizes = np.unique(np.rint(np.linspace(max(smallest * 0.7, 1.0), widest, POINTS)))
    limits = limits_at(measure, drawn.centre, sizes)
    traces: list[dict[str, Any]] = [
        _curve(sizes, part * scale, dash) for part, dash in (
            (limits.lower_alarm, "solid"), (limits.upper_alarm, "solid"), (limits.lower_warning, "dash"), (limits.upper_warning, "dash"),
        )
    ]
    traces.append(_curve(np.array([0.0, widest]), np.array([drawn.centre * scale] * 2), "solid", 2))
    traces += [*_ring(drawn, scale), *(_points(drawn, kind, scale) for kind in ("common_cause", "improvement", "concern"))]
    levels = [*(row["value"] for row in drawn.rows), limits.lower_warning[0], limits.upper_warning[0], drawn.centre]
    low, high = min(levels) * scale, max(levels) * scale
    room = (high - low) * 0.08 or 1.0
    top = min(high + room, 101.0) if measure.percent else high + room
    title = {"text": upper_first(denominator_noun(measure)[1]), "font": {"size": TITLE_SIZE}, "standoff": 22.5}
    figure_ = figure_of(traces, layout(
        HEIGHT, annotations=_name(drawn, widest, scale),
        xaxis=axis(title=title, range=[0, widest], nticks=6, showgrid=False),
        yaxis=axis(range=[max(low - room, -room / 4), top], ticksuffix="%" if measure.percent else "", nticks=6),
    ), checked=True)
    return Drawing(figure_, alt_words(drawn), _key(drawn))


def kind_of(measure: Measure, place: Place) -> str:
    """The mark of a place: beyond the 99.8% limit on the good side an improvement, on the bad side a concern."""
    if place not in ALARMS:
        return "common_cause"
    return "improvement" if ALARMS[place] is (measure.better is Better.HIGHER) else "concern"


def alt_words(drawn: Funnel) -> str:
    """The chart in words, for who can't see it."""
    beyond = [f"{row['authority']} {place.value}" for row, place in zip(drawn.rows, drawn.places, strict=True) if place in ALARMS]
    found = f"Outside the 99.8% limits: {', '.join(beyond)}" if beyond else "None is outside the 99.8% limits"
    return (
        f"Funnel plot of {drawn.measure.title}, {drawn.period}: {plural(len(drawn.rows), 'authority', 'authorities')} around "
        f"{figure(drawn.measure, drawn.centre)}. {found}.{f' {own}.' if (own := own_words(drawn)) else ''}"
    )


def own_words(drawn: Funnel) -> str:
    """Where the authority that is looked at lies: 'Camden (45%) is below the 95% limit'; empty where nothing of it is shown."""
    if drawn.own_row is None:
        return ""
    row, place = drawn.own_row
    return f"{drawn.own} ({row_figure(drawn.measure, row)}) is {place.value}{' the limits' if place is Place.INSIDE else ''}"


def _curve(x: np.ndarray, y: np.ndarray, dash: str, width: float = 1.5) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "line": line(AVERAGE, width, dash=dash)}


def _ring(drawn: Funnel, scale: int) -> list[dict[str, Any]]:
    """Around the point of the authority that is looked at."""
    if drawn.own_row is None:
        return []
    row, _ = drawn.own_row
    return [{
        "type": "scatter", "mode": "markers", "x": [row["denominator"]], "y": [row["value"] * scale], "cliponaxis": False,
        "hoverinfo": "skip",
        "marker": {"color": COMMON_CAUSE, "symbol": "circle-open", "size": 22, "line": {"width": 2.5, "color": COMMON_CAUSE}},
    }]


def _name(drawn: Funnel, widest: float, scale: int) -> list[dict[str, Any]]:
    """The name of the authority that is looked at, above its ring and within the chart."""
    if drawn.own_row is None:
        return []
    row, _ = drawn.own_row
    anchor = "left" if row["denominator"] < widest / 4 else "right" if row["denominator"] > widest * 3 / 4 else "center"
    return [{
        "x": row["denominator"], "y": row["value"] * scale, "xanchor": anchor, "yanchor": "bottom", "yshift": 12, "showarrow": False,
        "text": f"<b>{plain_html(drawn.own)}</b>",
    }]


def _points(drawn: Funnel, kind: str, scale: int) -> dict[str, Any]:
    measure, mark = drawn.measure, MARKS[kind]
    chosen = [
        (row, place) for row, place in zip(drawn.rows, drawn.places, strict=True) if kind_of(measure, place) == kind
    ]
    return {
        "type": "scatter", "mode": "markers", "x": [row["denominator"] for row, _ in chosen],
        "y": [row["value"] * scale for row, _ in chosen], "cliponaxis": False, "hoverinfo": "text",
        "hovertext": [_hover(measure, row, place) for row, place in chosen],
        "marker": {"color": mark.colour, "symbol": mark.symbol, "size": mark.size, "line": {"width": 1, "color": COMMON_CAUSE}},
    }


def _hover(measure: Measure, row: Mapping[str, Any], place: Place) -> str:
    name = plain_html(str(row["authority"]))
    return (
        f"<b>{name}</b><br>{figure_and_count(measure, row, short=True)}"
        f"<br>{upper_first(place.value)}"
    )


def _key(drawn: Funnel) -> tuple[KeyItem, ...]:
    good, bad = ("above", "below") if drawn.measure.better is Better.HIGHER else ("below", "above")
    return (
        KeyItem("common_cause", "Grey circle: within what chance alone would do"),
        KeyItem("improvement", f"Blue diamond: {good} the 99.8% limit, better than chance explains"),
        KeyItem("concern", f"Orange square: {bad} the 99.8% limit, worse than chance explains"),
        KeyItem("average", f"Lines: all together ({figure(drawn.measure, drawn.centre)}) in the middle, the 99.8% limits outside"),
        KeyItem("limits", "Dashed lines: the 95% limits; by chance, 1 in 20 authorities is outside them"),
        *([KeyItem("ring", f"Ring: {drawn.own}")] if drawn.own_row else []),
    )
