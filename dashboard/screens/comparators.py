"""Published figures and changes of definition on the pages: below a trend, and on the definitions page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.charts.icons import CROSSING
from dashboard.content.comparisons.selection import Comparison
from dashboard.content.comparisons.tables import published_table
from dashboard.content.comparisons.wording import (
    LICENCE_NAME,
    attribution,
    caveat,
    change_words,
    comparison_sentences,
    crossing_sentence,
    how_comparable,
    source,
)
from dashboard.content.view import View
from dashboard.figures.published import Published
from dashboard.text.formatting import escape_markdown, listing, long_date
from dashboard.text.paragraphs import CAPTION, bullets, link, paragraph, prose, strong
from data_access.comparators import LICENCE
from metrics.comparators.comparability import ALL_GRAINS, COMPARATORS, WITHOUT
from metrics.comparators.definition_changes import CHANGES, DefinitionChange
from metrics.judgement.trend import Trend
from metrics.measures import catalogue
from metrics.units.breakdowns import BREAKDOWNS, Breakdown


def beside_words(trend: Trend, comparison: Comparison) -> list[str]:
    """Below a trend's chart, for `prose`: where the latest value stands, and how far the published figures are comparable."""
    comparator = comparison.comparator
    if comparison.why_not:
        return [paragraph(comparison.why_not, CAPTION)]
    if comparator is None or not comparison.lines:
        return []
    source = f" Source: {link(comparator.publication.title, comparator.publication.address)}, {link(LICENCE_NAME, LICENCE)}."
    how_far = how_comparable(comparator, part=comparison.part, cohort=comparison.cohort)
    return [
        strong("Compared with published figures"), bullets(comparison_sentences(trend, comparison)),
        paragraph(how_far, CAPTION, lead=f"{comparator.title}.", more=source),
    ]


def crossing_words(changes: Sequence[DefinitionChange], what: str) -> list[str]:
    """For `prose`: that something compares across changes of definition; nothing where it doesn't."""
    return [paragraph(crossing_sentence(changes, what), icon=CROSSING)] if changes else []


def groups_note(view: View, breakdown: Breakdown) -> None:
    """Below the choice of a breakdown: what its groups are, and that they were defined otherwise before."""
    crossed = crossing_words(view.crossed_by_groups(breakdown.id), "a look at these groups over time")
    prose([paragraph(breakdown.note, CAPTION), *crossed])


def beside_table(comparison: Comparison, title: str) -> None:
    """The published figures that are drawn, as a table; nothing without one."""
    table = published_table(comparison)
    if table.height:
        st.table(table, alt=f"{title}: published figures", border="horizontal")


def published_section(published: Published) -> None:
    """The definitions page's part on published figures."""
    st.header("Published figures to compare with", anchor="published")
    st.markdown(
        "How do we compare? For some measures the Department for Education publishes a figure that is fair to compare them with. "
        f"{escape_markdown(_places_words(published))} Choose in the sidebar which of them to show."
    )
    if published.problem:
        st.warning(published.problem, icon=":material/warning:")
    for comparator in COMPARATORS.values():
        with st.container(border=True):
            grains = "for periods of any length" if comparator.grains == ALL_GRAINS else "for years only"
            st.markdown(
                f"**[{comparator.measure.title}](#{comparator.measure.id})**, {grains}. {caveat(comparator)} {comparator.not_now}\n\n"
                f"{source(comparator)} Last checked against its source on {long_date(comparator.reviewed)}."
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
