"""`sources.toml`: what it says, written and read again, and each mistake told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.sources import SourceDescription, descriptions, sources, written
from config.toml_file import ConfigError

WHOLE = """
[[source]]
file = "ePEP*.xlsx"
becomes = "education_plans"
sheets = "all"
header = "find"
dates = ["DD/MM/YYYY", "D MMM YYYY"]
child = { column = "UPN", is = "upn", strip = "P", pad = 8 }
only = { "PEP complete?" = ["Yes", 1] }
last_day_included = true
ignore_rows = { "Name" = ["Total", "Grand total"] }
[source.columns]
completed_date = "Date of PEP"
key_person = "Key \\"adult\\""
[source.values.key_person]
Yes = 1
No = false

[[source]]
database = "env:REPORTING"
sql = "SELECT 1"
becomes = "carers"
header = 3
sheets = ["Autumn", "Spring"]
"""


def bare(description: SourceDescription) -> SourceDescription:
    return description.model_copy(update={"where": "", "line": 0, "lines": ()})


def test_what_is_written_is_read_again() -> None:
    read = descriptions(WHOLE, "sources.toml")
    assert [each.line for each in read] == [2, 19]
    assert read[0].values == {"key_person": {"Yes": "1", "No": "0"}}
    assert read[0].only == {"PEP complete?": ("Yes", "1")}
    assert read[0].named() == ("Date of PEP", 'Key "adult"', "UPN", "PEP complete?", "Name")
    again = descriptions("".join(map(written, read)), "sources.toml")
    assert [bare(each) for each in again] == [bare(each) for each in read]


@pytest.mark.parametrize(("text", "words"), [
    ("x = 1", "line 1: there is no setting 'x'"),
    ("[source]\nfile = 'x'", "begins with [[source]]"),
    ("[[source]", "is not valid TOML"),
    ("\n[[source]]\nfile = 'x'\nbecomes = 'y'\nheader = 0", "line 5: header must be \"find\" or a row's number, not 0"),
    ("[[source]]\nfile = 'x'\nbecomes = 'y'\n\nchild = { column = 'a', is = 'x' }", "line 5: child must be"),
    ("[[source]]\nfile = 'x'\nbecomes = 'y'\nchild = { column = 'a' }", "lacks child.is"),
    ("[[source]]\nfile = 'x'", "line 1: this source lacks becomes"),
    ("[[source]]\nbecomes = 'y'", "either file"),
    ("[[source]]\nbecomes = 'y'\nfile = 'x'\ndatabase = 'env:A'\nsql = 'SELECT 1'", "either file"),
    ("[[source]]\nbecomes = 'y'\ndatabase = 'env:A'", "belong together"),
    ("[[source]]\nbecomes = 'y'\ndatabase = 'sqlite://'\nsql = 'SELECT 1'", 'database is "env:NAME"'),
    ("[[source]]\nbecomes = 'y'\nfile = 'a/b.csv'", "without a folder"),
    ("[[source]]\nfile = 'x'\nbecomes = 'y'\nsheets = 3", "line 4: sheets must be"),
    ("[[source]]\nfile = 'x'\nbecomes = 'y'\ncolums = 3", "line 4: a source has no setting 'colums'"),
    ("[[source]]\nfile = 'x'\nbecomes = 'y'\nonly = { a = 'Yes' }", "line 4: only must be"),
    ("[[source]]\nfile = 'x'\nbecomes = 'y'\nlast_day_included = 'yes'", "line 4: last_day_included must be true or false"),
    ("[[source]]\nfile = 'x'\nbecomes = 'y'\n[source.values]\na = 1", "values must be"),
    ("[[source]]\nfile = 'x'\nbecomes = 'y'\nline = 1", "a source has no 'line'"),
])
def test_a_mistake_is_told_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as problem:
        descriptions(text, "sources.toml")
    assert words in str(problem.value)
    assert str(problem.value).startswith("sources.toml")


def test_the_file_of_the_config_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert sources() == ()
    monkeypatch.setenv("QS133_CONFIG", str(tmp_path))
    assert sources() == ()
    (tmp_path / "sources.toml").write_text(WHOLE)
    assert [each.becomes for each in sources()] == ["education_plans", "carers"]
    (tmp_path / "sources.toml").write_text("[[source]]\nfile = 1\nbecomes = 'x'")
    with pytest.raises(ConfigError, match=r"^sources\.toml, line 2: file must be"):
        sources()
