"""Checks of the SSDA903 return that matter to the measures, under the Department for Education's own rule numbers where one exists.

They change nothing of what is loaded. They are held against the rows that are loaded, all returns together, unless a check says
otherwise. Source of the rules: Department for Education, 'Looked-after children return: validation checks'; their exact conditions are
as Data to Insight's public validator of the return reads them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from config.code_lists import IN_CARE, LEGAL_STATUS, TEMPORARY_ABSENCE
from data_access.load.checking import specification as spec
from data_access.load.checking.rows import YEAR
from data_access.load.merging import Merged
from data_access.load.reading.recognising import Source
from data_access.load.reading.values import as_date

CHILD, DECOM, DEC = pl.col("CHILD"), pl.col("DECOM"), pl.col("DEC")
UNKNOWN_UPN = ("UN1", "UN2", "UN3", "UN4", "UN5")
CONTINUES = ("P", "L", "T", "U", "B")
PREV_PERM_FROM_YEAR = 2017
"""PREV_PERM is asked for children who came into care from 1 April 2016 on."""

SDQ_AGE_FROM, SDQ_AGE_BELOW = 4, 17
ROWS = {"rule": pl.String(), "child_id": pl.String(), "start_date": pl.Date(), "collection_year": pl.Int32()}
COUNTS = {"rule": pl.String(), "finding": pl.String(), "rows": pl.Int32(), "children": pl.Int32()}


@dataclass(frozen=True)
class Returns:
    """What the checks are held against: what was loaded, the sources as they were read, and the last day that counts."""

    merged: Merged
    sources: Sequence[Source]
    as_at: datetime.date

    @cached_property
    def episodes(self) -> pl.DataFrame:
        """Episodes in order, each with `before` and `after`: whether the same child has one before or after it."""
        episodes = self.merged.frames[spec.EPISODES].sort("CHILD", "DECOM")
        before, after = (CHILD.eq_missing(CHILD.shift(by)).fill_null(False) for by in (1, -1))
        return episodes.with_columns(before.alias("before"), after.alias("after"))


Find = Callable[[Returns], pl.DataFrame]


@dataclass(frozen=True)
class ReturnCheck:
    """One check. `rule` is DfE's number, or a name of ours where DfE has none; `finding` says what it finds and `effect` what that
    does to the measures; `touches` are the reporting tables whose contents it makes doubtful; `needs` the tables of the return without
    which it can't run. `find` gives CHILD, DECOM and `_year` of the rows that fail, the last two null where a row has none. `of_files`
    says that it looks at what only a return's files have, so that it says nothing about a Standard Safeguarding Dataset."""

    rule: str
    finding: str
    effect: str
    touches: tuple[str, ...]
    needs: tuple[spec.Table, ...]
    find: Find
    of_files: bool = False

    @property
    def name(self) -> str:
        """The check's name on pages and in reports."""
        return f"DfE rule {self.rule}" if self.rule[0].isdigit() else "Our check"


def run_checks(returns: Returns) -> tuple[pl.DataFrame, pl.DataFrame]:
    """rule, finding, rows, children of every check that could run, and rule, child_id, start_date, collection_year of the failing rows."""
    counts, rows = [], [pl.DataFrame(schema=ROWS)]
    files = any(source.is_return for source in returns.sources)
    # Also a table of which no row could be loaded is checked: its rows may be what is wrong.
    there = returns.merged.provided | {table.table.name for source in returns.sources for table in source.tables}
    for check in CHECKS:
        if not {table.name for table in check.needs} <= there or (check.of_files and not files):
            continue
        failing = check.find(returns)
        counts.append((check.rule, check.finding, failing.height, failing["CHILD"].n_unique()))
        if failing.is_empty():
            continue
        rows.append(failing.sort("CHILD", "DECOM", YEAR).select(
            pl.lit(check.rule).alias("rule"), CHILD.alias("child_id"), DECOM.alias("start_date"),
            pl.col(YEAR).cast(pl.Int32).alias("collection_year"),
        ))
    return pl.DataFrame(counts, schema=COUNTS, orient="row"), pl.concat(rows)


def _where(condition: pl.Expr) -> Find:
    """The episodes, in order, for which a condition holds."""
    return lambda returns: returns.episodes.filter(condition).select("CHILD", "DECOM", YEAR)


