"""From what was counted to problems in words, the measures that each one touches, and the badges of those beyond a local limit.

The words of a badge are for everybody: they say how large a share is in wide bands, and hold no count.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from config.data_quality import data_quality
from config.disclosure import disclosure_rules
from dashboard.figures.data_quality import Quality
from dashboard.text.formatting import listing, long_date, lower_first, percent, plural
from data_access.load.checking.data_quality import DISAGREEMENTS
from data_access.load.checking.return_checks import CHECKS
from metrics.measures.catalogue import measures
from metrics.measures.cohort_words import WHO
from metrics.measures.kinds import Measure
from metrics.measures.lineage import BREAKDOWN_READS, SDQ, overlap, reads
from metrics.summary.quality import DATED, DatedTable
from metrics.units.breakdowns import BREAKDOWNS

FEEDS: Mapping[str, tuple[str, ...]] = {
    "Header": ("child.sex", "child.date_of_birth", "child.ethnicity"),
    "children": (
        "child.sex", "child.date_of_birth", "child.ethnicity", "child.disabled", "child.mental_health_problem", "child.origin",
        "child.unaccompanied", "child.team",
    ),
    "UASC": ("child.unaccompanied", "child.unaccompanied_until"),
    "Episodes": ("care_arrangement", "placement", "care_start"),
    "care_arrangements": ("care_arrangement", "placement"),
    "OC2": (SDQ,), "PrevPerm": ("previous_permanence",), "attachment_needs": ("attachment_need",), "assessments": ("assessment",),
    "programmes": ("programme",), "programme_sessions": ("programme_session",), "outcome_scores": ("outcome_score",),
    "education_plans": ("education_plan",), "attendance": ("attendance",), "exclusions": ("exclusion",),
    "carer_training": ("carer_training",),
    "ssd_person": ("child.sex", "child.date_of_birth", "child.ethnicity"), "ssd_disability": ("child.disabled",),
    "ssd_cla_episodes": ("care_arrangement", "placement", "care_start"), "ssd_cla_placement": ("care_arrangement", "placement"),
    "ssd_legal_status": ("care_arrangement", "placement", "care_start"),
    "ssd_immigration_status": ("child.unaccompanied", "child.unaccompanied_until"), "ssd_sdq_scores": (SDQ,),
    "ssd_cla_previous_permanence": ("previous_permanence",),
}
"""What of the reporting database (see `metrics.measures.lineage`) each source table is for."""

NEEDED_BY_DEFINITIONS = ("age_band", "unaccompanied", "placement", "care_status")
"""Breakdowns whose missing value leaves a child out of measures, and not only of groups."""

BADGE = "Data to check"
"""What a measure carries whose data is beyond a local limit."""
BANDS = ((0.05, "fewer than 1 in 20"), (0.1, "between 1 in 20 and 1 in 10"), (0.25, "between 1 in 10 and 1 in 4"),
         (0.5, "between 1 in 4 and half"), (1.0, "more than half"))
DUPLICATE = "repeats an earlier row"
LONGEST_LIST = 6
CALLED = {"origin": "origin (UK or overseas)"}
"""Breakdowns whose title is no noun."""


@dataclass(frozen=True)
class Problem:
    """`words` and `effect` are exact and for those with the role; `shared` is for everybody. `touches` is what of the reporting database
    it makes doubtful; `beyond` says that it is beyond the local limit."""

    words: str
    shared: str
    effect: str
    touches: tuple[str, ...]
    beyond: bool

    def measures(self) -> list[Measure]:
        """The measures whose own definition reads what is doubtful, in order."""
        return [measure for measure in measures() if any(overlap(read, touched) for read in reads(measure) for touched in self.touches)]


def problems(quality: Quality) -> list[Problem]:
    """Every problem, those beyond a limit first."""
    found = [*_quarantined(quality), *_gaps(quality), *_marks(quality), *_missing(quality), *_checks(quality), *_disagreements(quality)]
    return sorted(found, key=lambda problem: not problem.beyond)


def badges(quality: Quality) -> dict[str, tuple[str, ...]]:
    """What stands on each measure whose data is beyond a limit, by the measure's id, in sentences for everybody."""
    found: dict[str, list[str]] = {}
    for problem in problems(quality):
        for measure in problem.measures() if problem.beyond else ():
            found.setdefault(measure.id, []).append(problem.shared)
    return {id: tuple(sentences) for id, sentences in found.items()}


def amount(count: int, share: float) -> str:
    """How many, in words for everybody: a wide band, and none where so few are meant that the band could tell how many."""
    if count < disclosure_rules().total_from:
        return f"fewer than {disclosure_rules().total_from}"
    return next(words for limit, words in BANDS if share < limit or limit == 1.0)


def _quarantined(quality: Quality) -> Iterator[Problem]:
    limit = data_quality().quarantined_percent / 100
    tables = quality.files.group_by("table_name", maintain_order=True).agg(pl.col("rows_read", "rows_quarantined").sum())
    for name, read, bad in tables.iter_rows():
        if not bad:
            continue
        share = bad / read
        reasons = quality.reasons.filter(pl.col("table_name") == name).group_by("reason").agg(pl.col("rows").sum())
        repeated = int(reasons.filter(pl.col("reason").str.starts_with(DUPLICATE))["rows"].sum())
        most = reasons.sort("rows", "reason", descending=[True, False])["reason"][0] if reasons.height else ""
        yield Problem(
            f"{plural(bad, 'row')} of {name} ({percent(share)}) could not be used. The most common reason: {most}.",
            f"Of the rows of {name}, {amount(bad, share)} could not be used"
            + (", most of them because they repeat another row." if repeated * 2 > bad else "."),
            "The rows are in quarantine and count nowhere: correct them at their source and load again.",
            FEEDS.get(name, ()), share >= limit,
        )


