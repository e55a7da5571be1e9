"""What stops a load: each file's sentence says what was found and what was expected, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_access.load import LoadError, UsageError, load
from tests.data_access.files import columns_line, counts, database, loaded, rows_of, write


def stopped(tmp_path: Path, *sources: Path) -> list[str]:
    with pytest.raises(LoadError) as problem:
        loaded(tmp_path, *sources)
    assert not (tmp_path / "reporting.duckdb").exists()
    return problem.value.sentences


def one_file(tmp_path: Path, name: str, text: str) -> list[str]:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / name).write_text(text)
    return stopped(tmp_path, tmp_path / "source")


@pytest.mark.parametrize(("name", "text", "words"), [
    ("unknown.csv", "a,b\n1,2\n", ["unknown.csv", "a, b", "unknown table"]),
    ("header.csv", columns_line("Header").replace(",MC_DOB", ""), ["header.csv", "Header", "Missing: MC_DOB"]),
    ("attendance.csv", "child_id,date,session\n", ["attendance.csv", "Missing: mark"]),
    ("register.csv", columns_line("attendance"), ["register.csv", "name the file attendance.csv"]),
    ("episodes.csv", columns_line("Episodes", ["decom"]), ["episodes.csv", "DECOM more than once"]),
    ("empty.csv", "", ["empty.csv is empty"]),
    ("children.csv", columns_line("children") + '\n"1', ["children.csv", "never closes"]),
    ("children.parquet", "text", ["children.parquet can't be read as Parquet"]),
    ("children.xlsx", "text", ["children.xlsx can't be read as an Excel workbook"]),
])
def test_a_file_that_stops_the_load_is_told_in_one_sentence(tmp_path: Path, name: str, text: str, words: list[str]) -> None:
    sentences = one_file(tmp_path, name, text)
    assert len(sentences) == 1
    assert all(word in sentences[0] for word in words), sentences


@pytest.mark.parametrize("name", ["children.csv", "episodes.csv"])
def test_a_file_without_its_header_row_is_told_without_the_child_in_its_first_line(tmp_path: Path, name: str) -> None:
    (sentence,) = one_file(tmp_path, name, "A00012345,1,2012-05-17,WBRI,Family Support\nA00012346,2,2013-05-17,WBRI,Family Support\n")
    assert "is the header row missing?" in sentence
    assert "00012345" not in sentence and "2012" not in sentence


def test_all_files_that_stop_it_are_told_together(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "children", {})
    (source / "a.csv").write_text("x,y\n")
    (source / "b.csv").write_bytes(b"x,\0\n")
    sentences = stopped(tmp_path, source, tmp_path / "nowhere")
    assert [sentence.split()[0] for sentence in sentences] == [str(tmp_path / "nowhere"), "a.csv", "b.csv"]


def test_a_source_without_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "README.md").write_text("nothing here")
    write(tmp_path / "good", "children", {})
    assert "no known table" in stopped(tmp_path, tmp_path / "good", tmp_path / "empty")[0]
    assert "is not a data file" in stopped(tmp_path, tmp_path / "empty" / "README.md")[0]
    with pytest.raises(UsageError, match="No source"):
        load([], database(tmp_path))


def test_one_table_twice_in_a_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "source", "Header", {})
    write(tmp_path / "source", "Header", {}, name="header_again")
    assert "already in Header.csv" in stopped(tmp_path, tmp_path / "source")[0]


def test_a_return_and_extracts_may_share_a_folder_and_a_source_may_be_a_file(tmp_path: Path) -> None:
    write(tmp_path / "both", "Header", {})
    write(tmp_path / "both", "Episodes", {})
    write(tmp_path / "both", "children", {"child_id": "2"})
    alone = write(tmp_path / "alone", "exclusions", {"child_id": "2"}, name="EXCLUSIONS")
    report, url = loaded(tmp_path, tmp_path / "both", alone)
    assert counts(report) == {"Episodes": (1, 1, 0), "Header": (1, 1, 0), "children": (1, 1, 0), "exclusions": (1, 1, 0)}
    assert len(rows_of(url, "child")) == 2


def test_a_row_of_a_later_folder_replaces_that_of_an_earlier(tmp_path: Path) -> None:
    for name in ("north", "south"):
        write(tmp_path / name, "children", {"child_id": name}, {"child_id": "both", "team": name})
        write(tmp_path / name, "assessments", {"assessment_id": name, "child_id": name})
    report, url = loaded(tmp_path, tmp_path / "north", tmp_path / "south")
    assert counts(report) == {"children": (4, 4, 0), "assessments": (2, 2, 0)}
    assert (report.replaced["children"], report.replaced["assessments"]) == (1, 0)
    assert [row["team"] for row in rows_of(url, "child") if row["child_id"] == "both"] == ["south"]
