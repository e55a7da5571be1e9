"""`qs133 serve` and `qs133 demo`: what they refuse before anything is started, and what the server is told."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from config.data_quality import data_quality
from config.toml_file import PACKAGED
from dashboard.command_line import main
from dashboard.commands.serve import server_command


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "²"])
def test_a_port_that_there_cannot_be_is_a_usage_error(capsys: pytest.CaptureFixture[str], command: str, port: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, f"--port={port}"])
    assert ended.value.code == 2 and f"'{port}' is not a port" in capsys.readouterr().err


def test_where_something_else_is_served_no_dashboard_is_promised(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--address", "127.0.0.1", "--port", str(port)]) == 1
    told = capsys.readouterr().err
    assert f"can't be served on port {port} of 127.0.0.1: something else is there already" in told and "The dashboard is at" not in told


def test_the_server_takes_files_as_large_as_the_page_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_CONFIG", str(tmp_path))
    settings = (PACKAGED / "data_quality.toml").read_text(encoding="utf-8")
    (tmp_path / "data_quality.toml").write_text(settings.replace("= 500", "= 1200"), encoding="utf-8")
    data_quality.cache_clear()
    try:
        command = server_command("localhost", 8501)
    finally:
        data_quality.cache_clear()
    assert command[command.index("--server.maxUploadSize") + 1] == "1200"
