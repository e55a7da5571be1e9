"""Run by Python as it starts: takes away what Windows lacks, so that a test sees whether anything needs it.

Files that are open are refused as Windows refuses them: DuckDB and Polars keep theirs open without allowing them to be removed or replaced,
and Python allows neither. What stands below is an example of each, not an imitation of Windows.
"""

import errno
import os
import stat
import sys
from pathlib import Path
from typing import Any

ABSENT_MODULES = ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "syslog", "posix_ipc", "uvloop")
ABSENT_CALLS = (
    "pread", "pwrite", "preadv", "pwritev", "geteuid", "getgid", "getegid", "fork", "forkpty", "fchmod", "fchown",
    "chown", "lchown", "mkfifo", "mknod", "setsid", "killpg", "getpgid", "statvfs", "fstatvfs", "sched_getaffinity",
    "posix_fallocate", "wait3", "wait4",
)
NOTED = os.environ.get("POSIX_CALLS_NOTED")
OWN = str(Path(__file__).resolve().parents[3])
# Libraries may do what they do on Linux, as this is Linux: what counts is who calls, be it by way of Python's own library.
OURS = tuple(f"{OWN}{os.sep}{room}{os.sep}" for room in ("config", "data_access", "metrics", "dashboard", "pages"))
BY_WAY_OF = ("pathlib", "shutil", "tempfile", "contextlib")


def called_by_us() -> str:
    """Where in our code the call stands that is refused; empty where it stands elsewhere."""
    frame = sys._getframe(2)
    while frame.f_back and Path(frame.f_code.co_filename).stem in BY_WAY_OF:
        frame = frame.f_back
    name = frame.f_code.co_filename
    return f"{name}:{frame.f_lineno}" if name.startswith(OURS) else ""


def note(what: str, where: str) -> None:
    """Notes what was tried, as somebody may catch the error."""
    if NOTED:
        with open(NOTED, "a", encoding="utf-8") as notes:
            notes.write(f"{what} at {where}\n")


class Finder:
    """Finds none of the modules that only Unix has when we import them."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name in ABSENT_MODULES:
            raise ModuleNotFoundError(f"No module named {name!r} (Windows has none)", name=name)


sys.meta_path.insert(0, Finder())
for module in ABSENT_MODULES:
    sys.modules.pop(module, None)


def absent(name: str, real: Any) -> Any:
    def call(*given: Any, **named: Any) -> Any:
        if where := called_by_us():
            note(f"os.{name}", where)
            raise AttributeError(f"module 'os' has no attribute {name!r} (on Windows)")
        return real(*given, **named)

    return call


for name in ABSENT_CALLS:
    if hasattr(os, name):
        setattr(os, name, absent(name, getattr(os, name)))

del os.getuid  # nothing here that isn't ours asks for it
real_open, real_fsync, real_kill, real_replace, real_unlink = os.open, os.fsync, os.kill, os.replace, os.unlink


def open_(path: Any, flags: int, *given: Any, **named: Any) -> int:
    """Windows opens no folders."""
    if called_by_us() and not isinstance(path, int) and os.path.isdir(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))
    return real_open(path, flags, *given, **named)


def fsync(file: Any) -> None:
    """Windows writes no file through that was opened for reading only."""
    number = file if isinstance(file, int) else file.fileno()
    access = int(Path(f"/proc/self/fdinfo/{number}").read_text().split("flags:")[1].split()[0], 8) & os.O_ACCMODE
    where = called_by_us()
    if where and (access == os.O_RDONLY or stat.S_ISDIR(os.fstat(number).st_mode)):
        note("os.fsync of what is open for reading only", where)
        raise OSError(errno.EBADF, "Bad file descriptor")
    real_fsync(number)


def kill(process: int, number: int) -> None:
    """Windows ends the process, whatever the number."""
    if number == 0 and (where := called_by_us()):
        note("os.kill(pid, 0)", where)
    real_kill(process, number)


def in_use(path: Any) -> bool:
    """Whether any process of ours has the file open."""
    try:
        wanted = os.stat(path)
    except OSError:
        return False
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            found = os.stat(link)
        except OSError:
            continue
        if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
            return True
    return False


def replace(source: Any, target: Any, **named: Any) -> None:
    """Windows neither moves nor replaces a file that is open."""
    if (where := called_by_us()) and (in_use(source) or in_use(target)):
        note("os.replace of a file that is open", where)
        raise PermissionError(errno.EACCES, "The process cannot access the file because it is being used", str(target))
    real_replace(source, target, **named)


def unlink(path: Any, **named: Any) -> None:
    """Windows removes no file that is open."""
    if (where := called_by_us()) and in_use(path):
        note("os.unlink of a file that is open", where)
        raise PermissionError(errno.EACCES, "The process cannot access the file because it is being used", str(path))
    real_unlink(path, **named)


CHANGED = {"open": open_, "fsync": fsync, "kill": kill, "replace": replace, "rename": replace, "unlink": unlink, "remove": unlink}
for name, changed in CHANGED.items():
    setattr(os, name, changed)
