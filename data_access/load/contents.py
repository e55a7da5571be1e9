"""The merged source tables to the contents of the reporting tables."""

from __future__ import annotations

import datetime
from collections.abc import Collection

import polars as pl

from config.code_lists import IN_CARE
from config.local_choices import local_choices
from data_access import periods
from data_access.load import covered
from data_access.load.checking import data_quality
from data_access.load.checking import specification as spec
from data_access.load.checking.rows import YEAR
from data_access.load.derived import arrangements
from data_access.load.derived.children import children
from data_access.load.derived.summaries import summaries
from data_access.load.errors import LoadError
from data_access.load.merging import Merged
from data_access.load.reading.batches import Rows, changed
from data_access.load.reading.recognising import financial_year

DATED = (
    (spec.ASSESSMENTS, "completed_date"), (spec.EDUCATION_PLANS, "completed_date"),
    (spec.CARER_TRAINING, "completed_date"), (spec.PROGRAMME_SESSIONS, "session_date"), (spec.OUTCOME_SCORES, "score_date"),
    (spec.ATTENDANCE, "date"), (spec.EXCLUSIONS, "start_date"),
)
"""The dates of extracts of which the latest is the as-at date. (Of episodes and attendance summaries, the last day.)"""

COPIED = {
    "attachment_need": spec.ATTACHMENT_NEEDS, "assessment": spec.ASSESSMENTS, "programme": spec.PROGRAMMES,
    "programme_session": spec.PROGRAMME_SESSIONS, "education_plan": spec.EDUCATION_PLANS, "attendance": spec.ATTENDANCE,
    "exclusion": spec.EXCLUSIONS, "carer": spec.CARERS, "carer_training": spec.CARER_TRAINING,
}
"""Reporting tables that are an extract as it is (writing takes the columns that the table has)."""


def as_at_of(merged: Merged, today: datetime.date) -> datetime.date:
    """The latest date that was loaded, or 31 March of a last return whose year is over.

    Raises LoadError when there is none.
    """
    frames = merged.frames
    in_care = _latest(frames[spec.EPISODES]["DECOM"].max(), _day_before(frames[spec.EPISODES]["DEC"].max()))
    others = _latest(
        *(frames[table][column].max() for table, column in DATED), merged.long.latest if merged.long else None,
        _day_before(frames[spec.ATTENDANCE_SUMMARY]["end_date"].max()),
    )
    latest = _latest(in_care, others)
    if latest is None:
        raise LoadError("No loaded row holds a date to take the as-at date from. Give it with --as-at YYYY-MM-DD.")
    last_return = max(merged.return_years, default=None)
    if in_care == latest and last_return == financial_year(latest) and today > datetime.date(last_return, 3, 31):
        return datetime.date(last_return, 3, 31)
    return latest


def _latest(*found: object) -> datetime.date | None:
    return max((date for date in found if isinstance(date, datetime.date)), default=None)


def _day_before(date: object) -> datetime.date | None:
    return date - datetime.timedelta(days=1) if isinstance(date, datetime.date) else None


def contents(merged: Merged, as_at: datetime.date) -> dict[str, Rows]:
    """The rows of every reporting table except data_version, by the table's name."""
    frames = merged.frames
    local = local_care_arrangements(merged)
    episodes = ended_by_returns(frames[spec.EPISODES], merged.return_years)
    marks = merged.long.rows if merged.long else frames[spec.ATTENDANCE]
    known = summaries(frames[spec.ATTENDANCE_SUMMARY], marks, as_at)
    filled: dict[str, Rows] = {name: frames[table] for name, table in COPIED.items()}
    filled["attendance"] = attendance(marks)
    filled["education_plan"] = frames[spec.EDUCATION_PLANS].with_columns(pl.col("plan_id").fill_null(""))
    return filled | {
        "child": children(merged),
        "care_arrangement": _stacked(arrangements.care_arrangements(episodes), local),
        "placement": _stacked(
            arrangements.placements(episodes, local_choices().breakdown_reasons),
            local.filter(pl.col("care_status").is_in(IN_CARE)).with_columns(
                (pl.col("end_reason").eq("breakdown").fill_null(False) & pl.col("end_date").is_not_null())
                .cast(pl.Int16).alias("ended_by_breakdown"),
            ),
        ),
        "care_start": arrangements.care_starts(episodes),
        "previous_permanence": arrangements.previous_permanence(frames[spec.PREV_PERM]),
        "outcome_score": outcome_scores(merged, as_at),
        "attendance_summary": known.counted.with_columns(pl.col("possible_sessions", "attended_sessions").cast(pl.Int32)),
        "period": periods.periods(_first_date(merged, as_at), as_at),
        "provided_table": pl.DataFrame({"name": sorted(merged.provided)}, schema={"name": pl.String}),
        "coverage": covered.coverage(merged, as_at),
        "load_file": merged.files,
        "quarantine": merged.quarantine,
        "value_set_aside": merged.set_aside,
        "kept_source": merged.kept,
        "data_quality": data_quality.findings(merged, known),
        "source_pair": data_quality.source_pairs(merged),
    }


