"""Files in other shapes, read as their description in `sources.toml` says: to the columns of one of our tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

import polars as pl

from config.sources import SourceDescription
from config.toml_file import ConfigError
from data_access.load.checking import specification as spec
from data_access.load.errors import FileProblem
from data_access.load.reading.files import SEPARATORS, Raw, as_utf8, quoted_rows, read_plain, separator_of, shaped, with_end_mark
from data_access.load.reading.formats.databases import read_query
from data_access.load.reading.formats.packed import DataFile
from data_access.load.reading.formats.spreadsheets import Sheet, read_parquet, read_workbook
from data_access.load.reading.listing import is_text
from data_access.load.reading.source_table import SourceTable, refuse_month_first
from data_access.load.reading.values import DAY_FIRST, UnknownFormat, date_format

TABLES = {table.name: table for table in spec.EXTRACTS}


def check_descriptions(described: Iterable[SourceDescription]) -> None:
    """Raises ConfigError, naming the line, for a table, column or format of a date that there is not, and for a column that is lacking."""
    for each in described:
        table = TABLES.get(each.becomes)
        if table is None:
            raise ConfigError(f"{each.at('becomes')}: there is no table {each.becomes!r}. The tables are {', '.join(TABLES)}.")
        for name in each.columns:
            if name not in table.columns:
                raise ConfigError(f"{each.at(name)}: {table.name} has no column {name!r}. It has {', '.join(table.columns)}.")
        for name in each.values:
            if name not in table.columns:
                raise ConfigError(f"{each.at(name)}: {table.name} has no column {name!r}. It has {', '.join(table.columns)}.")
        for written in each.dates or ():
            try:
                date_format(written)
            except UnknownFormat as problem:
                raise ConfigError(f"{each.at('dates')}: {problem}") from None
        _check_lacking(each, table)


def _check_lacking(each: SourceDescription, table: spec.Table) -> None:
    if each.child and not table.child:
        raise ConfigError(f"{each.at('child')}: {table.name} has no child. Leave the setting out.")
    if each.child and table.child in each.columns:
        raise ConfigError(f"{each.at(table.child)}: {table.child} is given by child already. Give it once.")
    told = {*each.columns, *([table.child] if each.child else [])}
    lacking = [name for name in needed(table) if name not in told]
    if lacking:
        said = " (or child says which column it is)" if table.child in lacking else ""
        raise ConfigError(f"{each.at('columns')}: {table.name} needs {', '.join(lacking)}{said}, in which a blank is a bad row. Add it.")
    if table.one_of and told.isdisjoint(table.one_of):
        raise ConfigError(f"{each.at('columns')}: {table.name} needs {' or '.join(table.one_of)}. Add one of them.")


def needed(table: spec.Table) -> tuple[str, ...]:
    """The columns of a table in which a blank is a bad row."""
    return tuple(name for name in table.needed if table.rules[name].required)


def fitting(file: DataFile, described: Sequence[SourceDescription]) -> list[tuple[int, SourceDescription]]:
    """The descriptions that a file's name fits, with their places."""
    return [(place, each) for place, each in enumerate(described) if each.file is not None and _fits(file, each.file)]


def _fits(file: DataFile, pattern: str) -> bool:
    return any(fits_pattern(name, pattern) for name in {file.path.name, file.known_as.name})


def fits_pattern(name: str, pattern: str) -> bool:
    """Whether a file's name fits a pattern, in any case."""
    return fnmatchcase(name.lower(), pattern.lower())


def read_described(source: str, file: DataFile, description: SourceDescription, order: int) -> list[SourceTable]:
    """What a file holds, read as a description says: a table for each of its sheets. Raises FileProblem."""
    whole = f"{file.name}, {description.at()}"
    tables = [replace(_table(source, name, raw, description, whole), order=order) for name, raw in raws(file, description)]
    if tables:
        refuse_month_first(tables)
    return tables


