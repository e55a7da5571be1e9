"""Before limits begin anew for everybody: what the chart will look like, from when it tells change again, and who sees it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import streamlit as st

from config.rebases import Rebase
from dashboard.charts.trend.drawing import trend_drawing
from dashboard.charts.trend.picture import trend_picture
from dashboard.content.sentences import grain
from dashboard.content.view import View
from dashboard.session.state import current_view
from dashboard.text.formatting import NOUNS, long_date, plural
from dashboard.text.paragraphs import paragraph, prose, strong
from metrics.judgement.trend import POINTS_FOR_LIMITS, Trend, points_of, trend
from metrics.measures.catalogue import get
from metrics.measures.kinds import Measure

PICTURE_WIDTH, PICTURE_HEIGHT = 640, 260


def new_limits(held: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[str, datetime.date] | None:
    """The measure and the day from which saving would begin limits anew; None where it wouldn't, or where they already begin there."""
    if not values.get("rebase_reason") or not isinstance(values.get("on"), datetime.date):
        return None
    if held.get("rebase_reason") and held.get("on") == values["on"]:
        return None
    return values["measure"], values["on"]


def confirmed(values: Mapping[str, Any], key: str) -> bool:
    """Draws the preview with the button that begins the limits anew; whether it was pressed."""
    view, measure = current_view(), get(values["measure"])
    rebases = [*view.rebases_of(measure), Rebase(measure.id, values["on"], values["rebase_reason"])]
    after = trend_with(view, measure, rebases)
    picture = trend_picture(trend_drawing(after, rebases, target_line=view.filters.target_lines), PICTURE_WIDTH, PICTURE_HEIGHT)
    told = paragraph(preview_words(view.trend(measure), after, values["on"]))
    prose([strong("Nothing is saved yet. This is what new limits do."), told, paragraph(WHO_IS_AFFECTED), picture])
    return st.button("Start new limits for everyone", icon=":material/restart_alt:", key=f"{key}_confirm")


WHO_IS_AFFECTED = (
    "Everyone who looks at this measure sees the new limits: all teams and providers, every filter and length of period, slides and "
    "files, and the list of what changed. The history shows who started them and why, and they can be taken back there."
)


def trend_with(view: View, measure: Measure, rebases: list[Rebase]) -> Trend:
    """The trend under the view's filters as it would be with these rebases."""
    return trend(
        measure, view.summary(measure), view.targets, chart=view.filters.chart,
        placements=view.filters.where.get("placement", ()), rebase_on=[rebase.on for rebase in rebases],
    )


def preview_words(before: Trend, after: Trend, on: datetime.date) -> str:
    """What new limits from a day on do to the chart, in sentences: they need 13 complete periods, counted from that day."""
    one, many = NOUNS[grain(after)]
    starts = points_of(after.frame)["period_start"]
    since = int((starts >= on).sum())
    lie = plural(since, f"complete {one} lies", f"complete {many} lie")
    told = f"Limits and icons start again on {long_date(on)}: {lie} on or after that day."
    if since >= POINTS_FOR_LIMITS:
        return f"{told} That is enough for new limits at once."
    missing = POINTS_FOR_LIMITS - since
    lost = " The icon of today goes away." if before.variation and not after.variation else ""
    more = plural(missing, f"more {one} is", f"more {many} are")
    return f"{told} They need {POINTS_FOR_LIMITS}, so until {more} complete there is a run chart.{lost}"
