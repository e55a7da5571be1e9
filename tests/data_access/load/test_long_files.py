"""Attendance that is read and checked in parts, against the same files read whole: the parts are a few bytes or rows long here."""

from __future__ import annotations

import datetime
import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from config.code_lists import MARKS
from data_access.engines import engine
from data_access.load import LoadError, LoadReport, load, load_authorities
from data_access.load.checking import duplicate_keys
from data_access.load.checking import specification as spec
from data_access.load.checking.duplicate_keys import Repeats
from data_access.load.errors import FileProblem
from data_access.load.reading import long_files, recognising
from data_access.load.reading.files import read_csv
from data_access.load.reading.formats.spreadsheets import read_parquet
from data_access.load.reading.long_files import LongRaw, read_long
from data_access.load.several_authorities import Authority
from data_access.tables import metadata
from tests import generators
from tests.data_access.files import database, write

CHANGING = {"load_history": ("load_id", "at", "contents_of"), "data_version": ("loaded_at",)}
"""Columns that no two loads have in common."""


class InParts:
    """Within it, every file of attendance is read in parts of so many bytes and rows."""

    def __init__(self, size: int) -> None:
        self.patches = [
            patch.object(recognising, "LONG", -1), patch.object(long_files, "CHUNK", size), patch.object(long_files, "ROWS", size),
            patch.object(duplicate_keys, "AT_A_TIME", size),
        ]

    def __enter__(self) -> None:
        for each in self.patches:
            each.start()

    def __exit__(self, *_: object) -> None:
        for each in self.patches:
            each.stop()