def _gaps(quality: Quality) -> Iterator[Problem]:
    limits = data_quality().days_without_rows.model_dump()
    for table in DATED:
        if table.id in limits and table.id in quality.days:
            yield from _gap(table, quality, limits[table.id])


def _gap(table: DatedTable, quality: Quality, limit: int) -> Iterator[Problem]:
    days = quality.days[table.id]["date"].to_list()
    first = max(quality.first_day, days[0]) if days else quality.first_day
    effect = "What is counted from them is too low for that time, or about fewer children."
    if not days:
        yield Problem(
            f"{table.title}: the table was provided but is empty.", f"{table.title} were provided with no rows.",
            effect, (table.read,), True,
        )
        return
    looked_at = [first - datetime.timedelta(days=1), *(day for day in days if day >= first), quality.as_at + datetime.timedelta(days=1)]
    for before, after in itertools.pairwise(looked_at):
        empty = (after - before).days - 1
        if empty >= limit:
            start, end = before + datetime.timedelta(days=1), after - datetime.timedelta(days=1)
            yield Problem(
                f"{table.title}: none from {long_date(start)} to {long_date(end)} ({plural(empty, 'day')}).",
                # Beside these days lie those of single rows, which are not for everybody.
                f"{table.title}: a period with none, between {start:%B %Y} and {end:%B %Y}.", effect, (table.read,), True,
            )


def _marks(quality: Quality) -> Iterator[Problem]:
    """Months in which too few of the children of school age who are counted have marks, together in one problem."""
    chosen = data_quality()
    limit = chosen.children_with_marks_percent / 100
    school = quality.marks.filter(~pl.col("start_date").dt.month().is_in(chosen.months_without_school) & pl.col("complete"))
    thin = school.filter(pl.col("with_marks") < limit * pl.col("children"))
    if not thin.height:
        return
    months = [f"{start:%B %Y}" for start in thin["start_date"]]
    counts = [f"{with_marks} of {children}" for children, with_marks in thin.select("children", "with_marks").iter_rows()]
    named = [f"{month} ({count})" for month, count in zip(months, counts, strict=True)]
    words = f"Too few of the {WHO[quality.covered.cohort]} who are of school age have attendance marks in"
    yield Problem(
        f"{words} {_some(named)}.", f"{words} {_some(months)}.",
        "Attendance in these months is about the children who have marks, who may not be like the others. A school may have stopped "
        "sending its marks.",
        ("attendance",), True,
    )


def _some(items: list[str]) -> str:
    more = len(items) - LONGEST_LIST
    return listing(items) if more <= 0 else listing([*items[:LONGEST_LIST], f"{plural(more, 'further month')}"])


def _missing(quality: Quality) -> Iterator[Problem]:
    limit = data_quality().not_recorded_percent / 100
    for name, missing, children in quality.groups.iter_rows():
        if not missing:
            continue
        title = CALLED.get(name) or lower_first(BREAKDOWNS[name].title)
        needed = name in NEEDED_BY_DEFINITIONS
        share = missing / children
        effect = f"Equality figures by {title} leave them under Not recorded."
        if needed:
            effect += " Measures whose definition needs it leave them out."
        have = "child has" if missing == 1 else "children have"
        yield Problem(
            f"{missing} {have} no {title} recorded ({percent(share)} of the {children} in scope in the last quarter).",
            f"Not recorded for {amount(missing, share)} of the children: {title}.",
            effect, BREAKDOWN_READS[name], needed and share >= limit,
        )


def _checks(quality: Quality) -> Iterator[Problem]:
    limit = data_quality().return_check_percent / 100
    in_return = quality.pairs.filter(pl.col("present_in") == "Header")["of_children"].max()
    children_there = in_return if isinstance(in_return, int) and in_return else quality.children
    found = {rule: (rows, children) for rule, rows, children in quality.checks.select("rule", "rows", "children").iter_rows()}
    for check in CHECKS:
        rows, children = found.get(check.rule, (0, 0))
        if not rows:
            continue
        share = children / max(children_there, 1)
        yield Problem(
            f"{check.name}: {check.finding} {plural(children, 'child', 'children')}, {plural(rows, 'row')}.",
            f"{check.name}: {check.finding} Found for {amount(children, share)} of the children.",
            check.effect, check.touches, share >= limit,
        )


def _disagreements(quality: Quality) -> Iterator[Problem]:
    limit = data_quality().disagreement_percent / 100
    both = quality.pairs.filter((pl.col("present_in") == "Header") & (pl.col("absent_from") == "children"))
    in_both = sum(all - missing for all, missing in both.select("of_children", "children").iter_rows()) or quality.children
    for finding, rows, children in quality.findings.select("finding", "rows", "children").iter_rows():
        read = DISAGREEMENTS.get(finding)
        share = children / max(in_both, 1)
        yield Problem(
            f"{finding} {plural(children, 'child', 'children')}, {plural(rows, 'row')}.",
            f"{finding} So for {amount(children, share)} of the children.",
            "One of the two is wrong: correct it at its source." if read else "Loaded as it is.",
            (read,) if read else (), bool(read) and share >= limit,
        )
