"""Which files of a source are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from data_access.load.errors import FileProblem
from data_access.load.reading.formats.packed import TEXT, UNREAD, WORKBOOKS, DataFile, check_regular, members

TABLES = (".csv", ".tsv", ".parquet", *WORKBOOKS)
SUFFIXES = (*TABLES, ".xml")
PACKED = (".zip", ".csv.gz", ".tsv.gz")


def files_of(source: Path, is_described: Callable[[str], bool] = lambda _name: False) -> tuple[list[DataFile], list[str]]:
    """The data files of a folder, by name, or the one file; and a sentence for each that should be one and can't be read.

    `is_described` says whether somebody has described a file of this name: it is then read, whatever its name ends with.
    Raises FileProblem when there is none.
    """
    if not source.is_dir():
        return _one(source, is_described), []
    files, problems = list[DataFile](), list[str]()
    for path in sorted(path for path in source.iterdir() if not path.name.startswith((".", "~$"))):
        if not (_is_data(path.name) or is_described(path.name)):
            continue
        try:
            files += _held(path)
        except FileProblem as problem:
            problems.append(str(problem))
    if not files and not problems:
        raise FileProblem(f"The folder {source} holds no known table; SSDA903 tables (CSV or XML) or local extracts were expected in it.")
    return files, problems


def _one(source: Path, is_described: Callable[[str], bool]) -> list[DataFile]:
    if not source.exists() and not source.is_symlink():
        raise FileProblem(f"{source} does not exist. Check the spelling of the path.")
    if not (_is_data(source.name) or is_described(source.name)):
        raise FileProblem(f"{source} is not a data file; a folder, or a file ending in {', '.join((*SUFFIXES, *PACKED))}, was expected.")
    return _held(source)


def _is_data(name: str) -> bool:
    return name.lower().endswith((*SUFFIXES, *PACKED, *UNREAD))


def _held(path: Path) -> list[DataFile]:
    """The files that a name in a folder stands for: itself, or the members of a zip file."""
    check_regular(path)
    if path.suffix.lower() in UNREAD:
        raise FileProblem(f"{path.name} is in a format that is not read. Save it as .xlsx or CSV, or move it elsewhere.")
    return members(path) if path.suffix.lower() == ".zip" else [DataFile(path)]


def is_text(file: DataFile) -> bool:
    """Whether a file is read as text."""
    return file.suffix in TEXT or (file.suffix not in (*WORKBOOKS, ".parquet", ".xml"))
