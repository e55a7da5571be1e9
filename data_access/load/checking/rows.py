"""Checking rows: what each column may hold, keys, known children. A bad row gets a reason and is kept aside."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np
import polars as pl

from config.code_lists import NO_WORDS, YES_WORDS, in_words
from data_access.load.checking import specification as spec
from data_access.load.checking.reasons import reasons as told_of
from data_access.load.checking.specification import Kind, Rule
from data_access.load.reading.source_table import SourceTable
from data_access.load.reading.values import as_date, month_first, read_dates, said

DESCRIBED = r"^([A-Z][A-Z0-9]*) *[-–:(]"
"""A code that is followed by its words."""

NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
LONG = 20_000
"""Rows from which on it is quicker to read each value of a column once, however often it is there."""

REASON = "_reason"
FILE = "_file"
ROW = "_row"
YEAR = "_year"
NOBODYS = "the UPN is not that of one child in a loaded Header row"
NO_UPNS = "no Header row with a UPN is loaded with it, in which the UPN is looked up: load the latest return together with this file"
FLAGS = {**dict.fromkeys(YES_WORDS, 1), **dict.fromkeys(NO_WORDS, 0)}
KEY = "_key"
"""Of a table without a key: the values of the row, however each was written, as one text."""

BETWEEN = "\x1f"
TYPES: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(), Kind.CODE: pl.String(), Kind.DATE: pl.Date(), Kind.FLAG: pl.Int16(), Kind.NUMBER: pl.Float64(),
    Kind.WHOLE: pl.Int64(),
}
"""What a column of each kind is once it is read."""


def check_rows(source: SourceTable, file: int) -> pl.DataFrame:
    """Each well-shaped row of a table, with its values typed.

    The columns are `_file` and `_row` (where the row came from), the table's columns (Date, Float64, Int64 or String;
    an unchecked column as it is), `_key` where the table has none, and `_reason`, the first thing wrong with the row, or null.
    """
    table = source.table
    text = source.texts(table.columns)
    frame = _values(text, source)
    rules = [(name, table.rules.get(name, spec.FREE)) for name in table.columns]
    frame = _after_last_day(frame, source)
    reasons = [_nobodys(text, source)]
    reasons += [reason for name, rule in rules for reason in _reasons(text[name], frame[name], rule, source)]
    reasons += [_told(bad, reason) for bad, reason in _bad_together(frame, table)]
    found = [reason for reason in reasons if reason is not None]
    none = constant(REASON, None, pl.String(), frame.height)
    first = reduce(lambda one, other: one.zip_with(one.is_not_null(), other), found).alias(REASON) if found else none
    rows = pl.Series(ROW, np.arange(frame.height, dtype=np.uint32))
    read = frame.select(pl.col(table.columns).cast(pl.String).fill_null(""))
    whole = [] if table.key else [read.select(pl.concat_str(pl.all(), separator=BETWEEN).alias(KEY)).to_series()]
    return frame.hstack([constant(FILE, file, pl.UInt32(), frame.height), rows, *whole, first])


def _bad_together(frame: pl.DataFrame, table: spec.Table) -> Iterator[tuple[pl.Series, str]]:
    """What two columns of a row say that can't both be."""
    if table.interval:
        start, end = table.interval
        if table.not_empty:
            yield frame[end] <= frame[start], f"{end} is not after {start}"
        else:
            yield frame[end] < frame[start], f"{end} is before {start}"
    if table is spec.OUTCOME_SCORES:
        yield frame["instrument"].eq("sdq_total") & ~frame["score"].is_between(0, 40), "score of sdq_total is not between 0 and 40"
    if table is spec.ATTENDANCE_SUMMARY:
        yield frame["attended_sessions"] > frame["possible_sessions"], "attended_sessions is more than possible_sessions"
    if table.one_of:
        filled = sum((frame[name].is_not_null().cast(pl.Int8) for name in table.one_of), pl.zeros(frame.height, pl.Int8, eager=True))
        named = " or ".join(table.one_of)
        yield filled == 0, f"{named} is blank: a row has one of them"
        yield filled > 1, f"{' and '.join(table.one_of)} are both there: a row has one of them"


