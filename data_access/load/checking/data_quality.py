"""What was loaded as it is although something about it is odd, in sentences with counts."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Collection, Iterator

import polars as pl

from config.code_lists import IN_CARE
from data_access import periods
from data_access.load.checking import specification as spec
from data_access.load.checking.rows import YEAR
from data_access.load.derived.summaries import Summaries
from data_access.load.merging import KNOWN_FROM, Merged
from data_access.load.ssd import mapping as ssd

SCHEMA = {"finding": pl.String, "rows": pl.Int32, "children": pl.Int32}
BOTH_GIVE = (("SEX", "sex", "sex"), ("DOB", "date_of_birth", "birth date"), ("ETHNIC", "ethnicity", "ethnicity"))

DISAGREEMENT = "The children extract gives another {} than the SSDA903 Header. The Header's is used."
DISAGREEMENT_WITH_DATASET = "The children extract gives another {} than ssd_person. That of ssd_person is used."
DISAGREEMENTS = {
    sentence.format(words): f"child.{column}" for sentence in (DISAGREEMENT, DISAGREEMENT_WITH_DATASET) for _, column, words in BOTH_GIVE
}
"""The finding of each disagreement, and the column of the table child that it makes doubtful."""


IN_CARE_BY_EXTRACT = (
    "Rows of care_arrangements that say in care on the last day of the latest return's year, for children of whom no return has an "
    "episode. They are counted as in care. Either the return lacks an episode, or the extract doesn't say that care ended: correct one."
)


def findings(merged: Merged, known: Summaries) -> pl.DataFrame:
    """One row a finding that occurs: finding, rows, children."""
    found = [*_disagreements(merged), *_others(merged), *_renamed(merged), *_attendance_summaries(known), *merged.odd]
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


def left_open(return_years: Collection[int]) -> pl.Expr:
    """Whether an episode is open, and no row of it is in a later return than the last that had it, although one was loaded."""
    return pl.col("DEC").is_null() & pl.col(YEAR).is_not_null() & (pl.col(YEAR) < max(return_years, default=0))


def _attendance_summaries(known: Summaries) -> Found:
    yield (
        "Attendance summaries of children who have attendance marks on a day of the summary. The marks are used, these rows are set aside.",
        known.with_marks.select("child_id"),
    )
    yield (
        "Attendance summaries that share a day with an earlier one of the child. The first is used, these rows are set aside.",
        known.overlapping.select("child_id"),
    )


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
    yield (
        "Episodes that an earlier return leaves open and no later return has. The child may have left care: such an episode ends on the "
        "1 April after the last return that has it.",
        merged.frames[spec.EPISODES].filter(left_open(merged.return_years)).select("CHILD"),
    )
    yield IN_CARE_BY_EXTRACT, _in_care_by_extract(merged)
    neither = pl.col("SDQ_SCORE").is_null() & pl.col("SDQ_REASON").is_null()
    yield "OC2 rows with neither an SDQ score nor a reason for having none.", merged.frames[spec.OC2].filter(neither).select("CHILD")
    needs = merged.frames[spec.ATTACHMENT_NEEDS].filter(pl.col("start_date") < periods.FIRST_CREDIBLE).select("child_id")
    yield f"Attachment needs that start before {periods.FIRST_CREDIBLE.year}. No period before that year is shown.", needs


def _renamed(merged: Merged) -> Found:
    """Children whose id changed and teams that were renamed, and rows that say so of nobody: a mistyped id would else go unseen."""
    ids, teams = merged.frames[spec.SAME_CHILD], merged.frames[spec.SAME_TEAM]
    there = set[str]().union(*(merged.children_in(table) for table in KNOWN_FROM))
    known = pl.col("new_id").is_in(there)
    yield "Children whose id changed, as same_child says. Rows under an old id count as theirs.", ids.filter(known).select("new_id")
    nobody = ids.filter(~known, ~pl.col("new_id").is_in(ids["old_id"].implode()))  # in a chain, the last row alone leads to a child
    yield "Rows of same_child whose child is in no source. They change nothing: check the ids.", nobody.select("new_id")
    children = merged.frames[spec.CHILDREN].select("child_id", "team")
    renamed = children.filter(pl.col("team").is_in(teams["new"].implode()))
    yield "Children of teams that were renamed, as same_team says. They count under the new name.", renamed.select("child_id")
    led_on = pl.col("new").is_in(pl.concat([children["team"], teams["old"]]).drop_nulls().implode())
    yield "Rows of same_team whose team no child has. They change nothing: check the names.", teams.filter(~led_on).select("new")


def _in_care_by_extract(merged: Merged) -> pl.DataFrame:
    """The rows in care on the last day of the latest return's year of children without an episode; none where no return was loaded."""
    local = merged.frames[spec.CARE_ARRANGEMENTS]
    if not merged.return_years:
        return local.clear()
    last = datetime.date(max(merged.return_years), 3, 31)
    looked_after = merged.frames[spec.EPISODES]["CHILD"].unique()
    return local.filter(
        pl.col("care_status").is_in(IN_CARE), ~pl.col("child_id").is_in(looked_after.implode()), pl.col("start_date") <= last,
        pl.col("end_date").is_null() | (pl.col("end_date") > last),
    ).select("child_id")
