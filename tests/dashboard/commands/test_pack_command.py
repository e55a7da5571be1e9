"""`qs133 pack`, as a person at a command line sees it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import fastexcel
import pytest
from pptx import Presentation

from config.settings import settings
from dashboard.command_line import main
from dashboard.packs.writing import FORMATS
from data_access.audit import Action, entries
from data_access.workspace import workspace_engine

ONE = ("--measure", "video_feedback_received")
BEGINS = {"pptx": b"PK", "xlsx": b"PK", "ods": b"PK", "pdf": b"%PDF"}


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def pack(*arguments: str | Path) -> int:
    try:
        return main(["pack", *(str(argument) for argument in arguments)])
    except SystemExit as leaving:
        return int(str(leaving.code))


@pytest.mark.parametrize("format", list(FORMATS))
def test_each_format_is_written_whole(demo_database: str, tmp_path: Path, format: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / f"pack.{format}"
    assert pack(*ONE, "--exact", "--output", file, "--database", demo_database) == 0
    assert file.read_bytes().startswith(BEGINS[format])
    assert sorted(path.name for path in tmp_path.glob("*pack*")) == [file.name]
    shown = capsys.readouterr()
    assert shown.out == "" and "not for sharing" in shown.err


def test_a_pack_names_who_is_counted(demo_database: str, tmp_path: Path) -> None:
    file = tmp_path / "pack.pptx"
    care = ("--measure", "education_plan", "--cohort", "looked_after")
    assert pack(*care, "--exact", "--output", file, "--database", demo_database) == 0
    slides = Presentation(io.BytesIO(file.read_bytes())).slides
    said = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    assert any("All children in care" in text for text in said) and any("Children in care with an education plan" in text for text in said)
    assert not any("attachment difficult" in text for text in said if "quality standard" not in text)


def test_without_exact_it_is_protected_and_leaves_no_look_in_the_audit_log(
    demo_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "pack.pptx"
    assert pack(*ONE, "--output", file, "--database", demo_database) == 0
    assert "They may be shared." in capsys.readouterr().err
    assert "They may be shared." in Presentation(io.BytesIO(file.read_bytes())).slides[0].shapes[-1].text_frame.text
    assert not entries(workspace_engine(settings().workspace)).height


@pytest.mark.parametrize("arguments", [["--by", "provider"], ["--where", "provider=PR4"]])
def test_without_exact_there_is_no_pack_by_provider(
    demo_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str],
) -> None:
    file = tmp_path / "pack.xlsx"
    assert pack(*ONE, *arguments, "--output", file, "--database", demo_database) == 2
    assert not file.exists() and "Provider is for exact numbers only" in capsys.readouterr().err
    assert pack(*ONE, *arguments, "--exact", "--output", file, "--database", demo_database) == 0


def test_exact_figures_are_in_the_audit_log_first_or_not_given(
    demo_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "pack.xlsx"
    assert pack(*ONE, "--exact", "--output", file, "--where", "sex=F", "--database", demo_database) == 0
    log = entries(workspace_engine(settings().workspace))
    assert log["action"].to_list() == [Action.EXPORT.value, Action.EXACT_VIEW.value]
    assert log["filters"].to_list() == ["sex is F"] * 2
    monkeypatch.setenv("QS133_WORKSPACE_URL", "sqlite:////dev/null/workspace.sqlite")
    other = tmp_path / "other.xlsx"
    assert pack(*ONE, "--exact", "--output", other, "--database", demo_database) == 1
    assert not other.exists()


def test_a_file_that_is_there_is_replaced_only_when_told(demo_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pack.pdf"
    file.write_text("mine")
    assert pack(*ONE, "--exact", "--output", file, "--database", demo_database) == 1
    assert file.read_text() == "mine" and "--force" in capsys.readouterr().err
    assert pack(*ONE, "--exact", "--output", file, "--force", "--database", demo_database) == 0
    assert file.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("arguments", "code", "words"), [
    (("--output", "x.pptx"), 2, "one of the arguments"),
    (("--statement", "5", "--output", "x.pptx"), 2, "invalid choice"),
    (("--measure", "plans", "--output", "x.pptx"), 2, "no measure 'plans'"),
    ((*ONE, "--output", "x"), 2, "Add --format"),
    (("--baseline", "--output", "x.pdf"), 2, "written as XLSX"),
    ((*ONE, "--output", "x.pdf", "--by", "sex", "--where", "placement=residential", "--where", "origin=uk"), 2, "At most two|at most two"),
    ((*ONE, "--output", "no/such/folder/x.pdf"), 1, "There is no folder"),
    (("--changed", "--output", "x.pdf"), 1, "nothing to put into a pack"),
])
def test_what_is_wrong_is_said(demo_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                               arguments: tuple[str, ...], code: int, words: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert pack(*arguments, "--database", demo_database) == code
    shown = capsys.readouterr()
    assert any(part in shown.err for part in words.split("|")) and shown.out == ""
    assert not list(tmp_path.glob("x*"))


def test_the_baseline_assessment(demo_database: str, tmp_path: Path) -> None:
    file = tmp_path / "baseline.xlsx"
    assert pack("--baseline", "--exact", "--output", file, "--database", demo_database) == 0
    assert fastexcel.read_excel(file).sheet_names == ["Cover", "Contents", "Notes", "Statements", "In detail"]


def test_a_process_killed_while_it_writes_leaves_no_half_file(tmp_path: Path) -> None:
    file = tmp_path / "pack.pptx"
    program = (
        "import os, sys, time; from pathlib import Path; from data_access import file_system; "
        "os.fsync = lambda handle: (print('written', flush=True), time.sleep(60)); "
        "file_system.write_file(Path(sys.argv[1]), b'half' * 1000, force=False)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(file)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "written\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
    time.sleep(0.1)
    assert not file.exists()
