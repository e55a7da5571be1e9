"""A DuckDB database as files: which is read, what earlier versions of the dashboard and people left at its address, and what is removed."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_access.database_files import current_file, points, version_files
from data_access.engines import DatabaseUnavailable, address_of_file, current_version, engine
from data_access.file_system import locked, write_in_place
from data_access.load import load
from data_access.load.storing.rollback import go_back, kept_loads
from data_access.tables import child
from tests.data_access.files import rows_of, write


def loaded(folder: Path, url: str, children: int) -> None:
    source = folder / str(children)
    write(source, "children", *({"child_id": f"{number}"} for number in range(children)))
    load([source], url, as_at=datetime.date(2026, 6, 30), who=f"loader of {children}")


def as_before(file: Path) -> None:
    """The database as it was when each load replaced the file at the address itself, and kept the earlier ones under other names."""
    in_use = current_file(file)
    for version in version_files(file):
        if version.path != in_use:
            version.path.rename(file.with_name(f"{file.name}.kept-{version.contents_of}"))
    in_use.replace(file)


def test_a_database_of_before_is_read_kept_and_gone_back_to(tmp_path: Path) -> None:
    file = tmp_path / "reporting.duckdb"
    url = f"duckdb:///{file}"
    loaded(tmp_path, url, 2)
    loaded(tmp_path, url, 3)
    as_before(file)
    assert not points(file) and len(rows_of(url, "child")) == 3 and [each.who for each in kept_loads(url)] == ["loader of 2"]
    before = current_version(url)
    loaded(tmp_path, url, 4)
    assert points(file) and len(rows_of(url, "child")) == 4 and current_version(url) != before
    assert [each.who for each in kept_loads(url)] == ["loader of 3", "loader of 2"]
    for children in (3, 2):
        go_back(url, "somebody", keep=3)
        assert len(rows_of(url, "child")) == children
    assert [each.who for each in kept_loads(url)] == ["loader of 4", "loader of 3"]


def test_going_back_from_a_database_of_before(tmp_path: Path) -> None:
    file = tmp_path / "reporting.duckdb"
    url = f"duckdb:///{file}"
    loaded(tmp_path, url, 2)
    loaded(tmp_path, url, 3)
    as_before(file)
    go_back(url, "somebody", keep=3)
    assert len(rows_of(url, "child")) == 2 and [each.who for each in kept_loads(url)] == ["loader of 3"]


def test_a_database_that_somebody_puts_at_the_address_is_read(tmp_path: Path) -> None:
    file, other = tmp_path / "reporting.duckdb", tmp_path / "other.duckdb"
    loaded(tmp_path, f"duckdb:///{file}", 2)
    loaded(tmp_path, f"duckdb:///{other}", 5)
    current_file(other).replace(file)
    assert len(rows_of(f"duckdb:///{file}", "child")) == 5


def test_what_names_no_file_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "reporting.duckdb"
    url = f"duckdb:///{file}"
    loaded(tmp_path, url, 2)
    current_file(file).unlink()
    for ask in (current_version, address_of_file):
        with pytest.raises(DatabaseUnavailable, match=r"which is not there\. Put that file back, or load"):
            ask(url)
    loaded(tmp_path, url, 3)
    assert len(rows_of(url, "child")) == 3


def test_a_reader_whose_file_goes_before_it_is_opened_reads_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "reporting.duckdb"
    url = f"duckdb:///{file}"
    loaded(tmp_path, url, 2)
    gone = current_file(file)
    loaded(tmp_path, url, 3)
    gone.unlink()
    answers = iter([gone])
    monkeypatch.setattr("data_access.engines._current", lambda _file: next(answers, current_file(file)))
    with engine(url).connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(child)) == 3


def test_no_file_that_is_open_is_replaced_or_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads keeps a file open that nothing touches: it is as it was after loads, and its name is not taken."""
    file = tmp_path / "reporting.duckdb"
    url = f"duckdb:///{file}"
    loaded(tmp_path, url, 2)
    open_file = current_file(file)
    identity = open_file.stat().st_ino, open_file.read_bytes()
    with engine(url).connect() as connection:
        loaded(tmp_path, url, 3)
        loaded(tmp_path, url, 4)
        go_back(url, "somebody", keep=3)
        assert connection.scalar(sa.select(sa.func.count()).select_from(child)) == 2
        assert (open_file.stat().st_ino, open_file.read_bytes()) == identity
    assert len(rows_of(url, "child")) == 3


def test_a_file_that_cannot_be_removed_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows does it with a file that is open."""
    url = f"duckdb:///{tmp_path / 'reporting.duckdb'}"

    def refused(path: Path, missing_ok: bool = False) -> None:
        if ".version-" in path.name:
            raise PermissionError(13, "in use", str(path))
        unlink(path, missing_ok=missing_ok)

    unlink = Path.unlink
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refused)
        for children in range(2, 8):
            loaded(tmp_path, url, children)
        assert len(rows_of(url, "child")) == 7 and len(version_files(tmp_path / "reporting.duckdb")) == 6
    loaded(tmp_path, url, 9)
    assert [each.who for each in kept_loads(url)] == ["loader of 7", "loader of 6", "loader of 5"]


def test_one_holds_a_lock_and_a_killed_draft_is_no_file(tmp_path: Path) -> None:
    with locked(tmp_path / "lock"), pytest.raises(BlockingIOError), locked(tmp_path / "lock"):
        pass
    with locked(tmp_path / "lock"):
        pass
    write_in_place(tmp_path / "file", b"one", tmp_path / "draft")
    (tmp_path / "file").chmod(0o640)
    write_in_place(tmp_path / "file", b"two", tmp_path / "draft")
    assert (tmp_path / "file").read_bytes() == b"two" and (tmp_path / "file").stat().st_mode & 0o777 == 0o640
    assert not (tmp_path / "draft").exists()
