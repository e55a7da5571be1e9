"""Kills -9 at random moments over all that writes: `python -m tests.attack kills`. Nothing is lost, and nothing is half.

Each kill has a child process of its own that is ended while it works, at a moment chosen evenly over the time that the work takes.
Databases, workspaces and backups are then held against every state that they may be in: the one before, or the whole new.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import multiprocessing
import random
import sys
import tempfile
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from data_access.audit import Action, Entry, entries, record
from data_access.load import load
from data_access.load.storing.history import history
from data_access.load.storing.rollback import go_back, kept_loads
from data_access.workspace import (
    Family,
    NoteRecord,
    Release,
    current,
    evidence_of,
    keep_releases,
    releases_of,
    save,
    workspace_engine,
)
from data_access.workspace.backup import backup
from data_access.workspace.engine import HEAD, schema_version
from tests.data_access.files import contents_of, write
from tests.data_access.workspace.test_workspace_migrations import OLD_EVIDENCE, OLD_ROWS, write_old
from tests.postgresql import running_postgresql

KEPT = 3
MODULES = [__name__, "data_access.load", "data_access.workspace.backup", "alembic.command", "alembic.config"]
SAID = "said"
FAMILY = Family("children_any", "quarter", "a" * 64)
AT = datetime.datetime(2026, 10, 3, 12, 30)
PERIODS = [f"Quarter {number}" for number in range(1, 9)]


def source(folder: Path, children: int, first: int = 0) -> Path:
    """Children with assessments and marks enough for a write to take a while."""
    ids = [f"c{number}" for number in range(first, first + children)]
    days = [str(datetime.date(2025, 1, 6) + datetime.timedelta(days=day)) for day in range(40)]
    write(folder, "children", *({"child_id": id} for id in ids))
    write(folder, "assessments", *({"assessment_id": id, "child_id": id, "personal": "1"} for id in ids))
    write(folder, "attendance", *({"child_id": id, "date": day} for id in ids for day in days))
    return folder


def do_load(said: Connection, url: str, folder: Path) -> None:
    said.send("begins")
    said.send(load([folder], url, who="killed").version)


def do_add(said: Connection, url: str, folder: Path) -> None:
    said.send("begins")
    said.send(load([folder], url, who="killed", add=True).version)


def do_rollback(said: Connection, url: str) -> None:
    said.send("begins")
    said.send(go_back(url, "killed", keep=KEPT).version)


def do_backup(said: Connection, url: str, file: Path) -> None:
    said.send("begins")
    backup(url, file)
    said.send(SAID)


def do_release(said: Connection, url: str, number: int) -> None:
    said.send("begins")
    releases = [Release(each, number, AT, "", "", "v", frozenset({"OC2"}), b"x" * 50_000) for each in PERIODS]
    keep_releases(workspace_engine(url), FAMILY, releases)
    said.send(SAID)


def do_write(said: Connection, url: str, number: int) -> None:
    engine = workspace_engine(url)
    said.send("begins")
    for each in range(20):
        record(engine, Entry("ann", "analyst", Action.CHANGE, f"note {number}-{each}"))
        save(engine, f"{number}-{each}", NoteRecord(measure="attendance", words="x" * 4000), after=0, who="ann")
        said.send(f"{number}-{each}")


def do_migrate(said: Connection, url: str) -> None:
    said.send("begins")
    workspace_engine(url)
    said.send(SAID)


@dataclass
class Kill:
    """What the killed process had said, and whether it was ended while it worked."""

    acknowledged: list[str]
    half_way: bool


@dataclass
class Attack:
    """The kills of one kind of engine."""

    folder: Path
    new_database: Callable[[str], str]
    chance: random.Random
    took: dict[str, float] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    half_way: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(MODULES)
        self.context = context
        self.sources = {
            name: source(self.folder / name, children, first) for name, children, first in (("a", 60, 0), ("b", 40, 10), ("c", 5, 100))
        }
        self.url = self.new_database("reporting")
        self.workspace = self.new_database("workspace")
        self.known: set[str] = set()
        for name in ("a", "b"):
            self._clean(do_load, self.url, self.sources[name])
            self._learn()
            self._clean(do_add, self.url, self.sources["c"])
            self._learn()
        self._clean(do_write, self.workspace, -1)
        self.number, self.released = 0, 0
        self.notes: set[str] = set()

    def _clean(self, what: Callable[..., None], *arguments: Any) -> float:
        """Does it without a kill, and gives the seconds."""
        return self._run(what, arguments, None)[1]

    def _run(self, what: Callable[..., None], arguments: tuple[Any, ...], after: float | None) -> tuple[Kill, float]:
        ours, theirs = self.context.Pipe(duplex=False)
        process = self.context.Process(target=what, args=(theirs, *arguments))
        # A new process runs the file of __main__ anew, which a test of a page leaves behind as a script that can't be run alone.
        with patch.dict(sys.modules, {"__main__": types.ModuleType("__main__")}):
            process.start()
        theirs.close()
        assert ours.recv() == "begins"
        began = time.perf_counter()
        if after is not None:
            time.sleep(after)
            half_way = process.is_alive()
            process.kill()
        process.join()
        seconds, heard = time.perf_counter() - began, list[str]()
        with contextlib.suppress(EOFError):
            while True:
                heard.append(ours.recv())
        assert after is not None or process.exitcode == 0, f"{what.__name__} fails by itself"
        return Kill(heard, after is not None and half_way), seconds

    def _kill(self, what: Callable[..., None], *arguments: Any) -> Kill:
        name = what.__name__.removeprefix("do_")
        found, _ = self._run(what, arguments, self.chance.random() * self.took[name])
        self.killed[name] += 1
        self.half_way[name] += found.half_way
        return found

    def _learn(self) -> None:
        self.known.add(digest(self.url))

    def measure(self) -> None:
        """How long each thing takes when nothing kills it: the quicker of two, as the first also starts processes and fills caches."""
        for again in range(2):
            old = self.new_database(f"measured-{again}")
            write_old(old)
            self.released += 1
            every: list[tuple[str, Callable[..., None], tuple[Any, ...]]] = [
                ("load", do_load, (self.url, self.sources["a"])), ("add", do_add, (self.url, self.sources["c"])),
                ("rollback", do_rollback, (self.url,)), ("backup", do_backup, (self.workspace, self.folder / f"copy-{again}.sqlite")),
                ("release", do_release, (self.workspace, self.released)), ("write", do_write, (self.workspace, -2 - again)),
                ("migrate", do_migrate, (old,)),
            ]
            for name, what, arguments in every:
                self.took[name] = min(self.took.get(name, 60.0), self._clean(what, *arguments))
        self.notes = {note.item_id for note in current(workspace_engine(self.workspace), NoteRecord)}

    def one(self, name: str) -> None:
        """One kill, and what may be there then."""
        self.number += 1
        getattr(self, f"_{name}")()

    def _load(self) -> None:
        self._replacing(do_load, self.sources[self.chance.choice("ab")])

    def _add(self) -> None:
        self._clean(do_load, self.url, self.sources[self.chance.choice("ab")])
        self._replacing(do_add, self.sources["c"])

    def _rollback(self) -> None:
        self._clean(do_load, self.url, self.sources[self.chance.choice("ab")])
        self._replacing(do_rollback)

    def _replacing(self, what: Callable[..., None], *arguments: Any) -> None:
        """Readers find one of the whole contents, the history has all from before and at most one more, and what was kept is kept."""
        before, kept, was = history(self.url), kept_loads(self.url), digest(self.url)
        heard = self._kill(what, self.url, *arguments).acknowledged
        after = history(self.url)
        assert after[-len(before):] == before and len(after) - len(before) in (0, 1)
        assert not heard or (len(after) > len(before) and after[0].version == heard[0])
        now = digest(self.url)
        assert now in self.known and (len(after) > len(before) or now == was)
        still = {load.load_id for load in kept_loads(self.url)} | {after[0].contents_of}
        assert len({load.load_id for load in kept} - still) <= len(after) - len(before)

    def _backup(self) -> None:
        file = self.folder / f"backup-{self.number}.sqlite"
        heard = self._kill(do_backup, self.workspace, file).acknowledged
        assert file.exists() or not heard
        if file.exists():
            assert {note.item_id for note in current(workspace_engine(f"sqlite:///{file}"), NoteRecord)} == self.notes

    def _release(self) -> None:
        heard = self._kill(do_release, self.workspace, self.released + 1).acknowledged
        numbers = [release.number for release in releases_of(workspace_engine(self.workspace), FAMILY).values()]
        assert len(numbers) == len(PERIODS) and len(set(numbers)) == 1
        assert numbers[0] in ((self.released + 1,) if heard else (self.released, self.released + 1))
        self.released = numbers[0]

    def _write(self) -> None:
        heard = self._kill(do_write, self.workspace, self.number).acknowledged
        engine = workspace_engine(self.workspace)
        found = {note.item_id: note for note in current(engine, NoteRecord)}
        assert set(found) >= self.notes | set(heard) and len(found) - len(self.notes) - len(heard) in (0, 1)
        assert all(len(note.record.words) == 4000 for note in found.values())
        logged = {what for what in entries(engine)["what"] if what.startswith("note ")}
        assert logged >= {f"note {id}" for id in found} and len(logged) - len(found) <= self.number
        self.notes = set(found)

    def _migrate(self) -> None:
        old = self.new_database(f"old-{self.number}")
        write_old(old)
        heard = self._kill(do_migrate, old).acknowledged
        engine = sa.create_engine(old)
        version = schema_version(engine)
        assert version in (None, HEAD) and (version == HEAD or not heard)
        if version is None:
            assert set(sa.inspect(engine).get_table_names()) == {OLD_EVIDENCE.name}
            with engine.connect() as connection:
                assert [dict(row) for row in connection.execute(sa.select(OLD_EVIDENCE)).mappings()] == OLD_ROWS
        engine.dispose()
        opened = workspace_engine(old)
        assert sum(len(evidence_of(opened, statement)) for statement in (1, 2, 3, 4)) == len(OLD_ROWS)
        opened.dispose()


def digest(url: str) -> str:
    """Of all contents, without the history and the version, which on PostgreSQL also tells of the order of rows."""
    held = {name: rows for name, rows in contents_of(url).items() if name not in ("data_version", "made_up")}
    return hashlib.sha256(repr(sorted(held.items())).encode()).hexdigest()


@contextlib.contextmanager
def attacks(folder: Path, chance: random.Random) -> Iterator[dict[str, Attack]]:
    """On DuckDB with SQLite, and on PostgreSQL for both."""

    def file(name: str) -> str:
        return f"duckdb:///{folder / 'file' / 'reporting.duckdb'}" if name == "reporting" else f"sqlite:///{folder / 'file' / name}.sqlite"

    (folder / "file").mkdir()
    (folder / "server").mkdir()
    with running_postgresql() as server:
        yield {
            "DuckDB and SQLite": Attack(folder / "file", file, chance),
            "PostgreSQL": Attack(folder / "server", lambda _name: server.database(), chance),
        }


def run(kills: int, seed: int) -> list[str]:
    """So many kills, and what is to be said of them. Raises AssertionError at the first that lost something or left something half."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, attacks(Path(folder), chance) as all_of_them:
        for attack in all_of_them.values():
            attack.measure()
        names = ("load", "add", "rollback", "backup", "release", "write", "migrate")
        turns = [(attack, name) for name in names for attack in all_of_them.values()]
        for number in range(kills):
            attack, name = turns[number % len(turns)]
            attack.one(name)
        return [
            f"{engine}, {name}: {attack.killed[name]} kills, {attack.half_way[name]} of them half-way; nothing lost, nothing half"
            for engine, attack in all_of_them.items() for name in names if attack.killed[name]
        ]
