"""The one-file XML return: its structure, its lines, and what an attacker may put into XML."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from config.code_lists import LEGAL_STATUS
from data_access.load import LoadError
from data_access.load.checking.rows import FILE, ROW
from data_access.load.errors import FileProblem
from data_access.load.kept import read_kept
from data_access.load.reading.formats.xml_return import read_xml
from tests.data_access.files import contents_of, counts, loaded, reasons, rows_of, write

RETURN = """<?xml version="1.0" encoding="utf-8"?>
<EXPSSDA903>
  <CHILD>
    <HEADER>
      <CHILDID>1</CHILDID><UPN>D051910639385</UPN><SEX>M</SEX><DOB>02/01/2015</DOB><ETHNIC>WBRI</ETHNIC>
      <UASC>1</UASC><DUC>02/01/2033</DUC>
      <AREVIEW><REVIEW>01/06/2025</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
      <MOTHER/><MC_DOB/>
      <PERMANENCE><PREV_PERM>P2</PREV_PERM></PERMANENCE>
      <OC2><SDQ_SCORE>21</SDQ_SCORE><CONVICTED>0</CONVICTED></OC2>
    </HEADER>
    <EPISODE>
      <DECOM>01/05/2025</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U4</PL><PLACE_PROVIDER>PR1</PLACE_PROVIDER>
      <DEC>01/06/2025</DEC><REC>X1</REC><REASON_PLACE_CHANGE>CREQB</REASON_PLACE_CHANGE>
    </EPISODE>
    <EPISODE><DECOM>01/06/2025</DECOM><RNE>P</RNE><LS>C2</LS><PL>U6</PL><DEC/></EPISODE>
  </CHILD>
  <CHILD>
    <HEADER><CHILDID>2</CHILDID><SEX>F</SEX><DOB>02/01/2016</DOB><ETHNIC>MOTH</ETHNIC><UASC/></HEADER>
    <EPISODE><DECOM>01/07/2025</DECOM><RNE>S</RNE><LS>??</LS><PL>U6</PL></EPISODE>
  </CHILD>
