"""The filters: one shared set for all pages, in the sidebar and in the address, and in words.

Streamlit keeps each widget's value in the address under the widget's key (`bind`), written as the page shows it, so a link
opens the same view. What an address holds that isn't there to be chosen (any more) is left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

import streamlit as st

from config.cohorts import Cohort
from dashboard.access.roles import DEMO_ROLE, DEMO_TEAM, FIRST_DEMO_ROLE
from dashboard.content.view import Filters
from dashboard.figures.permitted import is_in_protected_view, protected_limit
from dashboard.session.comparator_choice import COMPARE
from dashboard.session.render_cache import while_counting
from dashboard.session.state import Choices, Data, choices, of_cohort
from dashboard.text.formatting import NOUNS, listing, long_date, lower_first, upper_first
from metrics.judgement.trend import Chart
from metrics.measures.catalogue import measures, statement_of
from metrics.measures.cohort_words import WHO
from metrics.measures.kinds import Measure
from metrics.units.breakdowns import AREAS, EVERY, PROVIDER, Breakdown

COHORT, GRAIN, FIRST, LAST, CHART, TARGET_LINES = "cohort", "grain", "first", "last", "chart", "target_lines"
"""Keys in the address, beside the ids of the breakdowns."""

OPEN = "open"
"""The key in the address for the measures whose charts are open as their page opens; EVERY_CHART for all of them."""
EVERY_CHART = "all"

DEFAULT_GRAIN = "quarter"
GRAINS = {name: upper_first(noun) for name, (noun, _) in NOUNS.items()}
COHORTS = {cohort.value: upper_first(who) for cohort, who in WHO.items()}
AUTOMATIC = "automatic"
CHARTS: dict[str, str] = {
    AUTOMATIC: "Automatic", Chart.PROCESS_CONTROL.value: "Process control", Chart.RUN.value: "Run chart", Chart.LINE.value: "Line",
}
IN_SIGHT = ("placement", "care_status", "ethnicity_group")
"""The breakdowns that are always to be seen; the others are one click away, unless they are set."""
MORE = "more_filters"
"""The key of what has the others."""


def choose(data: Data, *, protected: bool = False) -> Filters:
    """Draws the sidebar and gives what was chosen: any number of groups of every breakdown, but in the protected view one group of
    at most two breakdowns. Says on the page what the address holds that can't be chosen."""
    asked = _asked()
    with st.sidebar:
        heading = st.container(horizontal=True, vertical_alignment="center")
        cohort = _cohort(data)
        data = of_cohort(data, cohort)
        grain = st.selectbox(
            "Length of periods", list(GRAINS), index=list(GRAINS).index(DEFAULT_GRAIN), format_func=_grain_words, key=GRAIN,
            bind="query-params",
        )
        # Counting everything anew after a load takes a moment, which nobody should spend in front of an empty page.
        with while_counting(320, there=data.reporting.is_prepared(measures(), grain, protected=False)):
            offered = choices(data, grain)
        if not protected and (providers := data.reporting.providers):
            offered = replace(offered, groups={**offered.groups, PROVIDER.id: providers})
        where = _protected_groups(offered) if protected else _groups(offered, _several)
        first, last = _range(offered.periods, grain)
        chart = st.selectbox(
            "Chart type", list(CHARTS), format_func=_chart_words, key=CHART, bind="query-params",
            help="Automatic: process control from 13 complete periods on, a run chart below that.",
        )
        target_lines = st.toggle(
            "Show local targets", value=True, key=TARGET_LINES, bind="query-params",
            help="The purple line in each chart. The sentences about targets stay.",
        )
        drawn = None if chart in (None, AUTOMATIC) else Chart(chart)
        filters = Filters(grain, where, first, last, drawn, target_lines=target_lines, cohort=cohort)
        _heading(heading, active(filters))
    _tell_unknown(unknown(asked, offered, grain))
    return filters


def _cohort(data: Data) -> Cohort | None:
    """Who is counted; None is the one that the local choice says."""
    own = data.reporting.cohort
    chosen = st.selectbox(
        "Who is counted", list(COHORTS), index=list(COHORTS).index(own.value), format_func=_cohort_words, key=COHORT, bind="query-params",
        help="Attachment needs are recorded almost nowhere. Children in care are those whom the return and England's figures count; the "
        "third choice is the population of NICE's guideline.",
    )
    return None if chosen is None or chosen == own.value else Cohort(chosen)


def _asked() -> dict[str, list[str]]:
    """What the address holds for filters that are not drawn yet: drawing one takes out of the address what it can't be."""
    names = [name for name in (COHORT, GRAIN, CHART, FIRST, LAST, *EVERY) if name not in st.session_state]
    return {name: [value for value in st.query_params.get_all(name) if value] for name in names}


