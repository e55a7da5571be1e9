"""`qs133 comparators`: the four files as they are, what is told of them, and what a load leaves alone."""

from pathlib import Path

import pytest

from dashboard import command_line
from data_access.comparators import loaded
from tests.data_access import published_files as files
from tests.data_access.files import database, write


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QS133_COMPARATORS", str(tmp_path / "comparators.csv"))
    monkeypatch.setenv("QS133_AUTHORITY", "Kent County Council")
    return tmp_path / "comparators.csv"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = command_line.main(["comparators", *(str(argument) for argument in arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_four_files_are_read_and_told(capsys: pytest.CaptureFixture[str], store: Path) -> None:
    code, out, err = run(capsys, *files.FILES)
    assert (code, err) == (0, "")
    for path in files.FILES:
        assert f"{path.name}: {len(files.rows_of(path))} rows read, " in out
    held = [text for code in codes(files.PLACEMENTS) for text in files.values_of("three_or_more_placements", code).values()]
    symbols = sum(text in "ckuxz" for text in held)
    assert f"3 or more placements during the year: {len(held)} values, {symbols} of them a symbol and no number." in out
    assert "Kent is compared with England, South East, and its statistical neighbours Essex, East Sussex, " in out
    assert store.exists()


def codes(path: Path) -> set[str]:
    return {row["old_la_code"] or row["region_code"] or row["country_code"] for row in files.rows_of(path)}


def test_without_a_file_it_says_what_there_is(capsys: pytest.CaptureFixture[str], store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run(capsys)
    assert code == 0 and "2021 to 2025" in out and "153 authorities" in out and not store.exists()
    monkeypatch.setenv("QS133_AUTHORITY", "Kentshire")
    assert "'Kentshire' is none of the published authorities" in run(capsys)[1]
    monkeypatch.setenv("QS133_REGION", "Mars")
    assert "There is no region 'Mars'" in run(capsys)[1]


def test_a_file_of_another_shape_gets_a_sentence_and_nothing_is_kept(
    capsys: pytest.CaptureFixture[str], store: Path, tmp_path: Path,
) -> None:
    code, out, err = run(capsys, files.PLACEMENTS, write(tmp_path / "return", "Header", {}))
    assert (code, out) == (1, "") and "it is none of the files that are read" in err and not store.exists()


def test_a_load_leaves_them_alone(capsys: pytest.CaptureFixture[str], store: Path, tmp_path: Path) -> None:
    run(capsys, files.PLACEMENTS)
    before = loaded(store)
    write(tmp_path / "source", "Header", {})
    write(tmp_path / "source", "Episodes", {})
    assert command_line.main(["load", str(tmp_path / "source"), "--database", database(tmp_path)]) == 0
    assert before.height and loaded(store).equals(before)
