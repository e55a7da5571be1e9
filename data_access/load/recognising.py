"""Which files a source holds, which table each one is, and which collection year a return is of."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from data_access.load import specification as spec
from data_access.load.errors import FileProblem, LoadError, UsageError
from data_access.load.long_files import length, read_long
from data_access.load.reading import Raw, read_csv
from data_access.load.spreadsheets import read_parquet, read_xlsx
from data_access.load.ssd.database import is_address, read_database, shown_address
from data_access.load.ssd.mapping import TABLES as SSD_TABLES
from data_access.load.xml_return import read_xml

READERS: dict[str, Callable[[Path], Raw]] = {".csv": read_csv, ".parquet": read_parquet, ".xlsx": read_xlsx}
SUFFIXES = (*READERS, ".xml")
EXTRACTS = {table.name: table for table in spec.EXTRACTS}
RETURN_TABLES = (*spec.RETURN_TABLES, *spec.UNUSED_TABLES)
AT_ONCE = 2
"""Files that are read at once; more would be in memory together."""

LONG = 48 * 2**20
"""Bytes from which on attendance is read in parts; somewhat more than a large authority's marks of four years."""

COLUMN_NAME = re.compile("[A-Za-z][A-Za-z _]{0,39}")
"""What may be the name of a column that nobody knows, and is no child's id and no date."""


@dataclass(frozen=True)
class SourceTable:
    """One recognised table of one file. `year` is the collection year of an SSDA903 return, None for an extract."""

    source: str
    file: str
    table: spec.Table
    raw: Raw
    year: int | None = None

    def text(self, column: str) -> pl.Expr:
        """The values of a column of the table, without surrounding spaces; a blank is null."""
        names = [name.lower() for name in self.raw.columns]
        written = pl.col(str(names.index(column.lower())))
        return (written if self.raw.trimmed else written.str.strip_chars().replace("", None)).alias(column)

    def texts(self, columns: Sequence[str]) -> pl.DataFrame:
        """The same of several columns, as a frame of them."""
        if self.raw.trimmed:
            places = {name.lower(): place for place, name in reversed([*enumerate(self.raw.columns)])}
            return pl.DataFrame([self.raw.rows[str(places[name.lower()])].alias(name) for name in columns])
        return self.raw.rows.select(self.text(name) for name in columns)

    @property
    def rows_read(self) -> int:
        return self.raw.rows_read


@dataclass
class Source:
    """What one named folder or file holds; `unused` are the tables of a return that no measure needs."""

    name: str
    tables: list[SourceTable] = field(default_factory=list)
    unused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_return(self) -> bool:
        return bool(self.unused) or any(table.table.is_return for table in self.tables)

    @property
    def is_ssd(self) -> bool:
        """Whether it is a Standard Safeguarding Dataset."""
        return any(table.table in SSD_TABLES for table in self.tables)


def files_of(source: Path) -> list[Path]:
    """The data files of a folder, by name, or the one file. Raises FileProblem when there is none."""
    if source.is_file():
        if source.suffix.lower() not in SUFFIXES:
            raise FileProblem(f"{source} is not a data file; a folder, or a file ending in {', '.join(SUFFIXES)}, was expected.")
        return [source]
    if not source.is_dir():
        raise FileProblem(f"{source} does not exist. Check the spelling of the path.")
    files = sorted(
        path for path in source.iterdir()
        if path.is_file() and path.suffix.lower() in SUFFIXES and not path.name.startswith((".", "~$"))
    )
    if not files:
        raise FileProblem(f"The folder {source} holds no known table; SSDA903 tables (CSV or XML) or local extracts were expected in it.")
    return files


