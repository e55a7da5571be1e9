"""HTML, Markdown and formulas typed into notes, actions, changes, targets and evidence are words on pages, in CSV files and in packs."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from pathlib import Path

import pytest

from dashboard.packs.contents import Pack
from dashboard.packs.presentation import presentation
from data_access.workspace import (
    ActionRecord,
    ChangeRecord,
    EvidenceRecord,
    EvidenceState,
    NoteRecord,
    Record,
    TargetRecord,
    save,
    workspace_engine,
)
from tests.dashboard.walking import Visitor

HARM = (
    '=HYPERLINK("http://evil") <script>alert(1)</script><img src=x onerror=alert(1)> [one](javascript:alert(1)) ![p](http://evil/p) '
    ":red[hot]"
)
MEASURE, DAY = "education_plan", datetime.date(2025, 6, 30)
RECORDS: tuple[Record, ...] = (
    NoteRecord(measure=MEASURE, words=HARM, period=None), ActionRecord(measure=MEASURE, aim=HARM, change_idea=HARM, owner="=1+1 <b>"),
    ChangeRecord(measure=MEASURE, on=DAY, words=HARM, rebase_reason=HARM),
    TargetRecord(measure=MEASURE, level=90, from_date=DAY, reason=HARM),
    EvidenceRecord(evidence_id="education_plan_arrangements", statement=2, state=EvidenceState.PARTLY, words=HARM,
                   link="https://example.org/<script>", owner="@SUM(1)", review_date=DAY),
)
UNESCAPED = re.compile(r"(?<!\\)\]\(javascript|(?<!\\)\]\(http://evil|(?<![\\\w]):red(?<!\\)\[")
FORMULA = re.compile(r"^[=+\-@\t\r]")


@pytest.mark.parametrize("role", ["Viewer", "Analyst"])
def test_they_are_words_on_pages_and_in_files(
    tmp_path: Path, demo_database: str, monkeypatch: pytest.MonkeyPatch, role: str,
) -> None:
    address = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    monkeypatch.setenv("QS133_DATABASE_URL", demo_database)
    monkeypatch.setenv("QS133_WORKSPACE_URL", address)
    engine = workspace_engine(address)
    for record in RECORDS:
        item = record.evidence_id if isinstance(record, EvidenceRecord) else f"{record.kind}-1"
        save(engine, item, record, after=0, who="ann")
    visitor, told, files = Visitor(monkeypatch, role), 0, 0
    for page in ("statement_2", "improvement", "overview", "pack"):
        seen = visitor.go(page)
        told += seen.text.count("onerror")
        for element in visitor.app.get("html"):
            assert "<script>alert" not in element.proto.body and "<img src=x" not in element.proto.body
        for kind in ("markdown", "caption", "info", "warning", "success", "error", "subheader", "header"):
            for element in visitor.app.get(kind):
                assert not UNESCAPED.search(element.value), element.value
        for name, make in seen.files.items():
            if name.endswith(".csv"):
                files += 1
                cells = [cell for row in csv.reader(io.StringIO(make().decode())) for cell in row]
                assert not [cell for cell in cells if FORMULA.match(cell) and not re.fullmatch(r"-?[\d.]+", cell)]
    assert told > 3 and files > 3


def test_a_presentation_has_no_link_and_no_picture_from_elsewhere(exact_pack: Pack) -> None:
    archive = zipfile.ZipFile(io.BytesIO(presentation(exact_pack)))
    relations = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels")]
    assert relations and not [text for text in relations if 'TargetMode="External"' in text]