</EXPSSDA903>
"""


def xml(folder: Path, text: str | bytes) -> Path:
    path = folder / "return.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_xml_return_gives_what_the_csv_return_gives(tmp_path: Path) -> None:
    csv = tmp_path / "csv"
    first = {"UPN": "D051910639385"}
    write(csv, "Header", first, {"CHILD": "2", "SEX": "F", "DOB": "02/01/2016", "ETHNIC": "MOTH"})
    write(
        csv, "Episodes",
        {"CIN": "N1", "PLACE_PROVIDER": "PR1", "DEC": "01/06/2025", "REC": "X1", "REASON_PLACE_CHANGE": "CREQB"},
        {"DECOM": "01/06/2025", "RNE": "P", "PLACE": "U6"}, {"CHILD": "2", "DECOM": "01/07/2025", "LS": "??", "PLACE": "U6"},
    )
    born = {"DOB": "02/01/2015"}
    write(csv, "UASC", {"SEX": "M", "DUC": "02/01/2033", **born})
    write(csv, "OC2", {"SDQ_SCORE": "21", "CONVICTED": "0", **born})
    write(csv, "PrevPerm", {"PREV_PERM": "P2", **born})
    _, one = loaded(tmp_path / "one", csv)
    report, other = loaded(tmp_path / "other", xml(tmp_path, RETURN))
    from_csv, from_xml = contents_of(one), contents_of(other)
    # What is kept for a later --add is compressed, and its bytes differ with how it was read; the rows in it don't.
    for name in ("load_file", "quarantine", "data_version", "kept_source"):
        del from_csv[name], from_xml[name]
    assert from_xml == from_csv
    assert kept_for_adding(other) == kept_for_adding(one)
    assert counts(report) == {"Header": (2, 2, 0), "Episodes": (3, 2, 1), "UASC": (1, 1, 0), "OC2": (1, 1, 0), "PrevPerm": (1, 1, 0)}
    assert [(each.file, each.table) for each in report.not_used] == [("return.xml", "Reviews")]
    assert reasons(other, "Episodes") == [(20, f"LS '??' is not a code of 2025/26; allowed: {' '.join(LEGAL_STATUS)}")]


def kept_for_adding(url: str) -> dict[str, list[tuple[int | None, list[dict[str, object]]]]]:
    """The rows that a load keeps of each table, with the collection year of each return."""
    kept = read_kept(url)
    assert kept.in_uasc == {"1"} and kept.beside_uasc == {"1", "2"}
    return {
        table.name: [(part.year, part.rows.drop(FILE, ROW).to_dicts()) for part in parts]
        for table, parts in kept.parts.items()
    }


def test_lines_are_true_in_long_files(tmp_path: Path) -> None:
    _, url = loaded(tmp_path, xml(tmp_path, RETURN.replace("<CHILD>", "<CHILD>" + "\n" * 70_000, 1)))
    assert reasons(url, "Episodes") == [(70_020, f"LS '??' is not a code of 2025/26; allowed: {' '.join(LEGAL_STATUS)}")]


def test_a_table_without_an_element_was_not_provided(tmp_path: Path) -> None:
    bare = "<EXPSSDA903><CHILD><HEADER><CHILDID>1</CHILDID></HEADER><EPISODE><DECOM>01/05/2025</DECOM><RNE>S</RNE>" \
        "<LS>C2</LS></EPISODE></CHILD></EXPSSDA903>"
    report, url = loaded(tmp_path, xml(tmp_path, bare), as_at=datetime.date(2025, 6, 1))
    assert counts(report) == {"Header": (1, 1, 0), "Episodes": (1, 1, 0)}
    assert [row["name"] for row in rows_of(url, "provided_table")] == ["Episodes", "Header"]
    report, url = loaded(tmp_path, xml(tmp_path, bare.replace("C2", "?")), as_at=datetime.date(2025, 6, 1))
    assert counts(report) == {"Header": (1, 1, 0), "Episodes": (1, 0, 1)}
    assert [row["name"] for row in rows_of(url, "provided_table")] == ["Header"]


@pytest.mark.parametrize("change", [
    ("<EXPSSDA903>", '<EXPSSDA903 xmlns="http://example.org/903">'),
    ("EXPSSDA903>", "x:EXPSSDA903>"),
    ("<EXPSSDA903>", "<!-- a comment --><EXPSSDA903>"),
    ("<SEX>M</SEX>", "<SEX><![CDATA[M]]></SEX>"),
    ("<SEX>M</SEX>", "<SEX> &#77; </SEX>"),
])
def test_namespaces_comments_and_entities_of_xml_itself_are_read(tmp_path: Path, change: tuple[str, str]) -> None:
    text = RETURN.replace(*change).replace("<x:EXPSSDA903>", '<x:EXPSSDA903 xmlns:x="http://example.org/903">')
    report, _ = loaded(tmp_path, xml(tmp_path, text))
    assert counts(report)["Header"] == (2, 2, 0)


@pytest.mark.parametrize("declared", ["utf-8", "windows-1252", "iso-8859-1"])
def test_text_in_a_code_page_is_read(tmp_path: Path, declared: str) -> None:
    text = RETURN.replace("utf-8", declared).replace("<CHILDID>1<", "<CHILDID>é<")
    _, url = loaded(tmp_path, xml(tmp_path, text.encode("cp1252")))
    assert rows_of(url, "child")[1]["child_id"] == "é"


BOMB = (
    '<!DOCTYPE b [<!ENTITY a "' + "x" * 1000 + '">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)) + "]>"
)


@pytest.mark.parametrize("document_type", [
    BOMB,
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
    "<!DOCTYPE EXPSSDA903>",
])
def test_a_document_type_is_refused_at_once(tmp_path: Path, document_type: str) -> None:
    text = RETURN.replace("<EXPSSDA903>", document_type + "<EXPSSDA903>").replace("<SEX>M<", "<SEX>&i;&secret;<")
    begun = time.monotonic()
    with pytest.raises(LoadError, match=r"return\.xml is refused because a document type"):
        loaded(tmp_path, xml(tmp_path, text))
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(("text", "words"), [
    ("<EXPSSDA903><CHILD></EXPSSDA903>", "not well-formed"),
    ("", "not well-formed"),
    ("<OTHER/>", "<OTHER>"),
    ("<EXPSSDA903>&unknown;</EXPSSDA903>", "not well-formed"),
    (RETURN.encode("utf-16"), "NUL"),
])
def test_what_is_no_return_is_told_in_a_sentence(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(FileProblem, match=words):
        read_xml(xml(tmp_path, text))
