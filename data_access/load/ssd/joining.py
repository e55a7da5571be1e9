"""What the dataset's good rows become: the tables of an SSDA903 return and of the extracts.

An episode of the dataset is an episode of the return, without its placement and its legal status. The placement is the one it names.
The legal status is the child's that is in force on the day the episode starts.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from config import code_lists as codes
from config.ssd_codes import NO_DISABILITY, UNACCOMPANIED, local_words
from data_access.load.checking import specification as spec
from data_access.load.checking.rows import FILE, ROW, YEAR, also_bad, read_code
from data_access.load.ssd import mapping as ssd

Frames = dict[spec.Table, pl.DataFrame]

FOREMOST = ("E1", "D1", "C2", "C1")
"""Of several legal statuses that begin on one day the first of these is the episode's: a placement order stands above a care order."""

START, END = pl.col("clae_cla_episode_start_date"), pl.col("clae_cla_episode_ceased_date")
ORDER_DATE = r"^([0-9]{1,2}|zz)/([0-9]{2}|zz)/([0-9]{4})$"
ISO_DATE = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})$"


def held_against_others(table: spec.Table, frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """A table's checked rows, with a reason for what only other tables or columns show to be wrong."""
    if table is ssd.EPISODES:
        covered = legal_status_at_start(frame, frames[ssd.LEGAL_STATUS])["LS"]
        without = frame.select(covered.is_null().alias("without"))["without"]
        reason = "no loaded ssd_legal_status row gives a legal status in care for clae_cla_episode_start_date"
        return frame.with_columns(without).pipe(also_bad, pl.col("without"), reason).drop("without")
    if table is ssd.SDQ_SCORES:
        undated = pl.col("csdq_sdq_score").is_not_null() & pl.col("csdq_sdq_completed_date").is_null()
        return also_bad(frame, undated, "csdq_sdq_completed_date is blank")
    return frame


def legal_status_at_start(episodes: pl.DataFrame, statuses: pl.DataFrame) -> pl.DataFrame:
    """The episodes, in their order, with LS: of the child's legal statuses in force when they start, the one that began last.

    Statuses outside the return's list (a special guardianship order, private fostering) say nothing about care and don't count.
    """
    read = read_code(pl.col("lega_legal_status"), ssd.codes_of("lega_legal_status")(0), described=True)
    foremost = pl.col("LS").replace_strict(FOREMOST, range(len(FOREMOST)), default=len(FOREMOST), return_dtype=pl.Int8)
    inside = statuses.with_columns(read.alias("LS")).filter(pl.col("LS").is_not_null()).select(
        pl.col("lega_person_id").alias("clae_person_id"), pl.col("lega_legal_status_start_date").alias("from"),
        pl.col("lega_legal_status_end_date").alias("until"), "LS", foremost.alias("foremost"),
    )
    placed = episodes.with_row_index("_place")
    in_force = placed.select("_place", "clae_person_id", START).join(inside, on="clae_person_id").filter(
        (pl.col("from") <= START) & (pl.col("until").is_null() | (pl.col("until") > START)),
    )
    latest = in_force.sort("_place", "from", "foremost", "LS", descending=[False, True, False, False]).unique("_place", keep="first")
    return placed.join(latest.select("_place", "LS"), on="_place", how="left", maintain_order="left").drop("_place")


def episodes(frames: Frames) -> pl.DataFrame:
    """The return's Episodes, one for each of the dataset's.

    A placement's provider and type are those of each of its episodes. Its reason for a change belongs to the last, and only if that has
    ended and the placement with it. An episode whose placement isn't loaded has no PLACE.
    """
    placements = frames[ssd.PLACEMENT].drop(FILE, ROW, YEAR).rename({"clap_cla_placement_id": "clae_cla_placement_id"})
    joined = legal_status_at_start(frames[ssd.EPISODES], frames[ssd.LEGAL_STATUS]).join(
        placements, on="clae_cla_placement_id", how="left", maintain_order="left",
    )
    last = START.max().over("clae_person_id", "clae_cla_placement_id") == START
    placement_end = pl.col("clap_cla_placement_end_date")
    ends_it = last & END.is_not_null() & (placement_end.is_null() | (placement_end <= END))
    return joined.select(
        pl.col("clae_person_id").alias("CHILD"), START.alias("DECOM"), pl.col("clae_cla_episode_start_reason").alias("RNE"), "LS",
        pl.col("clap_cla_placement_type").alias("PLACE"), pl.col("clap_cla_placement_provider").alias("PLACE_PROVIDER"),
        END.alias("DEC"), pl.col("clae_cla_episode_ceased_reason").alias("REC"),
        pl.when(ends_it).then(pl.col("clap_cla_placement_change_reason")).alias("REASON_PLACE_CHANGE"),
    )


def unaccompanied(statuses: pl.DataFrame) -> pl.DataFrame:
    """CHILD and DUC of each child with a status of unaccompanied: the last day of several, none if one still runs."""
    words = local_words()["immi_immigration_status"]
    meant = [
        text for text in statuses["immi_immigration_status"].drop_nulls().unique()
        if text == UNACCOMPANIED or text in words or ssd.UNACCOMPANIED_WORDS.fullmatch(text)
    ]
    ends = pl.col("immi_immigration_status_end_date")
    return statuses.filter(pl.col("immi_immigration_status").is_in(meant)).group_by(
        pl.col("immi_person_id").alias("CHILD"), maintain_order=True,
    ).agg(pl.when(ends.null_count() == 0).then(ends.max()).alias("DUC"))


def disabled(rows: pl.DataFrame) -> pl.DataFrame:
    """child_id and disabled of each child with a row: 0 where NONE is all there is."""
    has = (pl.col("disa_disability_code") != NO_DISABILITY).any().cast(pl.Int16)
    return rows.group_by(pl.col("disa_person_id").alias("child_id"), maintain_order=True).agg(has.alias("disabled"))


def outcome_scores(rows: pl.DataFrame) -> pl.DataFrame:
    """The SDQ total difficulties scores, on their own dates."""
    return rows.filter(pl.col("csdq_sdq_score").is_not_null()).select(
        pl.col("csdq_person_id").alias("child_id"), pl.lit("social_emotional").alias("domain"), pl.lit("sdq_total").alias("instrument"),
        pl.col("csdq_sdq_completed_date").alias("score_date"), pl.col("csdq_sdq_score").cast(pl.Float64).alias("score"),
    )


def previous_permanence(rows: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """CHILD, PREV_PERM and the collection year, for each year in which a child with a row came into care (the last time in it).

    `made` are the Episodes. It is the row with the latest order before that day; a row without a readable date comes before any. A
    child none of whose orders came before gets a blank for the year.
    """
    in_care = [code for code, status in codes.LEGAL_STATUS.items() if status in codes.IN_CARE]
    decom = pl.col("DECOM")
    starts = made.filter((pl.col("RNE") == "S") & pl.col("LS").is_in(in_care)).select(
        "CHILD", "DECOM", (decom.dt.year() + (decom.dt.month() >= 4).cast(pl.Int32)).alias(YEAR),
    ).sort("CHILD", "DECOM").unique(["CHILD", YEAR], keep="last", maintain_order=True)
    orders = rows.select(
        pl.col("lapp_person_id").alias("CHILD"), pl.col("lapp_previous_permanence_option").alias("PREV_PERM"), _order_day().alias("order"),
    )
    pairs = starts.join(orders, on="CHILD", maintain_order="left_right")
    before = pl.col("order").is_null() | (pl.col("order") <= decom)
    nearest = pairs.with_columns(before.alias("before")).sort(
        "CHILD", YEAR, "before", "order", descending=[False, False, True, True], nulls_last=True, maintain_order=True,
    ).unique(["CHILD", YEAR], keep="first", maintain_order=True)
    return nearest.select("CHILD", pl.when("before").then("PREV_PERM").alias("PREV_PERM"), YEAR)


def _order_day() -> pl.Expr:
    """The earliest day that a date such as '05/05/2020', 'zz/05/2020' or 'zz/zz/2020' can mean; null for one that says nothing."""
    text = pl.col("lapp_previous_permanence_order_date")
    day, month, year = (text.str.extract(ORDER_DATE, group).replace("zz", "01") for group in (1, 2, 3))
    british = pl.concat_str(year, month, day.str.zfill(2), separator="-")
    return pl.coalesce(text.str.extract(ISO_DATE), british).str.to_date("%Y-%m-%d", strict=False)


def joined(frames: Frames) -> Frames:
    """The frames, with what the dataset's become added to those of the return and the extracts. Without a dataset, as they are."""
    if _without_dataset(frames):
        return frames
    made = episodes(frames)
    persons = frames[ssd.PERSON].select(
        pl.col("pers_person_id").alias("CHILD"), pl.col("pers_sex").alias("SEX"), pl.col("pers_dob").alias("DOB"),
        pl.col("pers_ethnicity").alias("ETHNIC"),
    )
    added = {
        spec.HEADER: persons, spec.EPISODES: made, spec.UASC: unaccompanied(frames[ssd.IMMIGRATION]),
        spec.OUTCOME_SCORES: outcome_scores(frames[ssd.SDQ_SCORES]),
        spec.PREV_PERM: previous_permanence(frames[ssd.PREVIOUS_PERMANENCE], made),
    }
    of_extract = frames[spec.CHILDREN].rename({"disabled": "in_extract"})
    children = of_extract.join(disabled(frames[ssd.DISABILITY]), on="child_id", how="full", coalesce=True, maintain_order="left_right")
    return frames | {table: pl.concat([frames[table], rows], how="diagonal") for table, rows in added.items()} | {
        spec.CHILDREN: children.with_columns(pl.coalesce("disabled", "in_extract").alias("disabled")).select(frames[spec.CHILDREN].columns),
    }


def _without_dataset(frames: Frames) -> bool:
    return all(frames[table].is_empty() for table in ssd.TABLES)


Found = Iterator[tuple[str, pl.DataFrame]]


def findings(frames: Frames) -> Found:
    """What is loaded as it is although something about it is odd: a sentence, and the rows, their child first."""
    if _without_dataset(frames):
        return
    statuses = frames[ssd.LEGAL_STATUS]
    read = read_code(pl.col("lega_legal_status"), ssd.codes_of("lega_legal_status")(0), described=True)
    yield (
        "Rows of ssd_legal_status that are no legal status of the SSDA903 return. They are not counted as care. If one is a status in care "
        "in words of your own, name it in ssd_codes.toml.",
        statuses.filter(read.is_null()).select("lega_person_id"),
    )
    own = frames[ssd.EPISODES]
    known = frames[ssd.PLACEMENT]["clap_cla_placement_id"]
    yield (
        "Episodes whose placement is in no loaded row of ssd_cla_placement. They are loaded, their placement is not recorded.",
        own.filter(~pl.col("clae_cla_placement_id").is_in(known.implode())).select("clae_person_id"),
    )
    day_after = (START - END.shift()).dt.total_days() == 1
    continued = pl.col("clae_cla_episode_ceased_reason").shift().eq("X1") & pl.col("clae_person_id").eq(pl.col("clae_person_id").shift())
    yield (
        "Episodes that start on the day after the child's last one ceased. The dataset's rule is that both are one day; as it is, each "
        "counts as a placement of its own.",
        own.sort("clae_person_id", "clae_cla_episode_start_date").filter(day_after & continued).select("clae_person_id"),
    )
    neither = pl.col("csdq_sdq_score").is_null() & pl.col("csdq_sdq_reason").is_null()
    unexplained = frames[ssd.SDQ_SCORES].filter(neither).select("csdq_person_id")
    yield "Rows of ssd_sdq_scores with neither a score nor a reason for having none.", unexplained
    both = frames[spec.CHILDREN].join(disabled(frames[ssd.DISABILITY]), on="child_id", suffix="_ssd")
    yield (
        "The children extract says otherwise than ssd_disability whether a child is disabled. ssd_disability is used.",
        both.filter(pl.col("disabled") != pl.col("disabled_ssd")).select("child_id"),
    )
