"""What every page says of the quality of its data: the badge of a measure, and who loaded what."""

from __future__ import annotations

import datetime
import html

import streamlit as st

from dashboard.view import View
from dashboard.words import escape_markdown, long_date
from data_access.load.history import BACK, NOT_KNOWN, Load
from metrics.kinds import Measure

BADGE = "Data to check"


def quality_badge(view: View, measure: Measure) -> None:
    """A badge with its reasons where the measure's data is beyond a local limit; otherwise nothing."""
    reasons = view.badges.get(measure.id, ())
    if reasons:
        st.markdown(f":orange-badge[:material/rule: {BADGE}] {escape_markdown(' '.join(reasons))}")


def quality_mark(view: View, measure: Measure) -> str:
    """The same on the overview, as HTML."""
    reasons = view.badges.get(measure.id, ())
    if not reasons:
        return ""
    return f'<p class="small"><strong>{BADGE}.</strong> {html.escape(reasons[0])}{_more(len(reasons) - 1)}</p>'


def _more(count: int) -> str:
    return f" And {count} more." if count > 0 else ""


def loaded_words(loaded_at: datetime.datetime, load: Load | None) -> str:
    """'loaded on 30 September 2026 at 10:15 (UTC) by Ann', or who went back to it."""
    on = _on(loaded_at)
    if load is None or load.at != loaded_at:
        return f"loaded {on}"
    if load.what == BACK:
        return f"an earlier load that {load.who} went back to {on}"
    return f"loaded {on}{_by(load)}"


def load_line(load: Load) -> str:
    """An entry of the history in a few words."""
    return f"{long_date(load.at.date())} at {load.at:%H:%M} (UTC){_by(load)}"


def _on(at: datetime.datetime) -> str:
    return f"on {long_date(at.date())} at {at:%H:%M} (UTC)"


def _by(load: Load) -> str:
    return f" by {load.who}" if load.who != NOT_KNOWN else ""
