"""Published figures and changes of definition on the pages: below a trend, and on the definitions page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.comparator_beside import Beside
from dashboard.comparator_figures import Published
from dashboard.comparator_tables import published_table
from dashboard.comparator_words import (
    LICENCE_NAME,
    attribution,
    caveat,
    change_words,
    comparison_sentences,
    crossing_sentence,
    how_comparable,
    source,
)
from dashboard.icons import CROSSING
from dashboard.prose import CAPTION, bullets, link, paragraph, prose, strong
from dashboard.view import View
from dashboard.words import escape_markdown, listing, long_date
from data_access.comparators import LICENCE
from metrics import catalogue
from metrics.breakdowns import BREAKDOWNS, Breakdown
from metrics.comparators import ALL_GRAINS, COMPARATORS, WITHOUT
from metrics.definition_changes import CHANGES, DefinitionChange
from metrics.trend import Trend


def beside_words(trend: Trend, beside: Beside) -> list[str]:
    """Below a trend's chart, for `prose`: where the latest value stands, and how far the published figures are comparable."""
    comparator = beside.comparator
    if beside.why_not:
        return [paragraph(beside.why_not, CAPTION)]
    if comparator is None or not beside.lines:
        return []
    source = f" Source: {link(comparator.publication.title, comparator.publication.address)}, {link(LICENCE_NAME, LICENCE)}."
    return [
        strong("Beside published figures"), bullets(comparison_sentences(trend, beside)),
        paragraph(how_comparable(comparator, part=beside.part), CAPTION, lead=f"{comparator.title}.", more=source),
    ]


def crossing_words(changes: Sequence[DefinitionChange], what: str) -> list[str]:
    """For `prose`: that something compares across changes of definition; nothing where it doesn't."""
    return [paragraph(crossing_sentence(changes, what), icon=CROSSING)] if changes else []


def groups_note(view: View, breakdown: Breakdown) -> None:
    """Below the choice of a breakdown: what its groups are, and that they were defined otherwise before."""
    crossed = crossing_words(view.crossed_by_groups(breakdown.id), "a look at these groups over time")
    prose([paragraph(breakdown.note, CAPTION), *crossed])


def beside_table(beside: Beside, title: str) -> None:
    """The published figures that are drawn, as a table; nothing without one."""
    table = published_table(beside)
    if table.height:
        st.table(table, alt=f"{title}: published figures", border="horizontal")


def published_section(published: Published) -> None:
    """The definitions page's part on published figures."""
    st.header("Published figures to compare with", anchor="published")
    st.markdown(
        "Where do we stand? Some measures have a figure that the Department for Education publishes and that is fair to hold them against. "
        f"{escape_markdown(_places_words(published))} Which are shown is chosen in the sidebar."
    )
    if published.problem:
        st.warning(published.problem, icon=":material/warning:")
    for comparator in COMPARATORS.values():
        with st.container(border=True):
            grains = "for periods of any length" if comparator.grains == ALL_GRAINS else "for years only"
            st.markdown(
                f"**[{comparator.measure.title}](#{comparator.measure.id})**, {grains}. {caveat(comparator)} {comparator.not_now}\n\n"
                f"{source(comparator)} Last held against its source on {long_date(comparator.reviewed)}."
            )
    st.markdown("**Measures without one**\n\n" + "\n".join(f"- {catalogue.get(id).title}: {why}" for id, why in WITHOUT.items()))
    st.caption(f"For the other measures nothing is published. {attribution()}")


def _places_words(published: Published) -> str:
    held = published.places
    if not held.own:
        region = f" and the region {held.region_name}" if held.region_name else ""
        return (
            f"Shown are England{region}; the authority's name in the settings is none of the published ones, so it has no line of its own."
        )
    neighbours = f", and its ten statistical neighbours: {listing(held.neighbour_names)}" if held.neighbours else ""
    return f"Shown are England, {held.region_name}, {held.own_name}'s own published figure{neighbours}."


def changes_section() -> None:
    """The definitions page's part on changes of definition."""
    st.header("Changes of definition", anchor="changes")
    st.markdown(
        "National codes and definitions change. A trend that crosses a change which touches it has a marked line with its words, and where "
        "something is compared across one, the page says so."
    )
    for change in CHANGES:
        touched = [catalogue.get(id).title for id in sorted(change.measures)] + [BREAKDOWNS[id].title for id in sorted(change.breakdowns)]
        st.markdown(
            f"- {change_words(change)} **Touches:** {'; '.join(touched)}. **Fields:** {', '.join(f'`{name}`' for name in change.fields)}. "
            f"**Source:** {change.source}."
        )
