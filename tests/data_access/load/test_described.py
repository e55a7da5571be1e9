"""Files in other shapes, as `sources.toml` describes them: each setting, and what stops a load with a sentence."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from config.sources import descriptions
from config.toml_file import ConfigError
from data_access.load import LoadError, LoadReport, load
from tests.data_access.files import database, reasons, rows_of, write

A_DAY = datetime.date(2025, 3, 4)
PLAIN = 'becomes = "attachment_needs"\nchild = { column = "ID", is = "child_id" }\n[source.columns]\nstatus = "Need"\nstart_date = "From"\n'


def loaded(tmp_path: Path, text: str, *, children: Sequence[str] = ("1", "2")) -> LoadReport:
    write(tmp_path / "known", "children", *({"child_id": child} for child in children))
    return load(
        [tmp_path / "known", tmp_path / "in"], database(tmp_path), as_at=A_DAY, described=descriptions(text, "sources.toml"),
    )


def described(tmp_path: Path, settings: str, *, name: str = "needs.csv", **more: Sequence[str]) -> LoadReport:
    return loaded(tmp_path, f'[[source]]\nfile = "{name}"\n{settings}', **more)


def file(tmp_path: Path, text: str, name: str = "needs.csv") -> None:
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in" / name).write_text(text, encoding="utf-8")


def workbook(tmp_path: Path, name: str = "needs.xlsx", **sheets: Sequence[Sequence[object]]) -> None:
    (tmp_path / "in").mkdir(exist_ok=True)
    with xlsxwriter.Workbook(str(tmp_path / "in" / name), {"default_date_format": "dd/mm/yyyy"}) as book:
        for sheet, rows in sheets.items():
            added = book.add_worksheet(sheet)
            for line, row in enumerate(rows):
                added.write_row(line, 0, row)


def needs(tmp_path: Path) -> list[tuple[object, ...]]:
    return [(row["child_id"], row["status"], row["start_date"], row["end_date"]) for row in rows_of(database(tmp_path), "attachment_need")]


def of_table(report: LoadReport, table: str = "attachment_needs") -> list[tuple[int, int]]:
    return [(each.rows_read, each.rows_loaded) for each in report.files if each.table == table]


def test_columns_are_found_by_their_names_in_any_case_and_the_rest_is_left(tmp_path: Path) -> None:
    file(tmp_path, "Name,need,FROM,Id\nx,At risk,03/09/2024,1\ny,confirmed,2024-10-01,2\nz,confirmed,2024-10-01,3\n")
    assert of_table(described(tmp_path, PLAIN)) == [(3, 2)]
    assert needs(tmp_path) == [("1", "at_risk", datetime.date(2024, 9, 3), None), ("2", "confirmed", datetime.date(2024, 10, 1), None)]
    (row,) = [row["row"] for row in rows_of(database(tmp_path), "quarantine")]
    assert row == "z,confirmed,2024-10-01,3"


def test_title_rows_and_another_separator(tmp_path: Path) -> None:
    file(tmp_path, "Needs, as at 1 March, all teams\n\nrun by;me\nID;Need;From\n1;Confirmed;01/09/2024\n\n2;;01/09/2024\n")
    report = described(tmp_path, 'header = "find"\n' + PLAIN)
    assert of_table(report) == [(2, 1)]
    assert [line for line, _ in reasons(database(tmp_path), "attachment_needs")] == [7]
    assert of_table(described(tmp_path, "header = 4\n" + PLAIN)) == [(2, 1)]
    with pytest.raises(LoadError, match=r"needs\.csv: the header row 3 lacks 'Need', 'From', 'ID', which sources\.toml, line 6 names"):
        described(tmp_path, "header = 3\n" + PLAIN)
    with pytest.raises(LoadError, match=r"has nothing in row 2"):
        described(tmp_path, "header = 2\n" + PLAIN)


def test_sheets(tmp_path: Path) -> None:
    head = ["ID", "Need", "From"]
    workbook(tmp_path, Autumn=[["Report"], [], head, ["1", "confirmed", datetime.date(2024, 9, 3)]], Blank=[],
             Spring=[[None, "From", "ID", "Need"], [None, "03/02/2025", 1, "possible"], [None, "03/02/2025", 1, "possible"]])
    with pytest.raises(LoadError, match=r"needs\.xlsx has 2 sheets with rows \(Autumn, Spring\)"):
        described(tmp_path, 'header = "find"\n' + PLAIN, name="needs.xlsx")
    report = described(tmp_path, 'header = "find"\nsheets = "all"\n' + PLAIN, name="needs.xlsx")
    assert of_table(report) == [(1, 1), (2, 1)]
    assert needs(tmp_path)[0] == ("1", "confirmed", datetime.date(2024, 9, 3), None)
    assert of_table(described(tmp_path, 'header = "find"\nsheets = ["spring"]\n' + PLAIN, name="needs.xlsx")) == [(2, 1)]
    with pytest.raises(LoadError, match=r"no sheet 'Summer' with rows, which sources\.toml, line 4 names. It has Autumn, Spring"):
        described(tmp_path, 'header = "find"\nsheets = ["Summer"]\n' + PLAIN, name="needs.xlsx")
    with pytest.raises(LoadError, match="sheet Autumn: the header row 1 lacks"):
        described(tmp_path, 'sheets = "all"\n' + PLAIN, name="needs.xlsx")


def test_rows_that_are_not_wanted_are_set_aside_and_counted(tmp_path: Path) -> None:
    file(tmp_path, "ID,Need,From,Stage,Area\n1,confirmed,01/09/2024, AGREED ,N\n2,confirmed,01/09/2024,draft,N\n,,,,\nTOTAL,,,agreed,\n"
                   "2,confirmed,02/09/2024,1,S\n2,?,02/09/2024,1,N\n")
    settings = 'only = { Stage = ["Agreed", 1], Area = ["n", ""] }\nignore_rows = { ID = ["Total"], Need = [" "] }\n'
    report = described(tmp_path, settings + PLAIN)
    assert of_table(report) == [(6, 1)]
    assert len(reasons(database(tmp_path), "attachment_needs")) == 1


def test_dates_in_the_order_tried_and_the_last_day(tmp_path: Path) -> None:
    file(tmp_path, "ID,Need,From,To\n1,confirmed,3 Sep 2024,30 Sep 2024\n2,confirmed,2024-09-03 00:00,04-09-2024\n2,possible,03/09/2024,\n")
    report = described(tmp_path, 'dates = ["D MMM YYYY", "DD-MM-YYYY"]\nlast_day_included = true\n' + PLAIN + 'end_date = "To"\n')
    assert of_table(report) == [(3, 2)]
    assert needs(tmp_path) == [
        ("1", "confirmed", datetime.date(2024, 9, 3), datetime.date(2024, 10, 1)),
        ("2", "confirmed", datetime.date(2024, 9, 3), datetime.date(2024, 9, 5)),
    ]


def test_month_first_is_read_where_it_is_described(tmp_path: Path) -> None:
    file(tmp_path, "ID,Need,From\n1,confirmed,09/30/2024\n2,confirmed,09/03/2024\n")
    described(tmp_path, 'dates = ["MM/DD/YYYY"]\n' + PLAIN)
    assert [row[2] for row in needs(tmp_path)] == [datetime.date(2024, 9, 30), datetime.date(2024, 9, 3)]
    with pytest.raises(LoadError, match="month first, such as 09/30/2024"):
        described(tmp_path, PLAIN)


def test_month_first_is_refused_with_the_sheet_the_cell_and_the_line_of_the_description(tmp_path: Path) -> None:
    workbook(tmp_path, Autumn=[["ID", "Need", "From"], ["1", "confirmed", "09/03/2024"], ["2", "confirmed", "09/30/2024"]])
    said = (
        r"needs\.xlsx, sheet Autumn: start_date, read from the column 'From', has dates with the month first, such as 09/30/2024 in "
        r"row 3, where DD/MM/YYYY was expected\. Write them with the day first, or say in sources\.toml, line 4, how"
    )
    with pytest.raises(LoadError, match=said):
        described(tmp_path, 'sheets = "all"\ndates = ["DD/MM/YYYY"]\n' + PLAIN, name="needs.xlsx")


def test_values_stand_for_codes_and_others_stay(tmp_path: Path) -> None:
    file(tmp_path, "ID,Need,From\n1, TIER 2 ,01/09/2024\n2,Possible,01/09/2024\n2,,03/09/2024\n2,x,04/09/2024\n")
    report = described(tmp_path, PLAIN + '[source.values.status]\n"Tier 2" = "at_risk"\n"" = "confirmed"\nx = ""\n')
    assert of_table(report) == [(4, 3)]
    assert [row[1] for row in needs(tmp_path)] == ["at_risk", "confirmed", "possible"]
    assert "blank" in reasons(database(tmp_path), "attachment_needs")[0][1]


def test_the_childs_id_without_its_prefix_and_with_zeros(tmp_path: Path) -> None:
    file(tmp_path, "ID,Need,From\nP 12,confirmed,01/09/2024\n12,confirmed,02/09/2024\n0012345,confirmed,02/09/2024\n")
    settings = PLAIN.replace('is = "child_id"', 'is = "child_id", strip = "P", pad = 5')
    assert of_table(described(tmp_path, settings, children=["00012", "0012345"])) == [(3, 3)]
    assert {row[0] for row in needs(tmp_path)} == {"00012", "0012345"}


UPNS = [f"{letter}123456789012" for letter in "ABCDE"]


def a_return(folder: Path, year: int, **upns: str) -> None:
    write(folder, "Header", *({"CHILD": child, "SEX": "", "UPN": upn} for child, upn in upns.items()))
    write(folder, "Episodes", *({"CHILD": child, "DECOM": f"01/05/{year}"} for child in upns))


def by_upn(tmp_path: Path, upns: Sequence[str]) -> LoadReport:
    file(tmp_path, "UPN,Need,From,Post code\n" + "".join(f"{upn},confirmed,01/09/2024,AB1 2CD\n" for upn in upns))
    text = f'[[source]]\nfile = "needs.csv"\n{PLAIN}'.replace('"ID", is = "child_id"', '"UPN", is = "upn"')
    return load(
        [tmp_path / "later", tmp_path / "earlier", tmp_path / "in"], database(tmp_path), as_at=A_DAY,
        described=descriptions(text, "sources.toml"),
    )


def test_a_child_by_upn_found_in_the_latest_return_and_never_kept(tmp_path: Path) -> None:
    a_return(tmp_path / "earlier", 2023, c1=UPNS[0], c2=UPNS[1], c3="UN1")
    a_return(tmp_path / "later", 2024, c1="", c4=UPNS[1], c5=UPNS[2], c6=UPNS[2], c7=UPNS[3])
    report = by_upn(tmp_path, [UPNS[0].lower(), UPNS[1], UPNS[2], UPNS[3], UPNS[4], "UN1", ""])
    assert of_table(report) == [(7, 3)]
    assert [row[0] for row in needs(tmp_path)] == ["c1", "c4", "c7"]
    quarantined = rows_of(database(tmp_path), "quarantine")
    assert {str(row["row"]) for row in quarantined} == {",confirmed,01/09/2024,"}
    assert sum("the UPN is not that of one child" in str(row["reason"]) for row in quarantined) == 3


def test_upns_are_looked_up_in_what_is_loaded_together(tmp_path: Path) -> None:
    a_return(tmp_path / "earlier", 2023, c1=UPNS[0])
    a_return(tmp_path / "later", 2024, c1=UPNS[0], c2=UPNS[1])
    by_upn(tmp_path, UPNS[:1])
    text = f'[[source]]\nfile = "needs.csv"\n{PLAIN}'.replace('"ID", is = "child_id"', '"UPN", is = "upn"')
    file(tmp_path, f"UPN,Need,From\n{UPNS[1]},confirmed,02/09/2024\n")
    described = descriptions(text, "sources.toml")
    load([tmp_path / "in"], database(tmp_path), described=described, add=True)
    assert [row[0] for row in needs(tmp_path)] == ["c1"]
    assert "load the latest return together with this file" in reasons(database(tmp_path), "attachment_needs")[0][1]
    load([tmp_path / "later", tmp_path / "in"], database(tmp_path), described=described, add=True)
    assert [row[0] for row in needs(tmp_path)] == ["c1", "c2"]


def test_each_description_that_fits_reads_the_file_and_our_names_count_only_where_none_fits(tmp_path: Path) -> None:
    file(tmp_path, "ID,Need,From\n2,confirmed,01/09/2024\n", "attachment_needs.csv")
    children = '[[source]]\nfile = "*_needs.csv"\nbecomes = "children"\n[source.columns]\nchild_id = "ID"\n'
    text = f'[[source]]\nfile = "ATTACH*"\n{PLAIN}\n{children}'
    report = loaded(tmp_path, text, children=["1"])
    assert of_table(report) == [(1, 1)]
    assert of_table(report, "children") == [(1, 1), (1, 1)]


def test_parquet_and_any_ending(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    frame = pl.DataFrame({"ID": [1, 2], "Need": ["Confirmed", "x"], "From": [A_DAY, A_DAY]})
    frame.write_parquet(tmp_path / "in" / "needs.parquet")
    file(tmp_path, "ID\tNeed\tFrom\n1\tpossible\t01/09/2024\n", "needs.out")
    report = loaded(tmp_path, f'[[source]]\nfile = "needs.*"\n{PLAIN}')
    assert of_table(report) == [(1, 1), (2, 1)]


@pytest.mark.parametrize(("settings", "words"), [
    ('becomes = "needs"', "line 3: there is no table 'needs'"),
    ('becomes = "attachment_needs"\n[source.columns]\nchild = "ID"', "line 5: attachment_needs has no column 'child'"),
    ('becomes = "attachment_needs"\n[source.columns]\nchild_id = "ID"\nstatus = "x"', "line 4: attachment_needs needs start_date"),
    ('becomes = "attachment_needs"\n[source.columns]\nstatus = "x"\nstart_date = "y"', "needs child_id (or child says"),
    (PLAIN + 'child_id = "ID"', "line 8: child_id is given by child already"),
    (f'dates = ["day"]\n{PLAIN}', "line 3: 'day' is no format of a date"),
    (PLAIN + "[source.values.need]\na = 1", "line 8: attachment_needs has no column 'need'"),
    ('becomes = "programme_sessions"\nchild = { column = "ID", is = "upn" }', "line 4: programme_sessions has no child"),
])
def test_a_description_that_can_not_be(tmp_path: Path, settings: str, words: str) -> None:
    file(tmp_path, "ID,Need,From\n")
    with pytest.raises(ConfigError) as problem:
        described(tmp_path, settings)
    assert words in str(problem.value)


def test_a_column_that_is_there_twice(tmp_path: Path) -> None:
    file(tmp_path, "ID,Need,From,need\n")
    with pytest.raises(LoadError, match="has the column 'Need' more than once"):
        described(tmp_path, PLAIN)
