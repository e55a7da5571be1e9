"""Checking rows: what each column may hold, keys, known children. A bad row gets a reason and is kept aside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import polars as pl

from data_access.load import specification as spec
from data_access.load.recognising import SourceTable, as_date
from data_access.load.specification import Kind, Rule

DESCRIBED = r"^([A-Z][A-Z0-9]*) *[-–:(]"
"""A code that is followed by its words."""

NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
LONG = 20_000
"""Rows from which on it is quicker to read each value of a column once, however often it is there."""

REASON = "_reason"
FILE = "_file"
ROW = "_row"
YEAR = "_year"
TYPES: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(), Kind.CODE: pl.String(), Kind.DATE: pl.Date(), Kind.FLAG: pl.Int16(), Kind.NUMBER: pl.Float64(),
    Kind.WHOLE: pl.Int64(),
}
"""What a column of each kind is once it is read."""


def check_rows(source: SourceTable, file: int) -> pl.DataFrame:
    """Each well-shaped row of a table, with its values typed.

    The columns are `_file` and `_row` (where the row came from), the table's columns (Date, Float64, Int64 or String;
    an unchecked column as it is), and `_reason`, the first thing wrong with the row, or null.
    """
    table = source.table
    text = source.texts(table.columns)
    frame = _values(text, table, source.year or 0)
    rules = [(name, table.rules.get(name, spec.FREE)) for name in table.columns]
    reasons = [reason for name, rule in rules for reason in _reasons(text[name], frame[name], rule, table, source.year)]
    if table.interval:
        start, end = table.interval
        reasons.append(_told(frame[end] < frame[start], f"{end} is before {start}"))
    if table is spec.OUTCOME_SCORES:
        beyond = frame["instrument"].eq("sdq_total") & ~frame["score"].is_between(0, 40)
        reasons.append(_told(beyond, "score of sdq_total is not between 0 and 40"))
    found = [reason for reason in reasons if reason is not None]
    none = constant(REASON, None, pl.String(), frame.height)
    first = reduce(lambda one, other: one.zip_with(one.is_not_null(), other), found).alias(REASON) if found else none
    rows = pl.Series(ROW, np.arange(frame.height, dtype=np.uint32))
    return frame.hstack([constant(FILE, file, pl.UInt32(), frame.height), rows, first])


def constant(name: str, value: int | None, kind: pl.DataType, rows: int) -> pl.Series:
    """A column that holds one value. Made without a query, which costs more than the few rows of most files."""
    return pl.Series(name, [value], dtype=kind).new_from_index(0, rows)


def _told(bad: pl.Series, reason: str) -> pl.Series | None:
    """The reason for each bad row, or None when none is."""
    return pl.select(pl.when(bad).then(pl.lit(reason))).to_series() if bad.any() else None


def _values(text: pl.DataFrame, table: spec.Table, year: int) -> pl.DataFrame:
    """The values of a table's columns, typed, null for what is none."""
    readings = [reading for name in table.columns if (reading := _reading(name, table.rules.get(name, spec.FREE), table, year)) is not None]
    if text.height < LONG:
        # One after the other: handing a few rows to several threads takes longer than reading them.
        return text.with_columns_seq(readings)
    return text.with_columns(_each_value_once(text, reading) for reading in readings)


def _reading(name: str, rule: Rule, table: spec.Table, year: int) -> pl.Expr | None:
    """A column's text to its values; None for a column that stays as it is."""
    column = pl.col(name)
    if rule.kind is Kind.DATE:
        return as_date(column, table.date_format).alias(name)
    if rule.kind is Kind.CODE and rule.codes:
        return read_code(column, rule.codes(year), described=rule.described).alias(name)
    if rule.kind is Kind.FLAG:
        return column.replace_strict(["0", "1"], [0, 1], default=None, return_dtype=pl.Int16)
    if rule.kind is Kind.NUMBER:
        number = pl.when(column.str.contains(NUMBER)).then(column).cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number).alias(name)
    if rule.kind is Kind.WHOLE:
        whole = pl.when(column.str.contains("^[0-9]+$")).then(column).cast(pl.Int64, strict=False)
        return pl.when(whole <= (rule.highest or 0)).then(whole).alias(name)
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


def _reasons(text: pl.Series, value: pl.Series, rule: Rule, table: spec.Table, year: int | None) -> list[pl.Series | None]:
    """What is wrong with each value; None for what is wrong with none."""
    blank = text.is_null() if rule.required and text.null_count() else None
    wrong = value.is_null() & text.is_not_null() if value.null_count() > text.null_count() else None
    return [
        None if blank is None else _told(blank, f"{text.name} is blank"),
        None if wrong is None else _told(wrong, _complaint(text.name, rule, table, year)),
    ]


def _complaint(name: str, rule: Rule, table: spec.Table, year: int | None) -> str:
    if rule.kind is Kind.DATE:
        return f"{name} is not a date {'DD/MM/YYYY' if table.is_return else 'YYYY-MM-DD'}"
    if rule.kind is Kind.FLAG:
        return f"{name} is not 0 or 1"
    if rule.kind is Kind.NUMBER:
        return f"{name} is not a number"
    if rule.kind is Kind.WHOLE:
        return f"{name} is not a whole number from 0 to {rule.highest}"
    in_year = f" of {year - 1}/{year % 100:02d}" if year is not None and name in ("SEX", "PLACE") else ""
    return f"{name} is not a code{in_year}"


def also_bad(frame: pl.DataFrame, bad: pl.Expr, reason: str) -> pl.DataFrame:
    """The frame, with a reason for those still good rows for which `bad` holds."""
    return frame.with_columns(pl.when(pl.col(REASON).is_null() & bad).then(pl.lit(reason)).otherwise(pl.col(REASON)).alias(REASON))


def refuse_repeats(frame: pl.DataFrame, table: spec.Table, texts: Sequence[SourceTable]) -> pl.DataFrame:
    """The frame, with a reason for each good row whose key an earlier good row has."""
    key = list(table.key)
    if key:
        keyed = frame[key]
    else:
        key = list(table.columns)
        keyed = pl.concat([source.texts(key) for source in texts])
    # Equal rows have equal hashes, so when no two hashes are equal none repeats.
    hashes = np.sort(keyed.hash_rows().to_numpy())
    if not (hashes[1:] == hashes[:-1]).any():
        return frame
    good = keyed.with_columns(frame[REASON]).with_row_index("_place").filter(pl.col(REASON).is_null())
    repeats = good.filter(~pl.struct(key).is_first_distinct())["_place"]
    return refuse_rows(frame, repeats, table)


def refuse_rows(frame: pl.DataFrame, repeats: pl.Series, table: spec.Table) -> pl.DataFrame:
    """The frame, with a reason for the good rows at these places, as repeating an earlier row."""
    named = " and ".join(table.key) or "the whole row"
    return frame.with_row_index("_place").pipe(
        also_bad, pl.col("_place").is_in(repeats.implode()), f"repeats an earlier row ({named})",
    ).drop("_place")


def good_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that are loaded, without the reason."""
    good = frame if frame[REASON].null_count() == frame.height else frame.filter(pl.col(REASON).is_null())
    return good[[name for name in good.columns if name != REASON]]
