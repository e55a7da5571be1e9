"""The equality page: is anyone served worse? From all measures at once to one measure, its gap over time, and two characteristics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from dashboard.charts.equality import gap_trend_chart, gaps_chart, values_chart
from dashboard.content.comparisons.selection import crossed_between
from dashboard.content.coverage.no_data import why_empty
from dashboard.content.equality import wording as words
from dashboard.content.equality.wording import group_name
from dashboard.content.exports import to_csv
from dashboard.content.view import View
from dashboard.screens.chart import draw_chart
from dashboard.screens.comparators import crossing_words, groups_note
from dashboard.screens.equality import tables as tables
from dashboard.screens.equality.overall import everything
from dashboard.session.filters import address
from dashboard.session.render_cache import while_counting
from dashboard.text.formatting import better_words, escape_markdown, lower_first, period_words, plural
from dashboard.text.paragraphs import CAPTION, bullets, paragraph, prose, strong
from metrics.comparators.definition_changes import touching
from metrics.judgement import equality
from metrics.judgement.equality import Groups, Standing
from metrics.measures.catalogue import measures
from metrics.measures.kinds import Measure
from metrics.units.breakdowns import Breakdown

AUTOMATIC = ""
MOST_SENTENCES = 3


@dataclass(frozen=True)
class Page:
    """What is chosen for the whole page, and everything it compares: `compared` has the columns of `metrics.judgement.equality.RESULT`."""

    view: View
    breakdown: Breakdown
    period: str | None
    shown: tuple[Groups, ...]
    compared: pl.DataFrame

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All measures, in the words of who is counted."""
        return measures(self.view.reporting.cohort)

    def of(self, measure: Measure) -> pl.DataFrame:
        """The compared rows of one measure."""
        return self.compared.filter(pl.col("measure") == measure.id)

    def address(self, measure: Measure) -> str:
        """The address of this page with a measure chosen and everything else as it is."""
        more = words.link_parameters(measure, self.breakdown)
        if self.period:
            more[_period_key(self.view)] = self.period
        return f"equality?{address(self.view.filters, **more)}#measure"


def equality_page(view: View) -> None:
    """The whole page."""
    st.title("Is anyone served worse?", anchor=False)
    st.markdown(
        "Every measure by one characteristic of the children. A gap is a reason to ask why, not proof of unfair treatment: groups also "
        "differ in age, need and where they live."
    )
    with st.container(horizontal=True, gap="medium"):
        breakdown, period = _characteristic(view), _period(view)
    groups_note(view, breakdown)
    everything(view, period)
    page = _compare(view, breakdown, period)
    if filtered := words.filter_sentence(breakdown, view.filters.where.get(breakdown.id, ())):
        st.info(filtered, icon=":material/filter_alt:")
    _stands_out(page)
    _matrix(page)
    measure = _measure_choice(page)
    _one_measure(page, measure)


def _characteristic(view: View) -> Breakdown:
    there_are = view.reporting.breakdowns
    chosen = st.selectbox(
        "Characteristic", list(there_are), format_func=lambda id: there_are[id].title, key="by", bind="query-params", width=320,
    )
    return there_are[chosen or "placement"]


def _period(view: View) -> str | None:
    """The label of the period that is compared, or None for each measure's latest complete one."""
    periods = view.reporting.periods(view.filters.grain)
    labels = periods.filter("complete")["label"].to_list()
    for name, keep in ((view.filters.first, slice), (view.filters.last, None)):
        if name in labels:
            labels = labels[labels.index(name):] if keep else labels[:labels.index(name) + 1]
    chosen = st.selectbox(
        "Which period", [AUTOMATIC, *reversed(labels)], format_func=lambda label: label or "The latest complete one",
        key=_period_key(view), bind="query-params", width=320,
    )
    return chosen or None


def _period_key(view: View) -> str:
    """The period's name in the address; one for each length, because one length's labels mean nothing in another."""
    return f"compared_{view.filters.grain}"


def _compare(view: View, breakdown: Breakdown, period: str | None) -> Page:
    """Every measure by the characteristic, behind a grey shape the first time, when the counts take seconds to work out."""
    with while_counting(480, there=view.reporting.is_prepared(measures(view.reporting.cohort), view.filters.grain)):
        shown = tuple(
            equality.at(measure, breakdown, view.summary(measure, by=(breakdown.id,)), view.summary(measure), period)
            for measure in measures(view.reporting.cohort)
        )
    return Page(view, breakdown, period, shown, equality.compare(shown))


# --- all measures ---------------------------------------------------------------------------------------------------


def _stands_out(page: Page) -> None:
    """The answer in words: the clear gaps that stand for most children."""
    st.header(words.verdict_sentence(page.compared, page.breakdown), anchor=False)
    by_id = {measure.id: measure for measure in page.measures}
    worse = equality.gaps_against(page.compared)
    told = [
        f"- **{by_id[row['measure']].title}.** {escape_markdown(words.gap_sentences(by_id[row['measure']], page.breakdown, row))}"
        for row in worse.head(MOST_SENTENCES).iter_rows(named=True)
    ]
    if worse.height > MOST_SENTENCES:
        told.append(f"\nThese are the {MOST_SENTENCES} that stand for most children; all are in the matrix.")
    if told:
        st.markdown("\n".join(told))


