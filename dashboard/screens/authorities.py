"""The page that compares authorities, which is there only where the data of several is together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from config.cohorts import Cohort
from dashboard.charts.funnel import Funnel, funnel, funnel_chart, own_words
from dashboard.content.chart_tables import groups_table
from dashboard.content.exports import to_csv, with_released
from dashboard.content.several_authorities import own_area
from dashboard.content.view import View
from dashboard.figures.permitted import protected_limit
from dashboard.screens.chart import draw_chart
from dashboard.text.formatting import counted, escape_markdown, figure, listing, period_words, plural, row_figure, upper_first
from metrics.measures.catalogue import measures
from metrics.measures.kinds import Measure, Proportion, Rate
from metrics.summary.summarise import State
from metrics.units.breakdowns import AREAS

INTRODUCTION = (
    "Is an authority's value unusual, given how few or many children it has? In a funnel plot chance alone puts 19 of 20 authorities "
    "between the dashed lines, and 499 of 500 between the outer ones. A place outside is a reason to look closer, not a verdict: "
    "authorities differ in the children they have and in how they record."
)


def authorities_page(view: View) -> None:
    """Each measure by region and authority, in the latest complete period."""
    st.title("Authorities")
    if not view.reporting.areas:
        st.info("The data is about one authority, so so there is nothing to compare it with here.", icon=":material/info:")
        return
    st.markdown(INTRODUCTION)
    view, own = beside_all(view)
    if own:
        st.markdown(f"The filter by local authority marks {escape_markdown(own)} here, and leaves no other out.")
    if not view.has_groups("authority"):
        st.info(protected_limit(), icon=":material/shield_person:")
        return
    measure = _measure_choice(view.reporting.cohort)
    authorities = view.groups(measure, "authority")
    if not authorities.height:
        st.info("No complete period has children in any authority with these filters.", icon=":material/info:")
        return
    period = period_words(authorities.row(0, named=True))
    st.subheader(f"{measure.title}, {period}")
    _funnel(view, measure, period, authorities, own)
    _tables(view, measure, authorities)


def beside_all(view: View) -> tuple[View, str]:
    """The view without the filter that chooses one authority, which would have nothing beside it, and that authority's name."""
    own = own_area(view.reporting.areas, view.reporting.person, view.filters.where)
    if not own:
        return view, ""
    others = {name: groups for name, groups in view.filters.where.items() if name != "authority"}
    return replace(view, filters=replace(view.filters, where=others), identity=""), own


def _measure_choice(cohort: Cohort) -> Measure:
    by_id = {measure.id: measure for measure in measures(cohort)}
    chosen = st.selectbox(
        "Which measure", list(by_id), format_func=lambda id: by_id[id].title, key="funnel", bind="query-params", width=520,
    )
    return by_id[chosen or next(iter(by_id))]


def _funnel(view: View, measure: Measure, period: str, authorities: pl.DataFrame, own: str) -> None:
    shown = authorities.filter((pl.col("state") == State.SHOWN.value) & pl.col("numerator").is_not_null())
    whole = view.summary(measure).filter(pl.col("period") == authorities["period"][0])
    centre = whole["value"][0] if whole.height else None
    if not isinstance(measure, Proportion | Rate):
        st.caption("Averages and attendance have no funnel: how far chance moves them depends on more than an authority's size.")
    elif shown.height and centre is not None:
        drawn = funnel(measure, period, centre, shown.rows(named=True), own)
        st.markdown(_found(drawn, counted(measure, whole.row(0, named=True))))
        drawing = funnel_chart(drawn)
        draw_chart(drawing, f"funnel_{measure.id}")
    hidden = authorities.filter(pl.col("state") == State.HIDDEN.value)["authority"].to_list()
    if hidden:
        st.caption(f"Hidden to protect children: {escape_markdown('; '.join(hidden))}.")  # a name may hold a comma


def _found(drawn: Funnel, counted: str) -> str:
    """What stands out, in a sentence or two; `counted` is what the value of all together is made from."""
    beyond = [
        f"{escape_markdown(row['authority'])} ({row_figure(drawn.measure, row)}) is {place.value}"
        for row, place in zip(drawn.rows, drawn.places, strict=True) if "99.8" in place.value
    ]
    together = f"All together: {figure(drawn.measure, drawn.centre)} ({counted})."
    if own := own_words(drawn):
        together += f" {escape_markdown(own)}."
    if not beyond:
        return f"{together} No authority is outside the 99.8% limits."
    return f"{together} {upper_first(plural(len(beyond), 'authority is', 'authorities are'))} outside the 99.8% limits: {listing(beyond)}."


def _tables(view: View, measure: Measure, authorities: pl.DataFrame) -> None:
    parts: dict[str, pl.DataFrame] = {"region": view.groups(measure, "region"), "authority": authorities}
    for name, rows in parts.items():
        if rows.height:
            st.markdown(f"**By {'region' if name == 'region' else 'local authority'}**")
            st.table(groups_table(measure, AREAS[name], rows.sort(name)), alt=f"{measure.title} by {name}", border="horizontal")
    file_name = view.file_name(f"authorities-{measure.id}")

    def contents() -> bytes:
        view.before_export(file_name)
        rows = {name: with_released(rows, view.changed_since_release([measure])) for name, rows in parts.items()}
        return to_csv(_download_rows(measure, rows, view.sharing))

    st.download_button(
        "Download these numbers (CSV)", contents, file_name=file_name, mime="text/csv", key="csv_authorities", on_click="ignore",
        icon=":material/download:", help=view.sharing,
    )


def _download_rows(measure: Measure, parts: dict[str, pl.DataFrame], sharing: str) -> pl.DataFrame:
    columns: list[Any] = [
        "period", "period_start", "period_end", "numerator", "denominator", "value", "lower", "upper", "state", "released_on",
    ]
    return pl.concat([
        rows.select(pl.lit(measure.title).alias("measure"), pl.lit(name).alias("area"), pl.col(name).alias("name"), *columns,
                    pl.lit(sharing).alias("sharing"))
        for name, rows in parts.items()
    ])
