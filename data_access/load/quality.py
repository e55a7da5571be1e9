"""What was loaded as it is although something about it is odd, in sentences with counts."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from config.code_lists import IN_CARE
from data_access import periods
from data_access.load import specification as spec
from data_access.load.merging import Merged

SCHEMA = {"finding": pl.String, "rows": pl.Int32, "children": pl.Int32}
BOTH_GIVE = (("SEX", "sex", "sex"), ("DOB", "date_of_birth", "birth date"), ("ETHNIC", "ethnicity", "ethnicity"))


def findings(merged: Merged) -> pl.DataFrame:
    """One row a finding that occurs: finding, rows, children."""
    found = [*_disagreements(merged), *_episodes(merged), *_others(merged)]
    rows = [(sentence, frame.height, frame[frame.columns[0]].n_unique()) for sentence, frame in found if frame.height]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


Found = Iterator[tuple[str, pl.DataFrame]]


def _disagreements(merged: Merged) -> Found:
    both = merged.frames[spec.HEADER].join(merged.frames[spec.CHILDREN], left_on="CHILD", right_on="child_id")
    for of_return, of_extract, words in BOTH_GIVE:
        differing = both.filter(pl.col(of_return) != pl.col(of_extract)).select("CHILD")
        yield f"The children extract gives another {words} than the SSDA903 Header. The Header's is used.", differing


def _episodes(merged: Merged) -> Found:
    episodes = merged.frames[spec.EPISODES].sort("CHILD", "DECOM").select("CHILD", "DECOM", "DEC", "REC")
    latest_before = pl.col("DEC").cum_max().shift().over("CHILD").forward_fill().over("CHILD")
    overlapping = episodes.filter(pl.col("DECOM") < latest_before)
    yield "Episodes that begin before an earlier one of the child has ended. Both are kept.", overlapping
    followed = episodes.filter(pl.col("DEC").is_null() & pl.col("CHILD").eq(pl.col("CHILD").shift(-1)))
    yield "Episodes without a DEC that are followed by another of the child. They are kept as open.", followed
    rec, dec = pl.col("REC"), pl.col("DEC")
    yield "Episodes with a REC but no DEC. They are kept as open.", episodes.filter(rec.is_not_null() & dec.is_null())
    yield "Episodes with a DEC but no REC. They are kept as ended.", episodes.filter(rec.is_null() & dec.is_not_null())


def _others(merged: Merged) -> Found:
    looked_after = merged.frames[spec.EPISODES]["CHILD"].unique()
    local = merged.frames[spec.CARE_ARRANGEMENTS].select("child_id", "care_status")
    in_both = pl.col("care_status").is_in(IN_CARE) & pl.col("child_id").is_in(looked_after.implode())
    ignored = local.filter(in_both)
    yield "Rows of care_arrangements in care for children who have SSDA903 episodes. The episodes are used, these rows are not.", ignored
    neither = pl.col("SDQ_SCORE").is_null() & pl.col("SDQ_REASON").is_null()
    yield "OC2 rows with neither an SDQ score nor a reason for having none.", merged.frames[spec.OC2].filter(neither).select("CHILD")
    needs = merged.frames[spec.ATTACHMENT_NEEDS].filter(pl.col("start_date") < periods.FIRST_CREDIBLE).select("child_id")
    yield f"Attachment needs that start before {periods.FIRST_CREDIBLE.year}. No period before that year is shown.", needs
