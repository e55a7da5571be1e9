"""What a file system does differently on Windows: locks, replacing a file that somebody is reading, and writing through to the disk."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

T = TypeVar("T")

SECONDS_TO_TRY = 5.0
"""How long a file that is being read may keep another from taking its place, on Windows. Small files are read in much less."""

_LOST = (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS)


FULL = "the disk is full, or a limit of sizes is reached: free some room and try again"
_SAID_OF_FULL = ("disk is full", "No space left", "File too large", "autocheckpoint failed", "Disk quota")


def is_full(error: BaseException) -> bool:
    """Whether a database or the system says that it could not write for lack of room. DuckDB may say so of its last step only."""
    return getattr(error, "sqlstate", None) == "53100" or any(words in str(error) for words in _SAID_OF_FULL)


@contextlib.contextmanager
def locked(lock: Path, *, wait: bool = False) -> Iterator[None]:
    """Holds a lock file, which the system gives back when the process ends, however it ends.

    Raises BlockingIOError where another holds it and `wait` is false, and OSError where it can't be made.
    """
    held = FileLock(lock, timeout=-1 if wait else 0)
    try:
        held.acquire()
    except Timeout:
        raise BlockingIOError(errno.EAGAIN, "Another process holds the lock", str(lock)) from None
    try:
        yield
    finally:
        held.release()


def patiently(act: Callable[[], T]) -> T:
    """The result of an act on a file that Windows refuses for as long as somebody else has the file open: tried again for a while."""
    end = time.monotonic() + SECONDS_TO_TRY
    while True:
        try:
            return act()
        except PermissionError:
            if os.name != "nt" or time.monotonic() > end:
                raise
            time.sleep(0.01)


def write_through(path: Path) -> None:
    """Has the system write a file to the disk. Raises OSError where there is no room."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_in_place(path: Path, contents: bytes, draft: Path) -> None:
    """Puts a small file at a path in one step: whoever looks, or a killed process, finds the old contents or the new.

    `draft` is the name that it has until then, in the same folder. Raises OSError.
    """
    try:
        with draft.open("wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, draft)
        patiently(lambda: os.replace(draft, path))
    finally:
        draft.unlink(missing_ok=True)
    write_names_through(path.parent)


def remove_if_unused(path: Path) -> None:
    """Removes a file. On Windows it stays while somebody has it open."""
    with contextlib.suppress(PermissionError):
        path.unlink(missing_ok=True)


def write_names_through(folder: Path) -> None:
    """Has the system write to the disk which files a folder has. Windows can't be asked to, and does so by itself."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno in _LOST:
            raise
    finally:
        os.close(descriptor)


class CannotWrite(Exception):
    """The file can't be written; the message says what to do."""


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