def unknown(asked: Mapping[str, Sequence[str]], offered: Choices, grain: str) -> list[str]:
    """The filters, in words, for which an address holds something that isn't there to be chosen. `asked` has the values by key."""
    periods, noun = set(offered.periods), NOUNS[grain][0]
    known: dict[str, tuple[str, set[str]]] = {
        COHORT: ("who is counted", set(COHORTS.values())), GRAIN: ("length of periods", set(GRAINS.values())),
        CHART: ("chart type", set(CHARTS.values())),
        FIRST: (f"first {noun}", periods), LAST: (f"last {noun}", periods),
        **{name: (lower_first(breakdown.title), {breakdown.label(group) for group in offered.groups.get(name, ())})
           for name, breakdown in EVERY.items()},
    }
    return [words for name, (words, there) in known.items() if not there.issuperset(asked.get(name, ()))]


def _tell_unknown(left_out: Sequence[str]) -> None:
    """Names the filters and not what the address holds for them, which may be anybody's words."""
    if left_out:
        one = len(left_out) == 1
        st.warning(
            f"The address of this page holds {'a choice' if one else 'choices'} that can't be used here, so "
            f"{'it is' if one else 'they are'} left out: {listing(left_out)}.", icon=":material/filter_alt_off:",
        )


def active(filters: Filters) -> int:
    """How many filters leave something out: one for each breakdown, and one for the range of periods."""
    return len(filters.where) + bool(filters.first or filters.last)


def clear() -> None:
    """Leaves no filter set. Length of periods and way to draw are no filters, and stay."""
    for name in EVERY:
        if name in st.session_state:
            st.session_state[name] = [] if isinstance(st.session_state[name], list) else None
    st.session_state[FIRST] = st.session_state[LAST] = None


def address(filters: Filters, **more: str) -> str:
    """The part of an address after '?' that opens this view on any page."""
    return urlencode({**_values(filters), **_demo(), **more}, doseq=True)


def view_address(filters: Filters) -> str:
    """The same without who looks: what is kept with a saved view or a note."""
    return urlencode(_values(filters), doseq=True)


def opening(view: str) -> dict[str, list[str]]:
    """The parameters of an address that open a kept view for the person who looks."""
    return {**parse_qs(view), **{name: list(values) for name, values in _demo().items()}}


def link_to(measure: Measure, view: str) -> str:
    """The address, from any page, of a measure on its statement's page under a kept view."""
    return statement_link(measure, statement_of(measure).number, urlencode(opening(view), doseq=True))


def statement_link(measure: Measure, statement: int, address: str) -> str:
    """The address, from any page, of a measure on a statement's page, with the filters of `address` and its chart open."""
    return f"statement_{statement}?{f'{address}&' if address else ''}{OPEN}={measure.id}#{measure.id}"


def _demo() -> dict[str, Sequence[str]]:
    """Who looks at the made-up authority.

    Streamlit takes a value that is there anyway out of the address, and the place on the page that the address ends with goes too.
    """
    demo = {name: st.session_state.get(name) for name in (DEMO_ROLE, DEMO_TEAM)}
    return {name: [upper_first(held)] for name, held in demo.items() if held and held != FIRST_DEMO_ROLE.value}


def _values(filters: Filters) -> dict[str, Sequence[str]]:
    values: dict[str, Sequence[str]] = {name: [EVERY[name].label(group) for group in groups] for name, groups in filters.where.items()}
    if filters.cohort is not None:
        values[COHORT] = [COHORTS[filters.cohort]]
    if filters.grain != DEFAULT_GRAIN:
        values[GRAIN] = [GRAINS[filters.grain]]
    values |= {name: [label] for name, label in ((FIRST, filters.first), (LAST, filters.last)) if label}
    if filters.chart is not None:
        values[CHART] = [CHARTS[filters.chart.value]]
    if not filters.target_lines:
        values[TARGET_LINES] = ["false"]
    if filters.compare is not None:
        values[COMPARE] = list(filters.compare) or [""]
    return values


def shown_words(
    filters: Filters, periods: Sequence[str], as_at: datetime.date, part: str = "", cohort: Cohort = Cohort.RECORDED,
) -> str:
    """What a page shows, in a sentence without a full stop; `periods` are those that can be chosen, `part` is whose children a manager's
    are (`Person.part_words`), `cohort` is who is counted."""
    children = "children" if cohort is Cohort.RECORDED else WHO[cohort]
    kept = [_group_words(EVERY[name], groups) for name, groups in filters.where.items()]
    who = f"{children}{f' of {part}' * bool(part)} whose {listing(kept)}" if kept else f"all {children}{f' of {part}' * bool(part)}"
    many = NOUNS[filters.grain][1]
    first, last = _ends(filters, periods)
    when = f"{many} from {first} to {last}" if first and last and first != last else f"{NOUNS[filters.grain][0]} {last}" if last else many
    return f"{upper_first(who)}, {when}; data up to {long_date(as_at)}"


def _group_words(breakdown: Breakdown, groups: Sequence[str]) -> str:
    return f"{lower_first(breakdown.title)} is {listing([f'‘{breakdown.label(group)}’' for group in groups], 'or')}"


def _ends(filters: Filters, periods: Sequence[str]) -> tuple[str | None, str | None]:
    return filters.first or (periods[0] if periods else None), filters.last or (periods[-1] if periods else None)