def ended_by_returns(episodes: pl.DataFrame, return_years: Collection[int]) -> pl.DataFrame:
    """The episodes, of which an open one that no later return has a row of ends on the 1 April after the last return that had it.

    Whoever left in a year whose return is missing would otherwise stay in care for ever. That end is no DEC: nothing follows from it.
    """
    left = data_quality.left_open(return_years)
    end = pl.max_horizontal(pl.date(pl.col(YEAR), 4, 1), pl.col("DECOM"))
    return episodes.with_columns(
        pl.when(left).then(end).otherwise(pl.col("DEC")).alias("DEC"),
        *(pl.when(~left).then(pl.col(name)).alias(name) for name in ("REC", "REASON_PLACE_CHANGE")),
    )


def attendance(rows: Rows) -> Rows:
    """The reporting table's rows, from what is loaded of the extract."""
    return changed(rows, lambda frame: frame.rename({"date": "session_date"}))


def _stacked(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([first, second.select(first.columns)])


def local_care_arrangements(merged: Merged) -> pl.DataFrame:
    """The extract's rows that make an arrangement: not those in care of a child with a loaded episode."""
    looked_after = merged.frames[spec.EPISODES]["CHILD"].unique()
    ignored = pl.col("care_status").is_in(IN_CARE) & pl.col("child_id").is_in(looked_after.implode())
    return merged.frames[spec.CARE_ARRANGEMENTS].filter(~ignored)


def outcome_scores(merged: Merged, as_at: datetime.date) -> pl.DataFrame:
    """The extract's scores, and the return's SDQ scores dated 31 March of the collection year or the as-at date if earlier."""
    columns = ["child_id", "domain", "instrument", "score_date", "score"]
    local = merged.frames[spec.OUTCOME_SCORES].select(columns)
    scored = merged.frames[spec.OC2].filter(pl.col("SDQ_SCORE").is_not_null())
    of_return = scored.select(
        pl.col("CHILD").alias("child_id"), pl.lit("social_emotional").alias("domain"), pl.lit("sdq_total").alias("instrument"),
        pl.min_horizontal(pl.date(pl.col(YEAR).clip(upper_bound=as_at.year + 1), 3, 31), pl.lit(as_at)).alias("score_date"),
        pl.col("SDQ_SCORE").cast(pl.Float64).alias("score"),
    )
    return pl.concat([local, of_return])


def _first_date(merged: Merged, as_at: datetime.date) -> datetime.date:
    """The earliest date on which a measure can have a denominator, in any cohort."""
    frames = merged.frames
    found = [
        frames[spec.ATTACHMENT_NEEDS]["start_date"].min(), frames[spec.ASSESSMENTS]["completed_date"].min(),
        frames[spec.PROGRAMMES]["start_date"].min(), frames[spec.PROGRAMMES]["end_date"].min(),
        frames[spec.EPISODES]["DECOM"].min(), frames[spec.CARE_ARRANGEMENTS]["start_date"].min(),
    ]
    dates = [date for date in found if isinstance(date, datetime.date)]
    if not dates:
        return as_at
    # A child who comes into care counts when in scope within so many days, so a start may precede every need.
    return max(min(dates), periods.FIRST_CREDIBLE) - datetime.timedelta(days=local_choices().return_to_care_days)
