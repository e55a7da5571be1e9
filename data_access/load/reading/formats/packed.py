"""What a file of a source holds, unpacked where it is a gz or zip file, and never more than memory has room for."""

from __future__ import annotations

import gzip
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from data_access.load.errors import FileProblem
from data_access.load.reading.files import not_readable

MOST_BYTES = 2**30
"""The most that a packed file may become. A plain file is bounded by its own length."""

CHUNK = 2**20
TEXT = (".csv", ".tsv", ".tab", ".txt")
WORKBOOKS = (".xlsx", ".xlsm", ".xls")
UNREAD = (".xlsb", ".ods", ".numbers", ".json", ".accdb", ".mdb", ".7z", ".rar")
"""What may hold a table, and is not read."""

ZIPPED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error)
"""What is raised by a zip file that is damaged, locked or packed in a way that nobody here unpacks."""


@dataclass(frozen=True)
class DataFile:
    """One file of a source: on the disk by itself, packed by gzip, or as a `member` of a zip file."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """Its name for people."""
        return f"{self.path.name}: {self.member}" if self.member else self.path.name

    @property
    def known_as(self) -> PurePosixPath:
        """Its own name, without the folder, the zip file and `.gz`: what it holds may be told by that."""
        name = PurePosixPath(self.member or self.path.name).name
        return PurePosixPath(name[:-3] if name.lower().endswith(".gz") else name)

    @property
    def suffix(self) -> str:
        """What its own name ends with, in lower case."""
        return self.known_as.suffix.lower()

    @property
    def stem(self) -> str:
        """Its own name without that."""
        return self.known_as.stem.strip().lower()

    @property
    def is_packed(self) -> bool:
        """Whether its bytes on the disk are others than its contents."""
        return bool(self.member) or self.path.suffix.lower() == ".gz"

    @property
    def size(self) -> int:
        """Its bytes on the disk; 0 where they can't be told."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def contents(self) -> bytes:
        """Its bytes, unpacked. Raises FileProblem for a file that can't be read or that would become too large."""
        try:
            if not self.is_packed:
                return self.path.read_bytes()
            with self._unpacked() as stream:
                return b"".join(_bounded(stream, self.name))
        except ZIPPED:
            raise FileProblem(f"{self.name} can't be unpacked: it is damaged or locked. Pack it anew, or give it unpacked.") from None
        except OSError as error:
            reason = error.strerror or "it is no gz file"
            raise FileProblem(f"{self.name} can't be read ({reason}). Check that the file is whole and that you may read it.") from None

    @contextmanager
    def _unpacked(self) -> Iterator[IO[bytes]]:
        if not self.member:
            with gzip.open(self.path) as stream:
                yield cast("IO[bytes]", stream)
            return
        with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as member:
            yield member


def _bounded(stream: IO[bytes], name: str) -> Iterator[bytes]:
    """A stream's bytes in chunks. Raises FileProblem when they are more than there is room for, whatever the file says of itself."""
    length = 0
    while chunk := stream.read(CHUNK):
        length += len(chunk)
        if length > MOST_BYTES:
            raise too_large(name)
        yield chunk


def too_large(name: str) -> FileProblem:
    """For a file that holds far more than its size says."""
    return FileProblem(
        f"{name} would take more than {MOST_BYTES // 2**20:,} megabytes once it is unpacked, more than any table here needs. Check where "
        "it is from; if it is right, give it in several files."
    )


def members(path: Path) -> list[DataFile]:
    """The CSV files in a zip file. Raises FileProblem when there is none, or something else that holds data."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [PurePosixPath(each.filename) for each in archive.infolist() if not each.is_dir()]
    except ZIPPED:
        raise FileProblem(f"{path.name} is no zip file that can be opened. Pack it anew, without a password.") from None
    except OSError as error:
        raise not_readable(path, error) from None
    shown = [name for name in names if not name.name.startswith((".", "~$")) and "__MACOSX" not in name.parts]
    others = [name.name for name in shown if name.suffix.lower() in (*WORKBOOKS, *UNREAD, ".parquet", ".xml", ".zip", ".gz")]
    if others:
        raise FileProblem(f"{path.name} holds {others[0]}; only CSV files are read from a zip file. Unpack it.")
    held = [DataFile(path, str(name)) for name in shown if name.suffix.lower() in TEXT]
    if not held:
        raise FileProblem(f"{path.name} holds no CSV file. Give the files that it should hold.")
    return sorted(held, key=lambda file: file.member)


def check_regular(path: Path) -> None:
    """Raises FileProblem for a name in a folder behind which there is no file: a link to nothing, a folder, a pipe."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        what = "a link to a file that is not there" if path.is_symlink() else f"not to be looked at ({error.strerror})"
        raise FileProblem(f"{path.name} is {what}, where a file was expected. Put the file there, or remove the name.") from None
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe or device"
        raise FileProblem(f"{path.name} is {what}, where a file was expected. Put the file there, or rename it.")

