"""Published figures: the Department for Education's own files, read as they are, kept, and never turned into other numbers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.comparators import (
    NEIGHBOURS,
    SERIES,
    SYMBOLS,
    ComparatorProblems,
    ComparatorsUnavailable,
    identity,
    load_files,
    loaded,
    published,
    read_file,
)
from data_access.comparators.series import Series
from data_access.comparators.store import SHIPPED, merged
from data_access.load.errors import FileProblem
from tests.data_access import published_files as files

HEADER = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,la_name,new_la_code,"
    "cla_group,placement_stability,children_percent"
)
ENGLAND = "National,E92000001,England,,,,,,"
THREE = "CLA on 31 March,With 3 or more placements during the year"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "comparators.csv"


def value(frame: pl.DataFrame, series: str, year: str, area: str) -> str:
    return str(frame.filter((pl.col("series") == series) & (pl.col("year") == year) & (pl.col("area") == area))["value"].item())


def placement_file(folder: Path, *lines: str, header: str = HEADER, name: str = "figures.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("area", files.AREAS)
def test_a_figure_is_the_files_own(series: str, area: str, store: Path) -> None:
    """For England, two regions and three authorities, in what comes with the project and in what is loaded."""
    code = files.AREAS[area]
    expected = files.values_of(series, code)
    assert len(expected) >= 4
    load_files(files.FILES, store)
    for frame in (published(Path("nowhere")), loaded(store)):
        assert {year: value(frame, series, year, code) for year in expected} == expected
        assert set(frame.filter(pl.col("area") == code)["name"]) == {area}


@pytest.mark.parametrize("series", SERIES)
def test_a_symbol_stays_a_symbol(series: str) -> None:
    path, _, _ = files.WHERE[series]
    found = read_file(path).published.filter(pl.col("series") == series)
    for code in {row["old_la_code"] for row in files.rows_of(path) if row["old_la_code"]}:
        for year, text in files.values_of(series, code).items():
            held = value(found, series, year, code)
            assert held == text or (held == "z" and text == "0" and SERIES[series].counted)
    assert set(found["value"]) & set(SYMBOLS)


def test_an_average_over_nobody_is_no_number() -> None:
    """City of London, 2024: no child had a score, and the file has 0 as their average."""
    assert files.values_of("sdq_average", "201")["2024"] == "0"
    assert value(read_file(files.HEALTH).published, "sdq_average", "2024", "201") == "z"


def test_each_authority_has_its_ten_neighbours_in_order() -> None:
    found = read_file(files.NEIGHBOURS).published
    shipped = published(Path("nowhere")).filter(pl.col("series") == NEIGHBOURS)
    for row in files.rows_of(files.NEIGHBOURS):
        kept = found.filter(pl.col("area") == row["old_la_code"])["value"].item()
        assert kept.split() == [row[f"SN_{place}"] for place in range(1, 11)]
        assert shipped.filter(pl.col("area") == row["old_la_code"])["value"].item() == kept


def test_what_comes_with_the_project_is_small_whole_and_attributed() -> None:
    assert SHIPPED.stat().st_size < 1_000_000
    text = SHIPPED.read_text(encoding="utf-8")
    assert text.startswith("# ") and "Open Government Licence v3.0" in text.splitlines()[0] and "Department for Education" in text
    frame = published(Path("nowhere"))
    assert frame.equals(merged(frame)) and set(frame["series"]) == {*SERIES, NEIGHBOURS}
    assert frame.filter(pl.col("level") == "local_authority")["area"].n_unique() >= 153
    assert frame.filter(pl.col("level") == "regional")["name"].n_unique() == 11


def test_a_later_file_replaces_the_same_figure_and_keeps_the_others(tmp_path: Path, store: Path) -> None:
    load_files([files.PLACEMENTS], store)
    load_files([placement_file(tmp_path, f"2025,Reporting year,{ENGLAND}{THREE},12", f"2026,Reporting year,{ENGLAND}{THREE},11")], store)
    frame = published(store)
    assert value(frame, "three_or_more_placements", "2025", "E92000001") == "12"
    assert value(frame, "three_or_more_placements", "2026", "E92000001") == "11"
    assert value(frame, "three_or_more_placements", "2024", "E92000001") == "11"
    assert value(frame, "sdq_average", "2025", "E92000001") == "14.9"
    before = store.read_bytes()
    load_files(files.FILES, store), load_files([placement_file(tmp_path, f"2025,Reporting year,{ENGLAND}{THREE},12")], store)
    assert len(store.read_bytes()) > len(before)


@pytest.mark.parametrize(("line", "said"), [
    (f"2025,Reporting year,{ENGLAND}{THREE},low", "children_percent is 'low'"),
    (f"2025,Reporting year,{ENGLAND}{THREE},", "children_percent is ''"),
    (f"2025,Reporting year,{ENGLAND}{THREE},101", "a number from 0 to 100 or one of the symbols c, k, u, x, z"),
    (f"2025,Reporting year,{ENGLAND}{THREE},-1", "children_percent is '-1'"),
    (f"202425,Academic year,{ENGLAND}{THREE},10", "time_identifier is 'Academic year'; 'Reporting year' was expected"),
    (f"25,Reporting year,{ENGLAND}{THREE},10", "time_period is '25'; a year such as 2025 was expected"),
    (f"2025,Reporting year,National,,England,,,,,,{THREE},10", "the name or code of the area"),
    (f"2025,Reporting year,{ENGLAND}{THREE},10,11", "14 fields, where the header has 13"),
    (f"2025,Reporting year,{ENGLAND}CLA on 31 March,Something else,10", "no row of a country, region or authority with"),
])
def test_a_faulty_row_is_told_with_its_line_and_nothing_is_kept(tmp_path: Path, store: Path, line: str, said: str) -> None:
    with pytest.raises(ComparatorProblems) as problem:
        load_files([files.PLACEMENTS, placement_file(tmp_path, line)], store)
    assert said in str(problem.value) and "figures.csv" in str(problem.value)
    assert not store.exists()


def test_a_figure_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="each once"):
        read_file(placement_file(tmp_path, *[f"2025,Reporting year,{ENGLAND}{THREE},{number}" for number in (10, 11)]))


def test_files_of_another_shape_get_a_sentence_each(tmp_path: Path, store: Path) -> None:
    header = placement_file(tmp_path, "1,2", header="CHILD,SEX", name="header.csv")
    text = tmp_path / "notes.txt"
    text.write_text("hello", encoding="utf-8")
    codes = tmp_path / "neighbours.csv"
    codes.write_text(files.NEIGHBOURS.read_text(encoding="utf-8").replace("886,", "88,"), encoding="utf-8")
    with pytest.raises(ComparatorProblems) as problem:
        load_files([header, text, tmp_path / "absent.csv", codes], store)
    sentences = str(problem.value).splitlines()
    assert len(sentences) == 5 and sentences[0] == "Nothing was kept."
    for sentence, name in zip(sentences[1:], ("header.csv", "notes.txt", "absent.csv", "neighbours.csv"), strict=True):
        assert name in sentence and sentence.endswith(".")


def test_a_kept_file_that_was_damaged_says_what_to_do(store: Path) -> None:
    store.parent.mkdir()
    store.write_bytes(b"series,year\nabsence,2024\n")
    with pytest.raises(ComparatorsUnavailable, match="Remove the file"):
        published(store)


def test_a_writer_that_is_killed_leaves_the_old_file_whole(tmp_path: Path, store: Path) -> None:
    load_files([files.PLACEMENTS], store)
    before, known = store.read_bytes(), identity(store)
    program = (
        "import os, pathlib, data_access.comparators.store as store\n"
        "store.os.replace = lambda *_: os.kill(os.getpid(), 9)\n"
        f"store.load_files([pathlib.Path({str(files.HEALTH)!r})], pathlib.Path({str(store)!r}))\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    assert store.read_bytes() == before and identity(store) == known
    load_files([files.HEALTH], store)
    assert identity(store) != known and set(loaded(store)["series"]) == {"three_or_more_placements", "sdq_average", "sdq_concern"}


def test_two_writers_at_once_lose_nothing(store: Path) -> None:
    program = (
        "import pathlib, sys\nfrom data_access.comparators import load_files\n"
        "load_files([pathlib.Path(sys.argv[1])], pathlib.Path(sys.argv[2]))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path), str(store)]) for path in (files.PLACEMENTS, files.HEALTH)]
    deadline = time.monotonic() + 60
    assert all(writer.wait(timeout=max(deadline - time.monotonic(), 1)) == 0 for writer in writers)
    assert set(loaded(store)["series"]) == {"three_or_more_placements", "sdq_average", "sdq_concern"}


def test_a_folder_that_cannot_be_written_is_told() -> None:
    with pytest.raises(ComparatorsUnavailable, match="QS133_COMPARATORS"):
        load_files([files.PLACEMENTS], Path(os.devnull) / "comparators.csv")


ALMOST_NUMBERS = st.one_of(
    st.sampled_from([*SYMBOLS, "C", "[c]", "low", "nan", "inf", "1e1", "0x1", "١", "1,0", "", "-", "+1", "1.", ".5", "1 0"]),
    st.text(max_size=5),
    st.floats(min_value=-5, max_value=150, allow_nan=False).map(lambda number: f"{number:.1f}"),
)


@given(text=ALMOST_NUMBERS)
def test_a_value_is_a_number_a_symbol_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    path = tmp_path_factory.mktemp("value") / "figures.csv"
    path.write_bytes("\n".join([HEADER, f"2025,Reporting year,{ENGLAND}{THREE},{quoted}", ""]).encode("utf-8", "replace"))
    plain = text.strip()
    whole, _, rest = plain.partition(".")
    is_number = whole.isascii() and whole.isdigit() and ("." not in plain or (rest.isascii() and rest.isdigit())) and float(plain) <= 100
    try:
        kept = read_file(path).published["value"].to_list()
    except FileProblem:
        assert not is_number and plain not in SYMBOLS
        return
    assert kept == [plain] and (is_number or plain in SYMBOLS)


def test_no_two_figures_read_the_same_rows() -> None:
    def key(series: Series) -> tuple[object, ...]:
        return (frozenset(series.rows.items()), series.indicator)

    assert len({key(series) for series in SERIES.values()}) == len(SERIES)