def _matrix(page: Page) -> None:
    st.header("All measures", anchor="matrix")
    if not page.compared.height:
        st.info("No measure has data here. Choose another period, or clear the filters, to see it.", icon=":material/info:")
        return
    st.html(tables.matrix_html(page.compared, page.measures, page.breakdown, page.address))
    methods = (f"{words.METHOD_REST} {words.METHOD_FEW}", words.METHOD_MANY)
    prose([tables.matrix_key(page.compared), *(paragraph(method, CAPTION) for method in methods)])
    with st.expander("View as table", icon=":material/table:", key="table_matrix", on_change="rerun") as table:
        if table.open:
            by_id = {measure.id: measure for measure in page.measures}
            shown = tables.compared_table(by_id, page.breakdown, page.compared)
            st.table(shown, alt=words.matrix_alt(page.compared, page.breakdown), border="horizontal")
    _download(page, {"all measures": tables.with_words(page.compared)}, "all-measures")


# --- one measure ----------------------------------------------------------------------------------------------------


def _measure_choice(page: Page) -> Measure:
    """The measure to look into; by itself the one whose clear gap stands for most children."""
    by_id = {measure.id: measure for measure in page.measures}
    st.header("One measure", anchor="measure")
    chosen = st.selectbox(
        "Which measure", [AUTOMATIC, *by_id], key="measure", bind="query-params", width=560,
        format_func=lambda id: by_id[id].title if id else "The group whose gap is about most children",
    )
    return by_id[chosen or _automatic(page)]


def _automatic(page: Page) -> str:
    """The measure of the clear gap that stands for most children, else one with comparisons, else the first."""
    compared = page.compared.filter(pl.col("p_value").is_not_null())
    found = [*equality.gaps_against(page.compared)["measure"], *compared["measure"], *(measure.id for measure in page.measures)]
    return str(found[0])


def _one_measure(page: Page, measure: Measure) -> None:
    compared = page.of(measure)
    with st.container(border=True, key="block_equality_measure"):
        st.subheader(measure.title, anchor=False)
        about = paragraph(f"{measure.nice}. {better_words(measure)} {measure.why}", CAPTION)
        if not compared.height:
            prose([about])
            st.info(_why_nothing(page, measure), icon=":material/info:")
            return
        rows = compared.rows(named=True)
        prose([about, strong(f"{page.breakdown.title}, {period_words(rows[0])}"), *_sentences(page, measure, compared)])
        _charts(page, measure)
        _table(page, measure)
        trend = _trend(page, measure)
        crossed = _crossed(page, measure, str(rows[0]["period"]))
        _download(page, {"groups": tables.with_words(compared), **trend, **crossed}, measure.id)


def _why_nothing(page: Page, measure: Measure) -> str:
    if page.period and page.view.summary(measure, by=(page.breakdown.id,)).height:
        return f"No data in {page.period}. Choose another period to see this measure."
    return why_empty(page.view, measure)


def _sentences(page: Page, measure: Measure, compared: pl.DataFrame) -> list[str]:
    """Every group in words, for `prose`: those that differ one by one, the others gathered by why nothing is said of them."""
    why = [] if equality.comparable(measure) else [paragraph(words.why_value_only(measure))]
    differing = (Standing.WORSE, Standing.MAYBE_WORSE, Standing.MAYBE_BETTER, Standing.BETTER)
    told = [
        words.gap_sentences(measure, page.breakdown, row)
        for standing in differing for row in compared.filter(pl.col("standing") == standing.value).iter_rows(named=True)
    ]
    told += words.others_sentences(page.breakdown, compared, measure)
    return [*why, bullets(told)]


def _charts(page: Page, measure: Measure) -> None:
    rows = page.of(measure).rows(named=True)
    if all(row["value"] is None for row in rows):
        return  # the sentences above say why
    if not any(row["difference"] is not None for row in rows):
        total = next(groups.total for groups in page.shown if groups.measure is measure)
        overall = total["value"][0] if total.height else None
        draw_chart(values_chart(measure, page.breakdown, rows, overall), "equality_values")
        return
    values, gaps = st.columns(2, gap="large")
    with values:
        st.markdown("**Each group and the rest**")
        draw_chart(values_chart(measure, page.breakdown, rows), "equality_values")
    with gaps:
        st.markdown("**Gap to the rest, in percentage points**")
        draw_chart(gaps_chart(measure, page.breakdown, rows), "equality_gaps")
    st.caption(f"{words.METHOD_INTERVAL} {words.METHOD_CHILDREN}")


def _table(page: Page, measure: Measure) -> None:
    with st.expander("View as table", icon=":material/table:", key="table_equality", on_change="rerun") as table:
        if table.open:
            alt = f"{measure.title} by {lower_first(page.breakdown.title)}"
            st.table(tables.compared_table({measure.id: measure}, page.breakdown, page.of(measure)), alt=alt, border="horizontal")


