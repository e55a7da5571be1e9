"""Which files a source holds, which table each one is, and which collection year a return is of."""

from __future__ import annotations

import datetime
import itertools
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from config.sources import SourceDescription
from data_access.load.checking import specification as spec
from data_access.load.errors import FileProblem, LoadError, UsageError
from data_access.load.reading.described import check_descriptions, fits_pattern, fitting, read_described, read_described_database
from data_access.load.reading.files import Raw, read_text
from data_access.load.reading.formats.packed import WORKBOOKS, DataFile
from data_access.load.reading.formats.spreadsheets import read_parquet, read_xlsx
from data_access.load.reading.formats.xml_return import read_xml
from data_access.load.reading.listing import files_of, is_text
from data_access.load.reading.long_files import length, read_long
from data_access.load.reading.source_table import SourceTable, refuse_month_first
from data_access.load.reading.template_mark import is_template
from data_access.load.reading.values import as_date, name_of
from data_access.load.ssd.database import is_address, read_database, shown_address
from data_access.load.ssd.mapping import TABLES as SSD_TABLES

EXTRACTS = {table.name: table for table in spec.EXTRACTS}
RETURN_TABLES = (*spec.RETURN_TABLES, *spec.UNUSED_TABLES)
AT_ONCE = 2
"""Files that are read at once; more would be in memory together."""

LONG = 48 * 2**20
"""Bytes from which on attendance is read in parts; somewhat more than a large authority's marks of four years."""

COLUMN_NAME = re.compile("[A-Za-z][A-Za-z _]{0,39}")
"""What may be the name of a column that nobody knows, and is no child's id and no date."""


@dataclass
class Source:
    """What one named folder or file holds; `unused` are the tables of a return that no measure needs, `unfilled` workbooks to fill in
    that nobody filled in."""

    name: str
    tables: list[SourceTable] = field(default_factory=list)
    unused: list[tuple[str, str]] = field(default_factory=list)
    unfilled: list[str] = field(default_factory=list)

    @property
    def is_return(self) -> bool:
        return bool(self.unused) or any(table.table.is_return for table in self.tables)

    @property
    def is_ssd(self) -> bool:
        """Whether it is a Standard Safeguarding Dataset."""
        return any(table.table in SSD_TABLES for table in self.tables)


