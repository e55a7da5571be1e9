"""Files as councils' systems and their people write them: each is proposed rightly, and gives, loaded so, what our own shape gives."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from config.sources import descriptions, written
from data_access.load import load
from data_access.load.drafting.looking import look_at
from data_access.load.drafting.proposal import draft
from data_access.load.drafting.trial import known_in, tried
from data_access.load.reading.formats.packed import DataFile
from tests.data_access.council.facts import CHILDREN, FACTS, UPNS
from tests.data_access.council.schools import SCHOOLS
from tests.data_access.council.services import SERVICES
from tests.data_access.council.shape import Shape
from tests.data_access.council.unusual import UNUSUAL, Unusual
from tests.data_access.files import database, rows_of, write

SHAPES = [*SERVICES, *SCHOOLS]
A_DAY = datetime.date(2025, 6, 30)
REPORTING = {
    "children": "child",
    "attachment_needs": "attachment_need",
    "care_arrangements": "care_arrangement",
    "programmes": "programme",
    "outcome_scores": "outcome_score",
    "education_plans": "education_plan",
    "attendance": "attendance",
    "exclusions": "exclusion",
    "attendance_summary": "attendance_summary",
    "carers": "carer",
    "carer_training": "carer_training",
}
RENAMED = {"date": "session_date", "uasc": "unaccompanied"}


def known(folder: Path) -> Path:
    source = folder / "known"
    write(source, "Header", *({"CHILD": child, "SEX": "", "DOB": "", "ETHNIC": "", "UPN": UPNS[child]} for child in CHILDREN))
    write(source, "Episodes", {"CHILD": CHILDREN[0], "DECOM": "01/05/2024"})
    return source


def in_our_shape(folder: Path, shape: Shape | Unusual) -> Path:
    (folder / "ours").mkdir()
    rows = [{ours: row[ours] for ours in shape.columns} for row in FACTS[shape.table]]
    names = list(shape.columns)
    lines = [",".join(names), *(",".join(row[name] for name in names) for row in rows)]
    (folder / "ours" / "ours.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "ours"


def held(url: str, shape: Shape | Unusual) -> list[tuple[object, ...]]:
    columns = [RENAMED.get(name, name) for name in shape.columns]
    return sorted((tuple(row[name] for name in columns if name in row) for row in rows_of(url, REPORTING[shape.table])), key=repr)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_the_proposal_is_right_and_loads_the_same_facts(tmp_path: Path, shape: Shape) -> None:
    path = shape.write(tmp_path / "theirs")
    found = draft(look_at(DataFile(path)))
    assert found.description.becomes == shape.table, found.unsure
    proposed = {ours: match.column.name for ours, match in found.matches.items()}
    assert {ours: proposed.get(ours) for ours in shape.columns} == dict(shape.columns)
    source = known(tmp_path)
    theirs = tmp_path / "from_theirs"
    theirs.mkdir()
    described = descriptions(written(found.description), "draft")
    report = load([source, tmp_path / "theirs"], database(theirs), as_at=A_DAY, described=described)
    counts = [(each.rows_loaded, each.rows_quarantined) for each in report.files if each.table == shape.table]
    assert (sum(loaded for loaded, _ in counts), sum(bad for _, bad in counts)) == (len(FACTS[shape.table]), 0), report.quarantined
    assert held(database(theirs), shape) == held(as_we_write_it(tmp_path, source, shape), shape)


def as_we_write_it(tmp_path: Path, source: Path, shape: Shape | Unusual) -> str:
    """The address of a database with the same facts, loaded from a file in our shape."""
    ours = tmp_path / "from_ours"
    ours.mkdir()
    plain = "".join(f'{name} = "{name}"\n' for name in shape.columns)
    text = f'[[source]]\nfile = "ours.csv"\nbecomes = "{shape.table}"\n[source.columns]\n{plain}'
    load([source, in_our_shape(tmp_path, shape)], database(ours), as_at=A_DAY, described=descriptions(text, "ours"))
    return database(ours)


@pytest.mark.parametrize("shape", UNUSUAL, ids=lambda shape: shape.file)
def test_what_people_make_by_hand_is_proposed_rightly_and_loads_the_same_facts(tmp_path: Path, shape: Unusual) -> None:
    path = shape.write(tmp_path / "theirs")
    found = draft(look_at(DataFile(path)))
    assert found.description.becomes == shape.table, found.unsure
    assert {ours: match.column.name for ours, match in found.matches.items()} == dict(shape.columns)
    assert (found.description.values, found.description.sheets) == (shape.values, shape.sheets)
    assert (found.description.dates, found.description.last_day_included) == (shape.dates, shape.last_day)
    assert any(shape.says in sentence for sentence in found.unsure) or not shape.says
    source = known(tmp_path)
    described = descriptions(written(found.description), "draft")
    (trial, *others) = tried(DataFile(path), described, known_in([source]))
    assert sum(each.rows_loaded for each in (trial, *others)) == len(FACTS[shape.table])
    theirs = tmp_path / "from_theirs"
    theirs.mkdir()
    report = load([source, tmp_path / "theirs"], database(theirs), as_at=A_DAY, described=described)
    counts = [(each.rows_loaded, each.rows_quarantined, each.rows_set_aside) for each in report.files if each.table == shape.table]
    assert tuple(map(sum, zip(*counts, strict=True))) == (len(FACTS[shape.table]), shape.bad, shape.aside), report.quarantined
    assert held(database(theirs), shape) == held(as_we_write_it(tmp_path, source, shape), shape)


def test_there_are_more_than_fifty() -> None:
    files = [shape.file for shape in (*SHAPES, *UNUSUAL)]
    assert len(set(files)) == len(files) >= 54
