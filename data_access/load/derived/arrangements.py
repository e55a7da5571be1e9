"""Episodes to care arrangements and placements, as the data dictionary's 'How an episode becomes a care arrangement' says."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from config import code_lists as codes
from data_access.load.checking.rows import YEAR

CHILD, START, END = pl.col("CHILD"), pl.col("DECOM"), pl.col("DEC")
STARTS_NEW = ("S", "P", "B")


def care_arrangements(episodes: pl.DataFrame) -> pl.DataFrame:
    """One row an episode, and one for the time after adoption or special guardianship.

    Takes merged Episodes (one row for each CHILD and DECOM). Returns child_id, care_status, placement, start_date, end_date.
    """
    of_episodes = episodes.select(
        CHILD.alias("child_id"),
        pl.col("LS").replace_strict(codes.LEGAL_STATUS, return_dtype=pl.String).alias("care_status"),
        pl.col("PLACE").replace_strict(codes.PLACEMENT, return_dtype=pl.String).alias("placement"),
        START.alias("start_date"), END.alias("end_date"),
    )
    return pl.concat([of_episodes, _after_permanence(episodes)])


def _after_permanence(episodes: pl.DataFrame) -> pl.DataFrame:
    """The time from the DEC of an adoption or special guardianship to the first DECOM, on or after it, of another episode."""
    guardianship = pl.col("REC").is_in(codes.SPECIAL_GUARDIANSHIP_REC)
    ended = episodes.filter((guardianship | pl.col("REC").is_in(codes.ADOPTED_REC)) & END.is_not_null()).select(
        CHILD, END,
        # An episode of no days doesn't end the time after itself; a child has one episode a DECOM, so the next is later.
        pl.when(START == END).then(END.dt.offset_by("1d")).otherwise(END).alias("from"),
        pl.when(guardianship).then(pl.lit("special_guardianship")).otherwise(pl.lit("adopted")).alias("care_status"),
        pl.when(guardianship).then(pl.lit("special_guardian")).otherwise(pl.lit("adoptive_parents")).alias("placement"),
    )
    starts = episodes.select(CHILD, START).sort("DECOM")
    after = ended.sort("from").join_asof(
        starts.with_columns(START.alias("next_start")), left_on="from", right_on="DECOM", by="CHILD", strategy="forward",
        check_sortedness=False,
    )
    return after.filter(pl.col("next_start").is_null() | (pl.col("next_start") > END)).select(
        CHILD.alias("child_id"), "care_status", "placement", END.alias("start_date"), pl.col("next_start").alias("end_date"),
    )


def placements(episodes: pl.DataFrame, breakdown_reasons: Collection[str]) -> pl.DataFrame:
    """One row a placement: a run of a child's touching in-care episodes with the same carer.

    Takes merged Episodes. Returns child_id, start_date, end_date, ended_by_breakdown (0 or 1) and the last
    episode's provider.
    """
    in_care = [code for code, status in codes.LEGAL_STATUS.items() if status in codes.IN_CARE]
    runs = _numbered(episodes.filter(pl.col("LS").is_in(in_care)).sort("CHILD", "DECOM"))
    broke_down = pl.col("REASON_PLACE_CHANGE").last().is_in(list(breakdown_reasons)).fill_null(False) & END.last().is_not_null()
    return runs.group_by("placement_number", maintain_order=True).agg(
        CHILD.first().alias("child_id"), START.first().alias("start_date"), END.last().alias("end_date"),
        broke_down.cast(pl.Int16).alias("ended_by_breakdown"), pl.col("PLACE_PROVIDER").last().alias("provider"),
    ).drop("placement_number")


def _numbered(episodes: pl.DataFrame) -> pl.DataFrame:
    """In-care episodes in order of child and DECOM, with the number of the placement that each belongs to.

    An absence is a run of touching T episodes, none of them with RNE S, that touches an episode before it that is
    no absence; `place_before` is that episode's PLACE, on the absence and on the episode that touches its end.
    """
    new_child = CHILD.ne_missing(CHILD.shift())
    touches = ~new_child & END.shift().eq(START).fill_null(False)
    away = pl.col("PLACE").is_in(codes.TEMPORARY_ABSENCE).fill_null(False)
    is_start = pl.col("RNE") == "S"
    frame = episodes.with_columns(touches.alias("touches"), away.alias("away"))
    # A chain is an episode and all the T episodes that, one touching the next, follow it.
    begins_chain = ~(pl.col("away") & pl.col("touches") & ~is_start)
    frame = frame.with_columns(begins_chain.cum_sum().alias("chain"))
    from_a_stay = ~pl.col("away").first().over("chain")
    place_before = pl.when(from_a_stay & pl.col("away")).then(pl.col("PLACE").first().over("chain"))
    frame = frame.with_columns(place_before.shift().alias("place_before"))
    returns = pl.col("touches") & ~is_start & (pl.col("place_before") == pl.col("PLACE")).fill_null(False)
    continues = ~begins_chain | (pl.col("touches") & ~pl.col("RNE").is_in(STARTS_NEW)) | returns
    return frame.with_columns((~continues).cum_sum().alias("placement_number"))


def care_starts(episodes: pl.DataFrame) -> pl.DataFrame:
    """child_id and start_date of each episode with RNE S and a legal status in care."""
    in_care = pl.col("LS").replace_strict(codes.LEGAL_STATUS, return_dtype=pl.String).is_in(codes.IN_CARE)
    return episodes.filter(in_care & (pl.col("RNE") == "S")).select(CHILD.alias("child_id"), START.alias("start_date"))


def previous_permanence(rows: pl.DataFrame) -> pl.DataFrame:
    """child_id, collection_year and previous_permanence of merged PrevPerm rows."""
    return rows.select(CHILD.alias("child_id"), pl.col(YEAR).alias("collection_year"), pl.col("PREV_PERM").alias("previous_permanence"))
