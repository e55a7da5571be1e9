"""Uploaded files: sorted into sources, never larger than allowed, never outside their folder, and gone once they are read."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard.screens.load.uploads import LOCK, LOOSE, PREFIX, data_files, on_disk
from data_access.file_system import locked
from data_access.load import LoadError, load
from tests.data_access.files import write


@dataclass
class Given:
    """An upload as the browser gives it."""

    name: str
    contents: bytes = b"a,b\n"

    def getvalue(self) -> bytes:
        return self.contents


def archive(*entries: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, contents in entries:
            file.writestr(name, contents)
    return held.getvalue()


@pytest.mark.parametrize(("given", "sources"), [
    ([Given("a.csv"), Given("b.parquet")], {LOOSE: ["a.csv", "b.parquet"]}),
    ([Given("all/2025/a.csv"), Given("all/extracts/a.csv")], {"2025": ["a.csv"], "extracts": ["a.csv"]}),
    ([Given("all\\2025\\a.csv")], {"2025": ["a.csv"]}),
    ([Given("r25.zip", archive(("a.csv", b"x"), ("b.csv", b"y")))], {"r25": ["a.csv", "b.csv"]}),
    ([Given("all.zip", archive(("2025/a.csv", b"x"), ("x/2026/a.csv", b"y")))], {"all/2025": ["a.csv"], "all/2026": ["a.csv"]}),
    (
        [Given("a.csv"), Given("return.xml"), Given("other.XML")],
        {LOOSE: ["a.csv"], "return.xml": ["return.xml"], "other.XML": ["other.XML"]},
    ),
    ([Given("a.csv"), Given("notes.docx"), Given(".hidden.csv"), Given("~$a.xlsx")], {LOOSE: ["a.csv"]}),
    ([Given("m.zip", archive(("a.csv", b"x"), ("__MACOSX/a.csv", b"y"), ("deep.zip", b"z")))], {"m": ["a.csv"]}),
])
def test_which_files_are_one_source(given: list[Given], sources: dict[str, list[str]]) -> None:
    found: dict[str, list[str]] = {}
    for file in data_files(given, 1):
        found.setdefault(file.source, []).append(file.name)
    assert found == sources


@pytest.mark.parametrize(("given", "words"), [
    ([Given("notes.docx")], "None of the files is a data file"),
    ([Given("a.zip", b"no zip")], "a.zip can't be opened as a zip file"),
    ([Given("a.csv"), Given("A.csv")], "was chosen twice"),
    ([Given("a.csv", b"x" * 600_000), Given("b.csv", b"x" * 600_000)], "larger than 1 megabyte together"),
    ([Given("bomb.zip", archive(("a.csv", b"0" * 5_000_000)))], "larger than 1 megabyte together"),
    ([Given("parts.zip", archive(("a.csv", b"0" * 600_000), ("b.csv", b"0" * 600_000)))], "larger than 1 megabyte together"),
    ([Given("bomb.xlsx", archive(("xl/worksheets/sheet1.xml", b"0" * 5_000_000)))], "larger than 1 megabyte together"),
    ([Given("a.zip", archive(("b.xlsx", archive(("xl/worksheets/sheet1.xml", b"0" * 5_000_000)))))], "larger than 1 megabyte together"),
    ([Given(f"{number}.csv") for number in range(501)], "501 files were chosen"),
])
def test_what_cannot_be_used_is_a_sentence(given: list[Given], words: str) -> None:
    with pytest.raises(LoadError, match=words):
        data_files(given, 1)


@pytest.mark.parametrize("letter", ["ü", "😀", "a", "\udc80"])
def test_long_names_are_cut_by_bytes_and_stay_apart(letter: str) -> None:
    given = [Given(f"{first}{letter * 300}.csv", first.encode()) for first in "abc"]
    with on_disk(data_files(given, 1)) as sources:
        (folder,) = sources
        assert sorted(file.read_bytes() for file in folder.iterdir()) == [b"a", b"b", b"c"]
        assert all(file.suffix == ".csv" and len(file.name.encode()) < 255 for file in folder.iterdir())


def test_a_zip_file_with_a_password_is_a_sentence(tmp_path: Path) -> None:
    plain = bytearray(archive(("a.csv", b"x")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        plain[plain.index(mark) + place] |= 1  # the flag that says it is encrypted
    with pytest.raises(LoadError, match="without a password"):
        data_files([Given("a.zip", bytes(plain))], 1)


def test_files_are_on_the_disk_for_nobody_else_and_only_for_the_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    files = data_files([Given("evil.zip", archive(("../../outside.csv", b"x"), ("/etc/root.csv", b"y")))], 1)
    with on_disk(files) as sources:
        written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != LOCK]
        assert {path.name for path in written} == {"outside.csv", "root.csv"}
        (folder,) = tmp_path.iterdir()
        assert folder.name.startswith(PREFIX) and folder.stat().st_mode & 0o077 == 0
        assert all(path.parent.parent == folder for path in written) and set(sources.values()) == {"evil", "evil/etc"}
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ZeroDivisionError), on_disk(files):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_behind_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in (f"{PREFIX}ended", f"{PREFIX}used", f"{PREFIX}just-made", "others"):
        (tmp_path / name).mkdir()
    for name in (f"{PREFIX}ended", f"{PREFIX}used"):
        (tmp_path / name / LOCK).touch()
        (tmp_path / name / "children.csv").touch()
    with locked(tmp_path / f"{PREFIX}used" / LOCK), on_disk(data_files([Given("a.csv")], 1)):
        left = {path.name for path in tmp_path.iterdir()}
    assert f"{PREFIX}ended" not in left and {f"{PREFIX}used", f"{PREFIX}just-made", "others"} <= left


def test_uploaded_files_load_as_the_command_loads_them(tmp_path: Path) -> None:
    folder = tmp_path / "extracts"
    write(folder, "children", {}, {"child_id": "2"}, {"child_id": "2"})
    write(folder, "assessments", {})
    with on_disk(data_files([Given(f"all/extracts/{path.name}", path.read_bytes()) for path in folder.iterdir()], 1)) as sources:
        url = f"duckdb:///{tmp_path / 'uploaded.duckdb'}"
        uploaded = load(list(sources), url, shown_as=sources.__getitem__)
    by_command = load([folder], f"duckdb:///{tmp_path / 'command.duckdb'}", shown_as=lambda path: path.name)
    assert uploaded == by_command and uploaded.files[0].source == "extracts"
