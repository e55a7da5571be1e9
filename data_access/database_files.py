"""A DuckDB database as files: one for each load, and at the database's address a small file that names the one to read.

No file that somebody may have open is ever written to or replaced, which Windows would refuse. A DuckDB file that stands at the address
itself, as somebody put it there or as earlier versions wrote it, is read until the next load.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from data_access.file_system import patiently, write_in_place

_FIRST_LINE = "Not a database itself. qs133 reads the file beside this one that the next line names.\n"
_LONGEST = 1000
_VERSION, _KEPT = ".version-", ".kept-"
"""What follows the database's name in the names of its files; the second is of before there was one for each load."""


class PointsNowhere(Exception):
    """The small file at the address names no file that is there; the message says what to do."""


@dataclass(frozen=True)
class VersionFile:
    """A file with the contents of the load `contents_of`, which the load or going back `entry` wrote."""

    path: Path
    contents_of: str
    entry: str


def real_file(file: Path) -> Path:
    """The file itself, where the address names a link to it."""
    return Path(os.path.realpath(file))


def current_file(file: Path) -> Path:
    """The DuckDB file that a database's address means now; the address itself where nothing is there.

    Raises PointsNowhere, and OSError where it can't be read.
    """
    named = _named(file)
    if named is None:
        return file
    found = real_file(file).parent / Path(named).name
    if not found.is_file():
        raise PointsNowhere(
            f"The database {file} is kept in {found.name} beside it, which is not there. Put that file back, or load the data again with "
            "'qs133 load'."
        )
    return found


def points(file: Path) -> bool:
    """Whether there is a small file at the address, and no database itself."""
    return _named(file) is not None


def new_version(file: Path, contents_of: str, entry: str) -> Path:
    """The path of a new file for contents."""
    return file.with_name(f"{file.name}{_VERSION}{contents_of}" + (f"-{entry}" if entry != contents_of else ""))


def kept_version(file: Path, contents_of: str) -> Path:
    """The path at which a database that stands at the address itself is kept."""
    return new_version(file, contents_of, contents_of)


def version_files(file: Path) -> list[VersionFile]:
    """The files of a database, the newest first; one that stands at the address itself is none of them."""
    found = []
    for mark in (_VERSION, _KEPT):
        for path in file.parent.glob(f"{file.name}{mark}*"):
            contents_of, _, entry = path.name.removeprefix(f"{file.name}{mark}").partition("-")
            if not path.name.endswith(".wal"):
                found.append(VersionFile(path, contents_of, entry or contents_of))
    return sorted(found, key=lambda each: (each.entry, each.path.name), reverse=True)


def point_to(file: Path, version: Path, draft: Path) -> None:
    """Has the address mean another file from now on, in one step. Raises OSError."""
    write_in_place(file, f"{_FIRST_LINE}{version.name}\n".encode(), draft)


def _named(file: Path) -> str | None:
    """The name in the small file at an address; None where there is no file, or another one."""
    try:
        start = patiently(lambda: _start(file))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    if not start.startswith(_FIRST_LINE.encode()):
        return None
    return start.decode("utf-8", "replace").removeprefix(_FIRST_LINE).strip()


def _start(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_LONGEST)
