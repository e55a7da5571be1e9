"""Files that somebody uploads for a load: sorted into sources as the command would get them, and on the disk only as long as they are read.

They hold children's data. They are written into a folder that nobody else can read, and removed at once when they have been read; what a
killed process leaves behind is removed by the next one.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from dashboard.text.formatting import plural
from data_access.file_system import locked
from data_access.load import LoadError
from data_access.load.reading.listing import PACKED, SUFFIXES

PREFIX = "qs133-upload-"
IF_DESCRIBED = (".txt", ".tab")
"""What is read only where a description says how, as a load does: a README may be among the files, too."""

UPLOADER = "load_files_"
"""How the key of the widget that takes files begins; without it on a page, the server takes none."""

LOCK = "lock"
"""A file in the folder, held as long as the folder is used."""

LOOSE = "uploaded files"
MOST_FILES = 500
MOST_BYTES_OF_NAME = 200
"""In UTF-8: file systems take 255 bytes, and a letter may have four."""

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
        raise LoadError(f"{upload.name} can't be opened as a zip file. Create it again without a password.") from None


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
    limit = plural(most, "megabyte")
    return f"The files are larger than {limit} together, unpacked. Load them with 'qs133 load', or raise upload_megabytes."


def _is_data(path: PurePosixPath) -> bool:
    is_hidden = path.name.startswith((".", "~$")) or "__MACOSX" in path.parts
    return path.name.lower().endswith((*SUFFIXES, *PACKED[1:], *IF_DESCRIBED)) and not is_hidden


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
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with locked(folder / LOCK):
            named: dict[str, Path] = {}
            for file in files:
                source = named.setdefault(file.source, folder / str(len(named)))
                source.mkdir(exist_ok=True)
                _free(source / _safe(file.name)).write_bytes(file.contents)
            yield {path: name for name, path in named.items()}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _safe(name: str) -> str:
    """The file's own name without anything that a file system could take for more than a name."""
    plain = re.sub(r"[/\\\0]", "_", name).lstrip(".").encode("utf-8", "replace")
    return plain[-MOST_BYTES_OF_NAME:].decode("utf-8", "ignore") or "_"


def _free(path: Path) -> Path:
    """The path, or another where it is taken: of long names only the end is left, which may be the same for two."""
    number = 0
    while path.exists():
        number += 1
        path = path.with_name(f"{number}_{path.name.removeprefix(f'{number - 1}_')}")
    return path


def remove_left_behind() -> None:
    """Removes what processes that have ended left in the folder for temporary files."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not (path / LOCK).exists():
            continue  # it has just been made, and is empty
        # BlockingIOError is an OSError too: somebody uses it.
        with contextlib.suppress(OSError):
            with locked(path / LOCK):
                pass
            shutil.rmtree(path, ignore_errors=True)
