"""CSV files as text: the fast way and the slow way agree, and everything that local systems write is read."""

from __future__ import annotations

from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from data_access.load.checking import specification as spec
from data_access.load.checking.rows import check_rows
from data_access.load.errors import FileProblem
from data_access.load.reading.files import Raw, as_written, read_csv, read_plain, read_quoted
from data_access.load.reading.source_table import SourceTable

FIELD = st.text(st.sampled_from("ab1 /\\#'é\t;\x1c\x85\u2028\xa0"), max_size=4)
LINE_END = st.sampled_from(["\n", "\r\n"])


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Files that are mostly regular, without quotes."""
    width = draw(st.integers(1, 4))
    widths = st.lists(st.just(width) | st.integers(0, 5), max_size=6) if draw(st.booleans()) else st.lists(st.just(width), max_size=6)
    rows = [",".join(draw(st.lists(FIELD, min_size=each, max_size=each))) for each in [width, *draw(widths)]]
    text = "".join(row + draw(LINE_END) for row in rows)
    return (text if draw(st.booleans()) else text.rstrip("\r\n")).encode()


def same(one: Raw, other: Raw) -> bool:
    return one.columns == other.columns and one.rows.equals(other.rows) and list(one.ragged) == list(other.ragged)


@given(files())
@example(b"a,b\n1,2\n")
@example(b"a,b\r\n1,2\r\n3,4")
@example(b"a,b")
@example(b"a,b\n,\n")
def test_the_fast_way_reads_what_the_slow_way_reads(data: bytes) -> None:
    fast = read_plain(data)
    if fast is not None:
        assert same(fast, read_quoted(data, "file.csv"))


def test_the_fast_way_is_taken_for_a_regular_file_and_not_for_others() -> None:
    assert read_plain(b"a,b\n1,2\n") is not None
    for irregular in (b"a,b\n1\n", b"a,b\n\n1,2\n", b'a,b\n"1",2\n', b"a,b\r1,2\r", b"", b"\n", b"a,b\n1,2,3\n4\n"):
        assert read_plain(irregular) is None


def read(tmp_path: Path, data: bytes) -> Raw:
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    return read_csv(path)


def values(raw: Raw) -> list[tuple[object, ...]]:
    return raw.rows.rows()


@pytest.mark.parametrize("data", [
    "child,name\n1,Zoë\n".encode(),
    "\ufeffchild,name\n1,Zoë\n".encode(),
    "child,name\n1,Zoë\n".encode("cp1252"),
    "child,name\r\n1,Zoë\r\n".encode(),
    "child,name\r1,Zoë".encode(),
    '"child","name"\n"1","Zoë"\n'.encode("cp1252"),
    "child,name\n1,Zoë\n".encode("utf-16"),
    "child;name\n1;Zoë\n".encode(),
    'child;"name"\r\n"1";"Zoë"\r\n'.encode("cp1252"),
    "child\tname\n1\tZoë\n".encode("utf-16"),
    "\ufeff\"child\",name\r\n1,\"Zoë\"".encode(),
])
def test_byte_order_marks_code_pages_quotes_and_line_ends(tmp_path: Path, data: bytes) -> None:
    raw = read(tmp_path, data)
    assert raw.columns == ("child", "name")
    assert values(raw) == [(2, "1", "Zoë")]


def test_line_numbers_are_those_an_editor_shows(tmp_path: Path) -> None:
    raw = read(tmp_path, b'\n a , b \n\n1,"two\nlines"\n   \n2,x\n3\n4,y,z\n')
    assert raw.columns == ("a", "b")
    assert values(raw) == [(4, "1", "two\nlines"), (7, "2", "x")]
    assert list(raw.ragged) == [(8, ["3"]), (9, ["4", "y", "z"])]


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,b\n").rows.height == 0
    assert read(tmp_path, b'"a",b').rows.height == 0


@pytest.mark.parametrize(("data", "words"), [
    (b"a,b\n1,\x002\n", "NUL"),
    ("a,b\n1,2\n".encode("utf-16-le"), "NUL"),
    ("a,b\n1,2\n".encode("utf-16")[:-1], "neither UTF-8 nor"),
    (b'a,b\n1,"2\n3,4\n', "never closes"),
    (b'a,b\n1,"' + b"x" * 200_000, "never closes"),
    (b"", "empty"),
    (b"\n \n", "empty"),
    (b"a,b\n\x81,\xe9\n", "neither UTF-8 nor cp1252"),
])
def test_an_unreadable_file_is_told_in_a_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(FileProblem, match=words) as problem:
        read(tmp_path, data)
    assert str(problem.value).startswith("file.csv")


def test_a_file_that_may_not_be_there() -> None:
    with pytest.raises(FileProblem, match="can't be read"):
        read_csv(Path("nowhere") / "file.csv")


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=5))
def test_a_row_as_written_reads_back(fields: list[str | None]) -> None:
    header = ",".join(f"c{place}" for place in range(len(fields)))
    raw = read_quoted(f"{header}\n{as_written(fields)}\n".encode(), "file.csv")
    assert raw.rows.drop("line").row(0) == tuple(field or None for field in fields)
    assert raw.rows.schema["line"] == pl.Int64


@pytest.mark.parametrize("place", [0, 1, 30_000, 59_998])
def test_a_long_file_in_which_a_row_too_long_makes_up_for_one_too_short_goes_the_slow_way(place: int) -> None:
    rows = ["1,2,3"] * 60_000
    rows[place], rows[59_999 - place] = "1,2,3,4", "1,2"
    assert read_plain(("a,b,c\n" + "\n".join(rows) + "\n").encode()) is None


VALUES = st.lists(st.sampled_from([
    None, "", " ", "0", "1", "2", "040", "41", "1e3", "1e999", "nan", ".", "2025-02-29", "2024-02-29", "0000-01-01", "31/12/2024", "am",
    "AM", "M", "x", "S", "C2", "/", "\\", "confirmed", "Yes", "TRUE", "01/02/2024", "12/31/2024", "2024-02-29T09:30", "2024-02-29 24:00",
    "White British", "Foster  carer", "male", "at-risk",
]), min_size=1, max_size=30)


@given(st.sampled_from([*spec.RETURN_TABLES, *spec.EXTRACTS]), VALUES, st.randoms())
def test_a_long_table_is_checked_as_a_short_one(table: spec.Table, values: list[str | None], random: Random) -> None:
    written = {"line": range(2, 42), **{str(place): random.choices(values, k=40) for place in range(len(table.columns))}}
    rows = pl.DataFrame(written, schema_overrides={str(place): pl.String() for place in range(len(table.columns))})
    source = SourceTable("folder", "file.csv", table, Raw(table.columns, rows), 2025 if table.is_return else None)
    short = check_rows(source, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("data_access.load.checking.rows.LONG", 0)
        assert_frame_equal(check_rows(source, 1), short)