def _ends_before_it_begins(returns: Returns) -> pl.DataFrame:
    """Of the rows as they were read, because such a row is quarantined; a row that names no child is nobody's."""
    found = [pl.DataFrame(schema={"CHILD": pl.String(), "DECOM": pl.Date(), "DEC": pl.Date(), YEAR: pl.Int32()})]
    for each in (table for source in returns.sources for table in source.tables if table.table is spec.EPISODES):
        found.append(each.raw.rows.select(
            each.text("CHILD"), as_date(each.text("DECOM"), spec.EPISODES.date_format).alias("DECOM"),
            as_date(each.text("DEC"), spec.EPISODES.date_format).alias("DEC"), pl.lit(each.year, dtype=pl.Int32).alias(YEAR),
        ))
    return pl.concat(found).filter(CHILD.is_not_null() & (DEC < DECOM)).select("CHILD", "DECOM", YEAR)


def _not_carried_on(returns: Returns) -> pl.DataFrame:
    """The child's first episode of a return, where the return of the year before has another one open."""
    found = [pl.DataFrame(schema={"CHILD": pl.String(), "DECOM": pl.Date(), YEAR: pl.Int32()})]
    for before, this in zip(returns.merged.episodes_by_return, returns.merged.episodes_by_return[1:], strict=False):
        if before.height and this.height and before[YEAR][0] + 1 == this[YEAR][0]:
            left_open = before.filter(DEC.is_null()).select("CHILD", DECOM.alias("open_since"))
            first = this.group_by("CHILD").agg(DECOM.min(), pl.col(YEAR).first())
            found.append(first.join(left_open, on="CHILD").filter(pl.col("open_since") != DECOM).select("CHILD", "DECOM", YEAR).unique())
    return pl.concat(found)


def _forgotten_open(returns: Returns) -> pl.DataFrame:
    """Episodes that an earlier return leaves open and the latest no longer has."""
    years = [frame[YEAR][0] for frame in returns.merged.episodes_by_return if frame.height]
    episodes = returns.merged.frames[spec.EPISODES]
    return episodes.filter(DEC.is_null() & (pl.col(YEAR) < max(years, default=0))).select("CHILD", "DECOM", YEAR)


def _without_sdq(returns: Returns) -> pl.DataFrame:
    """OC2 rows without score and reason of children aged 4 to 16 all year who were in care without a break for the year to 31 March."""
    neither = returns.merged.frames[spec.OC2].filter(pl.col("SDQ_SCORE").is_null() & pl.col("SDQ_REASON").is_null())
    born = returns.merged.frames[spec.HEADER].select("CHILD", "DOB")
    rows = neither.select("CHILD", YEAR).join(born, on="CHILD", how="left").with_columns(
        pl.date(pl.col(YEAR) - 1, 4, 1).alias("first"), pl.date(pl.col(YEAR), 3, 31).alias("last"),
    )
    old_enough = pl.col("DOB").dt.offset_by(f"{SDQ_AGE_FROM}y") <= pl.col("first")
    young_enough = pl.col("DOB").dt.offset_by(f"{SDQ_AGE_BELOW}y") > pl.col("last")
    cared = rows.filter(old_enough & young_enough & (pl.col("last") <= returns.as_at)).join(_stretches(returns.merged), on="CHILD")
    all_year = cared.filter((pl.col("began") <= pl.col("first")) & (pl.col("ended").is_null() | (pl.col("ended") > pl.col("last"))))
    return all_year.select("CHILD", pl.lit(None, dtype=pl.Date).alias("DECOM"), YEAR).unique()


def _stretches(merged: Merged) -> pl.DataFrame:
    """CHILD, began, ended: a child's time in care without a break, short breaks apart. An episode without an end has no end."""
    in_care = [code for code, status in LEGAL_STATUS.items() if status in IN_CARE]
    episodes = merged.frames[spec.EPISODES].filter(pl.col("LS").is_in(in_care)).sort("CHILD", "DECOM")
    latest = pl.col("end").cum_max().shift().over("CHILD")
    never = pl.date(9999, 12, 31)
    numbered = episodes.with_columns(DEC.fill_null(never).alias("end")).with_columns(
        (latest.is_null() | (latest < DECOM)).cum_sum().alias("stretch"),
    )
    stretches = numbered.group_by("CHILD", "stretch").agg(DECOM.min().alias("began"), pl.col("end").max())
    ended = pl.when(pl.col("end") < never).then(pl.col("end")).alias("ended")
    return stretches.select("CHILD", "began", ended)


def _without_previous_permanence(returns: Returns) -> pl.DataFrame:
    """Starts of care in a year whose return has a PrevPerm table, without a code in it for the child."""
    tables = returns.merged.files.filter(pl.col("table_name") == spec.PREV_PERM.name)["collection_year"].unique()
    of_year = (DECOM.dt.year() + (DECOM.dt.month() >= 4)).cast(pl.Int32).alias(YEAR)
    starts = returns.merged.frames[spec.EPISODES].filter(pl.col("RNE") == "S").select("CHILD", "DECOM", of_year)
    asked = starts.filter((pl.col(YEAR) >= PREV_PERM_FROM_YEAR) & pl.col(YEAR).is_in(tables.implode()))
    given = returns.merged.frames[spec.PREV_PERM].filter(pl.col("PREV_PERM").is_not_null()).select("CHILD", YEAR)
    return asked.join(given, on=["CHILD", YEAR], how="anti")