def read_sources(
    sources: Sequence[Path | str], progress: Callable[[str, float], None], shown_as: Callable[[Path], str] = str, share: int = 1,
    described: Sequence[SourceDescription] = (), *, whole: bool = False,
) -> list[Source]:
    """Everything in the sources, read and recognised, in the order given. A source that is a database's address holds an SSD.

    `shown_as` gives each folder and file its name. `share` is of how many such lists this is one: together they are in memory.
    `described` are the descriptions of files in other shapes, and of databases, which are read behind all others.
    `whole` has long files read into memory too.

    Raises LoadError with a sentence for each file that stops the load.
    """
    problems: list[str] = []
    listed: list[tuple[Source, list[DataFile]]] = []
    check_descriptions(described)

    def is_described(name: str) -> bool:
        return any(each.file is not None and fits_pattern(name, each.file) for each in described)

    for given in sources:
        try:
            if isinstance(given, str) and is_address(given):
                listed.append((_read_address(given, progress), []))
            else:
                files, unreadable = files_of(Path(given), is_described)
                listed.append((Source(shown_as(Path(given))), files))
                problems += unreadable
        except FileProblem as problem:
            problems.append(str(problem))
        except LoadError as error:
            problems += error.sentences
    problems += _read_listed(listed, progress, sys.maxsize if whole else LONG // share, described)
    databases, unread = _read_databases(described, progress)
    if problems or unread:
        raise LoadError([*problems, *unread])
    return [*(source for source, _ in listed), *databases]


def _read_databases(described: Sequence[SourceDescription], progress: Callable[[str, float], None]) -> tuple[list[Source], list[str]]:
    """What the described databases hold, and a sentence for each that stops the load."""
    found, problems = list[Source](), list[str]()
    for place, each in enumerate(described):
        if each.database is not None:
            progress(f"Reading {each.at()}", 0.0)
            try:
                found.append(Source(each.at(), [read_described_database(each, place)]))
            except FileProblem as problem:
                problems.append(str(problem))
    return found, problems


def _read_listed(
    listed: Sequence[tuple[Source, list[DataFile]]], progress: Callable[[str, float], None], long: int,
    described: Sequence[SourceDescription],
) -> list[str]:
    """Reads the files of the sources, and gives a sentence for each that stops the load."""
    files = [(source, file) for source, held in listed for file in held]
    problems: list[str] = []
    done = 0
    with ThreadPoolExecutor(AT_ONCE) as threads:
        # The largest first: the small ones are read beside it.
        order = sorted(range(len(files)), key=lambda place: -files[place][1].size)
        begun = {place: threads.submit(_read_file, files[place][0].name, files[place][1], long, described) for place in order}
        reading = (begun[place] for place in range(len(files)))
        for source, held_files in listed:
            for file in held_files:
                progress(f"Reading {file.name}", done / len(files))
                done += 1
                try:
                    held = next(reading).result()
                except FileProblem as problem:
                    problems.append(str(problem))
                else:
                    source.tables += held.tables
                    source.unused += held.unused
                    source.unfilled += held.unfilled
            if source.unfilled and not source.tables and not source.unused and not problems:
                problems.append(f"{source.name} holds only workbooks that nobody filled in ({', '.join(source.unfilled)}). Fill one in.")
            source.tables.sort(key=lambda table: table.order)
            problems += _twice(source)
    return problems


def _read_address(address: str, progress: Callable[[str, float], None]) -> Source:
    name = shown_address(address)
    progress(f"Reading {name}", 0.0)
    source = Source(name)
    source.tables += [SourceTable(name, table.name, table, raw) for table, raw in read_database(address)]
    return source


def _read_file(name: str, file: DataFile, long: int, described: Sequence[SourceDescription]) -> Source:
    """What one file of a source holds. Raises FileProblem when it stops the load."""
    fit = fitting(file, described)
    if fit:
        return Source(name, [table for order, each in fit for table in read_described(name, file, each, order)])
    return read_own(name, file, long)


def read_own(name: str, file: DataFile, long: int = LONG) -> Source:
    """What a file holds whose name or columns are those of a table. Raises FileProblem when it stops a load."""
    if file.suffix == ".xml":
        raws, unused = read_xml(file.path)
        by_name = {table.name: table for table in spec.RETURN_TABLES}
        tables = [SourceTable(name, file.name, by_name[raw.table], raw) for raw in raws]
        return Source(name, tables, [(file.name, table) for table in unused])
    # Only attendance is ever long: every other table has few rows a child.
    is_long = not file.is_packed and own_table(file) is spec.ATTENDANCE and length(file.path) > long
    raw = read_long(file.path) if is_long else read_table(file)
    table = recognise(file, raw.columns)
    if is_long and table is not spec.ATTENDANCE:
        raw = read_table(file)
    if not raw.rows_read and file.suffix in WORKBOOKS and is_template(file.path):
        return Source(name, unfilled=[file.name])
    if not table.used:
        return Source(name, unused=[(file.name, table.name)])
    if table.is_return and not is_text(file):
        raise FileProblem(f"{file.name} holds the SSDA903 table {table.name}; a return is read from CSV or XML. Save it as CSV.")
    found = SourceTable(name, file.name, table, raw)
    refuse_month_first([found])
    return Source(name, [found])


def read_table(file: DataFile) -> Raw:
    """A file that holds one table. Raises FileProblem."""
    if file.suffix == ".parquet":
        return read_parquet(file.path)
    return read_text(file.contents(), file.name) if is_text(file) else read_xlsx(file.path)


def own_table(file: DataFile) -> spec.Table | None:
    """The extract that a file's name says it is."""
    return EXTRACTS.get(name_of(file.stem))


def recognise(file: DataFile, columns: Sequence[str]) -> spec.Table:
    """The table that a file holds: an extract by its name, an SSDA903 table by its columns.

    Raises FileProblem for an unknown table, a missing column, or a needed column that is there twice.
    """
    found = {name.lower() for name in columns}
    extract = own_table(file)
    holding = [table for table in RETURN_TABLES if _lower(table) <= found]
    named = {name_of(name) for name in columns}
    if extract and _lower(extract) <= named and _has_one_of(extract, named):
        table = extract
    elif holding:
        table = max(holding, key=lambda each: len(each.columns))
    else:
        raise FileProblem(_unknown(file, columns, extract))
    names = [name_of(name) if table.is_extract else name.lower() for name in columns]
    twice = [name for name in table.columns if names.count(name if table.is_extract else name.lower()) > 1]
    if twice:
        raise FileProblem(f"{file.name} has the column {twice[0]} more than once; {table.name} has it once. Remove or rename the other.")
    return table


def _has_one_of(table: spec.Table, found: set[str]) -> bool:
    return not table.one_of or not found.isdisjoint(table.one_of)


def _lower(table: spec.Table) -> set[str]:
    return {name.lower() for name in table.needed}


def _unknown(file: DataFile, columns: Sequence[str], extract: spec.Table | None) -> str:
    has = f"{file.name} has {_named(columns)}"
    found = {name.lower() for name in columns} | {name_of(name) for name in columns}
    nearest = extract or max(RETURN_TABLES, key=lambda table: len(_lower(table) & found) / len(table.columns))
    missing = [name for name in nearest.needed if name.lower() not in found]
    if not _has_one_of(nearest, found):
        missing.append(" or ".join(nearest.one_of))
    if extract or len(missing) < len(nearest.needed) / 2:
        needs = [*nearest.needed, *([" or ".join(nearest.one_of)] if nearest.one_of else [])]
        return f"{has}; {nearest.name} needs {', '.join(needs)}. Missing: {', '.join(missing)}."
    misnamed = [table.name for table in EXTRACTS.values() if {*table.columns} - {*table.one_of} <= found and _has_one_of(table, found)]
    if misnamed:
        return f"{has}; those are the columns of {misnamed[0]}: name the file {misnamed[0]}{file.suffix} so that it is known as that."
    return (
        f"{has} and is an unknown table; an SSDA903 table or a local extract ({', '.join(EXTRACTS)}) was expected. Describe in "
        "sources.toml what its columns are ('qs133 sources draft' proposes it, and the page Load data asks for it), or move it elsewhere."
    )


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
    for table in (each for each in source.tables if each.table.name not in EXTRACTS):
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
    sources = _in_places(sources)
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
        years.append((year, replace(source, tables=dated)))
    if problems:
        raise LoadError(problems)
    ordered = [source for _, source in sorted(years, key=lambda pair: pair[0])]
    return ordered + [source for source in sources if not source.is_return]


def _in_places(sources: Sequence[Source]) -> list[Source]:
    """The sources, whose tables know their places."""
    places = itertools.count()
    return [replace(source, tables=[replace(table, place=next(places)) for table in source.tables]) for source in sources]


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