def _trend(page: Page, measure: Measure) -> dict[str, pl.DataFrame]:
    """One group's gap over time; gives what it showed, for the download."""
    if not equality.comparable(measure):
        return {}
    st.markdown("**The gap over time**")
    breakdown, compared = page.breakdown, page.of(measure)
    groups = compared.filter(~pl.col("standing").is_in([Standing.NOT_RECORDED.value, Standing.ALONE.value]))["group"].to_list()
    if not groups:
        st.markdown("There is no group to follow: nothing can be compared here.")
        return {}
    labels = {AUTOMATIC: "The group whose gap is about most children", **{group: breakdown.label(group) for group in groups}}
    chosen = st.selectbox(
        "Which group", list(labels), format_func=lambda group: labels.get(group, group), key=f"gap_{breakdown.id}", bind="query-params",
        width=420,
    )
    group = chosen or _widest(compared) or groups[0]
    view = page.view
    over_time = equality.over_time(measure, breakdown, group, view.summary(measure, by=(breakdown.id,)), view.summary(measure))
    rows = over_time.rows(named=True)
    changes = touching(measure, [breakdown.id, *view.filters.where])
    crossed = crossed_between(over_time.filter(pl.col("difference").is_not_null()), changes)
    prose([paragraph(_trend_sentence(breakdown, group, rows)), *crossing_words(crossed, "the gap over time")])
    if not any(row["difference"] is not None for row in rows):
        return {}
    draw_chart(gap_trend_chart(measure, breakdown, rows), "equality_trend", [paragraph(words.METHOD_TREND, CAPTION)])
    with st.expander("View as table", icon=":material/table:", key="table_equality_trend", on_change="rerun") as table:
        if table.open:
            st.table(tables.trend_table(rows), alt=f"{measure.title}, gap over time", border="horizontal")
    return {"gap over time": tables.with_words(over_time)}


def _widest(compared: pl.DataFrame) -> str | None:
    """The group whose gap stands for most children: one that is clearly worse, else any."""
    worse = equality.gaps_against(compared)
    found = worse if worse.height else compared.drop_nulls("children").sort(pl.col("children").abs(), descending=True)
    return str(found["group"][0]) if found.height else None


def _trend_sentence(breakdown: Breakdown, group: str, rows: Sequence[words.Row]) -> str:
    """How often a group was behind, in words."""
    made = [row for row in rows if row["difference"] is not None and row["complete"]]
    name = group_name(breakdown, group)
    if not made:
        return f"{name}: too few to say in every period, or hidden."
    worse = sum(row["standing"] == Standing.WORSE.value for row in made)
    better = sum(row["standing"] == Standing.BETTER.value for row in made)
    first, last = made[0], made[-1]
    return (
        f"{name}: of {plural(len(made), 'complete period')} that can be compared, the interval was wholly on the worse side in {worse} and "
        f"wholly on the better side in {better}. The gap went from {words.gap_size(first)} ({first['period']}) to "
        f"{words.gap_size(last)} ({last['period']})."
    )


def _crossed(page: Page, measure: Measure, period: str) -> dict[str, pl.DataFrame]:
    """The measure by two characteristics, on request; gives what it showed, for the download."""
    first = page.breakdown
    there_are = page.view.reporting.breakdowns
    labels = {AUTOMATIC: "None", **{id: other.title for id, other in there_are.items() if id != first.id}}
    st.markdown("**Two characteristics crossed**")
    chosen = st.selectbox(
        f"{first.title} by", list(labels), format_func=lambda id: labels.get(id, id), key="crossed_with", bind="query-params", width=320,
    )
    if not chosen or chosen == first.id:
        return {}
    second = there_are[chosen]
    cells = page.view.summary(measure, by=(first.id, second.id)).filter(pl.col("period") == period)
    cells = cells.filter(pl.col("denominator").ne_missing(0))
    if not cells.height:
        st.info(f"No data in {period}.", icon=":material/info:")
        return {}
    st.html(tables.crossed_html(measure, first, second, cells))
    st.caption(words.METHOD_CROSSED)
    return {"two characteristics crossed": tables.crossed_rows(measure, first, second, cells)}


# --- helpers --------------------------------------------------------------------------------------------------------


def _download(page: Page, parts: dict[str, pl.DataFrame], name: str) -> None:
    view = page.view
    file_name = view.file_name(f"equality-{name}-by-{page.breakdown.id}")

    def contents() -> bytes:
        view.before_export(file_name)
        by_id = {measure.id: measure for measure in page.measures}
        kept = view.changed_since_release(by_id.values())
        return to_csv(tables.download_rows(
            parts, by_id, page.breakdown, view.filters.where, view.sharing, kept, view.part, view.reporting.cohort,
        ))

    st.download_button(
        "Download these numbers (CSV)", contents, file_name=file_name, mime="text/csv",
        key=f"csv_equality_{'matrix' if name == 'all-measures' else 'measure'}", on_click="ignore", icon=":material/download:",
        help=view.sharing,
    )