def _same_upn(returns: Returns) -> pl.DataFrame:
    header = returns.merged.frames[spec.HEADER].filter(pl.col("UPN").is_not_null() & ~pl.col("UPN").is_in(UNKNOWN_UPN))
    shared = header.filter(CHILD.n_unique().over("UPN") > 1)
    return shared.select("CHILD", pl.lit(None, dtype=pl.Date).alias("DECOM"), YEAR)


_EPISODE_TABLES = ("care_arrangement", "placement")
CHECKS = (
    ReturnCheck(
        "501", "A new episode started before the end date of the one before it.",
        "Both are kept, and on the days that both cover the one that began last counts. Placements may be counted twice.",
        _EPISODE_TABLES, (spec.EPISODES,), _where(pl.col("before") & (DEC.shift() > DECOM)),
    ),
    ReturnCheck(
        "142", "A new episode started, but the one before it has not ended (DEC or REC is blank).",
        "The earlier episode is kept as open, so its placement goes on beside the new one.",
        _EPISODE_TABLES, (spec.EPISODES,), _where(pl.col("after") & (DEC.is_null() | pl.col("REC").is_null())),
    ),
    ReturnCheck(
        "148", "Only one of DEC and REC is given; both must be coded, or both left blank.",
        "An episode without DEC stays open; one without REC ends without saying how, so adoption or special guardianship is not seen.",
        _EPISODE_TABLES, (spec.EPISODES,), _where(DEC.is_null() != pl.col("REC").is_null()),
    ),
    ReturnCheck(
        "356", "The episode ends before it starts. Counted in the rows as they were read, because they are quarantined.",
        "The episode is not loaded: its time in care, its placement and its end are missing.",
        _EPISODE_TABLES, (spec.EPISODES,), _ends_before_it_begins, of_files=True,
    ),
    ReturnCheck(
        "355", "The episode ends on the day it starts.",
        "It covers no day, so it is in no measure of days, but it may split a placement in two.",
        ("placement",), (spec.EPISODES,), _where(DEC == DECOM),
    ),
    ReturnCheck(
        "433", "The episode continues the one before it (RNE P, L, T, U or B) but doesn't start on the day that one ended.",
        "A placement is a run of episodes that touch, so the gap makes two placements of one.",
        ("placement",), (spec.EPISODES,),
        _where(pl.col("before") & pl.col("RNE").is_in(CONTINUES) & DEC.shift().ne_missing(DECOM)),
    ),
    ReturnCheck(
        "380", "A period of care starts with a temporary placement (PLACE T0 to T4 without RNE P or B).",
        "The absence touches no placement or continues one, so placements may be counted wrongly.",
        ("placement",), (spec.EPISODES,),
        _where(pl.col("PLACE").is_in(TEMPORARY_ABSENCE).fill_null(False) & ~pl.col("RNE").is_in(("P", "B"))),
    ),
    ReturnCheck(
        "502", "An episode was open at the end of a return, and the child's first episode in the next return starts on another date.",
        "The open episode stays beside the new one.", _EPISODE_TABLES, (spec.EPISODES,), _not_carried_on,
        of_files=True,
    ),
    ReturnCheck(
        "open_in_earlier_return", "An episode is open in an earlier return and is not in the latest.",
        "It is kept as open, so the child seems to be in care still.", _EPISODE_TABLES, (spec.EPISODES,), _forgotten_open,
        of_files=True,
    ),
    ReturnCheck(
        "186", "A child aged 4 to 16 who was in care all year has neither an SDQ score nor a reason for having none.",
        "The SDQ measures are about fewer children than they should be, and nobody knows why.",
        ("outcome_score.sdq_total",), (spec.HEADER, spec.EPISODES, spec.OC2), _without_sdq,
    ),
    ReturnCheck(
        "630", "A child came into care and the return doesn't say what permanent home, if any, came before (PREV_PERM).",
        "The child counts as not returned from a permanent home.",
        ("previous_permanence",), (spec.EPISODES, spec.PREV_PERM), _without_previous_permanence, of_files=True,
    ),
    ReturnCheck(
        "444", "Two children have the same UPN.",
        "They may be one child under two numbers, who then counts twice.", ("child", "attachment_need"), (spec.HEADER,), _same_upn,
        of_files=True,
    ),
)