def read_sources(
    sources: Sequence[Path | str], progress: Callable[[str, float], None], shown_as: Callable[[Path], str] = str, share: int = 1,
) -> list[Source]:
    """Everything in the sources, read and recognised, in the order given. A source that is a database's address holds an SSD.

    `shown_as` gives each folder and file its name. `share` is of how many such lists this is one: together they are in memory.

    Raises LoadError with a sentence for each file that stops the load.
    """
    problems: list[str] = []
    listed: list[tuple[Source, list[Path]]] = []
    for given in sources:
        try:
            if isinstance(given, str) and is_address(given):
                listed.append((_read_address(given, progress), []))
            else:
                listed.append((Source(shown_as(Path(given))), files_of(Path(given))))
        except FileProblem as problem:
            problems.append(str(problem))
        except LoadError as error:
            problems += error.sentences
    problems += _read_listed(listed, progress, LONG // share)
    if problems:
        raise LoadError(problems)
    return [source for source, _ in listed]


def _read_listed(listed: Sequence[tuple[Source, list[Path]]], progress: Callable[[str, float], None], long: int) -> list[str]:
    """Reads the files of the sources, and gives a sentence for each that stops the load."""
    files = [(source, path) for source, paths in listed for path in paths]
    problems: list[str] = []
    done = 0
    with ThreadPoolExecutor(AT_ONCE) as threads:
        # The largest first: the small ones are read beside it.
        order = sorted(range(len(files)), key=lambda place: -_size(files[place][1]))
        begun = {place: threads.submit(_read_file, files[place][0].name, files[place][1], long) for place in order}
        reading = (begun[place] for place in range(len(files)))
        for source, paths in listed:
            for path in paths:
                progress(f"Reading {path.name}", done / len(files))
                done += 1
                try:
                    held = next(reading).result()
                except FileProblem as problem:
                    problems.append(str(problem))
                else:
                    source.tables += held.tables
                    source.unused += held.unused
            problems += _twice(source)
    return problems


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it says what is wrong


def _read_address(address: str, progress: Callable[[str, float], None]) -> Source:
    name = shown_address(address)
    progress(f"Reading {name}", 0.0)
    source = Source(name)
    source.tables += [SourceTable(name, table.name, table, raw) for table, raw in read_database(address)]
    return source


def _read_file(name: str, path: Path, long: int) -> Source:
    """What one file of a source holds. Raises FileProblem when it stops the load."""
    if path.suffix.lower() == ".xml":
        raws, unused = read_xml(path)
        by_name = {table.name: table for table in spec.RETURN_TABLES}
        tables = [SourceTable(name, path.name, by_name[raw.table], raw) for raw in raws]
        return Source(name, tables, [(path.name, table) for table in unused])
    # Only attendance is ever long: every other table has few rows a child.
    is_long = EXTRACTS.get(path.stem.strip().lower()) is spec.ATTENDANCE and length(path) > long
    raw = read_long(path) if is_long else READERS[path.suffix.lower()](path)
    table = recognise(path, raw.columns)
    if is_long and table is not spec.ATTENDANCE:
        raw = READERS[path.suffix.lower()](path)
    if not table.used:
        return Source(name, unused=[(path.name, table.name)])
    if table.is_return and path.suffix.lower() != ".csv":
        raise FileProblem(f"{path.name} holds the SSDA903 table {table.name}; a return is read from CSV or XML. Save it as CSV.")
    return Source(name, [SourceTable(name, path.name, table, raw)])


def recognise(path: Path, columns: Sequence[str]) -> spec.Table:
    """The table that a file holds: an extract by its name, an SSDA903 table by its columns.

    Raises FileProblem for an unknown table, a missing column, or a needed column that is there twice.
    """
    found = {name.lower() for name in columns}
    extract = EXTRACTS.get(path.stem.strip().lower())
    holding = [table for table in RETURN_TABLES if _lower(table) <= found]
    if extract and _lower(extract) <= found:
        table = extract
    elif holding:
        table = max(holding, key=lambda each: len(each.columns))
    else:
        raise FileProblem(_unknown(path, columns, found, extract))
    names = [name.lower() for name in columns]
    twice = [name for name in table.columns if names.count(name.lower()) > 1]
    if twice:
        raise FileProblem(f"{path.name} has the column {twice[0]} more than once; {table.name} has it once. Remove or rename the other.")
    return table


def _lower(table: spec.Table) -> set[str]:
    return {name.lower() for name in table.columns}


def _unknown(path: Path, columns: Sequence[str], found: set[str], extract: spec.Table | None) -> str:
    has = f"{path.name} has {_named(columns)}"
    nearest = extract or max(RETURN_TABLES, key=lambda table: len(_lower(table) & found) / len(table.columns))
    missing = [name for name in nearest.columns if name.lower() not in found]
    if extract or len(missing) < len(nearest.columns) / 2:
        return f"{has}; {nearest.name} needs {', '.join(nearest.columns)}. Missing: {', '.join(missing)}."
    misnamed = [table.name for table in EXTRACTS.values() if _lower(table) <= found]
    if misnamed:
        return f"{has}; those are the columns of {misnamed[0]}: name the file {misnamed[0]}{path.suffix} so that it is known as that."
    return f"{has} and is an unknown table; an SSDA903 table or a local extract ({', '.join(EXTRACTS)}) was expected. Move it elsewhere."


def _named(columns: Sequence[str]) -> str:
    """The columns' names in words. What looks like no name isn't repeated: without a header row, it is a child's data."""
    known = {name.lower() for table in (*RETURN_TABLES, *EXTRACTS.values(), *SSD_TABLES) for name in table.columns}
    named = [name for name in columns if name.lower() in known or COLUMN_NAME.fullmatch(name)]
    others = len(columns) - len(named)
    if not others:
        return f"the columns {', '.join(named)}"
    first = f"the columns {', '.join(named)} and " if named else ""
    return f"{first}{others} {'column' if others == 1 else 'columns'} headed by what looks like data (is the header row missing?)"


def _twice(source: Source) -> Iterator[str]:
    first: dict[str, str] = {}
    for table in source.tables:
        other = first.setdefault(table.table.name, table.file)
        if other != table.file:
            yield (
                f"{table.file}: the table {table.table.name} is already in {other} of the same folder, where one file was expected. "
                "Keep one; give each return its own folder."
            )


def with_collection_years(sources: Sequence[Source], told: int | None, as_at: datetime.date | None) -> list[Source]:
    """The sources, returns with their collection year and in the order of those years.

    Raises UsageError when a year is told for other than exactly one return, or when a Standard Safeguarding Dataset comes with another
    or with a return; LoadError when a return's year can't be found.
    """
    returns = [source for source in sources if source.is_return]
    datasets = [source for source in sources if source.is_ssd]
    if len(datasets) > 1 or (datasets and returns):
        raise UsageError(
            f"{datasets[0].name} is a Standard Safeguarding Dataset and holds what {(datasets[1:] + returns)[0].name} holds. "
            "Load one of them, with the local extracts."
        )
    if told is not None and len(returns) != 1:
        raise UsageError(f"--collection-year needs exactly one SSDA903 return, not {len(returns)}. Leave it out, or load one return.")
    years: list[tuple[int, Source]] = []
    problems: list[str] = []
    for source in returns:
        year = told or _latest_year(source) or (financial_year(as_at) if as_at else None)
        if year is None:
            problems.append(
                f"{source.name}: no readable DECOM or DEC says which collection year the return is of. "
                "Give --collection-year (2026 for 2025/26), with this return alone."
            )
            continue
        dated = [replace(each, year=year if each.table.is_return else None) for each in source.tables]
        years.append((year, Source(source.name, dated, source.unused)))
    if problems:
        raise LoadError(problems)
    ordered = [source for _, source in sorted(years, key=lambda pair: pair[0])]
    return ordered + [source for source in sources if not source.is_return]


def financial_year(date: datetime.date) -> int:
    """The calendar year in which the financial year of a date ends."""
    return date.year + (date.month >= 4)


def _latest_year(source: Source) -> int | None:
    years = []
    for each in source.tables:
        if each.table is not spec.EPISODES:
            continue
        dates = each.raw.rows.select(as_date(each.text(name), "%d/%m/%Y") for name in ("DECOM", "DEC"))
        decom, dec = dates["DECOM"].max(), dates["DEC"].max()
        if isinstance(decom, datetime.date):
            years.append(financial_year(decom))
        if isinstance(dec, datetime.date) and dec > datetime.date.min:
            years.append(financial_year(dec - datetime.timedelta(days=1)))
    return max(years, default=None)


def as_date(text: pl.Expr, date_format: str) -> pl.Expr:
    """Text to dates; null for what is not in the format or not in the calendar (which has no year 0)."""
    shape = r"^[0-9]{2}/[0-9]{2}/[0-9]{4}$" if date_format == "%d/%m/%Y" else r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    date = pl.when(text.str.contains(shape)).then(text).str.to_date(date_format, strict=False)
    return pl.when(date.dt.year() > 0).then(date)
