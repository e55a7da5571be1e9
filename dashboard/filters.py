"""The filters: one shared set for all pages, in the sidebar and in the address, and in words.

Streamlit keeps each widget's value in the address under the widget's key (`bind`), written as the page shows it, so a link
opens the same view. What an address holds that isn't there to be chosen (any more) is left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from dashboard.session import Choices, Data, choices
from dashboard.view import Filters
from dashboard.words import NOUNS, escape_markdown, listing, long_date, lower_first, plural, upper_first
from metrics.breakdowns import BREAKDOWNS, Breakdown
from metrics.trend import Chart

GRAIN, FIRST, LAST, CHART = "grain", "first", "last", "chart"
"""Keys in the address, beside the ids of the breakdowns."""

DEFAULT_GRAIN = "quarter"
GRAINS = {name: upper_first(noun) for name, (noun, _) in NOUNS.items()}
AUTOMATIC = "automatic"
CHARTS: dict[str, str] = {
    AUTOMATIC: "Automatic", Chart.PROCESS_CONTROL.value: "Process control", Chart.RUN.value: "Run chart", Chart.LINE.value: "Line",
}
IN_SIGHT = ("placement", "care_status", "ethnicity_group")
"""The breakdowns that are open at first; the others are one click away."""


def choose(data: Data, *, several: bool = True) -> Filters:
    """Draws the sidebar and gives what was chosen. `several` allows any number of groups of a breakdown, otherwise one or all."""
    with st.sidebar:
        heading = st.container(horizontal=True, vertical_alignment="center")
        grain = st.selectbox(
            "Length of periods", list(GRAINS), index=list(GRAINS).index(DEFAULT_GRAIN), format_func=_grain_words, key=GRAIN,
            bind="query-params",
        )
        # Counting everything anew after a load takes a moment, which nobody should spend in front of an empty page.
        with st.skeleton(height=320):
            offered = choices(data, grain)
        where = _groups(offered, several=several)
        first, last = _range(offered.periods, grain)
        chart = st.selectbox(
            "Way to draw trends", list(CHARTS), format_func=_chart_words, key=CHART, bind="query-params",
            help="Automatic: process control from 13 complete periods on, a run chart below that.",
        )
        filters = Filters(grain, where, first, last, None if chart in (None, AUTOMATIC) else Chart(chart))
        _heading(heading, active(filters))
    return filters


def active(filters: Filters) -> int:
    """How many filters leave something out: one for each breakdown, and one for the range of periods."""
    return len(filters.where) + bool(filters.first or filters.last)


def clear() -> None:
    """Leaves no filter set. Length of periods and way to draw are no filters, and stay."""
    for name in BREAKDOWNS:
        if name in st.session_state:
            st.session_state[name] = [] if isinstance(st.session_state[name], list) else None
    st.session_state[FIRST] = st.session_state[LAST] = None


def address(filters: Filters, **more: str) -> str:
    """The part of an address after '?' that opens this view on any page."""
    values: dict[str, Sequence[str]] = {name: [BREAKDOWNS[name].label(group) for group in groups] for name, groups in filters.where.items()}
    if filters.grain != DEFAULT_GRAIN:
        values[GRAIN] = [GRAINS[filters.grain]]
    values |= {name: [label] for name, label in ((FIRST, filters.first), (LAST, filters.last)) if label}
    if filters.chart is not None:
        values[CHART] = [CHARTS[filters.chart.value]]
    return urlencode({**values, **more}, doseq=True)


def shown_words(filters: Filters, periods: Sequence[str], as_at: datetime.date) -> str:
    """What a page shows, in a sentence without a full stop; `periods` are those that can be chosen."""
    kept = [_group_words(BREAKDOWNS[name], groups) for name, groups in filters.where.items()]
    who = f"children whose {listing(kept)}" if kept else "all children"
    many = NOUNS[filters.grain][1]
    first, last = _ends(filters, periods)
    when = f"{many} from {first} to {last}" if first and last and first != last else f"{NOUNS[filters.grain][0]} {last}" if last else many
    return f"{upper_first(who)}, {when}; {long_date(as_at)} is the last day that counts"


def _group_words(breakdown: Breakdown, groups: Sequence[str]) -> str:
    return f"{lower_first(breakdown.title)} is {listing([f'‘{breakdown.label(group)}’' for group in groups], 'or')}"


def _ends(filters: Filters, periods: Sequence[str]) -> tuple[str | None, str | None]:
    return filters.first or (periods[0] if periods else None), filters.last or (periods[-1] if periods else None)


def _heading(place: st.delta_generator.DeltaGenerator, count: int) -> None:
    with place:
        st.markdown("**Filters**", width="content")
        if count:
            st.badge(f"{count} active", color="blue")
        st.button("Clear filters", on_click=clear, disabled=not count, type="tertiary", icon=":material/filter_alt_off:")


def _groups(offered: Choices, *, several: bool) -> Mapping[str, tuple[str, ...]]:
    """A widget for each breakdown, a few in sight and the others folded away."""
    kept = {name: _breakdown(BREAKDOWNS[name], offered.groups[name], several=several) for name in IN_SIGHT}
    others = [name for name in BREAKDOWNS if name not in IN_SIGHT]
    set_below = sum(bool(st.session_state.get(name)) for name in others)
    label = f"More filters ({plural(set_below, 'active', 'active')})" if set_below else "More filters"
    with st.expander(label, icon=":material/tune:", key="more_filters"):
        kept |= {name: _breakdown(BREAKDOWNS[name], offered.groups[name], several=several) for name in others}
    return {name: kept[name] for name in BREAKDOWNS if kept[name]}


def _breakdown(breakdown: Breakdown, occurring: Sequence[str], *, several: bool) -> tuple[str, ...]:
    """The groups chosen. Those already chosen stay to be seen and taken away, also where none of them occurs at this grain."""
    before = st.session_state.get(breakdown.id) or []
    chosen_before = before if isinstance(before, list) else [before]
    options = breakdown.order(list(dict.fromkeys([*occurring, *chosen_before])))
    if several:
        return tuple(st.multiselect(
            breakdown.title, options, format_func=breakdown.label, key=breakdown.id, bind="query-params", help=breakdown.note,
            placeholder="All", select_all=False,
        ))
    one = st.selectbox(
        breakdown.title, options, index=None, format_func=breakdown.label, key=breakdown.id, bind="query-params", help=breakdown.note,
        placeholder="All",
    )
    return (one,) if one else ()


def _range(periods: Sequence[str], grain: str) -> tuple[str | None, str | None]:
    """The first and the last period chosen; the last can't be before the first."""
    noun = NOUNS[grain][0]
    first = st.selectbox(f"First {noun}", periods, index=None, key=FIRST, bind="query-params", placeholder="From the beginning")
    later = periods[periods.index(first):] if first in periods else periods
    last = st.selectbox(f"Last {noun}", later, index=None, key=LAST, bind="query-params", placeholder="To the latest")
    return first, last


def _grain_words(grain: str) -> str:
    return GRAINS.get(grain, grain)


def _chart_words(chart: str) -> str:
    return CHARTS.get(chart, chart)


def shown_line(filters: Filters, periods: Sequence[str], as_at: datetime.date) -> None:
    """The line on every page that says what is shown."""
    st.markdown(f":material/filter_alt: **Shown:** {escape_markdown(shown_words(filters, periods, as_at))}.")