def _after_last_day(frame: pl.DataFrame, source: SourceTable) -> pl.DataFrame:
    """End dates that say the last day, as the day after it: every interval is half-open."""
    if not source.last_day_included or source.table.interval is None:
        return frame
    return frame.with_columns(pl.col(source.table.interval[1]).dt.offset_by("1d"))


def _nobodys(text: pl.DataFrame, source: SourceTable) -> pl.Series | None:
    """The reason for rows whose UPN isn't that of one child."""
    if not source.by_upn:
        return None
    given = source.raw.rows[str(source.raw.columns.index(source.table.child))]
    return _told(given.is_not_null() & text[source.table.child].is_null(), NOBODYS if source.upns else NO_UPNS)


def constant(name: str, value: int | None, kind: pl.DataType, rows: int) -> pl.Series:
    """A column that holds one value. Made without a query, which costs more than the few rows of most files."""
    return pl.Series(name, [value], dtype=kind).new_from_index(0, rows)


def _told(bad: pl.Series, reason: str) -> pl.Series | None:
    """The reason for each bad row, or None when none is."""
    return pl.select(pl.when(bad).then(pl.lit(reason))).to_series() if bad.any() else None


def _values(text: pl.DataFrame, source: SourceTable) -> pl.DataFrame:
    """The values of a table's columns, typed, null for what is none."""
    table, year = source.table, source.year or 0
    rules = {name: table.rules.get(name, spec.FREE) for name in table.columns}
    if table.is_extract:
        dates = [name for name, rule in rules.items() if rule.kind is Kind.DATE]
        text = text.with_columns(read_dates(text[name], source.dates, LONG) for name in dates)
        rules = {name: rule for name, rule in rules.items() if name not in dates}
    readings = [reading for name, rule in rules.items() if (reading := _reading(name, rule, table, year)) is not None]
    if text.height < LONG:
        # One after the other: handing a few rows to several threads takes longer than reading them.
        return text.with_columns_seq(readings)
    return text.with_columns(_each_value_once(text, reading) for reading in readings)


def _reading(name: str, rule: Rule, table: spec.Table, year: int) -> pl.Expr | None:
    """A column's text to its values; None for a column that stays as it is."""
    column = pl.col(name)
    if rule.kind is Kind.DATE:
        return as_date(column, table.date_format).alias(name)
    if rule.kind is Kind.CODE and rule.codes and table.is_extract and not rule.exact:
        return said(column, in_words(rule.codes(year).values()), pl.String()).alias(name)
    if rule.kind is Kind.CODE and rule.codes:
        return read_code(column, rule.codes(year), described=rule.described).alias(name)
    if rule.kind is Kind.FLAG:
        return said(column, FLAGS, pl.Int16()).alias(name)
    if rule.kind is Kind.NUMBER:
        number = pl.when(column.str.contains(NUMBER)).then(column).cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number).alias(name)
    if rule.kind is Kind.WHOLE:
        whole = pl.when(column.str.contains("^[0-9]+$")).then(column).cast(pl.Int64, strict=False)
        return (pl.when(whole <= rule.highest).then(whole) if rule.highest is not None else whole).alias(name)
    return None


def _each_value_once(text: pl.DataFrame, reading: pl.Expr) -> pl.Series:
    """What a reading makes of a column that holds far fewer values than rows."""
    column = text[reading.meta.output_name()]
    values = column.unique().drop_nulls()
    meaning = values.to_frame().select(reading).to_series()
    if meaning.dtype == values.dtype and meaning.equals(values):
        return column  # every value means itself
    return column.replace_strict(values, meaning, default=None, return_dtype=meaning.dtype)


def read_code(text: pl.Expr, codes: spec.Codes, *, described: bool = False) -> pl.Expr:
    """Text to what its code stands for, null for what is no code; `described` codes may be followed by their words."""
    written, meaning = list(codes), list(codes.values())
    exact = text.replace_strict(written, meaning, default=None, return_dtype=pl.String)
    if not described:
        return exact
    leading = text.str.extract(DESCRIBED).replace_strict(written, meaning, default=None, return_dtype=pl.String)
    return pl.coalesce(exact, leading)


