"""From a pack to a file: which writer a format has, and how a file gets to its place whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from dashboard.improvement_records import Written
from dashboard.packs.contents import Pack, Progress

FORMATS = {
    "pptx": ("PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "xlsx": ("Spreadsheet for Excel (XLSX)", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": ("Spreadsheet, open format (ODS)", "application/vnd.oasis.opendocument.spreadsheet"),
    "pdf": ("PDF to print or read aloud", "application/pdf"),
}
"""What a pack can be written as: in words, and as the web calls it."""


class CannotWrite(Exception):
    """The file can't be written; the message says what to do."""


def contents_of(pack: Pack, format: str, progress: Progress | None = None) -> bytes:
    """The pack as a file of one of FORMATS. Each writer's libraries are loaded only when it is needed."""
    if format == "pptx":
        from dashboard.packs.presentation import presentation

        return presentation(pack, progress)
    if format == "pdf":
        from dashboard.packs.printable import printable

        return printable(pack)
    from dashboard.packs.tables import book

    if format == "ods":
        from dashboard.packs.opendocument import opendocument

        return opendocument(book(pack))
    from dashboard.packs.workbook import workbook

    return workbook(book(pack))


def baseline(pack: Pack, written: Written) -> bytes:
    """The baseline assessment as an XLSX file; `pack` has the measures of all statements."""
    from dashboard.packs.baseline import baseline_book
    from dashboard.packs.workbook import workbook

    return workbook(baseline_book(pack, written))


def check_free(path: Path, *, force: bool) -> None:
    """Raises CannotWrite where there is something already that may not be replaced, or no folder."""
    if path.is_dir():
        raise CannotWrite(f"{path} is a folder. Name a file in it.")
    if path.exists() and not force:
        raise CannotWrite(f"{path} is already there. Name another file, or add --force to replace it.")
    if not path.resolve().parent.is_dir():
        raise CannotWrite(f"There is no folder {path.resolve().parent}. Make it first, or name another.")


def write_file(path: Path, contents: bytes, *, force: bool) -> None:
    """Puts the contents there in one step: whoever looks, or a killed process, finds the whole file or none.

    Raises CannotWrite.
    """
    check_free(path, force=force)
    draft = ""
    try:
        handle, draft = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}-", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o666 & ~_mask())
        check_free(path, force=force)  # again, as making it took a while
        os.replace(draft, path)
    except OSError as error:
        raise CannotWrite(f"{path} can't be written ({error.strerror}). Name a folder that you may write to.") from error
    finally:
        if draft and os.path.exists(draft):
            os.unlink(draft)


def _mask() -> int:
    """The umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
