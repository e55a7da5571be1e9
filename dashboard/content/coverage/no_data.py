"""Why a measure has nothing to show, and what to do about it."""

from __future__ import annotations

from dashboard.content import sentences
from dashboard.content.coverage.missing_sources import missing_tables
from dashboard.content.view import View
from dashboard.text.formatting import HIDDEN, NOUNS, long_date, upper_first, where_words
from metrics.measures.cohort_words import WHO
from metrics.measures.kinds import Measure
from metrics.summary.summarise import State


def why_empty(view: View, measure: Measure) -> str:
    """The sentence that stands where a measure's charts would be."""
    missing = missing_tables(measure, view.reporting.covered)
    if missing:
        return sentences.missing_source_sentence(missing)
    if view.reporting.cohort in measure.no_data_in:
        return f"No data: this measure says nothing where {WHO[view.reporting.cohort]} are counted."
    filters = view.filters
    everything = view.reporting.summary(measure, filters.grain)
    if not everything.height:
        return sentences.nothing_counted_sentence(measure)
    under_filters = view.reporting.summary(measure, filters.grain, where=filters.where)
    if not under_filters.height:
        return sentences.filtered_empty_sentence(measure, _emptying(view, measure))
    shown = view.summary(measure)
    noun = NOUNS[filters.grain]
    if (shown["state"] == State.HIDDEN.value).any():
        return f"{upper_first(HIDDEN)} in every complete {noun[0]} you chose: there are too few children."
    if shown["denominator"].sum():
        return f"None of the {noun[1]} you chose is complete and has a value yet. Incomplete ones are drawn hollow and not compared."
    with_value = under_filters.filter(under_filters["denominator"] > 0)["period_start"].to_list()
    if not with_value:
        return f"No data in the {noun[1]} you chose. Choose a longer period."
    return (
        f"No data in the {noun[1]} you chose: those with a value begin between {long_date(with_value[0])} and "
        f"{long_date(with_value[-1])}. Choose a longer period."
    )


def _emptying(view: View, measure: Measure) -> list[str]:
    """The filters, in words, that each alone leave nothing; all of them together if none does alone."""
    filters = view.filters
    each = [{name: groups} for name, groups in filters.where.items() if groups]
    alone = [where for where in each if not view.reporting.summary(measure, filters.grain, where=where).height]
    return [f"'{where_words(where)}'" for where in alone or each]