def _reasons(text: pl.Series, value: pl.Series, rule: Rule, source: SourceTable) -> list[pl.Series | None]:
    """What is wrong with each value; None for what is wrong with none."""
    blank = text.is_null() if rule.required and text.null_count() else None
    wrong = value.is_null() & text.is_not_null() if value.null_count() > text.null_count() and not rule.set_aside else None
    return [
        None if blank is None else _told(blank, f"{text.name} is blank"),
        None if wrong is None or rule.kind is not Kind.DATE else _month_first(text, source),
        None if wrong is None else told_of(_only(text, wrong), rule, source.table, source.year, source.dates),
    ]


def _only(text: pl.Series, wrong: pl.Series) -> pl.Series:
    return pl.select(pl.when(wrong).then(text).alias(text.name)).to_series()


def _month_first(text: pl.Series, source: SourceTable) -> pl.Series | None:
    """The reason for each date of an extract that is one only with day and month the other way round."""
    turned = month_first(text, source.dates)[0] if source.table.is_extract else []
    return _told(text.is_in(turned), f"{text.name} has day and month the other way round") if turned else None


def set_aside(source: SourceTable, good: pl.DataFrame) -> list[tuple[str, int]]:
    """The values without which good rows of a table are loaded: what is wrong with each, and in how many of these rows it is.

    `good` has `_row` and the table's columns as `check_rows` gives them.
    """
    table = source.table
    found: list[tuple[str, int]] = []
    for name in (name for name, rule in table.rules.items() if rule.set_aside):
        value = good[name]
        if not value.null_count():
            continue
        unread = source.texts([name])[name][good[ROW]].filter(value.is_null()).drop_nulls()
        if len(unread):
            found += told_of(unread, table.rules[name], table, source.year).value_counts(sort=True).iter_rows()
    return found


def also_bad(frame: pl.DataFrame, bad: pl.Expr, reason: str | pl.Expr) -> pl.DataFrame:
    """The frame, with a reason for those still good rows for which `bad` holds."""
    told = pl.lit(reason) if isinstance(reason, str) else reason
    return frame.with_columns(pl.when(pl.col(REASON).is_null() & bad).then(told).otherwise(pl.col(REASON)).alias(REASON))


def keys_of(frame: pl.DataFrame, table: spec.Table) -> pl.DataFrame:
    """The columns by which rows of a table are the same one, null where another column tells."""
    if not table.or_key:
        return frame[list(table.key) or [KEY]]
    blank = pl.any_horizontal(pl.col(name).is_null() for name in table.key)
    return frame.select(*table.key, *(pl.when(blank).then(pl.col(name)).alias(f"or_{name}") for name in table.or_key))


def refuse_repeats(frame: pl.DataFrame, table: spec.Table) -> pl.DataFrame:
    """The frame, with a reason for each good row whose key an earlier good row has."""
    keyed = keys_of(frame, table)
    # Equal rows have equal hashes, so when no two hashes are equal none repeats.
    hashes = np.sort(keyed.hash_rows().to_numpy())
    if not (hashes[1:] == hashes[:-1]).any():
        return frame
    good = keyed.with_columns(frame[REASON]).with_row_index("_place").filter(pl.col(REASON).is_null())
    repeats = good.filter(~pl.struct(keyed.columns).is_first_distinct())["_place"]
    return refuse_rows(frame, repeats, table)


def refuse_rows(frame: pl.DataFrame, repeats: pl.Series, table: spec.Table) -> pl.DataFrame:
    """The frame, with a reason for the good rows at these places, as repeating an earlier row."""
    named = " and ".join(table.key) or "the whole row"
    if table.or_key:
        named += f", or else {' and '.join(table.or_key)}"
    return frame.with_row_index("_place").pipe(
        also_bad, pl.col("_place").is_in(repeats.implode()), f"repeats an earlier row ({named})",
    ).drop("_place")


def good_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that are loaded, without the reason."""
    good = frame if frame[REASON].null_count() == frame.height else frame.filter(pl.col(REASON).is_null())
    return good[[name for name in good.columns if name != REASON]]
