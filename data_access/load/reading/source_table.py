"""One table of one file, recognised or described, and its values as text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from data_access.load.checking import specification as spec
from data_access.load.errors import FileProblem
from data_access.load.reading.files import Raw
from data_access.load.reading.values import DAY_FIRST, month_first, name_of

PRIVATE_NAMES = re.compile(r"(?<![a-z])upn(?![a-z])|unique[ _]pupil|post[ _]?code|^(home|pl)_post$", re.IGNORECASE)
"""Names of columns that hold UPNs or postcodes."""

OWN_SHAPE = 2**31
"""The order of files in our own shape: behind those that are described."""


@dataclass(frozen=True)
class SourceTable:
    """One recognised table of one file. `year` is the collection year of an SSDA903 return, None for an extract.

    `dates` are the formats of an extract's dates beside ISO, in the order in which they are tried, and `last_day_included` says that its
    end dates are the last day. Where a description says how the file is read, `raw` is what came of that and `as_read` what was read;
    `whole` names the file and the description, so that all sheets are one, and `order` is the description's place. `private` are columns
    of the file that are never kept. `by_upn` says that the child's column has UPNs; `upns` then has the child of each. `place` is that
    of the file among all that are loaded, in the order in which later extracts replace earlier ones. `same` has the new id of each
    child's id that changed. `said_by` is where a description says what a column is and how its dates are written, and `their_names` has
    the file's own name of each of our columns.
    """

    source: str
    file: str
    table: spec.Table
    raw: Raw
    year: int | None = None
    dates: tuple[str, ...] = (DAY_FIRST,)
    last_day_included: bool = False
    as_read: Raw | None = None
    whole: str = ""
    order: int = OWN_SHAPE
    private: frozenset[str] = frozenset()
    by_upn: bool = False
    upns: Mapping[str, str] | None = None
    place: int = 0
    same: Mapping[str, str] = field(default_factory=dict)
    said_by: str = ""
    their_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole_source(self) -> tuple[str, str]:
        """What tells one source of an extract from another: all sheets of a file are one, each description that reads it is another."""
        return self.source, self.whole or self.file

    def is_private(self, column: str) -> bool:
        """Whether a column of the file holds UPNs or postcodes, which are not kept, not even in the quarantine."""
        return column in self.private or PRIVATE_NAMES.search(column) is not None

    def has(self, column: str) -> bool:
        """Whether the file has a column of the table, of which some are optional."""
        return self.named(column) in map(self.named, self.raw.columns)

    def text(self, column: str) -> pl.Expr:
        """The values of a column of the table, without surrounding spaces; a blank is null, and so is all of a column that isn't there."""
        if not self.has(column):
            return pl.lit(None, dtype=pl.String).alias(column)
        written = pl.col(str([self.named(name) for name in self.raw.columns].index(self.named(column))))
        text = written if self.raw.trimmed else written.str.strip_chars().replace("", None)
        if self.by_upn and column == self.table.child:
            text = text.replace_strict(self.upns or {}, default=None, return_dtype=pl.String)
        if self.same and column == self.table.child:
            text = text.replace(self.same)
        return text.alias(column)

    def texts(self, columns: Sequence[str]) -> pl.DataFrame:
        """The same of several columns, as a frame of them."""
        if self.raw.trimmed and not self.by_upn and not self.same and all(self.has(name) for name in columns):
            places = {self.named(name): place for place, name in reversed([*enumerate(self.raw.columns)])}
            return pl.DataFrame([self.raw.rows[str(places[self.named(name)])].alias(name) for name in columns])
        # With columns, not select: a file may have none of them.
        return self.raw.rows.with_columns(self.text(name) for name in columns).select(columns)

    def named(self, column: str) -> str:
        """A column's name as names are compared: in an extract with spaces or underscores, everywhere in any case."""
        return name_of(column) if self.table.is_extract else column.lower()

    @property
    def rows_read(self) -> int:
        return self.raw.rows_read

    @property
    def rows_set_aside(self) -> int:
        """Rows that were read and are not loaded because a description of the file says so."""
        return self.raw.rows_set_aside


def refuse_month_first(sources: Sequence[SourceTable]) -> None:
    """Raises FileProblem when a column of an extract has dates that are possible only with the month first, and none only with the day.

    The sources are the sheets of one file.
    """
    table = sources[0].table
    for column in table.columns if table.is_extract else ():
        if table.rules[column].kind is not spec.Kind.DATE:
            continue
        turned, day_first = list[tuple[SourceTable, int, str]](), False
        for source in sources:
            for part in source.raw.parts:
                text = replace(source, raw=part).texts([column])[column]
                values, some = month_first(text, source.dates)
                if values and not turned:
                    turned.append((source, *_first_of(values, text, part)))
                day_first = day_first or some
        if turned and not day_first:
            raise FileProblem(_said_of_month_first(column, *turned[0]))


def _first_of(values: Sequence[str], text: pl.Series, part: Raw) -> tuple[int, str]:
    """The line and the text of the first cell that has one of the values."""
    place = text.is_in(list(values)).fill_null(False).arg_true()[0]
    return part.rows["line"][place], text[place]


def _said_of_month_first(column: str, source: SourceTable, line: int, value: str) -> str:
    theirs = source.their_names.get(column)
    where = f"{column}, read from the column {theirs!r}," if theirs else column
    remedy = (
        f"or say in {source.said_by}, how they are written, such as dates = [\"MM/DD/YYYY\"]."
        if source.said_by else "or say in sources.toml how they are written."
    )
    return (
        f"{source.file}: {where} has dates with the month first, such as {value} in row {line}, where {' or '.join(source.dates)} was "
        f"expected. Write them with the day first, {remedy}"
    )
