"""Why a measure has nothing to show, and what to do about it."""

from __future__ import annotations

from dashboard import sentences
from dashboard.view import View
from dashboard.words import HIDDEN, NOUNS, long_date, upper_first, where_words
from metrics.kinds import Measure
from metrics.summarise import State


def why_empty(view: View, measure: Measure) -> str:
    """The sentence that stands where a measure's charts would be."""
    missing = measure.sources() - view.reporting.provided
    if missing:
        return sentences.missing_source_sentence(missing)
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
        return (
            f"{upper_first(HIDDEN)} in every complete {noun[0]} that is chosen: there are too few children, or too few of them with "
            "another outcome than the others."
        )
    if shown["denominator"].sum():
        return f"There is no complete {noun[0]} with a value in what is chosen yet. Incomplete ones are drawn hollow and not compared."
    with_value = under_filters.filter(under_filters["denominator"] > 0)["period_start"].to_list()
    if not with_value:
        return f"No data in the {noun[1]} that are chosen. Choose a longer time."
    return (
        f"No data in the {noun[1]} that are chosen: those with a value begin between {long_date(with_value[0])} and "
        f"{long_date(with_value[-1])}. Choose a longer time."
    )


def _emptying(view: View, measure: Measure) -> list[str]:
    """The filters, in words, that each alone leave nothing; all of them together if none does alone."""
    filters = view.filters
    each = [{name: groups} for name, groups in filters.where.items() if groups]
    alone = [where for where in each if not view.reporting.summary(measure, filters.grain, where=where).height]
    return [f"'{where_words(where)}'" for where in alone or each]
