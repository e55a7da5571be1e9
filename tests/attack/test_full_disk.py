"""A disk that is full: a load, a way back, a backup and what people write say so in a sentence, and everything from before is there.

Files may get no longer than what is left of the disk (RLIMIT_FSIZE), which every system has and which needs no rights. Where a full file
system can be made, as with `mount -t tmpfs -o size=3m`, the same holds: SECURITY.md.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from data_access.load import load
from data_access.load.storing.history import history
from data_access.workspace import NoteRecord, current, save, workspace_engine
from tests.attack.kills import source
from tests.data_access.files import contents_of

PROJECT = Path(__file__).resolve().parents[2]
FULL = """
import resource, signal, sys
from pathlib import Path
from data_access.load import LoadError, load
from data_access.load.storing.rollback import go_back
from data_access.workspace import NoteRecord, WorkspaceUnavailable, save, workspace_engine
from data_access.workspace.backup import BackupError, backup

what, url, other, left = sys.argv[1:]
workspace = workspace_engine(other)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(left), resource.RLIM_INFINITY))
try:
    if what == "load":
        load([Path(url.removeprefix("duckdb:///")).parent / "b"], url)
    elif what == "rollback":
        go_back(url, "ann", keep=3)
    elif what == "backup":
        backup(other, Path(url.removeprefix("duckdb:///")).parent / "backup.sqlite")
    else:
        for number in range(1000):
            save(workspace, f"n{number}", NoteRecord(measure="attendance", words="x" * 4000), after=0, who="ann")
            print(number, flush=True)
except (LoadError, BackupError, WorkspaceUnavailable) as refused:
    print(f"refused: {refused}", flush=True)
"""


@pytest.mark.long
@pytest.mark.parametrize("left", [0, 4096, 100_000, 400_000])
@pytest.mark.parametrize("what", ["load", "rollback", "backup", "write"])
def test_a_full_disk_is_a_sentence_and_loses_nothing(tmp_path: Path, what: str, left: int) -> None:
    url, other = f"duckdb:///{tmp_path / 'reporting.duckdb'}", f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    for name, children in (("a", 30), ("b", 40)):
        source(tmp_path / name, children)
    for name in ("b", "a"):
        load([tmp_path / name], url)
    engine = workspace_engine(other)
    for number in range(100):
        save(engine, f"{number}", NoteRecord(measure="attendance", words="y" * 4000), after=0, who="ann")
    engine.dispose()
    held, loads = contents_of(url), history(url)
    done = subprocess.run(
        [sys.executable, "-c", FULL, what, url, other, str(left)], cwd=PROJECT, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said and said[-1].startswith("refused: ") and "Transaction" not in said[-1], said[-2:]
    assert contents_of(url) == held and history(url) == loads and not (tmp_path / "backup.sqlite").exists()
    notes = {note.item_id: note.record.words for note in current(workspace_engine(other), NoteRecord)}
    assert set(notes) == {f"{number}" for number in range(100)} | {f"n{number}" for number in said[:-1]}
    load([tmp_path / "b"], url)  # and with room again, everything goes on
    assert len(history(url)) == len(loads) + 1
    assert not [path.name for path in tmp_path.iterdir() if "loading" in path.name or path.name.startswith(".backup")]
