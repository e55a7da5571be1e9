"""Files that somebody uploads for a load: sorted into sources as the command would get them, and on the disk only as long as they are read.

They hold children's data. They are written into a folder that nobody else can read, and removed at once when they have been read; what a
killed process leaves behind is removed by the next one.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from data_access.load import LoadError
from data_access.load.recognising import SUFFIXES

PREFIX = "qs133-upload-"
LOOSE = "uploaded files"
MOST_FILES = 500
MEGABYTE = 1_000_000
CHUNK = 1_000_000


class Upload(Protocol):
    """A file as the browser gave it; its name holds its folder where a whole folder was chosen."""

    name: str

    def getvalue(self) -> bytes:
        """What it holds."""


@dataclass(frozen=True)
class UploadedFile:
    """One data file: its source (a folder or zip file, in words), its own name, and what it holds."""

    source: str
    name: str
    contents: bytes

    @property
    def unpacked(self) -> int:
        """How many bytes it has, as a workbook once it is unpacked."""
        if self.name.lower().endswith(".xlsx"):
            with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(self.contents)) as workbook:
                return sum(entry.file_size for entry in workbook.infolist())
        return len(self.contents)


def data_files(uploads: Sequence[Upload], most_megabytes: int) -> list[UploadedFile]:
    """The data files of all uploads, those in zip files among them, by source.

    Files of one folder are one source, as on the command line; an XML return that lies beside others is one by itself. Other files are
    left out. Raises LoadError with a sentence for each upload that can't be used.
    """
    room = most_megabytes * MEGABYTE
    found: list[UploadedFile] = []
    problems: list[str] = []
    for upload in uploads:
        try:
            found += _unpacked(upload, room - sum(len(file.contents) for file in found), most_megabytes)
        except LoadError as problem:
            problems += problem.sentences
    if sum(file.unpacked for file in found) > room:
        problems.append(_too_large(most_megabytes))
    if problems:
        raise LoadError(problems)
    if len(found) > MOST_FILES:
        raise LoadError(f"{len(found)} files were chosen; {MOST_FILES} are the most for one load. Choose fewer.")
    if not found:
        raise LoadError(f"None of the files is a data file. Choose files ending in {', '.join(SUFFIXES)}, or a zip file of them.")
    seen: set[tuple[str, str]] = set()
    for file in found:
        if (file.source, file.name.lower()) in seen:
            raise LoadError(f"{file.name} was chosen twice. Choose it once; put each return into a folder or zip file of its own.")
        seen.add((file.source, file.name.lower()))
    return sorted(found, key=lambda file: (file.source, file.name))


def _unpacked(upload: Upload, room: int, most: int) -> list[UploadedFile]:
    contents = upload.getvalue()
    if len(contents) > room:
        raise LoadError(_too_large(most))
    if not upload.name.lower().endswith(".zip"):
        return _file(PurePosixPath(upload.name.replace("\\", "/")), contents, "")
    try:
        with zipfile.ZipFile(io.BytesIO(contents)) as archive:
            files: list[UploadedFile] = []
            for entry in archive.infolist():
                if not entry.is_dir() and _is_data(PurePosixPath(entry.filename)):
                    held = _read(archive, entry, room - sum(len(file.contents) for file in files), most)
                    files += _file(PurePosixPath(entry.filename), held, PurePosixPath(upload.name).stem)
            return files
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise LoadError(f"{upload.name} is no zip file that can be opened. Make it anew, without a password.") from None


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, most: int) -> bytes:
    """An entry, but never more than there is room for, whatever size it says it has."""
    held = io.BytesIO()
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            held.write(chunk)
            if held.tell() > room:
                raise LoadError(_too_large(most))
    return held.getvalue()


def _too_large(most: int) -> str:
    return f"The files are larger than {most} megabytes together, unpacked. Load them with 'qs133 load', or raise upload_megabytes."


def _is_data(path: PurePosixPath) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith((".", "~$")) and "__MACOSX" not in path.parts


def _file(path: PurePosixPath, contents: bytes, archive: str) -> list[UploadedFile]:
    if not _is_data(path):
        return []
    folder = path.parent.name if path.parent.name not in ("", ".", "..", "/") else ""
    source = "/".join(part for part in (archive, folder) if part) or LOOSE
    if path.suffix.lower() == ".xml":
        source = path.name if source == LOOSE else f"{source}/{path.name}"
    return [UploadedFile(source, path.name, contents)]


@contextlib.contextmanager
def on_disk(files: Sequence[UploadedFile]) -> Iterator[dict[Path, str]]:
    """The sources as folders on the disk, each with its name in words; gone at the end of the block."""
    remove_left_behind()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        named: dict[str, Path] = {}
        for file in files:
            source = named.setdefault(file.source, folder / str(len(named)))
            source.mkdir(exist_ok=True)
            (source / _safe(file.name)).write_bytes(file.contents)
        yield {path: name for name, path in named.items()}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _safe(name: str) -> str:
    """The file's own name without anything that a file system could take for more than a name."""
    return re.sub(r"[/\\\0]", "_", name).lstrip(".")[-200:] or "_"


def remove_left_behind() -> None:
    """Removes what processes that have ended left in the folder for temporary files."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        process = path.name.removeprefix(PREFIX).partition("-")[0]
        if process.isdigit() and int(process) != os.getpid() and not _runs(int(process)):
            shutil.rmtree(path, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