def held(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, in the order in which they are in the database."""
    found = {}
    with engine(url).connect() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.columns if column.name not in CHANGING.get(table.name, ())]
            found[table.name] = [tuple(row) for row in connection.execute(sa.select(*columns))]
    return found


def loaded(sources: Sequence[Path], folder: Path) -> tuple[LoadReport | list[str], object]:
    """What a load says, and what is then in the database; what it says is sentences where the load was stopped."""
    folder.mkdir()
    try:
        report = load(sources, database(folder), as_at=datetime.date(2025, 8, 31))
    except LoadError as error:
        return error.sentences, None
    return report, held(database(folder))


def same_in_parts(sources: Sequence[Path], folder: Path, size: int) -> LoadReport | list[str]:
    """Loads both ways, and gives what the load says. The version is part of it."""
    whole = loaded(sources, folder / "whole")
    with InParts(size):
        assert loaded(sources, folder / f"parts-{size}") == whole
    return whole[0]


HEADER = b"child_id,date,session,mark"
LINES = st.sampled_from([
    b"1,2025-01-06,AM,/", b"1,2025-01-06,PM,\\", b"2,2025-01-06,AM,l", b"2,2025-01-07,pm, N ", b" 1 ,2025-01-06,AM,X", b"3,2025-01-06,AM,/",
    b"1,2025-02-30,AM,/", b"1,2025-01-08,AM,?", b"1,2025-01-08,noon,/", b",2025-01-08,AM,/", b"1,2025-01-09,AM", b"1,2025-01-09,AM,/,more",
    b"", b"   ", b"2,2025-01-10,AM,#", b"1,0001-01-01,AM,/", b"1,9999-12-31,PM,/", b",,,", b"1,2025-01-13,AM,",
])
QUOTED = st.sampled_from([
    b'"1",2025-01-06,AM,/', b'1,"2025-01-0\n6",AM,/', b'2,2025-01-07,"A""M",/', b'1,2025-01-14,AM,"/"', b'1,"2025-\r\n",AM,/',
])
ENCODED = st.sampled_from(["Zoë,2025-01-06,AM,/".encode(), "Zoë,2025-01-06,AM,/".encode("cp1252"), b"\x81,2025-01-06,AM,/"])
OPEN = st.sampled_from([b'1,2025-01-06,"AM,/', b"1,2025-01-06,\0,/"])


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The bytes of a file as it may come: mostly well-shaped, with any line ends."""
    kinds = [LINES, *draw(st.lists(st.sampled_from([QUOTED, ENCODED, OPEN]), max_size=2))]
    lines = [HEADER, *draw(st.lists(st.one_of(*kinds), max_size=12))]
    before = draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf", b"\n\n", b" \r\n"]))
    end = draw(st.sampled_from([b"\n", b"\n", b"\r\n", b"\r"]))
    return before + end.join(lines) + draw(st.sampled_from([end, b"", b"\n", end + end]))


@given(files(), files(), st.integers(1, 60))
def test_a_load_in_parts_is_the_load_of_the_whole(one: bytes, other: bytes, size: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, data in enumerate((one, other)):
            (folder / f"source-{number}").mkdir()
            (folder / f"source-{number}" / "attendance.csv").write_bytes(data)
        write(folder / "source-0", "children", {"child_id": "1"}, {"child_id": "2"}, {"child_id": "Zoë"})
        write(folder / "source-0", "attachment_needs", {"child_id": "1"})
        same_in_parts([folder / "source-0", folder / "source-1"], folder, size)


@given(files(), st.integers(1, 60))
def test_a_file_in_parts_is_the_whole_file(data: bytes, size: int) -> None:
    with tempfile.TemporaryDirectory() as name, InParts(size):
        path = Path(name) / "attendance.csv"
        path.write_bytes(data)
        try:
            whole = read_csv(path)
        except FileProblem as problem:
            with pytest.raises(FileProblem) as told:
                read_long(path)
            assert str(told.value) == str(problem)
            return
        long = read_long(path)
    assert isinstance(long, LongRaw)
    assert long.columns == whole.columns
    assert long.rows_read == whole.rows_read
    assert [row for part in long.parts for row in part.rows.rows()] == whole.rows.rows()
    assert [row for part in long.parts for row in part.ragged] == list(whole.ragged)
    assert all(part.columns == whole.columns for part in long.parts)


@pytest.mark.parametrize(("seed", "size"), [(20, 1), (21, 3), (22, 1000)])
def test_a_whole_authority_with_dirty_files(tmp_path: Path, seed: int, size: int) -> None:
    made = generators.write(tmp_path / "sources", seed, 6)
    report = same_in_parts(made.sources, tmp_path, size * 50)
    assert isinstance(report, LoadReport)
    assert [file for file in report.files if file.file.startswith("attendance")]
    assert all(file.rows_read == file.rows_loaded + file.rows_quarantined for file in report.files)


def test_a_parquet_file(tmp_path: Path) -> None:
    frame = pl.DataFrame({
        "child_id": [1, 2, 1, 1, 3, None], "date": [datetime.date(2025, 1, day) for day in (6, 6, 6, 7, 7, 7)],
        "session": ["AM", "am", "AM", "PM", "AM", "AM"], "mark": ["/", "\\", "N", "?", "/", "/"],
    })
    write(tmp_path / "source", "children", {"child_id": "1"}, {"child_id": "2"})
    frame.write_parquet(tmp_path / "source" / "attendance.parquet")
    report = same_in_parts([tmp_path / "source"], tmp_path, 2)
    assert isinstance(report, LoadReport)
    assert sorted((each.reason, each.rows) for each in report.quarantined) == [
        ("child_id is blank", 1), (f"mark '?' is not a code; allowed: {' '.join(MARKS)}", 1),
        ("repeats an earlier row (child_id and date and session)", 1),
        ("the child is in no loaded Header or children row", 1),
    ]
    with InParts(2):
        assert [row for part in read_long(tmp_path / "source" / "attendance.parquet").parts for row in part.rows.rows()] == (
            read_parquet(tmp_path / "source" / "attendance.parquet").rows.rows()
        )


@pytest.mark.parametrize("content", [b"", b"PAR1 and then nothing"])
def test_a_file_that_is_no_parquet(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "attendance.parquet").write_bytes(content)
    assert isinstance(same_in_parts([tmp_path / "source"], tmp_path, 2), list)


def test_a_file_called_attendance_that_holds_something_else(tmp_path: Path) -> None:
    write(tmp_path / "source", "Header", {}, name="attendance")
    write(tmp_path / "source", "Episodes", {}, {})
    assert isinstance(same_in_parts([tmp_path / "source"], tmp_path, 5), LoadReport)


def test_a_repeat_in_another_part_and_another_file_is_quarantined_under_its_line(tmp_path: Path) -> None:
    days = [{"date": f"2025-01-{day:02}"} for day in range(1, 29)]
    write(tmp_path / "one", "children", {})
    write(tmp_path / "one", "attendance", *days, days[0])
    write(tmp_path / "two", "attendance", {"mark": "?"}, days[27], {"date": "2025-02-01"}, {**days[27], "mark": "N"})
    report = same_in_parts([tmp_path / "one", tmp_path / "two"], tmp_path, 40)
    assert isinstance(report, LoadReport)
    with engine(database(tmp_path / "parts-40")).connect() as connection:
        table = metadata.tables["quarantine"]
        lines = connection.execute(sa.select(table.c.source, table.c.line, table.c.reason)).all()
    repeated = "repeats an earlier row (child_id and date and session)"
    assert [(Path(source).name, line, reason) for source, line, reason in lines] == [
        ("one", 30, repeated), ("two", 2, f"mark '?' is not a code; allowed: {' '.join(MARKS)}"), ("two", 5, repeated),
    ]
    assert report.replaced["attendance"] == 1


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_other_databases_hold_the_same(tmp_path: Path, postgresql_database: object, kind: str) -> None:
    assert callable(postgresql_database)
    url = postgresql_database() if kind == "postgresql" else f"sqlite:///{tmp_path / 'reporting.db'}"
    write(tmp_path / "source", "children", {})
    write(tmp_path / "source", "attendance", *({"date": f"2025-01-{day:02}"} for day in (*range(1, 29), 5, 35)))
    load([tmp_path / "source"], database(tmp_path))
    with InParts(30):
        load([tmp_path / "source"], url)
    assert {name: sorted(rows, key=str) for name, rows in held(url).items()} == {
        name: sorted(rows, key=str) for name, rows in held(database(tmp_path)).items()
    }


def test_several_authorities(tmp_path: Path) -> None:
    made = {name: generators.write(tmp_path / name, seed, 4) for seed, name in enumerate(("Ashford", "Berwick"), start=20)}
    authorities = [Authority(name, "North", tuple(each.sources)) for name, each in made.items()]
    for folder in ("whole", "parts"):
        (tmp_path / folder).mkdir()
    whole = load_authorities(authorities, database(tmp_path / "whole"))
    with InParts(100):
        parts = load_authorities(authorities, database(tmp_path / "parts"))
    assert parts == whole
    assert held(database(tmp_path / "parts")) == held(database(tmp_path / "whole"))


def test_a_dry_run_says_what_the_load_would(tmp_path: Path) -> None:
    write(tmp_path / "source", "children", {})
    write(tmp_path / "source", "attendance", {}, {}, {"session": "PM"})
    with InParts(20):
        dry = load([tmp_path / "source"], database(tmp_path), dry_run=True)
        assert replace(dry, dry_run=False) == load([tmp_path / "source"], database(tmp_path))


def test_attendance_of_a_normal_length_is_read_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "source", "attendance", {})
    (source,) = recognising.read_sources([path], lambda _doing, _share: None)
    assert not isinstance(source.tables[0].raw, LongRaw)
    assert source.tables[0].table is spec.ATTENDANCE


@given(st.lists(st.lists(st.integers(0, 2**45), max_size=8), min_size=1, max_size=6), st.integers(1, 20), st.integers(0, 2**6 - 1))
def test_repeats_are_of_one_source_and_a_later_source_replaces(parts: list[list[int]], at_a_time: int, begins: int) -> None:
    sources = list(itertools.accumulate(begins >> number & 1 for number in range(len(parts))))
    with patch.object(duplicate_keys, "AT_A_TIME", at_a_time):
        found = Repeats(sum(len(part) for part in parts), sources)
        rows = [(number, place, key) for number, part in enumerate(parts) for place, key in enumerate(part)]
        for number, part in enumerate(parts):
            found.add(number, pl.Series(part, dtype=pl.UInt64), pl.Series(range(len(part)), dtype=pl.UInt32))
        found.settle()
        seen: set[tuple[int, int]] = set()
        last: dict[int, tuple[int, int]] = {}
        repeats: list[tuple[int, int]] = []
        for number, place, key in rows:
            if (sources[number], key) in seen:
                repeats.append((number, place))
                continue
            seen.add((sources[number], key))
            last[key] = (number, place)
        replaced = [(number, place) for number, place, key in rows if (number, place) not in (*repeats, last[key])]
        assert [(number, place) for number in range(len(parts)) for place in found.of(number)] == repeats
        assert [(number, place) for number in range(len(parts)) for place in found.replaced(number)] == replaced
