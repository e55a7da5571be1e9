"""Keeping published figures: those that come with the project, and beside them a file of those that somebody loaded.

The file is no part of the reporting database, so a load leaves it alone. It is replaced in one step: readers see the old file until the
new one is complete.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from data_access.comparators.reading import SCHEMA, ReadFile, read_file
from data_access.file_system import locked, write_in_place
from data_access.load.errors import FileProblem

SHIPPED = Path(__file__).parent / "shipped" / "published.csv"
ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0. Source: Department for Education, explore "
    "education statistics."
)
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_HEADING = f"""\
# {ATTRIBUTION}
# {LICENCE}
# Only the figures that this dashboard compares with. A value is a number or a symbol: c hidden to protect children, k rounds to 0,
# u of low reliability, x not available, z not applicable. Written by `qs133 comparators`; don't edit.
"""
_KEY = ("series", "year", "area")


class ComparatorsUnavailable(Exception):
    """The file of loaded figures can't be read or written; the message says what to do."""


class ComparatorProblems(Exception):
    """Files that can't be used; nothing was kept. The message has a sentence a file."""


def published(file: Path) -> pl.DataFrame:
    """Every published value in the columns of SCHEMA: what comes with the project, replaced by what was loaded where both have it.

    Raises ComparatorsUnavailable when the file of loaded figures is there and can't be read.
    """
    return merged(_read(SHIPPED), loaded(file))


def loaded(file: Path) -> pl.DataFrame:
    """What was loaded, empty if nothing was. Raises as `published`."""
    return _read(file) if file.exists() else pl.DataFrame(schema=SCHEMA)


def identity(file: Path) -> str:
    """What changes whenever the file of loaded figures does."""
    try:
        status = file.stat()
    except OSError:
        return "none"
    return f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"


def merged(*frames: pl.DataFrame) -> pl.DataFrame:
    """The frames together, a later one's value in place of an earlier one's of the same figure, year and area; in a fixed order."""
    return pl.concat(frames).unique(_KEY, keep="last", maintain_order=True).sort("series", "year", "level", "area")


def load_files(paths: Sequence[Path], file: Path) -> list[ReadFile]:
    """Reads files and adds what they hold to the file of loaded figures, all of them or none.

    Raises ComparatorProblems for files of another shape, and ComparatorsUnavailable when the file can't be written.
    """
    read: list[ReadFile] = []
    problems: list[str] = []
    for path in paths:
        try:
            read.append(read_file(path))
        except FileProblem as problem:
            problems.append(str(problem))
    if problems:
        raise ComparatorProblems("\n".join(["Nothing was kept.", *problems]))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # One writer at a time: two that merge at once would lose what one of them read.
        with locked(file.with_name(f".{file.name}.lock"), wait=True):
            write(merged(loaded(file), *(each.published for each in read)), file)
    except OSError as error:
        raise ComparatorsUnavailable(
            f"{file} can't be written ({error.strerror}). Check the setting 'comparators' or QS133_COMPARATORS, and that you may write "
            "there. Nothing was kept."
        ) from None
    return read


def write(values: pl.DataFrame, file: Path) -> None:
    """Puts these values into a file, in one step."""
    contents = _HEADING.encode() + values.select(*SCHEMA).write_csv().encode()
    write_in_place(file, contents, file.with_name(f".{file.name}.writing-{os.getpid()}"))


def _read(file: Path) -> pl.DataFrame:
    try:
        frame = pl.read_csv(file, comment_prefix="#", infer_schema=False).fill_null("")
        reason = "" if frame.columns == list(SCHEMA) else "it has other columns"
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0]
    if reason:
        raise ComparatorsUnavailable(
            f"The published figures in {file} can't be read ({reason}). Remove the file to go back to those that come with the dashboard, "
            "then load yours again with 'qs133 comparators'."
        )
    return frame
