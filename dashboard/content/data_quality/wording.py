"""What every page says of the quality of its data: the badge of a measure, and who loaded what."""

from __future__ import annotations

import datetime
import html
from collections import Counter
from collections.abc import Collection, Iterable

import streamlit as st

from dashboard.content.data_quality.problems import BADGE
from dashboard.content.view import View
from dashboard.text.formatting import escape_markdown, long_date
from data_access.load.storing.history import BACK, NOT_KNOWN, Load
from metrics.measures.kinds import Measure


def quality_badge(view: View, measure: Measure) -> None:
    """A badge with its reasons where the measure's data is beyond a local limit; otherwise nothing."""
    reasons = view.badges.get(measure.id, ())
    if reasons:
        st.markdown(f":orange-badge[:material/rule: {BADGE}] {escape_markdown(' '.join(reasons))}")


def shared_reasons(view: View, listed: Iterable[Measure]) -> dict[str, int]:
    """The reasons that several of the measures listed together share, and how many of them: said once for all of them."""
    counted = Counter(reason for measure in listed for reason in view.badges.get(measure.id, ()))
    return {reason: count for reason, count in counted.items() if count > 1}


def quality_mark(view: View, measure: Measure, shared: Collection[str] = ()) -> str:
    """The badge in a list, as HTML, with its reasons but for those that are said once for all that share them."""
    reasons = view.badges.get(measure.id, ())
    if not reasons:
        return ""
    own = [reason for reason in reasons if reason not in shared]
    words = f" {html.escape(own[0])}{_more(len(own) - 1)}" if own else ""
    return f'<p class="small"><strong>{BADGE}.</strong>{words}</p>'


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
