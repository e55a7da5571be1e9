"""What was loaded as it is although something about it is odd, in sentences with counts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import polars as pl

from config.code_lists import IN_CARE
from data_access import periods
from data_access.load import specification as spec
from data_access.load.merging import Merged
from data_access.load.ssd import mapping as ssd

SCHEMA = {"finding": pl.String, "rows": pl.Int32, "children": pl.Int32}
BOTH_GIVE = (("SEX", "sex", "sex"), ("DOB", "date_of_birth", "birth date"), ("ETHNIC", "ethnicity", "ethnicity"))

DISAGREEMENT = "The children extract gives another {} than the SSDA903 Header. The Header's is used."
DISAGREEMENT_WITH_DATASET = "The children extract gives another {} than ssd_person. That of ssd_person is used."
DISAGREEMENTS = {
    sentence.format(words): f"child.{column}" for sentence in (DISAGREEMENT, DISAGREEMENT_WITH_DATASET) for _, column, words in BOTH_GIVE
}
"""The finding of each disagreement, and the column of the table child that it makes doubtful."""


def findings(merged: Merged) -> pl.DataFrame:
    """One row a finding that occurs: finding, rows, children."""
    found = [*_disagreements(merged), *_others(merged), *merged.odd]
    rows = [(sentence, frame.height, frame[frame.columns[0]].n_unique()) for sentence, frame in found if frame.height]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


PAIRS = (
    (spec.HEADER, spec.CHILDREN), (spec.CHILDREN, spec.HEADER), (spec.HEADER, spec.EPISODES), (spec.EPISODES, spec.OC2),
    (spec.HEADER, spec.ATTACHMENT_NEEDS), (spec.ATTACHMENT_NEEDS, spec.HEADER), (spec.ATTACHMENT_NEEDS, spec.CHILDREN),
    (spec.ATTACHMENT_NEEDS, spec.ATTENDANCE), (spec.ATTACHMENT_NEEDS, spec.EDUCATION_PLANS), (spec.ATTACHMENT_NEEDS, spec.ASSESSMENTS),
    (spec.ATTACHMENT_NEEDS, spec.OUTCOME_SCORES), (spec.ATTACHMENT_NEEDS, spec.CARER_TRAINING), (spec.ATTENDANCE, spec.ATTACHMENT_NEEDS),
)
"""Pairs of tables of which it tells something that a child is in the first and not in the second."""


def source_pairs(merged: Merged) -> pl.DataFrame:
    """present_in, absent_from, children, of_children for each of the pairs whose tables were both provided."""
    ids = {table: merged.children_in(table) for table in dict.fromkeys(itertools.chain.from_iterable(PAIRS))}
    # A dataset's persons are all whom children's services know, so it tells nothing that most of them are in no other table.
    of_return = merged.frames[ssd.PERSON].is_empty()
    pairs = [pair for pair in PAIRS if of_return or pair[0] is not spec.HEADER or pair[1] is spec.CHILDREN]
    rows = [
        (one.name, other.name, len(ids[one] - ids[other]), len(ids[one]))
        for one, other in pairs if {one.name, other.name} <= merged.provided
    ]
    schema = {"present_in": pl.String(), "absent_from": pl.String(), "children": pl.Int32(), "of_children": pl.Int32()}
    return pl.DataFrame(rows, schema=schema, orient="row")


Found = Iterator[tuple[str, pl.DataFrame]]


def _disagreements(merged: Merged) -> Found:
    disagreement = DISAGREEMENT if merged.frames[ssd.PERSON].is_empty() else DISAGREEMENT_WITH_DATASET
    both = merged.frames[spec.HEADER].join(merged.frames[spec.CHILDREN], left_on="CHILD", right_on="child_id")
    for one, other, words in BOTH_GIVE:
        differing = both.filter(pl.col(one) != pl.col(other)).select("CHILD")
        yield disagreement.format(words), differing


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
