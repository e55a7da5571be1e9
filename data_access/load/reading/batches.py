"""More rows of one table than should be in memory at once: frames, one after the other."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

import polars as pl

from data_access.load.errors import LoadError


class Batches:
    """A table's rows as frames of one schema, in order. They can be gone through any number of times."""

    def __init__(self, schema: pl.Schema, frames: Callable[[], Iterable[pl.DataFrame]]) -> None:
        self.schema = schema
        self._frames = frames

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return iter(self._frames())

    def map(self, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Batches:
        """The rows after a change that looks at each row by itself."""
        return Batches(change(pl.DataFrame(schema=self.schema)).schema, lambda: map(change, self._frames()))


Rows = pl.DataFrame | Batches
"""A table's rows: one frame, or many where they are too many for one."""


def frames_of(rows: Rows) -> Iterator[pl.DataFrame]:
    """The frames of a table's rows, in order."""
    return iter([rows] if isinstance(rows, pl.DataFrame) else rows)


def tuples_of(rows: Rows) -> Iterator[tuple[Any, ...]]:
    """A table's rows, in order."""
    return (row for frame in frames_of(rows) for row in frame.iter_rows())


def changed(rows: Rows, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Rows:
    """The rows after a change that looks at each row by itself."""
    return change(rows) if isinstance(rows, pl.DataFrame) else rows.map(change)


def stacked(parts: Sequence[Rows]) -> Rows:
    """The rows of several tables of one schema, one after the other."""
    frames = [part for part in parts if isinstance(part, pl.DataFrame)]
    if len(frames) == len(parts):
        return pl.concat(frames)
    return Batches(parts[0].schema, lambda: (frame for part in parts for frame in frames_of(part)))


class SpillFile:
    """A file without a name where the system keeps temporary files: nothing of it stays on the disk, however the process ends."""

    def __init__(self) -> None:
        try:
            self._file = _nameless_file()
        except OSError as error:
            raise _no_room(error) from error
        self._length = 0
        self._one_at_a_time = threading.Lock()

    def add(self, data: bytes | memoryview) -> tuple[int, int]:
        """Writes behind what is there, and gives the place and the length. Raises LoadError when there is no room."""
        begun = self._length
        try:
            with self._one_at_a_time:
                self._file.seek(begun)
                self._file.write(data)
                self._file.flush()
                self._length = self._file.tell()
        except OSError as error:
            raise _no_room(error) from error
        return begun, self._length - begun

    def read(self, begun: int, length: int) -> bytes:
        """What is at a place."""
        with self._one_at_a_time:
            self._file.seek(begun)
            return self._file.read(length)


def _nameless_file() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _no_room(error: OSError) -> LoadError:
    return LoadError(
        f"A long table can't be put aside in {tempfile.gettempdir()} ({error.strerror}). Make room there, or name another folder in the "
        "environment variable TMPDIR."
    )


class SpilledFrames:
    """Frames of one schema put aside on the disk."""

    def __init__(self, schema: pl.Schema) -> None:
        self.schema = schema
        self._file = SpillFile()
        self._places: list[tuple[int, int]] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Puts a frame behind those that are there."""
        self._places.append(self._file.add(frame.write_ipc_stream(None, compression="lz4").getbuffer()))

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, number: int) -> pl.DataFrame:
        return pl.read_ipc_stream(self._file.read(*self._places[number]))

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return (self[number] for number in range(len(self)))

    def rows(self) -> Batches:
        """All of them, in the order in which they were added."""
        return Batches(self.schema, lambda: self)