def read_described_database(description: SourceDescription, order: int) -> SourceTable:
    """What the SELECT of a description gives. Raises FileProblem."""
    name = description.at()
    raw = _with_columns(read_query(description), f"The SELECT of {description.at('sql')}", description)
    table = replace(_table(name, str(description.database), raw, description, name), order=order)
    refuse_month_first([table])
    return table


def raws(file: DataFile, description: SourceDescription) -> list[tuple[str, Raw]]:
    """The sheets of a file that a description means, each with its name for people, as they were read."""
    if file.suffix == ".parquet":
        return [(file.name, _with_columns(read_parquet(file.path), file.name, description))]
    if is_text(file):
        return [(file.name, _of_text(file, description))]
    return [
        (f"{file.name}, sheet {sheet.name}" if description.sheets else file.name, _of_sheet(sheet, file.name, description))
        for sheet in _chosen(read_workbook(file.path), file.name, description)
    ]


def _chosen(sheets: Sequence[Sheet], name: str, description: SourceDescription) -> Sequence[Sheet]:
    names = [sheet.name for sheet in sheets]
    if description.sheets is None and len(sheets) > 1:
        raise FileProblem(
            f"{name} has {len(sheets)} sheets with rows ({', '.join(names)}), where one was expected. Keep one, or say in "
            f"{description.at()}, which sheets are read: sheets = \"all\", or a list of names."
        )
    if not sheets:
        raise FileProblem(f"{name} is empty; the columns that {description.at()} names were expected.")
    if description.sheets is None or description.sheets == "all":
        return sheets
    missing = [each for each in description.sheets if _alike(each) not in map(_alike, names)]
    if missing:
        raise FileProblem(
            f"{name} has no sheet {missing[0]!r} with rows, which {description.at('sheets')} names. It has {', '.join(names)}."
        )
    return [sheet for sheet in sheets if _alike(sheet.name) in map(_alike, description.sheets)]


def _of_sheet(sheet: Sheet, name: str, description: SourceDescription) -> Raw:
    rows = [(line, ["" if value is None else value for value in fields]) for line, *fields in sheet.cells.iter_rows()]
    place = header_of(rows, f"{name}, sheet {sheet.name}", description)
    return _with_columns(sheet.under(place), f"{name}, sheet {sheet.name}", description)


def _of_text(file: DataFile, description: SourceDescription) -> Raw:
    data = as_utf8(file.contents(), file.name)
    plain = read_plain(data) if description.header != "find" and description.header in (None, 1) else None
    if plain is not None and not missing_of(plain.columns, description):
        return _with_columns(plain, file.name, description)
    likely = separator_of(data)
    problems: list[FileProblem] = []
    for separator in (likely, *(each for each in SEPARATORS if each != likely)):
        try:
            rows = list(quoted_rows(with_end_mark(data), file.name, separator))
            place = header_of(rows, file.name, description)
        except FileProblem as problem:
            problems.append(problem)
            continue
        return _with_columns(shaped(rows[place][1], rows[place + 1 :]), file.name, description)
    raise problems[0]


def header_of(rows: Sequence[tuple[int, Sequence[str]]], name: str, description: SourceDescription) -> int:
    """The place of the row (line and fields) that names the columns. Raises FileProblem when it is not there."""
    if isinstance(description.header, int):
        places = [place for place, (line, _) in enumerate(rows) if line == description.header]
        if not places:
            raise FileProblem(f"{name} has nothing in row {description.header}, where {description.at('header')} says that the header is.")
        found = places[0]
    elif description.header is None:
        found = 0
    else:
        lacking = [len(missing_of(fields, description)) for _, fields in rows]
        found = lacking.index(min(lacking)) if lacking else 0
    missing = missing_of(rows[found][1], description) if rows else list(description.named())
    if missing:
        nearest = "the header" if description.header != "find" else "no row has all the columns that are named there: the nearest,"
        line = rows[found][0] if rows else 1
        raise FileProblem(
            f"{name}: {nearest} row {line} lacks {', '.join(map(repr, missing))}, which {description.at('columns')} names. Correct the "
            "name there, or the file."
        )
    return found


