"""The merged source tables to the contents of the reporting tables."""

from __future__ import annotations

import datetime

import polars as pl

from config.code_lists import IN_CARE
from config.local_choices import local_choices
from data_access import periods
from data_access.load import arrangements, quality
from data_access.load import specification as spec
from data_access.load.batches import Rows, changed
from data_access.load.checking import YEAR
from data_access.load.errors import LoadError
from data_access.load.merging import Merged

LAST_CREDIBLE_YEAR = 2200
DATED = (
    (spec.EPISODES, "DECOM"), (spec.EPISODES, "DEC"), (spec.ASSESSMENTS, "completed_date"), (spec.EDUCATION_PLANS, "completed_date"),
    (spec.CARER_TRAINING, "completed_date"), (spec.PROGRAMME_SESSIONS, "session_date"), (spec.OUTCOME_SCORES, "score_date"),
    (spec.ATTENDANCE, "date"), (spec.EXCLUSIONS, "start_date"),
)
"""The dates of which the latest is the as-at date."""

COPIED = {
    "attachment_need": spec.ATTACHMENT_NEEDS, "assessment": spec.ASSESSMENTS, "programme": spec.PROGRAMMES,
    "programme_session": spec.PROGRAMME_SESSIONS, "education_plan": spec.EDUCATION_PLANS, "attendance": spec.ATTENDANCE,
    "exclusion": spec.EXCLUSIONS, "carer_training": spec.CARER_TRAINING,
}
"""Reporting tables that are an extract as it is (writing takes the columns that the table has)."""


def as_at_of(merged: Merged) -> datetime.date:
    """The latest date that was loaded. Raises LoadError when there is none, or none that a calendar of periods can hold."""
    found = [merged.frames[table][column].max() for table, column in DATED] + [merged.long.latest if merged.long else None]
    dates = [date for date in found if isinstance(date, datetime.date)]
    if not dates:
        raise LoadError("No loaded row holds a date to take the as-at date from. Give it with --as-at YYYY-MM-DD.")
    if max(dates).year > LAST_CREDIBLE_YEAR:
        raise LoadError(f"The latest date loaded is {max(dates)}, which can't be the as-at date. Correct it, or give --as-at YYYY-MM-DD.")
    return max(dates)


def contents(merged: Merged, as_at: datetime.date) -> dict[str, Rows]:
    """The rows of every reporting table except data_version, by the table's name."""
    frames = merged.frames
    local = local_care_arrangements(merged)
    filled: dict[str, Rows] = {name: frames[table] for name, table in COPIED.items()}
    filled["attendance"] = attendance(merged.long.rows if merged.long else frames[spec.ATTENDANCE])
    return filled | {
        "child": children(merged),
        "care_arrangement": _stacked(arrangements.care_arrangements(frames[spec.EPISODES]), local),
        "placement": _stacked(
            arrangements.placements(frames[spec.EPISODES], local_choices().breakdown_reasons),
            local.filter(pl.col("care_status").is_in(IN_CARE)).with_columns(
                (pl.col("end_reason").eq("breakdown").fill_null(False) & pl.col("end_date").is_not_null())
                .cast(pl.Int16).alias("ended_by_breakdown"),
            ),
        ),
        "care_start": arrangements.care_starts(frames[spec.EPISODES]),
        "previous_permanence": arrangements.previous_permanence(frames[spec.PREV_PERM]),
        "outcome_score": outcome_scores(merged, as_at),
        "period": periods.periods(_first_date(merged, as_at), as_at),
        "provided_table": pl.DataFrame({"name": sorted(merged.provided)}, schema={"name": pl.String}),
        "load_file": merged.files,
        "quarantine": merged.quarantine,
        "data_quality": quality.findings(merged),
        "source_pair": quality.source_pairs(merged),
    }


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


def children(merged: Merged) -> pl.DataFrame:
    """One row a child: SSDA903's sex, birth date and ethnicity before the extract's, and UASC before its flag."""
    header = merged.frames[spec.HEADER].select(pl.col("CHILD").alias("child_id"), "SEX", "DOB", "ETHNIC")
    uasc = merged.frames[spec.UASC].select(
        pl.col("CHILD").alias("child_id"), pl.col("DUC").alias("unaccompanied_until"), pl.lit(1, dtype=pl.Int16).alias("in_uasc"),
    )
    extract = merged.frames[spec.CHILDREN].drop(YEAR)
    joined = header.join(extract, on="child_id", how="full", coalesce=True, maintain_order="left_right").join(
        uasc, on="child_id", how="left", maintain_order="left",
    )
    return joined.select(
        "child_id", pl.coalesce("SEX", "sex").alias("sex"), pl.coalesce("DOB", "date_of_birth").alias("date_of_birth"),
        pl.coalesce("ETHNIC", "ethnicity").alias("ethnicity"), "disabled", "mental_health_problem", "origin",
        pl.coalesce("in_uasc", "uasc").alias("unaccompanied"), "unaccompanied_until", "team",
    )


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
    """The earliest date on which a measure can have a denominator."""
    frames = merged.frames
    found = [
        frames[spec.ATTACHMENT_NEEDS]["start_date"].min(), frames[spec.ASSESSMENTS]["completed_date"].min(),
        frames[spec.PROGRAMMES]["start_date"].min(), frames[spec.PROGRAMMES]["end_date"].min(),
    ]
    dates = [date for date in found if isinstance(date, datetime.date)]
    if not dates:
        return as_at
    # A child who comes into care counts when in scope within so many days, so a start may precede every need.
    return max(min(dates), periods.FIRST_CREDIBLE) - datetime.timedelta(days=local_choices().return_to_care_days)