def _heading(place: st.delta_generator.DeltaGenerator, count: int) -> None:
    with place:
        st.markdown(f"**Filters** {f':blue-badge[{count} active]' if count else ''}", width="content")
        st.button("Clear filters", on_click=clear, disabled=not count, type="tertiary", icon=":material/filter_alt_off:")


Draw = Callable[[Breakdown, Sequence[str]], tuple[str, ...]]


def _groups(offered: Choices, draw: Draw) -> Mapping[str, tuple[str, ...]]:
    """A widget for each breakdown that is in sight, set or unfolded. One that is folded away would only be sent with every click."""
    unfolded = bool(st.session_state.get(MORE))
    folded = [name for name in offered.groups if name not in (*AREAS, *IN_SIGHT) and (unfolded or not _is_set(name))]
    kept = {name: draw(EVERY[name], offered.groups[name]) for name in offered.groups if name not in folded}
    # Its label is always the same: with another, Streamlit would fold it anew.
    with st.expander("More filters", icon=":material/tune:", key=MORE, on_change="rerun"):
        if unfolded:
            kept |= {name: draw(EVERY[name], offered.groups[name]) for name in folded}
    return {name: kept[name] for name in offered.groups if kept.get(name)}


def _is_set(name: str) -> bool:
    """Whether a filter has a value, or is about to have one: the address has it before the widget is drawn."""
    return bool(st.session_state[name]) if name in st.session_state else name in st.query_params


def _protected_groups(offered: Choices) -> Mapping[str, tuple[str, ...]]:
    """One group each of breakdowns that go together: those set first stay, and the others wait until one is cleared."""
    set_now = [name for name in offered.groups if st.session_state.get(name)]

    def draw(breakdown: Breakdown, occurring: Sequence[str]) -> tuple[str, ...]:
        fits = breakdown.id in set_now or is_in_protected_view([*set_now, breakdown.id], {})
        return _one(breakdown, occurring, disabled=not fits)

    st.caption("Protected view: one group of up to two characteristics that go together.", help=protected_limit())
    kept = _groups(offered, draw)
    fitting: dict[str, tuple[str, ...]] = {}
    for name, groups in kept.items():
        if is_in_protected_view([*fitting, name], {}):
            fitting[name] = groups
    if left_out := [lower_first(EVERY[name].title) for name in kept if name not in fitting]:
        st.warning(f"Left out: {listing(left_out)}. {protected_limit()}")
    return fitting


def _several(breakdown: Breakdown, occurring: Sequence[str]) -> tuple[str, ...]:
    """The groups chosen, any number of them."""
    chosen = _chosen_before(breakdown)
    _leave(breakdown, chosen)
    return tuple(st.multiselect(
        breakdown.title, _options(breakdown, occurring, chosen), format_func=breakdown.label, key=breakdown.id, bind="query-params",
        help=breakdown.note, placeholder="All", select_all=False,
    ))


def _one(breakdown: Breakdown, occurring: Sequence[str], *, disabled: bool) -> tuple[str, ...]:
    """The one group chosen, or none."""
    chosen = _chosen_before(breakdown)[:1]
    _leave(breakdown, chosen[0] if chosen else None)
    one = st.selectbox(
        breakdown.title, _options(breakdown, occurring, chosen), index=None, format_func=breakdown.label, key=breakdown.id,
        bind="query-params", help=breakdown.note, placeholder="All", disabled=disabled,
    )
    return (one,) if one else ()


def _chosen_before(breakdown: Breakdown) -> list[str]:
    before = st.session_state.get(breakdown.id) or []
    return before if isinstance(before, list) else [before]


def _leave(breakdown: Breakdown, value: list[str] | str | None) -> None:
    """Gives the widget's state the form that it takes: one who may choose one group now may have chosen several before."""
    held = st.session_state.get(breakdown.id)
    if held is not None and isinstance(held, list) is not isinstance(value, list):
        st.session_state[breakdown.id] = value


def _options(breakdown: Breakdown, occurring: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """Groups already chosen stay to be seen and taken away, also where none of them occurs at this grain."""
    return breakdown.order(list(dict.fromkeys([*occurring, *chosen])))


def _range(periods: Sequence[str], grain: str) -> tuple[str | None, str | None]:
    """The first and the last period chosen; the last can't be before the first."""
    noun = NOUNS[grain][0]
    first = st.selectbox(f"First {noun}", periods, index=None, key=FIRST, bind="query-params", placeholder="From the beginning")
    later = periods[periods.index(first):] if first in periods else periods
    last = st.selectbox(f"Last {noun}", later, index=None, key=LAST, bind="query-params", placeholder="To the latest")
    return first, last


def _grain_words(grain: str) -> str:
    return GRAINS.get(grain, grain)


def _cohort_words(cohort: str) -> str:
    return COHORTS.get(cohort, cohort)


def _chart_words(chart: str) -> str:
    return CHARTS.get(chart, chart)