def missing_of(fields: Iterable[str | None], description: SourceDescription) -> list[str]:
    """The columns that a description names and that a header does not have."""
    found = {_alike(field or "") for field in fields}
    return [name for name in description.named() if _alike(name) not in found]


def _alike(name: str) -> str:
    """A name as names of columns and sheets are compared: in any case, whatever spaces and line ends are in it."""
    return " ".join(name.split()).casefold()


def _with_columns(raw: Raw, name: str, description: SourceDescription) -> Raw:
    """What was read, without the rows that the description sets aside. Raises FileProblem for a column that is missing or there twice."""
    names = [_alike(column) for column in raw.columns]
    missing = missing_of(raw.columns, description)
    if missing:
        raise FileProblem(f"{name} lacks the column {missing[0]!r}, which {description.at('columns')} names. Correct one of them.")
    twice = [column for column in description.named() if names.count(_alike(column)) > 1]
    if twice:
        raise FileProblem(f"{name} has the column {twice[0]!r} more than once. Remove or rename the other.")

    def fits(wanted: Mapping[str, Sequence[str]]) -> list[pl.Expr]:
        return [
            _compared(pl.col(str(names.index(_alike(column))))).is_in([_plainly(value) for value in values])
            for column, values in wanted.items()
        ]

    kept = ~pl.any_horizontal(pl.lit(False), *fits(description.ignore_rows)) & pl.all_horizontal(pl.lit(True), *fits(description.only))
    rows = raw.rows.filter(kept)
    ignored = {names.index(_alike(column)): {_plainly(value) for value in values} for column, values in description.ignore_rows.items()}
    ragged = [
        (line, fields) for line, fields in raw.ragged
        if not any(place < len(fields) and _plainly(fields[place]) in values for place, values in ignored.items())
    ]
    return replace(raw, rows=rows, ragged=ragged, rows_set_aside=raw.rows_read - rows.height - len(ragged))


def _plainly(value: str) -> str:
    """A value as values are compared."""
    return value.strip().lower()


def _compared(text: pl.Expr) -> pl.Expr:
    """Text as values are compared: without spaces around it, in any case; a blank is an empty text."""
    return text.fill_null("").str.strip_chars().str.to_lowercase()


def _table(source: str, name: str, raw: Raw, description: SourceDescription, whole: str) -> SourceTable:
    table = TABLES[description.becomes]
    given = dict(description.columns)
    child = description.child
    if child:
        given[table.child] = child.column
    names = [_alike(column) for column in raw.columns]
    columns = [column for column in table.columns if column in given]
    read = [
        _value(column, pl.col(str(names.index(_alike(given[column])))), description, table).alias(str(place))
        for place, column in enumerate(columns)
    ]
    rows = raw.rows.select("line", *read)
    upn = child is not None and child.is_ == "upn"
    return SourceTable(
        source, name, table, replace(raw, columns=tuple(columns), rows=rows, trimmed=True), dates=description.dates or (DAY_FIRST,),
        as_read=raw, by_upn=upn, last_day_included=description.last_day_included, whole=whole,
        private=frozenset([child.column]) if child and upn else frozenset(), said_by=description.at("dates"), their_names=given,
    )


def _value(column: str, written: pl.Expr, description: SourceDescription, table: spec.Table) -> pl.Expr:
    """What a column of the file says, as one of ours: without spaces around it, a blank null, with the values that are described."""
    text = written.str.strip_chars().replace("", None)
    meanings = {_plainly(said): value for said, value in description.values.get(column, {}).items()}
    if meanings:
        meant = _compared(written).replace_strict(list(meanings), list(meanings.values()), default=None, return_dtype=pl.String)
        text = pl.coalesce(meant, text).replace("", None)
    if description.child and column == table.child:
        child = description.child
        if child.strip:
            text = text.str.strip_prefix(child.strip).str.strip_chars()
        if child.pad:
            text = text.str.pad_start(child.pad, "0")
        if child.is_ == "upn":
            text = text.str.to_uppercase().str.replace_all(r"\s", "")
    return text
