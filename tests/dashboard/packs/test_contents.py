"""What a pack holds: what the pages say, of those who may see it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dashboard.content import sentences
from dashboard.content.measure_findings import findings_of
from dashboard.content.view import View
from dashboard.packs.contents import Pack, _without_value, action_words, change_words, note_words, of_measures
from dashboard.packs.tables import book
from dashboard.text import formatting
from metrics.measures.catalogue import get, measures_of
from metrics.summary.summarise import State
from metrics.units.breakdowns import PLACEMENT
from tests.dashboard.packs.made import MADE_AT, MEASURE, made_pack


def test_it_says_what_the_page_says(exact_pack: Pack, exact_view: View) -> None:
    shown = findings_of(exact_view, measures_of(3), PLACEMENT)
    assert sorted(part.measure.id for part in exact_pack.parts) == sorted(shown)
    assert [part.urgency for part in exact_pack.parts] == sorted(part.urgency for part in exact_pack.parts)
    for part in exact_pack.parts:
        trend = shown[part.measure.id].trend
        assert part.headline == formatting.upper_first(formatting.headline(trend))
        assert part.control == sentences.control_sentence(trend)
        assert part.target == formatting.target_sentence(trend)
        assert part.trend.frame.equals(trend.frame)
        assert part.groups.equals(shown[part.measure.id].groups)


def test_a_measure_says_the_same_in_every_pack(exact_pack: Pack, exact_view: View) -> None:
    """Groups are compared as one family with those of the measure's page, whatever else is in the pack."""
    alone = made_pack(exact_view, of_measures("One", [get("placement_breakdown_preschool")], PLACEMENT)).parts[0]
    among = next(part for part in exact_pack.parts if part.measure.id == "placement_breakdown_preschool")
    assert alone.gap == among.gap != ""


def test_what_people_wrote_belongs_to_its_measure(exact_pack: Pack) -> None:
    part = next(part for part in exact_pack.parts if part.measure.id == MEASURE)
    others = [other for other in exact_pack.parts if other is not part]
    assert part.actions[0].aim == "Every family is offered a place within a month"
    assert not any(other.actions or other.changes or other.notes for other in others)
    assert action_words(part.actions[0], MADE_AT.date()) == (
        "Every family is offered a place within a month. A standing list of free places. Owner: Commissioner, early help. "
        "Due 31 October 2026 (overdue). Stage: do."
    )
    assert change_words(part.changes[0]) == (
        "10 January 2025: A second provider began. New limits from that day, because: twice the places."
    )
    assert note_words(part.notes[0]) == "(2025-26 Q1) The programme paused for a month."


def test_hidden_numbers_are_said_in_words_and_nowhere_given(protected_pack: Pack, exact_pack: Pack) -> None:
    hidden = 0
    for part in protected_pack.parts:
        for rows in (part.trend.frame, part.groups):
            if "state" in rows.columns:
                concealed = rows.filter(pl.col("state") == State.HIDDEN.value)
                hidden += concealed.height
                assert concealed["value"].null_count() == concealed.height
    assert hidden > 0
    for sheet in book(protected_pack).sheets:
        for row in sheet.rows:
            assert None not in row
            if "hidden" in row:
                # Beside a hidden value, no number is left from which it could be worked out: only a denominator may be.
                assert sum(isinstance(value, int | float) for value in row[1:3]) <= 1
    assert not protected_pack.stamp.exact and exact_pack.stamp.exact
    assert "may be shared" in protected_pack.stamp.facts()["Sharing"]
    assert "not for sharing" in exact_pack.stamp.facts()["Sharing"]


def test_a_pack_without_reasons_reassures_about_nothing_that_it_cannot_tell(exact_pack: Pack) -> None:
    told = next(part for part in exact_pack.shown if part.trend.variation)
    early, silent = replace(told, trend=replace(told.trend, variation=None)), replace(told, empty="No data.")
    said = [replace(exact_pack, parts=parts).nothing_to_discuss for parts in ((told, told), (told, early, silent), (silent, silent))]
    assert said == [
        "Of 2 measures, none gives concern, misses its target or shows a group that is clearly worse off.",
        "Of 3 measures, 2 have a number, and of these, none gives concern, misses its target or shows a group that is clearly worse off. "
        "1 has too few periods to tell change from chance.",
        "None of 2 measures has a number to show. The list at the end says why.",
    ]


def test_periods_that_the_data_does_not_cover_are_named(exact_view: View) -> None:
    trend = exact_view.trend(get(MEASURE))
    state, label = pl.col("state"), trend.frame["period"]
    between = trend.frame.with_row_index("_row").with_columns(
        pl.when(pl.col("_row").is_in([2, 3, 6])).then(pl.lit(State.NOT_COVERED.value)).otherwise(state).alias("state"),
    ).drop("_row")
    said = _without_value(replace(trend, frame=between))
    assert said.endswith(f"The data loaded does not cover {label[2]} to {label[3]} and {label[6]}.")
    assert "does not cover" not in _without_value(trend)
